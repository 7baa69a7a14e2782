package ink

import "math"

// evidence is what the reports say about one stiffness.
type evidence struct {
	q       float64   // the stiffness, in units of the noise
	squares []float64 // |v|²/S of each innovation, both axes together
	logs    float64   // Σ log S over both axes
	product float64   // of S, not yet in logs
	filter  filter    // of the run under way
}

// begin makes e the evidence about stiffness q, before any report.
func (e *evidence) begin(q float64) { *e = evidence{q: q, squares: e.squares[:0], product: 1} }

// weigh adds the innovations of one run to the evidence about several
// stiffnesses, filtering without keeping anything. They go in step because the
// filters wait for nothing of one another. The first report only places the run.
func weigh(es []evidence, rs []report, u float64) {
	for j := range es {
		e := &es[j]
		e.filter = filter{ric: riccati{q: e.q, p: prior(e.q, u)}}
		e.filter.s.x = rs[0].at()
	}
	for i := range rs {
		d := gap(rs, i, u)
		for j := range es {
			e := &es[j]
			v := e.filter.next(&rs[i], d)
			if i > 0 && e.filter.ric.s != 0 {
				e.add(v, e.filter.ric.s)
			}
		}
	}
}

// add takes an innovation of variance s.
func (e *evidence) add(v [axes]float64, s float64) {
	e.squares = append(e.squares, (v[0]*v[0]+v[1]*v[1])/s)
	e.product *= s // one logarithm for many factors
	if e.product > 1e100 || e.product < 1e-100 {
		e.settle()
	}
}

func (e *evidence) settle() {
	e.logs += axes * math.Log(e.product)
	e.product = 1
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

// search looks for the noise and the jerk that make the runs most likely, with
// the calibration's σ as a prior when it is known (above 0). It keeps its room.
type search struct {
	runs     [][]report
	u, known float64 // unit of time s, mm
	least    float64 // -2 log likelihood of the best
	at       float64 // log10 of the best q
	best     noise
	es       [abreast]evidence
}

// abreast: so many stiffnesses are weighed at once, at most.
const abreast = int(maxLog-minLog)/2 + 1

func newSearch(runs [][]report, u, known float64) *search {
	n := 0
	for _, rs := range runs {
		n += len(rs)
	}
	s := &search{runs: runs, u: u, known: known}
	room := make([]float64, n*abreast)
	for j := range s.es {
		s.es[j].squares = room[n*j : n*j : n*(j+1)]
	}
	return s
}

// estimate looks everywhere. Where there is too little to go by, the usual hand
// is assumed.
func (s *search) estimate() noise {
	s.least, s.best = math.Inf(1), noise{}
	var grid [abreast]float64
	for i := range grid {
		grid[i] = minLog + 2*float64(i)
	}
	s.try(grid[:]...)
	s.closeIn(1)
	return s.best
}

// refine looks within nearly two steps (in log10 q) of a beginning.
func (s *search) refine(n noise, step float64) noise {
	s.least, s.best = math.Inf(1), noise{}
	s.try(math.Log10(n.q))
	s.closeIn(step)
	return s.best
}

// try weighs some log10 of q.
func (s *search) try(logs ...float64) {
	es := s.es[:len(logs)]
	for j, lg := range logs {
		es[j].begin(math.Pow(10, lg))
	}
	for _, rs := range s.runs {
		weigh(es, rs, s.u)
	}
	for j := range es {
		s2 := es[j].variance(s.known, s.best.sigma)
		if l := es[j].minusTwoLog(s2, s.known); l < s.least {
			s.least, s.at, s.best = l, logs[j], noise{math.Sqrt(s2), es[j].q}
		}
	}
}

// closeIn looks to both sides in halving steps, down to a quarter of a decade:
// the error of the ink is flat around its best stiffness.
func (s *search) closeIn(h float64) {
	for ; h > 0.2; h /= 2 {
		s.try(s.at-h, s.at+h)
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
	e.settle()
	l := e.logs + axes*float64(len(e.squares))*math.Log(s2)
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

// wipe overwrites the room of the search.
func (s *search) wipe() {
	for j := range s.es {
		sq := s.es[j].squares
		clear(sq[:cap(sq)])
		s.es[j].filter.s.wipe()
	}
}
