package robust

import (
	"math"

	"moqian/render/ink"
)

const (
	// tolerance of a fitted cubic, mm.
	tolerance = 0.0025
	// corner is the cosine of the turn at which an outline is not smooth.
	corner = 0.94
	// still is how far a point moves at most that counts as not moved, mm.
	still = 0.0003
	// slack points before the furthest end of a cubic are looked at for a better
	// one; goodEnd units is good enough.
	slack   = 3
	goodEnd = 1.1
)

// fit lays cubics through the moved points, as few as tolerance allows. Curves
// that did not move stay as they are. The anchor is the stroke's first point,
// for its first contour that contour's own.
func (e *edge) fit(anchor *ink.Point) ink.Contour {
	n := len(e.p)
	if n < 3 {
		return ink.Contour{}
	}
	kept := e.kept()
	first := 0
	for i := range n {
		if e.corner[i] || kept[i] != nil && !e.corner[first] && kept[first] == nil {
			first = i
		}
		if e.corner[first] {
			break
		}
	}
	f := fitter{pts: make([]vec, n+1), out: make([]vec, n+1), stop: make([]bool, n+1)}
	for i := range f.pts {
		k := (first + i) % n
		f.pts[i], f.out[i] = e.moved[k], e.out[k]
		f.stop[i] = e.corner[k] || kept[k] != nil
	}
	out := ink.Contour{Start: integer(f.pts[0])}
	if anchor == nil {
		anchor = &out.Start
	}
	f.anchor = *anchor
	for i := 0; i < n; {
		if k := kept[(first+i)%n]; k != nil {
			out.Curves = append(out.Curves, k.curve)
			i += k.points
			continue
		}
		b, j := f.longest(i, n)
		out.Curves = append(out.Curves, ink.Curve{A: integer(b[1]), B: integer(b[2]), P: integer(b[3])})
		i = j
	}
	out.Curves[len(out.Curves)-1].P = out.Start
	return out
}

// stay is a curve of so many points that stays as it is.
type stay struct {
	curve  ink.Curve
	points int
}

// kept tells for each point the curve that begins there, if it stays.
func (e *edge) kept() []*stay {
	n := len(e.p)
	out := make([]*stay, n)
	for k, from := range e.from {
		to := n
		if k+1 < len(e.from) {
			to = e.from[k+1]
		}
		stays := true
		for i := from; i <= to && stays; i++ {
			stays = e.moved[i%n].sub(e.p[i%n]).len() < still
		}
		if stays {
			out[from] = &stay{e.curve[k], to - from}
		}
	}
	return out
}

func integer(p vec) ink.Point {
	return ink.Point{X: int32(math.Round(p.x * ink.UnitsPerMM)), Y: int32(math.Round(p.y * ink.UnitsPerMM))}
}

type fitter struct {
	pts, out []vec
	stop     []bool // no curve goes beyond
	anchor   ink.Point
	u        []float64
	last     int // how many points the last cubic took
}

// longest is the cubic from point i that takes the most points, or nearly so
// with a better end, and that end.
func (f *fitter) longest(i, n int) (bezier, int) {
	most := i + 1
	for most < n && !f.stop[most] {
		most++
	}
	step := max(2, f.last)
	good, bad := i+1, most+1
	best := f.line(i, i+1)
	for j := min(most, i+step); good < bad-1; {
		if b, ok := f.cubic(i, j); ok {
			best, good = b, j
			if j = min(most, j+max(2, (j-i)/3)); bad <= most {
				j = (good + bad) / 2
			}
		} else {
			bad = j
			j = (good + bad) / 2
		}
		if good == most {
			break
		}
	}
	f.last = good - i
	if good < most {
		return f.settle(i, good, best)
	}
	return best, good
}

// settle looks for an end that the binding layer moves across the line as
// little as can be.
func (f *fitter) settle(i, j int, b bezier) (bezier, int) {
	at, least := j, f.unrest(j)
	for k := j - 1; k >= max(i+4, j-slack) && least > goodEnd; k-- {
		if u := f.unrest(k); u < least {
			if c, ok := f.cubic(i, k); ok {
				at, least, b = k, u, c
			}
		}
	}
	return b, at
}

// unrest is by how many units a point may end up across the line once it is in
// integers and the binding layer has changed their lowest bits, counted from the
// anchor.
func (f *fitter) unrest(i int) float64 {
	off := func(v float64, anchor int32) float64 {
		u := v*ink.UnitsPerMM - float64(anchor)
		pair := math.Floor(math.Round(u)/2) * 2
		return 0.5 + math.Abs(u-pair-0.5)
	}
	n := f.out[i]
	return math.Abs(n.x)*off(f.pts[i].x, f.anchor.X) + math.Abs(n.y)*off(f.pts[i].y, f.anchor.Y)
}

func (f *fitter) line(i, j int) bezier {
	a, b := f.pts[i], f.pts[j]
	d := b.sub(a).mul(1.0 / 3)
	return bezier{a, a.add(d), b.sub(d), b}
}

// cubic fits one cubic to the points i to j and says whether it keeps to
// tolerance.
func (f *fitter) cubic(i, j int) (bezier, bool) {
	if j == i+1 {
		return f.line(i, j), true
	}
	p := f.pts[i : j+1]
	f.u = f.u[:0]
	arc := 0.0
	for k := range p {
		if k > 0 {
			arc += p[k].sub(p[k-1]).len()
		}
		f.u = append(f.u, arc)
	}
	for k := range f.u {
		f.u[k] /= arc
	}
	var b bezier
	for round := range 5 {
		b = least(p, f.u)
		worst := 0.0
		for k := 1; k < len(p)-1; k++ {
			d := b.at(f.u[k]).sub(p[k])
			s := b.slope(f.u[k])
			f.u[k] = max(0, min(1, f.u[k]-d.dot(s)/(3*max(1e-9, s.dot(s)))))
			worst = max(worst, math.Abs(d.cross(s.unit())), 0.3*math.Abs(d.dot(s.unit())))
		}
		if worst < tolerance {
			return b, true
		}
		if worst > 30*tolerance || round > 0 && worst > 6*tolerance {
			return b, false
		}
	}
	return b, false
}

// least finds both handles by least squares. Few points would let them go
// astray: they are drawn a little to the thirds of the chord.
func least(p []vec, u []float64) bezier {
	a, d := p[0], p[len(p)-1]
	const draw = 1e-4
	g, h := a.add(d.sub(a).mul(1.0/3)), a.add(d.sub(a).mul(2.0/3))
	c00, c01, c11 := draw, 0.0, draw
	x, y := g.mul(draw), h.mul(draw)
	for k, t := range u {
		v := 1 - t
		b1, b2 := 3*v*v*t, 3*v*t*t
		r := p[k].sub(a.mul(v * v * v)).sub(d.mul(t * t * t))
		c00 += b1 * b1
		c01 += b1 * b2
		c11 += b2 * b2
		x, y = x.add(r.mul(b1)), y.add(r.mul(b2))
	}
	det := c00*c11 - c01*c01
	return bezier{a, x.mul(c11).sub(y.mul(c01)).mul(1 / det), y.mul(c00).sub(x.mul(c01)).mul(1 / det), d}
}
