package proof

import (
	"crypto/ed25519"
	"math"
	"slices"

	"moqian/render/ink"
	"moqian/render/watermark"
)

// residual is how far from a whole number a coordinate may be that was one: some
// programs write the places of strokes as 32-bit floats.
const residual = 0.02

// mostCoordinate keeps sums of coordinates in range.
const mostCoordinate = 1 << 28

// lattice gives the outlines in units of 1/per of the user space of the first
// path, whole numbers; the others' places are put in its terms.
func (k Ink) lattice(per float64) []ink.Outline {
	out, _ := k.rounded(per)
	return out
}

// rounded is lattice, and how many paths were whole already.
func (k Ink) rounded(per float64) (out []ink.Outline, exact int) {
	m := k.figures[0].Matrix
	det := m[0]*m[3] - m[1]*m[2]
	for _, g := range k.figures {
		var b pen
		dx, dy := g.Matrix[4]-m[4], g.Matrix[5]-m[5]
		x, y := (dx*m[3]-dy*m[2])/det, (dy*m[0]-dx*m[1])/det
		whole := true
		unit := func(v float64) int32 {
			u := math.Round(v * per)
			whole = whole && math.Abs(u-v*per) < residual
			if !(math.Abs(u) < mostCoordinate) { // NaN too
				return 0
			}
			return int32(u)
		}
		for _, s := range g.Steps {
			var q [3]ink.Point
			n := map[byte]int{'M': 1, 'L': 1, 'C': 3}[s.Op]
			for i := range n {
				q[i] = ink.Point{X: unit(s.P[i][0] + x), Y: unit(s.P[i][1] + y)}
			}
			b.step(s.Op, q)
		}
		out = append(out, b.Outline)
		if whole {
			exact++
		}
	}
	return out, exact
}

// Readings are the outlines that layer 1 may have marked, likeliest first: as the
// page shows them, and in the numbers of the content stream, of which a matrix
// may have made anything. Only those are given in which some path is whole.
func (k Ink) Readings() [][]ink.Outline {
	out := [][]ink.Outline{k.Outlines}
	m := k.figures[0].Matrix
	if m[0]*m[3] == m[1]*m[2] {
		return out
	}
	pers := []float64{1, 100}
	if s := 100 * math.Hypot(m[0], m[1]); math.Abs(s-1) > 1e-6 && math.Abs(s-100) > 1e-6 {
		pers = append(pers, s)
	}
	for _, per := range pers {
		if o, exact := k.rounded(per); exact > 0 && !slices.ContainsFunc(out, func(have []ink.Outline) bool { return alike(have, o) }) {
			out = append(out, o)
		}
	}
	return out
}

// Shown are the outlines in 1/100 pt of the page, for the robust layer, which goes
// by size; turned ink stays as its content has it.
func (k Ink) Shown() []ink.Outline {
	m := k.figures[0].Matrix
	if unscaled(k.Matrix) || m[0]*m[3] == m[1]*m[2] {
		return k.Outlines
	}
	return k.lattice(100 * math.Hypot(m[0], m[1]))
}

// handSize says that ink has the size of a signature: no page-wide drawing, whose
// lines the robust layer would follow for a quarter of a minute.
func (k Ink) handSize() bool {
	const wide, high, least = 45_000, 30_000, 60 // 159 × 106 mm, curves
	if n := k.curves(); n < least || !k.Plausible() {
		return false
	}
	lo, hi := [2]int32{math.MaxInt32, math.MaxInt32}, [2]int32{math.MinInt32, math.MinInt32}
	for _, o := range k.Shown() {
		for _, c := range o.Contours {
			for _, v := range c.Curves {
				lo, hi = [2]int32{min(lo[0], v.P.X), min(lo[1], v.P.Y)}, [2]int32{max(hi[0], v.P.X), max(hi[1], v.P.Y)}
			}
		}
	}
	w, h := int64(hi[0])-int64(lo[0]), int64(hi[1])-int64(lo[1])
	return w <= wide && h <= high || w <= high && h <= wide
}

// alike says that outlines differ by a move at most.
func alike(a, b []ink.Outline) bool {
	if len(a) != len(b) || len(a) == 0 || len(a[0].Contours) == 0 || len(b[0].Contours) == 0 {
		return false
	}
	p, q := a[0].Contours[0].Start, b[0].Contours[0].Start
	dx, dy := q.X-p.X, q.Y-p.Y
	same := func(p, q ink.Point) bool { return q.X-p.X == dx && q.Y-p.Y == dy }
	return slices.EqualFunc(a, b, func(a, b ink.Outline) bool {
		return slices.EqualFunc(a.Contours, b.Contours, func(a, b ink.Contour) bool {
			return same(a.Start, b.Start) && slices.EqualFunc(a.Curves, b.Curves, func(a, b ink.Curve) bool {
				return same(a.A, b.A) && same(a.B, b.B) && same(a.P, b.P)
			})
		})
	})
}

// Public reads the public part of an ink in every way in which it may have been
// drawn, that of strokes given first.
func (k Ink) Public(first []ink.Outline, keys []ed25519.PublicKey, context *[32]byte) watermark.PublicReading {
	best := watermark.PublicReading{State: watermark.Absent}
	for i, in := range append([][]ink.Outline{first}, k.Readings()...) {
		if len(in) > maxInkParts {
			continue
		}
		r := watermark.ReadPublic(in, keys, context)
		if i == 0 || r.State != watermark.Absent && (best.State == watermark.Absent || best.State == watermark.Altered) {
			best = r
		}
		if best.State != watermark.Absent && best.State != watermark.Altered {
			break
		}
	}
	return best
}
