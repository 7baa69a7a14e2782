package ui

import (
	"context"
	"encoding/json"
	"time"

	"moqian/cmd/internal/flow"
	"moqian/store"
)

// What the windows remember of a day, in the store's settings, which it keeps
// encrypted: names and amounts of today's vouchers, overwritten on the next day,
// and of each day how long the steps took, without names.
const (
	factsName = "ui.today"
	timesName = "ui.times."
)

// facts of one calendar day in Beijing.
type facts struct {
	Day  string               `json:"day"`
	Fact map[string]savedFact `json:"facts"` // by voucher
}

type savedFact struct {
	Name string `json:"name"`
	Fen  int64  `json:"fen"`
}

// stepTimes are the seconds that the steps of a business took together, and of
// how many transactions: entry, approval, confirmation, signing, filing.
type stepTimes struct {
	N   int        `json:"n"`
	Sum [5]float64 `json:"sum"`
}

func dayOf(t time.Time) string { return t.In(beijing()).Format("2006-01-02") }

// recall reads what is remembered of today, and which vouchers are void. What
// is of another day is overwritten.
func (a *App) recall() {
	day := dayOf(a.o.Now())
	var f facts
	var void map[string]string
	a.aside(func(ctx context.Context) {
		if b, found, err := a.o.Store.Setting(ctx, factsName); err == nil && found {
			_ = json.Unmarshal(b, &f)
			clear(b)
			if f.Day != day {
				f = facts{}
				_ = a.o.Store.SetSetting(ctx, factsName, nil)
			}
		}
		void = voided(ctx, a.o.Store)
	}, func() {
		for v, s := range f.Fact {
			if _, known := a.today[v]; !known {
				a.today[v] = fact{s.Name, s.Fen}
			}
		}
		for v, why := range void {
			a.void[v] = why
		}
	})
}

// voided are the reasons of the vouchers that the log says are void.
func voided(ctx context.Context, s *store.Store) map[string]string {
	all, err := s.Audit().All(ctx)
	if err != nil {
		return nil
	}
	void := map[string]string{}
	for _, e := range all {
		if e.Action == "void" && e.Outcome == "ok" {
			void[e.Voucher] = e.Detail["reason"]
		}
	}
	return void
}

// remember keeps the fact of a voucher and the times of its transaction.
func (a *App) remember(voucher, code string, f fact) {
	now := a.o.Now()
	day := dayOf(now)
	a.today[voucher] = f
	all := facts{Day: day, Fact: map[string]savedFact{}}
	for _, it := range a.items {
		if g, ok := a.today[it.Voucher]; ok && dayOf(it.Filed) == day {
			all.Fact[it.Voucher] = savedFact{g.name, g.fen}
		}
	}
	all.Fact[voucher] = savedFact{f.name, f.fen}
	took := a.pace.took
	a.aside(func(ctx context.Context) {
		if b, err := json.Marshal(all); err == nil {
			_ = a.o.Store.SetSetting(ctx, factsName, b)
			clear(b)
		}
		t := a.times(ctx, day)
		s := t[code]
		s.N++
		for i, d := range took {
			s.Sum[i] += d.Seconds()
		}
		t[code] = s
		if b, err := json.Marshal(t); err == nil {
			_ = a.o.Store.SetSetting(ctx, timesName+day, b)
		}
	}, func() {})
}

// times of a day by business.
func (a *App) times(ctx context.Context, day string) map[string]stepTimes {
	t := map[string]stepTimes{}
	if b, found, err := a.o.Store.Setting(ctx, timesName+day); err == nil && found {
		_ = json.Unmarshal(b, &t)
	}
	return t
}

// pace is how long the steps of the transaction under way have taken.
type pace struct {
	took [5]time.Duration
	step flow.Step
	from time.Time // zero: none is under way
}

// to notes that a step begins.
func (p *pace) to(s flow.Step, now time.Time) {
	if !p.from.IsZero() && int(p.step) < len(p.took) {
		p.took[p.step] += now.Sub(p.from)
	}
	p.step, p.from = s, now
}
