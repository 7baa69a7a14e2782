package pdf

import "math"

// slack is how far a simplified outline may lie from the font's, in em: at 11 pt
// 19 µm, a dot of a 1200 dpi printer and the grid's own unit.
const slack = 0.005

// simplified draws the same outline with fewer points: runs of quadratic
// curves, as they come from converted cubics, with fewer pieces, and without
// points on the curve that lie half-way between their controls anyway.
func (c contour) simplified(tolerance float64) contour {
	out := contour{c[0]}
	closed := append(c[:len(c):len(c)], c[0])
	for i := 1; i < len(closed); {
		j := i
		for !closed[j].on {
			j++
		}
		if j > i {
			s := spline{closed[i-1], closed[i:j], closed[j]}
			out = append(out, s.fewer(tolerance)...)
		}
		out = append(out, closed[j])
		i = j + 1
	}
	return out[:len(out)-1].implied(tolerance)
}

// implied leaves out points on the curve that lie half-way between the controls
// around them; the first point stays.
func (c contour) implied(tolerance float64) contour {
	out := c[:1:1]
	for i := 1; i < len(c); i++ {
		before, after := out[len(out)-1], c[(i+1)%len(c)]
		if c[i].on && !before.on && !after.on && dist(mid(before, after), c[i]) <= tolerance {
			continue
		}
		out = append(out, c[i])
	}
	return out
}

// spline is a run of quadratic curves from one point on the curve to the next.
type spline struct {
	from  point
	ctrls []point
	to    point
}

// fewer finds controls of the fewest curves that stay within the tolerance.
func (s spline) fewer(tolerance float64) []point {
	for n := 1; n < len(s.ctrls); n++ {
		if t, ok := s.with(n); ok && s.near(t, tolerance) && t.near(s, tolerance) {
			return t.ctrls
		}
	}
	return s.ctrls
}

// cubic is the curve that the run was made from: converters cut a cubic into n
// equal pieces, so its arms are 2n/3 of the first and last control's.
func (s spline) cubic() [4]point {
	arm := 2 * float64(len(s.ctrls)) / 3
	along := func(p, q point) point { return point{x: p.x + arm*(q.x-p.x), y: p.y + arm*(q.y-p.y)} }
	return [4]point{s.from, along(s.from, s.ctrls[0]), along(s.to, s.ctrls[len(s.ctrls)-1]), s.to}
}

// with draws the run with n curves; one curve has its control where the
// tangents meet, if they do.
func (s spline) with(n int) (spline, bool) {
	if n == 1 {
		p, ok := meet(s.from, s.ctrls[0], s.to, s.ctrls[len(s.ctrls)-1])
		return spline{s.from, []point{p}, s.to}, ok
	}
	c := s.cubic()
	ctrls := make([]point, n)
	for i := range ctrls {
		a, b := float64(i)/float64(n), float64(i+1)/float64(n)
		pa, da := bezier(c, a)
		pb, db := bezier(c, b)
		h := (b - a) / 4
		ctrls[i] = point{x: (pa.x+pb.x)/2 + h*(da.x-db.x), y: (pa.y+pb.y)/2 + h*(da.y-db.y)}
	}
	return spline{s.from, ctrls, s.to}, true
}

// meet is where the line from a through b meets the one from c through d, ahead
// of a.
func meet(a, b, c, d point) (point, bool) {
	ux, uy, vx, vy := b.x-a.x, b.y-a.y, d.x-c.x, d.y-c.y
	det := ux*vy - uy*vx
	if math.Abs(det) < 1e-9 {
		return point{}, false
	}
	t := ((c.x-a.x)*vy - (c.y-a.y)*vx) / det
	return point{x: a.x + t*ux, y: a.y + t*uy}, t > 0
}

// bezier is a cubic's point and derivative at t.
func bezier(c [4]point, t float64) (p, d point) {
	u := 1 - t
	at := func(w0, w1, w2, w3 float64) point {
		return point{
			x: w0*c[0].x + w1*c[1].x + w2*c[2].x + w3*c[3].x,
			y: w0*c[0].y + w1*c[1].y + w2*c[2].y + w3*c[3].y,
		}
	}
	return at(u*u*u, 3*u*u*t, 3*u*t*t, t*t*t),
		at(-3*u*u, 3*u*u-6*u*t, 6*u*t-3*t*t, 3*t*t)
}

// at is the run's point at t from 0 to 1.
func (s spline) at(t float64) point {
	n := len(s.ctrls)
	i := min(int(t*float64(n)), n-1)
	t = t*float64(n) - float64(i)
	a, q, b := s.from, s.ctrls[i], s.to
	if i > 0 {
		a = mid(s.ctrls[i-1], q)
	}
	if i < n-1 {
		b = mid(q, s.ctrls[i+1])
	}
	u := 1 - t
	return point{x: u*u*a.x + 2*u*t*q.x + t*t*b.x, y: u*u*a.y + 2*u*t*q.y + t*t*b.y}
}

// near says whether each of the run's points has one of o's within the
// tolerance; the search walks along, for both go the same way. Asked one way
// only, it would let a spike of o pass.
func (s spline) near(o spline, tolerance float64) bool {
	const here, there = 16, 32
	at, next := o.at(0), o.at(1.0/there)
	j := 1
	for i := 1; i < here; i++ {
		p := s.at(float64(i) / here)
		for j < there && dist(p, next) < dist(p, at) {
			j++
			at, next = next, o.at(float64(j)/there)
		}
		if away(p, at, next) > tolerance {
			return false
		}
	}
	return true
}

// away is how far p lies from the line between a and b.
func away(p, a, b point) float64 {
	dx, dy := b.x-a.x, b.y-a.y
	if l := dx*dx + dy*dy; l > 0 {
		t := ((p.x-a.x)*dx + (p.y-a.y)*dy) / l
		t = max(-1, min(1, t)) // the line before a counts too
		a = point{x: a.x + t*dx, y: a.y + t*dy}
	}
	return dist(p, a)
}
