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
)

// refit lays cubics through a closed line of points, as few as tolerance
// allows. Corners are numbers of points where the line turns sharply.
func refit(pts []vec, corners []bool) ink.Contour {
	n := len(pts)
	if n < 3 {
		return ink.Contour{}
	}
	first := 0
	for i, c := range corners {
		if c {
			first = i
			break
		}
	}
	f := fitter{pts: make([]vec, n+1), corner: make([]bool, n+1)}
	for i := range f.pts {
		f.pts[i] = pts[(first+i)%n]
		f.corner[i] = corners[(first+i)%n]
	}
	f.closed = !corners[first]
	out := ink.Contour{Start: integer(f.pts[0])}
	for i := 0; i < n; {
		b, j := f.longest(i, n)
		out.Curves = append(out.Curves, ink.Curve{A: integer(b[1]), B: integer(b[2]), P: integer(b[3])})
		i = j
	}
	out.Curves[len(out.Curves)-1].P = out.Start
	return out
}

func integer(p vec) ink.Point {
	return ink.Point{X: int32(math.Round(p.x * ink.UnitsPerMM)), Y: int32(math.Round(p.y * ink.UnitsPerMM))}
}

type fitter struct {
	pts    []vec
	corner []bool
	closed bool // the ends meet smoothly
	u      []float64
	last   int // how many points the last cubic took
}

// longest is the cubic from point i that takes the most points, and its end.
func (f *fitter) longest(i, n int) (bezier, int) {
	most := i + 1
	for most < n && !f.corner[most] {
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
	return best, good
}

func (f *fitter) line(i, j int) bezier {
	a, b := f.pts[i], f.pts[j]
	d := b.sub(a).mul(1.0 / 3)
	return bezier{a, a.add(d), b.sub(d), b}
}

// way is the direction of the line at a point, looking on or back.
func (f *fitter) way(i int, on bool) vec {
	n := len(f.pts) - 1
	a, b := i-1, i+1
	smooth := !f.corner[i]
	if i == 0 || i == n {
		smooth = f.closed
	}
	switch {
	case smooth && i == 0:
		a = n - 1
		return f.pts[1].sub(f.pts[a]).unit()
	case smooth && i == n:
		return f.pts[1].sub(f.pts[n-1]).unit()
	case smooth:
		return f.pts[b].sub(f.pts[a]).unit()
	case on:
		return f.pts[i+1].sub(f.pts[i]).unit()
	}
	return f.pts[i].sub(f.pts[i-1]).unit()
}

// cubic fits one cubic to the points i to j with their directions kept at the
// ends (Schneider 1990), and says whether it keeps to tolerance.
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
	ta, tb := f.way(i, true), f.way(j, false).mul(-1)
	var b bezier
	for round := range 5 {
		b = least(p, f.u, ta, tb, arc)
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

// least finds the lengths of the two handles by least squares.
func least(p []vec, u []float64, ta, tb vec, arc float64) bezier {
	a, d := p[0], p[len(p)-1]
	var c00, c01, c11, x0, x1 float64
	for k, t := range u {
		v := 1 - t
		b0, b1, b2, b3 := v*v*v, 3*v*v*t, 3*v*t*t, t*t*t
		e, g := ta.mul(b1), tb.mul(b2)
		r := p[k].sub(a.mul(b0 + b1)).sub(d.mul(b2 + b3))
		c00 += e.dot(e)
		c01 += e.dot(g)
		c11 += g.dot(g)
		x0 += e.dot(r)
		x1 += g.dot(r)
	}
	det := c00*c11 - c01*c01
	h0, h1 := arc/3, arc/3
	if det > 1e-12*c00*c11 && det > 0 {
		l0, l1 := (x0*c11-x1*c01)/det, (x1*c00-x0*c01)/det
		if l0 > 0.02*arc && l1 > 0.02*arc && l0 < 2*arc && l1 < 2*arc {
			h0, h1 = l0, l1
		}
	}
	return bezier{a, a.add(ta.mul(h0)), d.add(tb.mul(h1)), d}
}
