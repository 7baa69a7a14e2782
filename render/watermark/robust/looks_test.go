package robust

import (
	"flag"
	"fmt"
	"image"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"testing"

	"moqian/render/ink"
)

var pictures = flag.String("pictures", "", "write signatures before and after marking and their difference into this folder, outside the repository")

// pair paints ink before and after marking on the same pixels.
func pair(before, after []ink.Outline, dpi float64) (a, b *shade) {
	frame := func(in []ink.Outline) [][][]vec { // corners of a common box do not paint
		p := polygonsOf(in)
		return append(p, [][]vec{{{-2, -2}}, {{64, 29}}})
	}
	return paint(frame(before), dpi/mmPerInch, 1), paint(frame(after), dpi/mmPerInch, 1)
}

// ssim is the structural similarity (Wang et al. 2004: Gauss window, σ 1.5
// pixels, 0.01 and 0.03), the mean over the pixels within 1 mm of ink.
func ssim(a, b *shade) float64 {
	const sigma = 1.5
	mul := func(x, y *shade) *shade {
		o := &shade{w: x.w, h: x.h, perMM: x.perMM, v: make([]float32, len(x.v))}
		for i := range o.v {
			o.v[i] = x.v[i] * y.v[i]
		}
		return blur(o, sigma/x.perMM)
	}
	ma, mb := blur(a, sigma/a.perMM), blur(b, sigma/a.perMM)
	aa, bb, ab := mul(a, a), mul(b, b), mul(a, b)
	near := within(a, 1)
	const c1, c2 = 0.0001, 0.0009
	sum, n := 0.0, 0.0
	for i, in := range near {
		if !in {
			continue
		}
		// Paper is 1: the formula is not the same for ink on paper as for light on dark.
		x, y := 1-float64(ma.v[i]), 1-float64(mb.v[i])
		vx := float64(aa.v[i]) - float64(ma.v[i])*float64(ma.v[i])
		vy := float64(bb.v[i]) - float64(mb.v[i])*float64(mb.v[i])
		vxy := float64(ab.v[i]) - float64(ma.v[i])*float64(mb.v[i])
		sum += (2*x*y + c1) * (2*vxy + c2) / ((x*x + y*y + c1) * (vx + vy + c2))
		n++
	}
	return sum / n
}

// within says which pixels have ink within so many mm.
func within(s *shade, mm float64) []bool {
	r := int(math.Round(mm * s.perMM))
	out := make([]bool, len(s.v))
	for y := range s.h {
		for x := range s.w {
			if s.v[y*s.w+x] < 0.5 {
				continue
			}
			if x > 0 && y > 0 && x+1 < s.w && y+1 < s.h && s.v[y*s.w+x-1] >= 0.5 && s.v[y*s.w+x+1] >= 0.5 &&
				s.v[(y-1)*s.w+x] >= 0.5 && s.v[(y+1)*s.w+x] >= 0.5 {
				out[y*s.w+x] = true // inside: only what lies at the edge reaches out
				continue
			}
			for dy := -r; dy <= r; dy++ {
				if v := y + dy; v >= 0 && v < s.h {
					w := int(math.Sqrt(float64(r*r - dy*dy)))
					for u := max(0, x-w); u <= min(s.w-1, x+w); u++ {
						out[v*s.w+u] = true
					}
				}
			}
		}
	}
	return out
}

// TestSSIM: the structural similarity to itself is 1, and less the more the ink
// changes.
func TestSSIM(t *testing.T) {
	in := scrawl(t)
	last := 1.0
	for _, amplitude := range []float64{0, 12, 35} {
		out := in
		if amplitude > 0 {
			var err error
			if out, _, err = Embed(in, Secret{1}, []byte{1, 2, 3}, Options{Amplitude: amplitude}); err != nil {
				t.Fatal(err)
			}
		}
		v := ssim(pair(in, out, 300))
		if amplitude == 0 && math.Abs(v-1) > 1e-9 || amplitude > 0 && v >= last {
			t.Errorf("%g µm: %.5f after %.5f", amplitude, v, last)
		}
		last = v
	}
}

// TestLooksOfRecords: nobody sees the mark at its default. All records with
// MOQIAN_TORTURE=1.
func TestLooksOfRecords(t *testing.T) {
	all := everyone(t)
	step := 40
	if os.Getenv("MOQIAN_TORTURE") != "" {
		step = 1
	}
	var def, strong []float64
	for i := 0; i < len(all); i += step {
		in := drawn(t, all[i].samples)
		s, handle := keyOf(uint64(i))
		for _, amplitude := range []float64{12, 35} {
			if amplitude == 35 && i%40 != 0 {
				continue
			}
			out, _, err := Embed(in, s, handle, Options{Amplitude: amplitude})
			if err != nil {
				t.Fatal(err)
			}
			v := ssim(pair(in, out, 300))
			if amplitude == 12 {
				def = append(def, v)
				if v < 0.985 {
					t.Errorf("%s: %.4f", all[i].id, v)
				}
			} else {
				strong = append(strong, v)
			}
			if *pictures != "" && i%40 == 0 {
				portray(t, in, out, fmt.Sprintf("%03d-%g", i, amplitude))
			}
		}
	}
	t.Logf("n %d: SSIM at 12 µm: least %.4f, p5 %.4f, median %.4f; at 35 µm, n %d: least %.4f, median %.4f", len(def),
		share(def, 0), share(def, 0.05), share(def, 0.5), len(strong), share(strong, 0), share(strong, 0.5))
}

// portray writes before, after and the difference, four times as strong, below
// each other.
func portray(t *testing.T, before, after []ink.Outline, name string) {
	a, b := pair(before, after, 500)
	m := image.NewGray(image.Rect(0, 0, a.w, 3*a.h))
	for i := range a.v {
		x, y := i%a.w, i/a.w
		at := func(k int) *uint8 { return &m.Pix[(k*a.h+y)*m.Stride+x] }
		*at(0) = uint8(255 - 255*a.v[i])
		*at(1) = uint8(255 - 255*b.v[i])
		*at(2) = uint8(max(0, min(255, 128-4*128*(b.v[i]-a.v[i]))))
	}
	f, err := os.Create(filepath.Join(*pictures, name+".png"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, m); err != nil {
		t.Fatal(err)
	}
}
