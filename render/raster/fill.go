package raster

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"golang.org/x/image/vector"
)

// fill paints the inside of contours. The rasteriser adds up signed coverage
// and cuts it at one: for our figures, whose overlapping contours turn the same
// way and whose holes turn the other, that is the nonzero rule.
func (p *painter) fill(flat []contour, c color.RGBA) {
	box := bounds(flat).Intersect(p.img.Bounds())
	if box.Empty() {
		return
	}
	var r vector.Rasterizer
	r.Reset(box.Dx(), box.Dy())
	ox, oy := float64(box.Min.X), float64(box.Min.Y)
	for _, k := range flat {
		if len(k.pts) < 2 {
			continue
		}
		for i, q := range k.pts {
			x, y := float32(q.x-ox), float32(q.y-oy)
			if i == 0 {
				r.MoveTo(x, y)
			} else {
				r.LineTo(x, y)
			}
		}
		r.ClosePath()
	}
	r.DrawOp = draw.Over
	r.Draw(p.img, box, image.NewUniform(c), image.Point{})
}

// bounds of contours in whole pixels.
func bounds(flat []contour) image.Rectangle {
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, c := range flat {
		for _, q := range c.pts {
			x0, y0 = math.Min(x0, q.x), math.Min(y0, q.y)
			x1, y1 = math.Max(x1, q.x), math.Max(y1, q.y)
		}
	}
	if x0 > x1 {
		return image.Rectangle{}
	}
	cut := func(v float64) int { return int(math.Max(-1e6, math.Min(1e6, v))) }
	return image.Rect(cut(math.Floor(x0)), cut(math.Floor(y0)), cut(math.Ceil(x1))+1, cut(math.Ceil(y1))+1)
}
