package render

import (
	"errors"
	"math"
	"os"
	"strings"
	"testing"
)

func cutter(t *testing.T) sealCutter {
	t.Helper()
	data, err := os.ReadFile("../assets/fonts/NotoSerifSC-Bold-GB2312.ttf")
	if err != nil {
		t.Fatal(err)
	}
	r := &reader{Form: Form{SealFont: Font{Name: "seal", Data: data}}}
	s, err := r.cutter(realFonts(t))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func extent(segs []Seg) (r float64) {
	for _, s := range segs {
		for _, p := range s.P {
			r = math.Max(r, math.Hypot(p.X, p.Y))
		}
	}
	return r
}

// The examples of section 6 of the page specification: where the first
// character stands and how wide it is, against one that is not squeezed.
func TestSealArc(t *testing.T) {
	for _, c := range []struct {
		n       int
		step    float64 // degrees
		squeeze float64
	}{{12, 21.455, 1}, {14, 18.154, 0.99}, {16, 15.733, 0.85}, {18, 13.882, 0.74}, {20, 12.421, 0.66}, {23, 10.727, 0.56}} {
		s := cutter(t)
		s.arc([]rune(strings.Repeat("国", c.n)))
		if s.err != nil {
			t.Fatal(s.err)
		}
		per := len(s.segs) / c.n
		a := -(float64(c.n) - 1) / 2 * c.step * math.Pi / 180
		upright := transform{sx: 1, sy: 1, turn: -a}.segs(s.segs[:per])
		x0, x1 := math.Inf(1), math.Inf(-1)
		for _, g := range upright {
			if g.Op == 'M' || g.Op == 'L' {
				x0, x1 = math.Min(x0, g.P[0].X), math.Max(x1, g.P[0].X)
			}
		}
		one := cutter(t)
		one.put('国', sealArcEm, 1, 0, 0, 0)
		w0, w1 := math.Inf(1), math.Inf(-1)
		for _, g := range one.segs {
			if g.Op == 'M' || g.Op == 'L' {
				w0, w1 = math.Min(w0, g.P[0].X), math.Max(w1, g.P[0].X)
			}
		}
		if got := (x1 - x0) / (w1 - w0); math.Abs(got-c.squeeze) > 0.015 {
			t.Errorf("n %d: width %.3f, want %.2f", c.n, got, c.squeeze)
		}
		if math.Abs((x0+x1)/2-(w0+w1)/2*c.squeeze) > 0.05 {
			t.Errorf("n %d: the first character is not at %.3f°", c.n, a*180/math.Pi)
		}
		if r := extent(s.segs); r > sealRing-sealRingWidth/2 {
			t.Errorf("n %d: text reaches the ring: %.2f", c.n, r)
		}
	}
}

func TestSealRefuses(t *testing.T) {
	s := cutter(t)
	if s.arc([]rune(strings.Repeat("国", 24))); !errors.Is(s.err, ErrTooLong) {
		t.Errorf("24 characters: %v", s.err)
	}
	s = cutter(t)
	s.arc([]rune("国𪚥"))
	var missing *MissingGlyph
	if !errors.As(s.err, &missing) {
		t.Errorf("unknown character: %v", s.err)
	}
}

// Characters beyond the seal font's set come from the bold face; all parts lie
// on the grid and inside the radius.
func TestSealParts(t *testing.T) {
	s := cutter(t)
	s.ring()
	s.star()
	s.arc([]rune("龘靐示例银行"))
	s.middle("2026.03.18", sealBusiness, "(1)")
	if s.err != nil {
		t.Fatal(s.err)
	}
	ring := s.segs[:6]
	if got := extent(ring[:1]); math.Abs(got-18) > 1e-9 {
		t.Errorf("outer radius %g", got)
	}
	for _, g := range s.segs {
		for _, p := range g.P {
			if math.Abs(p.X*100-math.Round(p.X*100)) > 1e-6 || math.Abs(p.Y*100-math.Round(p.Y*100)) > 1e-6 {
				t.Fatalf("%v is off the grid", p)
			}
		}
	}
}
