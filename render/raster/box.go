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
	h := r.Width / 2
	for _, y := range []float64{r.Y, r.Y + r.H} {
		p.line(render.Line{X1: r.X - h, Y1: y, X2: r.X + r.W + h, Y2: y, Width: r.Width, Color: *r.Stroke})
	}
	for _, x := range []float64{r.X, r.X + r.W} {
		p.line(render.Line{X1: x, Y1: r.Y + h, X2: x, Y2: r.Y + r.H - h, Width: r.Width, Color: *r.Stroke})
	}
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
	s := p.scale
	w := l.Width * s
	thick := math.Max(1, math.Round(w))
	alpha := math.Min(1, w/thick)
	x0, x1 := math.Min(l.X1, l.X2)*s, math.Max(l.X1, l.X2)*s
	y0, y1 := math.Min(l.Y1, l.Y2)*s, math.Max(l.Y1, l.Y2)*s
	if l.X1 == l.X2 {
		x0 = math.Round(x0 - thick/2)
		x1 = x0 + thick
	} else {
		y0 = math.Round(y0 - thick/2)
		y1 = y0 + thick
	}
	box := image.Rect(int(math.Round(x0)), int(math.Round(y0)), int(math.Round(x1)), int(math.Round(y1)))
	a := uint32(math.Round(alpha * 255))
	over := func(v uint8) uint8 { return uint8(uint32(v) * a / 255) }
	c := color.RGBA{over(l.Color.R), over(l.Color.G), over(l.Color.B), uint8(a)}
	draw.Draw(p.img, box, image.NewUniform(c), image.Point{}, draw.Over)
}

func (p *painter) slanted(l render.Line) {
	for _, d := range dashes(l) {
		a, b := point{d.X1 * p.scale, d.Y1 * p.scale}, point{d.X2 * p.scale, d.Y2 * p.scale}
		if c, ok := bar(a, b, l.Width*p.scale/2); ok {
			p.fill([]contour{c}, solid(l.Color))
		}
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
