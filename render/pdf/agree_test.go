package pdf

import (
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"moqian/render"
	"moqian/render/raster"
)

// What the screen shows is what the file shows: our painter and poppler draw
// each page of all types alike, in trial mode and outside it. A text that one of
// them leaves out has windows below 0.1; a hairline on another pixel has 0.3.
func TestRasterAndFileAgree(t *testing.T) {
	if _, err := exec.LookPath("pdftoppm"); err != nil {
		t.Skip("NOT CHECKED: that screen and file agree; install poppler-utils")
	}
	for _, code := range codes() {
		for _, trial := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s trial %v", code, trial), func(t *testing.T) {
				f := filled(t, code, nil)
				f.Header.Trial = trial
				s, err := render.Voucher(f, fonts(t))
				if err != nil {
					t.Fatal(err)
				}
				agree(t, s)
			})
		}
	}
}

func agree(t *testing.T, s render.Sheet) {
	t.Helper()
	const dpi = 200 // compared at half of it: below pixels painters differ
	var inks []render.Ink
	for _, a := range s.Boxes {
		inks = append(inks, render.Ink{Area: a, Outlines: scribble()})
	}
	file, err := Write(s.Pages, inks, fonts(t), doc())
	if err != nil {
		t.Fatal(err)
	}
	for i, other := range painted(t, file, dpi) {
		own := slices.DeleteFunc(slices.Clone(inks), func(k render.Ink) bool { return k.Page != i })
		img, err := raster.Page(s.Pages[i], own, fonts(t), dpi)
		if err != nil {
			t.Fatal(err)
		}
		if mean, worst := ssim(half(grey(img)), half(grey(other))); mean < 0.93 || worst < 0.2 {
			t.Errorf("page %d: %.4f, worst window %.2f", i+1, mean, worst)
		}
	}
}

// painted has poppler paint the pages of a file.
func painted(t *testing.T, file []byte, dpi int) (out []image.Image) {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "file.pdf")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, "pdftoppm", "-r", strconv.Itoa(dpi), "-png", path, filepath.Join(dir, "page"))
	names, err := filepath.Glob(filepath.Join(dir, "page-*.png"))
	if err != nil || len(names) == 0 {
		t.Fatal("no page was painted", err)
	}
	for _, name := range names {
		r, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(r)
		r.Close()
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, img)
	}
	return out
}

func grey(img image.Image) *image.Gray {
	g := image.NewGray(img.Bounds())
	draw.Draw(g, g.Bounds(), img, img.Bounds().Min, draw.Src)
	return g
}

// half takes the mean of 2 × 2 pixels.
func half(g *image.Gray) *image.Gray {
	out := image.NewGray(image.Rect(0, 0, g.Rect.Dx()/2, g.Rect.Dy()/2))
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			sum := 0
			for i := range 4 {
				sum += int(g.Pix[(2*y+i/2)*g.Stride+2*x+i%2])
			}
			out.Pix[y*out.Stride+x] = uint8((sum + 2) / 4)
		}
	}
	return out
}

// ssim is the mean and the least structural similarity of two pictures (Wang et
// al. 2004) in windows of 16 × 16 that are not plain white in both.
func ssim(a, b *image.Gray) (mean, worst float64) {
	const win, c1, c2 = 16, 6.5025, 58.5225
	w, h := min(a.Rect.Dx(), b.Rect.Dx()), min(a.Rect.Dy(), b.Rect.Dy())
	sum, n := 0.0, 0
	worst = 1
	for y := 0; y+win <= h; y += win / 2 {
		for x := 0; x+win <= w; x += win / 2 {
			var sa, sb, saa, sbb, sab float64
			for j := range win {
				for i := range win {
					va, vb := float64(a.Pix[(y+j)*a.Stride+x+i]), float64(b.Pix[(y+j)*b.Stride+x+i])
					sa, sb, saa, sbb, sab = sa+va, sb+vb, saa+va*va, sbb+vb*vb, sab+va*vb
				}
			}
			const k = win * win
			if sa == 255*k && sb == 255*k {
				continue
			}
			ma, mb := sa/k, sb/k
			va, vb, cov := saa/k-ma*ma, sbb/k-mb*mb, sab/k-ma*mb
			s := (2*ma*mb + c1) * (2*cov + c2) / ((ma*ma + mb*mb + c1) * (va + vb + c2))
			worst = min(worst, s)
			sum += s
			n++
		}
	}
	return sum / float64(max(n, 1)), worst
}
