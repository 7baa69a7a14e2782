package ui

import (
	"context"
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"moqian/cmd/internal/flow"
	"moqian/cmd/teller/ui/kit"
	"moqian/render/form"
	"moqian/store"
)

// thanksSeconds is how long the customer's last page stands.
const thanksSeconds = 12

// thanks is the customer's last page.
type thanks struct {
	on     bool
	left   int
	fact   fact
	typ    *form.Type
	result *flow.Result
	qr     image.Image
	rated  int // 1 to 3, 0: not yet
}

// ratings in the order they are shown.
func ratings() [3]struct{ icon, id, word string } {
	return [3]struct{ icon, id, word string }{
		{"regular-smiley", "cu.good", "good"}, {"regular-smiley-meh", "cu.fair", "fair"}, {"regular-smiley-sad", "cu.poor", "poor"}}
}

// thanksTick counts down.
func (a *App) thanksTick() {
	if a.slideTick(); !a.thanks.on {
		return
	}
	if a.thanks.left--; a.thanks.left <= 0 {
		a.thanks.on = false
	}
	a.redrawCustomer()
}

// rate is the customer's word about the service; it goes into the log.
func (a *App) rate(n int) {
	if !a.thanks.on || a.thanks.rated != 0 {
		return
	}
	a.thanks.rated = n
	a.thanks.left = 3
	e := store.Entry{Actor: "customer", Action: "rating", Type: a.thanks.typ.Code, Outcome: "ok",
		Detail: map[string]string{"rating": ratings()[n-1].word}}
	if a.thanks.result != nil {
		e.Voucher = a.thanks.result.Item.Voucher
	}
	a.aside(func(ctx context.Context) { _ = a.o.Store.Audit().Append(ctx, e) }, func() {})
	a.redrawCustomer()
}

func (c *customerView) thanks() fyne.CanvasObject {
	a := c.a
	left := kit.V(0, c.thanksHead(), kit.Blank(0, c.s(32)), c.l.Rule(), kit.Blank(0, c.s(40)), c.faces(), kit.Gap(),
		c.l.Text(a.t("cu.skip", "n", a.thanks.left), c.m.small, c.l.P.Ink2))
	return kit.V(0, c.bar(), kit.Grow(kit.Inset(c.s(c.m.margin), c.s(c.m.margin), c.s(c.m.margin), c.s(c.m.margin),
		kit.H(c.s(32), kit.Grow(left), kit.FixFill(c.s(c.m.w*0.3125), 0, c.receipt())))))
}

func (c *customerView) thanksHead() fyne.CanvasObject {
	a, l := c.a, c.l
	sum := kit.H(c.s(8), l.Text(a.pick(a.thanks.typ.Name), c.m.text, l.P.Ink2))
	if a.thanks.fact.fen > 0 {
		sum.Add(l.Bold(form.FormatFen(a.thanks.fact.fen), c.m.text, l.P.Ink))
	}
	return kit.H(c.s(16), kit.Start(l.Icon("fill-check-circle", 68, l.P.OK)),
		kit.V(c.s(8), l.Bold(a.t("cu.thanks"), c.m.title, l.P.Ink), sum))
}

func (c *customerView) faces() fyne.CanvasObject {
	a, l := c.a, c.l
	if a.thanks.rated > 0 {
		return kit.V(c.s(16), l.Bold(a.t("cu.rated"), c.m.title-6, l.P.Ink))
	}
	row := kit.H(c.s(20))
	for i, r := range ratings() {
		body := kit.Stack(l.Box(l.P.Surface, l.P.Edge, 2, 8), kit.Center(kit.V(c.s(14),
			kit.Middle(l.Icon(r.icon, 68, l.P.Ink)), kit.Middle(l.Text(a.t(r.id), c.m.press, l.P.Ink)))))
		var o fyne.CanvasObject = body
		if c.live {
			o = kit.NewTap(body, func(fyne.Position) { a.rate(i + 1) })
		}
		row.Add(kit.Grow(o))
	}
	h := c.s(188)
	if c.m.h < 700 {
		h = c.s(140)
	}
	return kit.V(c.s(20), l.Bold(a.t("cu.rate"), c.m.title-6, l.P.Ink), kit.Fix(0, h, row))
}

// receipt is the card with the code for the customer's phone.
func (c *customerView) receipt() fyne.CanvasObject {
	a, l := c.a, c.l
	v := kit.V(c.s(10), kit.Blank(0, c.s(16)), kit.Middle(l.Bold(a.t("cu.receipt"), c.m.title-8, l.P.Ink)))
	if a.thanks.qr == nil {
		a.thanks.qr = codePicture(a.thanks.result)
	}
	if q := a.thanks.qr; q != nil {
		side := c.s(c.m.w * 0.26)
		img := canvas.NewImageFromImage(q)
		img.ScaleMode = canvas.ImageScalePixels
		img.FillMode = canvas.ImageFillContain
		v.Add(kit.Middle(kit.Fix(side, side, img)))
		v.Add(kit.Middle(l.Text(a.t("cu.qr"), c.m.small+2, l.P.Ink)))
	}
	if r := a.thanks.result; r != nil {
		v.Add(kit.Middle(l.Text(a.t("th.no")+"　"+voucherNo(r.Item.Voucher), c.m.small-1, l.P.Ink2)))
	}
	v.Add(kit.Gap())
	v.Add(kit.Middle(l.Text(a.t("cu.paper"), c.m.small, l.P.Ink2)))
	v.Add(kit.Blank(0, c.s(16)))
	return kit.Stack(l.Box(l.P.Surface, l.P.Line, 1, 8), v)
}

// slides of the idle screen.
const slides = 3

// slideSeconds is how long a slide stands.
const slideSeconds = 8

// slideTick changes the idle slide by a cut.
func (a *App) slideTick() {
	a.slide++
	idle := !a.thanks.on && (a.view.Step == flow.Entry || a.sess == nil)
	if a.slide%slideSeconds == 0 && idle && a.cust != nil {
		a.redrawCustomer()
	}
}

// idle is the slide with the bank's bar below.
func (c *customerView) idle() fyne.CanvasObject {
	a, l := c.a, c.l
	n := a.slide / slideSeconds % slides
	id := "idle." + string(rune('1'+n))
	icons := []string{"fill-shield-check", "regular-receipt", "regular-pen-nib"}
	paper := kit.IdlePaper()
	title := kit.V(c.s(6))
	for _, s := range l.Wrap(a.t(id), c.m.money+8, true, c.s(c.m.w*0.56)) {
		title.Add(l.Bold(s, c.m.money+8, l.P.Ink))
	}
	text := kit.V(0, kit.Gap(), title, kit.Blank(0, c.s(20)), l.Para(a.t(id+".more"), c.m.press+2, l.P.Ink2, c.s(c.m.w*0.52)), kit.Gap())
	picture := kit.Center(l.Icon(icons[n], c.m.h*0.46, l.P.Ink))
	top := kit.Stack(canvas.NewRectangle(paper), kit.Inset(0, c.s(64), 0, c.s(c.m.margin*2),
		kit.H(c.s(20), kit.Grow(text), kit.FixFill(c.s(c.m.w*0.3), 0, picture))))
	return kit.V(0, kit.Grow(top), c.idleBar(n))
}

func (c *customerView) idleBar(n int) fyne.CanvasObject {
	a, l := c.a, c.l
	now := a.o.Now().In(beijing())
	dots := kit.H(c.s(12))
	for i := range slides {
		ink, w := l.P.OnBar2, c.s(12)
		if i == n {
			ink, w = l.P.OnBar, c.s(32)
		}
		d := canvas.NewRectangle(ink)
		d.CornerRadius = c.s(6)
		dots.Add(kit.Fix(w, c.s(12), d))
	}
	day := a.t("day.format", "m", int(now.Month()), "d", now.Day()) + "　" + a.t("day."+digits(int(now.Weekday())))
	row := kit.H(c.s(16), l.Mark(44, l.P.Seal, l.P.Surface), l.Bold(a.pick(a.o.Bank), c.m.text, l.P.OnBar),
		l.Text(a.pick(a.o.Branch)+"　"+a.t("app.window", "n", a.o.Window), c.m.text, l.P.OnBar2), kit.Gap(), dots, kit.Gap(),
		l.Text(day, c.m.small+2, l.P.OnBar2), l.Bold(now.Format("15:04"), c.m.title, l.P.OnBar))
	return kit.Fix(0, c.s(104), kit.Stack(canvas.NewRectangle(l.P.Bar), kit.Inset(0, c.s(c.m.margin), 0, c.s(c.m.margin), row)))
}
