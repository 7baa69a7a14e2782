package ink

import "math"

// A hand is not equally lively all the time: the jerk in a flourish or at a
// corner is many times that of a slow stroke. So each interval has a factor m
// of its own, found by the reports: penalised maximum likelihood of log m,
// smoothed over its neighbours, by Newton steps.
const (
	// lessons: that many steps; more bring less than 0.1 dB in any condition.
	lessons = 3
	// doubt: before the first lesson bursts of jerk still pass for noise, so
	// the noise is taken this many times smaller; 2 loses 0.5 dB on clean
	// strokes, 6 loses 0.02 dB at 0.2 mm noise.
	doubt = 4.0
	// reach is by how much the say of a neighbouring interval falls with each
	// interval away. 0.6 to 0.85 judge alike on both halves of the writers.
	reach = 0.7
	// calm is the precision of the prior of log m around 0. 1 to 2 judge
	// alike; 4 loses 0.7 dB on lost reports, 0.5 loses 0.1 dB at 0.2 mm noise.
	calm = 2.0
	// leastLively and mostLively bound log m.
	leastLively, mostLively = -3.0, 6.0
)

// lively is what the reports say about log m of each interval.
type lively struct {
	s2          float64 // variance of the noise
	d, q        float64 // of jerk
	jerk        cov     // what q does to a state in d
	slope, info []float64
	near        []float64 // room for smoothing
}

// learnFrom takes one step of m for all runs under the noise n.
func (m *smoother) learnFrom(runs [][]report, n noise, u float64) {
	m.learn, m.lively.s2 = true, n.sigma*n.sigma
	for _, rs := range runs {
		m.lively.slope, m.lively.info = grow(m.lively.slope, len(rs)), grow(m.lively.info, len(rs))
		m.forward(rs, n.q, u)
		m.back()
		m.lively.step(rs)
	}
	m.learn = false
}

// judge finds, on the way back, the slope of twice the log likelihood by log m
// of the interval after report i and its expected curvature: with the
// disturbance w ~ N(0, Q), r and N what the later reports say of the state
// after it, Σ r'Qr - tr QN and tr QNQN.
func (m *smoother) judge(i int, w *passed, r *[axes][3]float64, n *cov) {
	l := &m.lively
	if w.d == 0 {
		l.slope[i], l.info[i] = 0, 0
		return
	}
	if l.d != w.d || l.q != w.q {
		l.d, l.q, l.jerk = w.d, w.q, cov{}
		l.jerk.step(w.d, w.q)
	}
	j := &l.jerk
	a := j.times([3]float64{n.xx, n.xv, n.xa})
	b := j.times([3]float64{n.xv, n.vv, n.va})
	c := j.times([3]float64{n.xa, n.va, n.aa})
	e := 0.0
	for k := range axes {
		g := j.times(r[k])
		e += g[0]*r[k][0] + g[1]*r[k][1] + g[2]*r[k][2]
	}
	l.slope[i] = e/l.s2 - axes*(a[0]+b[1]+c[2])
	l.info[i] = axes * (a[0]*a[0] + b[1]*b[1] + c[2]*c[2] + 2*(a[1]*b[0]+a[2]*c[0]+b[2]*c[1]))
}

// step moves log m by Newton's rule, each interval hearing its neighbours.
func (l *lively) step(rs []report) {
	l.near = grow(l.near, 2*len(rs))
	s, f := 0.0, 0.0
	for i := range rs {
		s, f = reach*s+l.slope[i], reach*f+l.info[i]
		l.near[2*i], l.near[2*i+1] = s, f
	}
	s, f = 0, 0
	for i := len(rs) - 1; i >= 0; i-- {
		slope, info := (l.near[2*i]+s)/2, (l.near[2*i+1]+f)/2
		s, f = reach*(s+l.slope[i]), reach*(f+l.info[i])
		log := math.Log(rs[i].m)
		log += (slope - calm*log) / (info + calm)
		rs[i].m = math.Exp(math.Max(leastLively, math.Min(mostLively, log)))
	}
}

func (l *lively) wipe() {
	clear(l.slope[:cap(l.slope)])
	clear(l.info[:cap(l.info)])
	clear(l.near[:cap(l.near)])
}
