package pad

import (
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// grid is the wizard's nine targets on a surface of w × h mm, tapped three
// times each through a map, with noise in mm.
func grid(w, h, noise float64, through func(Point) Point) []Target {
	r := rand.New(rand.NewPCG(4, 2))
	var out []Target
	for j := range 3 {
		for i := range 3 {
			t := Target{True: Point{w * (0.1 + 0.4*float64(i)), h * (0.1 + 0.4*float64(j))}}
			at := through(t.True)
			for range 3 {
				tap := []Point{{at.X + 2, at.Y - 2}} // the first sample of a tap is off
				for range 8 {
					tap = append(tap, Point{at.X + noise*r.NormFloat64(), at.Y + noise*r.NormFloat64()})
				}
				t.Taps = append(t.Taps, tap)
			}
			out = append(out, t)
		}
	}
	return out
}

func tilted(p Point) Point { return Point{1.02*p.X - 0.03*p.Y + 1.5, 0.02*p.X + 0.97*p.Y - 0.8} }

// bent is the view of a tilted plane: no affine map undoes it.
func bent(p Point) Point {
	w := 1 + 0.002*p.X + 0.001*p.Y
	return Point{p.X / w, p.Y / w}
}

func TestFitGeometry(t *testing.T) {
	for _, c := range []struct {
		name    string
		noise   float64
		through func(Point) Point
		kind    string
		most    float64
	}{
		{"exact", 0, func(p Point) Point { return p }, Affine, 1e-9},
		{"affine", 0.03, tilted, Affine, 0.1},
		{"affine with a heavy hand", 0.9, tilted, Affine, 1},
		{"projective", 0.03, bent, Projective, 0.15},
	} {
		cal, err := FitGeometry(grid(96, 60, c.noise, c.through))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if cal.Kind != c.kind || !(cal.Fit.LeaveOneOut <= c.most) || cal.Fit.RMS > cal.Fit.LeaveOneOut+1e-12 || cal.Fit.Targets != 9 {
			t.Errorf("%s: %s %+v", c.name, cal.Kind, cal.Fit)
		}
		p := Point{31, 17}
		m := c.through(p)
		got := cal.Apply(Sample{X: m.X, Y: m.Y, T: 5, Lost: 2, Phase: Down, P: 0.4})
		if dist(Point{got.X, got.Y}, p) > c.most || got.T != 5 || got.Lost != 2 || got.Phase != Down || got.P != 0.4 {
			t.Errorf("%s: %v comes back as %+v", c.name, p, got)
		}
	}
}

// TestProjectiveMustEarnIt: noise alone never buys two more parameters, and a
// bend too small to matter does not either.
func TestProjectiveMustEarnIt(t *testing.T) {
	close, kept := 0, 0
	for seed := range 200 {
		r := rand.New(rand.NewPCG(uint64(seed), 1))
		g := grid(96, 60, 0, tilted)
		for i := range g {
			dx, dy := r.NormFloat64(), r.NormFloat64()
			for j := range g[i].Taps {
				for k := range g[i].Taps[j] {
					g[i].Taps[j][k].X += dx
					g[i].Taps[j][k].Y += dy
				}
			}
		}
		_, ra, err := fitWith(fitAffine, centres(g), trues(g))
		if err != nil {
			t.Fatal(err)
		}
		_, rp, err := fitWith(fitProjective, centres(g), trues(g))
		if err == nil && rp.LeaveOneOut < ra.LeaveOneOut && rp.LeaveOneOut > 0.7*ra.LeaveOneOut {
			close++
		}
		cal, err := FitGeometry(g)
		if err == nil && cal.Kind == Projective {
			kept++
			if cal.Fit.LeaveOneOut > 0.7*ra.LeaveOneOut {
				t.Errorf("seed %d: projective kept at %v of %v", seed, cal.Fit.LeaveOneOut, ra.LeaveOneOut)
			}
		}
	}
	if close == 0 {
		t.Error("no seed puts the rule to the test")
	}
	if kept > 20 {
		t.Errorf("noise bought two parameters %d times of 200", kept)
	}
	slight := grid(96, 60, 0, func(p Point) Point { w := 1 + 0.0003*p.X; return Point{p.X / w, p.Y / w} })
	cal, err := FitGeometry(slight)
	if err != nil || cal.Kind != Affine || cal.Fit.LeaveOneOut > tryProjective || cal.Fit.LeaveOneOut < 0.05 {
		t.Errorf("a slight bend: %s %+v %v", cal.Kind, cal.Fit, err)
	}
}

func centres(g []Target) (out []Point) {
	for _, t := range g {
		p, _ := centre(t.Taps)
		out = append(out, p)
	}
	return out
}

func trues(g []Target) (out []Point) {
	for _, t := range g {
		out = append(out, t.True)
	}
	return out
}

func TestFitRefuses(t *testing.T) {
	line := grid(96, 60, 0, func(p Point) Point { return Point{p.X, p.X} })
	wild := grid(96, 60, 0, tilted)
	for i := range wild {
		wild[i].Taps = [][]Point{{{float64(i*37%90) + 3, float64(i*53%50) + 3}}}
	}
	nan := grid(96, 60, 0, func(p Point) Point { return Point{math.NaN(), p.Y} })
	for name, c := range map[string]struct {
		targets []Target
		want    error
	}{"none": {nil, ErrTargets}, "three": {grid(96, 60, 0, tilted)[:3], ErrTargets}, "a line": {line, ErrTargets}, "random taps": {wild, ErrMisfit},
		"not a number": {nan, ErrTargets}, "no taps": {make([]Target, 9), ErrTargets}} {
		if _, err := FitGeometry(c.targets); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestCurve(t *testing.T) {
	c := Calibration{Pressure: []Knot{{0.1, 0}, {0.4, 0.5}, {0.7, 0.9}, {1, 1}}}
	last := -1.0
	for i := range 1001 {
		p := c.Apply(Sample{P: float64(i) / 1000}).P
		if p < last || p < 0 || p > 1 {
			t.Fatalf("curve falls at %v", float64(i)/1000)
		}
		last = p
	}
	if math.Abs(c.Apply(Sample{P: 0.25}).P-0.25) > 1e-12 || c.Apply(Sample{P: 0.05}).P != 0 {
		t.Error("curve misses its knots")
	}
	var zero Calibration
	if s := (Sample{X: 1, Y: 2, P: 0.3}); zero.Apply(s) != s {
		t.Error("the zero calibration changes something")
	}
}

func TestCalibrationID(t *testing.T) {
	a, err := FitGeometry(grid(96, 60, 0.03, tilted))
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	var back Calibration
	if err := json.Unmarshal(b, &back); err != nil || back.ID() != a.ID() || len(a.ID()) != 16 {
		t.Errorf("id %s, back %s, %v", a.ID(), back.ID(), err)
	}
	back.NoiseMM = 1
	if back.ID() == a.ID() {
		t.Error("two calibrations share an id")
	}
}

// stroke is n samples at 200 Hz along x with this step, at this pressure.
func stroke(n int, step, p float64) []Sample {
	s := make([]Sample, n)
	for i := range s {
		s[i] = Sample{T: time.Duration(i) * 5 * time.Millisecond, X: float64(i) * step, Y: 5, P: p, Phase: Down}
	}
	return s
}

func TestMeasureLink(t *testing.T) {
	good := stroke(1000, 0, 0.5)
	lossy := append([]Sample(nil), good...)
	lossy[500].Lost = 3
	slow := append([]Sample(nil), good...)
	for i := range slow {
		slow[i].T = slow[i].T * 11 / 10
	}
	stutter := append([]Sample(nil), good...)
	for i := range stutter {
		stutter[i].T = time.Duration(i/4*4) * 5 * time.Millisecond
	}
	for name, c := range map[string]struct {
		s    []Sample
		want Verdict
	}{"good": {good, Pass}, "lossy": {lossy, Fail}, "slow": {slow, Fail}, "stutter": {stutter, Remarks}, "nothing": {nil, Fail}} {
		if got := MeasureLink(c.s, 200); got.Verdict != c.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestMeasureNoise(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	place := func(sigma float64) []Sample {
		s := stroke(400, 0, 0.5)
		for i := range s {
			s[i].X, s[i].Y = 40+sigma*r.NormFloat64(), 30+sigma*r.NormFloat64()
		}
		return s
	}
	for _, c := range []struct {
		sigma float64
		want  Verdict
	}{{0.01, Pass}, {0.08, Remarks}, {0.5, Fail}} {
		got := MeasureNoise([][]Sample{place(0.01), place(c.sigma), place(0.01)})
		if got.Verdict != c.want || math.Abs(got.RMSMM-c.sigma*math.Sqrt2) > 0.2*c.sigma {
			t.Errorf("sigma %v: %+v", c.sigma, got)
		}
	}
	if MeasureNoise(nil).Verdict != Fail || MeasureNoise([][]Sample{{}}).Verdict != Fail {
		t.Error("nothing measured passes")
	}
}

func TestMeasureReach(t *testing.T) {
	info := Info{Width: 100, Height: 50}
	border := func(w, h float64) []Sample { return []Sample{{X: 0, Y: 0}, {X: w, Y: 0}, {X: w, Y: h}, {X: 0, Y: h}} }
	for _, c := range []struct {
		w, h float64
		want Verdict
	}{{100, 50, Pass}, {95, 50, Remarks}, {38, 20, Fail}} {
		if got := MeasureReach(border(c.w, c.h), info); got.Verdict != c.want || math.Abs(got.X-c.w/100) > 1e-9 {
			t.Errorf("%v × %v: %+v", c.w, c.h, got)
		}
	}
	if MeasureReach(nil, info).Verdict != Fail {
		t.Error("no border passes")
	}
}

func TestMeasureForce(t *testing.T) {
	normal := stroke(200, 1, 0)
	for i := range normal {
		normal[i].P = 0.2 + 0.6*float64(i)/200
	}
	f := MeasureForce(stroke(20, 1, 0.05), normal, 0.02)
	if f.Verdict != Pass || len(f.Curve) != 4 || f.Curve[0].In != 0.05 {
		t.Errorf("%+v", f)
	}
	if f := MeasureForce(stroke(20, 1, 0.05), normal, 0.06); f.Verdict != Remarks {
		t.Errorf("a threshold above the lightest stroke: %+v", f)
	}
	if f := MeasureForce(stroke(20, 1, 0.05), stroke(200, 1, 1), 0.02); f.Verdict != Fail {
		t.Errorf("all saturated: %+v", f)
	}
	if f := MeasureForce(nil, nil, 0); f.Verdict != Fail {
		t.Error("nothing passes")
	}
}

func TestMeasureSpeedLiftLatency(t *testing.T) {
	gap := stroke(50, 1, 0.5)
	gap[20].Lost = 1
	slow := stroke(50, 1, 0.5)
	for i := range slow {
		slow[i].T *= 4
		slow[i].X *= 4
	}
	for name, c := range map[string]struct {
		s    []Sample
		want Verdict
	}{"fast": {stroke(50, 2, 0.5), Pass}, "gap": {gap, Fail}, "jumps though slow": {slow, Fail}, "very fast": {stroke(50, 4, 0.5), Remarks}, "nothing": {nil, Fail}} {
		if got := MeasureSpeed(c.s); got.Verdict != c.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
	dots := []Sample{{Phase: Down}, {}, {Phase: Down}, {Phase: Down}, {}}
	if l := MeasureLift(dots, 2); l.Verdict != Pass || MeasureLift(dots, 3).Verdict != Fail {
		t.Errorf("lift %+v", l)
	}
	var a []Arrival
	for i, s := range stroke(100, 1, 0.5) {
		late := time.Duration(i%10) * time.Millisecond
		a = append(a, Arrival{s, s.T + 100*time.Millisecond + late})
	}
	if l := MeasureLatency(a); l.Verdict != Pass || l.MaxMS != 9 || l.P50MS < 4 || l.P50MS > 5 {
		t.Errorf("latency %+v", l)
	}
	if MeasureLatency(nil).Verdict != Fail {
		t.Error("nothing passes")
	}
}

func TestMeasureGeometry(t *testing.T) {
	g, err := MeasureGeometry(grid(96, 60, 0.03, tilted))
	if err != nil || g.Verdict != Pass {
		t.Errorf("%+v %v", g, err)
	}
	if g, err := MeasureGeometry(nil); err == nil || g.Verdict != Fail {
		t.Error("nothing passes")
	}
	shifted, err := FitGeometry(grid(96, 60, 0, func(p Point) Point { return Point{p.X + 1, p.Y} }))
	if err != nil {
		t.Fatal(err)
	}
	if d := Parallax(Calibration{}, shifted, Info{Width: 96, Height: 60}); math.Abs(d-1) > 1e-6 {
		t.Errorf("parallax %v", d)
	}
}

// TestDeviceCalibration: the capture holds corrected samples, and says so.
func TestDeviceCalibration(t *testing.T) {
	cal := Calibration{Kind: Affine, Map: Matrix{1, 0, 10, 0, 1, 0, 0, 0, 1}}
	f := &fake{script: line(3), ended: make(chan struct{})}
	d := device(f)
	d.Calibrate(&cal)
	var c Capture
	if err := recordOn(&c, d, f); err != nil {
		t.Fatal(err)
	}
	s, ev, err := c.Take()
	if err != nil || ev.Calibration != cal.ID() || s[0].X != 11 {
		t.Errorf("%+v %+v %v", s, ev, err)
	}
}
