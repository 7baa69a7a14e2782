package robust

import "math"

// coarsely are deviations for the search of poses, two neighbours in one.
type coarsely struct {
	p    []vec
	e    []float32
	k    []int32 // how many they are
	ends []int   // of chains
	u, v []int32 // places in cells, 16 bits of them fraction
}

func newCoarse(dev [][]deviation) *coarsely {
	c := &coarsely{}
	for _, d := range dev {
		for i := 0; i < len(d); i += 2 {
			p, e, k := d[i].p, d[i].e, int32(1)
			if i+1 < len(d) && d[i+1].p.sub(p).len() < 2*pace {
				p, e, k = p.add(d[i+1].p).mul(0.5), e+d[i+1].e, 2
			} else if i+1 < len(d) {
				i--
			}
			c.p, c.e, c.k = append(c.p, p), append(c.e, float32(e)), append(c.k, k)
		}
		c.ends = append(c.ends, len(c.p))
	}
	c.u, c.v = make([]int32, len(c.p)), make([]int32, len(c.p))
	return c
}

// sweep rates all shifts of a pose.
func (p *signs) sweep(out []fit, c *coarsely, t pose) []fit {
	sin, cos := math.Sincos(t.angle)
	const one = (1 << 16) / cell
	a, b := cos/t.scale*one, sin/t.scale*one
	for i, q := range c.p {
		c.u[i] = int32(math.Floor(a*q.x + b*q.y - t.mid.x*one))
		c.v[i] = int32(math.Floor(a*q.y - b*q.x - t.mid.y*one))
	}
	for y := -shifts; y <= shifts; y++ {
		for x := -shifts; x <= shifts; x++ {
			off := vec{float64(x) * shiftStep, float64(y) * shiftStep}
			f := pose{angle: t.angle, scale: t.scale, mid: t.mid.add(off)}
			out = append(out, p.rateCoarse(c, f, int32(off.x*one), int32(off.y*one)))
		}
	}
	return out
}

// rateCoarse is rate with the places moved by −dx, −dy.
func (p *signs) rateCoarse(c *coarsely, t pose, dx, dy int32) fit {
	var sum, n, even, runs float32
	from := 0
	for _, end := range c.ends {
		at, e, k := int32(-1), float32(0), int32(0)
		us, vs, es, ks := c.u[from:end], c.v[from:end], c.e[from:end], c.k[from:end]
		from = end
		for i, u := range us {
			q := (vs[i]-dy)>>16&(span-1)*span + (u-dx)>>16&(span-1)
			if q != at {
				if k > 0 {
					even += e * e / float32(k)
					runs++
					s := p[at]
					sum += e * s
					n += float32(k) * s * s
				}
				at, e, k = q, 0, 0
			}
			e += es[i]
			k += ks[i]
		}
		if k > 0 {
			even += e * e / float32(k)
			runs++
			s := p[at]
			sum += e * s
			n += float32(k) * s * s
		}
	}
	f := fit{pose: t}
	if n > 0 {
		f.pilot = float64(sum) / math.Sqrt(float64(n)*cell*0.8/pace)
	}
	f.even = float64(even-runs) / math.Sqrt(float64(runs)+1)
	return f
}
