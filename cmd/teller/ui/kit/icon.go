package kit

import (
	"fmt"
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// Icon draws an icon of the set in a colour, size×size.
func (l Look) Icon(name string, size float32, c color.NRGBA) fyne.CanvasObject {
	svg := l.Icons(name)
	if svg == nil {
		return Blank(l.S(size), l.S(size))
	}
	code := fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B)
	body := strings.ReplaceAll(string(svg), "currentColor", code)
	// The name tells colours apart: the toolkit keeps drawn icons by it.
	img := canvas.NewImageFromResource(fyne.NewStaticResource(name+code+".svg", []byte(body)))
	img.FillMode = canvas.ImageFillContain
	img.SetMinSize(fyne.NewSize(l.S(size), l.S(size)))
	return img
}

// Mark is the product's seal: one character in a rounded square.
func (l Look) Mark(size float32, ground, ink color.NRGBA) fyne.CanvasObject {
	t := l.Bold("墨", size*0.62, ink)
	t.Alignment = fyne.TextAlignCenter
	return Fix(l.S(size), l.S(size), Stack(l.Box(ground, nil, 0, size*0.14), Center(t)))
}
