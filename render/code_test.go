package render_test

import (
	"errors"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"moqian/render"
	"moqian/render/raster"
)

// The code on a painted page is read back by another program.
func TestCodeIsRead(t *testing.T) {
	zbar, err := exec.LookPath("zbarimg")
	if err != nil {
		t.Skip("NOT CHECKED: whether the receipt code can be read; install zbar-tools")
	}
	page := sheet(t, filled(t, "2103", nil)).Pages[0]
	for _, c := range []struct {
		name  string
		dpi   float64
		spoil func(*image.Gray) *image.Gray
	}{
		{"300 dpi", 300, same}, {"200 dpi", 200, same}, {"150 dpi", 150, same}, {"100 dpi", 100, same},
		{"300 dpi, pale", 300, pale}, {"300 dpi, blurred", 300, func(g *image.Gray) *image.Gray { return blur(blur(g)) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			img, err := raster.Page(page, nil, fonts(t), c.dpi)
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), "page.png")
			w, err := os.Create(path)
			if err != nil {
				t.Fatal(err)
			}
			defer w.Close()
			if err := png.Encode(w, c.spoil(greyOf(img))); err != nil {
				t.Fatal(err)
			}
			out, err := exec.Command(zbar, "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", path).Output()
			if got := strings.TrimSpace(string(out)); err != nil || got != testCode() {
				t.Errorf("read %q, %v", got, err)
			}
		})
	}
}

func same(g *image.Gray) *image.Gray { return g }

func greyOf(img *image.RGBA) *image.Gray {
	g := image.NewGray(img.Bounds())
	for i := range g.Pix {
		p := img.Pix[4*i : 4*i+3]
		g.Pix[i] = color.GrayModel.Convert(color.RGBA{p[0], p[1], p[2], 255}).(color.Gray).Y
	}
	return g
}

// pale cuts the contrast to a third.
func pale(g *image.Gray) *image.Gray {
	for i, v := range g.Pix {
		g.Pix[i] = 170 + v/3
	}
	return g
}

// blur takes the mean of 3 × 3 pixels.
func blur(g *image.Gray) *image.Gray {
	out := image.NewGray(g.Bounds())
	w := g.Bounds().Dx()
	for i := range g.Pix {
		sum, n := 0, 0
		for _, d := range []int{-w - 1, -w, -w + 1, -1, 0, 1, w - 1, w, w + 1} {
			if j := i + d; j >= 0 && j < len(g.Pix) {
				sum, n = sum+int(g.Pix[j]), n+1
			}
		}
		out.Pix[i] = uint8(sum / n)
	}
	return out
}

// The symbol has 49 modules and 0.508 mm at its fixed place, for short texts
// too; what does not fit stops the voucher.
func TestCodeHasOneSize(t *testing.T) {
	for _, text := range []string{"A", testCode()[:221-5]} {
		f := filled(t, "2101", nil)
		f.Code = text
		found := false
		walk(sheet(t, f).Pages[0].Items, func(it render.Item) {
			if m, ok := it.(render.Modules); ok {
				// the first two format bits are 1, 0 for level M, 1, 1 for L
				found = m.Dark[8*49] && !m.Dark[8*49+1] && m.N == 49 && m.Size == 0.508 && m.X == 161.06 && m.Y == 148.5+28.6 && len(m.Dark) == 49*49
			}
		})
		if !found {
			t.Errorf("%d characters: no code at its place", len(text))
		}
	}
	for text, want := range map[string]error{strings.Repeat("A", 222): render.ErrTooLong, "lower case": nil} {
		f := filled(t, "2101", nil)
		f.Code = text
		if _, err := render.Voucher(f, fonts(t)); err == nil || want != nil && !errors.Is(err, want) {
			t.Errorf("%d characters: %v", len(text), err)
		}
	}
	f := filled(t, "2101", nil)
	f.Code = strings.Repeat("A", 221)
	sheet(t, f)
}
