package watermark

import (
	"math"
	"math/rand/v2"

	"moqian/render/ink"
)

// outline draws a plausible stroke: a closed ring of n curves around (x, y), in
// steps of a few dozen units as the ink engine makes them, sometimes with a
// second contour of a few curves (a hole).
func outline(r *rand.Rand, n int, x, y float64) ink.Outline {
	o := ink.Outline{Contours: []ink.Contour{ring(r, n, x, y, 40+12*float64(n))}}
	if n > 20 && r.IntN(3) == 0 {
		o.Contours = append(o.Contours, ring(r, 4+r.IntN(8), x, y, 60))
	}
	return o
}

func ring(r *rand.Rand, n int, x, y, radius float64) ink.Contour {
	at := func(u float64) ink.Point {
		a := 2 * math.Pi * u / float64(n)
		d := radius * (1 + 0.3*math.Sin(3*a) + 0.02*r.NormFloat64())
		return ink.Point{X: int32(x + d*math.Cos(a)), Y: int32(y + 0.6*d*math.Sin(a))}
	}
	c := ink.Contour{Start: at(0)}
	for i := range n {
		u := float64(i)
		c.Curves = append(c.Curves, ink.Curve{A: at(u + 0.33), B: at(u + 0.67), P: at(u + 1)})
	}
	c.Curves[n-1].P = c.Start
	return c
}

// drawing makes an ink of strokes with so many curves each.
func drawing(r *rand.Rand, curves ...int) []ink.Outline {
	var out []ink.Outline
	for i, n := range curves {
		out = append(out, outline(r, n, 1500*float64(i%4)+300*r.Float64(), 2000*float64(i/4)+300*r.Float64()))
	}
	return out
}

// anyDrawing makes an ink of 1 to 15 strokes, most of 20 to 200 curves, some
// dots.
func anyDrawing(r *rand.Rand) []ink.Outline {
	curves := []int{40 + r.IntN(160)}
	for range r.IntN(15) {
		n := 20 + r.IntN(180)
		if r.IntN(4) == 0 {
			n = 4 + r.IntN(8)
		}
		curves = append(curves, n)
	}
	r.Shuffle(len(curves), func(i, j int) { curves[i], curves[j] = curves[j], curves[i] })
	return drawing(r, curves...)
}

func random32(r *rand.Rand) (k [32]byte) {
	for i := range k {
		k[i] = byte(r.Uint32())
	}
	return k
}

func payload(r *rand.Rand) Payload {
	p := Payload{Handle: make([]byte, minHandle+r.IntN(maxHandle-minHandle+1)), Context: random32(r)}
	for i := range p.Handle {
		p.Handle[i] = byte(r.Uint32())
	}
	return p
}

func copyOf(in []ink.Outline) []ink.Outline {
	out := make([]ink.Outline, len(in))
	for i, o := range in {
		out[i] = clone(o)
	}
	return out
}

// points lists every point of a stroke, with the ones that close a contour
// left out: shift moves those together with the start.
func points(o ink.Outline) (out []*ink.Point) {
	for i := range o.Contours {
		c := &o.Contours[i]
		out = append(out, &c.Start)
		for j := range c.Curves {
			out = append(out, &c.Curves[j].A, &c.Curves[j].B)
			if j < len(c.Curves)-1 {
				out = append(out, &c.Curves[j].P)
			}
		}
	}
	return out
}

// closeAgain puts the last point of each contour on its start.
func closeAgain(o ink.Outline) {
	for _, c := range o.Contours {
		if n := len(c.Curves); n > 0 {
			c.Curves[n-1].P = c.Start
		}
	}
}

func translate(o ink.Outline, dx, dy int32) {
	for _, p := range points(o) {
		p.X += dx
		p.Y += dy
	}
	closeAgain(o)
}
