package kit

import (
	"fmt"
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// Line from one place to another in a Free.
func (l Look) Line(x0, y0, x1, y1, width float32, c color.Color) fyne.CanvasObject {
	s := canvas.NewLine(c)
	s.StrokeWidth = width
	s.Position1, s.Position2 = fyne.NewPos(x0, y0), fyne.NewPos(x1, y1)
	return s
}

// Dashed is a line of short lines.
func (l Look) Dashed(x0, y0, x1, y1 float32, c color.Color) []fyne.CanvasObject {
	n := int(math.Hypot(float64(x1-x0), float64(y1-y0)) / 8)
	var out []fyne.CanvasObject
	for i := range n {
		a, b := float32(i)/float32(n), (float32(i)+0.6)/float32(n)
		out = append(out, l.Line(x0+(x1-x0)*a, y0+(y1-y0)*a, x0+(x1-x0)*b, y0+(y1-y0)*b, 1, c))
	}
	return out
}

// Cross is a target for the pen: a ring and two lines, 24 wide around its
// place.
func (l Look) Cross(x, y float32, c color.Color) []fyne.CanvasObject {
	ring := canvas.NewCircle(color.Transparent)
	ring.StrokeColor, ring.StrokeWidth = c, 1
	return []fyne.CanvasObject{At(x-7, y-7, 14, 14, ring), l.Line(x-12, y, x+12, y, 1, c), l.Line(x, y-12, x, y+12, 1, c)}
}

// Arrow from one place to another.
func (l Look) Arrow(x0, y0, x1, y1 float32, c color.Color) []fyne.CanvasObject {
	out := []fyne.CanvasObject{l.Line(x0, y0, x1, y1, 2, c)}
	d := math.Atan2(float64(y1-y0), float64(x1-x0))
	if math.Hypot(float64(x1-x0), float64(y1-y0)) < 4 {
		return out
	}
	for _, side := range []float64{d + 2.7, d - 2.7} {
		out = append(out, l.Line(x1, y1, x1+8*float32(math.Cos(side)), y1+8*float32(math.Sin(side)), 2, c))
	}
	return out
}

// Axes of a plot: where it begins and ends each way, with a unit.
type Axes struct {
	From, To float64
	Unit     string
}

// at is a value in the words of the axis.
func (x Axes) at(v float64) string {
	if x.To-x.From < 1 {
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.0f", v)
}

// Histogram draws bars of shares 0 to 1; limit is a dashed line in the units of
// the axis with its word, NaN: none.
func (l Look) Histogram(bars []float64, x Axes, limit float64, word string, size fyne.Size) fyne.CanvasObject {
	w, h := size.Width, size.Height-24
	var all []fyne.CanvasObject
	for i := range 4 {
		y := 20 + (h-20)*float32(i)/4
		all = append(all, l.Line(0, y, w, y, 1, l.P.Line))
	}
	step := w / float32(max(1, len(bars)))
	for i, b := range bars {
		if b <= 0 {
			continue
		}
		high := max(1, (h-20)*float32(b))
		all = append(all, At(float32(i)*step+1, h-high, max(1, step-2), high, canvas.NewRectangle(l.P.Accent)))
	}
	all = append(all, l.Line(0, h, w, h, 1, l.P.Edge))
	if !math.IsNaN(limit) && limit > x.From && limit < x.To {
		at := w * float32((limit-x.From)/(x.To-x.From))
		all = append(all, l.Dashed(at, 20, at, h, l.P.Warn)...)
		t := l.Text(word, 13, l.P.Warn)
		all = append(all, At(min(w-t.MinSize().Width, max(0, at-t.MinSize().Width/2)), 0, t.MinSize().Width, 19, t))
	}
	for i := range 3 {
		s := x.at(x.From + (x.To-x.From)*float64(i)/2)
		if i == 2 {
			s += " " + x.Unit
		}
		t := l.Text(s, 13, l.P.Ink2)
		all = append(all, At((w-t.MinSize().Width)*float32(i)/2, h+4, t.MinSize().Width, 19, t))
	}
	return Fix(size.Width, size.Height, Free(all...))
}

// Curve draws knots from 0 to 1 both ways over the straight line; words stand
// at the knots.
func (l Look) Curve(knots [][2]float64, words []string, size fyne.Size) fyne.CanvasObject {
	w, h := size.Width, size.Height-24
	at := func(k [2]float64) (float32, float32) { return w * float32(k[0]), h - (h-20)*float32(k[1]) }
	var all []fyne.CanvasObject
	for i := range 4 {
		y := 20 + (h-20)*float32(i)/4
		all = append(all, l.Line(0, y, w, y, 1, l.P.Line))
	}
	all = append(all, l.Line(0, h, w, h, 1, l.P.Edge))
	all = append(all, l.Dashed(0, h, w, 20, l.P.Edge)...)
	x0, y0 := float32(0), h
	for i, k := range knots {
		x, y := at(k)
		all = append(all, l.Line(x0, y0, x, y, 2, l.P.Accent))
		x0, y0 = x, y
		if i < len(words) {
			t := l.Text(words[i], 13, l.P.Ink2)
			all = append(all, At(min(w-t.MinSize().Width, x+10), y+2, t.MinSize().Width, 19, t))
		}
	}
	for _, k := range knots {
		x, y := at(k)
		dot := canvas.NewCircle(l.P.Surface)
		dot.StrokeColor, dot.StrokeWidth = l.P.Accent, 2
		all = append(all, At(x-5, y-5, 10, 10, dot))
	}
	for i, s := range []string{"0", "50%", "100%"} {
		t := l.Text(s, 13, l.P.Ink2)
		all = append(all, At((w-t.MinSize().Width)*float32(i)/2, h+4, t.MinSize().Width, 19, t))
	}
	return Fix(size.Width, size.Height, Free(all...))
}

// Series is the colour of a chart's series from 0 to 4, the same in both
// palettes; text inside is white on the first, dark on the others.
func Series(i int) color.NRGBA {
	return [5]color.NRGBA{hex(0x1B4B8F), hex(0xC7A24A), hex(0x5F8AC4), hex(0x9DB6D8), hex(0x8795A8)}[i]
}
