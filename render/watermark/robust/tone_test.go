package robust

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestOtsuParts(t *testing.T) {
	for _, c := range []struct {
		name   string
		values map[int]int
		lo, hi int // where the threshold may lie
	}{
		{"two values", map[int]int{0: 10, 255: 90}, 1, 255},
		{"grey ink", map[int]int{90: 10, 100: 10, 230: 500, 240: 500}, 101, 230},
		{"one value", map[int]int{77: 5}, 0, 255},
	} {
		var h [256]int
		for v, n := range c.values {
			h[v] = n
		}
		if got := otsu(&h); got < c.lo || got > c.hi {
			t.Errorf("%s: %d", c.name, got)
		}
	}
}

func TestTones(t *testing.T) {
	for _, c := range []struct {
		name       string
		values     map[int]int
		paper, ink int
		ok         bool
	}{
		{"black on white", map[int]int{0: 100, 128: 5, 255: 1000}, 255, 0, true},
		{"a faint scan", map[int]int{120: 100, 125: 20, 200: 10, 240: 1000, 243: 500}, 240, 120, true},
		{"blank", map[int]int{250: 1000, 245: 1000}, 250, 245, false},
	} {
		var h [256]int
		for v, n := range c.values {
			h[v] = n
		}
		paper, ink, ok := tones(&h)
		if ok != c.ok || ok && (paper != c.paper || ink != c.ink) {
			t.Errorf("%s: paper %d ink %d %v", c.name, paper, ink, ok)
		}
	}
}

func TestDarkest(t *testing.T) {
	var h [256]int
	h[10], h[20], h[30] = 5, 6, 89
	if got := darkest(&h); got != 20 {
		t.Errorf("the darkest tenth ends at %d", got)
	}
	if got := darkest(new([256]int)); got != 0 {
		t.Errorf("of nothing %d", got)
	}
}

func TestScale(t *testing.T) {
	s := scale(200, 40)
	for v, want := range map[int]float64{200: 0, 255: 0, 40: 1, 120: 0.5, 0: 1.05} {
		if math.Abs(float64(s[v])-want) > 1e-6 {
			t.Errorf("grey %d is %g of ink, want %g", v, s[v], want)
		}
	}
}

// TestSplash: its greys are known, those of others are not taken for them.
func TestSplash(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	greys := func(paper, ink float64, f func() float64) *[256]int {
		h := new([256]int)
		h[int(paper)], h[int(ink)] = 10000, 2000
		for range 2000 {
			h[int(math.Round(paper-(paper-ink)*f()))]++
		}
		return h
	}
	sixteenth := func() float64 { return float64(r.IntN(17)) / 16 }
	bent := func() float64 { return math.Pow(sixteenth(), splashGamma) }
	for _, c := range []struct {
		name       string
		paper, ink float64
		f          func() float64
		want       bool
	}{
		{"black", 255, 0, bent, true},
		{"grey ink on tinted paper", 240, 30, bent, true},
		{"even sixteenths", 255, 0, sixteenth, false},
		{"all greys", 255, 0, r.Float64, false},
		{"one in ten another", 255, 0, func() float64 {
			if r.IntN(10) == 0 {
				return r.Float64()
			}
			return bent()
		}, false},
		{"no greys", 255, 0, func() float64 { return 0 }, false},
	} {
		if got := splash(greys(c.paper, c.ink, c.f), int(c.paper), int(c.ink)); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
