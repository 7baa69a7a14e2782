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
