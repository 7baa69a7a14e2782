package pdf

import (
	"math"

	"moqian/render"
)

// grid is the number of units to the em in embedded fonts: that of the advances
// in package render. At 11 pt a unit is 19 µm.
const grid = render.FontGrid

// glyph is an outline as embedded fonts hold it: a simple TrueType glyph on the
// grid, without instructions.
type glyph struct {
	data    []byte // what follows the bounding box; empty for a blank
	advance int
	box     [4]int // left, lower, right, upper
	contours,
	points int
}

// glyph reads a glyph, simplifies it and puts it on the grid.
func (t *trueType) glyph(gid uint16) (glyph, error) {
	in, err := t.contours(gid, 0)
	if err != nil {
		return glyph{}, err
	}
	advance, _ := t.metric(gid)
	unit := grid / float64(t.upem)
	e := encoder{box: [4]int{math.MaxInt16, math.MaxInt16, math.MinInt16, math.MinInt16}}
	for _, c := range in {
		e.contour(c.simplified(slack*float64(t.upem)), unit)
	}
	g := glyph{advance: int(math.Round(float64(advance) * unit))}
	if len(e.ends) > 0 {
		g.data, g.box, g.contours, g.points = e.bytes(), e.box, len(e.ends)/2, len(e.flags)
	}
	return g, nil
}

// encoder writes a simple glyph.
type encoder struct {
	ends, flags, xs, ys []byte
	x, y                int
	box                 [4]int
}

// contour adds a contour; points that fall together on the grid are one, and
// one without an area is left out.
func (e *encoder) contour(c contour, unit float64) {
	type spot struct {
		x, y int
		on   bool
	}
	var spots []spot
	for _, p := range c {
		s := spot{int(math.Round(p.x * unit)), int(math.Round(p.y * unit)), p.on}
		if n := len(spots); n > 0 && spots[n-1] == s {
			continue
		}
		spots = append(spots, s)
	}
	for n := len(spots); n > 1 && spots[n-1] == spots[0]; n-- {
		spots = spots[:n-1]
	}
	if len(spots) < 3 {
		return
	}
	for _, s := range spots {
		e.point(s.x, s.y, s.on)
	}
	e.ends = be.AppendUint16(e.ends, uint16(len(e.flags)-1))
}

func (e *encoder) point(x, y int, on bool) {
	var flag byte
	if on {
		flag = onCurve
	}
	flag |= axis(x-e.x, xShort, xSame, &e.xs) | axis(y-e.y, yShort, ySame, &e.ys)
	e.flags = append(e.flags, flag)
	e.x, e.y = x, y
	e.box = [4]int{min(e.box[0], x), min(e.box[1], y), max(e.box[2], x), max(e.box[3], y)}
}

// axis writes one coordinate's step and gives its part of the flag.
func axis(d int, short, same byte, out *[]byte) byte {
	switch {
	case d == 0:
		return same
	case d > 0 && d < 256:
		*out = append(*out, byte(d))
		return short | same
	case d < 0 && d > -256:
		*out = append(*out, byte(-d))
		return short
	}
	*out = be.AppendUint16(*out, uint16(int16(d)))
	return 0
}

// bytes puts what follows the bounding box together; equal flags are not folded into counts, for
// deflate does that better.
func (e *encoder) bytes() []byte {
	out := append([]byte{}, e.ends...)
	out = append(out, 0, 0) // no instructions
	return append(append(append(out, e.flags...), e.xs...), e.ys...)
}

// appendGlyph writes a glyph with a bounding box, padded to even length.
func appendGlyph(b []byte, g glyph, box [4]int) []byte {
	if len(g.data) == 0 {
		return b
	}
	b = be.AppendUint16(b, uint16(g.contours))
	for _, v := range box {
		b = be.AppendUint16(b, uint16(int16(v)))
	}
	if b = append(b, g.data...); len(g.data)%2 == 1 {
		b = append(b, 0)
	}
	return b
}
