package ink

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"moqian/pad"
)

// nib of the tests.
var usual = Params{Box: Box{60, 25}, Nib: Nib{0.25, 0.9}}

// wave writes n reports at 100 Hz along x with loops in y, pressure rising and
// falling, then lifts the pen.
func wave(n int, x, y, noise float64, r *rand.Rand) []pad.Sample {
	var out []pad.Sample
	for i := range n {
		t := float64(i) / 100
		out = append(out, pad.Sample{
			T:     time.Duration(t * float64(time.Second)),
			X:     x + 25*t + 3*math.Sin(12*t) + noise*r.NormFloat64(),
			Y:     y + 5*math.Cos(14*t) + noise*r.NormFloat64(),
			P:     0.5 + 0.45*math.Sin(5*t),
			Phase: pad.Down,
		})
	}
	l := out[n-1]
	l.T, l.Phase, l.P = l.T+10*time.Millisecond, pad.Hover, 0
	return append(out, l)
}

// after shifts samples behind others in time.
func after(a, b []pad.Sample) []pad.Sample {
	var t time.Duration
	if len(a) > 0 {
		t = a[len(a)-1].T + 100*time.Millisecond
	}
	for _, s := range b {
		s.T += t
		a = append(a, s)
	}
	return a
}

func source() *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }

func TestDrawKeepsStrokesInsideTheBox(t *testing.T) {
	r := source()
	tests := []struct {
		name    string
		samples []pad.Sample
		strokes int
	}{
		{"nothing", nil, 0},
		{"hover only", []pad.Sample{{X: 3}, {X: 4}}, 0},
		{"one dot", dot(10, 10, 1), 1},
		{"one stroke", wave(100, 10, 10, 0.05, r), 1},
		{"two strokes and a dot", after(after(wave(100, 10, 10, 0.05, r), wave(50, 12, 30, 0.05, r)), dot(40, 5, 3)), 3},
		{"large", after(wave(400, 10, 10, 0.05, r), wave(300, 10, 60, 0.05, r)), 2},
		{"tall", after(wave(20, 10, 10, 0, r), wave(20, 12, 150, 0, r)), 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Draw(tt.samples, usual)
			if err != nil {
				t.Fatal(err)
			}
			if len(got) != tt.strokes {
				t.Fatalf("%d outlines, want %d", len(got), tt.strokes)
			}
			for i, o := range got {
				checkOutline(t, i, o, usual.Box)
			}
		})
	}
}

// dot makes n reports on one spot.
func dot(x, y float64, n int) (out []pad.Sample) {
	for i := range n {
		out = append(out, pad.Sample{T: time.Duration(i) * 10 * time.Millisecond, X: x, Y: y, P: 0.5, Phase: pad.Down})
	}
	return append(out, pad.Sample{T: time.Duration(n) * 10 * time.Millisecond, X: x, Y: y})
}

// checkOutline wants closed contours inside the box.
func checkOutline(t *testing.T, i int, o Outline, box Box) {
	t.Helper()
	if len(o.Contours) == 0 {
		t.Errorf("stroke %d has no contour", i)
	}
	for _, c := range o.Contours {
		if n := len(c.Curves); n == 0 || c.Curves[n-1].P != c.Start {
			t.Errorf("stroke %d has an open contour", i)
		}
		for _, v := range c.Curves {
			x, y := float64(v.P.X)/UnitsPerMM, float64(v.P.Y)/UnitsPerMM
			if x < 0 || y < 0 || x > box.W || y > box.H {
				t.Fatalf("stroke %d leaves the box at %.3f, %.3f mm", i, x, y)
			}
		}
	}
}

func TestDrawRefusesParams(t *testing.T) {
	nan := math.NaN()
	for name, p := range map[string]Params{
		"no box":          {Nib: usual.Nib},
		"box of nothing":  {Box: Box{nan, 25}, Nib: usual.Nib},
		"box below nib":   {Box: Box{0.9, 25}, Nib: usual.Nib},
		"no nib":          {Box: usual.Box},
		"nib reversed":    {Box: usual.Box, Nib: Nib{1, 0.5}},
		"nib not a size":  {Box: usual.Box, Nib: Nib{nan, nan}},
		"negative noise":  {Box: usual.Box, Nib: usual.Nib, Noise: -1},
		"noise no number": {Box: usual.Box, Nib: usual.Nib, Noise: nan},
		"rate no number":  {Box: usual.Box, Nib: usual.Nib, Rate: nan},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Draw(wave(10, 0, 0, 0, source()), p); !errors.Is(err, ErrParams) {
				t.Errorf("error %v, want ErrParams", err)
			}
		})
	}
}

func TestDrawLeavesSamplesAlone(t *testing.T) {
	s := wave(50, 1, 1, 0.1, source())
	before := append([]pad.Sample(nil), s...)
	if _, err := Draw(s, usual); err != nil {
		t.Fatal(err)
	}
	for i := range s {
		if s[i] != before[i] {
			t.Fatalf("sample %d changed", i)
		}
	}
}

func BenchmarkDraw(b *testing.B) {
	for _, n := range []int{300, 3000, 30000} {
		b.Run(name(n), func(b *testing.B) {
			var s []pad.Sample
			for len(s) < n {
				s = after(s, wave(60, 3*math.Mod(float64(len(s)), 100)/5, 10, 0.03, source()))
			}
			for b.Loop() {
				if _, err := Draw(s[:n], usual); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(n), "µs/report")
		})
	}
}

func name(n int) string { return map[int]string{300: "300", 3000: "3000", 30000: "30000"}[n] }
