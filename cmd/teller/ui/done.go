package ui

import (
	"context"
	"fmt"
	"image"
	"time"

	"fyne.io/fyne/v2"

	"moqian/cmd/internal/flow"
	"moqian/cmd/teller/ui/kit"
	"moqian/render"
	"moqian/store"
)

// done is step ⑤: the stored voucher and what becomes of it.
type done struct {
	a     *App
	res   *flow.Result
	imgs  []image.Image // pages of the stored PDF
	at    int           // view shown
	fault string        // why there is no picture
	print string        // what became of printing
	qr    image.Image
	void  bool
}

func newDone(a *App) *done {
	p := &done{a: a, res: a.view.Result, qr: codePicture(a.view.Result)}
	if a.o.Preview == nil {
		p.fault = a.t("d.nopreview")
		return p
	}
	a.stored(p.res.PDF, func(imgs []image.Image, err error) {
		p.imgs = imgs
		if err != nil {
			p.fault = a.sentence(err)
		}
		a.shell.draw()
	})
	return p
}

// stored draws a stored PDF's pages, beside everything else.
func (a *App) stored(pdf []byte, then func([]image.Image, error)) {
	load := func() {
		imgs, err := a.o.Preview(a.ctx, pdf, pageDPI)
		a.bridge.later(func() { then(imgs, err) })
	}
	if a.inline {
		load()
		return
	}
	a.goes(load)
}

// codePicture is the receipt's matrix code, nil when there is none.
func codePicture(r *flow.Result) image.Image {
	if r == nil || r.Slip == "" {
		return nil
	}
	m, err := render.Code(r.Slip)
	if err != nil {
		return nil
	}
	return kit.Modules(m.N, m.Dark, 6, kit.Light().Ink)
}

func (p *done) head() (string, string)  { return p.a.taskHead() }
func (p *done) side() fyne.CanvasObject { return p.a.steps(5, p.a.view.Type) }

// rune takes the customer's word while the thank-you page is shown.
func (p *done) rune(r rune) {
	if p.a.handed && r >= '1' && r <= '3' {
		p.a.rate(int(r - '0'))
	}
}
func (p *done) key(fyne.KeyName, bool) bool { return false }
func (p *done) tick() {
	if it, err := p.a.o.Store.Outbox().Find(p.a.ctx, p.res.Item.ID); err == nil && (it.State != p.res.Item.State || it.Fault != p.res.Item.Fault) {
		p.res.Item = it
		p.a.shell.draw()
	}
}

func (p *done) acts() []act {
	a := p.a
	c := []act{on("Enter", a.t("d.next"), p.next), on("F2", a.t("key.zoom"), func() { a.enlarge(p.imgs) })}
	if a.o.Print != nil {
		c = append(c, on("F8", a.t("d.print"), p.doPrint), quietly("Ctrl P", a.t("d.print"), p.doPrint))
	}
	c = append(c, on("F9", a.t("d.fix"), p.fix))
	if a.oneWindow() {
		c = append(c, on("F11", a.t("key.thanks"), a.hand))
	}
	if len(p.imgs) > 0 {
		c = append(c, act{keys: []string{"PgUp", "PgDn"}, word: a.t("key.pages"), do: p.turn})
	}
	return append(c, onRight("F12", a.t("key.lock"), a.lock))
}

func (p *done) turn(key string) {
	p.at = turned(p.at, key, len(p.a.views(p.imgs)))
	p.a.shell.draw()
}

func (p *done) next() {
	a := p.a
	a.sess, a.view, a.pages, a.handed = nil, flow.View{}, nil, false
	a.open(newHome(a))
}

func (p *done) doPrint() {
	a := p.a
	if a.o.Print == nil {
		return
	}
	pdf, it, name := p.res.PDF, p.res.Item, a.user.Name
	p.print = a.t("d.printing")
	a.shell.draw()
	a.aside(func(ctx context.Context) {
		err := a.o.Print(ctx, pdf)
		outcome := "ok"
		if err != nil {
			outcome = "failed"
		}
		_ = a.o.Store.Audit().Append(ctx, store.Entry{Actor: name, Action: "print", Voucher: it.Voucher, Type: it.Type, Outcome: outcome})
		a.bridge.later(func() {
			p.print = a.t("d.printed")
			if err != nil {
				p.print = a.t("d.noprinter")
			}
		})
	}, func() { a.shell.draw() })
}

// fix voids the voucher in the log: the filed one is kept, a new one follows.
func (p *done) fix() {
	a := p.a
	if _, void := a.void[p.res.Item.Voucher]; p.void || void {
		return
	}
	a.reason(a.t("d.reason"), func(why string) {
		it, name := p.res.Item, a.user.Name
		var err error
		a.aside(func(ctx context.Context) {
			err = a.o.Store.Audit().Append(ctx, store.Entry{Actor: name, Action: "void", Voucher: it.Voucher,
				Type: it.Type, Outcome: "ok", Detail: map[string]string{"reason": why}})
		}, func() {
			if err != nil {
				a.say(kit.Bad, "fill-x-circle", a.t("d.fix"), a.sentence(err), 0)
				return
			}
			p.void = true
			a.void[it.Voucher] = why
			a.say(kit.Look2, "fill-warning", a.t("void.ok"), a.t("void.more"), 0)
		})
	})
}

func (p *done) body(size fyne.Size) fyne.CanvasObject {
	return p.a.columns(size, p.picture, p.panel)
}

func (p *done) picture(fyne.Size) fyne.CanvasObject {
	a, l := p.a, p.a.look
	of := ""
	if len(p.imgs) > 0 {
		of = a.viewName(p.at, len(p.imgs))
	}
	head := l.Head([]fyne.CanvasObject{l.Bold(a.t("d.voucher"), 15, l.P.Ink), l.Text(of, 13, l.P.Ink2)},
		l.Cap("F2", l.P.Ink2, l.P.Surface), l.Text(a.t("key.zoom"), 13, l.P.Ink2))
	return l.HeadCard(head, l.Stage(kit.Sized(func(s fyne.Size) fyne.CanvasObject {
		if a.handed && a.thanks.on {
			return a.mirror(s, 20)
		}
		if len(p.imgs) == 0 {
			word := a.t("d.loading")
			if p.fault != "" {
				word = p.fault
			}
			return kit.Center(l.Para(word, 15, l.P.Ink2, s.Width-80))
		}
		return a.sheetPicture(l, a.views(p.imgs)[p.at], fyne.NewSize(s.Width-40, s.Height-28))
	})))
}

func (p *done) panel(size fyne.Size) fyne.CanvasObject {
	a, l := p.a, p.a.look
	top := l.Card(kit.Inset(16, 20, 16, 20, kit.H(14, l.Icon("fill-check-circle", 36, l.P.OK),
		kit.V(2, l.Bold(a.t("d.done"), 20, l.P.Ink), kit.H(12, l.Text(a.t("th.no"), 13, l.P.Ink2), l.Text(voucherNo(p.res.Item.Voucher), 13, l.P.Ink))))))
	buttons := kit.H(12)
	if a.o.Print != nil {
		buttons.Add(kit.Grow(l.Button(kit.Button{Text: a.t("d.print"), Key: "F8", Do: p.doPrint})))
	}
	buttons.Add(kit.Grow(l.Button(kit.Button{Text: a.t("d.fix"), Key: "F9", Do: p.fix})))
	return kit.V(12, top, kit.Grow(kit.Sized(p.archive)), kit.Fix(0, 48, buttons),
		kit.Fix(0, 64, l.Button(kit.Button{Text: a.t("d.next"), Key: "Enter", Kind: kit.Primary, Size: 18, Focus: true, Do: p.next})))
}

// archive is the card with the four lines and the code.
func (p *done) archive(size fyne.Size) fyne.CanvasObject {
	a, l := p.a, p.a.look
	var took time.Duration
	for _, t := range p.res.Took {
		took += t.D
	}
	w := size.Width - 40
	v := kit.V(0, l.Check(kit.Good, a.t("d.line1", "n", p.res.Strokes), "", w),
		l.Check(kit.Good, a.t("d.line2"), a.t("d.line2.by", "t", a.user.Name), w),
		l.Check(kit.Good, a.t("d.line3"), a.t("d.bytes", "n", fmt.Sprint(p.res.Item.Bytes/1024)), w), p.upload(w))
	if p.print != "" {
		v.Add(l.Check(kit.Neutral, p.print, "", w))
	}
	head := l.Head([]fyne.CanvasObject{l.Bold(a.t("step.5"), 15, l.P.Ink)}, l.Text(a.t("d.took", "s", fmt.Sprintf("%.1f", took.Seconds())), 13, l.P.Ink2))
	rest := size.Height - 48 - v.MinSize().Height - 16
	if p.qr != nil && rest > 120 {
		side := min(rest-12, 150)
		v.Add(kit.Inset(8, 0, 0, 0, kit.H(14, kit.Fix(side, side, l.Picture(p.qr, fyne.NewSize(side, side))),
			kit.Grow(kit.V(4, l.Text(a.t("cu.receipt"), 15, l.P.Ink), l.Para(a.t("d.qr"), 13, l.P.Ink2, w-side-20))))))
	}
	return l.HeadCard(head, kit.Inset(6, 20, 6, 20, v))
}

// upload is the line that follows the queue.
func (p *done) upload(w float32) fyne.CanvasObject {
	a, l := p.a, p.a.look
	it := p.res.Item
	switch {
	case it.State == store.Verified:
		return l.Check(kit.Good, a.t("st.done"), "", w)
	case it.State == store.Sent:
		return l.Check(kit.Good, a.t("d.sent"), "", w)
	case it.Fault == store.FaultRefused:
		return l.Check(kit.Bad, a.t("d.refused"), a.t("d.refused.do"), w)
	case it.Fault != "":
		return l.Check(kit.Look2, a.t("d.offline"), a.t("d.nowait"), w)
	case a.o.Send == nil:
		return l.Check(kit.Look2, a.t("login.noarchive"), a.t("d.nowait"), w)
	}
	return l.Check(kit.Act, a.t("d.line4"), a.t("d.nowait"), w)
}
