package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// Column of a table.
type Column struct {
	Title string
	// Width in pixels; 0 takes what is left.
	Width float32
	Right bool
}

// Cell is a text or, when Obj is set, anything.
type Cell struct {
	Text string
	Bold bool
	Dim  bool
	Obj  fyne.CanvasObject
}

// Table shows rows that fit around the selected one; it never scrolls by the
// pixel. Draw it anew when anything changes.
type Table struct {
	Columns  []Column
	Rows     [][]Cell
	Selected int // -1: none
	RowH     float32
	Tapped   func(row int)
	// Empty is the sentence when there are no rows.
	Empty string
}

// First is the first row shown of n rows, of which fit are visible.
func First(selected, n, fit int) int {
	if n <= fit || selected < 0 {
		return 0
	}
	return min(max(0, selected-fit/2), n-fit)
}

// Table draws one into a place of a size.
func (l Look) Table(t Table, size fyne.Size) fyne.CanvasObject {
	head := Fix(0, l.S(36), Stack(l.Box(l.P.Sunk, nil, 0, 0), Inset(0, l.S(20), 0, l.S(20), l.row(t, nil, true, size.Width))))
	v := V(0, head, l.Rule())
	fit := int((size.Height - l.S(38)) / (l.S(t.RowH) + 1))
	from := First(t.Selected, len(t.Rows), fit)
	for i := from; i < len(t.Rows) && i < from+fit; i++ {
		v.Add(l.tableRow(t, i, size.Width))
		v.Add(l.Rule())
	}
	if len(t.Rows) == 0 {
		v.Add(Inset(l.S(16), 0, 0, l.S(20), H(l.S(8), l.Icon("regular-info", 20, l.P.Ink3), l.Text(t.Empty, 15, l.P.Ink2))))
	}
	return v
}

func (l Look) tableRow(t Table, i int, width float32) fyne.CanvasObject {
	row := Fix(0, l.S(t.RowH), Inset(0, l.S(20), 0, l.S(20), l.row(t, t.Rows[i], false, width)))
	var o fyne.CanvasObject = row
	if i == t.Selected {
		bar := H(0, FixFill(l.S(3), 0, canvas.NewRectangle(l.P.Accent)), Gap())
		o = Stack(canvas.NewRectangle(l.P.Soft), bar, row)
	}
	if t.Tapped == nil {
		return o
	}
	return NewTap(o, func(fyne.Position) { t.Tapped(i) })
}

func (l Look) row(t Table, cells []Cell, head bool, width float32) fyne.CanvasObject {
	free := width - l.S(40)
	for _, c := range t.Columns {
		free -= l.S(c.Width)
	}
	row := H(0)
	for i, c := range t.Columns {
		w := l.S(c.Width)
		if c.Width == 0 {
			w = free
		}
		var o fyne.CanvasObject
		switch {
		case head:
			o = l.Text(c.Title, 13, l.P.Ink2)
		case cells[i].Obj != nil:
			o = cells[i].Obj
		default:
			ink := l.P.Ink
			if cells[i].Dim {
				ink = l.P.Ink2
			}
			x := l.Text(l.Fit(cells[i].Text, 15, cells[i].Bold, w-l.S(8)), 15, ink)
			x.TextStyle.Bold = cells[i].Bold
			o = x
		}
		if c.Right {
			row.Add(Fix(w, 0, H(0, Gap(), o, Blank(l.S(24), 0))))
		} else {
			row.Add(Fix(w, 0, H(0, o, Gap())))
		}
	}
	return row
}
