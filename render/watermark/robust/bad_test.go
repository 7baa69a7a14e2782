package robust

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"moqian/render/ink"
)

// flat is an image of one grey.
func flat(w, h int, v uint8) *Gray {
	g := &Gray{W: w, H: h, Pix: make([]uint8, w*h)}
	for i := range g.Pix {
		g.Pix[i] = v
	}
	return g
}

// photo is an image of soft greys, as a camera takes it, with some noise.
func photo(w, h int) *Gray {
	r := rand.New(rand.NewPCG(1, 1))
	g := flat(w, h, 0)
	for y := range h {
		for x := range w {
			u, v := float64(x)/float64(w), float64(y)/float64(h)
			l := 0.5 + 0.25*math.Sin(9*u+3*v) + 0.2*math.Sin(23*v-11*u*u)
			g.Pix[y*w+x] = uint8(max(0, min(255, 255*l+6*r.NormFloat64())))
		}
	}
	return g
}

func drawnOn(w, h float64, f func(g *Gray)) *Gray {
	g := white(w, h)
	f(g)
	return g
}

// badImages are what may be handed in instead of a signature, and whether it is
// an error.
func badImages() map[string]struct {
	g   *Gray
	bad bool
} {
	noise := flat(300, 200, 0)
	r := rand.New(rand.NewPCG(1, 1))
	for i := range noise.Pix {
		noise.Pix[i] = uint8(r.Uint32())
	}
	checks := flat(200, 150, 255)
	for i := range checks.Pix {
		checks.Pix[i] = uint8(255 * ((i/200/8 + i%200/8) % 2))
	}
	dpi := func(v float64) *Gray {
		g := flat(50, 50, 255)
		g.DPI = v
		return g
	}
	type row = struct {
		g   *Gray
		bad bool
	}
	return map[string]row{
		"blank":               {flat(200, 200, 255), false},
		"black":               {flat(200, 200, 0), false},
		"one pixel, black":    {flat(1, 1, 0), false},
		"one pixel, white":    {flat(1, 1, 255), false},
		"one row":             {flat(500, 1, 0), false},
		"one column":          {flat(1, 500, 0), false},
		"noise":               {noise, false},
		"photograph":          {photo(500, 400), false},
		"checks":              {checks, false},
		"one dot":             {drawnOn(25, 17, func(g *Gray) { g.fillBox(8, 8, 0.5, 0.5) }), false},
		"text alone":          {drawnOn(60, 30, func(g *Gray) { g.text(5, 5, 50, 4) }), false},
		"a frame, no ink":     {drawnOn(90, 60, func(g *Gray) { g.outlineBox(5, 5, 60, 30, 0.3) }), false},
		"a filled bar":        {drawnOn(90, 60, func(g *Gray) { g.fillBox(5, 5, 80, 40) }), false},
		"lines across":        {drawnOn(90, 60, func(g *Gray) { g.fillBox(0, 10, 90, 0.4); g.fillBox(0, 20, 90, 0.4); g.fillBox(20, 0, 0.4, 60) }), false},
		"ink without a mark":  {drawnOn(70, 30, func(g *Gray) { squiggle(g, 5, 5, 55, 18, 3) }), false},
		"nothing":             {&Gray{}, true},
		"20,000 by 20,000":    {&Gray{W: 20000, H: 20000}, true},
		"sides that overflow": {&Gray{W: math.MaxInt / 2, H: 4}, true},
		"below nothing":       {&Gray{W: -3, H: -3, Pix: make([]uint8, 9)}, true},
		"too few pixels":      {&Gray{W: 9, H: 9, Pix: make([]uint8, 3)}, true},
		"too many pixels":     {&Gray{W: 9, H: 9, Pix: make([]uint8, 300)}, true},
		"1 dpi":               {dpi(1), true},
		"a million dpi":       {dpi(1e6), true},
		"dpi no number":       {dpi(math.NaN()), true},
		"dpi below nothing":   {dpi(-300), true},
	}
}

// TestBadImages: an answer or a clear error, and nothing found.
func TestBadImages(t *testing.T) {
	original := outlineOf(bar(vec{3, 3}, vec{15, 5}, 0.5))
	for name, c := range badImages() {
		t.Run(name, func(t *testing.T) {
			rd, err := Read(c.g, Secret{1})
			cl, err2 := Check(c.g, Secret{1}, [][]byte{{1, 2, 3}})
			co, err3 := CheckOriginal(c.g, Secret{1}, [][]byte{{1, 2, 3}}, []ink.Outline{original})
			for _, e := range []error{err, err2, err3} {
				if c.bad != errors.Is(e, ErrImage) || !c.bad && e != nil {
					t.Error(e)
				}
			}
			if rd.Found || len(cl) > 0 && cl[0].Accept || len(co) > 0 && co[0].Accept {
				t.Errorf("%+v %+v %+v", rd, cl, co)
			}
		})
	}
}

// TestNoClaims: no claim, no answer; a claim of any length gets one.
func TestNoClaims(t *testing.T) {
	g := drawnOn(70, 30, func(g *Gray) { squiggle(g, 5, 5, 55, 18, 3) })
	if c, err := Check(g, Secret{1}, nil); err != nil || len(c) != 0 {
		t.Errorf("%v %v", c, err)
	}
	odd := [][]byte{nil, {1}, make([]byte, 11), make([]byte, 40)}
	if c, err := Check(g, Secret{1}, odd); err != nil || len(c) != len(odd) {
		t.Errorf("%v %v", c, err)
	}
}

// FuzzRead: no image of any kind brings the reader down, and no mark is found
// where none is.
func FuzzRead(f *testing.F) {
	f.Add(uint8(40), uint8(30), 300.0, []byte{0, 255, 3})
	f.Add(uint8(200), uint8(120), 600.0, []byte{255, 255, 255, 0, 0, 0, 0, 0, 0, 255, 255})
	f.Add(uint8(1), uint8(1), 72.0, []byte{0})
	f.Add(uint8(90), uint8(90), 150.0, []byte("a line of text that gives stripes"))
	f.Fuzz(func(t *testing.T, w, h uint8, dpi float64, seed []byte) {
		if len(seed) == 0 {
			return
		}
		g := &Gray{W: int(w), H: int(h), DPI: dpi, Pix: make([]uint8, int(w)*int(h))}
		for i := range g.Pix {
			g.Pix[i] = seed[(i/3)%len(seed)]
		}
		r, err := Read(g, Secret{1})
		if err != nil && !errors.Is(err, ErrImage) || r.Found {
			t.Fatalf("%+v %v", r, err)
		}
		c, err := Check(g, Secret{1}, [][]byte{{1, 2, 3}})
		if err == nil && c[0].Accept {
			t.Fatalf("%+v", c)
		}
	})
}
