package robust

import (
	"math"
	"slices"

	"moqian/render/ink"
)

const (
	// flatStep is the length of the lines that stand for a curve, in units of
	// ink.Point: 0.05 mm, off by less than 1 µm on a nib's edge.
	flatStep = 14.0
	// sublines cut a pixel's height; along a line coverage is exact.
	sublines = 4
	unitMM   = 1 / ink.UnitsPerMM
)

func point(p ink.Point) vec { return vec{float64(p.X) * unitMM, float64(p.Y) * unitMM} }

// bezier is one cubic in mm.
type bezier [4]vec

func (b *bezier) at(t float64) vec {
	u := 1 - t
	return b[0].mul(u * u * u).add(b[1].mul(3 * u * u * t)).add(b[2].mul(3 * u * t * t)).add(b[3].mul(t * t * t))
}

func (b *bezier) slope(t float64) vec {
	u := 1 - t
	d := b[1].sub(b[0]).mul(u * u).add(b[2].sub(b[1]).mul(2 * u * t)).add(b[3].sub(b[2]).mul(t * t))
	if d.len() < 1e-9 { // a control on its end
		d = b[3].sub(b[0])
	}
	return d
}

func (b *bezier) length() float64 {
	return b[1].sub(b[0]).len() + b[2].sub(b[1]).len() + b[3].sub(b[2]).len()
}

// curves gives the cubics of a contour in mm.
func curves(c ink.Contour) []bezier {
	out := make([]bezier, len(c.Curves))
	from := point(c.Start)
	for i, u := range c.Curves {
		out[i] = bezier{from, point(u.A), point(u.B), point(u.P)}
		from = out[i][3]
	}
	return out
}

// flatten turns a contour into a polygon.
func flatten(c []bezier) []vec {
	if len(c) == 0 {
		return nil
	}
	out := []vec{c[0][0]}
	for i := range c {
		n := min(200, 1+int(c[i].length()*ink.UnitsPerMM/flatStep))
		for j := 1; j <= n; j++ {
			out = append(out, c[i].at(float64(j)/float64(n)))
		}
	}
	return out
}

// mostInkMM is how wide and high ink may be that is painted, mm: an A3 page.
const mostInkMM = 420

// bounds is the box of strokes.
func bounds(strokes [][][]vec) (lo, hi vec) {
	lo, hi = vec{math.Inf(1), math.Inf(1)}, vec{math.Inf(-1), math.Inf(-1)}
	for _, s := range strokes {
		for _, c := range s {
			for _, p := range c {
				lo = vec{min(lo.x, p.x), min(lo.y, p.y)}
				hi = vec{max(hi.x, p.x), max(hi.y, p.y)}
			}
		}
	}
	return lo, hi
}

// paint draws strokes, each filled by the nonzero rule, with a margin of paper.
// Of ink larger than a page nothing is drawn.
func paint(strokes [][][]vec, perMM, margin float64) *shade {
	lo, hi := bounds(strokes)
	if !(hi.x-lo.x >= 0 && hi.x-lo.x <= mostInkMM && hi.y-lo.y <= mostInkMM) {
		return &shade{w: 1, h: 1, perMM: perMM, v: make([]float32, 1)}
	}
	lo = lo.sub(vec{margin, margin})
	w := int(math.Ceil((hi.x-lo.x+margin)*perMM)) + 1
	h := int(math.Ceil((hi.y-lo.y+margin)*perMM)) + 1
	s := &shade{w: w, h: h, perMM: perMM, at: lo, v: make([]float32, w*h)}
	f := filler{s: s, lines: make([][]crossing, h*sublines)}
	for _, stroke := range strokes {
		f.fill(stroke)
	}
	return s
}

type crossing struct {
	x   float32
	dir int32
}

type filler struct {
	s     *shade
	lines [][]crossing
}

func (f *filler) fill(contours [][]vec) {
	first, last := len(f.lines), -1
	for _, c := range contours {
		if len(c) < 2 {
			continue
		}
		a := f.grid(c[len(c)-1])
		for _, p := range c {
			b := f.grid(p)
			lo, hi := f.edge(a, b)
			first, last = min(first, lo), max(last, hi)
			a = b
		}
	}
	for i := first; i <= last; i++ {
		if len(f.lines[i]) > 0 {
			f.row(i/sublines, f.lines[i])
			f.lines[i] = f.lines[i][:0]
		}
	}
}

// grid is a place in pixels across and sublines down.
func (f *filler) grid(p vec) vec {
	return vec{(p.x - f.s.at.x) * f.s.perMM, (float64(f.s.h) - (p.y-f.s.at.y)*f.s.perMM) * sublines}
}

// edge notes where an edge crosses the middles of sublines.
func (f *filler) edge(a, b vec) (int, int) {
	dir := int32(1)
	if a.y > b.y {
		a, b, dir = b, a, -1
	}
	first, last := max(0, int(math.Ceil(a.y-0.5))), min(len(f.lines), int(math.Ceil(b.y-0.5)))-1
	if first > last {
		return len(f.lines), -1
	}
	k := (b.x - a.x) / (b.y - a.y)
	for i := first; i <= last; i++ {
		f.lines[i] = append(f.lines[i], crossing{float32(a.x + (float64(i)+0.5-a.y)*k), dir})
	}
	return first, last
}

// row adds the covered parts of a subline to its row of pixels.
func (f *filler) row(y int, cr []crossing) {
	slices.SortFunc(cr, func(a, b crossing) int {
		switch {
		case a.x < b.x:
			return -1
		case a.x > b.x:
			return 1
		}
		return 0
	})
	px := f.s.v[y*f.s.w : (y+1)*f.s.w]
	wind, from := int32(0), float32(0)
	for _, c := range cr {
		if wind == 0 {
			from = c.x
		}
		if wind += c.dir; wind == 0 {
			cover(px, from, c.x)
		}
	}
}

func cover(px []float32, x0, x1 float32) {
	limit := float32(len(px)) - 1
	x0, x1 = max(0, min(limit, x0)), max(0, min(limit, x1))
	i, j := int(x0), int(x1)
	const part = 1.0 / sublines
	add := func(i int, v float32) { px[i] = min(1, px[i]+v*part) }
	if i == j {
		add(i, x1-x0)
		return
	}
	add(i, float32(i+1)-x0)
	for k := i + 1; k < j; k++ {
		add(k, 1)
	}
	add(j, x1-float32(j))
}
