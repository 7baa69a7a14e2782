package robust

import (
	"cmp"
	"math"
	"slices"
)

const (
	// maxTurn and maxScale bound how a scan may lie, degrees and share.
	maxTurn, maxScale   = 2.6, 0.016
	turnStep, scaleStep = 0.2, 0.004
	// shiftStep and shifts: how far the middle of the ink's box is sought.
	shiftStep = 0.11
	shifts    = 3
	// tries is how many places of the coarse search are looked at closely.
	tries = 10
)

// pose takes places of an image to places of the ink: turn by −angle, divide
// by scale, and move the middle to 0.
type pose struct {
	angle, scale float64
	mid          vec
	extent       float64 // of the ink from its middle, mm
}

func (t pose) ink(p vec) vec { return spin(p, t.angle, t.scale).sub(t.mid) }

// deviation is a reading's width against its surroundings.
type deviation struct {
	p vec
	e float64 // limited, in standard deviations
}

// deviations runs a smooth baseline under the widths of each chain and keeps
// what remains; chains with few clear readings give nothing.
func (t *trace) deviations() [][]deviation {
	var out [][]deviation
	var all []float64
	for _, c := range t.chains {
		var d []deviation
		base := c.baseline()
		for i, r := range c {
			if r.ok {
				d = append(d, deviation{r.p, r.half - base[i]})
				all = append(all, math.Abs(r.half-base[i]))
			}
		}
		if len(d) > 0 {
			out = append(out, d)
		}
	}
	if len(all) == 0 {
		return nil
	}
	slices.Sort(all)
	sd := 1.5 * all[len(all)/2]
	if sd == 0 {
		return nil
	}
	for _, d := range out {
		all = all[:0]
		for i := range d {
			all = append(all, math.Abs(d[i].e))
		}
		slices.Sort(all)
		own := max(sd, 1.5*all[len(all)/2])
		for i := range d {
			d[i].e = max(-2.5, min(2.5, d[i].e/own)) * sd / own
		}
	}
	return out
}

// baseline is a running mean of the clear widths, σ 0.8 mm.
func (c chain) baseline() []float64 {
	const sigma = 0.8 / pace
	out := make([]float64, len(c))
	n := int(2.5 * sigma)
	kernel := make([]float64, n+1)
	for k := range kernel {
		kernel[k] = math.Exp(-0.5 * float64(k*k) / (sigma * sigma))
	}
	for i := range c {
		sum, w := 0.0, 0.0
		for k := max(0, i-n); k <= min(len(c)-1, i+n); k++ {
			if c[k].ok {
				g := kernel[max(k-i, i-k)]
				sum, w = sum+g*c[k].half, w+g
			}
		}
		if w > 0 {
			out[i] = sum / w
		}
	}
	return out
}

// fit says how well a pose suits the readings: by the known signs of the
// pilots, and by how evenly the widths deviate within each cell.
type fit struct {
	pose
	pilot, even, score float64
}

func (p *signs) rate(dev [][]deviation, t pose) fit {
	f := fit{pose: t}
	sin, cos := math.Sincos(t.angle)
	a, b := cos/t.scale, sin/t.scale
	var sum, n, even, runs float64
	for _, chain := range dev {
		at, e, k := -1, 0.0, 0.0
		close := func() {
			if k == 0 {
				return
			}
			even += e * e / k
			runs++
			if s := p[at]; s != 0 {
				sum += e * float64(s)
				n += k * float64(s) * float64(s)
			}
		}
		for _, d := range chain {
			q := vec{a*d.p.x + b*d.p.y - t.mid.x, a*d.p.y - b*d.p.x - t.mid.y}
			if c := cellAt(q); c != at {
				close()
				at, e, k = c, 0, 0
			}
			e += d.e
			k++
		}
		close()
	}
	if n > 0 {
		f.pilot = sum / math.Sqrt(n*cell*0.8/pace)
	}
	f.even = (even - runs) / math.Sqrt(runs+1)
	return f
}

// search looks for the pose of ink with this pattern; the best come first.
func (p *signs) search(t *trace, dev [][]deviation) []fit {
	if len(dev) == 0 {
		return nil
	}
	var all []fit
	c := newCoarse(dev)
	for a := -maxTurn; a <= maxTurn+1e-9; a += turnStep {
		for s := -maxScale; s <= maxScale+1e-9; s += scaleStep {
			angle, scale := a*math.Pi/180, 1+s
			all = p.sweep(all, c, pose{angle: angle, scale: scale, mid: middle(t.hull, angle, scale)})
		}
	}
	return p.best(t, dev, all)
}

// best orders fits and looks closely at the first.
func (p *signs) best(t *trace, dev [][]deviation, all []fit) []fit {
	mean, sd := 0.0, 0.0
	for _, f := range all {
		mean += f.even
		sd += f.even * f.even
	}
	mean /= float64(len(all))
	sd = math.Sqrt(max(1e-9, sd/float64(len(all))-mean*mean))
	score := func(f *fit) { f.score = f.pilot + 0.7*(f.even-mean)/sd }
	for i := range all {
		score(&all[i])
	}
	slices.SortFunc(all, func(a, b fit) int { return cmp.Compare(b.score, a.score) })
	extent := t.extent()
	for i := range all {
		all[i].extent = extent
	}
	var out []fit
	for _, f := range all {
		near := false
		for _, o := range out {
			near = near || apart(f.pose, o.pose, extent) < 0.3
		}
		if near {
			continue
		}
		if out = append(out, f); len(out) == tries {
			break
		}
	}
	for i := range out {
		out[i] = p.climb(dev, out[i], 0.08, score)
	}
	slices.SortFunc(out, func(a, b fit) int { return cmp.Compare(b.score, a.score) })
	return out
}

// upright is the pose of ink on a page that was neither turned nor scaled.
func (t *trace) upright() pose {
	return pose{scale: 1, mid: middle(t.hull, 0, 1), extent: t.extent()}
}

// apart is how far two poses place ink apart, mm, roughly.
func apart(a, b pose, extent float64) float64 {
	return a.mid.sub(b.mid).len() + extent*(math.Abs(a.angle-b.angle)+math.Abs(a.scale-b.scale))
}

// extent is how far the ink reaches from its middle, mm, at least 1.
func (t *trace) extent() float64 {
	mid, out := middle(t.hull, 0, 1), 1.0
	for _, q := range t.hull {
		out = max(out, q.sub(mid).len())
	}
	return out
}

// climb moves a pose in ever smaller steps while that suits better.
func (p *signs) climb(dev [][]deviation, f fit, step float64, score func(*fit)) fit {
	for ; step > 0.008; step /= 2 {
		for moved := true; moved; {
			moved = false
			for way := range 8 {
				h := p.rate(dev, f.pose.nudge(way, step))
				if score(&h); h.score > f.score+1e-9 {
					f, moved = h, true
				}
			}
		}
	}
	return f
}

// nudge moves ink by about step: along x or y, by a turn or by a change of size.
func (t pose) nudge(way int, step float64) pose {
	if way%2 == 1 {
		step = -step
	}
	switch way / 2 {
	case 0:
		t.mid.x += step
	case 1:
		t.mid.y += step
	case 2:
		t = t.about(step/t.extent, 0)
	default:
		t = t.about(0, step/t.extent)
	}
	return t
}

// settle reads the chips of a pose, lets all of them say where the cells lie,
// and reads again.
func (t *trace) settle(dev [][]deviation, f pose) (pose, []chip) {
	chips := t.chips(f.ink, false)
	for round := range 2 {
		var s signs
		for _, c := range chips {
			s[c.cell] = float32(math.Tanh(c.llr / 2))
		}
		byPilot := func(f *fit) { f.score = f.pilot }
		now := s.rate(dev, f)
		byPilot(&now)
		f = s.climb(dev, now, 0.04, byPilot).pose
		chips = t.chips(f.ink, round == 1)
	}
	return f, chips
}

// about turns and scales a pose a little around the middle of the ink.
func (t pose) about(angle, scale float64) pose {
	// The middle in the image stays where it is.
	s, c := math.Sincos(t.angle)
	m := t.mid.mul(t.scale)
	img := vec{c*m.x - s*m.y, s*m.x + c*m.y}
	g := pose{angle: t.angle + angle, scale: t.scale * (1 + scale), extent: t.extent}
	g.mid = spin(img, g.angle, g.scale)
	return g
}
