package render

import (
	"errors"

	"moqian/render/form"
)

// Sizes of a table's cells in mm.
const (
	labelWidth  = 26.0
	cellPad     = 1.5
	rowClear    = 0.6 // of a row's height that no text may use
	lowRow      = 7.0 // rows lower than this carry no English label
	cellLeading = 1.25
)

// label sets a cell's label in both languages, centred as a pair.
func (c *canvas) label(x, top, h float64, t form.Text) {
	c.what = "label " + t.ZH
	p := place{labelWidth - 2*cellPad + 0.5, h, cellLeading, []step{{8.5, 1}, {7.5, 1}, {6.5, 1}}}
	if h < lowRow || t.EN == "" {
		c.lines(x+cellPad, top+h/2+midline*8.5*MMPerPt, plain(8.5), t.ZH, p)
		return
	}
	base := top + (h-5.3)/2
	c.lines(x+cellPad, base+2.7, plain(8.5), t.ZH, p)
	p.steps = []step{{6, 1}}
	c.lines(x+cellPad, base+5.15, grey(6), t.EN, p)
}

// value sets an entry in a cell whose usable space begins at x.
func (c *canvas) value(x, top, w, h float64, e entry) {
	st := style{Regular, 0, inkBlack}
	if e.bold {
		st.face = Bold
	}
	item, err := c.setEntry(x, top, w, h, e, st)
	if err != nil && c.err == nil {
		c.err = &FieldError{Field: e.id, Label: e.label, Err: err}
	}
	c.add(item...)
}

func (c *canvas) setEntry(x, top, w, h float64, e entry, st style) ([]Item, error) {
	b, gaps, err := c.fonts.parts(st.face, e.parts)
	if err != nil {
		return nil, err
	}
	set, err := b.fit(place{w, h - rowClear, cellLeading, ladderOf(e)}, gaps)
	if err != nil {
		return nil, err
	}
	items := set.centred(x, top+h/2, st)
	if e.actual == "" || !e.copies(len(set.lines)) {
		return items, nil
	}
	return []Item{Span{Actual: e.actual, Items: items}}, nil
}

// copies says whether a value stands in a span of its own for copying.
func (e entry) copies(lines int) bool {
	switch e.kind {
	case form.Name, form.Account, form.Amount, form.IDCard, form.Mobile:
		return true
	}
	return e.bold || lines > 1 || len(e.parts) > 1
}

func ladderOf(e entry) []step {
	number := e.kind == form.Account || e.kind == form.Amount
	switch {
	case e.bold && number:
		return keyNumberLadder()
	case number:
		return plainNumberLadder()
	case e.bold:
		return keyLadder()
	}
	return plainLadder()
}

// parts measures groups as one block and says before which characters the gaps
// stand.
func (f *Fonts) parts(face Face, parts []string) (block, []int, error) {
	var whole string
	var gaps []int
	for i, p := range parts {
		if i > 0 {
			gaps = append(gaps, len([]rune(whole)))
		}
		whole += p
	}
	b, err := f.block(face, whole)
	if err == nil && len(b.chars) == 0 {
		err = errors.New("internal error: empty value")
	}
	return b, gaps, err
}

// centred sets all lines as a block around the height y.
func (s setting) centred(x, y float64, st style) []Item {
	em := s.size * MMPerPt
	first := y + midline*em - float64(len(s.lines)-1)/2*cellLeading*em
	var items []Item
	for i, l := range s.lines {
		items = append(items, s.text(l, x, first+float64(i)*cellLeading*em, st))
	}
	return items
}
