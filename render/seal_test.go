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
	f := realFonts(t)
	id, err := f.extra(Font{Name: "seal", Data: data})
	if err != nil {
		t.Fatal(err)
	}
	return sealCutter{font: id, fonts: f}
}

// centre of a letter of a seal and its distance from the seal's centre.
func centre(t *testing.T, s sealCutter, it Text) (x, y, r float64) {
	t.Helper()
	_, advance := s.advance([]rune(it.Runs[0].Text)[0])
	sin, cos := math.Sincos(it.Angle * math.Pi / 180)
	em, squeeze := it.Size*MMPerPt, it.Squeeze
	if squeeze == 0 {
		squeeze = 1
	}
	gx, gy := advance/2*em*squeeze, -midline*em
	x, y = it.X+gx*cos-gy*sin, it.Y+gx*sin+gy*cos
	return x, y, math.Hypot(x, y)
}

// The examples of section 6 of the page specification: where the characters
// stand and how wide they are.
func TestSealArc(t *testing.T) {
	for _, c := range []struct {
		n       int
		step    float64 // degrees
		squeeze float64
	}{{12, 21.455, 1}, {14, 18.154, 0.99}, {16, 15.733, 0.85}, {18, 13.882, 0.74}, {20, 12.421, 0.66}, {23, 10.727, 0.56}} {
		s := cutter(t)
		s.arc([]rune(strings.Repeat("国", c.n)))
		if s.err != nil || len(s.items) != c.n {
			t.Fatal(len(s.items), s.err)
		}
		for i, it := range s.items {
			letter := it.(Text)
			x, y, r := centre(t, s, letter)
			want := (float64(i) - float64(c.n-1)/2) * c.step
			if math.Abs(math.Atan2(x, -y)*180/math.Pi-want) > 0.01 || math.Abs(letter.Angle-want) > 0.01 || math.Abs(r-sealArc) > 1e-6 {
				t.Errorf("n %d: character %d stands at %.3f, %.3f, turned by %.3f°, want %.3f°", c.n, i, x, y, letter.Angle, want)
			}
			if math.Abs(letter.Squeeze-c.squeeze) > 0.005 && !(letter.Squeeze == 0 && c.squeeze == 1) {
				t.Errorf("n %d: width %.3f, want %.2f", c.n, letter.Squeeze, c.squeeze)
			}
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

// Characters beyond the seal font's set come from the bold face; the font is
// known to Fonts once, whoever brings it.
func TestSealFallsBack(t *testing.T) {
	s := cutter(t)
	s.arc([]rune("龘示"))
	if s.err != nil {
		t.Fatal(s.err)
	}
	if first, second := s.items[0].(Text).Runs[0].Font, s.items[1].(Text).Runs[0].Font; first != FontID(Bold) || second != s.font {
		t.Errorf("fonts %d and %d", first, second)
	}
	known := s.fonts.Font(s.font)
	again, err := s.fonts.extra(Font{Name: known.Name, Data: append([]byte(nil), known.Data...)})
	if err != nil || again != s.font {
		t.Errorf("the same font again: %d, %v", again, err)
	}
	if other, err := s.fonts.extra(Font{Name: "other", Data: known.Data}); err != nil || other == s.font {
		t.Errorf("another font: %d, %v", other, err)
	}
	if _, err := s.fonts.extra(Font{Name: "bad"}); err == nil {
		t.Error("a font of nothing was taken")
	}
}

// The ring lies between 16.8 and 18, the star's tips 4 from its centre.
func TestSealFigures(t *testing.T) {
	for _, s := range ring() {
		for _, p := range s.P[:map[byte]int{'M': 1}[s.Op]] {
			if r := math.Hypot(p.X, p.Y); math.Abs(r-18) > 1e-9 && math.Abs(r-16.8) > 1e-9 {
				t.Errorf("the ring passes %g", r)
			}
		}
	}
	for i, s := range star()[:10] {
		want := sealStarR
		if i%2 == 1 {
			want *= sealStarInner
		}
		if r := math.Hypot(s.P[0].X, s.P[0].Y-sealStarY); math.Abs(r-want) > 1e-9 {
			t.Errorf("corner %d of the star lies %g from its centre", i, r)
		}
	}
}
