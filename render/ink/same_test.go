package ink_test

import (
	"bytes"
	"fmt"
	"image"
	_ "image/png"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"moqian/pad"
	"moqian/render"
	"moqian/render/ink"
	"moqian/render/pdf"
	"moqian/render/raster"
)

// scribble is a synthetic signature: loops, a corner and a dot.
func scribble() (out []pad.Sample) {
	at := time.Duration(0)
	add := func(n int, f func(t float64) (x, y, p float64)) {
		for i := range n {
			x, y, p := f(float64(i) / 100)
			out = append(out, pad.Sample{T: at, X: x, Y: y, P: p, Phase: pad.Down})
			at += 10 * time.Millisecond
		}
		out = append(out, pad.Sample{T: at})
		at += 100 * time.Millisecond
	}
	add(150, func(t float64) (x, y, p float64) {
		return 5 + 20*t + 3*math.Sin(12*t), 10 + 5*math.Cos(14*t), 0.5 + 0.45*math.Sin(5*t)
	})
	add(60, func(t float64) (x, y, p float64) {
		return 5 + 60*math.Abs(t-0.3), 18 + 8*t, 0.3 + t
	})
	add(1, func(t float64) (x, y, p float64) { return 45, 15, 0.6 })
	return out
}

// page lays ink on a small page, on a tinted ground or none.
func page(t *testing.T, solid bool) (render.Page, []render.Ink) {
	t.Helper()
	box := ink.Box{W: 40, H: 18}
	o, err := ink.Draw(scribble(), ink.Params{Box: box, Nib: ink.Nib{Min: 0.25, Max: 0.9}})
	if err != nil {
		t.Fatal(err)
	}
	p := render.Page{W: 46, H: 24}
	a := render.Area{X: 3, Y: 3, W: box.W, H: box.H}
	if solid {
		p.Items = append(p.Items, render.Rect{X: a.X, Y: a.Y, W: a.W, H: a.H, Fill: &render.Color{R: 235, G: 240, B: 225}})
	}
	return p, []render.Ink{{Area: a, Color: render.Color{}, Outlines: o}}
}

// TestSameEverywhere paints one PDF by poppler and mupdf and the page by our
// own painter.
func TestSameEverywhere(t *testing.T) {
	for _, tool := range []string{"pdftoppm", "mutool"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("SKIPPED: %s is not installed (poppler-utils, mupdf-tools): ink was not compared between readers", tool)
		}
	}
	for _, tt := range []struct {
		dpi   int
		solid bool
		area  float64 // greatest difference of dark pixels
	}{{300, false, 0.02}, {300, true, 0.02}, {1200, false, 0.005}, {1200, true, 0.005}} {
		t.Run(fmt.Sprintf("%d dpi, ground %v", tt.dpi, tt.solid), func(t *testing.T) {
			p, inks := page(t, tt.solid)
			own, err := raster.Page(p, inks, nil, float64(tt.dpi))
			if err != nil {
				t.Fatal(err)
			}
			ref := greyOf(own)
			for name, g := range outside(t, p, inks, tt.dpi) {
				w, h := min(ref.w, g.w), min(ref.h, g.h)
				if ref.w-w > 2 || ref.h-h > 2 {
					t.Fatalf("%s: %d × %d pixels, ours %d × %d", name, g.w, g.h, ref.w, ref.h)
				}
				a, b := ref.cut(w, h), g.cut(w, h)
				diff := math.Abs(float64(b.dark())/float64(a.dark()) - 1)
				ssim := similarity(a, b, tt.dpi)
				holes := b.holes() - a.holes()
				t.Logf("%s: area differs by %.2f %%, SSIM %.4f, holes %+d", name, 100*diff, ssim, holes)
				if diff > tt.area || ssim < 0.99 || holes != 0 {
					t.Errorf("%s: area %.4f, SSIM %.4f, holes %+d", name, diff, ssim, holes)
				}
			}
		})
	}
}

// outside paints the page's PDF by the two readers.
func outside(t *testing.T, p render.Page, inks []render.Ink, dpi int) map[string]grey {
	t.Helper()
	b, err := pdf.Write([]render.Page{p}, inks, nil, pdf.Doc{Title: "ink", Lang: "en", Created: "2000-01-01T00:00:00Z"})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "ink.pdf")
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	call := func(name string, args ...string) {
		if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
	}
	call("pdftoppm", "-r", fmt.Sprint(dpi), "-png", "-singlefile", file, filepath.Join(dir, "poppler"))
	call("mutool", "draw", "-q", "-r", fmt.Sprint(dpi), "-o", filepath.Join(dir, "mupdf.png"), file, "1")
	out := map[string]grey{}
	for _, n := range []string{"poppler", "mupdf"} {
		b, err := os.ReadFile(filepath.Join(dir, n+".png"))
		if err != nil {
			t.Fatal(err)
		}
		img, _, err := image.Decode(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		out[n] = greyOf(img)
	}
	return out
}

// grey is a picture of one byte a pixel.
type grey struct {
	w, h int
	pix  []uint8
}

func greyOf(img image.Image) grey {
	r := img.Bounds()
	g := grey{r.Dx(), r.Dy(), make([]uint8, r.Dx()*r.Dy())}
	for y := range g.h {
		for x := range g.w {
			a, b, c, _ := img.At(r.Min.X+x, r.Min.Y+y).RGBA()
			g.pix[y*g.w+x] = uint8((a + b + c) / 3 >> 8)
		}
	}
	return g
}

func (g grey) cut(w, h int) grey {
	out := grey{w, h, make([]uint8, w*h)}
	for y := range h {
		copy(out.pix[y*w:(y+1)*w], g.pix[y*g.w:y*g.w+w])
	}
	return out
}

func (g grey) dark() (n int) {
	for _, v := range g.pix {
		if v < 128 {
			n++
		}
	}
	return n
}

// holes counts light areas of at least 12 pixels that no way of light pixels
// joins to the edge.
func (g grey) holes() (n int) {
	seen := make([]bool, len(g.pix))
	var stack []int
	for start, v := range g.pix {
		if v < 128 || seen[start] {
			continue
		}
		size, edge := 0, false
		stack = append(stack[:0], start)
		seen[start] = true
		for len(stack) > 0 {
			i := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			size++
			x, y := i%g.w, i/g.w
			if x == 0 || y == 0 || x == g.w-1 || y == g.h-1 {
				edge = true
			}
			for _, d := range [][2]int{{1, 0}, {-1, 0}, {0, 1}, {0, -1}} {
				u, v := x+d[0], y+d[1]
				if u < 0 || v < 0 || u >= g.w || v >= g.h {
					continue
				}
				if j := v*g.w + u; !seen[j] && g.pix[j] >= 128 {
					seen[j] = true
					stack = append(stack, j)
				}
			}
		}
		if !edge && size >= 12 {
			n++
		}
	}
	return n
}

// similarity is the mean SSIM of 8 × 8 blocks within 1 mm of the ink of a.
func similarity(a, b grey, dpi int) float64 {
	near := int(float64(dpi) / 25.4)
	const k = 8
	bw, bh := a.w/k, a.h/k
	has := make([]bool, bw*bh)
	for y := range bh * k {
		for x := range bw * k {
			if a.pix[y*a.w+x] < 128 {
				has[y/k*bw+x/k] = true
			}
		}
	}
	reach := max(1, near/k)
	sum, n := 0.0, 0
	for y := range bh {
		for x := range bw {
			if !hasNear(has, bw, bh, x, y, reach) {
				continue
			}
			sum += ssim(a, b, x*k, y*k, k)
			n++
		}
	}
	return sum / float64(n)
}

func hasNear(has []bool, w, h, x, y, r int) bool {
	for v := max(0, y-r); v <= min(h-1, y+r); v++ {
		for u := max(0, x-r); u <= min(w-1, x+r); u++ {
			if has[v*w+u] {
				return true
			}
		}
	}
	return false
}

func ssim(a, b grey, x0, y0, k int) float64 {
	var sa, sb, aa, bb, ab float64
	for y := y0; y < y0+k; y++ {
		for x := x0; x < x0+k; x++ {
			p, q := float64(a.pix[y*a.w+x]), float64(b.pix[y*b.w+x])
			sa, sb, aa, bb, ab = sa+p, sb+q, aa+p*p, bb+q*q, ab+p*q
		}
	}
	n := float64(k * k)
	ma, mb := sa/n, sb/n
	va, vb, c := aa/n-ma*ma, bb/n-mb*mb, ab/n-ma*mb
	const c1, c2 = 0.01 * 0.01 * 255 * 255, 0.03 * 0.03 * 255 * 255
	return (2*ma*mb + c1) * (2*c + c2) / ((ma*ma + mb*mb + c1) * (va + vb + c2))
}
