package robust

import (
	"math"
	"runtime"
	"sync"
)

const (
	// pace is the way between two readings of the width along a line, mm.
	pace = 0.08
	// soft is the σ of the smoothing along the skeleton, mm.
	soft = 0.12
	// reach is how far from the middle of a line its edge is sought, mm.
	reach = 0.9
	// sharpest is the cosine of the turn within the nib's width up to which the
	// edges of a line say where its middle is.
	sharpest = 0.6
	// thickest is the most that ink may be, mm: crossing lines flow together.
	thickest = 6
	// fine is the resolution at which lines are thinned.
	fine = 600 / mmPerInch
)

// reading is the nib at one place of a line.
type reading struct {
	p, n vec     // the middle of the line, the normal
	s    float64 // along the chain, mm
	half float64 // half the width, mm
	ok   bool    // the edges are clear: no branch, end or neighbour
}

// chain is the readings along a line between branches, pace apart.
type chain []reading

// trace is what an image shows of ink.
type trace struct {
	chains []chain
	hull   []vec   // the convex hull of the ink
	length float64 // of all lines, mm
}

// lines measures the ink of a shade.
func (s *shade) lines() *trace {
	f := max(1, min(4, int(math.Round(fine/s.perMM))))
	m := s.mask(f)
	pixels := m.ink()
	t := &trace{hull: s.hull(m, pixels, f)}
	perMM := s.perMM * float64(f)
	pixels = m.thin(pixels, int(thickest*perMM))
	pixels = m.prune(pixels, int(0.35*perMM))
	for _, c := range s.followAll(m, m.paths(pixels), f) {
		if len(c) > 0 {
			t.chains = append(t.chains, c)
			t.length += float64(len(c)) * pace
		}
	}
	return t
}

// followAll follows each path, on as many goroutines as there are processors.
func (s *shade) followAll(m *bitmap, paths []path, f int) []chain {
	chains := make([]chain, len(paths))
	var all sync.WaitGroup
	workers := min(len(paths), runtime.GOMAXPROCS(0))
	for w := range workers {
		all.Go(func() {
			for i := w; i < len(paths); i += workers {
				chains[i] = s.follow(m, paths[i], f)
			}
		})
	}
	all.Wait()
	return chains
}

// spot is the place of a pixel of the mask.
func (s *shade) spot(m *bitmap, i, f int) vec {
	x, y := i%m.w-1, i/m.w-1
	off := 0.0
	if f > 1 {
		off = float64(f/2) - 0.5*float64(f)
	}
	return s.place((float64(x)-off+0.5)/float64(f)-0.5, (float64(y)-off+0.5)/float64(f)-0.5)
}

// follow turns a path of pixels into readings.
func (s *shade) follow(m *bitmap, p path, f int) chain {
	at := make([]vec, len(p.pix))
	arc := make([]float64, len(p.pix))
	for i, k := range p.pix {
		at[i] = s.spot(m, k, f)
		if i > 0 {
			arc[i] = arc[i-1] + at[i].sub(at[i-1]).len()
		}
	}
	n := int(arc[len(arc)-1]/pace) + 1
	if n < 5 {
		return nil
	}
	c := make(chain, n)
	j := 0
	for i := range c {
		u := float64(i) * pace
		c[i].s = u
		for j < len(arc) && arc[j] < u-3*soft {
			j++
		}
		var sum vec
		w := 0.0
		for k := j; k < len(arc) && arc[k] <= u+3*soft; k++ {
			g := math.Exp(-0.5 * (arc[k] - u) * (arc[k] - u) / (soft * soft))
			sum, w = sum.add(at[k].mul(g)), w+g
		}
		c[i].p = sum.mul(1 / w)
	}
	c.normals()
	s.centre(c)
	c.normals()
	s.measure(c)
	c.trim(p)
	return c
}

func (c chain) normals() {
	for i := range c {
		a, b := max(0, i-2), min(len(c)-1, i+2)
		c[i].n = c[b].p.sub(c[a].p).unit().left()
	}
}

// centre moves the readings into the middle between the edges.
func (s *shade) centre(c chain) {
	off := make([]float64, len(c))
	for i, r := range c {
		l, rr, ok := s.edges(r.p, r.n)
		if ok && math.Abs(l-rr) < 0.3 {
			off[i] = (l - rr) / 2
		}
	}
	for i := range c {
		sum, w := 0.0, 0.0
		for k := max(0, i-3); k <= min(len(c)-1, i+3); k++ {
			g := 4 - math.Abs(float64(k-i))
			sum, w = sum+g*off[k], w+g
		}
		c[i].p = c[i].p.add(c[i].n.mul(sum / w))
	}
}

func (s *shade) measure(c chain) {
	for i := range c {
		l, r, ok := s.edges(c[i].p, c[i].n)
		c[i].half, c[i].ok = (l+r)/2, ok
	}
}

// edges is the ink to the left and to the right of a place, mm, and whether
// both sides end in paper.
func (s *shade) edges(p, n vec) (left, right float64, ok bool) {
	left, a := s.side(p, n)
	right, b := s.side(p, n.mul(-1))
	return left, right, a && b
}

// side adds up the ink from p in the direction n to where the paper begins.
func (s *shade) side(p, n vec) (float64, bool) {
	d := 0.25
	x := (p.x-s.at.x)*s.perMM - 0.5
	y := float64(s.h) - (p.y-s.at.y)*s.perMM - 0.5
	dx, dy := n.x*d, -n.y*d
	most := int(reach * s.perMM / d)
	last := s.bilinear(x, y)
	sum := last / 2
	for range most {
		x, y = x+dx, y+dy
		v := s.bilinear(x, y)
		if v > last+0.02 && last < 0.6 { // a neighbour begins
			return sum * d / s.perMM, last < 0.2
		}
		sum += v
		if v < 0.03 {
			return sum * d / s.perMM, true
		}
		last = v
	}
	return sum * d / s.perMM, last < 0.2
}

// trim leaves out the readings near branches and ends, where the line turns
// within its own width, and where the width jumps.
func (c chain) trim(p path) {
	if !p.cycle {
		for e := range 2 {
			for k := range c {
				i := k
				if e == 1 {
					i = len(c) - 1 - k
				}
				gap := 1.3 * c[i].half
				if p.open[e] {
					gap = 0.7 * c[i].half
				}
				if float64(k)*pace > max(gap, 0.16) {
					break
				}
				c[i].ok = false
			}
		}
	}
	for i := range c {
		if c.bend(i) < sharpest {
			c[i].ok = false
		}
	}
	for i := range c {
		lo, hi := max(0, i-6), min(len(c), i+7)
		sum, n := 0.0, 0
		for _, r := range c[lo:hi] {
			if r.ok {
				sum, n = sum+r.half, n+1
			}
		}
		if n < 3 || math.Abs(c[i].half-sum/float64(n)) > 0.35*sum/float64(n) {
			c[i].ok = false
		}
	}
}

// hull is the convex hull of the ink, given as the list of its pixels.
func (s *shade) hull(m *bitmap, pixels []int, f int) []vec {
	var pts []vec
	for i := 0; i < len(pixels); {
		first, last := pixels[i], pixels[i]
		for end := (first/m.w + 1) * m.w; i < len(pixels) && pixels[i] < end; i++ {
			last = pixels[i]
		}
		pts = append(pts, s.spot(m, first, f), s.spot(m, last, f))
	}
	return convex(pts)
}
