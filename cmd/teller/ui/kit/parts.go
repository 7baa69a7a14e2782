package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
)

// Card is a surface with an edge.
func (l Look) Card(body fyne.CanvasObject) fyne.CanvasObject {
	return Stack(l.Box(l.P.Surface, l.P.Line, 1, 6), body)
}

// StrongCard is a card that asks for action: an edge of 2 in the accent.
func (l Look) StrongCard(body fyne.CanvasObject) fyne.CanvasObject {
	return Stack(l.Box(l.P.Surface, l.P.Accent, 2, 6), body)
}

// Head is the head of a card, 48 high with a rule below: parts from the left,
// then, after a gap, those at the right.
func (l Look) Head(left []fyne.CanvasObject, right ...fyne.CanvasObject) fyne.CanvasObject {
	all := append(append(left, Gap()), right...)
	return V(0, Fix(0, l.S(47), Inset(0, l.S(20), 0, l.S(20), H(l.S(8), all...))), l.Rule())
}

// HeadCard is a card with a head and a body below it.
func (l Look) HeadCard(head, body fyne.CanvasObject) fyne.CanvasObject {
	return l.Card(container.NewBorder(head, nil, nil, nil, body))
}

// Stage is the sunk ground behind a picture, inside a card.
func (l Look) Stage(body fyne.CanvasObject) fyne.CanvasObject {
	r := l.Box(l.P.Sunk, nil, 0, 0)
	r.BottomLeftCornerRadius, r.BottomRightCornerRadius = l.S(5), l.S(5)
	return Inset(0, 1, 1, 1, Stack(r, body))
}

// Tone is the meaning of a colour; it always comes with a shape and a word.
type Tone uint8

const (
	Neutral Tone = iota
	Good
	Look2 // needs a look
	Bad
	Act
)

// Colours of a tone: text, ground.
func (l Look) Colours(t Tone) (ink, ground color.NRGBA) {
	switch t {
	case Good:
		return l.P.OK, l.P.OKSoft
	case Look2:
		return l.P.Warn, l.P.WarnSoft
	case Bad:
		return l.P.Err, l.P.ErrSoft
	case Act:
		return l.P.Accent, l.P.Soft
	}
	return l.P.Ink2, l.P.Sunk
}

func toneIcon(t Tone) string {
	switch t {
	case Good:
		return "bold-check"
	case Look2:
		return "bold-clock"
	case Bad:
		return "bold-x"
	case Act:
		return "bold-arrow-up"
	}
	return ""
}

// Tag is a state: colour, icon and word. icon "" takes the tone's own.
func (l Look) Tag(word string, t Tone, icon string) fyne.CanvasObject {
	ink, ground := l.Colours(t)
	if icon == "" {
		icon = toneIcon(t)
	}
	row := H(l.S(4))
	if icon != "" {
		row.Add(l.Icon(icon, 14, ink))
	}
	row.Add(l.Text(word, 13, ink))
	var edge color.Color
	width := float32(0)
	if t == Neutral {
		edge, width = l.P.Line, 1
	}
	return Fix(0, l.S(22), Stack(l.Box(ground, edge, width, 4), Inset(0, l.S(7), 0, l.S(7), row)))
}

// Cap is a key as it looks on a keyboard; on is the colour of its text and edge.
func (l Look) Cap(key string, on color.NRGBA, ground color.Color) fyne.CanvasObject {
	t := l.Bold(key, 12, on)
	w := max(l.S(24), t.MinSize().Width+l.S(12))
	return Fix(w, l.S(22), Stack(l.Box(ground, on, 1, 4), Center(t)))
}

// Check is a line of a check list: icon, sentence, explanation.
func (l Look) Check(t Tone, text, more string, width float32) fyne.CanvasObject {
	icon, c := "fill-check-circle", l.P.OK
	switch t {
	case Look2:
		icon, c = "fill-warning", l.P.Warn
	case Bad:
		icon, c = "fill-x-circle", l.P.Err
	case Act:
		icon, c = "fill-arrow-circle-up", l.P.Accent
	case Neutral:
		icon, c = "bold-circle-notch", l.P.Ink3
	}
	v := V(0, l.Para(text, 15, l.P.Ink, width-l.S(30)))
	if more != "" {
		v.Add(l.Para(more, 13, l.P.Ink2, width-l.S(30)))
	}
	return Inset(l.S(6), 0, l.S(6), 0, H(l.S(10), Start(Inset(l.S(1), 0, 0, 0, l.Icon(icon, 20, c))), Grow(v)))
}

// Fact is a row of label and value.
func (l Look) Fact(label, value string, size, width float32, bold bool) fyne.CanvasObject {
	return l.FactAt(label, value, size, width, l.S(88), bold)
}

// FactAt is Fact with a label column of its own width.
func (l Look) FactAt(label, value string, size, width, column float32, bold bool) fyne.CanvasObject {
	v := l.Para(value, size, l.P.Ink, width-column)
	if bold {
		v = l.BoldPara(value, size, l.P.Ink, width-column)
	}
	return Inset(l.S(6), 0, l.S(6), 0, H(0, FixFill(column, 0, Start(l.Text(l.Fit(label, 15, false, column-4), 15, l.P.Ink2))), Grow(v)))
}

// Dot is a circle with a number: a step.
func (l Look) Dot(s string, size float32, fill, edge, ink color.Color, bold bool) fyne.CanvasObject {
	c := canvas.NewCircle(fill)
	if edge != nil {
		c.StrokeColor, c.StrokeWidth = edge, l.S(1)
	}
	t := l.Text(s, size*0.58, ink)
	t.TextStyle.Bold = bold
	return Fix(l.S(size), l.S(size), Stack(c, Center(t)))
}

// Progress is a bar from 0 to 1.
type Progress struct {
	*fyne.Container
	bar *canvas.Rectangle
	v   float32
}

// NewProgress makes one, 8 high.
func (l Look) NewProgress() *Progress {
	p := &Progress{bar: l.Box(l.P.Accent, nil, 0, 4)}
	p.Container = container.New(progressLayout{p}, l.Box(l.P.Line, nil, 0, 4), p.bar)
	return p
}

type progressLayout struct{ p *Progress }

func (progressLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(40, 8) }

func (y progressLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	p := y.p
	o[0].Resize(size)
	p.bar.Resize(fyne.NewSize(size.Width*p.v, size.Height))
}

// Set moves it.
func (p *Progress) Set(v float32) {
	if v = min(1, max(0, v)); v != p.v {
		p.v = v
		p.bar.Resize(fyne.NewSize(p.Container.Size().Width*v, p.Container.Size().Height))
		p.Container.Refresh()
	}
}
