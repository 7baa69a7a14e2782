package raster

import (
	"image"
	"image/color"
	"math"
	"os"
	"testing"

	"moqian/render"
	"moqian/render/ink"
)

// paint draws items on a page of 10 × 10 mm at 10 pixels a mm.
func paint(t *testing.T, items []render.Item, inks ...render.Ink) *image.RGBA {
	t.Helper()
	img, err := Page(render.Page{W: 10, H: 10, Items: items}, inks, nil, 254)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// area of darkness in mm².
func area(img *image.RGBA) float64 {
	sum := 0.0
	for i := 0; i < len(img.Pix); i += 4 {
		sum += float64(255-img.Pix[i]) / 255
	}
	return sum / 100
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.Abs(got-want) > tolerance {
		t.Errorf("%s: %.4f, want %.4f", what, got, want)
	}
}

func black() *render.Color { return &render.Color{} }

// square from its corner, clockwise or not.
func square(x, y, side float64, clockwise bool) []render.Seg {
	pts := []render.Pt{{X: x, Y: y}, {X: x + side, Y: y}, {X: x + side, Y: y + side}, {X: x, Y: y + side}}
	if !clockwise {
		pts[1], pts[3] = pts[3], pts[1]
	}
	segs := []render.Seg{{Op: 'M', P: [3]render.Pt{pts[0]}}}
	for _, p := range pts[1:] {
		segs = append(segs, render.Seg{Op: 'L', P: [3]render.Pt{p}})
	}
	return append(segs, render.Seg{Op: 'Z'})
}

// The nonzero rule: overlaps of the same sense are filled once, holes of the
// other sense are holes, a hole under two layers is filled.
func TestFillIsNonzero(t *testing.T) {
	a, b := square(1, 1, 4, true), square(3, 3, 4, true)
	hole := square(2, 2, 2, false)
	for _, c := range []struct {
		name string
		segs [][]render.Seg
		want float64
	}{
		{"one", [][]render.Seg{a}, 16},
		{"two overlap", [][]render.Seg{a, b}, 28},
		{"the same twice", [][]render.Seg{a, a}, 16},
		{"other sense", [][]render.Seg{square(1, 1, 4, false)}, 16},
		{"counter", [][]render.Seg{a, hole}, 12},
		{"counter under two layers", [][]render.Seg{a, a, hole}, 16},
		{"crossing holes", [][]render.Seg{a, square(3, 3, 4, false)}, 24},
		{"partly outside the page", [][]render.Seg{square(-2, -2, 4, true)}, 4},
	} {
		var segs []render.Seg
		for _, s := range c.segs {
			segs = append(segs, s...)
		}
		near(t, c.name, area(paint(t, []render.Item{render.Path{Segs: segs, Fill: black()}})), c.want, 0.01)
	}
}

// Half a pixel of an edge is half dark: the area holds at any place.
func TestEdgesAreSmooth(t *testing.T) {
	for _, off := range []float64{0, 0.013, 0.05, 0.087} {
		img := paint(t, []render.Item{render.Path{Segs: square(1+off, 1+off, 3, true), Fill: black()}})
		near(t, "area", area(img), 9, 0.01)
	}
	circle := render.Path{Segs: ring(5, 5, 3), Fill: black()}
	near(t, "disc", area(paint(t, []render.Item{circle})), math.Pi*9, 0.02)
	circle.Fill, circle.Stroke, circle.Width = nil, black(), 0.4
	near(t, "stroked circle", area(paint(t, []render.Item{circle})), 2*math.Pi*3*0.4, 0.05)
}

func ring(x, y, r float64) []render.Seg {
	const k = 0.5522847498
	at := func(dx, dy float64) render.Pt { return render.Pt{X: x + dx*r, Y: y + dy*r} }
	return []render.Seg{
		{Op: 'M', P: [3]render.Pt{at(1, 0)}},
		{Op: 'C', P: [3]render.Pt{at(1, k), at(k, 1), at(0, 1)}},
		{Op: 'C', P: [3]render.Pt{at(-k, 1), at(-1, k), at(-1, 0)}},
		{Op: 'C', P: [3]render.Pt{at(-1, -k), at(-k, -1), at(0, -1)}},
		{Op: 'C', P: [3]render.Pt{at(k, -1), at(1, -k), at(1, 0)}},
		{Op: 'Z'},
	}
}

// Pieces of ink that overlap do not harden its edges: any number of copies, and
// a line made of many overlapping discs, are as dark as one.
func TestOverlapsKeepEdgesSoft(t *testing.T) {
	one := render.Path{Segs: ring(5.033, 5.017, 2), Fill: black()}
	many := one
	for range 20 {
		many.Segs = append(many.Segs, one.Segs...)
	}
	a, b := paint(t, []render.Item{one}), paint(t, []render.Item{many})
	for i := range a.Pix {
		if a.Pix[i] != b.Pix[i] {
			t.Fatalf("pixel %d is %d once and %d when filled twenty times", i/4, a.Pix[i], b.Pix[i])
		}
	}
	var line render.Path
	for i := range 601 {
		line.Segs = append(line.Segs, ring(2+float64(i)/100, 3+float64(i)/300, 0.2)...)
	}
	line.Fill = black()
	near(t, "line of discs", area(paint(t, []render.Item{line})), 0.4*math.Hypot(6, 2)+math.Pi*0.04, 0.02)
}

// Ink stands on the lower left corner of its area, Y upwards, 1/100 pt.
func TestInkLiesInItsBox(t *testing.T) {
	mm := func(v float64) int32 { return int32(math.Round(v * ink.UnitsPerMM)) }
	pt := func(x, y float64) ink.Point { return ink.Point{X: mm(x), Y: mm(y)} }
	line := func(p ink.Point) ink.Curve { return ink.Curve{A: p, B: p, P: p} }
	start := pt(1, 0.5)
	c := ink.Contour{Start: start, Curves: []ink.Curve{line(pt(3, 0.5)), line(pt(3, 1.5)), line(pt(1, 1.5)), line(start)}}
	img := paint(t, nil, render.Ink{Area: render.Area{X: 2, Y: 3, W: 5, H: 4},
		Outlines: []ink.Outline{{Contours: []ink.Contour{c, c}}}})
	near(t, "ink", area(img), 2, 0.02)
	// x from 2+1 to 2+3, y from 3+4−1.5 to 3+4−0.5
	for _, p := range []struct {
		x, y int
		dark bool
	}{{31, 56, true}, {48, 63, true}, {28, 60, false}, {52, 60, false}, {40, 53, false}, {40, 67, false}} {
		if dark := img.RGBAAt(p.x, p.y).R < 128; dark != p.dark {
			t.Errorf("pixel %d, %d dark: %v", p.x, p.y, dark)
		}
	}
}

// A rule keeps its weight: thin ones are paler, not wider; dashes leave gaps.
func TestRules(t *testing.T) {
	rule := render.Line{X1: 1, Y1: 5, X2: 9, Y2: 5, Width: 0.05}
	near(t, "thin rule", area(paint(t, []render.Item{rule})), 8*0.05, 0.01)
	rule.Width = 0.3
	near(t, "rule", area(paint(t, []render.Item{rule})), 8*0.3, 0.01)
	rule.Dash = []float64{2, 1}
	near(t, "dashed rule", area(paint(t, []render.Item{rule})), 6*0.3, 0.01)
	upright := render.Line{X1: 5, Y1: 9, X2: 5, Y2: 1, Width: 0.3}
	near(t, "upright", area(paint(t, []render.Item{upright})), 8*0.3, 0.01)
	slanted := render.Line{X1: 2, Y1: 2, X2: 6, Y2: 5, Width: 0.3}
	near(t, "slanted", area(paint(t, []render.Item{slanted})), 5*0.3, 0.02)
	frame := render.Rect{X: 1, Y: 1, W: 6, H: 4, Stroke: black(), Width: 0.2}
	near(t, "frame", area(paint(t, []render.Item{frame})), 20*0.2, 0.01)
	full := render.Rect{X: 1, Y: 1, W: 6, H: 4, Fill: black()}
	near(t, "fill", area(paint(t, []render.Item{full})), 24, 0.01)
}

// No module of a code is grey.
func TestModulesAreCrisp(t *testing.T) {
	dark := make([]bool, 9)
	for i := range dark {
		dark[i] = i%2 == 0
	}
	m := render.Modules{X: 1.03, Y: 2.07, Size: 0.517, N: 3, Dark: dark}
	for _, dpi := range []float64{72, 100, 203, 300} {
		img, err := Page(render.Page{W: 5, H: 5, Items: []render.Item{m}}, nil, nil, dpi)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(img.Pix); i += 4 {
			if v := img.Pix[i]; v != 0 && v != 255 {
				t.Fatalf("%g dpi: a pixel of %d", dpi, v)
			}
		}
		at := func(x, y float64) uint8 {
			return img.RGBAAt(int((1.03+x*0.517)*dpi/25.4), int((2.07+y*0.517)*dpi/25.4)).R
		}
		if at(0.5, 0.5) != 0 || at(1.5, 0.5) != 255 || at(1.5, 1.5) != 0 || at(2.5, 1.5) != 255 {
			t.Errorf("%g dpi: modules are not where they belong", dpi)
		}
	}
}

func load(t testing.TB) *render.Fonts {
	t.Helper()
	data, err := os.ReadFile("../../assets/fonts/NotoSansSC-Bold.ttf")
	if err != nil {
		t.Fatal(err)
	}
	font := render.Font{Name: "NotoSansSC-Bold", Data: data}
	f, err := render.NewFonts(font, font)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// Counters stay open: 口 has a white middle and a dark rim.
func TestTextKeepsItsCounters(t *testing.T) {
	f := load(t)
	runs, w, err := f.Split(render.Bold, 24, "口")
	if err != nil {
		t.Fatal(err)
	}
	text := render.Text{X: 1, Y: 9, Size: 24, Runs: runs}
	paintText := func(text render.Text) *image.RGBA {
		img, err := Page(render.Page{W: 12, H: 12, Items: []render.Item{text}}, nil, f, 254)
		if err != nil {
			t.Fatal(err)
		}
		return img
	}
	img := paintText(text)
	rise := 0.38 * 24 * render.MMPerPt
	x, y := int((1+w/2)*10), int((9-rise)*10)
	if img.RGBAAt(x, y) != (color.RGBA{255, 255, 255, 255}) {
		t.Error("the middle of 口 is filled")
	}
	if a := area(img); a < 8 || a > 30 {
		t.Errorf("口 has %.1f mm² of ink", a)
	}
	text.Runs[0].Thick = true
	grown := area(paintText(text)) / area(img)
	if grown < 1.05 || grown > 1.35 {
		t.Errorf("thickening multiplies the ink by %.2f", grown)
	}
	text.Runs[0].Thick = false
	text.Angle, text.X, text.Y = 90, 3, 1
	turned := paintText(text)
	near(t, "turned ink", area(turned), area(img), 0.05)
	// clockwise by 90°: what was right of the start is below it
	if turned.RGBAAt(int((3+rise)*10), int((1+w/2)*10)).R != 255 {
		t.Error("the middle of the turned 口 is not where it belongs")
	}
}

func TestPageRefusesSizes(t *testing.T) {
	for _, dpi := range []float64{0, -1, math.NaN(), math.Inf(1), 1e6} {
		if _, err := Page(render.Page{W: 210, H: 297}, nil, nil, dpi); err == nil {
			t.Errorf("%g dpi: painted", dpi)
		}
	}
	if _, err := Page(render.Page{}, nil, nil, 100); err == nil {
		t.Error("an empty page was painted")
	}
}
