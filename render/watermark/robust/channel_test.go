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

// channel is one way from outlines to an image; print gives the printed page.
type channel struct {
	name string
	f    func(t testing.TB, in []ink.Outline, print func() *shade, r *rand.Rand) *Gray
}

func channels() []channel {
	scanned := func(name string, dpi float64, then func(*Gray) *Gray) channel {
		return channel{name, func(_ testing.TB, _ []ink.Outline, print func() *shade, r *rand.Rand) *Gray {
			return then(scan(print(), r, dpi, 75))
		}}
	}
	page := func(name, program string) channel {
		return channel{name, func(t testing.TB, in []ink.Outline, _ func() *shade, _ *rand.Rand) *Gray {
			return painted(t, in, program)
		}}
	}
	same := func(g *Gray) *Gray { return g }
	return []channel{
		scanned("print, scan 300 dpi", 300, same),
		page("page by poppler 300 dpi", "pdftoppm"),
		page("page by mupdf 300 dpi", "mutool"),
		scanned("print, scan 600 dpi", 600, same),
		scanned("scan binarised", 300, binarise),
		scanned("scan 200 dpi", 200, same),
		{"screen 150 dpi", func(_ testing.TB, in []ink.Outline, _ func() *shade, _ *rand.Rand) *Gray { return screen(in, 150) }},
		scanned("scan, 30 % cropped", 300, crop),
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
	toner := func(v float32) float32 { return float32(1 / (1 + math.Exp(-float64(v-0.35)*14))) }
	for i, v := range p.v {
		if v != 0 {
			p.v[i] = toner(v) - toner(0)
		}
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
	const span = 64
	add := func(dst, src []float32, k float32) {
		for i, v := range src {
			dst[i] += v * k
		}
	}
	// Blank stretches are left out.
	spans := func(v []float32, f func(from, to int)) {
		for i := 0; i < len(v); i += span {
			to := min(len(v), i+span)
			for _, x := range v[i:to] {
				if x != 0 {
					f(i, to)
					break
				}
			}
		}
	}
	row := func(v []float32, y int) []float32 { return v[y*s.w : (y+1)*s.w] }
	for y := range s.h {
		d, from := row(tmp, y), row(s.v, y)
		spans(from, func(a, b int) {
			for j := -n; j <= n; j++ {
				to, till := max(0, a+j), min(s.w, b+j)
				add(d[to:till], from[to-j:till-j], k[max(j, -j)]/sum)
			}
		})
	}
	for y := range s.h {
		from := row(tmp, y)
		spans(from, func(a, b int) {
			for j := max(-n, -y); j <= min(n, s.h-1-y); j++ {
				add(row(out.v, y+j)[a:b], from[a:b], k[max(j, -j)]/sum)
			}
		})
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
