package ui

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"moqian/cmd/internal/flow"
	"moqian/cmd/teller/ui/kit"
	"moqian/render/form"
)

// entryPage is step ①: the fields of a business type.
type entryPage struct {
	a      *App
	typ    *form.Type
	rows   []*entryRow
	in     inputs
	first  int // row shown at the top
	tried  bool
	filled form.Filled
	open   map[string]form.Text // every problem
	ready  error                // what is not ready for signing, except the pad
	failed string               // a sentence about the workstation
	stuck  map[string]string    // entries that the layout refused, by field
}

// entryRow is one field.
type entryRow struct {
	f    form.Field
	text *kit.Field
	pick *choice
	left bool // it was current once and is no more
}

func newEntry(a *App, t *form.Type) *entryPage {
	p := &entryPage{a: a, typ: t, stuck: map[string]string{}}
	a.reader.entry = p
	p.make(nil)
	var ready error
	a.aside(func(ctx context.Context) { ready = a.desk.Ready(ctx, nil) }, func() { p.ready = ready; a.shell.draw() })
	return p
}

// make builds the inputs, keeping what was entered.
func (p *entryPage) make(values map[string]string) {
	at := p.in.at
	p.rows, p.in = nil, inputs{changed: p.changed, moved: p.moved}
	for i, f := range p.typ.Fields {
		r := &entryRow{f: f}
		text := f.Default
		if v, ok := values[f.ID]; ok {
			text = v
		}
		tapped := func() { p.in.to(i); p.a.shell.draw() }
		if f.Kind == form.Choice {
			r.pick = &choice{words: f.Choices, multi: f.Multi, text: text}
			p.in.all = append(p.in.all, r.pick)
		} else {
			r.text = p.a.look.NewField(p.hint(f), tapped).Style(func(t *kit.Field) { style(t, f) })
			r.text.SetText(text)
			p.in.all = append(p.in.all, &filtered{Field: r.text, kind: f.Kind})
		}
		p.rows = append(p.rows, r)
	}
	p.in.at = min(at, len(p.rows)-1)
	p.in.all[p.in.at].SetFocus(true)
	p.check()
}

func style(t *kit.Field, f form.Field) {
	switch f.Kind {
	case form.Amount:
		t.Money, t.Group = true, commas
	case form.Account:
		t.Strong, t.Group = true, func(s string) string { return group(s) }
	case form.IDCard:
		t.Strong, t.Group = true, func(s string) string { return group(s, 6, 8, 4) }
	case form.Mobile:
		t.Strong, t.Group = true, func(s string) string { return group(s, 3, 4, 4) }
	}
}

// commas groups the whole part of an amount.
func commas(s string) string {
	whole, rest, point := strings.Cut(s, ".")
	var b strings.Builder
	for i, r := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(r)
	}
	if point {
		b.WriteString("." + rest)
	}
	return b.String()
}

// filtered keeps out characters that a kind cannot have.
type filtered struct {
	*kit.Field
	kind form.Kind
}

// Type takes a character that fits.
func (f *filtered) Type(r rune) {
	if r >= '０' && r <= '９' {
		r -= '０' - '0'
	}
	digit := r >= '0' && r <= '9'
	switch f.kind {
	case form.Amount:
		if !digit && (r != '.' || strings.Contains(f.Text(), ".")) {
			return
		}
	case form.Account, form.Mobile:
		if !digit {
			return
		}
	case form.IDCard:
		if r == 'x' {
			r = 'X'
		}
		if !digit && r != 'X' || len(f.Text()) >= 18 {
			return
		}
	}
	f.Field.Type(r)
}

func (p *entryPage) hint(f form.Field) string {
	if f.Kind == form.Date {
		return p.a.t("f.date")
	}
	return ""
}

// values are what stands in the fields.
func (p *entryPage) values() map[string]string {
	m := map[string]string{}
	for _, r := range p.rows {
		m[r.f.ID] = r.value()
	}
	return m
}

func (r *entryRow) value() string {
	if r.pick != nil {
		return r.pick.text
	}
	return r.text.Text()
}

// fact is what the list of today remembers of this entry.
func (p *entryPage) fact() fact {
	f := fact{fen: p.filled.Fen()}
	for _, s := range p.typ.Signers {
		if v, ok := p.filled.Value(s.NameField); ok {
			f.name = v.Shown
			break
		}
	}
	for _, r := range p.rows {
		if r.f.Kind == form.Name && f.name == "" {
			f.name = r.value()
		}
	}
	return f
}

// check runs every check of the form; it takes well under a millisecond.
func (p *entryPage) check() {
	filled, problems := p.typ.Fill(p.values(), p.a.desk.Business())
	p.filled, p.open = filled, map[string]form.Text{}
	for _, q := range problems {
		p.open[q.Field] = q.Text
	}
	for id, was := range p.stuck {
		if p.values()[id] != strings.SplitN(was, "\x00", 2)[0] {
			delete(p.stuck, id)
		}
	}
	for i, r := range p.rows {
		_, bad := p.problem(i)
		if r.text != nil {
			r.text.SetBad(bad)
		}
	}
}

// problem of a row that is to be shown: after it was left, or all after a try.
func (p *entryPage) problem(i int) (string, bool) {
	r := p.rows[i]
	if was, ok := p.stuck[r.f.ID]; ok {
		return strings.SplitN(was, "\x00", 2)[1], true
	}
	q, bad := p.open[r.f.ID]
	if !bad || !(p.tried || r.left && p.in.at != i && r.value() != "") {
		return "", false
	}
	return p.a.pick(q), true
}

func (p *entryPage) changed(int) {
	p.failed = ""
	p.check()
	p.a.shell.draw()
}

func (p *entryPage) moved(from, _ int) {
	p.rows[from].left = true
	p.check()
}

func (p *entryPage) relook() {
	p.make(p.values())
}

func (p *entryPage) head() (string, string)  { return p.typ.Code, p.a.pick(p.typ.Name) }
func (p *entryPage) side() fyne.CanvasObject { return p.a.steps(0, p.typ) }

func (p *entryPage) rune(r rune) { p.in.rune(r) }

func (p *entryPage) key(k fyne.KeyName, shift bool) bool {
	c := p.rows[p.in.at].pick
	enter := k == fyne.KeyReturn || k == fyne.KeyEnter
	if c != nil && c.open {
		used := c.Key(k)
		p.changed(p.in.at)
		if used && enter {
			p.next()
		}
		return used
	}
	if c != nil && k == fyne.KeyDown {
		c.unfold()
		p.a.shell.draw()
		return true
	}
	if !p.in.key(k, shift) {
		return false
	}
	p.a.shell.draw()
	return true
}

func (p *entryPage) acts() []act {
	a := p.a
	c := []act{
		on("Enter", a.t("key.next"), p.next),
		{keys: []string{"↑"}, word: a.t("key.prev")},
		on("F5", a.t("e.push"), p.push),
	}
	if a.o.Trial != nil {
		c = append(c, on("F7", a.t("key.read"), p.read))
	}
	return append(c, on("F2", a.t("key.zoom.screen"), func() { a.enlargeScreen() }),
		onRight("Esc", a.t("key.drop"), p.escape))
}

// next moves on; from the last field it pushes.
func (p *entryPage) next() {
	if !p.in.last() {
		p.in.to(p.in.at + 1)
		p.a.shell.draw()
		return
	}
	p.push()
}

// read stands for a card and identity reader in trial mode: it fills in the
// example of the form.
func (p *entryPage) read() {
	p.make(p.typ.Examples())
	p.in.to(len(p.rows) - 1)
	for _, r := range p.rows {
		r.left = true
	}
	p.check()
	p.a.shell.draw()
}

func (p *entryPage) escape() {
	a := p.a
	for _, r := range p.rows {
		if r.value() != r.f.Default {
			a.ask(a.t("ask.drop"), a.t("ask.drop.yes"), a.t("ask.drop.no"), func() { p.drop() })
			return
		}
	}
	p.drop()
}

func (p *entryPage) drop() {
	a := p.a
	a.endSession("teller", func() { a.open(newHome(a)) })
}

// push sends the entries to the session.
func (p *entryPage) push() {
	a := p.a
	if a.busy {
		return
	}
	p.tried = true
	p.check()
	if i := p.firstBad(); i >= 0 {
		p.in.to(i)
		a.shell.draw()
		return
	}
	values := p.values()
	var problems []form.Problem
	var err error
	s := a.sess
	a.work(func(ctx context.Context) { problems, err = s.Enter(ctx, values) }, func() {
		switch {
		case err != nil:
			p.failed = a.sentence(err)
		case len(problems) > 0:
			for _, q := range problems {
				p.stuck[q.Field] = values[q.Field] + "\x00" + a.pick(q.Text)
			}
			p.check()
			if i := p.firstBad(); i >= 0 {
				p.in.to(i)
			}
		default:
			return
		}
		a.shell.draw()
	})
}

// firstBad is the first row that is not right, -1 for none.
func (p *entryPage) firstBad() int {
	for i, r := range p.rows {
		if _, bad := p.open[r.f.ID]; bad {
			return i
		}
		if _, bad := p.stuck[r.f.ID]; bad {
			return i
		}
	}
	return -1
}

// button is the page's last button and why it is grey.
func (p *entryPage) button() kit.Button {
	a := p.a
	b := kit.Button{Text: a.t("e.push"), Key: "F5", Kind: kit.Primary, Do: p.push, Busy: a.busy}
	shown, missing := 0, 0
	for i, r := range p.rows {
		if _, bad := p.problem(i); bad {
			shown++
		} else if _, bad := p.open[r.f.ID]; bad {
			missing++
		}
	}
	switch {
	case shown > 0:
		b.Reason, b.Alarm = a.t("v.left", "n", shown), true
	case missing > 0:
		b.Reason = a.t("v.missing", "n", missing)
	}
	return b
}

// checks are the conditions of the business.
func (p *entryPage) checks(width float32) fyne.CanvasObject {
	a, l := p.a, p.a.look
	v := kit.V(0)
	if a.dev == nil {
		v.Add(l.Check(kit.Bad, a.t("p.none"), a.t("p.none.do"), width))
	} else {
		v.Add(l.Check(kit.Good, a.t("e.pad"), a.dev.Info().Model, width))
	}
	var late *flow.NotReady
	switch {
	case errors.As(p.ready, &late):
		v.Add(l.Check(kit.Bad, a.t("e.not."+string(late.Part)), a.sentence(p.ready), width))
	default:
		v.Add(l.Check(kit.Good, a.t("e.key"), "", width))
	}
	if p.failed != "" {
		v.Add(l.Check(kit.Bad, a.t("e.failed"), p.failed, width))
	}
	switch {
	case p.typ.Limit == -1:
		v.Add(l.Check(kit.Look2, a.t("e.appr"), a.t("e.appr.always"), width))
	case p.typ.Limit > 0 && p.fen() >= p.typ.Limit:
		v.Add(l.Check(kit.Look2, a.t("e.appr"), a.t("e.appr.limit", "x", strings.TrimPrefix(form.FormatFen(p.typ.Limit), "¥")), width))
	}
	return v
}

// fen is the amount as it stands, 0 while it is none.
func (p *entryPage) fen() int64 {
	for _, r := range p.rows {
		if r.f.ID == p.typ.Amount {
			if fen, t := form.ParseFen(r.value()); t.Empty() {
				return fen
			}
		}
	}
	return 0
}

func (p *entryPage) count() string {
	return strconv.Itoa(len(p.rows))
}
