package ui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"moqian/cmd/teller/ui/kit"
	"moqian/store"
	"moqian/store/upload"
)

// refreshItems reads the queue; it holds no document, so it is quick.
func (a *App) refreshItems() {
	items, err := a.o.Store.Outbox().List(a.ctx)
	if err != nil {
		a.say(kit.Bad, "fill-x-circle", a.t("err.queue"), a.sentence(err), 0)
		return
	}
	a.items = items
}

// waiting are those not in the archive yet, oldest first.
func (a *App) waiting() []store.Item {
	var w []store.Item
	for _, it := range a.items {
		if it.State == store.Queued || it.State == store.Ready {
			w = append(w, it)
		}
	}
	return w
}

// todays are those of today's calendar day, the latest first.
func (a *App) todays() []store.Item {
	day := a.o.Now().In(beijing()).Format("2006-01-02")
	var t []store.Item
	for _, it := range a.items {
		if it.Filed.In(beijing()).Format("2006-01-02") == day {
			t = append(t, it)
		}
	}
	slices.Reverse(t)
	return t
}

// keepSending empties the queue from time to time.
func (a *App) keepSending() {
	if a.o.Send == nil {
		return
	}
	for pause := 2 * time.Second; a.sleep(pause); {
		n := 0
		if items, err := a.o.Store.Outbox().Pending(a.ctx); err == nil {
			n = len(items)
		}
		if n == 0 {
			pause = 20 * time.Second
			continue
		}
		r, err := a.o.Send(a.ctx)
		a.bridge.later(func() { a.sent(r, err, false) })
		pause = 20 * time.Second
		if r.Failed > 0 || err != nil {
			pause = 30 * time.Second
		}
	}
}

// sendNow tries the queue at once.
func (a *App) sendNow() { a.send(false) }

func (a *App) send(told bool) {
	if a.o.Send == nil {
		if told {
			a.say(kit.Look2, "regular-cloud-slash", a.t("login.noarchive"), a.t("q.none.do"), 0)
		}
		return
	}
	if a.sending {
		return
	}
	a.sending = true
	do := func() {
		r, err := a.o.Send(a.ctx)
		a.bridge.later(func() { a.sending = false; a.sent(r, err, told) })
	}
	if a.inline {
		do()
		return
	}
	a.goes(do)
}

// sent takes over what a round of uploading brought.
func (a *App) sent(r upload.Result, err error, told bool) {
	if errors.Is(err, context.Canceled) {
		return
	}
	was := a.offline
	a.refreshItems()
	a.offline = err != nil
	refused := 0
	for _, it := range a.waiting() {
		switch it.Fault {
		case store.FaultUnreachable, store.FaultLater:
			a.offline = true
		case store.FaultRefused:
			refused++
		}
	}
	switch {
	case a.offline && !was:
		a.offAt = a.o.Now()
	case was && !a.offline:
		a.say(kit.Good, "regular-cloud-check", a.t("q.on"), a.t("q.on.do", "n", r.Sent+r.Already), 5*time.Second)
	case told && refused == 0 && !a.offline:
		a.say(kit.Good, "fill-check-circle", a.t("q.sent", "n", r.Sent+r.Already), a.t("q.sent.do"), 5*time.Second)
	case told && refused > 0:
		a.say(kit.Bad, "fill-x-circle", a.t("q.rej", "n", refused), a.t("q.rej.do"), 0)
	}
	a.shell.draw()
}

// queue is the list of what waits, or of today's vouchers.
type queue struct {
	a     *App
	all   bool // today's, whatever their state
	sel   int
	find  *kit.Field
	shown []store.Item
}

func newQueue(a *App, all bool) *queue {
	a.refreshItems()
	p := &queue{a: a, all: all}
	p.relook()
	p.fill()
	return p
}

func (p *queue) relook() {
	text := ""
	if p.find != nil {
		text = p.find.Text()
	}
	p.find = p.a.look.NewField(p.a.t("q.find"), nil)
	p.find.SetText(text)
	p.find.SetFocus(p.all)
}

func (p *queue) fill() {
	a := p.a
	p.shown = nil
	rows := a.waiting()
	if p.all {
		rows = a.todays()
	} else {
		slices.SortStableFunc(rows, func(x, y store.Item) int { return rank(x) - rank(y) })
	}
	want := strings.ReplaceAll(p.find.Text(), " ", "")
	for _, it := range rows {
		if want == "" || strings.Contains(it.Voucher, want) || strings.Contains(a.today[it.Voucher].name, want) ||
			strings.Contains(a.bizName(it.Type), want) || strings.Contains(it.Type, want) {
			p.shown = append(p.shown, it)
		}
	}
	p.sel = min(max(0, p.sel), len(p.shown)-1)
}

// rank puts the refused first.
func rank(it store.Item) int {
	if it.Fault == store.FaultRefused {
		return 0
	}
	return 1
}

func (p *queue) head() (string, string) {
	if p.all {
		return "9001", p.a.t("sys.9001")
	}
	return "9002", p.a.t("sys.9002")
}

func (p *queue) side() fyne.CanvasObject {
	a, l := p.a, p.a.look
	fact := func(label, v string) fyne.CanvasObject {
		return kit.H(6, l.Text(label, 15, l.P.Ink2), l.Bold(v, 15, l.P.Ink))
	}
	day := a.todays()
	row := kit.H(32, fact(a.t("q.today"), fmt.Sprint(len(day))), fact(a.t("q.waits"), fmt.Sprint(len(a.waiting()))))
	if a.o.Free != nil {
		if free, err := a.o.Free(); err == nil {
			row.Add(fact(a.t("q.free"), gigabytes(free)))
		}
	}
	return row
}

func gigabytes(n int64) string {
	if n < 1<<30 {
		return fmt.Sprintf("%d MB", n>>20)
	}
	return fmt.Sprintf("%.1f GB", float64(n)/(1<<30))
}

func (p *queue) rune(r rune) {
	if p.all {
		p.find.Type(r)
		p.fill()
		p.a.shell.draw()
	}
}

func (p *queue) key(k fyne.KeyName, _ bool) bool {
	if p.all && (k == fyne.KeyBackspace || k == fyne.KeyDelete) {
		p.find.Key(k)
		p.fill()
		p.a.shell.draw()
		return true
	}
	return false
}

func (p *queue) acts() []act {
	a := p.a
	c := []act{
		{keys: []string{"↑", "↓"}, word: a.t("key.choose"), do: p.move},
		on("F2", a.t("key.view"), p.view),
		on("F5", a.t("q.retry"), p.retry),
		on("F6", a.t("q.retryall"), func() { a.send(true) }),
	}
	if a.o.Export != nil {
		c = append(c, on("F8", a.t("q.export"), p.export))
	}
	c = append(c, quietly("Enter", a.t("key.view"), p.view))
	return append(c, onRight("Esc", a.t("key.back"), func() { a.open(newHome(a)) }))
}

func (p *queue) move(key string) {
	if key == "↓" {
		p.sel = min(len(p.shown)-1, p.sel+1)
	} else {
		p.sel = max(0, p.sel-1)
	}
	p.a.shell.draw()
}

func (p *queue) current() (store.Item, bool) {
	if p.sel < 0 || p.sel >= len(p.shown) {
		return store.Item{}, false
	}
	return p.shown[p.sel], true
}

func (p *queue) view() {
	if it, ok := p.current(); ok {
		p.a.enlargeItem(it)
	}
}

// retry forgets the failure of one and sends again.
func (p *queue) retry() {
	a := p.a
	it, ok := p.current()
	if !ok || it.State != store.Queued && it.State != store.Ready {
		return
	}
	var err error
	a.aside(func(ctx context.Context) {
		_, err = a.o.Store.Outbox().Retry(ctx, it.ID, store.Entry{Actor: a.user.Name, Action: "retry",
			Voucher: it.Voucher, Type: it.Type, Outcome: "ok"})
	}, func() {
		if err != nil {
			a.say(kit.Bad, "fill-x-circle", a.t("q.retry"), a.sentence(err), 0)
			return
		}
		a.send(true)
	})
}

func (p *queue) export() {
	a := p.a
	it, ok := p.current()
	if !ok {
		return
	}
	var err error
	var where string
	a.aside(func(ctx context.Context) {
		var pdf []byte
		if pdf, err = a.o.Store.Outbox().PDF(ctx, it.ID); err != nil {
			return
		}
		if where, err = a.o.Export(it.Voucher+".pdf", pdf); err != nil {
			return
		}
		err = a.o.Store.Audit().Append(ctx, store.Entry{Actor: a.user.Name, Action: "export", Voucher: it.Voucher, Type: it.Type, Outcome: "ok"})
	}, func() {
		if err != nil {
			a.say(kit.Bad, "fill-x-circle", a.t("q.export"), a.sentence(err), 0)
			return
		}
		a.say(kit.Good, "fill-check-circle", a.t("q.exported"), where, 8*time.Second)
	})
}

func (p *queue) body(size fyne.Size) fyne.CanvasObject {
	p.fill()
	return p.a.columns(size, p.table, p.panel)
}

func (p *queue) table(size fyne.Size) fyne.CanvasObject {
	a, l := p.a, p.a.look
	t := kit.Table{RowH: 52, Selected: p.sel, Empty: a.t("q.empty"), Columns: []kit.Column{
		{Title: a.t("th.serial"), Width: 68}, {Title: a.t("th.time"), Width: 68}, {Title: a.t("th.biz"), Width: 130},
		{Title: a.t("th.name"), Width: 130}, {Title: a.t("th.size"), Width: 104, Right: true}, {Title: a.t("th.state")}},
		Tapped: func(i int) { p.sel = i; a.shell.draw() }}
	if p.all {
		t.Empty = a.t("home.none")
	}
	for _, it := range p.shown {
		name := a.today[it.Voucher].name
		if name == "" {
			name = "—"
		}
		tags := kit.H(6, a.sentTag(it))
		if _, void := a.void[it.Voucher]; void {
			tags.Add(l.Tag(a.t("st.void"), kit.Neutral, "bold-x"))
		}
		state := kit.H(10, tags, l.Text(l.Fit(a.stateWords(it), 13, false, max(40, size.Width-700)), 13, l.P.Ink2))
		t.Rows = append(t.Rows, []kit.Cell{{Text: shortNo(it.Voucher)}, {Text: it.Filed.In(beijing()).Format("15:04")},
			{Text: a.bizName(it.Type)}, {Text: name}, {Text: fmt.Sprintf("%d KB", it.Bytes/1024)}, {Obj: state}})
	}
	top := fyne.CanvasObject(kit.Blank(0, 0))
	h := size.Height
	if p.all {
		top = kit.Inset(0, 0, 12, 0, kit.Fix(0, 40, p.find))
		h -= 52
	}
	body := kit.V(0, kit.Grow(l.Table(t, fyne.NewSize(size.Width-2, h))),
		kit.Inset(10, 20, 12, 20, kit.H(8, l.Icon("regular-info", 18, l.P.Ink3), l.Text(a.t("q.note"), 13, l.P.Ink2))))
	return kit.V(0, top, kit.Grow(l.Card(kit.Inset(1, 1, 1, 1, body))))
}

// stateWords say in a few words why it is still here.
func (a *App) stateWords(it store.Item) string {
	switch {
	case it.Fault == store.FaultRefused:
		return a.t("q.why.refused", "n", it.Tries)
	case it.Fault == store.FaultUnreachable:
		return a.t("q.why.net")
	case it.Fault != "":
		return a.t("q.why.later", "n", it.Tries)
	}
	return ""
}

func (p *queue) panel(size fyne.Size) fyne.CanvasObject {
	a, l := p.a, p.a.look
	it, ok := p.current()
	w := size.Width - 40
	if !ok {
		return l.Card(kit.Inset(24, 20, 20, 20, kit.V(8, l.Icon("fill-check-circle", 36, l.P.OK), l.Bold(a.t("q.empty"), 18, l.P.Ink), l.Para(a.t("q.empty.more"), 15, l.P.Ink2, w))))
	}
	head := l.Head([]fyne.CanvasObject{l.Bold(shortNo(it.Voucher)+"　"+a.bizName(it.Type), 15, l.P.Ink)}, a.sentTag(it))
	v := kit.V(0)
	if why, void := a.void[it.Voucher]; void {
		v.Add(l.Check(kit.Look2, a.t("q.void"), a.t("q.void.why", "w", why), w))
		v.Add(kit.Inset(4, 0, 4, 0, l.Rule()))
	}
	reason, todo := a.t("q.why."+faultKey(it), "n", it.Tries), a.t("q.do."+faultKey(it))
	if it.State == store.Sent || it.State == store.Verified {
		reason, todo = a.t("q.why.sent"), a.t("q.do.sent")
	}
	v.Add(l.Fact(a.t("th.why"), reason, 15, w, it.Fault == store.FaultRefused))
	v.Add(l.Fact(a.t("th.todo"), todo, 15, w, false))
	v.Add(l.Fact(a.t("th.no"), voucherNo(it.Voucher), 15, w, false))
	v.Add(l.Fact(a.t("th.teller"), it.Teller, 15, w, false))
	if f := a.today[it.Voucher]; f.name != "" {
		v.Add(l.Fact(a.t("th.name"), f.name, 15, w, false))
	}
	if it.Error != "" {
		v.Add(kit.Inset(6, 0, 6, 0, l.Rule()))
		v.Add(l.Para(a.t("q.cause", "e", breakable(it.Error)), 13, l.P.Ink2, w))
	}
	b := kit.Button{Text: a.t("q.retry"), Key: "F5", Kind: kit.Primary, Do: p.retry}
	switch {
	case a.sending:
		b.Busy = true
	case it.State != store.Queued && it.State != store.Ready:
		b.Reason = a.t("q.there")
	}
	col := kit.V(16, kit.Grow(l.HeadCard(head, kit.Inset(10, 20, 10, 20, v))))
	if a.o.Export != nil {
		col.Add(kit.Fix(0, 48, l.Button(kit.Button{Text: a.t("q.export"), Key: "F8", Do: p.export})))
	}
	col.Add(kit.Fix(0, 48, l.Button(b)))
	return col
}

func faultKey(it store.Item) string {
	switch it.Fault {
	case store.FaultRefused:
		return "refused"
	case store.FaultUnreachable:
		return "net"
	case "":
		return "wait"
	}
	return "later"
}
