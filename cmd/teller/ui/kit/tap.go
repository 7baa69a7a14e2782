package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// Tap makes anything answer to the mouse and to touch.
type Tap struct {
	widget.BaseWidget
	body  fyne.CanvasObject
	onTap func(fyne.Position)
}

// NewTap wraps an object; f gets the place inside it.
func NewTap(body fyne.CanvasObject, f func(fyne.Position)) *Tap {
	t := &Tap{body: body, onTap: f}
	t.ExtendBaseWidget(t)
	return t
}

// Tapped is called by the toolkit.
func (t *Tap) Tapped(e *fyne.PointEvent) {
	if t.onTap != nil {
		t.onTap(e.Position)
	}
}

// CreateRenderer is called by the toolkit.
func (t *Tap) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(t.body) }

// Ghost answers like t and shows nothing.
func (t *Tap) Ghost() *Tap { return NewTap(Blank(0, 0), t.onTap) }

// Walk visits an object and everything in its containers, with their places in
// it.
func Walk(o fyne.CanvasObject, visit func(fyne.CanvasObject, fyne.Position)) {
	walk(o, o.Position(), visit)
}

func walk(o fyne.CanvasObject, at fyne.Position, visit func(fyne.CanvasObject, fyne.Position)) {
	visit(o, at)
	if c, ok := o.(*fyne.Container); ok {
		for _, x := range c.Objects {
			walk(x, at.Add(x.Position()), visit)
		}
	}
}
