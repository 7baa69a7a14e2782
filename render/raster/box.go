package raster

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"moqian/render"
)

// rect paints fills on whole pixels, frames as four rules.
func (p *painter) rect(r render.Rect) {
	if r.Fill != nil {
		px := func(v float64) int { return int(math.Round(v * p.scale)) }
		box := image.Rect(px(r.X), px(r.Y), px(r.X+r.W), px(r.Y+r.H))
		draw.Draw(p.img, box, image.NewUniform(solid(*r.Fill)), image.Point{}, draw.Src)
	}
	if r.Stroke == nil || r.Width <= 0 {
		return
	}
	p.frame(r)
}

// frame paints four rules whose ends meet on the same pixels.
func (p *painter) frame(r render.Rect) {
	thick, c := p.shade(r.Width, *r.Stroke)
	edge := func(v float64) int { return int(math.Round(v*p.scale - float64(thick)/2)) }
	x0, y0, x1, y1 := edge(r.X), edge(r.Y), edge(r.X+r.W), edge(r.Y+r.H)
	for _, box := range []image.Rectangle{
		image.Rect(x0, y0, x1+thick, y0+thick), image.Rect(x0, y1, x1+thick, y1+thick),
		image.Rect(x0, y0+thick, x0+thick, y1), image.Rect(x1, y0+thick, x1+thick, y1),
	} {
		draw.Draw(p.img, box, image.NewUniform(c), image.Point{}, draw.Over)
	}
}

// shade is the whole number of pixels of a rule's width, and its colour: paler
// when the rule is thinner than a pixel.
func (p *painter) shade(width float64, c render.Color) (int, color.RGBA) {
	w := width * p.scale
	thick := math.Max(1, math.Round(w))
	a := uint32(math.Round(math.Min(1, w/thick) * 255))
	over := func(v uint8) uint8 { return uint8(uint32(v) * a / 255) }
	return int(thick), color.RGBA{over(c.R), over(c.G), over(c.B), uint8(a)}
}

// line paints a rule. Level and upright ones lie on whole pixels: one pixel
// and lighter when the rule is thinner than that.
func (p *painter) line(l render.Line) {
	if l.X1 != l.X2 && l.Y1 != l.Y2 {
		p.slanted(l)
		return
	}
	for _, d := range dashes(l) {
		p.straight(d)
	}
}

func (p *painter) straight(l render.Line) {
	thick, c := p.shade(l.Width, l.Color)
	px := func(v float64) int { return int(math.Round(v * p.scale)) }
	edge := func(v float64) int { return int(math.Round(v*p.scale - float64(thick)/2)) }
	box := image.Rect(px(l.X1), edge(l.Y1), px(l.X2), edge(l.Y1)+thick)
	if l.X1 == l.X2 {
		box = image.Rect(edge(l.X1), px(l.Y1), edge(l.X1)+thick, px(l.Y2))
	}
	draw.Draw(p.img, box, image.NewUniform(c), image.Point{}, draw.Over)
}

func (p *painter) slanted(l render.Line) {
	for _, d := range dashes(l) {
		ends := []point{{d.X1 * p.scale, d.Y1 * p.scale}, {d.X2 * p.scale, d.Y2 * p.scale}}
		p.fill(outlined([]contour{{pts: ends}}, l.Width*p.scale), solid(l.Color))
	}
}

// dashes cuts a line into its visible pieces.
func dashes(l render.Line) []render.Line {
	period := 0.0
	for _, d := range l.Dash {
		period += math.Max(0, d)
	}
	length := math.Hypot(l.X2-l.X1, l.Y2-l.Y1)
	if period <= 0 || length == 0 || length/period > 1e5 {
		return []render.Line{l}
	}
	at := func(d float64) (float64, float64) {
		t := d / length
		return l.X1 + (l.X2-l.X1)*t, l.Y1 + (l.Y2-l.Y1)*t
	}
	var out []render.Line
	for i, from := 0, 0.0; from < length; i++ {
		to := math.Min(length, from+math.Max(0, l.Dash[i%len(l.Dash)]))
		if i%2 == 0 && to > from {
			piece := l
			piece.X1, piece.Y1 = at(from)
			piece.X2, piece.Y2 = at(to)
			out = append(out, piece)
		}
		from = to
	}
	return out
}

// modules paints a matrix code with every edge on a pixel's edge.
func (p *painter) modules(m render.Modules) {
	edge := func(v float64, i int) int { return int(math.Round((v + float64(i)*m.Size) * p.scale)) }
	for i, dark := range m.Dark {
		if !dark || m.N <= 0 {
			continue
		}
		x, y := i%m.N, i/m.N
		box := image.Rect(edge(m.X, x), edge(m.Y, y), edge(m.X, x+1), edge(m.Y, y+1))
		draw.Draw(p.img, box, image.Black, image.Point{}, draw.Src)
	}
}
