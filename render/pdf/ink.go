package pdf

import (
	"fmt"
	"strconv"

	"moqian/render"
	"moqian/render/ink"
	"moqian/sign/pdf"
)

// InkForm is how the form XObjects of ink are named in a page's resources: this
// and the number of the signature, from 0. Verifiers find the ink by it.
const InkForm = "Ink"

// ink places one signature: a form XObject whose coordinates are the integers
// of the outlines over 100, moved to its box and never scaled.
func (c *content) ink(k render.Ink) {
	name := pdf.Name(InkForm + strconv.Itoa(c.file.inks))
	c.file.inks++
	body := []byte(rgb(k.Color, "rg"))
	for _, o := range k.Outlines {
		body = appendOutline(body, o)
	}
	r := c.file.out.Alloc()
	s, err := pdf.Deflate(pdf.Dict{
		"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Form"), "Resources": pdf.Dict{},
		"BBox": pdf.Array{int64(0), int64(0), round2(k.W * ptPerMM), round2(k.H * ptPerMM)},
	}, body)
	clear(body)
	if err != nil {
		panic("internal error: deflating to memory: " + err.Error())
	}
	c.file.out.Put(r, s)
	c.file.forms[name] = r
	c.add("q 1 0 0 1 %s cm /%s Do Q\n", c.xy(k.X, k.Y+k.H), name)
}

// appendOutline writes one stroke: one path, filled by the nonzero rule.
func appendOutline(b []byte, o ink.Outline) []byte {
	for _, t := range o.Contours {
		b = append(appendPoint(b, t.Start), "m\n"...)
		for _, v := range t.Curves {
			b = append(appendPoint(appendPoint(appendPoint(b, v.A), v.B), v.P), "c\n"...)
		}
		b = append(b, "h\n"...)
	}
	return append(b, "f\n"...)
}

func appendPoint(b []byte, p ink.Point) []byte {
	return append(appendHundredth(append(appendHundredth(b, p.X), ' '), p.Y), ' ')
}

// appendHundredth writes v/100 exactly.
func appendHundredth(b []byte, v int32) []byte {
	n := int64(v)
	if n < 0 {
		b, n = append(b, '-'), -n
	}
	b = strconv.AppendInt(b, n/100, 10)
	switch f := n % 100; {
	case f == 0:
		return b
	case f%10 == 0:
		return fmt.Appendf(b, ".%d", f/10)
	default:
		return fmt.Appendf(b, ".%02d", f)
	}
}
