package raster

import (
	"image"
	"image/color"
	"testing"

	"moqian/render"
)

// mass is how much black a picture holds, in mm².
func mass(img *image.RGBA, dpi float64) float64 {
	sum := 0.0
	for y := img.Rect.Min.Y; y < img.Rect.Max.Y; y++ {
		for x := img.Rect.Min.X; x < img.Rect.Max.X; x++ {
			sum += float64(255-color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y) / 255
		}
	}
	return sum * (25.4 / dpi) * (25.4 / dpi)
}

// TestSameBlackAtEveryResolution: a figure covers the same area of paper whatever
// the pixels are.
func TestSameBlackAtEveryResolution(t *testing.T) {
	fonts := load(t)
	page := render.Page{W: 40, H: 30, Items: []render.Item{
		render.Path{Segs: ring(12.3, 11.7, 7.1), Fill: black()},
		render.Path{Segs: square(25.05, 8.35, 9.9, true), Fill: black()},
	}}
	want := 3.14159265*7.1*7.1 + 9.9*9.9
	for _, dpi := range []float64{37, 72, 96, 150, 203, 300, 601} {
		img, err := Page(page, nil, fonts, dpi)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "black", mass(img, dpi), want, 0.01*want)
	}
}

// mirrored turns segments over left and right.
func mirrored(segs []render.Seg, width float64) []render.Seg {
	out := make([]render.Seg, len(segs))
	for i, s := range segs {
		for k := range s.P {
			s.P[k].X = width - s.P[k].X
		}
		out[i] = s
	}
	return out
}

// TestMirror: a figure and its mirror image have mirrored pixels, so no edge is
// softer than the other.
func TestMirror(t *testing.T) {
	fonts := load(t)
	const width, dpi = 25.4, 100
	figure := append(ring(9.11, 10.07, 6.03), square(3.3, 4.4, 7.77, false)...)
	var pictures [2]*image.RGBA
	for i, segs := range [][]render.Seg{figure, mirrored(figure, width)} {
		var err error
		if pictures[i], err = Page(render.Page{W: width, H: 20, Items: []render.Item{render.Path{Segs: segs, Fill: black()}}}, nil, fonts, dpi); err != nil {
			t.Fatal(err)
		}
	}
	last := pictures[0].Rect.Max.X - 1
	for y := range pictures[0].Rect.Max.Y {
		for x := range last + 1 {
			a, b := pictures[0].RGBAAt(x, y).R, pictures[1].RGBAAt(last-x, y).R
			if d := int(a) - int(b); d > 6 || d < -6 {
				t.Fatalf("%d, %d: %d and %d", x, y, a, b)
			}
		}
	}
}
