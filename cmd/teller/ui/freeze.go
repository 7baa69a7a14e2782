package ui

import (
	"image"
	"image/color"
	"image/draw"
	"math"

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
	pic := c.Capture()
	free := kit.Free()
	hole := image.Rectangle{}
	kit.Walk(tree, func(o fyne.CanvasObject, at fyne.Position) {
		if v, ok := f.spots[o].(*kit.InkView); ok && hole.Empty() {
			hole = pixels(at, o.Size(), scale).Intersect(pic.Bounds())
			v.Ground(cut(pic, hole))
		}
	})
	for _, band := range around(pic.Bounds(), hole) {
		img := canvas.NewImageFromImage(cut(pic, band))
		img.FillMode = canvas.ImageFillStretch
		img.ScaleMode = canvas.ImageScalePixels
		free.Add(kit.At(float32(band.Min.X)/scale, float32(band.Min.Y)/scale, float32(band.Dx())/scale, float32(band.Dy())/scale, img))
	}
	kit.Walk(tree, func(o fyne.CanvasObject, at fyne.Position) {
		s := o.Size()
		if live, ok := f.spots[o]; ok {
			if _, ink := live.(*kit.InkView); ink && !hole.Empty() {
				free.Add(kit.At(float32(hole.Min.X)/scale, float32(hole.Min.Y)/scale, float32(hole.Dx())/scale, float32(hole.Dy())/scale, live))
				return
			}
			free.Add(kit.At(at.X, at.Y, s.Width, s.Height, live))
		} else if t, ok := o.(*kit.Tap); ok {
			free.Add(kit.At(at.X, at.Y, s.Width, s.Height, t.Ghost()))
		}
	})
	return free
}

// pixels of a place on the page.
func pixels(at fyne.Position, size fyne.Size, scale float32) image.Rectangle {
	px := func(v float32) int { return int(math.Round(float64(v * scale))) }
	return image.Rect(px(at.X), px(at.Y), px(at.X+size.Width), px(at.Y+size.Height))
}

// around are the parts of a picture beside a hole, which is not painted twice:
// the ink brings its own ground.
func around(all, hole image.Rectangle) []image.Rectangle {
	if hole.Empty() {
		return []image.Rectangle{all}
	}
	var out []image.Rectangle
	for _, r := range []image.Rectangle{
		image.Rect(all.Min.X, all.Min.Y, all.Max.X, hole.Min.Y), image.Rect(all.Min.X, hole.Max.Y, all.Max.X, all.Max.Y),
		image.Rect(all.Min.X, hole.Min.Y, hole.Min.X, hole.Max.Y), image.Rect(hole.Max.X, hole.Min.Y, all.Max.X, hole.Max.Y),
	} {
		if !r.Empty() {
			out = append(out, r)
		}
	}
	return out
}

// cut copies a part of a picture.
func cut(pic image.Image, r image.Rectangle) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, r.Dx(), r.Dy()))
	draw.Draw(out, out.Rect, pic, r.Min, draw.Src)
	return out
}
