package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
)

// Digits are boxes of one character each: the transaction code, the one-time
// code. Full is called when the last is typed.
type Digits struct {
	*Tap
	Full func(string)

	look  Look
	n     int
	size  float32 // of the type
	mid   float32 // wider gap after the middle box, 0: none
	gap   float32
	any   bool // letters too
	text  []rune
	focus bool
	boxes []*digit
}

type digit struct {
	halo, frame *canvas.Rectangle
	text        *canvas.Text
	bar         *canvas.Rectangle
}

// NewDigits makes n boxes with type of a size; mid is the gap in the middle.
func (l Look) NewDigits(n int, size, gap, mid float32, letters bool, tapped func()) *Digits {
	d := &Digits{look: l, n: n, size: size, gap: gap, mid: mid, any: letters}
	box := container.New(digitsLayout{d})
	for range n {
		b := &digit{halo: l.Box(color.Transparent, nil, 0, 6), frame: l.Box(l.P.Surface, l.P.Edge, 1, 4),
			text: l.Bold("", size, l.P.Ink), bar: canvas.NewRectangle(l.P.Accent)}
		d.boxes = append(d.boxes, b)
		box.Objects = append(box.Objects, b.halo, b.frame, b.text, b.bar)
	}
	d.Tap = NewTap(box, func(fyne.Position) {
		if tapped != nil {
			tapped()
		}
	})
	d.paint()
	return d
}

type digitsLayout struct{ d *Digits }

func (digitsLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(200, 48) }

// Layout puts the boxes side by side.
func (y digitsLayout) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	d := y.d
	gaps := d.gap * float32(d.n-1)
	if d.mid > 0 {
		gaps += d.mid - d.gap
	}
	w := (size.Width - gaps) / float32(d.n)
	x := float32(0)
	for i, b := range d.boxes {
		b.halo.Move(fyne.NewPos(x-3, -3))
		b.halo.Resize(fyne.NewSize(w+6, size.Height+6))
		b.frame.Move(fyne.NewPos(x, 0))
		b.frame.Resize(fyne.NewSize(w, size.Height))
		m := b.text.MinSize()
		b.text.Move(fyne.NewPos(x+(w-m.Width)/2, (size.Height-m.Height)/2))
		b.bar.Move(fyne.NewPos(x+w/2-1, size.Height/2-d.size/2))
		b.bar.Resize(fyne.NewSize(2, d.size))
		x += w + d.gap
		if d.mid > 0 && i == d.n/2-1 {
			x += d.mid - d.gap
		}
	}
}

func (d *Digits) paint() {
	p := d.look.P
	for i, b := range d.boxes {
		b.text.Text = ""
		if i < len(d.text) {
			b.text.Text = string(d.text[i])
		}
		here := d.focus && (i == len(d.text) || i == d.n-1 && len(d.text) == d.n)
		b.frame.StrokeColor, b.frame.StrokeWidth, b.halo.FillColor = p.Edge, 1, color.Transparent
		if here {
			b.frame.StrokeColor, b.frame.StrokeWidth, b.halo.FillColor = p.Accent, 2, p.Halo
		}
		b.bar.Hidden = !here || i < len(d.text)
	}
	d.Tap.body.Refresh()
}

// Text typed so far.
func (d *Digits) Text() string { return string(d.text) }

// Left is how many are missing.
func (d *Digits) Left() int { return d.n - len(d.text) }

// SetText fills the boxes without calling Full.
func (d *Digits) SetText(s string) {
	clear(d.text)
	d.text = []rune(s)
	if len(d.text) > d.n {
		d.text = d.text[:d.n]
	}
	d.paint()
}

// SetFocus shows which box comes next.
func (d *Digits) SetFocus(on bool) { d.focus = on; d.paint() }

// Type takes a character; the last one calls Full.
func (d *Digits) Type(r rune) {
	ok := r >= '0' && r <= '9' || d.any && (r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
	if !ok || len(d.text) >= d.n {
		return
	}
	d.text = append(d.text, r)
	d.paint()
	if len(d.text) == d.n && d.Full != nil {
		d.Full(string(d.text))
	}
}

// Key takes Backspace; it says whether it was one.
func (d *Digits) Key(k fyne.KeyName) bool {
	if k != fyne.KeyBackspace {
		return false
	}
	if len(d.text) > 0 {
		d.text = d.text[:len(d.text)-1]
		d.paint()
	}
	return true
}
