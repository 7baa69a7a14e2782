package ui

import (
	"context"
	"errors"
	"image"
	"strings"

	"fyne.io/fyne/v2"

	"moqian/cmd/teller/ui/kit"
	"moqian/render/form"
	"moqian/store"
	"moqian/store/auth"
)

// approve is step ②: a second person's word, at this desk.
type approve struct {
	a      *App
	in     inputs
	id, pw *kit.Field
	code   *kit.Digits
	at     int    // half page of the draft that is shown
	who    string // name of the approver once known
	wrong  string
}

func newApprove(a *App) *approve {
	p := &approve{a: a}
	p.make("")
	return p
}

func (p *approve) make(id string) {
	a := p.a
	p.id = a.look.NewField("", func() { p.to(0) }).Style(func(f *kit.Field) { f.Strong = true })
	p.pw = a.look.NewField("", func() { p.to(1) }).Style(func(f *kit.Field) { f.Secret = true })
	p.code = a.look.NewDigits(6, 24, 8, 0, false, func() { p.to(2) })
	p.code.Full = func(string) { p.submit() }
	p.id.SetText(id)
	p.in = inputs{all: []input{p.id, p.pw}, changed: func(int) { p.look() }}
	if a.o.Factor {
		p.in.all = append(p.in.all, p.code)
	}
	p.in.to(0)
}

func (p *approve) to(i int) { p.in.to(i); p.a.shell.draw() }

// look finds out who the approver is; the panel may say it, the login may not.
func (p *approve) look() {
	p.who = ""
	if acc, err := p.a.o.Users.Find(p.a.ctx, p.id.Text()); err == nil {
		p.who = p.a.t("role." + string(acc.Role))
	}
	p.a.shell.draw()
}

func (p *approve) relook()                 { p.make(p.id.Text()) }
func (p *approve) head() (string, string)  { return p.a.taskHead() }
func (p *approve) side() fyne.CanvasObject { return p.a.steps(1, p.a.view.Type) }
func (p *approve) rune(r rune)             { p.wrong = ""; p.in.rune(r) }

func (p *approve) key(k fyne.KeyName, shift bool) bool {
	used := p.in.key(k, shift)
	if used {
		p.a.shell.draw()
	}
	return used
}

// taskHead is code and name of the business under way.
func (a *App) taskHead() (string, string) {
	if a.view.Type == nil {
		return "", ""
	}
	return a.view.Type.Code, a.pick(a.view.Type.Name)
}

func (p *approve) acts() []act {
	a := p.a
	return []act{
		on("Enter", a.t("key.next"), p.enter),
		on("F2", a.t("key.zoom"), func() { a.enlarge(a.pages) }),
		on("F9", a.t("a.back.key"), p.sendBack),
		{keys: []string{"PgUp", "PgDn"}, word: a.t("key.pages"), do: func(k string) {
			p.at = turned(p.at, k, len(a.views(a.pages)))
			a.shell.draw()
		}},
		onRight("Esc", a.t("a.later"), a.back),
	}
}

func (p *approve) enter() {
	if !p.in.last() {
		p.to(p.in.at + 1)
		return
	}
	p.submit()
}

func (p *approve) submit() {
	a := p.a
	id, pw, code := p.id.Text(), p.pw.Bytes(), p.code.Text()
	if id == "" || len(pw) == 0 || a.o.Factor && p.code.Left() > 0 {
		clear(pw)
		return
	}
	p.pw.Wipe()
	p.code.SetText("")
	s := a.sess
	var err error
	left := maxTries
	a.work(func(ctx context.Context) {
		err = s.Approve(ctx, id, pw, code)
		if acc, e := a.o.Users.Find(ctx, id); e == nil {
			left = maxTries - acc.Tries
		}
	}, func() {
		if err == nil {
			return
		}
		p.wrong = a.sentence(err)
		switch {
		case errors.Is(err, auth.ErrWrong) && left > 0:
			p.wrong = a.t("login.bad", "n", left)
		case errors.Is(err, auth.ErrWrong), errors.Is(err, auth.ErrLocked):
			p.wrong = a.t("login.lock", "n", maxTries)
		case errors.Is(err, auth.ErrSamePerson):
			p.wrong = a.t("a.self")
		}
		p.in.to(1)
		if errors.Is(err, auth.ErrSamePerson) || errors.Is(err, auth.ErrRole) {
			p.in.to(0)
		}
		a.shell.draw()
	})
	a.shell.draw()
}

// sendBack returns the form to the teller with a reason for the log.
func (p *approve) sendBack() {
	a := p.a
	a.reason(a.t("a.back"), func(why string) {
		s, name, typ := a.sess, a.user.Name, a.view.Type.Code
		a.work(func(ctx context.Context) {
			_ = a.o.Store.Audit().Append(ctx, store.Entry{Actor: name, Action: "sendback",
				Voucher: s.Number(), Type: typ, Outcome: "refused", Detail: map[string]string{"reason": why}})
			_ = s.Back()
		}, func() {})
	})
}

func (p *approve) body(size fyne.Size) fyne.CanvasObject {
	return p.a.columns(size, p.draft, p.panel)
}

func (p *approve) draft(size fyne.Size) fyne.CanvasObject {
	a, l := p.a, p.a.look
	head := l.Head([]fyne.CanvasObject{l.Bold(a.t("a.draft"), 15, l.P.Ink), l.Text(voucherNo(a.sess.Number())+"　"+a.viewName(p.at, len(a.pages)), 13, l.P.Ink2)},
		l.Cap("F2", l.P.Ink2, l.P.Surface), l.Text(a.t("key.zoom"), 13, l.P.Ink2))
	return l.HeadCard(head, l.Stage(kit.Sized(func(s fyne.Size) fyne.CanvasObject {
		views := a.views(a.pages)
		if p.at >= len(views) {
			return kit.Blank(1, 1)
		}
		return a.sheetPicture(l, views[p.at], fyne.NewSize(s.Width-40, s.Height-28))
	})))
}

// views are the halves of pages: a half fills the place of a picture well.
func (a *App) views(pages []image.Image) []image.Image {
	var all []image.Image
	for _, p := range pages {
		up, low := halves(p)
		all = append(all, up, low)
	}
	return all
}

// viewName says which half of which page is shown.
func (a *App) viewName(at, pages int) string {
	if a.view.Type != nil && a.view.Type.Half() {
		return a.t([]string{"d.bank", "d.customer"}[at%2])
	}
	return a.t("d.page", "n", at/2+1, "m", pages) + " " + a.t([]string{"d.upper", "d.lower"}[at%2])
}

// turned is the next of n places after a key.
func turned(at int, key string, n int) int {
	if key == "PgDn" {
		return max(0, min(n-1, at+1))
	}
	return max(0, at-1)
}

func (p *approve) panel(size fyne.Size) fyne.CanvasObject {
	a, l := p.a, p.a.look
	w := size.Width - 44
	head := kit.V(0, kit.Fix(0, 52, kit.Inset(0, 20, 0, 20, kit.H(8, l.Icon("regular-shield-check", 24, l.P.Accent), l.Bold(a.t("a.title"), 15, l.P.Ink)))), l.Rule())
	who := kit.Stack(p.id, kit.Inset(0, 12, 0, 12, kit.H(0, kit.Gap(), l.Text(p.who, 15, l.P.Ink2))))
	gap, step := float32(14), float32(6)
	if size.Height < 560 {
		gap, step = 8, 2
	}
	v := kit.V(0, p.why(w), kit.Blank(0, gap), l.Text(a.t("a.id"), 15, l.P.Ink2), kit.Blank(0, step), kit.Fix(0, 40, who),
		kit.Blank(0, gap), l.Text(a.t("login.pw"), 15, l.P.Ink2), kit.Blank(0, step), kit.Fix(0, 40, p.pw), kit.Blank(0, gap))
	if a.o.Factor {
		v.Add(kit.H(0, l.Text(a.t("login.otp"), 15, l.P.Ink2), kit.Gap(), l.Text(a.t("a.six"), 13, l.P.Ink2)))
		v.Add(kit.Blank(0, step))
		v.Add(kit.Fix(0, 48, p.code))
	}
	if p.wrong != "" {
		v.Add(kit.Blank(0, step))
		v.Add(kit.H(8, kit.Start(l.Icon("fill-x-circle", 18, l.P.Err)), kit.Grow(l.Para(p.wrong, 13, l.P.Err, w-30))))
	}
	card := l.StrongCard(kit.Inset(2, 2, 2, 2, kit.V(0, head, kit.Inset(gap, 20, 8, 20, v))))
	b := kit.Button{Text: a.t("a.ok"), Kind: kit.Primary, Key: "Enter", Do: p.submit, Busy: a.busy}
	switch {
	case a.busy:
	case p.id.Text() == "" || p.pw.Text() == "":
		b.Reason = a.t("a.need")
	case a.o.Factor && p.code.Left() > 0:
		b.Reason = a.t("a.digits", "n", p.code.Left())
	}
	return kit.V(16, kit.Grow(card),
		kit.Fix(0, 48, l.Button(kit.Button{Text: a.t("a.back"), Key: "F9", Kind: kit.Danger, Do: p.sendBack})),
		kit.Fix(0, 48, l.Button(b)))
}

// why says what makes a second person necessary.
func (p *approve) why(w float32) fyne.CanvasObject {
	a, l := p.a, p.a.look
	f := a.view.Filled
	what := a.pick(a.view.Type.Name)
	if f.Fen() > 0 {
		what += "　" + form.FormatFen(f.Fen())
	}
	why := a.t("a.why.always", "id", a.user.Name)
	if lim := a.view.Type.Limit; lim > 0 {
		why = a.t("a.why", "x", strings.TrimPrefix(form.FormatFen(lim), "¥"), "id", a.user.Name)
	}
	body := kit.V(2, l.Bold(l.Fit(what, 15, true, w-60), 15, l.P.Ink), l.Para(why, 13, l.P.Ink2, w-60))
	return kit.Stack(l.Box(l.P.WarnSoft, nil, 0, 4),
		kit.Inset(10, 12, 10, 12, kit.H(10, kit.Start(l.Icon("fill-warning", 20, l.P.Warn)), kit.Grow(body))))
}
