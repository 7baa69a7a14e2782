package pdf

import (
	"errors"
	"fmt"
	"math"
)

// point of a TrueType outline: on the curve, or the control of a quadratic one.
type point struct {
	x, y float64
	on   bool
}

// contour is closed and begins with a point on the curve.
type contour []point

// Bounds of composite glyphs: how deep they may nest and how many parts one has.
const (
	maxDepth = 3
	maxParts = 64
)

var errGlyph = errors.New("glyph is cut off")

// contours reads the outline of a glyph in font units; composite glyphs are
// put together from their parts.
func (t *trueType) contours(gid uint16, depth int) ([]contour, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("font %s: glyph %d: parts nested too deeply", t.name, gid)
	}
	b, err := t.outline(gid)
	if err != nil || len(b) == 0 {
		return nil, err
	}
	r := &reader{b: b}
	n := r.int16()
	r.skip(8) // the bounding box
	var out []contour
	if n >= 0 {
		out = r.simple(n)
	} else {
		out, err = t.parts(r, depth)
	}
	if err == nil && r.short {
		err = errGlyph
	}
	if err != nil {
		return nil, fmt.Errorf("font %s: glyph %d: %w", t.name, gid, err)
	}
	return out, nil
}

// reader takes big-endian numbers off a slice; short says that it ended early.
type reader struct {
	b     []byte
	short bool
}

func (r *reader) skip(n int) []byte {
	if n > len(r.b) {
		r.short, r.b = true, nil
		return make([]byte, n)
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) uint8() byte    { return r.skip(1)[0] }
func (r *reader) uint16() uint16 { return be.Uint16(r.skip(2)) }
func (r *reader) int16() int     { return int(int16(r.uint16())) }

// Flags of the points of a simple glyph (OpenType 1.9, "glyf").
const (
	onCurve  = 1
	xShort   = 2
	yShort   = 4
	repeated = 8
	xSame    = 16 // of a short vector: it is positive
	ySame    = 32
)

// simple reads the n contours of a simple glyph.
func (r *reader) simple(n int) (out []contour) {
	ends := make([]int, n)
	total := 0
	for i := range ends {
		ends[i] = int(r.uint16()) + 1
		if ends[i] < total {
			r.short = true
			return nil
		}
		total = ends[i]
	}
	r.skip(int(r.uint16())) // instructions
	flags := make([]byte, 0, total)
	for len(flags) < total && !r.short {
		f, times := r.uint8(), 1
		if f&repeated != 0 {
			times += int(r.uint8())
		}
		for ; times > 0 && len(flags) < total; times-- {
			flags = append(flags, f)
		}
	}
	if r.short {
		return nil
	}
	xs, ys := r.vector(flags, xShort, xSame), r.vector(flags, yShort, ySame)
	start := 0
	for _, end := range ends {
		c := make(contour, 0, end-start)
		for i := start; i < end; i++ {
			c = append(c, point{float64(xs[i]), float64(ys[i]), flags[i]&onCurve != 0})
		}
		start = end
		if c = c.begun(); len(c) > 2 {
			out = append(out, c)
		}
	}
	return out
}

// vector reads the coordinates of one axis.
func (r *reader) vector(flags []byte, short, same byte) []int {
	out := make([]int, len(flags))
	at := 0
	for i, f := range flags {
		switch {
		case f&short != 0 && f&same != 0:
			at += int(r.uint8())
		case f&short != 0:
			at -= int(r.uint8())
		case f&same == 0:
			at += r.int16()
		}
		out[i] = at
	}
	return out
}

// begun turns a contour so that it begins with its lowest point on the curve, of
// those the leftmost (equal strokes then have equal bytes, which packs better);
// one without such a point gets the one that is implied.
func (c contour) begun() contour {
	first := -1
	for i, p := range c {
		if p.on && (first < 0 || p.y < c[first].y || p.y == c[first].y && p.x < c[first].x) {
			first = i
		}
	}
	if first >= 0 {
		return append(append(contour{}, c[first:]...), c[:first]...)
	}
	if len(c) == 0 {
		return nil
	}
	p := mid(c[0], c[len(c)-1])
	p.on = true
	return append(contour{p}, c...)
}

func mid(a, b point) point { return point{x: (a.x + b.x) / 2, y: (a.y + b.y) / 2} }

// Flags of the parts of a composite glyph.
const (
	wideArgs  = 1
	argsAreXY = 2
	oneScale  = 8
	moreParts = 32
	twoScales = 64
	matrix    = 128
)

// parts puts a composite glyph together.
func (t *trueType) parts(r *reader, depth int) (out []contour, err error) {
	n := 0
	for flags := uint16(moreParts); flags&moreParts != 0 && !r.short; {
		if n++; n > maxParts {
			return nil, errors.New("too many parts")
		}
		flags = r.uint16()
		gid := r.uint16()
		var dx, dy int
		if flags&wideArgs != 0 {
			dx, dy = r.int16(), r.int16()
		} else {
			dx, dy = int(int8(r.uint8())), int(int8(r.uint8()))
		}
		if flags&argsAreXY == 0 {
			return nil, errors.New("parts joined at points are not read")
		}
		m := r.scales(flags)
		part, err := t.contours(gid, depth+1)
		if err != nil {
			return nil, err
		}
		for _, c := range part {
			moved := make(contour, len(c))
			for i, p := range c {
				moved[i] = point{p.x*m[0] + p.y*m[2] + float64(dx), p.x*m[1] + p.y*m[3] + float64(dy), p.on}
			}
			out = append(out, moved)
		}
	}
	return out, nil
}

// scales reads the matrix of a part.
func (r *reader) scales(flags uint16) [4]float64 {
	f := func() float64 { return float64(r.int16()) / (1 << 14) }
	switch {
	case flags&oneScale != 0:
		s := f()
		return [4]float64{s, 0, 0, s}
	case flags&twoScales != 0:
		return [4]float64{f(), 0, 0, f()}
	case flags&matrix != 0:
		return [4]float64{f(), f(), f(), f()}
	}
	return [4]float64{1, 0, 0, 1}
}

// dist is the distance of two points.
func dist(a, b point) float64 { return math.Hypot(a.x-b.x, a.y-b.y) }
