package render

import (
	"maps"
	"slices"

	"moqian/render/form"
)

// table is where rows stand.
type table struct {
	x, top, w float64
	masked    bool // customer copy
}

// height of rows in mm.
func height(rows []form.Row) float64 {
	h := 0.0
	for _, r := range rows {
		h += r.Height
	}
	return h
}

// table draws rows and returns the table's lower edge. Painting order: fills,
// rules, text, so that no fill hides a rule.
func (c *canvas) table(t table, rows []form.Row, r *reader) float64 {
	c.tableFills(t, rows)
	c.tableRules(t, rows)
	y := t.top
	for _, row := range rows {
		w := t.w / float64(len(row.Cells))
		for i, cl := range row.Cells {
			x := t.x + float64(i)*w
			switch {
			case row.Head:
				c.columnHead(x, y, row.Height, r.typ.Label(cl))
			default:
				c.label(x, y, row.Height, r.typ.Label(cl))
				c.cellValue(x, y, w, row, r.entry(cl, t.masked))
			}
		}
		y += row.Height
	}
	return y
}

func (c *canvas) cellValue(x, y, w float64, row form.Row, e entry) {
	x, w = x+labelWidth+cellPad, w-labelWidth-2*cellPad
	if len(e.choices) > 1 && c.choices(x, y, w, row.Height, e) {
		return
	}
	c.value(x, y, w, row.Height, e)
}

func (c *canvas) tableFills(t table, rows []form.Row) {
	y := t.top
	for _, row := range rows {
		w := t.w / float64(max(1, len(row.Cells)))
		for i := range row.Cells {
			if row.Head {
				c.fill(t.x+float64(i)*w, y, w, row.Height, headFill)
			} else {
				c.fill(t.x+float64(i)*w, y, labelWidth, row.Height, labelFill)
			}
		}
		y += row.Height
	}
}

// tableRules draws the lines between rows, then those between columns, each as
// long as it goes, then the frame.
func (c *canvas) tableRules(t table, rows []form.Row) {
	y := t.top
	open := map[float64]float64{} // column lines: x to where each began
	close := func(keep []float64) {
		for _, x := range slices.Sorted(maps.Keys(open)) {
			if !slices.Contains(keep, x) {
				c.rule(x, open[x], x, y, innerLine, inkBlack)
				delete(open, x)
			}
		}
	}
	for n, row := range rows {
		if n > 0 {
			c.rule(t.x, y, t.x+t.w, y, innerLine, inkBlack)
		}
		here := columns(t, row)
		close(here)
		for _, x := range here {
			if _, ok := open[x]; !ok {
				open[x] = y
			}
		}
		y += row.Height
	}
	close(nil)
	c.frame(t.x, t.top, t.w, y-t.top, frameLine)
}

// columns are the places of a row's lines between cells and behind labels.
func columns(t table, row form.Row) (xs []float64) {
	w := t.w / float64(max(1, len(row.Cells)))
	for i := range row.Cells {
		x := t.x + float64(i)*w
		if i > 0 {
			xs = append(xs, x)
		}
		if !row.Head {
			xs = append(xs, x+labelWidth)
		}
	}
	return xs
}

// columnHead names a column: Chinese bold, English beside it.
func (c *canvas) columnHead(x, top, h float64, t form.Text) {
	c.what = "column head " + t.ZH
	base := top + h/2 + midline*8.5*MMPerPt
	end := c.left(x+cellPad, base, bold(8.5), t.ZH)
	if t.EN != "" {
		c.left(end+1.2, base, grey(6), t.EN)
	}
}

// Boxes to tick, in mm.
const (
	tickBox  = 3.0
	tickText = 4.0 // text begins this far right of the box's left
	tickNext = 6.0 // and the next box this far right of the text
)

// choices draws every choice with a box before it, the chosen ones ticked. It
// says no, and draws nothing, when they do not fit on the line.
func (c *canvas) choices(x, top, w, h float64, e entry) bool {
	st, need := plain(9.5), -tickNext
	for _, s := range e.choices {
		need += tickText + c.width(st, s) + tickNext
	}
	if need > w {
		return false
	}
	mid := top + h/2
	for i, s := range e.choices {
		c.frame(x, mid-tickBox/2, tickBox, tickBox, boxLine)
		if e.picked[i] {
			c.tick(x, mid-tickBox/2)
		}
		x = c.left(x+tickText, mid+midline*st.size*MMPerPt, st, s) + tickNext
	}
	return true
}

// tick is a filled figure, so that every painter gives it the same corners.
func (c *canvas) tick(x, y float64) {
	var segs []Seg
	for i, p := range []Pt{{0.35, 1.55}, {0.70, 1.20}, {1.25, 1.85}, {2.45, 0.45}, {2.80, 0.75}, {1.28, 2.60}} {
		op := byte('L')
		if i == 0 {
			op = 'M'
		}
		segs = append(segs, Seg{Op: op, P: [3]Pt{{x + p.X, y + p.Y}}})
	}
	c.add(Path{Segs: append(segs, Seg{Op: 'Z'}), Fill: rgbp(inkBlack)})
}
