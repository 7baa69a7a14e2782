package ui

import (
	"context"
	"image/color"
	"time"

	"fyne.io/fyne/v2"

	"moqian/cmd/internal/flow"
	"moqian/cmd/teller/ui/kit"
	"moqian/store"
)

// reader is how far the customer has read. Page 0 is the large print of the
// elements, the others are the leaves of the voucher as it will be signed.
type reader struct {
	entry *entryPage
	n     int
	at    int // page shown
	reach int // page that is to be confirmed next
	since time.Time
	secs  []time.Duration
	wrong bool // the customer said that something is wrong
}

func (r *reader) start(now time.Time, n int) {
	r.n, r.at, r.reach, r.wrong = n, 0, 0, false
	r.since, r.secs = now, make([]time.Duration, n)
}

// turn goes to another page and counts the time on this one.
func (r *reader) turn(now time.Time, to int) {
	if r.at < len(r.secs) {
		r.secs[r.at] += now.Sub(r.since)
	}
	r.at, r.since = to, now
}

// on is the time on page i so far.
func (r *reader) on(now time.Time, i int) time.Duration {
	if i >= len(r.secs) {
		return 0
	}
	if i == r.at {
		return r.secs[i] + now.Sub(r.since)
	}
	return r.secs[i]
}

// confirm is step ③ as the teller sees it. No key of the teller's confirms.
type confirm struct{ a *App }

func newConfirm(a *App) *confirm { return &confirm{a} }

func (p *confirm) head() (string, string)          { return p.a.taskHead() }
func (p *confirm) side() fyne.CanvasObject         { return p.a.steps(2, p.a.view.Type) }
func (p *confirm) rune(rune)                       {}
func (p *confirm) key(k fyne.KeyName, _ bool) bool { return p.a.handed && p.a.customerKey(k) }
func (p *confirm) tick()                           { p.a.shell.draw() }

func (p *confirm) acts() []act {
	a := p.a
	c := []act{}
	if a.oneWindow() {
		word := a.t("key.hand")
		if a.handed {
			word = a.t("key.handback")
		}
		c = append(c, on("F11", word, a.hand))
	}
	c = append(c, on("F2", a.t("key.zoom.screen"), a.enlargeScreen),
		on("F7", a.t("c.voice"), func() { a.speak("voice.1") }))
	if !a.handed {
		c = append(c, onRight("Esc", a.t("c.recall"), a.back))
	}
	return c
}

// hand gives the keyboard to the customer's pane, or takes it back: the way of
// a workplace with one screen.
func (a *App) hand() {
	a.handed = !a.handed
	a.redraw()
}

// pageDone is the customer's word for the page shown.
func (a *App) pageDone() {
	r := &a.reader
	now := a.o.Now()
	if a.view.Step != flow.Confirm {
		return
	}
	if r.at < r.reach {
		r.turn(now, r.at+1)
		a.redraw()
		return
	}
	if r.reach == 0 {
		r.turn(now, 1)
		r.reach = 1
		a.redraw()
		return
	}
	if a.busy {
		return
	}
	s := a.sess
	last := r.at > len(a.leaves) || a.leaves[r.at-1].last
	r.reach++
	r.turn(now, min(r.reach, r.n-1))
	if !last {
		a.redraw()
		return
	}
	a.work(func(context.Context) { _ = s.ConfirmPage() }, func() {})
}

func (a *App) pageBack() {
	if r := &a.reader; r.at > 0 && a.view.Step == flow.Confirm {
		r.turn(a.o.Now(), r.at-1)
		a.redraw()
	}
}

// pageWrong is the customer saying that something is wrong.
func (a *App) pageWrong() {
	if a.view.Step != flow.Confirm || a.reader.wrong {
		return
	}
	a.reader.wrong = true
	a.handed = false
	a.say(kit.Look2, "fill-warning", a.t("c.wrong"), a.t("c.wrong.do"), 0)
	s, typ := a.sess, a.view.Type.Code
	a.aside(func(ctx context.Context) {
		_ = a.o.Store.Audit().Append(ctx, store.Entry{Actor: "customer", Action: "objection",
			Voucher: s.Number(), Type: typ, Outcome: "refused"})
	}, func() { a.redraw() })
}

func (p *confirm) body(size fyne.Size) fyne.CanvasObject {
	return p.a.columns(size, p.stage, p.panel)
}

func (p *confirm) stage(fyne.Size) fyne.CanvasObject {
	a, l := p.a, p.a.look
	r := a.reader
	tag := l.Tag(a.t("c.reading", "n", r.at+1, "m", r.n), kit.Act, "regular-monitor")
	word := a.t("c.live")
	if a.oneWindow() {
		word = a.t("c.pane")
	}
	head := l.Head([]fyne.CanvasObject{l.Bold(a.t("e.screen"), 15, l.P.Ink), tag}, l.Text(word, 13, l.P.Ink2))
	return l.HeadCard(head, l.Stage(kit.Sized(func(s fyne.Size) fyne.CanvasObject { return a.mirror(s, 20) })))
}

func (p *confirm) panel(size fyne.Size) fyne.CanvasObject {
	a, l := p.a, p.a.look
	body := kit.Sized(func(s fyne.Size) fyne.CanvasObject { return p.facts(s) })
	card := l.HeadCard(l.Head([]fyne.CanvasObject{l.Bold(a.t("c.progress"), 15, l.P.Ink)}), kit.Inset(10, 20, 10, 20, body))
	wait := kit.Button{Text: a.t("c.wait", "n", a.reader.at+1, "m", a.reader.n), Busy: true}
	buttons := kit.H(12,
		kit.Grow(l.Button(kit.Button{Text: a.t("c.recall"), Key: "Esc", Do: a.back})),
		kit.Grow(l.Button(kit.Button{Text: a.t("c.voice"), Key: "F7", Do: func() { a.speak("voice.1") }})))
	return kit.V(16, kit.Grow(card), kit.Fix(0, 48, buttons), kit.Fix(0, 48, l.Button(wait)))
}

// facts are pages and elements, as many as there is room for.
func (p *confirm) facts(size fyne.Size) fyne.CanvasObject {
	a, l := p.a, p.a.look
	all := a.elements()
	column := float32(88)
	for _, e := range all {
		column = min(130, max(column, l.Width(e.label, 15, false)+12))
	}
	for n, brief := len(all), false; ; {
		v := kit.V(0)
		for i := range a.reader.n {
			v.Add(p.line(i, brief))
		}
		v.Add(kit.Inset(6, 0, 6, 0, l.Rule()))
		for _, e := range all[:n] {
			v.Add(l.FactAt(e.label, e.value+e.money, 15, size.Width, column, e.bold || e.money != ""))
		}
		if n == len(all) && !brief {
			v.Add(kit.Inset(6, 0, 6, 0, l.Rule()))
			v.Add(kit.H(8, l.Icon("regular-speaker-high", 18, l.P.Ink2), l.Text(p.voice(), 13, l.P.Ink2)))
		}
		switch {
		case v.MinSize().Height <= size.Height || n == 0:
			return kit.V(0, v)
		case !brief:
			brief = true
		default:
			n--
		}
	}
}

func (p *confirm) voice() string {
	if p.a.o.Speak == nil {
		return p.a.t("c.novoice")
	}
	return p.a.t("c.spoken", "s", p.a.t("voice.1"))
}

// line is one page of the customer's reading; brief: one line high.
func (p *confirm) line(i int, brief bool) fyne.CanvasObject {
	a, l, r := p.a, p.a.look, p.a.reader
	title := a.t("c.page.elements")
	if i > 0 {
		title = a.t("c.page.voucher", "n", i)
	}
	secs := int(r.on(a.o.Now(), i).Seconds())
	n := string(rune('1' + i))
	var dot, state fyne.CanvasObject
	more := a.t("c.secs", "n", secs)
	switch {
	case i < r.reach:
		dot = kit.Fix(28, 28, kit.Stack(l.Dot("", 28, l.P.Soft, nil, l.P.Accent, false), kit.Center(l.Icon("bold-check", 14, l.P.Accent))))
		state = l.Tag(a.t("c.done"), kit.Good, "")
	case i == r.reach:
		dot = l.Dot(n, 28, l.P.Accent, nil, l.P.OnAccent, true)
		state = l.Tag(a.t("c.now"), kit.Act, "regular-user")
		more = a.t("c.secs.open", "n", secs)
	default:
		dot = l.Dot(n, 28, color.Transparent, l.P.Edge, l.P.Ink3, false)
		state, more = l.Text(a.t("c.notyet"), 13, l.P.Ink2), a.t("c.must")
	}
	text := l.Text(title, 15, l.P.Ink)
	text.TextStyle.Bold = i == r.reach
	if brief {
		return kit.Inset(3, 0, 3, 0, kit.H(12, dot, text, kit.Gap(), state))
	}
	return kit.Inset(5, 0, 5, 0, kit.H(12, dot, kit.V(0, text, l.Text(more, 13, l.P.Ink2)), kit.Gap(), state))
}
