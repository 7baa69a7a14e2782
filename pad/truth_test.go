package pad

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// These tests know the truth: taps, strokes and pens at rest are made from a
// known map, noise and curve, and what is measured must come back to it.

// warp is a known projective map of the surface.
type warp struct{ a, b, c, d, e, f, g, h float64 }

func (w warp) at(p Point) Point {
	z := w.g*p.X + w.h*p.Y + 1
	return Point{(w.a*p.X + w.b*p.Y + w.c) / z, (w.d*p.X + w.e*p.Y + w.f) / z}
}

// turned is a pad mounted askew: turned, stretched and shifted.
func turned(degrees, sx, sy, dx, dy float64) warp {
	s, c := math.Sincos(degrees * math.Pi / 180)
	return warp{a: c * sx, b: -s * sy, c: dx, d: s * sx, e: c * sy, f: dy}
}

// backTo measures how far a calibration misses the truth over the whole surface,
// not only at its targets: the worst of a grid of 11 × 11 points in mm.
func backTo(cal Calibration, w, h float64, through func(Point) Point) (worst float64) {
	for i := range 11 {
		for j := range 11 {
			p := Point{w * float64(i) / 10, h * float64(j) / 10}
			m := through(p)
			s := cal.Apply(Sample{X: m.X, Y: m.Y})
			worst = max(worst, dist(Point{s.X, s.Y}, p))
		}
	}
	return worst
}

func TestKnownMapsComeBack(t *testing.T) {
	for _, c := range []struct {
		name string
		w    warp
		kind string
		most float64 // mm, without noise
	}{
		{"in place", turned(0, 1, 1, 0, 0), Affine, 1e-9},
		{"shifted", turned(0, 1, 1, 3, -2), Affine, 1e-9},
		{"turned by two degrees", turned(2, 1, 1, 1, 1), Affine, 1e-9},
		{"reach of 38 %", turned(0, 0.38, 0.41, 0, 0), Affine, 1e-9},
		{"upside down", turned(180, 1, 1, 96, 60), Affine, 1e-9},
		{"mirrored", warp{a: -1, c: 96, e: 1}, Affine, 1e-9},
		{"sheared", warp{a: 1, b: 0.1, e: 1}, Affine, 1e-9},
		{"seen from the side", warp{a: 1, e: 1, g: 0.002, h: 0.001}, Projective, 1e-6},
		{"seen from the side and turned", warp{a: 0.99, b: -0.05, c: 1, d: 0.05, e: 0.98, f: -1, g: 0.003, h: -0.001}, Projective, 1e-6},
	} {
		for _, size := range [][2]float64{{96, 60}, {72, 30}, {223, 140}} {
			through := func(p Point) Point { return c.w.at(Point{p.X * 96 / size[0], p.Y * 60 / size[1]}) }
			cal, err := FitGeometry(grid(size[0], size[1], 0, through))
			if err != nil {
				t.Errorf("%s on %v: %v", c.name, size, err)
				continue
			}
			if got := backTo(cal, size[0], size[1], through); cal.Kind != c.kind || got > c.most {
				t.Errorf("%s on %v: %s misses by %.3g mm", c.name, size, cal.Kind, got)
			}
		}
	}
}

// With noise σ on every sample, the median of eight samples and three taps and
// the fit over nine targets leave less than σ on the surface, and the residuals
// tell of the same size.
func TestNoiseAverages(t *testing.T) {
	w := turned(1, 1.01, 0.99, 0.5, 0.5)
	for _, sigma := range []float64{0.02, 0.1, 0.4} {
		cal, err := FitGeometry(grid(96, 60, sigma, w.at))
		if err != nil {
			t.Fatal(err)
		}
		if got := backTo(cal, 96, 60, w.at); got > sigma {
			t.Errorf("noise of %v mm leaves %v mm", sigma, got)
		}
		if cal.Fit.RMS > sigma || cal.Fit.RMS < sigma/20 || cal.Fit.Max < cal.Fit.RMS || cal.Fit.LeaveOneOut < cal.Fit.RMS {
			t.Errorf("noise of %v mm: %+v", sigma, cal.Fit)
		}
	}
}

// TestLeaveOneOutByHand: of an affine fit the error at a target left out is the
// residual over one minus its leverage (the hat matrix): no second fit needed.
func TestLeaveOneOutByHand(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 14))
	for n := 5; n <= 16; n++ {
		from, to := make([]Point, n), make([]Point, n)
		for i := range from {
			from[i] = Point{90 * r.Float64(), 50 * r.Float64()}
			p := tilted(from[i])
			to[i] = Point{p.X + r.NormFloat64(), p.Y + r.NormFloat64()}
		}
		m, res, err := fitWith(fitAffine, from, to)
		if err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for i := range from {
			e := dist(m.at(from[i]), to[i]) / (1 - leverage(from, i))
			sum += e * e
		}
		if want := math.Sqrt(sum / float64(n)); math.Abs(res.LeaveOneOut-want) > 1e-9*want {
			t.Errorf("%d targets: leave-one-out %v, by the hat matrix %v", n, res.LeaveOneOut, want)
		}
	}
}

// leverage of point i among points with an intercept: 1/n and its distance from
// the mean in the metric of the spread.
func leverage(p []Point, i int) float64 {
	n := float64(len(p))
	var mx, my, sxx, sxy, syy float64
	for _, q := range p {
		mx, my = mx+q.X/n, my+q.Y/n
	}
	for _, q := range p {
		sxx, sxy, syy = sxx+(q.X-mx)*(q.X-mx), sxy+(q.X-mx)*(q.Y-my), syy+(q.Y-my)*(q.Y-my)
	}
	dx, dy := p[i].X-mx, p[i].Y-my
	return 1/n + (syy*dx*dx-2*sxy*dx*dy+sxx*dy*dy)/(sxx*syy-sxy*sxy)
}

// Projective is kept exactly when it gains 30 % by leave-one-out over an affine
// fit that leaves more than 0.5 mm: bends from none to strong go through the
// rule by hand.
func TestProjectiveRule(t *testing.T) {
	kinds := map[string]int{}
	for i := range 60 {
		w := warp{a: 1, e: 1, g: 0.00005 * float64(i)}
		g := grid(96, 60, 0.15, w.at)
		from, to := centres(g), trues(g)
		_, a, err := fitWith(fitAffine, from, to)
		if err != nil {
			t.Fatal(err)
		}
		want := Affine
		if a.LeaveOneOut > 0.5 {
			if _, p, err := fitWith(fitProjective, from, to); err == nil && p.LeaveOneOut <= 0.7*a.LeaveOneOut {
				want = Projective
			}
		}
		cal, err := FitGeometry(g)
		if err != nil || cal.Kind != want {
			t.Errorf("bend %d: %s, want %s (affine leaves %.2f mm), %v", i, cal.Kind, want, a.LeaveOneOut, err)
		}
		kinds[cal.Kind]++
	}
	if kinds[Affine] < 5 || kinds[Projective] < 5 {
		t.Errorf("the bends do not try both: %v", kinds)
	}
}

// One bad tap of three does not move a target, nor does the first sample of any.
func TestOutlierTap(t *testing.T) {
	g := grid(96, 60, 0.02, tilted)
	clean, err := FitGeometry(g)
	if err != nil {
		t.Fatal(err)
	}
	for i := range g {
		for k := range g[i].Taps[1] {
			g[i].Taps[1][k] = Point{5, 5}
		}
	}
	bad, err := FitGeometry(g)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []Point{{10, 10}, {48, 30}, {90, 55}} {
		a, b := clean.Apply(Sample{X: p.X, Y: p.Y}), bad.Apply(Sample{X: p.X, Y: p.Y})
		if d := math.Hypot(a.X-b.X, a.Y-b.Y); d > 0.1 {
			t.Errorf("a bad tap at each target moves %v by %v mm", p, d)
		}
	}
}

// A hand of known force: uniform between two pressures. The curve's knots lie at
// its quantiles, it rises everywhere, and it maps the median to a half.
func TestForceOfAKnownHand(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	for _, c := range []struct{ light, from, to float64 }{{0.03, 0.1, 0.5}, {0.05, 0.2, 0.9}, {0.02, 0.05, 0.2}} {
		light, normal := stroke(400, 1, 0), stroke(4000, 1, 0)
		for i := range light {
			light[i].P = c.light * (1 + 0.1*r.Float64())
		}
		for i := range normal {
			normal[i].P = c.from + (c.to-c.from)*r.Float64()
		}
		f := MeasureForce(light, normal, c.light/2)
		near := func(a, b float64) bool { return math.Abs(a-b) < 0.02*(1+b) }
		if f.Verdict != Pass || !near(f.Onset, c.light) || !near(f.Median, (c.from+c.to)/2) || !near(f.P95, c.from+0.95*(c.to-c.from)) {
			t.Errorf("%+v: %+v", c, f)
		}
		cal := Calibration{Pressure: f.Curve}
		last := -1.0
		for i := range 2001 {
			p := cal.Apply(Sample{P: float64(i) / 2000}).P
			if p < last || p < 0 || p > 1 {
				t.Fatalf("%+v: the curve falls at %v", c, float64(i)/2000)
			}
			last = p
		}
		if got := cal.Apply(Sample{P: f.Median}).P; math.Abs(got-0.5) > 1e-9 {
			t.Errorf("%+v: the median becomes %v", c, got)
		}
		if cal.Apply(Sample{P: 1}).P != 1 || cal.Apply(Sample{P: f.Onset}).P != 0 {
			t.Errorf("%+v: the curve's ends", c)
		}
	}
}

// Whatever the knots, those that would make the curve fall are left out.
func TestMonotone(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	for range 2000 {
		k := make([]Knot, 4)
		for i := range k {
			k[i] = Knot{math.Round(20*r.Float64()) / 20, float64(i) / 3}
		}
		out := monotone(append([]Knot(nil), k...))
		for i := 1; i < len(out); i++ {
			if out[i].In <= out[i-1].In || out[i].Out <= out[i-1].Out {
				t.Fatalf("%v becomes %v", k, out)
			}
		}
		if out[0] != k[0] {
			t.Fatalf("%v lost its onset: %v", k, out)
		}
	}
}

// The noise floor is the RMS about the mean, over both axes, of the worst place;
// where the pen rests does not matter.
func TestNoiseFloorOfAKnownPad(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for _, sigma := range []float64{0.005, 0.02, 0.05, 0.2} {
		var places [][]Sample
		for _, at := range []Point{{10, 10}, {48, 30}, {90, 55}} {
			s := stroke(2000, 0, 0.3)
			for i := range s {
				s[i].X, s[i].Y = at.X+sigma*r.NormFloat64(), at.Y+sigma*r.NormFloat64()
			}
			places = append(places, s)
		}
		n := MeasureNoise(places)
		if want := sigma * math.Sqrt2; math.Abs(n.RMSMM-want) > 0.06*want || n.PeakMM < 5*sigma || n.PeakMM > 10*sigma {
			t.Errorf("σ %v: %+v, want an RMS of %v", sigma, n, want)
		}
	}
	still := MeasureNoise([][]Sample{stroke(100, 0, 0.3)})
	if still.RMSMM > 1e-9 || still.PeakMM != 0 || still.Verdict != Pass {
		t.Errorf("a pen that does not move: %+v", still)
	}
}

// A link of known rate and loss.
func TestLinkOfAKnownCable(t *testing.T) {
	for _, hz := range []float64{52, 100, 133, 200} {
		period := time.Duration(float64(time.Second) / hz)
		var s []Sample
		lost := 0
		for i := range 1000 {
			if i%100 == 50 {
				lost++
				continue
			}
			p := Sample{T: time.Duration(i) * period}
			if i%100 == 51 {
				p.Lost = 1
			}
			s = append(s, p)
		}
		l := MeasureLink(s, hz)
		if math.Abs(l.RateHz-hz) > 0.01*hz || l.Lost != lost || l.Verdict != Fail || math.Abs(l.LongestMS-2000/hz) > 0.01 {
			t.Errorf("%v Hz with %d lost: %+v", hz, lost, l)
		}
		for i := range s {
			s[i] = Sample{T: time.Duration(i) * period}
		}
		if l := MeasureLink(s, hz); l.Verdict != Pass {
			t.Errorf("%v Hz, whole: %+v", hz, l)
		}
		if l := MeasureLink(s, hz*1.03); l.Verdict != Fail {
			t.Errorf("%v Hz for %v: %+v", hz, hz*1.03, l)
		}
	}
}

// Speed from a zigzag of known speed, and strokes from a known number of dots.
func TestSpeedAndStrokesAreCounted(t *testing.T) {
	for _, v := range []float64{50, 200, 500} {
		s := stroke(200, v/200, 0.5)
		if got := MeasureSpeed(s); math.Abs(got.MMPerS-v) > 1e-6*v || math.Abs(got.JumpMM-v/200) > 1e-9 {
			t.Errorf("%v mm/s: %+v", v, got)
		}
	}
	for n := range 25 {
		var s []Sample
		for range n {
			s = append(s, Sample{Phase: Down}, Sample{Phase: Down}, Sample{})
		}
		if got := MeasureLift(s, n); got.Got != n || got.Verdict != Pass {
			t.Errorf("%d dots: %+v", n, got)
		}
	}
}

// A picture's digest depends on its size and on every pixel.
func TestFrameDigest(t *testing.T) {
	f := Frame{W: 3, H: 2, Pix: make([]byte, 18)}
	seen := map[string]string{f.Digest(): "plain"}
	note := func(what string, f Frame) {
		d := f.Digest()
		if len(d) != 64 || seen[d] != "" {
			t.Errorf("%s has the digest of %s", what, seen[d])
		}
		seen[d] = what
	}
	note("turned", Frame{W: 2, H: 3, Pix: f.Pix})
	note("flat", Frame{W: 6, H: 1, Pix: f.Pix})
	for i := range f.Pix {
		g := Frame{W: 3, H: 2, Pix: append([]byte(nil), f.Pix...)}
		g.Pix[i]++
		note(fmt.Sprint("pixel byte ", i), g)
	}
	if f.Digest() != (Frame{W: 3, H: 2, Pix: make([]byte, 18)}).Digest() {
		t.Error("equal pictures differ")
	}
}
