package raster

import (
	"image"
	"math"
	"testing"

	"moqian/render"
)

// centre of darkness in mm.
func centroid(img *image.RGBA) (x, y float64) {
	sum := 0.0
	for i := 0; i < len(img.Pix); i += 4 {
		d := float64(255 - img.Pix[i])
		x, y, sum = x+d*(float64(i/4%img.Rect.Dx())+0.5), y+d*(float64(i/4/img.Rect.Dx())+0.5), sum+d
	}
	return x / sum / 10, y / sum / 10
}

// A group draws what its items draw, moved; groups within groups too.
func TestGroupsMove(t *testing.T) {
	dark := make([]bool, 4)
	dark[0], dark[3] = true, true
	items := []render.Item{
		render.Rect{X: 1, Y: 1, W: 1, H: 0.5, Fill: black()},
		render.Line{X1: 1, Y1: 2, X2: 2, Y2: 2, Width: 0.2},
		render.Path{Segs: square(1, 3, 0.5, true), Fill: black()},
		render.Modules{X: 1, Y: 4, Size: 0.3, N: 2, Dark: dark},
	}
	plain := paint(t, items)
	moved := paint(t, []render.Item{render.Group{X: 2, Y: 1, Items: items}})
	nested := paint(t, []render.Item{render.Group{X: 1, Y: 1, Items: []render.Item{render.Span{Items: []render.Item{render.Group{X: 1, Items: items}}}}}})
	near(t, "ink", area(moved), area(plain), 1e-9)
	x, y := centroid(plain)
	mx, my := centroid(moved)
	near(t, "to the right", mx-x, 2, 0.005)
	near(t, "down", my-y, 1, 0.005)
	for i := range moved.Pix {
		if moved.Pix[i] != nested.Pix[i] {
			t.Fatal("a group in a group lies elsewhere")
		}
	}
}

// A squeezed letter keeps its height and loses width; it stays where it began.
func TestSqueezedLetters(t *testing.T) {
	f := load(t)
	runs, _, err := f.Split(render.Bold, 24, "口")
	if err != nil {
		t.Fatal(err)
	}
	extent := func(squeeze float64) (x0, x1, y0, y1 int) {
		img, err := Page(render.Page{W: 12, H: 12, Items: []render.Item{render.Text{X: 1, Y: 9, Size: 24, Squeeze: squeeze, Runs: runs}}}, nil, f, 254)
		if err != nil {
			t.Fatal(err)
		}
		x0, y0 = 999, 999
		for y := range img.Rect.Dy() {
			for x := range img.Rect.Dx() {
				if img.RGBAAt(x, y).R < 128 {
					x0, x1, y0, y1 = min(x0, x), max(x1, x), min(y0, y), max(y1, y)
				}
			}
		}
		return
	}
	x0, x1, y0, y1 := extent(0)
	sx0, sx1, sy0, sy1 := extent(0.5)
	if a, b, c, d := extent(1); a != x0 || b != x1 || c != y0 || d != y1 {
		t.Error("a squeeze of 1 changes the letter")
	}
	if sy0 != y0 || sy1 != y1 {
		t.Errorf("height %d–%d, was %d–%d", sy0, sy1, y0, y1)
	}
	near(t, "width", float64(sx1-sx0), float64(x1-x0)/2, 1.5)
	near(t, "left edge", float64(sx0-10), float64(x0-10)/2, 1.5)
}

// Dashes: what is on, what is off, and patterns that are none.
func TestDashes(t *testing.T) {
	line := func(dash ...float64) render.Line {
		return render.Line{X1: 1, Y1: 1, X2: 9, Y2: 1, Width: 0.2, Dash: dash}
	}
	for _, c := range []struct {
		name string
		line render.Line
		want float64 // mm of line
		n    int
	}{
		{"solid", line(), 8, 1},
		{"two on, one off", line(2, 1), 6, 3},
		{"one length for both", line(2), 8, 1},
		{"ends within a dash", line(3, 2), 6, 2},
		{"nothing", line(0, 0), 8, 1},
		{"negative", line(-1, -2), 8, 1},
		{"far too fine", line(1e-9, 1e-9), 8, 1},
		{"no length", render.Line{X1: 1, Y1: 1, X2: 1, Y2: 1, Dash: []float64{1, 1}}, 0, 1},
	} {
		got, length := dashes(c.line), 0.0
		for _, d := range got {
			length += math.Hypot(d.X2-d.X1, d.Y2-d.Y1)
		}
		if c.name == "one length for both" { // PDF: on and off alternate over a pattern of one
			c.want, c.n = 4, 2
		}
		if math.Abs(length-c.want) > 1e-9 || len(got) != c.n {
			t.Errorf("%s: %d pieces, %.3f mm, want %d, %.3f", c.name, len(got), length, c.n, c.want)
		}
	}
}

// A stroked outline has the area of its line, round corners or sharp; a spike
// is cut off and a point is nothing.
func TestOutlined(t *testing.T) {
	pts := func(v ...float64) (out []point) {
		for i := 0; i < len(v); i += 2 {
			out = append(out, point{v[i], v[i+1]})
		}
		return out
	}
	for _, c := range []struct {
		name   string
		line   contour
		area   float64
		within float64
	}{
		{"straight", contour{pts: pts(10, 10, 90, 10)}, 80 * 4, 1},
		{"corner", contour{pts: pts(10, 10, 90, 10, 90, 60)}, 130 * 4, 9},
		{"closed", contour{pts: pts(10, 10, 90, 10, 90, 60, 10, 60), closed: true}, 260 * 4, 2},
		{"a point that repeats", contour{pts: pts(10, 10, 10, 10, 90, 10, 90, 10)}, 80 * 4, 1},
		{"closed by its first point", contour{pts: pts(10, 10, 90, 10, 90, 60, 10, 60, 10, 10), closed: true}, 260 * 4, 2},
		{"a spike", contour{pts: pts(10, 10, 90, 10, 10, 10.5)}, 80 * 4, 45},
		{"a point", contour{pts: pts(10, 10)}, 0, 0},
	} {
		img := image.NewRGBA(image.Rect(0, 0, 100, 100))
		for i := range img.Pix {
			img.Pix[i] = 255
		}
		p := &painter{img: img, scale: 1}
		p.fill(outlined([]contour{c.line}, 4), solid(render.Color{}))
		near(t, c.name, area(img)*100, c.area, c.within)
	}
}

func TestUnknownItems(t *testing.T) {
	for _, it := range []render.Item{nil, render.Span{Items: []render.Item{nil}}, render.Group{Items: []render.Item{nil}}} {
		if _, err := Page(render.Page{W: 1, H: 1, Items: []render.Item{it}}, nil, nil, 100); err == nil {
			t.Errorf("%T of nothing was painted", it)
		}
	}
	text := render.Text{Size: 10, Runs: []render.Run{{Font: 0, Text: "\U0010FFFD"}}}
	if _, err := Page(render.Page{W: 1, H: 1, Items: []render.Item{text}}, nil, load(t), 100); err == nil {
		t.Error("a letter that no font has was painted")
	}
}

// Any figure may be painted: far away, huge, or of numbers that are none.
func FuzzFill(f *testing.F) {
	f.Add(1.0, 1.0, 5.0, 1.0, 5.0, 5.0, 0.3)
	f.Add(-1e6, 3.0, 1e6, 3.0, 0.0, -1e6, 2.0)
	f.Add(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
	f.Fuzz(func(t *testing.T, x0, y0, x1, y1, x2, y2, width float64) {
		for _, v := range []float64{x0, y0, x1, y1, x2, y2, width} {
			if math.IsNaN(v) || math.Abs(v) > 1e7 {
				t.Skip("no place on or near a page")
			}
		}
		p := func(x, y float64) [3]render.Pt { return [3]render.Pt{{X: x, Y: y}} }
		path := render.Path{Segs: []render.Seg{{Op: 'M', P: p(x0, y0)}, {Op: 'L', P: p(x1, y1)},
			{Op: 'C', P: [3]render.Pt{{X: x1, Y: y2}, {X: x2, Y: y1}, {X: x2, Y: y2}}}, {Op: 'Z'}},
			Fill: black(), Stroke: black(), Width: math.Abs(width)}
		line := render.Line{X1: x0, Y1: y0, X2: x1, Y2: y1, Width: math.Abs(width), Dash: []float64{math.Abs(x2), 1}}
		if _, err := Page(render.Page{W: 10, H: 10, Items: []render.Item{path, line}}, nil, nil, 72); err != nil {
			t.Fatal(err)
		}
	})
}
