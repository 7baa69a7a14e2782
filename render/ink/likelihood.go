package ink

import "math"

// evidence is what the reports say about one stiffness.
type evidence struct {
	squares []float64 // |v|²/S of each innovation, both axes together
	logs    float64   // Σ log S over both axes
}

// weigh adds the innovations of one run under jerk q (in units of the noise)
// to the evidence, filtering without keeping anything. The first report only
// places the run.
func (e *evidence) weigh(rs []report, q, u float64) {
	f := filter{ric: riccati{q: q, p: prior(q, u)}}
	f.s.x = rs[0].at()
	lg, of := 0.0, -1.0
	for i := range rs {
		v := f.next(&rs[i], gap(rs, i, u))
		s := f.ric.s
		if s == 0 || i == 0 {
			continue
		}
		if s != of {
			lg, of = math.Log(s), s
		}
		e.squares = append(e.squares, (v[0]*v[0]+v[1]*v[1])/s)
		e.logs += axes * lg
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
	// tails are the degrees of freedom of the innovations: 4 to 8 judge alike,
	// a normal distribution loses 0.2 dB on clean strokes.
	tails = 8.0
	// priorSpread is the standard deviation of log σ around the calibration's.
	priorSpread = 0.25
)

// estimate finds the noise and the jerk that make the runs most likely, with
// the calibration's σ as a prior when it is known (above 0). u is the unit of
// time in s. Where there is too little to go by, the usual hand is assumed.
func estimate(runs [][]report, u, known float64) noise {
	s := search{runs: runs, u: u, known: known, least: math.Inf(1)}
	for lg := minLog; lg <= maxLog; lg += 2 {
		s.try(lg)
	}
	s.closeIn(1)
	return s.best
}

// refine estimates again within nearly two steps (in log10 q) of a beginning.
func (n noise) refine(runs [][]report, u, known, step float64) noise {
	s := search{runs: runs, u: u, known: known, least: math.Inf(1)}
	s.try(math.Log10(n.q))
	s.closeIn(step)
	return s.best
}

// search looks for the most likely log10 of q.
type search struct {
	runs     [][]report
	u, known float64
	least    float64 // -2 log likelihood of the best
	at       float64
	best     noise
	room     []float64
}

func (s *search) try(lg float64) {
	q := math.Pow(10, lg)
	e := evidence{squares: s.room[:0]}
	for _, rs := range s.runs {
		e.weigh(rs, q, s.u)
	}
	s.room = e.squares
	s2 := e.variance(s.known, s.best.sigma)
	if l := e.minusTwoLog(s2, s.known); l < s.least {
		s.least, s.at, s.best = l, lg, noise{math.Sqrt(s2), q}
	}
}

// closeIn looks to both sides in halving steps, down to a quarter of a decade:
// the error of the ink is flat around its best stiffness.
func (s *search) closeIn(h float64) {
	for ; h > 0.2; h /= 2 {
		mid := s.at
		s.try(mid - h)
		s.try(mid + h)
	}
}

// variance is the σ² that makes the innovations most likely, were they spread
// like Student's t: a burst of jerk must not pass for noise. By reweighting,
// from a first σ if there is one.
func (e *evidence) variance(known, first float64) float64 {
	n := float64(len(e.squares))
	if n == 0 {
		return math.Max(known*known, minSigma*minSigma)
	}
	s2 := first * first
	if s2 == 0 {
		s2 = e.middle()
	}
	for range 8 {
		sum := 0.0
		for _, z := range e.squares {
			sum += z * (tails + axes) / (tails + z/s2)
		}
		next := sum / (axes * n)
		if known > 0 {
			next = pull(next, known, axes*n)
		}
		next = math.Max(next, minSigma*minSigma)
		if math.Abs(next-s2) < 0.01*s2 {
			return next
		}
		s2 = next
	}
	return s2
}

// middle is a first guess of the variance: half the mean, at least minSigma².
func (e *evidence) middle() float64 {
	sum := 0.0
	for _, z := range e.squares {
		sum += z
	}
	return math.Max(sum/float64(2*axes*len(e.squares)), minSigma*minSigma)
}

// pull brings a variance found from n numbers towards the known noise: the zero
// of n - n·s2/σ² + (log σ - log known)/spread², by Newton.
func pull(s2, known, n float64) float64 {
	x := math.Log(s2) / 2
	const w = 1 / (priorSpread * priorSpread)
	for range 20 {
		z := n * s2 * math.Exp(-2*x)
		x -= math.Max(-1, math.Min(1, (n-z+w*(x-math.Log(known)))/(2*z+w)))
	}
	return math.Exp(2 * x)
}

func (e *evidence) minusTwoLog(s2, known float64) float64 {
	l := e.logs + axes*float64(len(e.squares))*math.Log(s2)
	// one logarithm for many factors
	product := 1.0
	for _, z := range e.squares {
		product *= 1 + z/(tails*s2)
		if product > 1e100 {
			l += (tails + axes) * math.Log(product)
			product = 1
		}
	}
	l += (tails + axes) * math.Log(product)
	if known > 0 {
		z := (math.Log(s2)/2 - math.Log(known)) / priorSpread
		l += z * z
	}
	return l
}
