package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/software"

	"moqian/cmd/teller/ui/kit"
)

// freezer turns a page into one still picture with its live parts over it. A
// frame then costs a copy and not a page: painted in software a page takes a
// hundred times as long as the ink on it, and the ink would be late.
type freezer struct {
	spots map[fyne.CanvasObject]fyne.CanvasObject // placeholder to live part
}

// living marks a part of the page that changes while the pen writes.
func (a *App) living(o fyne.CanvasObject) fyne.CanvasObject {
	if a.freezing == nil {
		return o
	}
	place := canvas.NewRectangle(color.Transparent)
	place.SetMinSize(o.MinSize())
	a.freezing.spots[place] = o
	return place
}

// freeze builds a page and gives its picture with the living parts and the
// places that can be tapped over it.
func (a *App) freeze(size fyne.Size, scale float32, build func() fyne.CanvasObject) fyne.CanvasObject {
	f := &freezer{spots: map[fyne.CanvasObject]fyne.CanvasObject{}}
	a.freezing = f
	defer func() { a.freezing = nil }()
	tree := build()
	c := software.NewCanvas()
	c.SetPadded(false)
	c.SetScale(scale)
	c.SetContent(tree)
	c.Resize(size)
	img := canvas.NewImageFromImage(c.Capture())
	img.FillMode = canvas.ImageFillStretch
	img.ScaleMode = canvas.ImageScalePixels
	free := kit.Free(kit.At(0, 0, size.Width, size.Height, img))
	kit.Walk(tree, func(o fyne.CanvasObject, at fyne.Position) {
		s := o.Size()
		if live, ok := f.spots[o]; ok {
			free.Add(kit.At(at.X, at.Y, s.Width, s.Height, live))
		} else if t, ok := o.(*kit.Tap); ok {
			free.Add(kit.At(at.X, at.Y, s.Width, s.Height, t.Ghost()))
		}
	})
	return free
}
