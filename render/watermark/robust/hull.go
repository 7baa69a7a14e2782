package robust

import (
	"cmp"
	"math"
	"slices"
)

// convex is the convex hull, counter-clockwise (Andrew 1979). It sorts pts.
func convex(pts []vec) []vec {
	slices.SortFunc(pts, func(a, b vec) int {
		if c := cmp.Compare(a.x, b.x); c != 0 {
			return c
		}
		return cmp.Compare(a.y, b.y)
	})
	if len(pts) < 3 {
		return slices.Clone(pts)
	}
	half := func(out []vec, p vec, least int) []vec {
		for len(out) > least && out[len(out)-1].sub(out[len(out)-2]).cross(p.sub(out[len(out)-1])) <= 0 {
			out = out[:len(out)-1]
		}
		return append(out, p)
	}
	var out []vec
	for _, p := range pts {
		out = half(out, p, 1)
	}
	lower := len(out)
	for i := len(pts) - 2; i >= 0; i-- {
		out = half(out, pts[i], lower)
	}
	return out[:len(out)-1]
}

// middle is the centre of the box around the hull after a turn by −angle (radians)
// and a division by scale.
func middle(hull []vec, angle, scale float64) vec {
	lo, hi := vec{math.Inf(1), math.Inf(1)}, vec{math.Inf(-1), math.Inf(-1)}
	for _, p := range hull {
		q := spin(p, angle, scale)
		lo = vec{min(lo.x, q.x), min(lo.y, q.y)}
		hi = vec{max(hi.x, q.x), max(hi.y, q.y)}
	}
	return lo.add(hi).mul(0.5)
}

// spin turns by −angle and divides by scale.
func spin(p vec, angle, scale float64) vec {
	s, c := math.Sincos(angle)
	return vec{(c*p.x + s*p.y) / scale, (c*p.y - s*p.x) / scale}
}
