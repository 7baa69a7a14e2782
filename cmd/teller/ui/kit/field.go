package kit

import (
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
)

// Field is a line of text that is typed into. It has no focus of its own: the
// page hands keys to the current one.
type Field struct {
	*Tap
	// Secret shows dots.
	Secret bool
	// Money shows the text at the right in large type with ¥ before it.
	Money bool
	// Strong shows it in 18 bold: numbers.
	Strong bool
	// Group formats what is shown; it may only add spaces and commas, so that
	// the caret can be placed. nil shows the text as it is.
	Group func(string) string
	// Max runes, 0: 200.
	Max int

	look        Look
	text        []rune
	caret       int
	focus, bad  bool
	lit         bool // caret shown
	hint        string
	halo, frame *canvas.Rectangle
	shown, yen  *canvas.Text
	bar         *canvas.Rectangle
	icon        fyne.CanvasObject
	box         *fyne.Container
}

// NewField makes an empty field, 40 high (48 for money); hint is shown in it
// while it is empty.
func (l Look) NewField(hint string, tapped func()) *Field {
	f := &Field{look: l, hint: hint, lit: true}
	f.halo = l.Box(color.Transparent, nil, 0, 6)
	f.frame = l.Box(l.P.Surface, l.P.Edge, 1, 4)
	f.shown = l.Text("", 15, l.P.Ink)
	f.yen = l.Text("", 20, l.P.Ink2)
	f.bar = canvas.NewRectangle(l.P.Accent)
	f.box = container.New(fieldLayout{f}, f.halo, f.frame, f.yen, f.shown, f.bar)
	f.Tap = NewTap(f.box, func(fyne.Position) {
		if tapped != nil {
			tapped()
		}
	})
	f.paint()
	return f
}

type fieldLayout struct{ f *Field }

func (fieldLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(80, 40) }

func (y fieldLayout) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	f := y.f
	f.halo.Move(fyne.NewPos(-3, -3))
	f.halo.Resize(size.AddWidthHeight(6, 6))
	f.frame.Resize(size)
	h := f.shown.MinSize()
	x := float32(12)
	if f.Money {
		f.yen.Move(fyne.NewPos(12, (size.Height-f.yen.MinSize().Height)/2))
		x = size.Width - 14 - h.Width
	} else if w := size.Width - 26; f.focus && h.Width > w {
		x = 12 - (h.Width - w) // keep the end in sight
	}
	f.shown.Move(fyne.NewPos(x, (size.Height-h.Height)/2))
	f.shown.Resize(h)
	before := fyne.MeasureText(f.upTo(f.caret), f.shown.TextSize, f.shown.TextStyle).Width
	if len(f.text) == 0 {
		before = 0
		if f.Money {
			x = size.Width - 14
		}
	}
	f.bar.Move(fyne.NewPos(x+before, (size.Height-f.shown.TextSize*1.25)/2))
	f.bar.Resize(fyne.NewSize(2, f.shown.TextSize*1.25))
}

// upTo is what stands before the caret as it is shown.
func (f *Field) upTo(n int) string {
	s := []rune(f.display())
	if f.Group == nil || f.Secret {
		return string(s[:min(n, len(s))])
	}
	k, i := 0, 0
	for ; i < len(s) && k < n; i++ {
		if k < len(f.text) && s[i] == f.text[k] {
			k++
		}
	}
	return string(s[:i])
}

func (f *Field) display() string {
	switch {
	case f.Secret:
		return strings.Repeat("●", len(f.text))
	case f.Group != nil:
		return f.Group(string(f.text))
	}
	return string(f.text)
}

func (f *Field) paint() {
	p := f.look.P
	f.shown.Text, f.shown.Color = f.display(), p.Ink
	f.shown.TextSize, f.shown.TextStyle.Bold = 15, f.Strong
	switch {
	case f.Money:
		f.shown.TextSize, f.shown.TextStyle.Bold = 24, true
		f.yen.Text = "¥"
	case f.Strong:
		f.shown.TextSize = 18
	}
	if len(f.text) == 0 {
		f.shown.Text, f.shown.Color, f.shown.TextStyle.Bold = f.hint, p.Ink3, false
		f.shown.TextSize = 15
	}
	f.frame.StrokeColor, f.frame.StrokeWidth = p.Edge, 1
	f.halo.FillColor = color.Transparent
	if f.bad {
		f.frame.StrokeColor, f.frame.StrokeWidth = p.Err, 2
	}
	if f.focus {
		f.frame.StrokeColor, f.frame.StrokeWidth = p.Accent, 2
		f.halo.FillColor = p.Halo
	}
	f.bar.Hidden = !f.focus || !f.lit
	f.box.Refresh()
}

// Text is what was typed.
func (f *Field) Text() string { return string(f.text) }

// Bytes is what was typed as bytes of the caller's own, for passwords.
func (f *Field) Bytes() []byte { return []byte(string(f.text)) }

// SetText replaces the text; the caret goes to the end.
func (f *Field) SetText(s string) {
	clear(f.text)
	f.text = []rune(s)
	f.caret = len(f.text)
	f.paint()
}

// SetFocus shows the field as the current one.
func (f *Field) SetFocus(on bool) { f.focus, f.lit = on, true; f.paint() }

// SetBad shows it as wrong.
func (f *Field) SetBad(bad bool) {
	if bad != f.bad {
		f.bad = bad
		f.paint()
	}
}

// Style sets what kind of text it holds and repaints.
func (f *Field) Style(change func(*Field)) *Field { change(f); f.paint(); return f }

// Type puts a character at the caret.
func (f *Field) Type(r rune) {
	limit := f.Max
	if limit == 0 {
		limit = 200
	}
	if r < ' ' || len(f.text) >= limit {
		return
	}
	f.text = append(f.text, 0)
	copy(f.text[f.caret+1:], f.text[f.caret:])
	f.text[f.caret] = r
	f.caret++
	f.paint()
}

// Key edits; it says whether the key was one of editing that had an effect.
func (f *Field) Key(k fyne.KeyName) bool {
	switch k {
	case fyne.KeyBackspace:
		if f.caret == 0 {
			return true
		}
		f.text = append(f.text[:f.caret-1], f.text[f.caret:]...)
		f.caret--
	case fyne.KeyDelete:
		if f.caret < len(f.text) {
			f.text = append(f.text[:f.caret], f.text[f.caret+1:]...)
		}
	case fyne.KeyLeft:
		f.caret = max(0, f.caret-1)
	case fyne.KeyRight:
		f.caret = min(len(f.text), f.caret+1)
	case fyne.KeyHome:
		f.caret = 0
	case fyne.KeyEnd:
		f.caret = len(f.text)
	default:
		return false
	}
	f.paint()
	return true
}

// Wipe overwrites what was typed.
func (f *Field) Wipe() { f.SetText("") }
