package ui

import (
	"image"

	"fyne.io/fyne/v2"
	"golang.org/x/image/draw"
)

// fit names a picture at a size.
type fit struct {
	pix  *uint8
	r    image.Rectangle
	w, h int
}

// fits are pictures already fitted; a few, since each page has one place.
type fits map[fit]image.Image

const mostFits = 24

// fitted is a picture with one pixel for each of the screen's, so that small
// type stays sharp.
func (a *App) fitted(img image.Image, size fyne.Size) image.Image {
	src, ok := img.(*image.RGBA)
	if !ok || len(src.Pix) == 0 {
		return img
	}
	b := src.Bounds()
	scale := float32(1)
	if c := a.win.Canvas(); c != nil && c.Scale() > 0 {
		scale = c.Scale()
	}
	k := min(size.Width*scale/float32(b.Dx()), size.Height*scale/float32(b.Dy()))
	if k <= 0 || k >= 1 {
		return img
	}
	key := fit{&src.Pix[src.PixOffset(b.Min.X, b.Min.Y)], b, int(float32(b.Dx())*k + 0.5), int(float32(b.Dy())*k + 0.5)}
	if key.w < 8 || key.h < 8 {
		return img
	}
	if got, ok := a.fits[key]; ok {
		return got
	}
	if a.fits == nil || len(a.fits) > mostFits {
		a.fits = fits{}
	}
	out := image.NewRGBA(image.Rect(0, 0, key.w, key.h))
	draw.CatmullRom.Scale(out, out.Bounds(), src, b, draw.Src, nil)
	a.fits[key] = out
	return out
}
