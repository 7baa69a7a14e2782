package render

import (
	"fmt"
	"strings"

	"moqian/render/form"
)

// boxes draws the signature boxes in rows of two and returns their places.
func (c *canvas) boxes(r *reader, page int, top float64, limit int) []Area {
	list := r.Filled.Signers()
	c.what = "signatures"
	if len(list) == 0 || len(list) > limit {
		c.fail(fmt.Errorf("%d signers where 1 to %d have room", len(list), limit))
		return nil
	}
	if n := len(r.Signed); n > len(list) {
		c.fail(fmt.Errorf("%d times of signing for %d signers", n, len(list)))
		return nil
	}
	var areas []Area
	for i, s := range list {
		a := Area{Page: page, X: marginLeft + float64(i%2)*boxStep, Y: top + float64(i/2)*boxRow, W: s.W, H: s.H}
		if s.W > boxWidth || s.H > boxHeight {
			c.fail(fmt.Errorf("%w: box of %s is %g × %g mm", ErrTooLong, s.Role.EN, s.W, s.H))
		}
		c.box(r, i, s, a)
		areas = append(areas, a)
	}
	return areas
}

// boxRow is how far a second row of boxes stands below the first.
const boxRow = 38.0

func (c *canvas) box(r *reader, i int, s form.Signer, a Area) {
	c.what = "signature box " + s.Role.ZH
	c.frame(a.X, a.Y, a.W, a.H, boxLine)
	base := a.Y - 1.4
	end := c.left(a.X, base, bold(8.5), s.Label().ZH)
	if en := s.Label().EN; en != "" {
		end = c.left(end+1.2, base, grey(6.5), en)
	}
	if i < len(r.Signed) && !r.Signed[i].IsZero() {
		at := c.right(a.X+a.W, base, grey(7), clock(r.Signed[i]))
		if at < end+1 {
			c.fail(ErrTooLong)
		}
	}
	c.signerName(r, s, a)
}

// signerName stands below the box.
func (c *canvas) signerName(r *reader, s form.Signer, a Area) {
	e := r.entry(form.Cell{Field: s.NameField}, false)
	b, err := c.fonts.block(Bold, strings.Join(e.parts, ""))
	var set setting
	if err == nil {
		set, err = b.fit(place{a.W, 6.4, 1.2, signerLadder()}, nil)
	}
	if err != nil {
		if c.err == nil {
			c.err = &FieldError{Field: s.NameField, Label: e.label, Err: err}
		}
		return
	}
	y := a.Y + a.H + 1
	em := set.size * MMPerPt
	for i, l := range set.lines {
		c.add(set.text(l, a.X, y+(0.88+1.2*float64(i))*em, bold(set.size)))
	}
}
