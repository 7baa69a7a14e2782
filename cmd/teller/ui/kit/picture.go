package kit

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// Picture shows an image as large as its place allows, with an edge.
func (l Look) Picture(img image.Image, size fyne.Size) fyne.CanvasObject {
	if img == nil {
		return Blank(size.Width, size.Height)
	}
	b := img.Bounds()
	k := min(size.Width/float32(b.Dx()), size.Height/float32(b.Dy()))
	w, h := float32(b.Dx())*k, float32(b.Dy())*k
	c := canvas.NewImageFromImage(img)
	c.FillMode = canvas.ImageFillStretch
	c.ScaleMode = canvas.ImageScaleSmooth
	return Center(Fix(w, h, Stack(c, l.Box(color.Transparent, l.P.Edge, 1, 0))))
}

// Modules draws a matrix code of n×n modules, each a whole number of pixels of
// the image, with a quiet zone of 4.
func Modules(n int, dark []bool, scale int, ink color.NRGBA) image.Image {
	side := (n + 8) * scale
	img := image.NewNRGBA(image.Rect(0, 0, side, side))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	for y := range n {
		for x := range n {
			if !dark[y*n+x] {
				continue
			}
			for j := range scale {
				for i := range scale {
					img.SetNRGBA((x+4)*scale+i, (y+4)*scale+j, ink)
				}
			}
		}
	}
	return img
}

// IdlePaper is the warm ground of the idle slides.
func IdlePaper() color.NRGBA { return hex(0xF6F3EC) }
