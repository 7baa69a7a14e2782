package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// Palette holds the colours of the design guide by their names there.
type Palette struct {
	Ground, Surface, Sunk, Line, Edge        color.NRGBA
	Ink, Ink2, Ink3                          color.NRGBA
	Accent, OnAccent, Soft, Halo             color.NRGBA
	Bar, OnBar, OnBar2                       color.NRGBA
	OK, OKSoft, Warn, WarnSoft, Err, ErrSoft color.NRGBA
	Seal, Trial, OnTrial, Paper, Pen, Dim    color.NRGBA
	Dark                                     bool
}

// Light is the palette of bright rooms and of everything a customer sees.
func Light() *Palette {
	return &Palette{
		Ground: hex(0xE9EEF4), Surface: hex(0xFFFFFF), Sunk: hex(0xF4F7FA), Line: hex(0xD5DDE7), Edge: hex(0x738398),
		Ink: hex(0x14202E), Ink2: hex(0x4A5A6E), Ink3: hex(0x596A7E),
		Accent: hex(0x1B4B8F), OnAccent: hex(0xFFFFFF), Soft: hex(0xE3ECF8), Halo: hex(0xBFD4F0),
		Bar: hex(0x14263F), OnBar: hex(0xFFFFFF), OnBar2: hex(0xB4C3D6),
		OK: hex(0x1A6847), OKSoft: hex(0xE1F1E9), Warn: hex(0x855000), WarnSoft: hex(0xFDF0D9),
		Err: hex(0xB3231A), ErrSoft: hex(0xFCE9E7), Seal: hex(0xA8301C),
		Trial: hex(0xF2C14E), OnTrial: hex(0x2B2000), Paper: hex(0xFFFFFF), Pen: hex(0x10182A),
		Dim: color.NRGBA{R: 15, G: 25, B: 40, A: 148},
	}
}

// Dark is the palette of the teller's window in dark rooms.
func Dark() *Palette {
	return &Palette{
		Ground: hex(0x0F1722), Surface: hex(0x182231), Sunk: hex(0x1F2B3D), Line: hex(0x31405A), Edge: hex(0x7A8AA3),
		Ink: hex(0xE8EEF6), Ink2: hex(0xAEBBCB), Ink3: hex(0x94A3B8),
		Accent: hex(0x86B4F4), OnAccent: hex(0x0B1524), Soft: hex(0x22365A), Halo: hex(0x34507D),
		Bar: hex(0x0A111B), OnBar: hex(0xE8EEF6), OnBar2: hex(0xA9B7C8),
		OK: hex(0x6CCB9F), OKSoft: hex(0x173428), Warn: hex(0xE9B95B), WarnSoft: hex(0x3A2E14),
		Err: hex(0xFF9A90), ErrSoft: hex(0x43201F), Seal: hex(0xE0705C),
		Trial: hex(0xF2C14E), OnTrial: hex(0x2B2000), Paper: hex(0xFFFFFF), Pen: hex(0x10182A),
		Dim: color.NRGBA{R: 15, G: 25, B: 40, A: 148}, Dark: true,
	}
}

func hex(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 255}
}

// Look is a palette at a scale.
type Look struct {
	P *Palette
	// K multiplies every size: 1 in the teller's window, the ratio to the
	// design's 1280×800 in a customer's view.
	K float32
	// Icons gives an SVG of the icon set by its file name without .svg.
	Icons func(name string) []byte
}

// S scales a size of the design.
func (l Look) S(v float32) float32 { return v * l.K }

// Text is one line of type.
func (l Look) Text(s string, size float32, c color.Color) *canvas.Text {
	t := canvas.NewText(s, c)
	t.TextSize = l.S(size)
	return t
}

// Bold is one line of bold type.
func (l Look) Bold(s string, size float32, c color.Color) *canvas.Text {
	t := l.Text(s, size, c)
	t.TextStyle.Bold = true
	return t
}

// Width of a line of type in device-independent pixels.
func (l Look) Width(s string, size float32, bold bool) float32 {
	return fyne.MeasureText(s, l.S(size), fyne.TextStyle{Bold: bold}).Width
}

// Box is a filled rectangle with an edge and round corners.
func (l Look) Box(fill, edge color.Color, width, radius float32) *canvas.Rectangle {
	r := canvas.NewRectangle(fill)
	r.StrokeColor, r.StrokeWidth = edge, l.S(width)
	if width == 0 {
		r.StrokeColor = nil
	}
	r.CornerRadius = l.S(radius)
	return r
}

// Rule is a line one pixel high.
func (l Look) Rule() fyne.CanvasObject {
	return Fix(0, 1, canvas.NewRectangle(l.P.Line))
}

// Fit cuts a text to a width in pixels, with … where it was cut.
func (l Look) Fit(s string, size float32, bold bool, width float32) string {
	if l.Width(s, size, bold) <= width {
		return s
	}
	r := []rune(s)
	for len(r) > 1 {
		r = r[:len(r)-1]
		if t := string(r) + "…"; l.Width(t, size, bold) <= width {
			return t
		}
	}
	return "…"
}
