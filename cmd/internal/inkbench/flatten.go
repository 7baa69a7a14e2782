package inkbench

import (
	"math"

	"moqian/render/ink"
)

// flatness is how far in units of ink.Point (2 µm) a chord may be from its
// curve.
const flatness = 0.5

// flatten visits the corners of a contour as a polygon, in units of ink.Point.
func flatten(c ink.Contour, visit func(x, y float64)) {
	px, py := float64(c.Start.X), float64(c.Start.Y)
	visit(px, py)
	for _, v := range c.Curves {
		ax, ay, bx, by, qx, qy := float64(v.A.X), float64(v.A.Y), float64(v.B.X), float64(v.B.Y), float64(v.P.X), float64(v.P.Y)
		// second differences bound the distance of a chord: |d|·3/4/n²
		d := math.Max(math.Hypot(px-2*ax+bx, py-2*ay+by), math.Hypot(ax-2*bx+qx, ay-2*by+qy))
		n := max(1, int(math.Ceil(math.Sqrt(0.75*d/flatness))))
		for i := 1; i <= n; i++ {
			u := float64(i) / float64(n)
			w := 1 - u
			visit(w*w*w*px+3*w*w*u*ax+3*w*u*u*bx+u*u*u*qx, w*w*w*py+3*w*w*u*ay+3*w*u*u*by+u*u*u*qy)
		}
		px, py = qx, qy
	}
}
