package ui

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"slices"
	"sort"
	"time"

	"fyne.io/fyne/v2"

	"moqian/cmd/teller/ui/kit"
	"moqian/store"
)

// stats is what this workstation did on a day: counted from the operation log,
// times from what the windows noted. It names nobody.
type stats struct {
	a     *App
	day   time.Time // noon of the day in Beijing
	now   dayCount
	prior dayCount
	times map[string]stepTimes
	busy  bool
}

// dayCount is what the log says of a day.
type dayCount struct {
	filed, void, resigned, objections int
	hours                             [24]int
}

// copiesOfPaper that a voucher on paper has: the teller's, the customer's, the
// branch's.
const copiesOfPaper = 3

func newStats(a *App) *stats {
	p := &stats{a: a, day: noon(a.o.Now())}
	p.load()
	return p
}

// count what the log says of a day.
func count(all []store.Entry, day string) dayCount {
	var c dayCount
	for _, e := range all {
		if dayOf(e.Time) != day || e.Outcome != "ok" {
			continue
		}
		switch e.Action {
		case "file":
			c.filed++
			c.hours[e.Time.In(beijing()).Hour()]++
		case "void":
			c.void++
		case "resign":
			c.resigned++
		case "objection":
			c.objections++
		}
	}
	return c
}

func (p *stats) load() {
	a, day, prior := p.a, dayOf(p.day), dayOf(p.day.AddDate(0, 0, -1))
	p.busy = true
	var all []store.Entry
	var times map[string]stepTimes
	var err error
	a.aside(func(ctx context.Context) {
		all, err = a.o.Store.Audit().All(ctx)
		times = a.times(ctx, day)
	}, func() {
		p.busy = false
		if err != nil {
			a.say(kit.Bad, "fill-x-circle", a.t("sys.9003"), a.sentence(err), 0)
			return
		}
		if day != dayOf(p.day) {
			return // the teller went on
		}
		p.now, p.prior, p.times = count(all, day), count(all, prior), times
		a.shell.draw()
	})
}

func (p *stats) head() (string, string) { return "9003", p.a.t("sys.9003") }

func (p *stats) side() fyne.CanvasObject {
	a, l := p.a, p.a.look
	return kit.H(24, l.Text(a.t("k.day", "y", p.day.Year(), "m", int(p.day.Month()), "d", p.day.Day()), 15, l.P.Ink2),
		l.Text(a.t("app.window", "n", a.o.Window), 15, l.P.Ink2))
}

func (p *stats) rune(rune) {}

func (p *stats) key(fyne.KeyName, bool) bool { return false }

func (p *stats) acts() []act {
	a := p.a
	c := []act{{keys: []string{"←", "→"}, word: a.t("key.days"), do: p.turn}, on("F2", a.t("key.today"), p.today), on("F5", a.t("k.again"), p.load)}
	if a.o.Export != nil {
		c = append(c, on("F8", a.t("k.export"), p.export))
	}
	return append(c, onRight("Esc", a.t("key.back"), func() { a.open(newHome(a)) }))
}

func (p *stats) turn(key string) {
	by := 1
	if key == "←" {
		by = -1
	}
	if d := p.day.AddDate(0, 0, by); dayOf(d) <= dayOf(p.a.o.Now()) {
		p.day = d
		p.load()
		p.a.shell.draw()
	}
}

func (p *stats) today() {
	p.day = noon(p.a.o.Now())
	p.load()
	p.a.shell.draw()
}

// mean seconds of a transaction over all businesses.
func mean(t map[string]stepTimes) (seconds float64, n int) {
	for _, s := range t {
		n += s.N
		for _, x := range s.Sum {
			seconds += x
		}
	}
	if n > 0 {
		seconds /= float64(n)
	}
	return seconds, n
}

// clockOf seconds: 1:38.
func clockOf(s float64) string { return fmt.Sprintf("%d:%02d", int(s+0.5)/60, int(s+0.5)%60) }

// longest is the step that took longest on average, of any business.
func longest(t map[string]stepTimes) (code string, step int, seconds float64) {
	for _, c := range codes(t) {
		for i, x := range t[c].Sum {
			if m := x / float64(max(1, t[c].N)); m > seconds {
				code, step, seconds = c, i, m
			}
		}
	}
	return code, step, seconds
}

// codes by how many transactions there were.
func codes(t map[string]stepTimes) []string {
	var all []string
	for c := range t {
		all = append(all, c)
	}
	sort.Slice(all, func(i, j int) bool {
		if t[all[i]].N != t[all[j]].N {
			return t[all[i]].N > t[all[j]].N
		}
		return all[i] < all[j]
	})
	return all
}

// span of hours to be shown: those of work, more where something was filed.
func (c dayCount) span() (from, to int) {
	from, to = 9, 17
	for h, n := range c.hours {
		if n > 0 {
			from, to = min(from, h), max(to, h)
		}
	}
	return from, to
}

// export writes the day as a table.
func (p *stats) export() {
	a := p.a
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	rows := [][]string{{"day", dayOf(p.day)}, {"filed", fmt.Sprint(p.now.filed)}, {"void", fmt.Sprint(p.now.void)},
		{"re-signed", fmt.Sprint(p.now.resigned)}, {"objections", fmt.Sprint(p.now.objections)},
		{"business", "transactions", "entry s", "approval s", "confirm s", "sign s", "file s"}}
	for _, c := range codes(p.times) {
		row := []string{c, fmt.Sprint(p.times[c].N)}
		for _, x := range p.times[c].Sum {
			row = append(row, fmt.Sprintf("%.1f", x/float64(max(1, p.times[c].N))))
		}
		rows = append(rows, row)
	}
	err := w.WriteAll(rows)
	var where string
	name := a.user.Name
	a.aside(func(ctx context.Context) {
		if err != nil {
			return
		}
		if where, err = a.o.Export("statistics-"+dayOf(p.day)+".csv", b.Bytes()); err == nil {
			err = a.o.Store.Audit().Append(ctx, store.Entry{Actor: name, Action: "export", Outcome: "ok"})
		}
	}, func() {
		if err != nil {
			a.say(kit.Bad, "fill-x-circle", a.t("k.export"), a.sentence(err), 0)
			return
		}
		a.say(kit.Good, "fill-check-circle", a.t("q.exported"), where, 8*time.Second)
	})
}

// peak hour, -1 without any.
func (c dayCount) peak() int {
	if c.filed == 0 {
		return -1
	}
	most := slices.Max(c.hours[:])
	return slices.Index(c.hours[:], most)
}
