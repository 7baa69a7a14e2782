package ui

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"

	"moqian/cmd/teller/ui/kit"
	"moqian/render/form"
	"moqian/store"
)

// home is where every transaction begins: the code.
type home struct {
	a    *App
	code *kit.Digits
	sel  int // row of today's list, -1: none
	miss string
}

// entry of the list of codes.
type codeEntry struct{ code, name, pinyin string }

func newHome(a *App) *home {
	p := &home{a: a, sel: -1}
	p.relook()
	return p
}

func (p *home) relook() {
	p.code = p.a.look.NewDigits(4, 40, 12, 0, true, nil)
	p.code.SetFocus(true)
	p.code.Full = func(s string) { p.go4(s) }
}

func (p *home) head() (string, string)  { return "", "" }
func (p *home) side() fyne.CanvasObject { return nil }

func (p *home) rune(r rune) {
	p.miss = ""
	if p.code.Left() == 0 {
		p.code.SetText("")
	}
	p.code.Type(r)
	if p.a.page == p {
		p.a.shell.draw()
	}
}

func (p *home) key(k fyne.KeyName, _ bool) bool {
	if p.code.Key(k) {
		p.miss = ""
		p.a.shell.draw()
		return true
	}
	return false
}

func (p *home) acts() []act {
	a := p.a
	c := []act{
		{keys: []string{"0–9"}, word: a.t("home.code")},
		{keys: []string{"↑", "↓"}, word: a.t("key.list"), do: p.move},
		on("Enter", a.t("key.open"), p.enter),
		on("F3", a.t("key.find"), func() { a.open(newQueue(a, true)) }),
		on("F6", a.t("key.queue"), func() { a.open(newQueue(a, false)) }),
		onRight("Esc", a.t("key.signout"), p.escape),
		quietly("F12", a.t("key.lock"), a.lock),
	}
	return c
}

func (p *home) escape() {
	if p.code.Text() != "" {
		p.code.SetText("")
		p.miss = ""
		p.a.shell.draw()
		return
	}
	p.a.signOut()
}

func (p *home) move(key string) {
	n := len(p.a.todays())
	if key == "↓" {
		p.sel = min(n-1, p.sel+1)
	} else {
		p.sel = max(-1, p.sel-1)
	}
	p.a.shell.draw()
}

func (p *home) enter() {
	if s := p.code.Text(); s != "" {
		p.go4(s)
		return
	}
	if rows := p.a.todays(); p.sel >= 0 && p.sel < len(rows) {
		p.a.enlargeItem(rows[p.sel])
	}
}

// go4 opens what a code or the initials name.
func (p *home) go4(s string) {
	a := p.a
	s = strings.ToLower(s)
	for _, e := range append(a.businesses(), a.tools()...) {
		if s == e.code || s == e.pinyin {
			p.code.SetText("")
			a.openCode(e.code)
			return
		}
	}
	p.miss = a.t("home.nocode", "c", strings.ToUpper(s))
	p.code.SetText("")
	a.shell.draw()
}

// openCode opens a page of ours or begins a transaction.
func (a *App) openCode(code string) {
	switch code {
	case "9001":
		a.open(newQueue(a, true))
	case "9002":
		a.open(newQueue(a, false))
	case "9004":
		a.open(newLog(a))
	case "9005":
		a.open(newCalibrate(a))
	case "9003":
		a.open(newStats(a))
	case "9006":
		a.open(newSettings(a))
	default:
		a.begin(code)
	}
}

// businesses are those of the desk.
func (a *App) businesses() []codeEntry {
	var all []codeEntry
	if a.desk == nil {
		return nil
	}
	for _, t := range a.desk.Types() {
		e := codeEntry{code: t.Code, name: a.pick(t.Name)}
		if a.has("py." + t.Code) {
			e.pinyin = a.t("py." + t.Code)
		}
		all = append(all, e)
	}
	return all
}

// tools are the pages beside transactions.
func (a *App) tools() []codeEntry {
	var all []codeEntry
	for _, c := range []string{"9001", "9002", "9003", "9004", "9005", "9006"} {
		all = append(all, codeEntry{c, a.t("sys." + c), a.t("py." + c)})
	}
	return all
}

func (p *home) body(size fyne.Size) fyne.CanvasObject {
	left := kit.V(16, p.codeCard(), kit.Grow(p.listCard()))
	right := kit.V(16, kit.Grow(p.todayCard()), kit.Fix(0, 70, p.queueCard()))
	w := float32(496)
	if size.Width < 1250 {
		w = size.Width * 0.38
	}
	return kit.Inset(24, 24, 24, 24, kit.H(24, kit.FixFill(w, 0, left), kit.Grow(right)))
}

func (p *home) codeCard() fyne.CanvasObject {
	a, l := p.a, p.a.look
	under := kit.H(8, l.Icon("regular-info", 18, l.P.Ink2), l.Text(a.t("home.pinyin"), 13, l.P.Ink2))
	ground := l.P.Sunk
	if p.miss != "" {
		under = kit.H(8, l.Icon("fill-x-circle", 18, l.P.Err), l.Text(p.miss, 13, l.P.Err))
		ground = l.P.ErrSoft
	}
	return l.Card(kit.Inset(20, 24, 16, 24, kit.V(0,
		kit.H(0, l.Bold(a.t("home.code"), 18, l.P.Ink), kit.Gap(), l.Text(a.t("home.hint"), 13, l.P.Ink2)),
		kit.Blank(0, 12), kit.Fix(0, 76, p.code), kit.Blank(0, 16),
		kit.Fix(0, 44, kit.Stack(l.Box(ground, nil, 0, 4), kit.Inset(0, 14, 0, 14, under))))))
}

func (p *home) listCard() fyne.CanvasObject {
	a, l := p.a, p.a.look
	v := kit.V(0, kit.Inset(0, 12, 6, 12, l.Text(a.t("home.business"), 13, l.P.Ink2)))
	p.columns(v, a.businesses())
	v.Add(kit.Inset(8, 12, 10, 12, l.Rule()))
	v.Add(kit.Inset(0, 12, 6, 12, l.Text(a.t("home.tools"), 13, l.P.Ink2)))
	p.columns(v, a.tools())
	return l.Card(kit.Inset(14, 12, 12, 12, v))
}

func (p *home) columns(v *fyne.Container, all []codeEntry) {
	for i := 0; i < len(all); i += 2 {
		row := kit.H(8, kit.Grow(p.codeRow(all[i])))
		if i+1 < len(all) {
			row.Add(kit.Grow(p.codeRow(all[i+1])))
		} else {
			row.Add(kit.Gap())
		}
		v.Add(kit.Fix(0, 35, row))
	}
}

func (p *home) codeRow(e codeEntry) fyne.CanvasObject {
	a, l := p.a, p.a.look
	typed := strings.ToLower(p.code.Text())
	row := kit.H(0)
	match := typed != "" && strings.HasPrefix(e.code, typed)
	py := typed != "" && strings.HasPrefix(e.pinyin, typed)
	switch {
	case match:
		row.Add(l.Bold(e.code[:len(typed)], 15, l.P.Accent))
		row.Add(l.Text(e.code[len(typed):], 15, l.P.Ink2))
	default:
		row.Add(l.Bold(e.code, 15, l.P.Ink))
	}
	row.Add(kit.Blank(14, 0))
	row.Add(l.Text(e.name, 15, l.P.Ink))
	var ground fyne.CanvasObject = kit.Blank(0, 0)
	if match || py {
		ground = l.Box(l.P.Soft, nil, 0, 4)
	}
	return kit.NewTap(kit.Stack(ground, kit.Inset(0, 12, 0, 12, row)), func(fyne.Position) { a.openCode(e.code) })
}

func (p *home) todayCard() fyne.CanvasObject {
	a, l := p.a, p.a.look
	rows := a.todays()
	head := l.Head([]fyne.CanvasObject{l.Bold(a.t("home.today"), 15, l.P.Ink), l.Text(a.t("home.count", "n", len(rows)), 13, l.P.Ink2)},
		l.Cap("F3", l.P.Ink2, l.P.Surface), l.Text(a.t("key.find"), 13, l.P.Ink2))
	body := kit.Sized(func(s fyne.Size) fyne.CanvasObject {
		t := kit.Table{RowH: 40, Selected: p.sel, Empty: a.t("home.none"), Columns: []kit.Column{
			{Title: a.t("th.time"), Width: 88}, {Title: a.t("th.biz"), Width: 200}, {Title: a.t("th.name")},
			{Title: a.t("th.amt"), Width: 170, Right: true}, {Title: a.t("th.state"), Width: 120}},
			Tapped: func(i int) { p.sel = i; p.enter() }}
		if s.Width < 700 {
			t.Columns[1].Width, t.Columns[3].Width = 160, 140
		}
		for _, it := range rows {
			t.Rows = append(t.Rows, a.todayRow(it))
		}
		return l.Table(t, s)
	})
	return l.HeadCard(head, kit.Inset(0, 1, 1, 1, body))
}

func (a *App) todayRow(it store.Item) []kit.Cell {
	f := a.today[it.Voucher]
	name, amount := f.name, "—"
	if name == "" {
		name = shortNo(it.Voucher)
	}
	if f.fen > 0 {
		amount = strings.TrimPrefix(form.FormatFen(f.fen), "¥")
	}
	return []kit.Cell{{Text: it.Filed.In(beijing()).Format("15:04")},
		{Obj: kit.H(14, a.look.Text(it.Type, 15, a.look.P.Ink2), a.look.Text(a.bizName(it.Type), 15, a.look.P.Ink))},
		{Text: name, Dim: f.name == ""}, {Text: amount}, {Obj: a.stateTag(it)}}
}

// bizName of a type's code.
func (a *App) bizName(code string) string {
	if a.desk != nil {
		if t, ok := a.desk.Type(code); ok {
			return a.pick(t.Name)
		}
	}
	return code
}

// stateTag is a voucher's state as colour, icon and word.
func (a *App) stateTag(it store.Item) fyne.CanvasObject {
	l := a.look
	if _, void := a.void[it.Voucher]; void {
		return l.Tag(a.t("st.void"), kit.Neutral, "bold-x")
	}
	return a.sentTag(it)
}

// sentTag is how far a voucher is on its way, void or not: the original of a
// void one goes to the archive like any other.
func (a *App) sentTag(it store.Item) fyne.CanvasObject {
	l := a.look
	switch {
	case it.State == store.Verified || it.State == store.Purged:
		return l.Tag(a.t("st.done"), kit.Good, "")
	case it.State == store.Sent:
		return l.Tag(a.t("st.sent"), kit.Good, "")
	case it.Fault == store.FaultRefused:
		return l.Tag(a.t("st.rej"), kit.Bad, "")
	case it.Fault != "":
		return l.Tag(a.t("st.net"), kit.Neutral, "bold-cloud-slash")
	}
	return l.Tag(a.t("st.wait"), kit.Act, "")
}

func (p *home) queueCard() fyne.CanvasObject {
	a, l := p.a, p.a.look
	w := a.waiting()
	rejected := 0
	for _, it := range w {
		if it.Fault == store.FaultRefused {
			rejected++
		}
	}
	what, more := a.t("home.queue", "n", len(w)), a.t("home.queue.none")
	if len(w) > 0 {
		more = a.t("home.queue.first", "t", w[0].Filed.In(beijing()).Format("15:04"))
	}
	side := ""
	ink := l.P.Ink2
	if rejected > 0 {
		side, ink = a.t("home.queue.rej", "n", rejected), l.P.Err
	}
	sum := len(a.todays())
	bar := l.NewProgress()
	if sum > 0 {
		bar.Set(float32(sum-len(w)) / float32(sum))
	}
	row := kit.H(18, l.Icon("regular-tray-arrow-up", 24, l.P.Accent),
		kit.V(0, kit.H(16, l.Bold(what, 15, l.P.Ink), l.Text(side, 15, ink)), l.Text(more, 13, l.P.Ink2)), kit.Gap())
	if sum > 0 {
		row.Add(kit.Fix(140, 8, bar.Container))
		row.Add(l.Text(fmt.Sprintf("%d/%d", sum-len(w), sum), 13, l.P.Ink2))
	}
	row.Add(kit.H(7, l.Cap("F6", l.P.Ink2, l.P.Surface), l.Text(a.t("key.queue"), 15, l.P.Ink)))
	return l.Card(kit.Inset(0, 20, 0, 20, row))
}
