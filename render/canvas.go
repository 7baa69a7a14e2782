package render

import "fmt"

// canvas puts items on one page and keeps the first error: what names the part
// of the page that is being laid out, for that error.
type canvas struct {
	fonts *Fonts
	page  Page
	what  string
	err   error
}

func newCanvas(fonts *Fonts) *canvas {
	return &canvas{fonts: fonts, page: Page{W: pageWidth, H: pageHeight}}
}

// FieldError stops a voucher: the value of a field, or a part of the page
// outside the fields, cannot be printed. Err is ErrTooLong, *MissingGlyph or
// another cause. It never holds the value.
type FieldError struct {
	Field string // id of the field, or a name of the part
	Label string // as printed, in Chinese; empty outside the fields
	Err   error
}

func (e *FieldError) Error() string {
	if e.Label == "" {
		return fmt.Sprintf("%s: %v", e.Field, e.Err)
	}
	return fmt.Sprintf("field %s (%s): %v", e.Field, e.Label, e.Err)
}

func (e *FieldError) Unwrap() error { return e.Err }

func (c *canvas) fail(err error) {
	if err != nil && c.err == nil {
		c.err = &FieldError{Field: c.what, Err: err}
	}
}

func (c *canvas) add(items ...Item) { c.page.Items = append(c.page.Items, items...) }

// left sets a text from x on baseline y and returns its right end.
func (c *canvas) left(x, y float64, st style, s string) float64 {
	runs, w, err := c.fonts.Split(st.face, st.size, s)
	c.fail(err)
	if len(runs) > 0 {
		c.add(Text{X: x, Y: y, Size: st.size, Color: rgb(st.color), Runs: runs})
	}
	return x + w
}

func (c *canvas) width(st style, s string) float64 {
	_, w, err := c.fonts.Split(st.face, st.size, s)
	c.fail(err)
	return w
}

// right sets a text so that it ends at x and returns its left end.
func (c *canvas) right(x, y float64, st style, s string) float64 {
	x -= c.width(st, s)
	c.left(x, y, st, s)
	return x
}

func (c *canvas) centre(x, y float64, st style, s string) {
	c.left(x-c.width(st, s)/2, y, st, s)
}

// lines sets a text in a place whose first baseline is y; later lines follow
// at the place's leading. It returns the last baseline.
func (c *canvas) lines(x, y float64, st style, s string, p place) float64 {
	b, err := c.fonts.block(st.face, s)
	if err != nil {
		c.fail(err)
		return y
	}
	set, err := b.fit(p, nil)
	if err != nil {
		c.fail(err)
		return y
	}
	st.size = set.size
	lead := p.leading * set.size * MMPerPt
	for i, l := range set.lines {
		c.add(set.text(l, x, y+float64(i)*lead, st))
	}
	return y + float64(len(set.lines)-1)*lead
}

// text is one line of the setting as an item.
func (s setting) text(l span, x, y float64, st style) Text {
	runs, _ := s.runs(l)
	return Text{X: x, Y: y, Size: s.size, Color: rgb(st.color), Runs: runs}
}

func (c *canvas) rule(x1, y1, x2, y2, width float64, color uint32) {
	c.add(Line{X1: x1, Y1: y1, X2: x2, Y2: y2, Width: width, Color: rgb(color)})
}

func (c *canvas) fill(x, y, w, h float64, color uint32) {
	c.add(Rect{X: x, Y: y, W: w, H: h, Fill: rgbp(color)})
}

func (c *canvas) frame(x, y, w, h, width float64) {
	c.add(Rect{X: x, Y: y, W: w, H: h, Stroke: rgbp(inkBlack), Width: width})
}
