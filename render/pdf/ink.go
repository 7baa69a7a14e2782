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

// ink places one signature: a form XObject whose coordinates are the integers
// of the outlines over 100, moved to its box and never scaled.
func (c *content) ink(k render.Ink) {
	f := c.file
	name := pdf.Name(InkForm + strconv.Itoa(f.inks))
	f.inks++
	body := []byte(rgb(k.Color) + "rg\n")
	for _, o := range k.Outlines {
		body = appendOutline(body, o)
	}
	r := f.out.Alloc()
	f.out.Put(r, f.pack(pdf.Dict{
		"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Form"), "Resources": pdf.Dict{},
		"BBox": pdf.Array{int64(0), int64(0), round2(k.W * ptPerMM), round2(k.H * ptPerMM)},
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
	return append(appendHundredth(append(appendHundredth(b, int64(p.X)), ' '), int64(p.Y)), ' ')
}
