package ink

import "math"

// The live ink cannot wait for the whole signature to know noise and jerk. So
// a bank of filters runs at once, one for each stiffness on a grid, and the
// innovations decide as they come: for each noise on a grid the stiffness that
// the reports around make likely (with the prior of lively), and among the
// noises the one that foretold all reports best.
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
	// usualNoise mm and the standard deviation of its logarithm: pads were
	// measured from 5 to 138 µm. 8 to 16 as the weight of this prior judge
	// alike; without it clean strokes lose 0.9 dB.
	usualNoise, usualSpread = 0.03, 0.53
	// liveTails: degrees of freedom by which innovations count for a noise.
	liveTails = 5.0
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
	m.onward(rs, b.filters[b.decide(len(rs))], b.u)
	m.back()
	b.filters, b.fresh = next, false
	return m.states[0]
}

// decide picks a stiffness from the past and the innovations ahead.
func (b *bank) decide(seen int) int {
	chosen := [noises]int{}
	best := 0
	for l := range noises {
		n := &b.level[l]
		past, now := math.Inf(1), math.Inf(1)
		foretold := 0
		for j := range stiffnesses {
			dev := b.stiff[j] - b.usual[l]
			p := b.local[l][j] + calm*dev*dev
			if p < past {
				past, foretold = p, j
			}
			e := b.ahead[0][j].under(n)
			b.local[l][j] = reach*b.local[l][j] + e
			p = b.local[l][j] + calm*dev*dev
			for i := 1; i < seen; i++ {
				p += b.ahead[i][j].under(n)
			}
			if p < now {
				now, chosen[l] = p, j
			}
		}
		if e := &b.ahead[0][foretold]; e.some {
			b.total[l] += e.heavy(n)
			least := math.Inf(1)
			for j := range stiffnesses {
				dev := b.stiff[j] - b.hand[l]
				b.long[l][j] += b.ahead[0][j].heavy(n)
				if t := b.long[l][j] + handPrior*dev*dev; t < least {
					least = t
					b.usual[l] = b.stiff[j]
				}
			}
		}
		if b.total[l] < b.total[best] {
			best = l
		}
	}
	return chosen[best]
}
