package ink

import (
	"math"
	"testing"
)

func TestShareIsMonotone(t *testing.T) {
	for name, ps := range map[string][]press{
		"full range": {{0, 1}, {0.1, 1}, {0.5, 1}, {0.9, 1}, {1, 1}},
		"light":      {{0.1, 1}, {0.15, 1}, {0.2, 1}},
		"heavy":      {{0.9, 1}, {1, 1}, {1, 1}},
		"even":       {{0.5, 1}, {0.5, 1}},
	} {
		f := feel(ps)
		last := -1.0
		for p := 0.0; p <= 1; p += 0.001 {
			s := f.share(p)
			if s < last || s < 0 || s > 1 {
				t.Fatalf("%s: share %g at %g after %g", name, s, p, last)
			}
			if s-last > 0.01 && last >= 0 {
				t.Fatalf("%s: share leaps by %g at %g", name, s-last, p)
			}
			last = s
		}
	}
}

func TestConstantPressureGivesConstantWidth(t *testing.T) {
	for _, p := range []float64{0, 0.01, 0.3, 0.5, 0.99, 1} {
		s := wave(80, 10, 10, 0.05, source())
		for i := range s {
			s[i].P = p
		}
		k, err := Smooth(s, usual)
		if err != nil {
			t.Fatal(err)
		}
		ds := k.Dabs(0, 0)
		for _, d := range ds {
			if math.Abs(d.W-ds[0].W) > 1e-9 {
				t.Fatalf("pressure %g: widths %g and %g mm", p, ds[0].W, d.W)
			}
		}
	}
}

func TestStrokesTaperAsThePenSays(t *testing.T) {
	s := wave(100, 10, 10, 0, source())
	for i := range s[:100] {
		s[i].P = math.Min(1, math.Min(float64(i), float64(99-i))/25)
	}
	k, err := Smooth(s, usual)
	if err != nil {
		t.Fatal(err)
	}
	ds := k.Dabs(0, 0)
	if a, b := ds[0].W, ds[len(ds)-1].W; a > 0.3 || b > 0.3 {
		t.Errorf("ends are %.2f and %.2f mm wide, want the nib's least, 0.25", a, b)
	}
	widest := 0.0
	for i, d := range ds {
		widest = math.Max(widest, d.W)
		if i > 0 && math.Abs(d.W-ds[i-1].W) > 0.08 {
			t.Fatalf("width leaps from %.3f to %.3f mm", ds[i-1].W, d.W)
		}
	}
	if widest < 0.85 {
		t.Errorf("widest is %.2f mm, want about 0.9", widest)
	}
}

func TestPressureSpikesDoNotShow(t *testing.T) {
	s := wave(60, 10, 10, 0, source())
	for i := range s[:60] {
		s[i].P = 0.5 + 0.3*math.Sin(float64(i)/15)
	}
	k, _ := Smooth(s, usual)
	quiet := k.Dabs(0, 0)
	s[30].P = 1
	s[58].P, s[59].P = 0.02, 0.9 // the pad has lost the pen
	k, _ = Smooth(s, usual)
	for i, d := range k.Dabs(0, 0) {
		if d.W > quiet[i].W+0.03 {
			t.Fatalf("at %.2f s the line is %.3f mm wide, without the spike %.3f", d.T, d.W, quiet[i].W)
		}
	}
}

func TestNoisyPressureChangesWidthLittle(t *testing.T) {
	r := source()
	s := wave(200, 10, 10, 0, r)
	k, _ := Smooth(s, usual)
	quiet := k.Dabs(0, 0)
	for i := range s {
		s[i].P = math.Max(0, math.Min(1, s[i].P+0.01*r.NormFloat64()))
	}
	k, _ = Smooth(s, usual)
	sum := 0.0
	for i, d := range k.Dabs(0, 0) {
		sum += (d.W - quiet[i].W) * (d.W - quiet[i].W)
	}
	if rms := 1000 * math.Sqrt(sum/float64(len(quiet))); rms > 9 {
		t.Errorf("1 %% noise of the pressure changes the width by %.1f µm, want 9", rms)
	}
}
