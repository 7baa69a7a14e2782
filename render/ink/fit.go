package ink

import (
	"math"
	"slices"
)

const (
	// tolerance of a fitted curve in units: 5 µm are 1.417, and a side is
	// sampled at points, not everywhere.
	tolerance = 1.3
	// mostPoints of a span that the fit looks at.
	mostPoints = 16
	// hopelessFit: a curve this many tolerances off, squared, gets no better;
	// hopelessSoon: nor does one that is still so far off at the second pass.
	hopelessFit, hopelessSoon = 400, 40
)

// fitter turns sides and arcs into the cubics of one contour, in integers.
type fitter struct {
	start  Point
	curves []Curve
	guess  int       // points that the last curve spanned
	gone   []float64 // length of the side from where the next curve begins
	points []sample  // of the side, that the curve is fitted to
}

func round(v vec) Point { return Point{int32(math.Round(v.x)), int32(math.Round(v.y))} }

func (p Point) vec() vec { return vec{float64(p.X), float64(p.Y)} }

func (f *fitter) begin(p vec) {
	f.start, f.curves = round(p), f.curves[:0]
}

func (f *fitter) curve(a, b, p vec) {
	f.curves = append(f.curves, Curve{round(a), round(b), round(p)})
}

// end closes the contour on its start.
func (f *fitter) end() Contour {
	f.curves[len(f.curves)-1].P = f.start
	return Contour{f.start, slices.Clone(f.curves)}
}

// arc goes clockwise round a dab from the normal n to m.
func (f *fitter) arc(d dab, n, m vec) {
	turn := math.Atan2(n.cross(m), n.dot(m))
	if turn > 1e-9 {
		turn -= 2 * math.Pi
	}
	f.turn(d, n, -turn, int(math.Ceil(-turn/(math.Pi/2)-1e-6)))
}

// turn goes clockwise by an angle in k curves.
func (f *fitter) turn(d dab, n vec, angle float64, k int) {
	if k < 1 {
		return
	}
	step := angle / float64(k)
	h := 4.0 / 3 * math.Tan(step/4)
	sin, cos := math.Sincos(-step)
	for range k {
		m := vec{n.x*cos - n.y*sin, n.x*sin + n.y*cos}
		a := d.on(n.plus(vec{n.y, -n.x}.times(h)))
		b := d.on(m.minus(vec{m.y, -m.x}.times(h)))
		f.curve(a, b, d.on(m))
		n = m
	}
}

// along fits cubics through a side, each as long as the tolerance lets it be.
// The side begins where the contour stands.
func (f *fitter) along(ps []vec) {
	if n := len(ps); n == 2 {
		d := ps[1].minus(ps[0]).times(1.0 / 3)
		f.curve(ps[0].plus(d), ps[1].minus(d), ps[1])
		return
	}
	for i := 0; i < len(ps)-1; {
		i += f.longest(ps, i)
	}
}

// longest adds the longest curve from point i that fits, and returns how many
// points it went forward.
func (f *fitter) longest(ps []vec, i int) int {
	most := len(ps) - 1 - i
	f.gone = append(f.gone[:0], 0)
	good, bad := 0, most+1
	var best [2]vec
	try := min(max(f.guess, 2), most)
	for tries := 0; bad-good > 1 && tries < 7; tries++ {
		a, b, ok := f.cubic(ps[i:i+try+1], tangent(ps, i), tangent(ps, i+try))
		if ok || try == 1 {
			good, best = try, [2]vec{a, b}
		} else {
			bad = try
		}
		switch {
		case bad > most:
			try = min(most, good+good/2+1)
		case good == 0:
			try = max(1, bad/2)
		default:
			try = (good + bad) / 2
		}
		if good > 0 && bad <= most && bad-good <= max(1, good/8) {
			break
		}
	}
	if good == 0 {
		good = 1
		best[0], best[1], _ = f.cubic(ps[i:i+2], tangent(ps, i), tangent(ps, i+1))
	}
	f.guess = good
	f.curve(best[0], best[1], ps[i+good])
	return good
}

// tangent of a side at a point, of length 1.
func tangent(ps []vec, i int) vec {
	return ps[min(i+1, len(ps)-1)].minus(ps[max(i-1, 0)]).unit(vec{1, 0})
}

// sample is a point of a side between the ends of a curve: its place, and where
// on the curve, 0..1.
type sample struct {
	at vec
	u  float64
}

// sample picks the points of a side that a curve is fitted to, evenly, and
// returns the side's length. Sides with the same beginning share f.gone.
func (f *fitter) sample(ps []vec) float64 {
	n := len(ps)
	for len(f.gone) < n {
		k := len(f.gone)
		f.gone = append(f.gone, f.gone[k-1]+ps[k].minus(ps[k-1]).length())
	}
	total := f.gone[n-1]
	stride := 1 + (n-3)/mostPoints
	f.points = f.points[:0]
	for i := 1 + stride/2; i < n-1; i += stride {
		f.points = append(f.points, sample{ps[i], f.gone[i] / total})
	}
	if len(f.points) == 0 {
		f.points = append(f.points, sample{ps[n/2], 0.5})
	}
	return total
}

// cubic finds the controls of the cubic from the first to the last point with
// these tangents that is nearest to the points between (least squares, one
// correction of the parameters), and whether it fits, as rounded. Without a fit
// the controls mean nothing.
func (f *fitter) cubic(ps []vec, t0, t1 vec) (a, b vec, ok bool) {
	n := len(ps)
	p, q := ps[0], ps[n-1]
	if n == 2 {
		d := q.minus(p).length() / 3
		return p.plus(t0.times(d)), q.minus(t1.times(d)), true
	}
	total := f.sample(ps)
	rp, rq := round(p).vec(), round(q).vec()
	for _, most := range [...]float64{hopelessFit, hopelessSoon, 1} {
		a, b = leastSquares(p, q, t0, t1, f.points, total)
		worst := closer(rp, round(a).vec(), round(b).vec(), rq, f.points, most*tolerance*tolerance)
		if worst <= tolerance*tolerance {
			return a, b, true
		}
		if worst > most*tolerance*tolerance {
			break
		}
	}
	return a, b, false
}

// closer takes one Newton step of each point's u to the place of the cubic
// nearest to it, and returns the largest square distance at the old u, less its
// part along the curve. Once that is above most it goes no further.
func closer(p, a, b, q vec, points []sample, most float64) float64 {
	pa, ab, bq := a.minus(p), b.minus(a), q.minus(b)
	worst := 0.0
	for j := range points {
		k := &points[j]
		u, w := k.u, 1-k.u
		c := p.times(w * w * w).plus(a.times(3 * w * w * u)).plus(b.times(3 * w * u * u)).plus(q.times(u * u * u))
		d := pa.times(3 * w * w).plus(ab.times(6 * w * u)).plus(bq.times(3 * u * u))
		e := k.at.minus(c)
		dd := d.dot(d) + 1e-12
		along := e.dot(d)
		if far := e.dot(e) - along*along/dd; far > worst {
			if far > most {
				return far
			}
			worst = far
		}
		u += along / dd
		if u < 0 {
			u = 0
		} else if u > 1 {
			u = 1
		}
		k.u = u
	}
	return worst
}

// leastSquares solves for the lengths of the two handles.
func leastSquares(p, q, t0, t1 vec, points []sample, total float64) (a, b vec) {
	var c00, c01, c11, x0, x1 float64
	for j := range points {
		k := &points[j]
		u, w := k.u, 1-k.u
		b0, b1, b2, b3 := w*w*w, 3*w*w*u, 3*w*u*u, u*u*u
		e := k.at.minus(p.times(b0 + b1)).minus(q.times(b2 + b3))
		g0, g1 := t0.times(b1), t1.times(-b2)
		c00 += g0.dot(g0)
		c01 += g0.dot(g1)
		c11 += g1.dot(g1)
		x0 += e.dot(g0)
		x1 += e.dot(g1)
	}
	det := c00*c11 - c01*c01
	l0, l1 := total/3, total/3
	if det > 1e-9*c00*c11 {
		l0, l1 = (x0*c11-x1*c01)/det, (c00*x1-c01*x0)/det
	}
	if !(l0 > total*0.01 && l0 < total) || !(l1 > total*0.01 && l1 < total) {
		l0, l1 = total/3, total/3
	}
	return p.plus(t0.times(l0)), q.minus(t1.times(l1))
}

// wipe overwrites the room of the fitter.
func (f *fitter) wipe() {
	clear(f.curves[:cap(f.curves)])
	clear(f.gone[:cap(f.gone)])
	clear(f.points[:cap(f.points)])
}
