package robust

import (
	"errors"
	"math/rand/v2"
	"testing"
)

// TestBadImages: an answer or a clear error, and nothing found.
func TestBadImages(t *testing.T) {
	flat := func(w, h int, v uint8) *Gray {
		g := &Gray{W: w, H: h, Pix: make([]uint8, w*h)}
		for i := range g.Pix {
			g.Pix[i] = v
		}
		return g
	}
	photo, dot := flat(300, 200, 0), flat(300, 200, 255)
	r := rand.New(rand.NewPCG(1, 1))
	for i := range photo.Pix {
		photo.Pix[i] = uint8(r.Uint32())
	}
	for y := 90; y < 96; y++ {
		for x := 100; x < 106; x++ {
			dot.Pix[y*300+x] = 0
		}
	}
	for name, c := range map[string]struct {
		g   *Gray
		bad bool
	}{
		"blank": {flat(200, 200, 255), false}, "black": {flat(200, 200, 0), false}, "one pixel": {flat(1, 1, 0), false},
		"photograph": {photo, false}, "one dot": {dot, false},
		"empty": {&Gray{}, true}, "huge": {&Gray{W: 20000, H: 20000}, true}, "short": {&Gray{W: 9, H: 9, Pix: make([]uint8, 3)}, true},
	} {
		rd, err := Read(c.g, Secret{1})
		cl, err2 := Check(c.g, Secret{1}, [][]byte{{1, 2, 3}})
		if c.bad != (errors.Is(err, ErrImage) && errors.Is(err2, ErrImage)) || rd.Found || len(cl) > 0 && cl[0].Accept {
			t.Errorf("%s: %+v %v %v", name, rd, err, err2)
		}
	}
}
