package ink

import "math"

// The live ink cannot wait for the whole signature to know noise and jerk. So
// a bank of filters runs at once, one for each stiffness on a grid, and the
// innovations weigh them as they come: for each noise on a grid the stiffnesses
// by the reports around (with the prior of lively), and the noises by how well
// they foretold all reports. The state is the mean under these weights.
const (
	stiffnesses = 12 // q from 10^-3 of the noise up
	stiffStep   = 0.75
	firstStiff  = -3.0
	noises      = 13 // σ from 4 to 256 µm, by √2
	firstNoise  = 0.004
	// usualJerk in mm²/s⁵ of a hand: an order of magnitude, assumed, not
	// measured; handPrior lets the reports overrule it.
	usualJerk = 1e9
	// handPrior is the precision of the prior of the signature's stiffness
	// around the usual one.
	handPrior = 0.7
	// usualNoise mm and the standard deviation of its logarithm: wide enough for
	// the pads measured (5 to 138 µm), and low, because at first a lively hand
	// passes for noise. 0.03 and 0.53 lose 0.6 to 1.1 dB at double rate and 0.1
	// to 0.3 dB on clean strokes, and gain 0.04 dB at 0.12 mm and 0.06 dB on
	// lost reports, on both halves of the writers; 0.006 and 1.2 lose 0.2 dB on
	// clean strokes and gain 0.02 dB at 0.2 mm.
	usualNoise, usualSpread = 0.005, 1.0
	// liveTails: degrees of freedom by which innovations count for a noise.
	liveTails = 3.0
	// openness: a noise foretells by the odds of the stiffnesses to this power,
	// so that a sudden burst of jerk does not count for noise. With 1, and 5
	// for liveTails, live strokes at double rate lose 0.5 to 1.2 dB and
	// gain 0.02 dB at 0.2 mm noise, on both halves of the writers.
	openness = 0.3
	// liveCalm is calm for the bank: it has less to go by than Draw. 2 loses
	// 0.04 dB at 0.2 mm noise, 8 0.1 dB at 0.05 mm.
	liveCalm = 3.5
	// slight odds of a stiffness are not worth its way back.
	slight = 0.01
	// unlikely: odds of e to minus this are none.
	unlikely = 12.0
	// hopeless: a noise that is e^-50 less likely than another is given up.
	hopeless = 100.0
)

type bank struct {
	u       float64
	level   [noises]noiseLevel
	filters [stiffnesses]filter
	start   [stiffnesses]cov
	stiff   [stiffnesses]float64 // log of the stiffness
	// local[l][j]: -2 log likelihood of the last reports under noise l and
	// stiffness j
	local [noises][stiffnesses]float64
	total [noises]float64 // of all reports, foretold
	lead  float64         // the least total
	usual [noises]float64 // log of the usual stiffness under noise l
	// long[l][j]: of all reports
	long  [noises][stiffnesses]float64
	hand  [noises]float64 // the same for the usual hand
	fresh bool            // the coming report only places the run
	ahead [window][stiffnesses]innovation
}

// innovation is |v|²/S and log S of one report under one stiffness; none where
// the report is left out or only places the run.
type innovation struct {
	square, log float64
	some        bool
}

// noiseLevel is one noise of the grid: 1/σ² and the log of the variance of both
// axes.
type noiseLevel struct{ weight, log float64 }

// under is -2 log likelihood of an innovation for a noise.
func (e *innovation) under(n *noiseLevel) float64 {
	if !e.some {
		return 0
	}
	return e.square*n.weight + axes*e.log + n.log
}

// heavy is the same were innovations spread like Student's t.
func (e *innovation) heavy(n *noiseLevel) float64 {
	if !e.some {
		return 0
	}
	return (liveTails+axes)*math.Log1p(e.square*n.weight/liveTails) + axes*e.log + n.log
}

// learn begins a signature with unit of time u (s); known is the calibration's
// noise in mm or 0.
func (b *bank) learn(u, known float64) {
	b.u = u
	for l := range noises {
		s := sigma(l)
		b.level[l] = noiseLevel{1 / (s * s), 2 * axes * math.Log(s)}
		b.usual[l] = math.Log(usualJerk * math.Pow(u, 5) / (s * s))
		b.hand[l] = b.usual[l]
		z := math.Log(s/usualNoise) / usualSpread
		if known > 0 {
			z = math.Log(s/known) / priorSpread
		}
		b.total[l] = z * z
	}
	for j := range b.filters {
		b.stiff[j] = stiffness(j)
		b.start[j] = prior(math.Exp(stiffness(j)), u)
	}
}

// sigma of noise l, mm.
func sigma(l int) float64 { return firstNoise * math.Pow(2, float64(l)/2) }

// stiffness j as a natural logarithm.
func stiffness(j int) float64 { return math.Ln10 * (firstStiff + float64(j)*stiffStep) }

// begin a run at its first report.
func (b *bank) begin(r report) {
	for j := range b.filters {
		f := &b.filters[j]
		*f = filter{ric: riccati{q: math.Exp(stiffness(j)), p: b.start[j]}}
		f.s.x = r.at()
	}
	b.local = [noises][stiffnesses]float64{}
	b.fresh = true
}

// smooth finds the state at the first of the reports with the others as
// foresight, and goes on to expect the second.
func (b *bank) smooth(rs []report, m *smoother) state {
	var next [stiffnesses]filter
	for j := range b.filters {
		f := b.filters[j]
		for i := range rs {
			v := f.next(&rs[i], gap(rs, i, b.u))
			b.ahead[i][j] = innovation{}
			if f.ric.s != 0 && !(i == 0 && b.fresh) {
				b.ahead[i][j] = innovation{(v[0]*v[0] + v[1]*v[1]) / f.ric.s, math.Log(f.ric.s), true}
			}
			if i == 0 {
				next[j] = f
			}
		}
	}
	w := b.decide(len(rs))
	sum := 0.0
	for j := range w {
		if w[j] < slight {
			w[j] = 0
		}
		sum += w[j]
	}
	var mean state
	for j := range w {
		if w[j] > 0 {
			m.onward(rs, b.filters[j], b.u)
			m.back()
			mean.blend(&m.states[0], w[j]/sum)
		}
	}
	b.filters, b.fresh = next, false
	return mean
}

// blend adds another state with a weight.
func (s *state) blend(o *state, w float64) {
	for k := range axes {
		s.x[k] += w * o.x[k]
		s.v[k] += w * o.v[k]
		s.a[k] += w * o.a[k]
	}
}

// decide weighs the stiffnesses by the past and the innovations ahead.
func (b *bank) decide(seen int) (w [stiffnesses]float64) {
	least := math.Inf(1)
	for l := range noises {
		if b.total[l] > b.lead+hopeless {
			continue
		}
		foretold := b.expected(l, 0)
		b.remember(l)
		if b.ahead[0][0].some {
			b.foresee(l, &foretold)
		}
		least = math.Min(least, b.total[l])
	}
	b.lead = least
	sum := 0.0
	for l := range noises {
		p := math.Exp((least - b.total[l]) / 2)
		if p < slight*slight {
			continue
		}
		sum += p
		for j, v := range b.expected(l, seen) {
			w[j] += p * v
		}
	}
	for j := range w {
		w[j] /= sum
	}
	return w
}

// expected is how likely each stiffness is under noise l by the past and, where
// there are any, the reports ahead of the one remembered last, seen with it.
func (b *bank) expected(l, seen int) (p [stiffnesses]float64) {
	n := &b.level[l]
	least := math.Inf(1)
	share := 1.0
	if seen == 0 {
		share = openness
	}
	for j := range p {
		dev := b.stiff[j] - b.usual[l]
		p[j] = share * (b.local[l][j] + liveCalm*dev*dev)
		for i := 1; i < seen; i++ {
			p[j] += b.ahead[i][j].under(n)
		}
		least = math.Min(least, p[j])
	}
	return likely(p, least)
}

// likely turns -2 log of the odds into shares of one.
func likely(p [stiffnesses]float64, least float64) [stiffnesses]float64 {
	sum := 0.0
	for j := range p {
		if p[j] > least+2*unlikely {
			p[j] = 0
			continue
		}
		p[j] = math.Exp((least - p[j]) / 2)
		sum += p[j]
	}
	for j := range p {
		p[j] /= sum
	}
	return p
}

// remember adds the report to be given to the local past.
func (b *bank) remember(l int) {
	n := &b.level[l]
	for j := range stiffnesses {
		b.local[l][j] = reach*b.local[l][j] + b.ahead[0][j].under(n)
	}
}

// foresee learns from how well noise l foretold the report: about the noise,
// and about the stiffness of the whole signature.
func (b *bank) foresee(l int, foretold *[stiffnesses]float64) {
	n := &b.level[l]
	p := 0.0
	var hand [stiffnesses]float64
	least := math.Inf(1)
	for j := range stiffnesses {
		e := b.ahead[0][j].heavy(n)
		if foretold[j] > 0 {
			p += foretold[j] * math.Exp(-e/2)
		}
		b.long[l][j] += e
		dev := b.stiff[j] - b.hand[l]
		hand[j] = b.long[l][j] + handPrior*dev*dev
		least = math.Min(least, hand[j])
	}
	b.total[l] -= 2 * math.Log(math.Max(p, math.SmallestNonzeroFloat64))
	b.usual[l] = 0
	for j, p := range likely(hand, least) {
		b.usual[l] += p * b.stiff[j]
	}
}
