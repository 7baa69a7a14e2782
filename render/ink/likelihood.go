package ink

import "math"

// evidence sums what the reports say about one stiffness.
type evidence struct {
	square float64 // Σ v²/S over both axes
	logs   float64 // Σ log S over both axes
	n      float64 // innovations counted
}

// weigh adds the innovations of one run under jerk q (in units of the noise)
// to the evidence, filtering without keeping anything. The first report only
// places the run.
func (e *evidence) weigh(rs []report, q, u float64) {
	var s state
	s.x = rs[0].at()
	ric := riccati{q: q, p: prior(q, u)}
	lg, of := 0.0, -1.0
	for i := range rs {
		r := &rs[i]
		d := gap(rs, i, u)
		ric.next(r.w, d, r.m)
		if ric.s != 0 {
			v := [axes]float64{r.x - s.x[0], r.y - s.x[1]}
			if i > 0 {
				if ric.s != of {
					lg, of = math.Log(ric.s), ric.s
				}
				e.square += (v[0]*v[0] + v[1]*v[1]) / ric.s
				e.logs += axes * lg
				e.n += axes
			}
			s.observe(ric.g, v)
		}
		s.step(d)
	}
}

// noise is what the pad adds and how the hand moves: σ in mm, and jerk in
// units of σ² per u⁵.
type noise struct{ sigma, q float64 }

const (
	// minLog, maxLog bound log10 of q: from a pen that drifts to one whose
	// every report is believed.
	minLog, maxLog = -6.0, 5.0
	// minSigma mm: no pad is finer than a step of 10 µm cut off evenly.
	minSigma = 0.001
	// priorSpread is the standard deviation of log σ around the calibration's.
	priorSpread = 0.25
)

// estimate finds the noise and the jerk that make the runs most likely, with
// the calibration's σ as a prior when it is known (above 0). u is the unit of
// time in s. Where there is too little to go by, the usual hand is assumed.
func estimate(runs [][]report, u, known float64) noise {
	s := search{runs: runs, u: u, known: known, least: math.Inf(1)}
	for lg := minLog; lg <= maxLog; lg++ {
		s.try(lg)
	}
	s.closeIn(0.5)
	return s.best
}

// refine estimates again from a good beginning.
func (n noise) refine(runs [][]report, u, known float64) noise {
	s := search{runs: runs, u: u, known: known, least: math.Inf(1)}
	s.try(math.Log10(n.q))
	s.closeIn(1)
	return s.best
}

// search looks for the most likely log10 of q.
type search struct {
	runs     [][]report
	u, known float64
	least    float64 // -2 log likelihood of the best
	at       float64
	best     noise
}

func (s *search) try(lg float64) {
	q := math.Pow(10, lg)
	var e evidence
	for _, rs := range s.runs {
		e.weigh(rs, q, s.u)
	}
	s2 := e.variance(s.known)
	if l := e.minusTwoLog(s2, s.known); l < s.least {
		s.least, s.at, s.best = l, lg, noise{math.Sqrt(s2), q}
	}
}

// closeIn looks to both sides in halving steps, down to an eighth of a decade.
func (s *search) closeIn(h float64) {
	for ; h > 0.1; h /= 2 {
		mid := s.at
		s.try(mid - h)
		s.try(mid + h)
	}
}

// variance is the σ² that makes the innovations most likely.
func (e *evidence) variance(known float64) float64 {
	if e.n == 0 {
		return math.Max(known*known, minSigma*minSigma)
	}
	s2 := e.square / e.n
	if known > 0 {
		// d/dlogσ: n - square/σ² + (logσ - log known)/spread² = 0, by Newton
		x := math.Log(known)
		for range 20 {
			z := e.square * math.Exp(-2*x)
			f := e.n - z + (x-math.Log(known))/(priorSpread*priorSpread)
			x -= f / (2*z + 1/(priorSpread*priorSpread))
		}
		s2 = math.Exp(2 * x)
	}
	return math.Max(s2, minSigma*minSigma)
}

func (e *evidence) minusTwoLog(s2, known float64) float64 {
	l := e.n*math.Log(s2) + e.square/s2 + e.logs
	if known > 0 {
		z := (math.Log(s2)/2 - math.Log(known)) / priorSpread
		l += z * z
	}
	return l
}
