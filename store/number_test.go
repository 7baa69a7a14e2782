package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"testing"
)

func TestSerialsAreGivenOnce(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, newClock().now)
	for _, c := range []struct {
		date string
		want int
	}{{day, 1}, {day, 2}, {"2026-11-25", 1}, {day, 3}, {"2026-11-25", 2}} {
		if n, err := s.Outbox().Reserve(ctx, c.date); err != nil || n != c.want {
			t.Errorf("%s: %d, %v, want %d", c.date, n, err, c.want)
		}
	}
	if err := s.Outbox().Burn(ctx, day, 2, Entry{Actor: "t0001"}); err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{2, 0, -1, 4, LastSerial + 1, 2 + 1<<16} {
		wantErr(t, fmt.Sprintf("burning %d", n), s.Outbox().Burn(ctx, day, n, Entry{}), ErrReserved)
	}
	if n, err := s.Outbox().Reserve(ctx, day); err != nil || n != 4 {
		t.Errorf("after a burnt one: %d, %v", n, err)
	}
	s.Close()
	// What was left reserved is burnt at the next start, with the date in the log.
	s = open(t, dir, newClock().now)
	all, err := s.Audit().All(ctx)
	if err != nil {
		t.Fatal(err)
	}
	burnt := map[string]bool{}
	for _, e := range all {
		if e.Action != "burn" || e.Outcome != "ok" {
			t.Errorf("the log has %+v", e)
		}
		burnt[e.Detail["business"]+" "+e.Detail["serial"]] = true
	}
	for _, want := range []string{day + " 0001", day + " 0002", day + " 0003", day + " 0004", "2026-11-25 0001", "2026-11-25 0002"} {
		if !burnt[want] {
			t.Errorf("%s was not burnt: %v", want, burnt)
		}
	}
	if len(all) != 6 {
		t.Errorf("%d entries, want 6", len(all))
	}
	if n, err := s.Outbox().Reserve(ctx, day); err != nil || n != 5 {
		t.Errorf("after a restart: %d, %v", n, err)
	}
}

func TestReserveRefuses(t *testing.T) {
	s := open(t, t.TempDir(), newClock().now)
	for _, date := range []string{"", "2026-11-31", "24.11.2026", "2026-11-24 ", "2026-1-1"} {
		if n, err := s.Outbox().Reserve(ctx, date); err == nil {
			t.Errorf("%q: number %d", date, n)
		}
	}
	err := s.update(ctx, func(x *tx) error {
		return x.put(bucketSerials, []byte(day), binary.BigEndian.AppendUint16(nil, LastSerial-1))
	})
	if err != nil {
		t.Fatal(err)
	}
	if n, err := s.Outbox().Reserve(ctx, day); err != nil || n != LastSerial {
		t.Errorf("the last one: %d, %v", n, err)
	}
	for range 2 {
		_, err = s.Outbox().Reserve(ctx, day)
		wantErr(t, "beyond the last", err, ErrSerials)
	}
	if n, err := s.Outbox().Reserve(ctx, "2026-11-25"); err != nil || n != 1 {
		t.Errorf("the next day: %d, %v", n, err)
	}
	s.update(ctx, func(x *tx) error { return x.put(bucketSerials, []byte(day), []byte{1}) })
	_, err = s.Outbox().Reserve(ctx, day)
	wantErr(t, "a counter of one byte", err, ErrDamaged)
}

// Many at once: no number twice, none passed over.
func TestReserveFromManyGoroutines(t *testing.T) {
	s := open(t, t.TempDir(), newClock().now)
	const workers, each = 8, 25
	var mu sync.Mutex
	seen := map[int]bool{}
	var all sync.WaitGroup
	for w := range workers {
		all.Go(func() {
			for i := range each {
				serial, err := s.Outbox().Reserve(ctx, day)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				if seen[serial] {
					t.Errorf("number %d was given twice", serial)
				}
				seen[serial] = true
				mu.Unlock()
				pdf := document(uint64(w*each+i), 300)
				it, err := s.Outbox().File(ctx, item(serial), serial, pdf, Entry{})
				if err != nil {
					t.Error(err)
					return
				}
				if got, err := s.Outbox().PDF(ctx, it.ID); err != nil || digest(got) != digest(pdf) {
					t.Errorf("number %d has other bytes: %v", serial, err)
				}
			}
		})
	}
	all.Wait()
	for n := 1; n <= workers*each; n++ {
		if !seen[n] {
			t.Errorf("number %d was passed over", n)
		}
	}
	if f, err := s.Check(ctx); err != nil || f.Documents != workers*each {
		t.Errorf("%+v, %v", f, err)
	}
}

// The keys of voucher numbers stand in the order of the numbers of a day, show
// nothing of what comes before the serial, and differ.
func TestNumberKeys(t *testing.T) {
	v, err := newVault(testKey(), nil)
	if err != nil {
		t.Fatal(err)
	}
	other, err := newVault(document(1, 32), nil)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	last := ""
	for n := 1; n <= 300; n++ {
		key := string(v.number(voucher(n)))
		if key <= last {
			t.Fatalf("the key of %s is not after the one before", voucher(n))
		}
		last = key
		if was, ok := seen[key]; ok {
			t.Fatalf("%s and %s have one key", was, voucher(n))
		}
		seen[key] = voucher(n)
		if key == string(other.number(voucher(n))) {
			t.Fatal("another machine's key is the same")
		}
	}
	for _, n := range []string{"010010326112500017", "020010326112400017", "010010326112400016"} {
		if was, ok := seen[string(v.number(n))]; ok && was != n {
			t.Errorf("%s has the key of %s", n, was)
		}
	}
	if a, b := v.number("x"), v.number("y"); len(a) != 16 || string(a) == string(b) {
		t.Error("what is no voucher number has no key of its own")
	}
}

func TestDamagedReservation(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, newClock().now)
	if err := s.update(ctx, func(x *tx) error { return x.put(bucketReserved, []byte("x"), nil) }); err != nil {
		t.Fatal(err)
	}
	s.Close()
	_, err := Open(dir, Options{Key: testKey(), Now: newClock().now})
	if !errors.Is(err, ErrDamaged) {
		t.Errorf("a reservation of one byte: %v", err)
	}
}
