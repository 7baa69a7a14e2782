package ink

import "math"

// axes: every report measures x and y with the same noise, so one covariance
// serves both.
const axes = 2

// state of the pen at one report: position mm, velocity mm/u, acceleration
// mm/u², for x and y, with u the unit of time of the stroke.
type state struct{ x, v, a [axes]float64 }

// wipe forgets where the pen was.
func (s *state) wipe() { *s = state{} }

// cov is a symmetric covariance of (position, velocity, acceleration).
type cov struct{ xx, xv, xa, vv, va, aa float64 }

// Weak prior of the first velocity and acceleration, as the white jerk would
// have made them in startTime seconds.
const startTime = 0.1

// step carries a covariance over d units of time with white jerk of
// intensity q: P ← F P F' + Q.
func (p *cov) step(d, q float64) {
	h := d * d / 2
	// rows of F P
	ax, av, aa := p.xx+d*p.xv+h*p.xa, p.xv+d*p.vv+h*p.va, p.xa+d*p.va+h*p.aa
	bv, ba := p.vv+d*p.va, p.va+d*p.aa
	d2 := d * d
	d3 := d2 * d
	*p = cov{
		xx: ax + d*av + h*aa + q*d3*d2/20,
		xv: av + d*aa + q*d2*d2/8,
		xa: aa + q*d3/6,
		vv: bv + d*ba + q*d3/3,
		va: ba + q*d2/2,
		aa: p.aa + q*d,
	}
}

// prior is the covariance before the first report of a run, where q is the
// intensity of jerk in units of the noise and u the unit of time in s. The
// position is unknown: its variance is large beside that of any report.
func prior(q, u float64) cov {
	t := startTime / u
	return cov{xx: diffuse, vv: q * t * t * t / 3, va: q * t * t / 2, aa: q * t}
}

// diffuse is the variance of an unknown position in units of the noise.
const diffuse = 1e8

// riccati follows the covariance from report to report. At even intervals it
// settles, and nothing is computed any more.
type riccati struct {
	q       float64
	p       cov // before the coming report
	g       [3]float64
	s       float64 // variance of the innovation, 0 for a report left out
	last    float64 // interval before the coming report
	mult    float64 // factor of q in it
	settled bool
}

// next takes a report of weight w (0: leave it out) that is followed by the
// next one after d: it sets g and s and carries p on. In scalars, for it is run
// the most.
func (r *riccati) next(w, d, m float64) {
	same := w == 1 && d == r.last && m == r.mult
	if r.settled && same {
		return
	}
	p := &r.p
	xx, xv, xa, vv, va, aa := p.xx, p.xv, p.xa, p.vv, p.va, p.aa
	if w == 0 {
		r.g, r.s = [3]float64{}, 0
	} else {
		e := 1 / w
		s := xx + e
		gx, gv, ga := xx/s, xv/s, xa/s
		left := e / s
		r.s, r.g[0], r.g[1], r.g[2] = s, gx, gv, ga
		aa -= ga * xa
		va -= gv * xa
		vv -= gv * xv
		xa *= left
		xv *= left
		xx *= left
	}
	q := r.q * m
	h, d2 := d*d/2, d*d
	d3 := d2 * d
	ax, av, ah := xx+d*xv+h*xa, xv+d*vv+h*va, xa+d*va+h*aa
	bv, ba := vv+d*va, va+d*aa
	xx, xv, xa = ax+d*av+h*ah+q*d3*d2/20, av+d*ah+q*d2*d2/8, ah+q*d3/6
	vv, va, aa = bv+d*ba+q*d3/3, ba+q*d2/2, aa+q*d
	r.settled = same && near(aa, p.aa) && near(xx, p.xx)
	p.xx, p.xv, p.xa, p.vv, p.va, p.aa = xx, xv, xa, vv, va, aa
	r.last, r.mult = d, m
}

func near(a, b float64) bool { return math.Abs(a-b) < 1e-7*a }

// passed is what the filter remembers of one report for the way back.
type passed struct {
	pred state // before the report
	p    cov   // before the report
	g    [3]float64
	v    [axes]float64 // innovation
	s    float64       // its variance, 0 where the report was left out
	d    float64       // time to the next report
	q    float64       // jerk until then
}

// smoother runs the filter forward and the corrections back over one run of
// reports. It keeps its room from run to run.
type smoother struct {
	way    []passed
	learn  bool    // back also fills lively
	states []state // smoothed: what back fills
	lively lively
}

// forward filters a run of reports with noise 1 and jerk q per unit of time u
// (s) from its beginning.
func (m *smoother) forward(rs []report, q, u float64) {
	var s state
	s.x = rs[0].at()
	m.onward(rs, filter{s, riccati{q: q, p: prior(q, u)}}, u)
}

// filter is what is expected of the coming report.
type filter struct {
	s   state
	ric riccati
}

// onward filters reports from what is expected of the first.
func (m *smoother) onward(rs []report, f filter, u float64) {
	m.way = grow(m.way, len(rs))
	for i := range rs {
		w := &m.way[i]
		w.d, w.q = gap(rs, i, u), f.ric.q*rs[i].m
		w.pred, w.p = f.s, f.ric.p
		w.v = f.next(&rs[i], w.d)
		w.g, w.s = f.ric.g, f.ric.s
	}
}

// next takes a report that is followed by another after d, and returns its
// innovation; the variance of that stays in ric.s, 0 for a report left out.
func (f *filter) next(r *report, d float64) (v [axes]float64) {
	f.ric.next(r.w, d, r.m)
	s := &f.s
	x0, x1, v0, v1, a0, a1 := s.x[0], s.x[1], s.v[0], s.v[1], s.a[0], s.a[1]
	if f.ric.s != 0 {
		gx, gv, ga := f.ric.g[0], f.ric.g[1], f.ric.g[2]
		e0, e1 := r.x-x0, r.y-x1
		v[0], v[1] = e0, e1
		x0, x1 = x0+gx*e0, x1+gx*e1
		v0, v1 = v0+gv*e0, v1+gv*e1
		a0, a1 = a0+ga*e0, a1+ga*e1
	}
	h := d * d / 2
	s.x[0], s.x[1] = x0+(d*v0+h*a0), x1+(d*v1+h*a1)
	s.v[0], s.v[1] = v0+d*a0, v1+d*a1
	s.a[0], s.a[1] = a0, a1
	return v
}

// gap is the time in u from report i to the next, 0 after the last.
func gap(rs []report, i int, u float64) float64 {
	if i+1 == len(rs) {
		return 0
	}
	return (rs[i+1].t - rs[i].t) / u
}

// back turns what forward left into smoothed states (de Jong's form of the
// Rauch-Tung-Striebel recursion: no covariance is inverted).
func (m *smoother) back() {
	n := len(m.way)
	m.states = grow(m.states, n)
	var r [axes][3]float64
	var c cov
	for i := n - 1; i >= 0; i-- {
		w := &m.way[i]
		if m.learn {
			m.judge(i, w, &r, &c)
		}
		if w.d != 0 {
			c = c.pull(w.d)
		}
		w.hear(&r[0], 0, &m.states[i])
		w.hear(&r[1], 1, &m.states[i])
		if w.s != 0 {
			mg := c.times(w.g)
			gmg := w.g[0]*mg[0] + w.g[1]*mg[1] + w.g[2]*mg[2]
			c.xx += 1/w.s + gmg - 2*mg[0]
			c.xv -= mg[1]
			c.xa -= mg[2]
		}
	}
}

// hear takes what the later reports say of the state on axis k after this one
// to before it, and finds that state.
func (w *passed) hear(r *[3]float64, k int, st *state) {
	d := w.d
	x, v, a := r[0], r[1], r[2]
	a += d*v + d*d/2*x
	v += d * x
	if w.s != 0 {
		x += w.v[k]/w.s - (w.g[0]*x + w.g[1]*v + w.g[2]*a)
	}
	r[0], r[1], r[2] = x, v, a
	p := &w.p
	st.x[k] = w.pred.x[k] + (p.xx*x + p.xv*v + p.xa*a)
	st.v[k] = w.pred.v[k] + (p.xv*x + p.vv*v + p.va*a)
	st.a[k] = w.pred.a[k] + (p.xa*x + p.va*v + p.aa*a)
}

// pull is F' N F over d units of time.
func (p cov) pull(d float64) cov {
	h := d * d / 2
	// columns of N F
	xv, xa := p.xx*d+p.xv, p.xx*h+p.xv*d+p.xa
	vv, va := p.xv*d+p.vv, p.xv*h+p.vv*d+p.va
	aa := p.xa*h + p.va*d + p.aa
	return cov{
		xx: p.xx, xv: xv, xa: xa,
		vv: d*xv + vv, va: d*xa + va,
		aa: h*xa + d*va + aa,
	}
}

func (p cov) times(g [3]float64) [3]float64 {
	return [3]float64{
		p.xx*g[0] + p.xv*g[1] + p.xa*g[2],
		p.xv*g[0] + p.vv*g[1] + p.va*g[2],
		p.xa*g[0] + p.va*g[1] + p.aa*g[2],
	}
}

// grow gives a slice of n, using the old one's room.
func grow[T any](s []T, n int) []T {
	if cap(s) < n {
		s = make([]T, n, n+n/2)
	}
	return s[:n]
}
