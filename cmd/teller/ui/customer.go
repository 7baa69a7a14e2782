package ui

import (
	"fmt"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"moqian/cmd/internal/flow"
	"moqian/cmd/teller/ui/kit"
	"moqian/render/form"
)

// customerView draws what the customer sees, at any size: in the customer's own
// window, as the teller's mirror, and with one screen as the pane that the
// customer touches. It is always light.
type customerView struct {
	a    *App
	l    kit.Look
	m    metrics
	ink  string // which ink surface it holds
	live bool   // its buttons act
	caps bool   // they show their keys
}

// metrics are the sizes of a layout at 100 %.
type metrics struct {
	w, h                              float32 // of the design
	top, margin, band, button, least  float32
	row, label, title, text, small    float32
	name, number, money, words, press float32
	fill                              float32 // of a row's height that its text may take
}

// large is for 1280×800, small for 1024×600.
func large() metrics {
	return metrics{w: 1280, h: 800, top: 72, margin: 48, band: 120, button: 72, least: 280,
		row: 76, label: 176, title: 36, text: 24, small: 20, name: 32, number: 34, money: 56, words: 28, press: 26, fill: 0.5}
}

func smaller() metrics {
	return metrics{w: 1024, h: 600, top: 56, margin: 32, band: 92, button: 60, least: 220,
		row: 58, label: 136, title: 28, text: 20, small: 18, name: 26, number: 28, money: 42, words: 22, press: 22, fill: 0.5}
}

// larger is the type of who asked for large type: 130 % for what is read, less
// where the row has no more room.
func (m metrics) larger() metrics {
	m.text, m.name, m.number = m.text*1.3, m.name*1.3, m.number*1.3
	m.money, m.words, m.fill = m.money*1.15, m.words*1.15, 0.62
	return m
}

// customerFor makes a view for a place of a size.
func (a *App) customerFor(size fyne.Size, ink string, live, caps bool) *customerView {
	m := large()
	if size.Width > 900 && size.Width < 1200 {
		m = smaller()
	}
	if a.large {
		m = m.larger()
	}
	return &customerView{a: a, m: m, ink: ink, live: live, caps: caps,
		l: kit.Look{P: kit.Light(), K: min(size.Width/m.w, size.Height/m.h), Icons: a.look.Icons}}
}

// mirror is the customer's view in a place of the teller's window.
func (a *App) mirror(size fyne.Size, margin float32) fyne.CanvasObject {
	w, h := size.Width-2*margin, size.Height-2*margin
	if w*0.625 > h {
		w = h / 0.625
	} else {
		h = w * 0.625
	}
	if w < 60 {
		return kit.Blank(1, 1)
	}
	live := a.oneWindow()
	c := a.customerFor(fyne.NewSize(w, h), paneInk, live, live && a.handed)
	c.m = large()
	if a.large {
		c.m = c.m.larger()
	}
	c.l.K = w / c.m.w
	edge := a.look.P.Edge
	width := float32(1)
	if c.caps {
		edge, width = a.look.P.Accent, 3
	}
	frame := canvas.NewRectangle(color.Transparent)
	frame.StrokeColor, frame.StrokeWidth, frame.CornerRadius = edge, width, 4
	return kit.Center(kit.Fix(w, h, kit.Stack(c.draw(fyne.NewSize(w, h)), frame)))
}

func (c *customerView) s(v float32) float32 { return c.l.S(v) }

// draw is the whole view.
func (c *customerView) draw(size fyne.Size) fyne.CanvasObject {
	a := c.a
	var body fyne.CanvasObject
	switch {
	case a.isLocked():
		body = c.pause()
	case a.thanks.on && a.view.Step != flow.Confirm && a.view.Step != flow.Sign:
		body = c.thanks()
	case a.view.Step == flow.Confirm && a.sess != nil && a.reader.n > 0:
		body = c.page()
		if a.reader.wrong {
			body = c.pause()
		}
	case a.view.Step == flow.Sign && a.sess != nil:
		body = kit.Stack(c.page(), canvas.NewRectangle(c.l.P.Dim), c.signBox(size))
	case a.sess != nil && a.reader.reach > 0:
		body = c.pause()
	default:
		body = c.idle()
	}
	rows := kit.V(0)
	if a.o.Trial != nil {
		rows.Add(c.l.Ribbon(a.t("trial.what"), a.t("trial.short")))
	}
	rows.Add(kit.Grow(body))
	return kit.Stack(canvas.NewRectangle(c.l.P.Ground), rows)
}

// bar is the head of every page.
func (c *customerView) bar() fyne.CanvasObject {
	a, l := c.a, c.l
	row := kit.H(c.s(16), l.Mark(c.m.top*0.56, l.P.Seal, l.P.Surface), l.Bold(a.pick(a.o.Bank), c.m.small, l.P.Ink),
		l.Text(a.pick(a.o.Branch), c.m.small, l.P.Ink2), kit.Gap(),
		l.Text(a.t("app.window", "n", a.o.Window)+"　"+a.t("cu.teller", "n", a.user.Name), c.m.small, l.P.Ink2))
	if a.view.Step == flow.Confirm && a.sess != nil {
		row.Add(c.typeSize())
	}
	return kit.Fix(0, c.s(c.m.top), kit.V(0, kit.Grow(kit.Stack(canvas.NewRectangle(l.P.Surface),
		kit.Inset(0, c.s(c.m.margin), 0, c.s(c.m.margin), row))), l.Rule()))
}

// typeSize is the button for large type and back.
func (c *customerView) typeSize() fyne.CanvasObject {
	a, l := c.a, c.l
	word, edge, fill := a.t("cu.large"), l.P.Edge, color.Color(l.P.Surface)
	if a.large {
		word, edge, fill = a.t("cu.normal"), l.P.Accent, l.P.Soft
	}
	row := kit.H(c.s(10), l.Icon("regular-text-aa", c.m.small+4, l.P.Ink), l.Text(word, c.m.small, l.P.Ink))
	if c.caps {
		row.Add(kit.Look{P: l.P, K: 1, Icons: l.Icons}.Cap("F2", l.P.Ink, color.Transparent))
	}
	body := kit.Fix(0, c.s(c.m.top*0.78), kit.Stack(l.Box(fill, edge, 1, 8), kit.Inset(0, c.s(18), 0, c.s(18), row)))
	if !c.live {
		return body
	}
	return kit.NewTap(body, func(fyne.Position) { a.enlargeType() })
}

// enlargeType changes between the two sizes of the customer's type.
func (a *App) enlargeType() {
	a.large = !a.large
	a.redraw()
}

// element is a fact in large print.
type element struct {
	label, value string
	bold, number bool
	money, words string
}

// elements are the bank elements of the form: names, accounts, business and
// amount.
func (a *App) elements() []element {
	t := a.view.Type
	if t == nil || a.view.Filled.Type() == nil {
		return nil
	}
	var rows []element
	var amount *element
	for _, f := range t.Fields {
		v, ok := a.view.Filled.Value(f.ID)
		if !f.Bold || !ok {
			continue
		}
		e := element{label: a.pick(f.Label), value: v.Line(), bold: true, number: f.Kind == form.Account}
		switch {
		case f.ID == t.Amount:
			e.label = a.t("cu.amount")
			e.value, e.money, e.words = "", v.Shown, form.Words(a.view.Filled.Fen())
			amount = &e
			continue
		case f.Kind == form.Name && len(rows) > 0 && rows[len(rows)-1].number:
			// The name comes before its account.
			rows = append(rows[:len(rows)-1], e, rows[len(rows)-1])
			continue
		}
		rows = append(rows, e)
	}
	rows = append(rows, element{label: a.t("cu.business"), value: a.pick(t.Name)})
	if amount != nil {
		rows = append(rows, *amount)
	}
	return rows
}

// page is one page for the customer to confirm.
func (c *customerView) page() fyne.CanvasObject {
	a, l := c.a, c.l
	r := a.reader
	title := a.t("cu.check", "s", a.pick(a.view.Type.Name))
	if r.at > 0 {
		title = a.pick(a.view.Type.Title)
	}
	head := kit.H(0, l.Bold(l.Fit(title, c.m.title, true, c.s(c.m.w-300)), c.m.title, l.P.Ink), kit.Gap(),
		l.Text(a.t("cu.page", "n", r.at+1, "m", r.n), c.m.text, l.P.Ink2))
	body := kit.Sized(func(s fyne.Size) fyne.CanvasObject {
		if r.at == 0 {
			return c.elements(s)
		}
		return c.sheet(s, r.at-1)
	})
	return kit.V(0, c.bar(), kit.Grow(kit.Inset(c.s(24), c.s(c.m.margin), 0, c.s(c.m.margin),
		kit.V(c.s(16), head, kit.Grow(body)))), c.foot())
}

// elements are the large rows of the first page.
func (c *customerView) elements(size fyne.Size) fyne.CanvasObject {
	a, l := c.a, c.l
	rows := a.elements()
	hint := kit.H(c.s(10), l.Icon("regular-info", c.m.text, l.P.Ink2), l.Text(a.t("cu.hint"), c.m.small, l.P.Ink2))
	band := c.s(160)
	if c.m.h < 700 {
		band = c.s(110)
	}
	plain := 0
	for _, e := range rows {
		if e.money == "" {
			plain++
		}
		c.m.label = min(c.m.w*0.27, max(c.m.label, l.Width(e.label, c.m.text, false)/l.K+24))
	}
	room := size.Height - c.s(c.m.small*1.45+16)
	if plain < len(rows) {
		room -= band
	}
	h := min(c.s(c.m.row), room/float32(max(1, plain)))
	v := kit.V(0)
	for i, e := range rows {
		if e.money != "" {
			v.Add(kit.Fix(0, band, c.moneyRow(e)))
			continue
		}
		if i > 0 {
			v.Add(l.Rule())
		}
		size := c.m.text + 4
		if e.number {
			size = c.m.number
		} else if e.bold {
			size = c.m.name
		}
		size = min(size, (h/l.K)*c.m.fill)
		wide := c.s(c.m.w - 2*c.m.margin - c.m.label - 90)
		if need := l.Width(e.value, size, e.bold); need > wide { // smaller rather than cut off
			size = max(c.m.small*0.8, size*wide/need)
		}
		t := l.Text(e.value, size, l.P.Ink)
		t.TextStyle.Bold = e.bold
		t.Text = l.Fit(e.value, size, e.bold, wide)
		row := kit.H(0, kit.Fix(c.s(c.m.label), 0, kit.H(0, l.Text(l.Fit(e.label, c.m.text, false, c.s(c.m.label-8)), c.m.text, l.P.Ink2), kit.Gap())), t)
		v.Add(kit.Fix(0, h-1, kit.Inset(0, c.s(40), 0, c.s(40), row)))
	}
	card := kit.Stack(l.Box(l.P.Surface, l.P.Line, 1, 8), v)
	return kit.V(c.s(16), card, hint, kit.Gap())
}

func (c *customerView) moneyRow(e element) fyne.CanvasObject {
	l := c.l
	r := l.Box(l.P.Soft, l.P.Line, 1, 0)
	r.BottomLeftCornerRadius, r.BottomRightCornerRadius = c.s(8), c.s(8)
	words := l.Bold(l.Fit(e.words, c.m.words, true, c.s(c.m.w-2*c.m.margin-c.m.label-90)), c.m.words, l.P.Ink)
	mid := kit.V(0, kit.Gap(), l.Bold(e.money, c.m.money, l.P.Ink), words, kit.Gap())
	return kit.Stack(r, kit.Inset(0, c.s(40), 0, c.s(40), kit.H(0,
		kit.Fix(c.s(c.m.label), 0, kit.H(0, l.Text(e.label, c.m.text, l.P.Ink2), kit.Gap())), kit.Grow(mid))))
}

// sheet is a part of the voucher as it will be signed, as wide as the screen.
func (c *customerView) sheet(size fyne.Size, n int) fyne.CanvasObject {
	a, l := c.a, c.l
	if n >= len(a.leaves) || a.leaves[n].img == nil {
		return kit.Blank(1, 1)
	}
	return kit.Center(a.sheetPicture(l, a.leaves[n].img, size))
}

// foot has the dots and the buttons.
func (c *customerView) foot() fyne.CanvasObject {
	a, l, r := c.a, c.l, c.a.reader
	side, long, gap := float32(12), float32(32), float32(8)
	if r.n > 8 { // many leaves: smaller dots
		side, long, gap = 8, 20, 5
	}
	dots := kit.H(c.s(gap))
	for i := range r.n {
		ink, w := l.P.Halo, side
		if i == r.at {
			ink, w = l.P.Accent, long
		}
		dot := canvas.NewRectangle(ink)
		dot.CornerRadius = c.s(side / 2)
		dots.Add(kit.Fix(c.s(w), c.s(side), dot))
	}
	ok := a.t("cu.next")
	switch {
	case r.at < r.reach:
		ok = a.t("cu.forward")
	case r.at == r.n-1:
		ok = a.t("cu.ok")
	}
	buttons := kit.H(c.s(20),
		c.button(a.t("cu.bad"), "Esc", kit.Plain, 180, true, a.pageWrong),
		c.button(a.t("cu.prev"), "PgUp", kit.Plain, 154, r.at > 0, a.pageBack),
		c.button(ok, "Enter", kit.Primary, c.m.least, !a.busy, a.pageDone))
	if whole := l.Text(a.t("cu.whole"), c.m.small, l.P.Ink2); r.at > 0 &&
		dots.MinSize().Width+whole.MinSize().Width+buttons.MinSize().Width+c.s(2*c.m.margin+40) < c.s(c.m.w) {
		dots.Add(kit.Blank(c.s(8), 0))
		dots.Add(whole)
	}
	row := kit.H(c.s(20), dots, kit.Gap(), buttons)
	return kit.Fix(0, c.s(c.m.band), kit.Inset(0, c.s(c.m.margin), 0, c.s(c.m.margin), row))
}

// button of the customer's: large, and deaf in a mirror.
func (c *customerView) button(word, key string, kind kit.Kind, least float32, able bool, do func()) fyne.CanvasObject {
	l := c.l
	ink, fill, edge := l.P.Ink, l.P.Surface, l.P.Edge
	switch {
	case !able:
		ink, fill, edge = l.P.Ink3, l.P.Sunk, l.P.Line
	case kind == kit.Primary:
		ink, fill, edge = l.P.OnAccent, l.P.Accent, l.P.Accent
	}
	row := kit.H(c.s(12))
	t := l.Text(word, c.m.press, ink)
	t.TextStyle.Bold = kind == kit.Primary
	row.Add(t)
	if c.caps {
		row.Add(kit.Look{P: l.P, K: 1, Icons: l.Icons}.Cap(key, ink, color.Transparent))
	}
	w := max(c.s(least), row.MinSize().Width+c.s(64))
	body := kit.Stack(l.Box(fill, edge, 2, 8), kit.Center(row))
	if !c.live || !able {
		return kit.Fix(w, c.s(c.m.button), body)
	}
	return kit.Fix(w, c.s(c.m.button), kit.NewTap(body, func(fyne.Position) { do() }))
}

// signBox is the card over the dimmed page.
func (c *customerView) signBox(size fyne.Size) fyne.CanvasObject {
	a, l := c.a, c.l
	view := a.view
	at := boxOf(view)
	inner := min(c.s(928), size.Width-c.s(120))
	most := size.Height - c.s(72+c.m.button+236)
	if c.m.h < 700 {
		inner, most = size.Width-c.s(140), size.Height-c.s(290)
	}
	w, h := inner, inner*float32(at.H/at.W)
	if lim := min(c.s(400), most); h > lim {
		h = lim
		w = h * float32(at.W/at.H)
	}
	name, role := a.signer(view.Signer)
	sub := a.t("cu.sig2", "n", view.Signer+1, "m", len(a.signers()), "s", a.pick(view.Type.Name))
	who := kit.Fix(0, c.s(40), kit.Stack(l.Box(l.P.Soft, nil, 0, 4), kit.Inset(0, c.s(14), 0, c.s(14), l.Text(a.pick(role)+"　"+name, c.m.small+2, l.P.Accent))))
	head := kit.H(0, kit.V(0, l.Bold(a.t("cu.sign"), c.m.title-2, l.P.Ink), l.Text(sub, c.m.small+2, l.P.Ink2)), kit.Gap(), kit.Start(who))
	state := a.bridge.state()
	able := a.rec != nil && state.strokes > 0
	buttons := kit.H(0, c.button(a.t("cu.clear"), "F9", kit.Plain, 222, a.rec != nil, a.resign), kit.Gap(),
		c.button(a.t("cu.signed"), "Enter", kit.Primary, 360, able || a.rec != nil, a.signedOff))
	col := kit.V(0, kit.Fix(inner, 0, head), kit.Blank(0, c.s(14)), kit.Middle(c.inkBox(w, h)), kit.Blank(0, c.s(20)), buttons)
	card := kit.Stack(l.Box(l.P.Surface, nil, 0, 12), kit.Inset(c.s(26), c.s(36), c.s(26), c.s(36), col))
	return kit.Center(card)
}

// inkBox is the box itself: paper, line, and the ink over them.
func (c *customerView) inkBox(w, h float32) fyne.CanvasObject {
	a, l := c.a, c.l
	line := canvas.NewRectangle(l.P.Halo)
	ink := a.ink[c.ink]
	ink.Pen = nil
	if c.live && a.o.Trial != nil && a.o.Trial.Pen != nil {
		ink.Pen = a.penAt
	}
	word := a.t("cu.above")
	if a.rec == nil {
		word = a.t("cu.pause")
		if a.dev == nil {
			word = a.t("cu.nopad")
		}
	}
	note := l.Text(word, c.m.small, l.P.Ink2)
	free := kit.Free(kit.At(0, 0, w, h, l.Box(l.P.Paper, l.P.Accent, 2, 8)),
		kit.At(c.s(50), h*0.83, w-c.s(100), max(1, c.s(1)), line),
		kit.At(c.s(58), h*0.83+c.s(10), w, c.s(30), note), kit.At(2, 2, w-4, h-4, a.living(ink)))
	return kit.Fix(w, h, free)
}

// penAt moves the software pad's pen with the mouse.
func (a *App) penAt(x, y float32, down bool) {
	g := a.geometry()
	if g.scale == 0 || a.rec == nil {
		return
	}
	p := 0.5
	if !down {
		p = 0
	}
	a.o.Trial.Pen(float64(x)*g.boxW/g.scale+g.padW/2, float64(y)*g.boxW/g.scale+g.padH/2, p, down)
}

// pause asks for patience.
func (c *customerView) pause() fyne.CanvasObject {
	l := c.l
	return kit.V(0, c.bar(), kit.Grow(kit.Center(kit.V(c.s(20), kit.Middle(l.Icon("bold-clock", 68, l.P.Ink2)),
		l.Bold(c.a.t("cu.pause"), c.m.title, l.P.Ink)))))
}

func (a *App) isLocked() bool {
	for _, o := range a.over {
		if _, ok := o.(*locked); ok {
			return true
		}
	}
	return false
}

func digits(n int) string { return fmt.Sprint(n) }
