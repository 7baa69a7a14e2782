package ui

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"moqian/cmd/internal/flow"
	"moqian/cmd/teller/ui/kit"
)

// prefName is where language and look are kept.
const prefName = "ui.look"

// restore takes over the look chosen last.
func (a *App) restore() {
	b, found, err := a.o.Store.Setting(a.ctx, prefName)
	if err != nil || !found {
		return
	}
	for _, w := range strings.Fields(string(b)) {
		switch w {
		case "zh", "en":
			a.lang = w
		case "dark":
			a.setDark(true)
		}
	}
}

func (a *App) keep() {
	s := a.lang
	if a.look.P.Dark {
		s += " dark"
	}
	_ = a.o.Store.SetSetting(a.ctx, prefName, []byte(s))
}

func (a *App) setDark(on bool) {
	i := 0
	if on {
		i = 1
	}
	a.look.P = a.theme[i].P
	a.fy.Settings().SetTheme(a.theme[i])
}

// switchLang goes to the other language at once.
func (a *App) switchLang() {
	if a.lang == "zh" {
		a.lang = "en"
	} else {
		a.lang = "zh"
	}
	a.relook()
}

// switchDark goes to the other palette. The customer's view is always light.
func (a *App) switchDark() {
	a.setDark(!a.look.P.Dark)
	a.relook()
}

// relook builds everything anew and remembers the choice.
func (a *App) relook() {
	a.keep()
	a.hush()
	if p, ok := a.page.(interface{ relook() }); ok {
		p.relook()
	}
	for _, o := range a.over {
		if p, ok := o.(interface{ relook() }); ok {
			p.relook()
		}
	}
	a.redraw()
}

// settings is the health of the workstation and its look.
type settings struct {
	a     *App
	lines []finding
	at    time.Time
	busy  bool
	told  string
	took  time.Duration
	look  int // row of the look's list
}

// finding is one line of the health check.
type finding struct {
	tone       kit.Tone
	what       string
	text, more string
}

func newSettings(a *App) *settings {
	p := &settings{a: a}
	p.run()
	return p
}

func (p *settings) head() (string, string) { return "9006", p.a.t("sys.9006") }

func (p *settings) side() fyne.CanvasObject {
	a, l := p.a, p.a.look
	if p.busy {
		return l.Text(a.t("dr.running"), 15, l.P.Ink2)
	}
	return l.Text(a.t("dr.at", "t", since(p.at), "s", fmt.Sprintf("%.1f", p.took.Seconds())), 15, l.P.Ink2)
}

func (p *settings) rune(rune) {}

func (p *settings) key(fyne.KeyName, bool) bool { return false }

func (p *settings) relook() { p.run() }

func (p *settings) acts() []act {
	a := p.a
	c := []act{on("F5", a.t("dr.again"), p.run)}
	if a.o.Backup != nil {
		c = append(c, on("F7", a.t("dr.backup"), p.backup))
	}
	return append(c, on("Ctrl L", a.t("key.lang"), a.switchLang), on("Ctrl D", a.t("key.dark"), a.switchDark),
		onRight("Esc", a.t("key.back"), func() { a.open(newHome(a)) }))
}

func (p *settings) backup() {
	a := p.a
	var where string
	var err error
	a.aside(func(ctx context.Context) { where, err = a.o.Backup(ctx) }, func() {
		if err != nil {
			a.say(kit.Bad, "fill-x-circle", a.t("dr.backup"), a.sentence(err), 0)
			return
		}
		a.say(kit.Good, "fill-check-circle", a.t("dr.backed"), where, 8*time.Second)
	})
}

// run looks at everything that must be right.
func (p *settings) run() {
	a := p.a
	p.busy = true
	from := time.Now()
	var ready, chain error
	var entries int
	var free int64
	var freeErr error
	a.aside(func(ctx context.Context) {
		if a.desk != nil {
			ready = a.desk.Ready(ctx, nil)
		}
		entries, _, chain = a.o.Store.Audit().Verify(ctx)
		if a.o.Free != nil {
			free, freeErr = a.o.Free()
		}
	}, func() {
		p.busy, p.at, p.took = false, a.o.Now(), time.Since(from)
		p.lines = nil
		p.judge(ready, chain, entries, free, freeErr)
		a.shell.draw()
	})
}

func (p *settings) judge(ready, chain error, entries int, free int64, freeErr error) {
	a := p.a
	var good []finding
	add := func(t kit.Tone, what, text, more string) {
		f := finding{t, a.t("dr." + what), text, more}
		if t == kit.Good {
			good = append(good, f)
		} else if t == kit.Bad {
			p.lines = append([]finding{f}, p.lines...)
		} else {
			p.lines = append(p.lines, f)
		}
	}
	if a.dev == nil {
		add(kit.Bad, "pad", a.t("p.none"), a.t("p.none.do"))
	} else {
		i := a.dev.Info()
		add(kit.Good, "pad", fmt.Sprintf("%s %s　%.0f × %.0f mm　%.0f Hz　%d", i.Maker, i.Model, i.Width, i.Height, i.Rate, i.Levels), "")
	}
	if a.oneWindow() {
		add(kit.Look2, "screen", a.t("dr.screen.one"), a.t("dr.screen.do"))
	} else {
		add(kit.Good, "screen", a.t("dr.screen.two"), "")
	}
	var late *flow.NotReady
	if errors.As(ready, &late) {
		add(kit.Bad, "key", a.t("e.not."+string(late.Part)), a.sentence(ready))
	} else {
		add(kit.Good, "key", a.t("dr.key.ok"), "")
	}
	switch {
	case a.o.Send == nil:
		add(kit.Bad, "archive", a.t("login.noarchive"), a.t("q.none.do"))
	case a.offline:
		add(kit.Bad, "archive", a.t("q.why.net"), a.t("q.off.do"))
	default:
		add(kit.Good, "archive", a.t("dr.archive.ok", "n", len(a.waiting())), "")
	}
	switch {
	case freeErr != nil:
		add(kit.Look2, "disk", a.t("dr.disk.unknown"), "")
	case a.o.Free != nil && free < a.o.Floor:
		add(kit.Bad, "disk", a.t("x.disk", "x", gigabytes(free)), a.t("x.disk.do"))
	case a.o.Free != nil:
		add(kit.Good, "disk", a.t("dr.disk.ok", "x", gigabytes(free), "y", gigabytes(a.o.Floor)), "")
	}
	if chain != nil {
		add(kit.Bad, "log", a.t("dr.log.bad"), a.t("l.bad.do"))
	} else {
		add(kit.Good, "log", a.t("l.ok.n", "n", entries), "")
	}
	p.lines = append(p.lines, good...)
}

func (p *settings) body(size fyne.Size) fyne.CanvasObject {
	return kit.Inset(20, 24, 20, 24, kit.H(20, kit.FixFill(300, 0, p.list()), kit.Grow(kit.Sized(p.health))))
}

// list is what can be chosen about the look.
func (p *settings) list() fyne.CanvasObject {
	a, l := p.a, p.a.look
	row := func(icon, word, value, key string, do func()) fyne.CanvasObject {
		r := kit.H(12, l.Icon(icon, 20, l.P.Ink2), kit.V(0, l.Text(word, 15, l.P.Ink), l.Text(value, 13, l.P.Ink2)), kit.Gap(), l.Cap(key, l.P.Ink2, l.P.Surface))
		return kit.NewTap(kit.Fix(0, 60, kit.Inset(0, 20, 0, 20, r)), func(fyne.Position) { do() })
	}
	theme := a.t("set.light")
	if a.look.P.Dark {
		theme = a.t("set.darkword")
	}
	v := kit.V(0, l.Head([]fyne.CanvasObject{l.Bold(a.t("set.look"), 15, l.P.Ink)}),
		row("regular-text-aa", a.t("set.lang"), a.t("set.lang.now"), "Ctrl L", a.switchLang), l.Rule(),
		row("regular-monitor", a.t("set.theme"), theme, "Ctrl D", a.switchDark), l.Rule(),
		kit.Inset(14, 20, 0, 20, kit.V(8,
			l.Fact(a.t("set.branch"), a.pick(a.o.Branch), 15, 260, false),
			l.Fact(a.t("set.window"), a.o.Window, 15, 260, false),
			l.Fact(a.t("set.version"), a.o.Version, 15, 260, false))))
	return l.Card(v)
}

func (p *settings) health(size fyne.Size) fyne.CanvasObject {
	a, l := p.a, p.a.look
	bad, look := 0, 0
	for _, f := range p.lines {
		switch f.tone {
		case kit.Bad:
			bad++
		case kit.Look2:
			look++
		}
	}
	buttons := kit.H(8)
	if a.o.Backup != nil {
		buttons.Add(kit.Fix(160, 40, l.Button(kit.Button{Text: a.t("dr.backup"), Key: "F7", Size: 15, Do: p.backup})))
	}
	buttons.Add(kit.Fix(160, 40, l.Button(kit.Button{Text: a.t("dr.again"), Key: "F5", Kind: kit.Primary, Size: 15, Do: p.run, Busy: p.busy})))
	head := kit.V(0, kit.Fix(0, 56, kit.Inset(0, 20, 0, 20, kit.H(8, l.Bold(a.t("dr.sum", "a", bad, "b", look), 18, l.P.Ink),
		l.Text(a.t("dr.of", "n", len(p.lines)), 13, l.P.Ink2), kit.Gap(), buttons))), l.Rule())
	v := kit.V(0)
	for _, f := range p.lines {
		v.Add(p.line(f, size.Width))
		v.Add(l.Rule())
	}
	return l.HeadCard(head, kit.Inset(0, 1, 0, 1, v))
}

func (p *settings) line(f finding, width float32) fyne.CanvasObject {
	a, l := p.a, p.a.look
	icon, ink, word := "fill-check-circle", l.P.OK, a.t("dr.fine")
	ground := l.P.Surface
	switch f.tone {
	case kit.Bad:
		icon, ink, word, ground = "fill-x-circle", l.P.Err, a.t("dr.fault"), l.P.ErrSoft
	case kit.Look2:
		icon, ink, word, ground = "fill-warning", l.P.Warn, a.t("dr.warn"), l.P.WarnSoft
	}
	text := kit.V(2, l.Para(f.text, 15, l.P.Ink, width-340))
	h := float32(53)
	if f.more != "" {
		text.Add(l.Para(f.more, 13, l.P.Ink2, width-340))
		h = 73
	}
	row := kit.H(16, l.Icon(icon, 20, ink), kit.Fix(120, 0, kit.H(0, l.Bold(f.what, 15, l.P.Ink), kit.Gap())), kit.Grow(kit.V(0, kit.Gap(), text, kit.Gap())), l.Text(word, 13, ink))
	return kit.Fix(0, h, kit.Stack(canvas.NewRectangle(ground), kit.Inset(0, 20, 0, 20, row)))
}
