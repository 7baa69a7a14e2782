package ui

import (
	"context"
	"errors"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"moqian/cmd/internal/flow"
	"moqian/cmd/teller/ui/kit"
	"moqian/sign/pfx"
	"moqian/store"
	"moqian/store/auth"
)

// maxTries is what package auth counts to before it locks an account.
const maxTries = 5

// login is the first page: number, password, code.
type login struct {
	a      *App
	in     inputs
	id, pw *kit.Field
	code   *kit.Digits
	wrong  string
	tries  map[string]int // by what was typed; unknown names count too
}

func newLogin(a *App) *login {
	p := &login{a: a, tries: map[string]int{}}
	p.make("")
	return p
}

// make builds the inputs in the present look.
func (p *login) make(id string) {
	a := p.a
	p.id = a.look.NewField("", func() { p.in.to(0) })
	p.pw = a.look.NewField("", func() { p.in.to(1) }).Style(func(f *kit.Field) { f.Secret = true })
	p.code = a.look.NewDigits(6, 28, 10, 24, false, func() { p.in.to(2) })
	p.code.Full = func(string) { p.submit() }
	p.id.SetText(id)
	p.in = inputs{all: []input{p.id, p.pw}, changed: func(int) { p.a.shell.draw() }}
	if a.o.Factor {
		p.in.all = append(p.in.all, p.code)
	}
	p.in.to(0)
	if id != "" {
		p.in.to(1)
	}
}

func (p *login) relook()                             { p.make(p.id.Text()) }
func (p *login) head() (string, string)              { return "", "" }
func (p *login) side() fyne.CanvasObject             { return nil }
func (p *login) rune(r rune)                         { p.wrong = ""; p.in.rune(r) }
func (p *login) key(k fyne.KeyName, shift bool) bool { return p.in.key(k, shift) }

func (p *login) acts() []act {
	a := p.a
	return []act{
		on("Enter", a.t("key.next"), p.enter),
		on("Esc", a.t("key.clear"), func() { p.clear() }),
		onRight("Ctrl L", a.t("key.lang"), a.switchLang),
	}
}

func (p *login) enter() {
	if !p.in.last() {
		p.in.to(p.in.at + 1)
		return
	}
	p.submit()
}

// clear empties the current field.
func (p *login) clear() {
	switch p.in.at {
	case 0:
		p.id.SetText("")
	case 1:
		p.pw.Wipe()
	default:
		p.code.SetText("")
	}
	p.a.shell.draw()
}

func (p *login) submit() {
	a := p.a
	name, pw, code := p.id.Text(), p.pw.Bytes(), p.code.Text()
	if name == "" || len(pw) == 0 || a.o.Factor && p.code.Left() > 0 {
		clear(pw)
		p.wrong = a.t("login.all")
		a.shell.draw()
		return
	}
	p.pw.Wipe()
	p.code.SetText("")
	var acc auth.Account
	var err error
	var left int
	a.work(func(ctx context.Context) {
		acc, err = a.o.Users.Login(ctx, name, pw, code)
		left = p.left(ctx, name, err)
	}, func() { p.done(acc, err, left) })
}

// left is how many tries remain, the same for names that exist and others.
func (p *login) left(ctx context.Context, name string, err error) int {
	if !errors.Is(err, auth.ErrWrong) {
		return maxTries
	}
	p.tries[name]++
	if acc, err := p.a.o.Users.Find(ctx, name); err == nil {
		return maxTries - acc.Tries
	}
	return maxTries - p.tries[name]
}

func (p *login) done(acc auth.Account, err error, left int) {
	a := p.a
	switch {
	case err == nil:
		a.user = acc
		a.loggedIn()
		return
	case errors.Is(err, auth.ErrLocked), errors.Is(err, auth.ErrWrong) && left <= 0:
		p.wrong = a.t("login.lock", "n", maxTries)
	case errors.Is(err, auth.ErrWrong):
		p.wrong = a.t("login.bad", "n", left)
	default:
		p.wrong = a.sentence(err)
	}
	p.in.to(1)
	a.shell.draw()
}

// loggedIn goes to where the teller works, by way of the key's PIN when the
// key is not open yet.
func (a *App) loggedIn() {
	a.refreshItems()
	if a.desk == nil {
		a.open(newUnlock(a))
		return
	}
	a.open(newHome(a))
}

func (p *login) body(size fyne.Size) fyne.CanvasObject {
	left := min(520, size.Width*0.38)
	return kit.H(0, kit.FixFill(left, 0, p.a.brandPane(size)), kit.Grow(kit.Center(p.form())))
}

// brandPane is the dark left side: seal, name and the state of the machine.
func (a *App) brandPane(size fyne.Size) fyne.CanvasObject {
	l, p := a.look, a.look.P
	seal, on := p.Seal, kit.Light().Surface
	top := kit.V(0, kit.H(0, l.Mark(72, seal, on)), kit.Blank(0, 20), l.Bold(a.t("app.name"), 40, p.OnBar), l.Text(a.t("app.what"), 18, p.OnBar2))
	foot := kit.V(8)
	line := func(icon, s string) {
		foot.Add(kit.H(8, l.Icon(icon, 18, p.OnBar2), l.Text(s, 13, p.OnBar2)))
	}
	switch {
	case a.dev == nil:
		line("bold-plugs", a.t("p.none"))
	default:
		line("regular-pen-nib", a.t("top.pad")+"　"+a.dev.Info().Model)
	}
	if a.o.Send != nil {
		line("regular-cloud-check", a.t("login.archive"))
	} else {
		line("regular-cloud-slash", a.t("login.noarchive"))
	}
	line("regular-certificate", a.t("login.key"))
	foot.Add(kit.Blank(0, 12))
	foot.Add(l.Text(a.t("login.version", "v", a.o.Version)+"　"+a.pick(a.o.Branch)+" "+a.t("app.window", "n", a.o.Window), 13, p.OnBar2))
	pad := min(72, size.Height*0.09)
	return kit.Stack(canvas.NewRectangle(p.Bar), kit.Inset(pad, 64, pad, 64, kit.V(0, top, kit.Gap(), foot)))
}

func (p *login) form() fyne.CanvasObject {
	a, l := p.a, p.a.look
	sub := a.t("login.sub1")
	if a.o.Factor {
		sub = a.t("login.sub")
	}
	v := kit.V(0, l.Bold(a.t("login.title"), 24, l.P.Ink), kit.Blank(0, 4), l.Text(sub, 15, l.P.Ink2), kit.Blank(0, 20),
		l.Text(a.t("login.id"), 15, l.P.Ink2), kit.Blank(0, 6), kit.Fix(420, 44, p.id), kit.Blank(0, 18),
		l.Text(a.t("login.pw"), 15, l.P.Ink2), kit.Blank(0, 6), kit.Fix(420, 44, p.pw), kit.Blank(0, 18))
	if a.o.Factor {
		v.Add(kit.H(0, l.Text(a.t("login.otp"), 15, l.P.Ink2), kit.Gap(), l.Text(a.t("login.token"), 13, l.P.Ink2)))
		v.Add(kit.Blank(0, 6))
		v.Add(kit.Fix(420, 56, p.code))
		v.Add(kit.Blank(0, 10))
	}
	v.Add(kit.Fix(420, 36, p.note()))
	v.Add(kit.Blank(0, 10))
	v.Add(kit.Fix(420, 48, l.Button(p.button())))
	if t := a.o.Trial; t != nil {
		v.Add(kit.Blank(0, 24))
		v.Add(l.Rule())
		v.Add(kit.Blank(0, 12))
		v.Add(p.trial(t))
	}
	return v
}

func (p *login) note() fyne.CanvasObject {
	a, l := p.a, p.a.look
	if p.wrong != "" {
		return kit.H(8, kit.Start(l.Icon("fill-x-circle", 18, l.P.Err)), kit.Grow(l.Para(p.wrong, 13, l.P.Err, 390)))
	}
	hint := "login.hint1"
	if a.o.Factor {
		hint = "login.hint"
	}
	return kit.H(8, l.Icon("regular-info", 16, l.P.Ink2), l.Text(a.t(hint), 13, l.P.Ink2))
}

func (p *login) button() kit.Button {
	a := p.a
	b := kit.Button{Text: a.t("login.go"), Key: "Enter", Kind: kit.Primary, Do: p.submit, Busy: a.busy}
	switch {
	case a.busy:
	case p.id.Text() == "" || p.pw.Text() == "":
		b.Reason = a.t("login.need")
	case a.o.Factor && p.code.Left() > 0:
		b.Reason = a.t("login.off", "n", p.code.Left())
	}
	return b
}

func (p *login) trial(t *Trial) fyne.CanvasObject {
	a, l := p.a, p.a.look
	row := kit.H(24)
	for _, who := range t.People {
		row.Add(kit.H(5, l.Text(a.t("role."+who[0]), 13, l.P.Ink2), l.Bold(who[1], 13, l.P.Ink)))
	}
	return kit.V(6,
		kit.H(12, l.Bold(a.t("login.trial"), 13, l.P.Ink), l.Text(a.t("login.trial.pw", "p", t.Password, "c", t.Code), 13, l.P.Ink2)),
		row, kit.H(5, l.Text(a.t("login.trial.pin"), 13, l.P.Ink2), l.Bold(t.PIN, 13, l.P.Ink)))
}

// signOut forgets who works here and shows the login.
func (a *App) signOut() {
	name := a.user.Name
	a.user = auth.Account{}
	a.hush()
	a.open(newLogin(a))
	a.aside(func(ctx context.Context) {
		_ = a.o.Store.Audit().Append(ctx, store.Entry{Actor: name, Action: "logout", Outcome: "ok"})
	}, func() {})
}

// unlock asks for the PIN of the teller's key, once a start of the program.
type unlock struct {
	a     *App
	in    inputs
	pin   *kit.Field
	wrong string
	tries int
}

func newUnlock(a *App) *unlock {
	p := &unlock{a: a}
	p.relook()
	return p
}

func (p *unlock) relook() {
	p.pin = p.a.look.NewField("", nil).Style(func(f *kit.Field) { f.Secret = true })
	p.in = inputs{all: []input{p.pin}, changed: func(int) { p.wrong = ""; p.a.shell.draw() }}
	p.in.to(0)
}

func (p *unlock) head() (string, string)              { return "", "" }
func (p *unlock) side() fyne.CanvasObject             { return nil }
func (p *unlock) rune(r rune)                         { p.in.rune(r) }
func (p *unlock) key(k fyne.KeyName, shift bool) bool { return p.in.key(k, shift) }

func (p *unlock) acts() []act {
	a := p.a
	return []act{
		on("Enter", a.t("unlock.go"), p.submit),
		onRight("Esc", a.t("key.signout"), a.signOut),
	}
}

// maxPINs is how often a PIN may be wrong before the page makes people wait.
const maxPINs = 5

func (p *unlock) submit() {
	a := p.a
	if p.pin.Text() == "" || p.tries >= maxPINs {
		return
	}
	pin := p.pin.Bytes()
	p.pin.Wipe()
	name := a.user.Name
	var desk *flow.Desk
	var err error
	a.work(func(ctx context.Context) {
		desk, err = a.o.Desk(ctx, pin)
		outcome := "ok"
		if err != nil {
			outcome = "refused"
		}
		_ = a.o.Store.Audit().Append(ctx, store.Entry{Actor: name, Action: "unlock", Outcome: outcome})
	}, func() {
		if err == nil {
			a.desk = desk
			a.startPadScreen()
		}
		p.done(err)
	})
	a.shell.draw()
}

func (p *unlock) done(err error) {
	a := p.a
	if err == nil {
		a.recall()
		a.open(newHome(a))
		return
	}
	p.tries++
	p.wrong = a.sentence(err)
	if errors.Is(err, pfx.ErrPassword) {
		p.wrong = a.t("k.pin", "n", maxPINs-p.tries)
		if p.tries >= maxPINs {
			p.wrong = a.t("k.locked")
			time.AfterFunc(time.Minute, func() { a.bridge.later(func() { p.tries = 0; p.wrong = ""; a.shell.draw() }) })
		}
	}
	a.shell.draw()
}

func (p *unlock) body(size fyne.Size) fyne.CanvasObject {
	a, l := p.a, p.a.look
	note := kit.Stack(l.Text(a.t("unlock.hint"), 13, l.P.Ink2))
	if a.o.Trial != nil {
		note = l.Text(a.t("unlock.trial", "p", a.o.Trial.PIN), 13, l.P.Ink2)
	}
	if p.wrong != "" {
		note = kit.H(8, kit.Start(l.Icon("fill-x-circle", 18, l.P.Err)), kit.Grow(l.Para(p.wrong, 13, l.P.Err, 390)))
	}
	b := kit.Button{Text: a.t("unlock.go"), Key: "Enter", Kind: kit.Primary, Do: p.submit, Busy: a.busy}
	if p.pin.Text() == "" && !a.busy {
		b.Reason = a.t("unlock.need")
	}
	form := kit.V(0, kit.H(10, l.Icon("regular-certificate", 28, l.P.Accent), l.Bold(a.t("unlock.title"), 20, l.P.Ink)), kit.Blank(0, 6),
		l.Para(a.t("unlock.sub"), 15, l.P.Ink2, 420), kit.Blank(0, 20),
		l.Text(a.t("unlock.pin"), 15, l.P.Ink2), kit.Blank(0, 6), kit.Fix(420, 44, p.pin), kit.Blank(0, 8), kit.Fix(420, 40, note),
		kit.Blank(0, 12), kit.Fix(420, 48, l.Button(b)))
	return kit.Center(l.Card(kit.Inset(32, 36, 32, 36, form)))
}
