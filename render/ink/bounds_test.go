package ink

import (
	"math"

	"moqian/pad"
)

// Two engines to compare with on the same cases. Both get the front end of
// Draw (beats, equal stamps, spikes), so that only the smoothing differs.

// prototype is the penalised spline of the third derivative (RTS) with one
// noise and one stiffness by maximum likelihood, innovations normal.
func prototype(samples []pad.Sample, rate float64) [][]mark {
	runs, u := front(samples, rate)
	best, least := 0.0, math.Inf(1)
	for lg := minLog; lg <= maxLog; lg += 0.5 {
		es := make([]evidence, 1)
		e := &es[0]
		e.begin(math.Pow(10, lg))
		for _, rs := range runs {
			weigh(es, rs, u)
		}
		e.settle()
		n, sum := float64(axes*len(e.squares)), 0.0
		for _, z := range e.squares {
			sum += z
		}
		if l := n*math.Log(sum/n+1e-12) + e.logs; l < least {
			best, least = lg, l
		}
	}
	return smoothed(runs, u, math.Pow(10, best))
}

// front is what Draw does before it smooths.
func front(samples []pad.Sample, rate float64) ([][]report, float64) {
	strokes := split(samples)
	u := interval(strokes, rate)
	for i := range strokes {
		regrid(strokes[i], u)
		strokes[i] = merge(strokes[i])
		despike(strokes[i], u)
	}
	return strokes, u
}

// smoothed are the tracks of strokes under one jerk.
func smoothed(strokes [][]report, u, q float64) (out [][]mark) {
	var m smoother
	for _, rs := range strokes {
		k := m.track(rs, u, noise{1, q})
		k.w = make([]float64, len(rs))
		var c []mark
		k.walk(dabStep, func(t, x, y, _ float64) { c = append(c, mark{t, x, y}) })
		out = append(out, c)
	}
	return out
}

// wiener is the best linear smoother that knows the true spectra of the hand's
// second differences (mm², by lag) and of the noise (mm², by lag).
type wiener struct{ hand, pad []float64 }

// knowing averages the hand's spectrum over all strokes, read at their rate.
func knowing(ks []tried) []float64 {
	sum, n := make([]float64, 400), 0.0
	for _, k := range ks {
		for i := range k.strokes {
			s := reading{hz: k.rate}
			s.follow(&k.strokes[i])
			var dx, dy []float64
			for j := 2; j < len(s.at); j++ {
				a, b, c := s.at[j-2], s.at[j-1], s.at[j]
				if c.t-b.t > 0.9*(b.t-a.t) { // the last report comes when the pen lifts
					dx, dy = append(dx, a.x-2*b.x+c.x), append(dy, a.y-2*b.y+c.y)
				}
			}
			n += axes * float64(len(dx))
			for l := range min(len(dx), len(sum)) {
				for j := l; j < len(dx); j++ {
					sum[l] += dx[j]*dx[j-l] + dy[j]*dy[j-l]
				}
			}
		}
	}
	for l := range sum {
		sum[l] /= n
	}
	return sum
}

// noisy is the covariance of a condition's noise by lag.
func noisy(cond string) []float64 {
	unit := 0.01
	if cond == "pad300" {
		unit = 25.4 / 300
	}
	v := padNoise[cond]*padNoise[cond] + unit*unit/12
	if cond != "ar10" {
		return []float64{v}
	}
	out := make([]float64, 40)
	for l := range out {
		out[l] = 0.01 * math.Pow(0.7, float64(l))
	}
	out[0] += v
	return out
}

func (w *wiener) draw(samples []pad.Sample, rate float64) [][]mark {
	runs, u := front(samples, rate)
	for _, rs := range runs {
		w.smooth(rs)
		for i := range rs {
			rs[i].w = 1
		}
	}
	return smoothed(runs, u, 1e5)
}

// smooth moves reports: y - R D'(D R D' + C)⁻¹ D y, with D second differences,
// C the hand's covariance and R the noise's.
func (w *wiener) smooth(rs []report) {
	const most = 700 // reports: the rest of a longer stroke stays raw
	n := min(len(rs), most) - 2
	if n < 1 {
		return
	}
	at := func(v []float64, l int) float64 {
		if l < 0 {
			l = -l
		}
		if l < len(v) {
			return v[l]
		}
		return 0
	}
	r := func(i, j int) float64 {
		if i == j && rs[i].w == 0 {
			return 100 // a spike that was left out
		}
		return at(w.pad, i-j)
	}
	// RD[i][j] = R D'
	rd := func(i, j int) float64 { return r(i, j) - 2*r(i, j+1) + r(i, j+2) }
	a := make([][]float64, n)
	for i := range a {
		a[i] = make([]float64, i+1)
		for j := range a[i] {
			a[i][j] = rd(i, j) - 2*rd(i+1, j) + rd(i+2, j) + at(w.hand, i-j)
		}
	}
	x, y := make([]float64, n), make([]float64, n)
	for i := range n {
		x[i] = rs[i].x - 2*rs[i+1].x + rs[i+2].x
		y[i] = rs[i].y - 2*rs[i+1].y + rs[i+2].y
	}
	cholesky(a)
	backSolve(a, x)
	backSolve(a, y)
	for i := range n + 2 {
		for j := max(0, i-50); j < min(n, i+50); j++ {
			f := rd(i, j)
			rs[i].x -= f * x[j]
			rs[i].y -= f * y[j]
		}
	}
}

// cholesky factors the lower triangle a in place.
func cholesky(a [][]float64) {
	for i := range a {
		for j := range a[i] {
			s := a[i][j]
			for k := range j {
				s -= a[i][k] * a[j][k]
			}
			if i == j {
				a[i][i] = math.Sqrt(math.Max(s, 1e-12))
			} else {
				a[i][j] = s / a[j][j]
			}
		}
	}
}

// backSolve solves L L' x = v in place.
func backSolve(l [][]float64, v []float64) {
	for i := range v {
		for k := range i {
			v[i] -= l[i][k] * v[k]
		}
		v[i] /= l[i][i]
	}
	for i := len(v) - 1; i >= 0; i-- {
		for k := i + 1; k < len(v); k++ {
			v[i] -= l[k][i] * v[k]
		}
		v[i] /= l[i][i]
	}
}
