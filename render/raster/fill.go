package raster

import (
	"cmp"
	"image"
	"image/color"
	"math"
	"slices"
)

// sublines is into how many lines a pixel's height is cut; along a line
// coverage is exact.
const sublines = 16

// crossing is where an edge crosses the middle of a subline.
type crossing struct {
	x   float64 // pixels from the left of the figure's box
	dir int     // 1 downwards, -1 upwards
}

// fill paints the inside of contours by the nonzero rule. It counts windings
// on each subline rather than adding up the coverage of edges, as
// x/image/vector does: ink is a union of many overlapping pieces, whose shared
// edges would add up to a hard, jagged and too bold line.
func (p *painter) fill(flat []contour, c color.RGBA) {
	box := bounds(flat).Intersect(p.img.Bounds())
	if box.Empty() {
		return
	}
	lines := p.scan(flat, box)
	cover := make([]float64, box.Dx()+1) // partial coverage of pixels
	full := make([]float64, box.Dx()+1)  // changes of full coverage
	for y := range box.Dy() {
		clear(cover)
		clear(full)
		touched := false
		for s := range sublines {
			if cr := lines[y*sublines+s]; len(cr) > 0 {
				spans(cr, cover, full)
				touched = true
			}
		}
		if touched {
			p.blend(box.Min.X, box.Min.Y+y, cover, full, c)
		}
	}
}

// scan finds the crossings of every subline of the box.
func (p *painter) scan(flat []contour, box image.Rectangle) [][]crossing {
	n := box.Dy() * sublines
	p.counts = slices.Grow(p.counts[:0], n+1)[:n+1]
	clear(p.counts)
	total := 0
	edges(flat, box, func(_, _, _, _ float64, first, last, _ int) {
		for i := first; i <= last; i++ {
			p.counts[i]++
		}
		total += last - first + 1
	})
	p.pool = slices.Grow(p.pool[:0], total)[:total]
	p.lines = slices.Grow(p.lines[:0], n)[:n]
	at := 0
	for i, k := range p.counts[:n] {
		p.lines[i] = p.pool[at : at : at+k]
		at += k
	}
	edges(flat, box, func(x0, y0, x1, y1 float64, first, last, dir int) {
		slope := (x1 - x0) / (y1 - y0)
		for i := first; i <= last; i++ {
			x := x0 + (float64(i)+0.5-y0)*slope
			p.lines[i] = append(p.lines[i], crossing{x, dir})
		}
	})
	return p.lines
}

// edges visits the edges that cross a subline: ends with y in sublines and
// downwards, first and last subline in the box, and the edge's own direction.
func edges(flat []contour, box image.Rectangle, visit func(x0, y0, x1, y1 float64, first, last, dir int)) {
	ox, oy, n := float64(box.Min.X), float64(box.Min.Y), box.Dy()*sublines
	for _, k := range flat {
		if len(k.pts) < 2 {
			continue
		}
		a := k.pts[len(k.pts)-1]
		for _, b := range k.pts {
			x0, y0, x1, y1, dir := a.x-ox, (a.y-oy)*sublines, b.x-ox, (b.y-oy)*sublines, 1
			if y0 > y1 {
				x0, y0, x1, y1, dir = x1, y1, x0, y0, -1
			}
			first, last := max(0, int(math.Ceil(y0-0.5))), min(n, int(math.Ceil(y1-0.5)))-1
			if first <= last {
				visit(x0, y0, x1, y1, first, last, dir)
			}
			a = b
		}
	}
}

// spans adds the parts of a subline whose winding is not zero.
func spans(cr []crossing, cover, full []float64) {
	order(cr)
	wind, from := 0, 0.0
	for _, c := range cr {
		if wind == 0 {
			from = c.x
		}
		if wind += c.dir; wind == 0 {
			span(from, c.x, cover, full)
		}
	}
}

// order sorts by place. Most sublines cross little, and nearly in order.
func order(cr []crossing) {
	if len(cr) > 24 {
		slices.SortFunc(cr, func(a, b crossing) int { return cmp.Compare(a.x, b.x) })
		return
	}
	for i := 1; i < len(cr); i++ {
		for j := i; j > 0 && cr[j].x < cr[j-1].x; j-- {
			cr[j], cr[j-1] = cr[j-1], cr[j]
		}
	}
}

// span adds a piece of a subline from x0 to x1.
func span(x0, x1 float64, cover, full []float64) {
	limit := float64(len(cover) - 1)
	x0, x1 = math.Max(0, math.Min(limit, x0)), math.Max(0, math.Min(limit, x1))
	i, j := int(x0), int(x1)
	if i == j {
		cover[i] += x1 - x0
		return
	}
	cover[i] += float64(i+1) - x0
	cover[j] += x1 - float64(j)
	full[i+1]++
	full[j]--
}

// blend puts a line of pixels over the picture.
func (p *painter) blend(x, y int, cover, full []float64, c color.RGBA) {
	pix := p.img.Pix[p.img.PixOffset(x, y):]
	level := 0.0
	for i := range len(cover) - 1 {
		level += full[i]
		a := int((level+cover[i])*(256.0/sublines) + 0.5)
		if a <= 0 {
			continue
		}
		a = min(a, 256)
		d := pix[4*i : 4*i+3 : 4*i+3]
		d[0] = uint8((int(d[0])*(256-a) + int(c.R)*a) >> 8)
		d[1] = uint8((int(d[1])*(256-a) + int(c.G)*a) >> 8)
		d[2] = uint8((int(d[2])*(256-a) + int(c.B)*a) >> 8)
	}
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
