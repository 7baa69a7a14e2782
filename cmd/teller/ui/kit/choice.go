package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// Drop is the closed look of a choice: the chosen words and a caret.
func (l Look) Drop(text, hint string, focus, bad bool, tapped func()) fyne.CanvasObject {
	p := l.P
	frame := l.Box(p.Surface, p.Edge, 1, 4)
	if bad {
		frame.StrokeColor, frame.StrokeWidth = p.Err, 2
	}
	var halo fyne.CanvasObject = Blank(0, 0)
	if focus {
		frame.StrokeColor, frame.StrokeWidth = p.Accent, 2
		halo = Inset(-3, -3, -3, -3, l.Box(p.Halo, nil, 0, 6))
	}
	shown := l.Text(text, 15, p.Ink)
	if text == "" {
		shown = l.Text(hint, 15, p.Ink3)
	}
	row := Inset(0, l.S(12), 0, l.S(12), H(0, Grow(V(0, Gap(), shown, Gap())), l.Icon("regular-caret-down", 16, p.Ink2)))
	return NewTap(Stack(halo, frame, row), func(fyne.Position) {
		if tapped != nil {
			tapped()
		}
	})
}

// List is the open look of a choice: one row each, at is under the cursor,
// on says which are ticked (nil for a single choice).
func (l Look) List(words []string, at int, on []bool, tapped func(int)) fyne.CanvasObject {
	p := l.P
	v := V(0)
	for i, w := range words {
		ground, ink := p.Surface, p.Ink
		if i == at {
			ground = p.Soft
		}
		row := H(l.S(8))
		if on != nil {
			name := "fill-check-square"
			c := p.Accent
			if !on[i] {
				c = p.Line
			}
			row.Add(l.Icon(name, 18, c))
		}
		t := l.Text(w, 15, ink)
		t.TextStyle.Bold = i == at
		row.Add(t)
		bar := H(0, Gap())
		if i == at {
			bar = H(0, FixFill(l.S(3), 0, canvas.NewRectangle(p.Accent)), Gap())
		}
		v.Add(NewTap(Fix(0, l.S(36), Stack(canvas.NewRectangle(ground), bar, Inset(0, l.S(12), 0, l.S(13), row))),
			func(fyne.Position) { tapped(i) }))
	}
	return Stack(l.Box(p.Surface, p.Accent, 2, 4), Inset(3, 3, 3, 3, v))
}
