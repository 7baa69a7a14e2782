package ink

import (
	"math"
	"math/rand/v2"
	"testing"
)

// drawn makes n reports of a curve with noise, 10 ms apart.
func drawn(n int, noise float64, r *rand.Rand) []report {
	rs := make([]report, n)
	for i := range rs {
		t := float64(i) / 100
		rs[i] = report{t: t, x: 25*t + 3*math.Sin(12*t) + noise*r.NormFloat64(), y: 5*math.Cos(14*t) + noise*r.NormFloat64(), p: 0.5, w: 1, m: 1}
	}
	return rs
}

// dense solves the model of a few reports by plain least squares: the states'
// means given all reports are the minimum of a quadratic form.
func TestSmootherIsTheLeastSquaresSolution(t *testing.T) {
	rs := drawn(9, 0.1, source())
	rs[3].w, rs[6].w = 0, 2
	rs[5].m = 7
	const q, u = 3.0, 0.01
	var m smoother
	m.forward(rs, q, u)
	m.back()
	base := cost(rs, m.states, q, u)
	r := source()
	for range 200 {
		s := append([]state(nil), m.states...)
		i, k := r.IntN(len(s)), r.IntN(axes)
		h := 1e-3 * r.NormFloat64()
		switch r.IntN(3) {
		case 0:
			s[i].x[k] += h
		case 1:
			s[i].v[k] += h
		default:
			s[i].a[k] += h
		}
		if c := cost(rs, s, q, u); c < base-1e-9 {
			t.Fatalf("state %d moved by %g costs %g less", i, h, base-c)
		}
	}
}

// cost is twice the negative log density of states and reports.
func cost(rs []report, s []state, q, u float64) float64 {
	sum := 0.0
	p := prior(q, u)
	for k := range axes {
		sum += quadratic(p, [3]float64{s[0].x[k] - rs[0].at()[k], s[0].v[k], s[0].a[k]})
		for i := range rs {
			e := rs[i].at()[k] - s[i].x[k]
			sum += rs[i].w * e * e
			if i == 0 {
				continue
			}
			d := (rs[i].t - rs[i-1].t) / u
			f := s[i-1]
			f.step(d)
			var c cov
			c.step(d, q*rs[i-1].m)
			sum += quadratic(c, [3]float64{s[i].x[k] - f.x[k], s[i].v[k] - f.v[k], s[i].a[k] - f.a[k]})
		}
	}
	return sum
}

// step carries a state over d units of time: what next does, plainly.
func (s *state) step(d float64) {
	h := d * d / 2
	for k := range axes {
		s.x[k] += d*s.v[k] + h*s.a[k]
		s.v[k] += d * s.a[k]
	}
}

// observed is the covariance after an observation with variance r.
func (p cov) observed(r float64) cov {
	s := p.xx + r
	return cov{
		xx: p.xx * r / s, xv: p.xv * r / s, xa: p.xa * r / s,
		vv: p.vv - p.xv*p.xv/s, va: p.va - p.xv*p.xa/s, aa: p.aa - p.xa*p.xa/s,
	}
}

// quadratic is e' P⁻¹ e by Cholesky.
func quadratic(p cov, e [3]float64) float64 {
	a := math.Sqrt(p.xx)
	b, c := p.xv/a, p.xa/a
	d := math.Sqrt(p.vv - b*b)
	f := (p.va - b*c) / d
	g := math.Sqrt(p.aa - c*c - f*f)
	x := e[0] / a
	y := (e[1] - b*x) / d
	z := (e[2] - c*x - f*y) / g
	return x*x + y*y + z*z
}

func TestSettledCovarianceChangesNothing(t *testing.T) {
	rs := drawn(200, 0.1, source())
	var m smoother
	m.forward(rs, 3, 0.01)
	p := prior(3, 0.01)
	for i := range rs {
		w := m.way[i]
		if math.Abs(w.p.xx-p.xx) > 1e-5*p.xx || math.Abs(w.p.aa-p.aa) > 1e-5*p.aa {
			t.Fatalf("report %d: covariance %v, computed anew %v", i, w.p, p)
		}
		p = p.observed(1)
		p.step(gap(rs, i, 0.01), 3)
	}
}

func TestEstimateFindsTheNoise(t *testing.T) {
	for _, sigma := range []float64{0.005, 0.02, 0.1, 0.2} {
		rs := drawn(400, sigma, source())
		n := newSearch([][]report{rs}, 0.01, 0).estimate()
		if r := n.sigma / sigma; r < 0.75 || r > 1.3 {
			t.Errorf("noise %g mm estimated as %.4f", sigma, n.sigma)
		}
	}
}

func TestKnownNoiseIsAPrior(t *testing.T) {
	few := [][]report{drawn(6, 0.1, source())}
	free := newSearch(few, 0.01, 0).estimate().sigma
	known := newSearch(few, 0.01, 0.1).estimate().sigma
	if math.Abs(math.Log(known/0.1)) > math.Abs(math.Log(free/0.1)) || known < 0.05 || known > 0.2 {
		t.Errorf("6 reports of noise 0.1 mm: %.3f alone, %.3f when it is known", free, known)
	}
	many := [][]report{drawn(600, 0.1, source())}
	if s := newSearch(many, 0.01, 0.05).estimate().sigma; s < 0.08 {
		t.Errorf("600 reports of noise 0.1 mm give %.3f against a calibration of 0.05", s)
	}
}

func TestEstimateOfNothing(t *testing.T) {
	for _, runs := range [][][]report{nil, {{{w: 1, m: 1}}}, {{{w: 0, m: 1}, {t: 0.01, w: 0, m: 1}}}} {
		n := newSearch(runs, 0.01, 0).estimate()
		if !(n.sigma > 0 && n.q > 0) || math.IsInf(n.q+n.sigma, 0) {
			t.Errorf("noise %+v", n)
		}
	}
}

func TestSmoothingBringsTheTrackNearer(t *testing.T) {
	for _, noise := range []float64{0.05, 0.1, 0.2} {
		r := source()
		k, err := Smooth(wave(200, 0, 0, noise, r), usual)
		if err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for i, s := range k.tracks[0].s {
			at := float64(i) / 100
			sum += math.Pow(s.x[0]-25*at-3*math.Sin(12*at), 2) + math.Pow(s.x[1]-5*math.Cos(14*at), 2)
		}
		if rms := math.Sqrt(sum / 400); rms > 0.75*noise {
			t.Errorf("noise %g mm: still %.3f mm after smoothing", noise, rms)
		}
	}
}

func TestJoinMeetsBothStates(t *testing.T) {
	a := state{x: [2]float64{1, 2}, v: [2]float64{3, -4}, a: [2]float64{5, 6}}
	b := state{x: [2]float64{4, 1}, v: [2]float64{-1, 2}, a: [2]float64{0.5, -3}}
	s := join(&a, &b, 2)
	for i, w := range []*state{&a, &b} {
		u := float64(i)
		const h = 1e-4
		for k := range axes {
			f := func(u float64) float64 { x, y := s.at(u); return []float64{x, y}[k] }
			v := (f(u+h) - f(u-h)) / (2 * h) / 2
			c := (f(u+h) - 2*f(u) + f(u-h)) / (h * h) / 4
			if math.Abs(f(u)-w.x[k]) > 1e-9 || math.Abs(v-w.v[k]) > 1e-5 || math.Abs(c-w.a[k]) > 1e-4 {
				t.Errorf("end %d, axis %d: %g %g %g, want %g %g %g", i, k, f(u), v, c, w.x[k], w.v[k], w.a[k])
			}
		}
	}
}
