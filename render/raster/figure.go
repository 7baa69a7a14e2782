package raster

import (
	"math"

	"moqian/render"
)

type point struct{ x, y float64 } // pixels

// contour is a flattened piece of a path.
type contour struct {
	pts    []point
	closed bool
}

// figure collects a path as straight pieces.
type figure struct{ flat []contour }

// flatness is how far a straight piece may lie off its curve, in pixels.
const flatness = 0.02

func (f *figure) add(segs []render.Seg, place func(render.Pt) (float64, float64)) {
	at := func(q render.Pt) point { x, y := place(q); return point{x, y} }
	for _, s := range segs {
		switch s.Op {
		case 'M':
			f.move(at(s.P[0]))
		case 'L':
			f.line(at(s.P[0]))
		case 'C':
			f.curve(at(s.P[0]), at(s.P[1]), at(s.P[2]))
		case 'Z':
			f.close()
		}
	}
}

// move begins a contour; it takes the room of one painted before.
func (f *figure) move(p point) {
	if n := len(f.flat); n < cap(f.flat) {
		f.flat = f.flat[:n+1]
		f.flat[n] = contour{pts: append(f.flat[n].pts[:0], p)}
		return
	}
	f.flat = append(f.flat, contour{pts: []point{p}})
}

func (f *figure) last() *contour {
	if len(f.flat) == 0 {
		f.move(point{})
	}
	return &f.flat[len(f.flat)-1]
}

func (f *figure) line(p point) { c := f.last(); c.pts = append(c.pts, p) }

func (f *figure) close() {
	if len(f.flat) > 0 {
		f.last().closed = true
	}
}

// curve adds a cubic in as many equal steps of its parameter as its flatness
// needs: the chord's error is at most √3/18 of the second difference over n².
func (f *figure) curve(a, b, e point) {
	c := f.last()
	s := c.pts[len(c.pts)-1]
	dx := math.Max(math.Abs(s.x-2*a.x+b.x), math.Abs(a.x-2*b.x+e.x))
	dy := math.Max(math.Abs(s.y-2*a.y+b.y), math.Abs(a.y-2*b.y+e.y))
	n := min(200, 1+int(math.Sqrt(0.75*math.Hypot(dx, dy)/flatness)))
	for i := 1; i <= n; i++ {
		t := float64(i) / float64(n)
		u := 1 - t
		k0, k1, k2, k3 := u*u*u, 3*u*u*t, 3*u*t*t, t*t*t
		c.pts = append(c.pts, point{k0*s.x + k1*a.x + k2*b.x + k3*e.x, k0*s.y + k1*a.y + k2*b.y + k3*e.y})
	}
}
