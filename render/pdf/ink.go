package pdf

import (
	"strconv"

	"moqian/render"
	"moqian/render/ink"
	"moqian/sign/pdf"
)

// InkForm is how the form XObjects of ink are named in a page's resources: this
// and the number of the signature, from 0. Verifiers find the ink by it.
const InkForm = "Ink"

// ink places one signature: a form XObject in units of 1/100 pt, so that its
// numbers are the integers of the outlines, each stroke's from its own lower
// left corner. The form is moved to its box and never scaled.
func (c *content) ink(k render.Ink) {
	f := c.file
	name := pdf.Name(InkForm + strconv.Itoa(f.inks))
	f.inks++
	body := []byte(rgb(k.Color) + "rg\n")
	var at ink.Point
	for _, o := range k.Outlines {
		body = appendOutline(body, o, &at)
	}
	r := f.out.Alloc()
	f.out.Put(r, f.numbers(pdf.Dict{
		"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Form"), "Resources": pdf.Dict{},
		"Matrix": pdf.Array{0.01, int64(0), int64(0), 0.01, int64(0), int64(0)},
		"BBox":   pdf.Array{int64(0), int64(0), int64(hundredths(k.W * ptPerMM)), int64(hundredths(k.H * ptPerMM))},
	}, body))
	clear(body)
	f.forms[name] = r
	x, y := c.xy(k.X, k.Y+k.H)
	c.push()
	c.raw("1 0 0 1 ")
	c.op("cm", x, y)
	c.raw("/" + string(name) + " Do\n")
	c.pop()
}

// appendOutline writes one stroke: one path, filled by the nonzero rule, from
// an origin of its own; at is where the last one's was. One kind
// of white space packs better than two: 2 % of an ink.
func appendOutline(b []byte, o ink.Outline, at *ink.Point) []byte {
	origin, ok := corner(o)
	if !ok {
		return b
	}
	b = append(b, "1 0 0 1 "...)
	b = append(appendPoint(b, origin, *at), "cm "...)
	*at = origin
	for _, t := range o.Contours {
		b = append(appendPoint(b, t.Start, origin), "m "...)
		for _, v := range t.Curves {
			b = append(appendPoint(appendPoint(appendPoint(b, v.A, origin), v.B, origin), v.P, origin), "c "...)
		}
		b = append(b, "h "...)
	}
	return append(b, "f\n"...)
}

// corner is the lower left corner of an outline's points on the curve; the
// second result is false when there are none.
func corner(o ink.Outline) (p ink.Point, ok bool) {
	low := func(q ink.Point) {
		if !ok {
			p, ok = q, true
		}
		p = ink.Point{X: min(p.X, q.X), Y: min(p.Y, q.Y)}
	}
	for _, t := range o.Contours {
		low(t.Start)
		for _, v := range t.Curves {
			low(v.P)
		}
	}
	return p, ok
}

func appendPoint(b []byte, p, origin ink.Point) []byte {
	b = append(strconv.AppendInt(b, int64(p.X)-int64(origin.X), 10), ' ')
	return append(strconv.AppendInt(b, int64(p.Y)-int64(origin.Y), 10), ' ')
}
