package store

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
)

func TestSettings(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, newClock().now)
	if v, found, err := s.Setting(ctx, "nib"); v != nil || found || err != nil {
		t.Errorf("one that was never set: %q %v %v", v, found, err)
	}
	long := strings.Repeat("笔", 3000)
	want := map[string]string{"nib": "0.7", "nib/colour": "", "": "no name", long: "long name", "pad": long}
	for name, value := range want {
		if err := s.SetSetting(ctx, name, []byte(value)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.SetSetting(ctx, "nib", []byte("0.9")); err != nil {
		t.Fatal(err)
	}
	want["nib"] = "0.9"
	s.Close()
	s = open(t, dir, newClock().now)
	for name, value := range want {
		v, found, err := s.Setting(ctx, name)
		if err != nil || !found || v == nil || string(v) != value {
			t.Errorf("%.20q: %.20q %v %v", name, v, found, err)
		}
	}
	for prefix, n := range map[string]int{"": 5, "nib": 2, "nib/": 1, "x": 0} {
		all, err := s.Settings(ctx, prefix)
		if err != nil || len(all) != n {
			t.Errorf("%q: %d, %v, want %d", prefix, len(all), err, n)
		}
		for name, value := range all {
			if string(value) != want[name] {
				t.Errorf("%q under %q: %.20q", name, prefix, value)
			}
		}
	}
	if n := verify(t, s); n != 0 {
		t.Errorf("settings left %d entries in the log", n)
	}
	s.Close()
	if b := readDB(t, dir); bytes.Contains(b, []byte("colour")) || bytes.Contains(b, []byte("no name")) {
		t.Error("a setting lies in the file in clear")
	}
}

func TestAmend(t *testing.T) {
	s := open(t, t.TempDir(), newClock().now)
	no := errors.New("no")
	for _, c := range []struct {
		name   string
		change func(old []byte) ([]byte, Entry, error)
		want   error // nil: none
		value  string
		log    int
	}{
		{"refused", func(old []byte) ([]byte, Entry, error) {
			if old != nil {
				t.Errorf("the old value is %q", old)
			}
			return []byte("x"), Entry{Action: "set"}, no
		}, no, "", 0},
		{"the first value", func([]byte) ([]byte, Entry, error) { return []byte("1"), Entry{Action: "set"}, nil }, nil, "1", 1},
		{"from the old one", func(old []byte) ([]byte, Entry, error) {
			return append(old, '2'), Entry{Action: "set"}, nil
		}, nil, "12", 2},
		{"refused later", func(old []byte) ([]byte, Entry, error) { return nil, Entry{Action: "set"}, no }, no, "12", 2},
	} {
		err := s.Amend(ctx, "counter", c.change)
		if c.want == nil && err != nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
		if v, _, err := s.Setting(ctx, "counter"); err != nil || string(v) != c.value {
			t.Errorf("%s: the value is %q, %v", c.name, v, err)
		}
		if n := verify(t, s); n != c.log {
			t.Errorf("%s: %d entries, want %d", c.name, n, c.log)
		}
	}
	// Without an action there is nothing to log, so nothing is changed.
	err := s.Amend(ctx, "counter", func([]byte) ([]byte, Entry, error) { return []byte("3"), Entry{}, nil })
	if v, _, _ := s.Setting(ctx, "counter"); err == nil || string(v) != "12" {
		t.Errorf("an entry without an action: %q, %v", v, err)
	}
	// A caller that panics leaves everything as it was and the store usable.
	err = s.Amend(ctx, "counter", func([]byte) ([]byte, Entry, error) { panic("the caller's mistake") })
	if err == nil {
		t.Error("a panic went unnoticed")
	}
	if err := s.SetSetting(ctx, "counter", []byte("4")); err != nil {
		t.Errorf("after a panic: %v", err)
	}
}

// Two hundred changes from many goroutines: each sees the one before it.
func TestAmendFromManyGoroutines(t *testing.T) {
	s := open(t, t.TempDir(), newClock().now)
	s.db.NoSync = true
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 25 {
				err := s.Amend(ctx, "counter", func(old []byte) ([]byte, Entry, error) {
					return append(old, 'x'), Entry{Action: "count", Detail: map[string]string{"n": fmt.Sprint(len(old))}}, nil
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if v, _, err := s.Setting(ctx, "counter"); err != nil || len(v) != 200 {
		t.Errorf("%d changes are left, %v", len(v), err)
	}
	entries, err := s.Audit().All(ctx)
	if err != nil || len(entries) != 200 {
		t.Fatalf("%d entries, %v", len(entries), err)
	}
	for i, e := range entries {
		if e.Detail["n"] != fmt.Sprint(i) {
			t.Fatalf("entry %d saw %s", i, e.Detail["n"])
		}
	}
}

func TestTripwire(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, newClock().now)
	for _, c := range []struct {
		digest, voucher, first string
		seen                   bool
	}{
		{"aa", voucher(1), "", false}, {"bb", voucher(2), "", false}, {"aa", voucher(3), voucher(1), true},
		{"aa", voucher(4), voucher(1), true}, {"AA", voucher(5), "", false}, {"a", voucher(6), "", false},
	} {
		first, seen, err := s.Tripwire(ctx, c.digest, c.voucher)
		if err != nil || first != c.first || seen != c.seen {
			t.Errorf("%s of %s: %q %v %v", c.digest, c.voucher, first, seen, err)
		}
	}
	if _, _, err := s.Tripwire(ctx, "", voucher(7)); err == nil {
		t.Error("an empty digest was taken")
	}
	s.Close()
	s = open(t, dir, newClock().now)
	if first, seen, err := s.Tripwire(ctx, "bb", voucher(8)); err != nil || !seen || first != voucher(2) {
		t.Errorf("after a restart: %q %v %v", first, seen, err)
	}
}

func TestDecodeSetting(t *testing.T) {
	for _, c := range []struct {
		raw         []byte
		name, value string
		ok          bool
	}{
		{[]byte("\x03abcvalue"), "abc", "value", true}, {[]byte("\x00"), "", "", true}, {[]byte("\x03abc"), "abc", "", true},
		{nil, "", "", false}, {[]byte("\x04abc"), "", "", false}, {[]byte{0x80}, "", "", false},
		{slices.Repeat([]byte{0xff}, 11), "", "", false}, {append(slices.Repeat([]byte{0xff}, 9), 1), "", "", false},
	} {
		name, value, err := decodeSetting(c.raw)
		if (err == nil) != c.ok || name != c.name || string(value) != c.value {
			t.Errorf("%x: %q %q %v", c.raw, name, value, err)
		}
	}
}
