package watermark

import (
	"crypto/sha256"
	"encoding/binary"

	"moqian/render/ink"
)

// stroke is what the mark sees of an outline.
type stroke struct {
	anchor [2]int64
	closed bool
	// bits are the low bits of the free coordinates in the order of the path,
	// x and y in turn, one a byte.
	bits []byte
	// upper is the SHA-256 of the structure and of all upper parts.
	upper [32]byte
}

func closed(c ink.Contour) bool {
	return len(c.Curves) == 0 || c.Curves[len(c.Curves)-1].P == c.Start
}

func clone(o ink.Outline) ink.Outline {
	out := ink.Outline{Contours: make([]ink.Contour, len(o.Contours))}
	for i, c := range o.Contours {
		out.Contours[i] = ink.Contour{Start: c.Start, Curves: append([]ink.Curve(nil), c.Curves...)}
	}
	return out
}

// free calls f for each point that carries bits: all but the anchor and the
// last point of each contour, which repeats its start.
func free(o ink.Outline, f func(*ink.Point)) {
	for i := range o.Contours {
		c := &o.Contours[i]
		if i > 0 {
			f(&c.Start)
		}
		for j := range c.Curves {
			f(&c.Curves[j].A)
			f(&c.Curves[j].B)
			if j < len(c.Curves)-1 {
				f(&c.Curves[j].P)
			}
		}
	}
}

// view reads a stroke. An outline without contours has no bits and counts as
// open.
func view(o ink.Outline) stroke {
	s := stroke{closed: len(o.Contours) > 0}
	if !s.closed {
		return s
	}
	a := o.Contours[0].Start
	s.anchor = [2]int64{int64(a.X), int64(a.Y)}
	h := sha256.New()
	buf := binary.AppendUvarint(nil, uint64(len(o.Contours)))
	for _, c := range o.Contours {
		s.closed = s.closed && closed(c)
		buf = binary.AppendUvarint(buf, uint64(len(c.Curves)))
	}
	free(o, func(p *ink.Point) {
		for axis, c := range [2]int32{p.X, p.Y} {
			v := int64(c) - s.anchor[axis]
			s.bits = append(s.bits, byte(v&1))
			buf = binary.AppendVarint(buf, v>>1)
		}
	})
	h.Write(buf)
	h.Sum(s.upper[:0])
	return s
}

// write sets the low bits and closes the contours again. The outline is sound.
func write(o ink.Outline, bits []byte) {
	a := o.Contours[0].Start
	set := func(c *int32, anchor int32) {
		*c = anchor + (*c-anchor)&^1 + int32(bits[0])
		bits = bits[1:]
	}
	free(o, func(p *ink.Point) {
		set(&p.X, a.X)
		set(&p.Y, a.Y)
	})
	for _, c := range o.Contours {
		if n := len(c.Curves); n > 0 {
			c.Curves[n-1].P = c.Start
		}
	}
}
