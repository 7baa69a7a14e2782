package ui

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"sort"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"moqian/cmd/teller/ui/kit"
	"moqian/store"
)

// logPage shows the operation log and whether its chain holds. Nothing can be
// changed here.
type logPage struct {
	a       *App
	find    *kit.Field
	day     time.Time // noon of the day shown, zero: all days
	all     []store.Entry
	shown   []store.Entry
	sel     int
	n       int
	bad     *store.LogError
	checked bool
	err     error
}

func newLog(a *App) *logPage {
	p := &logPage{a: a}
	p.relook()
	p.load()
	return p
}

func (p *logPage) relook() {
	text := ""
	if p.find != nil {
		text = p.find.Text()
	}
	p.find = p.a.look.NewField(p.a.t("l.find"), nil)
	p.find.SetText(text)
	p.find.SetFocus(true)
}

// load reads the log and proves its chain.
func (p *logPage) load() {
	a := p.a
	p.checked = false
	var all []store.Entry
	var n int
	var err error
	a.aside(func(ctx context.Context) {
		n, _, err = a.o.Store.Audit().Verify(ctx)
		if got, e := a.o.Store.Audit().All(ctx); e == nil {
			all = got
		}
	}, func() {
		p.all, p.n, p.err, p.checked, p.bad = all, n, err, true, nil
		slices.Reverse(p.all)
		errors.As(err, &p.bad)
		p.fill()
		a.shell.draw()
	})
}

func (p *logPage) fill() {
	want := strings.ToLower(p.find.Text())
	p.shown = nil
	for _, e := range p.all {
		if !p.day.IsZero() && dayOf(e.Time) != dayOf(p.day) {
			continue
		}
		if want == "" || strings.Contains(strings.ToLower(p.line(e)), want) {
			p.shown = append(p.shown, e)
		}
	}
	p.sel = min(max(0, p.sel), len(p.shown)-1)
}

// line is everything of an entry that can be searched.
func (p *logPage) line(e store.Entry) string {
	return strings.Join([]string{e.Actor, e.Action, p.action(e.Action), e.Voucher, e.Type, p.a.bizName(e.Type), e.Outcome, details(e)}, " ")
}

func details(e store.Entry) string {
	keys := make([]string, 0, len(e.Detail))
	for k := range e.Detail {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	var b strings.Builder
	for _, k := range keys {
		b.WriteString(k + " " + e.Detail[k] + "　")
	}
	return strings.TrimSuffix(b.String(), "　")
}

func (p *logPage) action(s string) string {
	if p.a.has("act." + s) {
		return p.a.t("act." + s)
	}
	return s
}

func (p *logPage) head() (string, string) { return "9004", p.a.t("sys.9004") }

func (p *logPage) side() fyne.CanvasObject {
	a, l := p.a, p.a.look
	switch {
	case !p.checked:
		return kit.H(8, l.Icon("bold-circle-notch", 20, l.P.Ink2), l.Text(a.t("l.checking"), 15, l.P.Ink2))
	case p.bad != nil:
		return kit.H(8, l.Icon("fill-x-circle", 20, l.P.Err), l.Bold(a.t("l.bad", "n", p.bad.Entry), 15, l.P.Err))
	case p.err != nil:
		return kit.H(8, l.Icon("fill-warning", 20, l.P.Warn), l.Text(a.sentence(p.err), 15, l.P.Warn))
	}
	return kit.H(8, l.Icon("fill-seal-check", 20, l.P.OK), l.Bold(a.t("l.ok"), 15, l.P.OK), l.Text(a.t("l.ok.n", "n", p.n), 15, l.P.Ink2))
}

func (p *logPage) rune(r rune) { p.find.Type(r); p.fill(); p.a.shell.draw() }

func (p *logPage) key(k fyne.KeyName, _ bool) bool {
	if k == fyne.KeyBackspace || k == fyne.KeyDelete {
		p.find.Key(k)
		p.fill()
		p.a.shell.draw()
		return true
	}
	return false
}

func (p *logPage) acts() []act {
	a := p.a
	return []act{
		{keys: []string{"↑", "↓"}, word: a.t("key.choose"), do: func(k string) { p.move(k, 1) }},
		{keys: []string{"PgUp", "PgDn"}, word: a.t("key.pages"), do: func(k string) { p.move(k, 12) }},
		{keys: []string{"←", "→"}, word: a.t("key.days"), do: p.turn},
		on("F2", a.t("l.alldays"), p.today),
		on("F5", a.t("l.again"), p.load),
		on("F8", a.t("l.export"), p.export),
		onRight("Esc", a.t("key.back"), func() { a.open(newHome(a)) }),
	}
}

func (p *logPage) move(key string, by int) {
	if key == "↑" || key == "PgUp" {
		by = -by
	}
	p.sel = min(max(0, p.sel+by), len(p.shown)-1)
	p.a.shell.draw()
}

// turn goes to the day before or after; from all days to today first.
func (p *logPage) turn(key string) {
	today := noon(p.a.o.Now())
	switch {
	case p.day.IsZero():
		p.day = today
	case key == "←":
		p.day = p.day.AddDate(0, 0, -1)
	case p.day.Before(today):
		p.day = p.day.AddDate(0, 0, 1)
	}
	p.sel = 0
	p.fill()
	p.a.shell.draw()
}

// today changes between today and all days.
func (p *logPage) today() {
	if p.day.IsZero() {
		p.day = noon(p.a.o.Now())
	} else {
		p.day = time.Time{}
	}
	p.sel = 0
	p.fill()
	p.a.shell.draw()
}

// noon of a moment's day in Beijing.
func noon(t time.Time) time.Time {
	y, m, d := t.In(beijing()).Date()
	return time.Date(y, m, d, 12, 0, 0, 0, beijing())
}

// export writes the whole log, whatever is shown, as a file.
func (p *logPage) export() {
	a, name := p.a, p.a.user.Name
	if a.o.Export == nil {
		return
	}
	var b bytes.Buffer
	var where string
	var err error
	a.aside(func(ctx context.Context) {
		if _, err = a.o.Store.Audit().Export(ctx, &b, store.JSONL, a.o.Window, 1); err != nil {
			return
		}
		if where, err = a.o.Export("log-"+dayOf(a.o.Now())+".jsonl", b.Bytes()); err == nil {
			err = a.o.Store.Audit().Append(ctx, store.Entry{Actor: name, Action: "export", Outcome: "ok"})
		}
	}, func() {
		if err != nil {
			a.say(kit.Bad, "fill-x-circle", a.t("l.export"), a.sentence(err), 0)
			return
		}
		a.say(kit.Good, "fill-check-circle", a.t("q.exported"), where, 8*time.Second)
	})
}

func (p *logPage) body(size fyne.Size) fyne.CanvasObject {
	return p.a.columns(size, p.table, p.panel)
}

func (p *logPage) table(size fyne.Size) fyne.CanvasObject {
	a, l := p.a, p.a.look
	t := kit.Table{RowH: 37, Selected: p.sel, Empty: a.t("l.none"), Columns: []kit.Column{
		{Title: a.t("th.time"), Width: 130}, {Title: a.t("th.person"), Width: 100}, {Title: a.t("th.action"), Width: 150},
		{Title: a.t("th.object")}, {Title: a.t("th.result"), Width: 90}},
		Tapped: func(i int) { p.sel = i; a.shell.draw() }}
	for _, e := range p.shown {
		object := strings.TrimSpace(shortNo(e.Voucher) + "　" + a.bizName(e.Type))
		t.Rows = append(t.Rows, []kit.Cell{{Text: e.Time.In(beijing()).Format("01-02 15:04:05")}, {Text: p.actor(e.Actor)},
			{Text: p.action(e.Action)}, {Text: object}, {Obj: p.result(e)}})
	}
	count := l.Text(a.t("l.count", "n", len(p.shown)), 13, l.P.Ink2)
	day := a.t("l.all")
	if !p.day.IsZero() {
		day = dayOf(p.day)
	}
	date := kit.NewTap(kit.Stack(l.Box(l.P.Surface, l.P.Edge, 1, 4), kit.Inset(0, 10, 0, 14, kit.H(10, l.Icon("regular-calendar-blank", 18, l.P.Ink2),
		l.Text(day, 15, l.P.Ink), kit.Gap(), l.Cap("F2", l.P.Ink2, l.P.Surface)))), func(fyne.Position) { p.today() })
	top := kit.Fix(0, 40, kit.H(12, kit.Fix(210, 40, date), kit.Grow(kit.Stack(p.find, kit.Inset(0, 14, 0, 0, kit.H(0, kit.Gap(), count))))))
	return kit.V(16, top, kit.Grow(l.Card(kit.Inset(1, 1, 1, 1, l.Table(t, fyne.NewSize(size.Width-2, size.Height-58))))))
}

func (p *logPage) actor(s string) string {
	if p.a.has("who." + s) {
		return p.a.t("who." + s)
	}
	return s
}

func (p *logPage) result(e store.Entry) fyne.CanvasObject {
	a, l := p.a, p.a.look
	switch e.Outcome {
	case "ok":
		return kit.H(6, l.Icon("bold-check", 14, l.P.OK), l.Text(a.t("out.ok"), 15, l.P.OK))
	case "refused":
		return kit.H(6, l.Icon("fill-warning", 16, l.P.Warn), l.Text(a.t("out.refused"), 15, l.P.Warn))
	}
	return kit.H(6, l.Icon("bold-x", 14, l.P.Err), l.Text(a.t("out.failed"), 15, l.P.Err))
}

// panel is everything the selected entry says.
func (p *logPage) panel(size fyne.Size) fyne.CanvasObject {
	a, l := p.a, p.a.look
	if p.sel < 0 || p.sel >= len(p.shown) {
		return l.Card(kit.Blank(1, 1))
	}
	e := p.shown[p.sel]
	w := size.Width - 40
	v := kit.V(0, l.Fact(a.t("th.time"), e.Time.In(beijing()).Format("2006-01-02 15:04:05"), 15, w, false),
		l.Fact(a.t("th.person"), p.actor(e.Actor), 15, w, false))
	if e.Voucher != "" {
		v.Add(l.Fact(a.t("th.no"), voucherNo(e.Voucher), 15, w, false))
	}
	if e.Pad != "" {
		v.Add(l.Fact(a.t("th.pad"), e.Pad, 15, w, false))
	}
	if len(e.Detail) > 0 {
		v.Add(kit.Inset(6, 0, 6, 0, l.Rule()))
		keys := make([]string, 0, len(e.Detail))
		for k := range e.Detail {
			keys = append(keys, k)
		}
		sort.Strings(keys)
		for _, k := range keys {
			v.Add(kit.Inset(3, 0, 3, 0, kit.V(0, l.Text(k, 12, l.P.Ink3), l.Para(breakable(e.Detail[k]), 13, l.P.Ink, w))))
		}
	}
	head := l.Head([]fyne.CanvasObject{l.Bold(p.action(e.Action), 15, l.P.Ink)}, p.result(e))
	return l.HeadCard(head, kit.Inset(8, 20, 8, 20, v))
}

// breakable cuts long words such as digests so that they can wrap.
func breakable(s string) string {
	var b strings.Builder
	n := 0
	for _, r := range s {
		if r == ' ' {
			n = 0
		}
		if n++; n > 30 {
			b.WriteByte(' ')
			n = 1
		}
		b.WriteRune(r)
	}
	return b.String()
}

func since(t time.Time) string { return t.In(beijing()).Format("15:04:05") }
