package store

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// The simulation does at random what a workstation does, to the store and to a
// model of it in memory, and compares the two: each step's outcome at once, the
// whole of it every so often, and after each restart, backup, restore and
// compaction.

// modelled is what the model knows of a voucher.
type modelled struct {
	it      Item
	pdf     []byte
	account string
}

type simulation struct {
	t      *testing.T
	r      *rand.Rand
	dir    string
	clock  *clockAt
	s      *Store
	items  []*modelled
	last   map[string]int // date → serial given last
	free   map[string][]int
	log    int // entries
	backup string
	saved  int // items that the backup has
}

func TestSimulation(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { simulate(t, seed, 250) })
	}
}

func simulate(t *testing.T, seed uint64, steps int) {
	m := &simulation{t: t, r: rand.New(rand.NewPCG(seed, 9)), dir: t.TempDir(), clock: newClock(),
		last: map[string]int{}, free: map[string][]int{}}
	m.begin()
	defer func() { m.s.Close() }()
	deeds := []struct {
		weight int
		do     func()
	}{
		{25, m.reserve}, {30, m.fileSome}, {6, m.burn}, {25, m.commitSome}, {40, m.move}, {6, m.impossible}, {4, m.renew},
		{3, m.retry}, {3, m.restart}, {2, m.compact}, {2, m.backUp}, {1, m.restore}, {3, m.adopt}, {6, m.compare},
	}
	sum := 0
	for _, d := range deeds {
		sum += d.weight
	}
	for range steps {
		m.clock.t = m.clock.t.Add(time.Duration(m.r.IntN(5000)) * time.Millisecond)
		k := m.r.IntN(sum)
		for _, d := range deeds {
			if k -= d.weight; k < 0 {
				d.do()
				break
			}
		}
		if t.Failed() {
			return
		}
	}
	m.restart()
	m.compare()
}

func (m *simulation) begin() {
	signer, _ := keys(m.t, 1)
	ciphers := []Cipher{xchacha, AES()} // all are known, the first is for fresh documents
	if m.r.IntN(2) == 0 {
		slices.Reverse(ciphers)
	}
	s, err := Open(m.dir, Options{Key: testKey(), Now: m.clock.now, Signer: signer, Every: 16, Ciphers: ciphers})
	m.must("opening", err)
	s.db.NoSync = true // no power is cut here
	m.s = s
}

func (m *simulation) must(what string, err error) {
	m.t.Helper()
	if err != nil {
		m.t.Fatalf("%s: %v", what, err)
	}
}

func (m *simulation) date() string { return fmt.Sprintf("2026-11-2%d", 4+m.r.IntN(3)) }

// pick gives a voucher of one of the states, or nil.
func (m *simulation) pick(states ...State) *modelled {
	var all []*modelled
	for _, x := range m.items {
		if slices.Contains(states, x.it.State) {
			all = append(all, x)
		}
	}
	if len(all) == 0 {
		return nil
	}
	return all[m.r.IntN(len(all))]
}

func (m *simulation) reserve() {
	date := m.date()
	n, err := m.s.Outbox().Reserve(ctx, date)
	m.must("reserving", err)
	if n != m.last[date]+1 {
		m.t.Fatalf("number %d of %s after %d", n, date, m.last[date])
	}
	m.last[date] = n
	m.free[date] = append(m.free[date], n)
}

// filing takes a free number of a date, if there is one.
func (m *simulation) filing(date string) (Filing, bool) {
	free := m.free[date]
	if len(free) == 0 {
		return Filing{}, false
	}
	k := m.r.IntN(len(free))
	n := free[k]
	m.free[date] = slices.Delete(free, k, k+1)
	f := Filing{Item: item(n), Serial: n, PDF: document(m.r.Uint64(), 1+m.r.IntN(9000)), Entry: Entry{Actor: "t0001"}}
	f.Item.Business, f.Item.Teller = date, fmt.Sprintf("t000%d", m.r.IntN(3))
	f.Item.Voucher = fmt.Sprintf("01001032611%s%04d7", date[8:], n)
	if m.r.IntN(3) == 0 {
		f.Accounts = []string{fmt.Sprintf("622202100111222333%d", m.r.IntN(4))}
	}
	return f, true
}

func (m *simulation) fileSome() {
	var all []Filing
	date := m.date()
	for range 1 + m.r.IntN(3) {
		if f, ok := m.filing(date); ok {
			all = append(all, f)
		}
	}
	if len(all) == 0 {
		return
	}
	out, err := m.s.Outbox().FileAll(ctx, all...)
	m.must("filing", err)
	for i, it := range out {
		x := &modelled{it: it, pdf: all[i].PDF}
		if len(all[i].Accounts) > 0 {
			x.account = all[i].Accounts[0]
		}
		m.items = append(m.items, x)
	}
	m.log += len(out)
}

func (m *simulation) burn() {
	date := m.date()
	if f, ok := m.filing(date); ok {
		m.must("burning", m.s.Outbox().Burn(ctx, date, f.Serial, Entry{}))
		m.log++
	}
}

func (m *simulation) commitSome() {
	var all []Final
	var which []*modelled
	for range 1 + m.r.IntN(3) {
		x := m.pick(Queued)
		if x == nil || slices.Contains(which, x) {
			continue
		}
		f := Final{ID: x.it.ID}
		if m.r.IntN(2) == 0 {
			f.PDF = document(m.r.Uint64(), 1+m.r.IntN(9000))
		}
		all, which = append(all, f), append(which, x)
	}
	out, err := m.s.Outbox().CommitAll(ctx, all...)
	m.must("committing", err)
	for i, x := range which {
		if all[i].PDF != nil {
			x.pdf = all[i].PDF
		}
		x.it = out[i]
	}
	m.log += len(all)
}

func (m *simulation) move() {
	x := m.pick(Ready, Sent, Verified)
	if x == nil {
		return
	}
	next := map[State]State{Ready: Sent, Sent: Verified, Verified: Purged}[x.it.State]
	switch {
	case m.r.IntN(4) == 0: // a try that failed
		next = x.it.State
	case (x.it.State == Sent || x.it.State == Verified) && m.r.IntN(4) == 0: // the archive forgot it
		next = Ready
	}
	it := x.it
	it.State, it.Tries, it.Place = next, it.Tries+1, fmt.Sprint("place ", m.r.IntN(100))
	if next == x.it.State || next == Ready {
		it.Fault, it.Error = FaultLater, "503"
	} else {
		it.Fault, it.Error = "", ""
	}
	m.must("moving", m.s.Outbox().Move(ctx, it, Entry{}))
	m.log++
	now, err := m.s.Outbox().Find(ctx, it.ID)
	m.must("finding", err)
	if now.State != next || now.Tries != it.Tries || now.Place != it.Place || now.Fault != it.Fault {
		m.t.Errorf("moved to %+v, is %+v", it, now)
	}
	x.it = now
}

// impossible steps are refused and change nothing.
func (m *simulation) impossible() {
	x := m.pick(Queued, Ready, Sent, Verified, Purged)
	if x == nil {
		return
	}
	o := m.s.Outbox()
	it := x.it
	it.State = map[State]State{Queued: Sent, Ready: Purged, Sent: Purged, Verified: Sent, Purged: Verified}[it.State]
	wantErr(m.t, "a step that is none", o.Move(ctx, it, Entry{}), ErrState)
	if x.it.State != Queued {
		wantErr(m.t, "committing again", o.Commit(ctx, x.it.ID, []byte("%PDF"), Entry{}), ErrState)
	}
	_, err := o.Adopt(ctx, Filing{Item: x.it, Serial: 1, PDF: []byte("%PDF")})
	if !errors.Is(err, ErrDuplicate) && !errors.Is(err, ErrReserved) {
		m.t.Errorf("adopting what is here: %v", err)
	}
}

func (m *simulation) renew() {
	x := m.pick(Sent, Verified, Purged)
	if x == nil {
		return
	}
	pdf := document(m.r.Uint64(), 1+m.r.IntN(9000))
	it, err := m.s.Outbox().Renew(ctx, x.it.ID, pdf, Entry{})
	m.must("renewing", err)
	m.items = append(m.items, &modelled{it: it, pdf: pdf})
	m.log++
}

func (m *simulation) retry() {
	if x := m.pick(Queued, Ready, Sent, Verified); x != nil {
		it, err := m.s.Outbox().Retry(ctx, x.it.ID, Entry{})
		m.must("retrying", err)
		if it.Fault != "" || it.Error != "" {
			m.t.Errorf("after Retry %+v", it)
		}
		x.it = it
		m.log++
	}
}

func (m *simulation) adopt() {
	date := m.date()
	n := m.last[date] + 1 + m.r.IntN(3)
	it := item(n)
	it.Business, it.Voucher = date, fmt.Sprintf("01001032611%s%04d7", date[8:], n)
	pdf := document(m.r.Uint64(), 1+m.r.IntN(3000))
	got, err := m.s.Outbox().Adopt(ctx, Filing{Item: it, Serial: n, PDF: pdf})
	m.must("adopting", err)
	m.items = append(m.items, &modelled{it: got, pdf: pdf})
	m.last[date] = n
	m.log++
}

func (m *simulation) restart() {
	m.must("closing", m.s.Close())
	m.begin()
	for date, all := range m.free {
		m.log += len(all) // burnt
		delete(m.free, date)
	}
}

func (m *simulation) compact() {
	_, _, err := m.s.Compact(ctx, Entry{})
	m.must("compacting", err)
	m.s.db.NoSync = true
	m.log++
}

func (m *simulation) backUp() {
	path := filepath.Join(m.t.TempDir(), "bak")
	_, err := m.s.Backup(ctx, path, Entry{})
	m.must("backing up", err)
	m.log++
	m.backup, m.saved = path, len(m.items)
}

// restore is refused while the backup lacks something, and then the newest backup
// is made and put back: nothing is lost and no counter goes down.
func (m *simulation) restore() {
	if m.backup == "" {
		return
	}
	m.must("closing", m.s.Close())
	signer, _ := keys(m.t, 1)
	o := Options{Key: testKey(), Now: m.clock.now, Signer: signer, Every: 16, Ciphers: []Cipher{AES(), xchacha}}
	lacks := slices.ContainsFunc(m.items[m.saved:], func(x *modelled) bool { return x.it.State != Purged })
	before, err := os.ReadFile(filepath.Join(m.dir, File))
	m.must("reading", err)
	if lacks {
		wantErr(m.t, "restoring a backup that lacks vouchers", Restore(ctx, m.dir, m.backup, o, false, Entry{}), ErrNewerHere)
		if now, _ := os.ReadFile(filepath.Join(m.dir, File)); !bytes.Equal(before, now) {
			m.t.Error("a refused restore changed the store")
		}
	}
	m.begin()
	for date, all := range m.free {
		m.log += len(all)
		delete(m.free, date)
	}
	m.backUp()
	m.must("closing", m.s.Close())
	m.must("restoring", Restore(ctx, m.dir, m.backup, o, false, Entry{}))
	m.log++
	m.begin()
}

// compare looks at everything.
func (m *simulation) compare() {
	m.t.Helper()
	f, err := m.s.Check(ctx)
	m.must("checking", err)
	here := 0
	list, err := m.s.Outbox().List(ctx)
	m.must("listing", err)
	want := slices.SortedFunc(slices.Values(m.items), func(a, b *modelled) int { return bytes.Compare([]byte(a.it.ID), []byte(b.it.ID)) })
	if len(list) != len(want) || f.Items != len(want) || f.Entries != m.log {
		m.t.Fatalf("%d rows and %+v, the model has %d and %d entries", len(list), f, len(want), m.log)
	}
	for i, x := range want {
		if !same(list[i], x.it) {
			m.t.Errorf("row %d is %+v, the model has %+v", i, list[i], x.it)
		}
		pdf, err := m.s.Outbox().PDF(ctx, x.it.ID)
		if x.it.State == Purged {
			wantErr(m.t, "the bytes of a purged one", err, ErrPurged)
			continue
		}
		here++
		if err != nil || !bytes.Equal(pdf, x.pdf) {
			m.t.Errorf("the bytes of %s: %v", x.it.ID, err)
		}
	}
	if pending, err := m.s.Outbox().Pending(ctx); err != nil || len(pending) != here || f.Documents != here {
		m.t.Errorf("%d wait, %v, %d documents, the model has %d", len(pending), err, f.Documents, here)
	}
	m.search()
	_, v := keys(m.t, 1)
	if n, err := m.s.Audit().VerifyAgainst(ctx, v, notes(m.t, m.s)...); err != nil || n != m.log {
		m.t.Errorf("the log: %d, %v", n, err)
	}
}

func (m *simulation) search() {
	for _, q := range []Query{
		{Date: m.date()}, {Teller: "t0001"}, {Account: "6222021001112223331"}, {Account: "6222021001112223332", Date: m.date()},
		{Date: m.date(), Teller: "t0002"},
	} {
		n := 0
		for _, x := range m.items {
			if q.Matches(x.it) && (q.Account == "" || q.Account == x.account) {
				n++
			}
		}
		found, err := m.s.Outbox().Search(ctx, q)
		if err != nil || len(found) != n {
			m.t.Errorf("%+v: %d found, %v, the model has %d", q, len(found), err, n)
		}
	}
}

// same compares items; instants may come back in another zone.
func same(a, b Item) bool {
	ok := a.Filed.Equal(b.Filed) && a.Moved.Equal(b.Moved) && a.Tried.Equal(b.Tried)
	a.Filed, a.Moved, a.Tried = b.Filed, b.Moved, b.Tried
	return ok && a == b
}
