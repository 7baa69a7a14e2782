package robust

import (
	"bytes"
	"image"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"testing"

	"moqian/render/ink"
)

// channel is one way from outlines to an image.
type channel struct {
	name string
	f    func(t testing.TB, in []ink.Outline, r *rand.Rand) *Gray
}

func channels() []channel {
	return []channel{
		{"print, scan 300 dpi", func(_ testing.TB, in []ink.Outline, r *rand.Rand) *Gray { return scan(printed(in), r, 300, 75) }},
		{"page by poppler 300 dpi", func(t testing.TB, in []ink.Outline, _ *rand.Rand) *Gray { return painted(t, in, "pdftoppm") }},
		{"page by mupdf 300 dpi", func(t testing.TB, in []ink.Outline, _ *rand.Rand) *Gray { return painted(t, in, "mutool") }},
		{"print, scan 600 dpi", func(_ testing.TB, in []ink.Outline, r *rand.Rand) *Gray { return scan(printed(in), r, 600, 75) }},
		{"scan binarised", func(_ testing.TB, in []ink.Outline, r *rand.Rand) *Gray {
			return binarise(scan(printed(in), r, 300, 75))
		}},
		{"scan 200 dpi", func(_ testing.TB, in []ink.Outline, r *rand.Rand) *Gray { return scan(printed(in), r, 200, 75) }},
		{"screen 150 dpi", func(_ testing.TB, in []ink.Outline, _ *rand.Rand) *Gray { return screen(in, 150) }},
		{"scan, 30 % cropped", func(_ testing.TB, in []ink.Outline, r *rand.Rand) *Gray { return crop(scan(printed(in), r, 300, 75)) }},
	}
}

// printed is the page at 1200 dpi after a 1-bit printer of 600 dpi whose toner
// spreads by about 10 µm.
func printed(in []ink.Outline) *shade {
	s := paint(polygonsOf(in), 600/mmPerInch, 4)
	p := &shade{w: 2 * s.w, h: 2 * s.h, perMM: 2 * s.perMM, at: s.at, v: make([]float32, 4*len(s.v))}
	for y := range p.h {
		for x := range p.w {
			if s.v[y/2*s.w+x/2] >= 0.5 {
				p.v[y*p.w+x] = 1
			}
		}
	}
	p = blur(p, 0.022)
	for i, v := range p.v {
		p.v[i] = float32(1 / (1 + math.Exp(-float64(v-0.35)*14)))
	}
	return p
}

// blur is a Gauss filter of σ mm.
func blur(s *shade, sigma float64) *shade {
	px := sigma * s.perMM
	n := int(math.Ceil(3 * px))
	k := make([]float32, n+1)
	sum := float32(0)
	for i := range k {
		k[i] = float32(math.Exp(-0.5 * float64(i*i) / (px * px)))
		sum += k[i]
		if i > 0 {
			sum += k[i]
		}
	}
	out := &shade{w: s.w, h: s.h, perMM: s.perMM, at: s.at, v: make([]float32, len(s.v))}
	tmp := make([]float32, len(s.v))
	pass := func(dst, src []float32, step, w, h, stride int) {
		for y := range h {
			for x := range w {
				i := y*stride + x*step
				a := src[i] * k[0]
				for j := 1; j <= n; j++ {
					if x >= j {
						a += src[i-j*step] * k[j]
					}
					if x+j < w {
						a += src[i+j*step] * k[j]
					}
				}
				dst[i] = a / sum
			}
		}
	}
	pass(tmp, s.v, 1, s.w, s.h, s.w)
	for x := range s.w {
		pass(out.v[x:], tmp[x:], s.w, s.h, 1, 0)
	}
	return out
}

// scan lays the page askew on a scanner: ±2°, ±1 % size, blur, noise, gamma,
// JPEG.
func scan(p *shade, r *rand.Rand, dpi, quality float64) *Gray {
	return scanAt(p, dpi, quality, (r.Float64()*4-2)*math.Pi/180, 1+(r.Float64()*2-1)*0.01, 0.85+0.3*r.Float64(), 4, r)
}

func scanAt(p *shade, dpi, quality, angle, scale, gamma, noise float64, r *rand.Rand) *Gray {
	b := blur(p, max(0.03, 0.5*mmPerInch/dpi))
	k := dpi / mmPerInch
	w, h := int(float64(p.w)/p.perMM*k*1.02), int((float64(p.h)/p.perMM+1)*k*1.02)
	g := &Gray{W: w, H: h, DPI: dpi, Pix: make([]uint8, w*h)}
	mid := vec{float64(p.w) / p.perMM / 2, float64(p.h) / p.perMM / 2}
	dx, dy := r.Float64()/k, r.Float64()/k
	for y := range h {
		for x := range w {
			q := vec{(float64(x)+0.5)/k - float64(w)/k/2 + dx, float64(h)/k/2 - (float64(y)+0.5)/k + dy}
			v := b.sample(p.at.add(mid).add(spin(q, angle, scale)))
			lum := math.Pow(1-0.92*v, gamma)*235 + 12 + noise*r.NormFloat64()
			g.Pix[y*w+x] = uint8(max(0, min(255, lum)))
		}
	}
	return throughJPEG(g, int(quality))
}

func throughJPEG(g *Gray, quality int) *Gray {
	var b bytes.Buffer
	m := &image.Gray{Pix: g.Pix, Stride: g.W, Rect: image.Rect(0, 0, g.W, g.H)}
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: quality}); err != nil {
		panic(err)
	}
	d, err := jpeg.Decode(&b)
	if err != nil {
		panic(err)
	}
	return (&Gray{W: g.W, H: g.H, DPI: g.DPI}).fill(d.(*image.Gray))
}

func (g *Gray) fill(m *image.Gray) *Gray {
	for y := range g.H {
		g.Pix = append(g.Pix, m.Pix[y*m.Stride:y*m.Stride+g.W]...)
	}
	return g
}

func binarise(g *Gray) *Gray {
	out := &Gray{W: g.W, H: g.H, DPI: g.DPI, Pix: make([]uint8, len(g.Pix))}
	for i, v := range g.Pix {
		if v > 128 {
			out.Pix[i] = 255
		}
	}
	return out
}

func screen(in []ink.Outline, dpi float64) *Gray {
	s := paint(polygonsOf(in), dpi/mmPerInch, 4)
	g := &Gray{W: s.w, H: s.h, DPI: dpi, Pix: make([]uint8, len(s.v))}
	for i, v := range s.v {
		g.Pix[i] = uint8(255 - 255*v)
	}
	return g
}

// crop takes the right 30 % of the ink away.
func crop(g *Gray) *Gray {
	w := g.W * 7 / 10
	out := &Gray{W: w, H: g.H, DPI: g.DPI}
	for y := range g.H {
		out.Pix = append(out.Pix, g.Pix[y*g.W:y*g.W+w]...)
	}
	return out
}
