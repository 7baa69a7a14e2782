package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
)

// Kind of a button.
type Kind uint8

const (
	Plain Kind = iota
	Primary
	Danger
)

// Button says what it does, by which key, and when it cannot, why.
type Button struct {
	Text string
	Key  string // cap after the text, "" for none
	Icon string // before the text, "" for none
	Kind Kind
	// Reason makes it grey: why it is not possible now. Alarm paints the reason
	// in the colour of errors.
	Reason string
	Alarm  bool
	Busy   bool // grey too, with a notch
	Focus  bool
	Size   float32 // of the text; 0: 16
	Do     func()
}

// Off says that a press does nothing.
func (b Button) Off() bool { return b.Reason != "" || b.Busy }

// Button draws one; the caller gives it its size.
func (l Look) Button(b Button) fyne.CanvasObject {
	ink, fill, edge := l.buttonColours(b)
	size := b.Size
	if size == 0 {
		size = 16
	}
	bold := b.Kind == Primary && !b.Off()
	row := H(l.S(8))
	switch {
	case b.Busy:
		row.Add(l.Icon("bold-circle-notch", size+4, ink))
	case b.Icon != "":
		row.Add(l.Icon(b.Icon, size+4, ink))
	}
	t := l.Text(b.Text, size, ink)
	t.TextStyle.Bold = bold
	row.Add(t)
	if b.Reason != "" {
		row.Add(Blank(l.S(8), 0))
		c := ink
		if b.Alarm {
			c = l.P.Err
			row.Add(l.Icon("fill-x-circle", 18, c))
		}
		row.Add(l.Text(b.Reason, size, c))
	} else if b.Key != "" && !b.Busy {
		row.Add(l.Cap(b.Key, ink, color.Transparent))
	}
	var body fyne.CanvasObject = Stack(l.Box(fill, edge, 1, 4), Center(row))
	if b.Focus && !b.Off() {
		body = Stack(l.Box(l.P.Surface, l.P.Accent, 2, 6), Inset(l.S(4), l.S(4), l.S(4), l.S(4), body))
	}
	return NewTap(body, func(fyne.Position) {
		if !b.Off() && b.Do != nil {
			b.Do()
		}
	})
}

func (l Look) buttonColours(b Button) (ink color.NRGBA, fill, edge color.Color) {
	switch {
	case b.Off():
		return l.P.Ink3, l.P.Sunk, l.P.Line
	case b.Kind == Primary:
		return l.P.OnAccent, l.P.Accent, l.P.Accent
	case b.Kind == Danger:
		return l.P.Err, l.P.Surface, l.P.Err
	}
	return l.P.Ink, l.P.Surface, l.P.Edge
}
