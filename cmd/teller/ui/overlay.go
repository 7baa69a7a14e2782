package ui

import (
	"context"
	"image"
	"unicode/utf8"

	"fyne.io/fyne/v2"

	"moqian/cmd/teller/ui/kit"
	"moqian/store"
	"moqian/store/auth"
)

// push lays an overlay over the page.
func (a *App) push(o overlay) {
	a.over = append(a.over, o)
	a.shell.draw()
}

// pop takes the uppermost away.
func (a *App) pop() {
	if n := len(a.over); n > 0 {
		a.over = a.over[:n-1]
	}
	a.shell.draw()
}

// dialog is a card in the middle.
func (a *App) dialog(w float32, body fyne.CanvasObject) fyne.CanvasObject {
	l := a.look
	card := kit.Stack(l.Box(l.P.Surface, l.P.Line, 1, 8), kit.Inset(24, 28, 24, 28, body))
	return kit.Center(kit.Fix(w, 0, card))
}

// still is an overlay that takes no typing.
type still struct{}

func (still) rune(rune)                   {}
func (still) key(fyne.KeyName, bool) bool { return false }

// helpSheet is F1: every key of the page.
type helpSheet struct {
	still
	a *App
}

func (a *App) help() { a.push(&helpSheet{a: a}) }

func (h *helpSheet) acts() []act {
	a := h.a
	return []act{quietly("F1", "", a.pop), onRight("Esc", a.t("key.close"), a.pop), quietly("Enter", "", a.pop)}
}

func (h *helpSheet) draw(size fyne.Size) fyne.CanvasObject {
	a, l := h.a, h.a.look
	_, title := a.page.head()
	v := kit.V(0, kit.H(12, l.Bold(a.t("key.all"), 20, l.P.Ink), l.Text(title, 15, l.P.Ink2)), kit.Blank(0, 14), l.Rule(), kit.Blank(0, 8))
	seen := map[string]bool{}
	left, right := kit.V(0), kit.V(0)
	n := 0
	for _, c := range append(a.page.acts(), a.common()...) {
		if seen[c.keys[0]] {
			continue
		}
		seen[c.keys[0]] = true
		caps := kit.H(6)
		for _, k := range c.keys {
			caps.Add(l.Cap(k, l.P.Ink2, l.P.Surface))
		}
		row := kit.Fix(0, 36, kit.H(12, kit.Fix(110, 0, kit.H(0, kit.Gap(), caps)), l.Text(c.word, 15, l.P.Ink)))
		if n%2 == 0 {
			left.Add(row)
		} else {
			right.Add(row)
		}
		n++
	}
	v.Add(kit.H(24, kit.Start(kit.Fix(340, 0, left)), kit.Start(kit.Fix(340, 0, right))))
	v.Add(kit.Blank(0, 12))
	v.Add(l.Rule())
	v.Add(kit.Blank(0, 12))
	v.Add(l.Para(a.t("help.more"), 13, l.P.Ink2, 700))
	return a.dialog(760, v)
}

// question asks once; Enter does it, Esc stays.
type question struct {
	still
	a             *App
	text, yes, no string
	do            func()
}

func (a *App) ask(text, yes, no string, do func()) {
	a.push(&question{a: a, text: text, yes: yes, no: no, do: do})
}

func (q *question) acts() []act {
	a := q.a
	return []act{on("Enter", q.yes, func() { a.pop(); q.do() }), onRight("Esc", q.no, a.pop)}
}

func (q *question) draw(fyne.Size) fyne.CanvasObject {
	a, l := q.a, q.a.look
	acts := q.acts()
	return a.dialog(520, kit.V(0, kit.H(12, l.Icon("fill-warning", 28, l.P.Warn), kit.Grow(l.BoldPara(q.text, 18, l.P.Ink, 400))), kit.Blank(0, 24),
		kit.H(12, kit.Gap(), kit.Fix(200, 44, l.Button(kit.Button{Text: q.no, Key: "Esc", Do: a.pop})),
			kit.Fix(200, 44, l.Button(kit.Button{Text: q.yes, Key: "Enter", Kind: kit.Danger, Do: func() { acts[0].do("") }})))))
}

// reasonForm asks for a reason that goes into the log.
type reasonForm struct {
	a     *App
	title string
	text  *kit.Field
	do    func(string)
}

// leastReason is the length of a reason in characters.
const leastReason = 4

func (a *App) reason(title string, do func(string)) {
	f := &reasonForm{a: a, title: title, do: do}
	f.relook()
	a.push(f)
}

func (f *reasonForm) relook() {
	f.text = f.a.look.NewField(f.a.t("d.reason"), nil)
	f.text.SetFocus(true)
}

func (f *reasonForm) rune(r rune) { f.text.Type(r); f.a.shell.draw() }

func (f *reasonForm) key(k fyne.KeyName, _ bool) bool {
	if f.text.Key(k) {
		f.a.shell.draw()
		return true
	}
	return false
}

func (f *reasonForm) enough() bool { return utf8.RuneCountInString(f.text.Text()) >= leastReason }

func (f *reasonForm) submit() {
	if f.enough() {
		why := f.text.Text()
		f.a.pop()
		f.do(why)
	}
}

func (f *reasonForm) acts() []act {
	return []act{on("Enter", f.a.t("key.ok"), f.submit), onRight("Esc", f.a.t("key.close"), f.a.pop)}
}

func (f *reasonForm) draw(fyne.Size) fyne.CanvasObject {
	a, l := f.a, f.a.look
	b := kit.Button{Text: a.t("key.ok"), Key: "Enter", Kind: kit.Primary, Do: f.submit}
	if !f.enough() {
		b.Reason = a.t("reason.short", "n", leastReason)
	}
	return a.dialog(560, kit.V(0, l.Bold(f.title, 18, l.P.Ink), kit.Blank(0, 6), l.Text(a.t("reason.sub"), 13, l.P.Ink2), kit.Blank(0, 14),
		kit.Fix(0, 40, f.text), kit.Blank(0, 20),
		kit.H(12, kit.Gap(), kit.Fix(150, 44, l.Button(kit.Button{Text: a.t("key.close"), Key: "Esc", Do: a.pop})), kit.Fix(240, 44, l.Button(b)))))
}

// zoom shows pictures as large as the window.
type zoom struct {
	still
	a    *App
	imgs []image.Image
	live bool // the customer's screen
	at   int
	note string
}

// enlarge shows pages by their halves: what is read is large.
func (a *App) enlarge(pages []image.Image) {
	z := &zoom{a: a, imgs: a.views(pages)}
	if len(z.imgs) > 0 {
		a.push(z)
	}
}

func (a *App) enlargeScreen() { a.push(&zoom{a: a, live: true}) }

// enlargeItem shows a stored voucher.
func (a *App) enlargeItem(it store.Item) {
	if a.o.Preview == nil {
		return
	}
	z := &zoom{a: a, note: a.t("d.loading")}
	a.push(z)
	var pdf []byte
	var err error
	a.aside(func(ctx context.Context) { pdf, err = a.o.Store.Outbox().PDF(ctx, it.ID) }, func() {
		if err != nil {
			z.note = a.sentence(err)
			a.shell.draw()
			return
		}
		a.stored(pdf, func(imgs []image.Image, err error) {
			z.imgs = a.views(imgs)
			if err != nil {
				z.note = a.sentence(err)
			}
			a.shell.draw()
		})
	})
}

func (z *zoom) acts() []act {
	a := z.a
	c := []act{quietly("F2", "", a.pop)}
	if len(z.imgs) > 1 {
		c = append(c, act{keys: []string{"PgUp", "PgDn"}, word: a.t("key.pages"), do: func(k string) {
			z.at = turned(z.at, k, len(z.imgs))
			a.shell.draw()
		}})
	}
	return append(c, onRight("Esc", a.t("key.close"), a.pop), quietly("Enter", "", a.pop))
}

func (z *zoom) draw(size fyne.Size) fyne.CanvasObject {
	a := z.a
	room := fyne.NewSize(size.Width-48, size.Height-48)
	switch {
	case z.live:
		return kit.Inset(24, 24, 24, 24, kit.Sized(func(s fyne.Size) fyne.CanvasObject { return a.mirror(s, 0) }))
	case len(z.imgs) == 0:
		return a.dialog(480, a.look.Para(z.note, 15, a.look.P.Ink, 420))
	}
	return kit.Inset(24, 24, 24, 24, a.sheetPicture(a.look, z.imgs[z.at], room))
}

// locked keeps everybody but the teller away; the transaction waits behind it.
type locked struct {
	a     *App
	pw    *kit.Field
	code  *kit.Digits
	in    inputs
	wrong string
}

// lock is F12. Ink of an open box is given up: the signer signs again.
func (a *App) lock() {
	if a.user.Name == "" {
		return
	}
	a.closeBox("lock", func() {
		k := &locked{a: a}
		k.relook()
		a.push(k)
		a.redrawCustomer()
	})
}

func (k *locked) relook() {
	a := k.a
	k.pw = a.look.NewField("", nil).Style(func(f *kit.Field) { f.Secret = true })
	k.code = a.look.NewDigits(6, 24, 8, 0, false, nil)
	k.code.Full = func(string) { k.submit() }
	k.in = inputs{all: []input{k.pw}, changed: func(int) { a.shell.draw() }}
	if a.o.Factor {
		k.in.all = append(k.in.all, k.code)
	}
	k.in.to(0)
}

func (k *locked) rune(r rune)                         { k.wrong = ""; k.in.rune(r) }
func (k *locked) key(n fyne.KeyName, shift bool) bool { return k.in.key(n, shift) }

func (k *locked) acts() []act {
	return []act{on("Enter", k.a.t("key.next"), func() {
		if !k.in.last() {
			k.in.to(k.in.at + 1)
			k.a.shell.draw()
			return
		}
		k.submit()
	})}
}

func (k *locked) submit() {
	a := k.a
	pw, code := k.pw.Bytes(), k.code.Text()
	k.pw.Wipe()
	k.code.SetText("")
	var err error
	var acc auth.Account
	a.work(func(ctx context.Context) { acc, err = a.o.Users.Login(ctx, a.user.Name, pw, code) }, func() {
		if err != nil {
			k.wrong = a.sentence(err)
			k.in.to(0)
			a.shell.draw()
			return
		}
		a.user = acc
		a.pop()
		a.openBox()
		a.redrawCustomer()
	})
}

func (k *locked) draw(fyne.Size) fyne.CanvasObject {
	a, l := k.a, k.a.look
	v := kit.V(0, kit.H(12, l.Icon("regular-lock-simple", 28, l.P.Accent), l.Bold(a.t("lock.title"), 20, l.P.Ink)), kit.Blank(0, 6),
		l.Text(a.t("lock.sub", "id", a.user.Name), 15, l.P.Ink2), kit.Blank(0, 18),
		l.Text(a.t("login.pw"), 15, l.P.Ink2), kit.Blank(0, 6), kit.Fix(0, 44, k.pw))
	if a.o.Factor {
		v.Add(kit.Blank(0, 14))
		v.Add(l.Text(a.t("login.otp"), 15, l.P.Ink2))
		v.Add(kit.Blank(0, 6))
		v.Add(kit.Fix(0, 48, k.code))
	}
	if k.wrong != "" {
		v.Add(kit.Blank(0, 10))
		v.Add(kit.H(8, l.Icon("fill-x-circle", 18, l.P.Err), l.Text(k.wrong, 13, l.P.Err)))
	}
	return kit.Stack(l.Box(l.P.Ground, nil, 0, 0), a.dialog(460, v))
}
