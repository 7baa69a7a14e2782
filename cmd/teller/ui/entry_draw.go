package ui

import (
	"fyne.io/fyne/v2"

	"moqian/cmd/teller/ui/kit"
	"moqian/render/form"
)

// Sizes of the entry card.
const (
	rowGap   = 16
	rowHigh  = 40
	moneyRow = 48
	wordsRow = 30
	inside   = 24
)

// columns are the left and the right column of most pages.
func (a *App) columns(size fyne.Size, left func(fyne.Size) fyne.CanvasObject, right func(fyne.Size) fyne.CanvasObject) fyne.CanvasObject {
	w := float32(400)
	switch {
	case size.Width >= 1500:
		w = 440
	case size.Width < 1200:
		w = 340
	}
	return kit.Inset(20, 24, 20, 24, kit.H(24, kit.Grow(kit.Sized(left)), kit.FixFill(w, 0, kit.Sized(right))))
}

// labelWidth is that of the widest label, within limits.
func (p *entryPage) labelWidth() float32 {
	w := float32(104)
	for _, r := range p.rows {
		w = max(w, p.a.look.Width(p.a.pick(r.f.Label), 15, false))
	}
	return min(168, w)
}

func (p *entryPage) body(size fyne.Size) fyne.CanvasObject {
	return p.a.columns(size, p.card, p.rightColumn)
}

func (p *entryPage) rowHeight(i int) float32 {
	switch {
	case p.rows[i].f.Kind == form.Amount && p.rows[i].f.ID == p.typ.Amount:
		return moneyRow + wordsRow + rowGap
	case p.rows[i].f.Kind == form.Amount:
		return moneyRow + rowGap
	}
	return rowHigh + rowGap
}

// window is which rows are shown so that the current one is among them.
func (p *entryPage) window(height float32) (from, to int) {
	fits := func(from int) int {
		h, i := float32(0), from
		for ; i < len(p.rows) && h+p.rowHeight(i)-rowGap <= height; i++ {
			h += p.rowHeight(i)
		}
		return i
	}
	if p.in.at < p.first {
		p.first = p.in.at
	}
	for p.first < p.in.at && fits(p.first) <= p.in.at {
		p.first++
	}
	for p.first > 0 && fits(p.first-1) == len(p.rows) {
		p.first--
	}
	return p.first, fits(p.first)
}

// card has the fields down one column, and over them an open list.
func (p *entryPage) card(size fyne.Size) fyne.CanvasObject {
	l := p.a.look
	free := kit.Free()
	bottom := size.Height - inside
	from, to := p.window(bottom - inside)
	if from > 0 || to < len(p.rows) {
		bottom -= 28
		from, to = p.window(bottom - inside)
		s := p.a.t("e.more", "a", from+1, "b", to, "n", len(p.rows))
		t := l.Text(s, 13, l.P.Ink2)
		free.Add(kit.At(size.Width-20-t.MinSize().Width, size.Height-32, t.MinSize().Width, 20, t))
	}
	lw := p.labelWidth()
	x := inside + lw + 16
	fw := min(384, size.Width-x-inside)
	y := float32(inside)
	var list fyne.CanvasObject
	for i := from; i < to; i++ {
		h := float32(rowHigh)
		if p.rows[i].f.Kind == form.Amount {
			h = moneyRow
		}
		p.row(free, i, inside, y, lw, x, fw, h, size.Width)
		if c := p.rows[i].pick; c != nil && c.open {
			list = p.list(c, x, y+h+2, fw, size.Height)
		}
		y += p.rowHeight(i)
	}
	if list != nil {
		free.Add(list)
	}
	return l.Card(free)
}

func (p *entryPage) row(free *fyne.Container, i int, lx, y, lw, x, fw, h, width float32) {
	a, l, r := p.a, p.a.look, p.rows[i]
	label := l.Text(l.Fit(a.pick(r.f.Label), 15, false, lw), 15, l.P.Ink2)
	m := label.MinSize()
	free.Add(kit.At(lx+lw-m.Width, y+(h-m.Height)/2, m.Width, m.Height, label))
	_, bad := p.problem(i)
	if r.pick != nil {
		hint := a.t("f.choose")
		free.Add(kit.At(x, y, fw, h, l.Drop(l.Fit(r.pick.text, 15, false, fw-44), hint, r.pick.focus, bad, func() {
			p.in.to(i)
			r.pick.unfold()
			a.shell.draw()
		})))
	} else {
		free.Add(kit.At(x, y, fw, h, r.text))
	}
	if nw := width - x - fw - 16 - 20; nw > 60 {
		if n := p.note(i, nw); n != nil {
			nm := n.MinSize()
			free.Add(kit.At(x+fw+16, y+(h-nm.Height)/2, nw, nm.Height, n))
		}
	}
	if r.f.Kind == form.Amount && r.f.ID == p.typ.Amount {
		words := ""
		if fen, t := form.ParseFen(r.value()); t.Empty() && r.value() != "" {
			words = form.Words(fen)
		}
		cap := l.Text(a.t("f.cap"), 15, l.P.Ink2)
		cm := cap.MinSize()
		free.Add(kit.At(lx+lw-cm.Width, y+h+9, cm.Width, cm.Height, cap))
		w := l.Bold(l.Fit(words, 18, true, width-x-20), 18, l.P.Ink)
		free.Add(kit.At(x, y+h+7, w.MinSize().Width, w.MinSize().Height, w))
	}
}

// note stands at the right of a field: what is wrong, or that it is right.
func (p *entryPage) note(i int, width float32) fyne.CanvasObject {
	a, l, r := p.a, p.a.look, p.rows[i]
	if s, bad := p.problem(i); bad {
		return kit.H(8, l.Icon("fill-x-circle", 18, l.P.Err), kit.Grow(clampLines(l, s, l.P.Err, width-30)))
	}
	_, open := p.open[r.f.ID]
	switch {
	case r.value() == "" && !r.f.Required:
		return l.Text(a.t("f.optional"), 13, l.P.Ink3)
	case open || r.value() == "":
		return nil
	case r.f.Kind == form.Account || r.f.Kind == form.IDCard:
		return kit.H(8, l.Icon("fill-check-circle", 18, l.P.OK), l.Text(a.t("v.ok."+string(r.f.Kind)), 13, l.P.OK))
	}
	return nil
}

func clampLines(l kit.Look, s string, c interface {
	RGBA() (uint32, uint32, uint32, uint32)
}, width float32) fyne.CanvasObject {
	lines := l.Wrap(s, 13, false, width)
	v := kit.V(0)
	for _, t := range lines[:min(3, len(lines))] {
		v.Add(l.Text(t, 13, c))
	}
	return v
}

// list is an open choice below its field, or above where there is no room.
func (p *entryPage) list(c *choice, x, y, w, height float32) fyne.CanvasObject {
	words := make([]string, len(c.words))
	for i, s := range c.words {
		words[i] = s
		if i < 9 {
			words[i] = string(rune('1'+i)) + "　" + s
		}
	}
	h := float32(len(words))*36 + 6
	if y+h > height-4 {
		y = max(4, y-h-rowHigh-4)
	}
	return kit.At(x, y, max(w, 384), h, p.a.look.List(words, c.at, c.marks(), func(i int) {
		c.take(i)
		p.changed(p.in.at)
	}))
}

func (p *entryPage) rightColumn(size fyne.Size) fyne.CanvasObject {
	a, l := p.a, p.a.look
	inner := size.Width - 40
	checks := l.HeadCard(l.Head([]fyne.CanvasObject{l.Bold(a.t("e.cond"), 15, l.P.Ink)}),
		kit.Inset(10, 20, 10, 20, p.checks(inner)))
	button := kit.Fix(0, 48, l.Button(p.button()))
	rest := size.Height - checks.MinSize().Height - 48 - 32
	col := kit.V(16, checks)
	if rest > 150 {
		col.Add(kit.Grow(p.mirror()))
	} else {
		col.Add(kit.Gap())
	}
	col.Add(button)
	return col
}

// mirror is the small picture of what the customer sees.
func (p *entryPage) mirror() fyne.CanvasObject {
	a, l := p.a, p.a.look
	head := l.Head([]fyne.CanvasObject{l.Bold(a.t("e.screen"), 15, l.P.Ink), l.Text(a.t("e.idle"), 13, l.P.Ink2)})
	return l.HeadCard(head, l.Stage(kit.Sized(func(s fyne.Size) fyne.CanvasObject {
		return a.mirror(s, 12)
	})))
}

// steps of the transaction in the task bar.
func (a *App) steps(now int, t *form.Type) fyne.CanvasObject {
	words := []string{a.t("step.1"), a.t("step.2"), a.t("step.3"), a.t("step.4"), a.t("step.5")}
	if e := a.reader.entry; t != nil && t.Limit == 0 || now > 1 && e != nil && e.filled.Type() != nil && !e.filled.NeedsApproval() {
		words[1] = a.t("step.none")
	}
	return a.look.Steps(words, now)
}
