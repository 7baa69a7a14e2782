package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// Chip is a state in the top bar: icon and word; a fault is amber.
type Chip struct {
	Icon, Text string
	Fault, Dim bool
}

// TopBar is the bar above everything: mark, branch, states, person, time.
func (l Look) TopBar(name, branch, user, clock string, chips []Chip) fyne.CanvasObject {
	p := l.P
	row := H(l.S(12), l.Mark(26, p.OnBar, p.Bar), l.Bold(name, 18, p.OnBar),
		Blank(l.S(4), 0), l.Text(branch, 13, p.OnBar2), Gap())
	for i, c := range chips {
		if i > 0 {
			row.Add(Blank(l.S(8), 0))
		}
		row.Add(l.chip(c))
	}
	row.Add(Blank(0, 0))
	row.Add(Fix(1, l.S(20), canvas.NewRectangle(p.OnBar2)))
	row.Add(Blank(0, 0))
	row.Add(H(l.S(6), l.Icon("regular-user", 18, p.OnBar), l.Text(user, 13, p.OnBar)))
	row.Add(Blank(l.S(4), 0))
	row.Add(l.Bold(clock, 13, p.OnBar))
	return Fix(0, l.S(48), Stack(canvas.NewRectangle(p.Bar), Inset(0, l.S(24), 0, l.S(24), row)))
}

func (l Look) chip(c Chip) fyne.CanvasObject {
	ink := l.P.OnBar
	if c.Dim {
		ink = l.P.OnBar2
	}
	if !c.Fault {
		return H(l.S(6), l.Icon(c.Icon, 18, ink), l.Text(c.Text, 13, ink))
	}
	return Fix(0, l.S(26), Stack(l.Box(l.P.Trial, nil, 0, 4),
		Inset(0, l.S(8), 0, l.S(8), H(l.S(6), l.Icon(c.Icon, 18, l.P.OnTrial), l.Bold(c.Text, 13, l.P.OnTrial)))))
}

// Ribbon says over everything that nothing here is real.
func (l Look) Ribbon(what, more string) fyne.CanvasObject {
	p := l.P
	row := H(l.S(12), l.Icon("regular-flask", 16, p.OnTrial), l.Bold(what, 13, p.OnTrial), l.Text(more, 13, p.OnTrial))
	return Fix(0, l.S(24), Stack(canvas.NewRectangle(p.Trial), Center(row)))
}

// Banner is one sentence under the top bar: what happened, what to do.
func (l Look) Banner(t Tone, icon, what, todo, when string, width float32) fyne.CanvasObject {
	ink, ground := l.Colours(t)
	used := l.S(24*2+20+10+12*2) + l.Width(what, 15, true) + l.Width(when, 13, false)
	todo = l.Fit(todo, 15, false, max(80, width-used))
	row := H(l.S(10), l.Icon(icon, 20, ink), l.Bold(what, 15, ink), l.Text(todo, 15, l.P.Ink), Gap(), l.Text(when, 13, ink))
	return Fix(0, l.S(44), V(0, Grow(Stack(canvas.NewRectangle(ground), Inset(0, l.S(24), 0, l.S(24), row))), l.Rule()))
}

// TaskBar names the page by code and title; right are steps or facts.
func (l Look) TaskBar(code, title string, right fyne.CanvasObject) fyne.CanvasObject {
	row := H(l.S(12), l.Bold(code, 24, l.P.Accent), l.Bold(title, 20, l.P.Ink), Gap(), Fill(right))
	return Fix(0, l.S(64), V(0, Grow(Stack(canvas.NewRectangle(l.P.Surface), Inset(0, l.S(24), 0, l.S(24), row))), l.Rule()))
}

// Steps are the steps of a transaction, the current one from 0; all words are
// given, skip may replace one that is not needed.
func (l Look) Steps(words []string, now int) fyne.CanvasObject {
	p := l.P
	row := H(l.S(12))
	for i, w := range words {
		if i > 0 {
			row.Add(Fix(l.S(28), 1, canvas.NewRectangle(p.Edge)))
		}
		row.Add(Fill(l.step(i, w, now)))
	}
	return row
}

func (l Look) step(i int, word string, now int) fyne.CanvasObject {
	p := l.P
	n := string(rune('1' + i))
	line := color.Color(color.Transparent)
	var dot fyne.CanvasObject
	var text fyne.CanvasObject
	switch {
	case i < now:
		c := canvas.NewCircle(p.Soft)
		dot = Fix(l.S(24), l.S(24), Stack(c, Center(l.Icon("bold-check", 14, p.Accent))))
		text = l.Text(word, 15, p.Ink2)
	case i == now:
		dot = l.Dot(n, 24, p.Accent, nil, p.OnAccent, true)
		text, line = l.Bold(word, 15, p.Ink), p.Accent
	default:
		dot = l.Dot(n, 24, color.Transparent, p.Edge, p.Ink3, false)
		text = l.Text(word, 15, p.Ink3)
	}
	return V(0, Grow(H(l.S(8), dot, text)), Fix(0, l.S(3), canvas.NewRectangle(line)))
}

// Hint is a key, or several, and the word for what it does.
type Hint struct {
	Keys []string
	Word string
}

// KeyBar shows the keys that work now: left the page's, right help and the way
// back. Those that do not fit are left out from the end: F1 has them all.
func (l Look) KeyBar(left, right []Hint, width float32) fyne.CanvasObject {
	p := l.P
	tail := H(l.S(24))
	for _, h := range right {
		tail.Add(l.hint(h))
	}
	free := width - l.S(48+24) - tail.MinSize().Width
	head := H(l.S(24))
	for _, h := range left {
		o := l.hint(h)
		if free -= o.MinSize().Width + l.S(24); free < 0 {
			break
		}
		head.Add(o)
	}
	row := H(0, head, Gap(), tail)
	return Fix(0, l.S(44), V(0, l.Rule(), Grow(Stack(canvas.NewRectangle(p.Surface), Inset(0, l.S(24), 0, l.S(24), row)))))
}

func (l Look) hint(h Hint) fyne.CanvasObject {
	caps := H(l.S(7))
	for _, k := range h.Keys {
		caps.Add(Stack(l.Cap(k, l.P.Edge, l.P.Surface), Center(l.Bold(k, 12, l.P.Ink))))
	}
	return H(l.S(7), caps, l.Text(h.Word, 13, l.P.Ink2))
}
