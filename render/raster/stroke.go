package raster

import "math"

// miterLimit is how far a corner may stick out, in half widths, before it is
// cut off; PDF's default of 10 is far beyond what any outline here needs.
const miterLimit = 4.0

// outlined is the area within width/2 of the lines of a path: a closed line
// becomes two contours of opposite sense, an open one becomes one around it,
// with ends cut square. Contours do not overlap along the line, so that its
// smooth edges keep their weight.
func outlined(flat []contour, width float64) []contour {
	var out []contour
	for _, c := range flat {
		pts := distinct(c.pts, c.closed)
		if len(pts) < 2 {
			continue
		}
		left, right := offset(pts, width/2, c.closed), offset(pts, -width/2, c.closed)
		for i, j := 0, len(right)-1; i < j; i, j = i+1, j-1 {
			right[i], right[j] = right[j], right[i]
		}
		if c.closed {
			out = append(out, contour{left, true}, contour{right, true})
		} else {
			out = append(out, contour{append(left, right...), true})
		}
	}
	return out
}

// distinct leaves out points that repeat the one before.
func distinct(pts []point, closed bool) []point {
	var out []point
	for _, p := range pts {
		if len(out) == 0 || math.Hypot(p.x-out[len(out)-1].x, p.y-out[len(out)-1].y) > 1e-9 {
			out = append(out, p)
		}
	}
	for closed && len(out) > 1 && math.Hypot(out[0].x-out[len(out)-1].x, out[0].y-out[len(out)-1].y) <= 1e-9 {
		out = out[:len(out)-1]
	}
	return out
}

// offset moves a line sideways by r.
func offset(pts []point, r float64, closed bool) []point {
	n := len(pts)
	var out []point
	for i, p := range pts {
		before, after := normal(pts[(i+n-1)%n], p), normal(p, pts[(i+1)%n])
		if !closed && i == 0 {
			before = after
		}
		if !closed && i == n-1 {
			after = before
		}
		out = append(out, corner(p, before, after, r)...)
	}
	return out
}

// corner joins the two sides that meet at p by a miter, or bluntly.
func corner(p, before, after point, r float64) []point {
	mx, my := before.x+after.x, before.y+after.y
	l2 := mx*mx + my*my
	if l2 < 4/(miterLimit*miterLimit) {
		return []point{{p.x + before.x*r, p.y + before.y*r}, {p.x + after.x*r, p.y + after.y*r}}
	}
	return []point{{p.x + 2*mx/l2*r, p.y + 2*my/l2*r}}
}

// normal is the unit vector to the side of the way from a to b.
func normal(a, b point) point {
	dx, dy := b.x-a.x, b.y-a.y
	l := math.Hypot(dx, dy)
	if l == 0 {
		return point{}
	}
	return point{dy / l, -dx / l}
}
