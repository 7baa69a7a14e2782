package drive

import (
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"moqian/pad"
	"moqian/pad/model"
	"moqian/pad/usb/internal/emu"
	"moqian/pad/usb/internal/soft"
	"moqian/pad/usb/internal/wire"
)

// numbered is a report 34 with counters of the test's choosing.
func numbered(p, x uint16, clock, seq uint16) []byte {
	return []byte{0x34, 0x90 | byte(p>>8), byte(p), byte(x >> 8), byte(x), 4, 0, byte(clock >> 8), byte(clock), byte(seq >> 8), byte(seq)}
}

// TestCountersThroughTheCable: what the two counters of a report say about the
// ones that did not come stands in the samples, and a report whose counters
// cannot be true is counted and is no sample.
func TestCountersThroughTheCable(t *testing.T) {
	type counters struct{ clock, seq uint16 }
	for _, c := range []struct {
		name     string
		reports  []counters
		lost     []int // of each sample
		rejected int
	}{
		{"whole", []counters{{0, 1}, {5, 2}, {10, 3}}, []int{0, 0, 0}, 0},
		{"the sequence wraps", []counters{{0, 65535}, {5, 0}, {10, 1}}, []int{0, 0, 0}, 0},
		{"the clock wraps", []counters{{65530, 1}, {65535, 2}, {4, 3}}, []int{0, 0, 0}, 0},
		{"one is missing", []counters{{0, 1}, {10, 3}, {15, 4}}, []int{0, 1, 0}, 0},
		{"forty are missing", []counters{{0, 1}, {205, 42}}, []int{0, 40}, 0},
		{"missing over the wrap", []counters{{0, 65534}, {20, 2}}, []int{0, 3}, 0},
		{"sent twice", []counters{{0, 1}, {0, 1}, {5, 2}}, []int{0, 0}, 1},
		{"the sequence runs back", []counters{{0, 10}, {5, 4}, {10, 11}}, []int{0, 0}, 1},
		{"the sequence leaps half round", []counters{{0, 10}, {5, 10 + 0x8001}, {10, 11}}, []int{0, 0}, 1},
		{"the clock runs back", []counters{{100, 1}, {90, 2}, {105, 3}}, []int{0, 1}, 1},
		{"the clock runs back for good", []counters{{100, 1}, {90, 2}, {95, 3}, {98, 4}, {101, 5}}, []int{0, 3}, 3},
		{"the clock stands", []counters{{7, 1}, {7, 2}, {7, 3}}, []int{0, 0, 0}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := stu430()
			o := open(t, g, Options{Encryption: Clear, Now: (&clock{at: time.Now().Add(-time.Hour)}).now})
			s, ev, err := record(t, o, len(c.lost), func() {
				for i, r := range c.reports {
					g.Raw(numbered(300, uint16(100*i), r.clock, r.seq))
				}
				until(t, "the reports", func() bool {
					o.drv.mu.Lock()
					defer o.drv.mu.Unlock()
					return o.drv.acc.ev.Samples+o.drv.acc.ev.Rejected == len(c.reports)
				})
			})
			if err != nil || len(s) != len(c.lost) || ev.Rejected != c.rejected {
				t.Fatalf("%d samples, %d rejected, %v", len(s), ev.Rejected, err)
			}
			gaps, total := 0, 0
			for i := range s {
				if s[i].Lost != c.lost[i] {
					t.Errorf("sample %d has lost %d, want %d", i, s[i].Lost, c.lost[i])
				}
				if i > 0 && s[i].T < s[i-1].T {
					t.Errorf("sample %d: time runs back", i)
				}
				if c.lost[i] > 0 {
					gaps++
				}
				total += c.lost[i]
			}
			if ev.Gaps != gaps || ev.Lost != total {
				t.Errorf("evidence: %d gaps, %d lost, want %d and %d", ev.Gaps, ev.Lost, gaps, total)
			}
		})
	}
}

// TestNeverAMadeUpSample: whatever the cable brings, each sample that comes out
// went in as a report: the reports carry their number as X.
func TestNeverAMadeUpSample(t *testing.T) {
	g := stu430()
	o := open(t, g, Options{Encryption: Clear})
	bad := [][]byte{nil, {0x34}, {0xB1, 9, 9}, {0x02, 1, 2, 3}, numbered(300, 9601, 1, 1), numbered(1024, 5, 1, 1), {0x10, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}}
	good := 300
	s, ev, err := record(t, o, good, func() {
		for i := range good {
			g.Raw(numbered(300, uint16(i), uint16(5*i), uint16(i)))
			if i%3 == 0 {
				g.Raw(bad[i/3%len(bad)])
			}
		}
	})
	if err != nil || len(s) != good || ev.Lost != 0 {
		t.Fatalf("%d samples, %+v, %v", len(s), ev, err)
	}
	for i := range s {
		if want := float64(i) / 100; s[i].X-want > 1e-9 || want-s[i].X > 1e-9 || s[i].P == 0 {
			t.Fatalf("sample %d: %+v", i, s[i])
		}
	}
	if ev.Rejected < 70 || ev.Rejected > 100 {
		t.Errorf("%d of 100 bad reports are counted", ev.Rejected)
	}
}

// TestLyingCapabilityOverTheCable: a pad that gives zero for any of its limits
// is not opened, says why, and is left closed.
func TestLyingCapabilityOverTheCable(t *testing.T) {
	for name, lie := range map[string]func(*emu.Model){
		"max x": func(m *emu.Model) { m.MaxX = 0 }, "max y": func(m *emu.Model) { m.MaxY = 0 }, "max pressure": func(m *emu.Model) { m.MaxPressure = 0 },
		"one bit of pressure": func(m *emu.Model) { m.MaxPressure = 1 }, "screen width": func(m *emu.Model) { m.ScreenW = 0 }, "screen height": func(m *emu.Model) { m.ScreenH = 0 },
	} {
		m := emu.Model430()
		lie(&m)
		bus := soft.NewBus()
		bus.Plug(emu.NewSTU(m, rand.Reader))
		d, err := First(t.Context(), startBus(bus), Options{})
		if d != nil || !errors.Is(err, model.ErrLies) || !strings.Contains(err.Error(), "056a:00a4") {
			t.Errorf("%s: %v", name, err)
		}
		rows, err := List(t.Context(), bus, Options{})
		if err != nil || len(rows) != 1 || rows[0].State != "refused" || rows[0].Why == "" {
			t.Errorf("%s: %+v, %v", name, rows, err)
		}
		noLeak(t, bus)
	}
}

// TestWhyNoPad: each reason for having none is told apart, by the error and in
// words, whichever way somebody asks.
func TestWhyNoPad(t *testing.T) {
	for _, c := range []struct {
		name, state string
		refuse      error
		want        error
		words       []string
	}{
		{"another program holds it", "busy", wire.ErrBusy, pad.ErrBusy, []string{"056a:00a4", "in use"}},
		{"no permission", "denied", wire.ErrDenied, pad.ErrDenied, []string{"056a:00a4", pad.UdevRule, "无权打开", "udev 规则", "重新插拔", "make install-udev", "plug the pad in again"}},
		{"it left while it was opened", "gone", wire.ErrGone, pad.ErrGone, []string{"056a:00a4"}},
		{"it does not answer", "refused", wire.ErrTimeout, wire.ErrTimeout, []string{"does not answer"}},
	} {
		bus := newTestBus(t)
		bus.Plug(stu430())
		bus.Refuse(c.refuse)
		_, err := First(t.Context(), startBus(bus), Options{})
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
		for _, w := range c.words {
			if err == nil || !strings.Contains(err.Error(), w) {
				t.Errorf("%s: %q is not in %v", c.name, w, err)
			}
		}
		rows, err := List(t.Context(), bus, Options{})
		if err != nil || len(rows) != 1 || rows[0].State != c.state || rows[0].Why == "" {
			t.Errorf("%s: %+v, %v", c.name, rows, err)
		}
		w := NewWatcher(startBus(bus), Options{Poll: time.Millisecond})
		found := make(chan error, 1)
		go func() {
			d, err := w.Next(t.Context())
			if err == nil {
				err = d.Close()
			}
			found <- err
		}()
		until(t, "the reason", func() bool { return errors.Is(w.Why(), c.want) })
		bus.Refuse(nil) // the cause is gone: the same watcher opens it
		select {
		case err := <-found:
			if err != nil {
				t.Errorf("%s: afterwards %v", c.name, err)
			}
		case <-time.After(long):
			t.Fatalf("%s: the pad is not picked up", c.name)
		}
	}
}

// TestPadBehindAnother: the first pad that lets itself be opened is taken, and
// what is wrong with the others does not hide it.
func TestPadBehindAnother(t *testing.T) {
	bus := newTestBus(t)
	liar := emu.Model430()
	liar.MaxX = 0
	bus.Plug(emu.NewMouse())
	bus.Plug(emu.NewSTU(liar, rand.Reader))
	bus.Plug(emu.NewSTU(emu.Model540(), rand.Reader))
	d, err := First(t.Context(), startBus(bus), Options{})
	if err != nil || d.Info().Model != "STU-540" {
		t.Fatalf("%v", err)
	}
	rows, err := List(t.Context(), bus, Options{})
	states := make([]string, 0, 2)
	for _, r := range rows {
		states = append(states, r.Model+" "+r.State)
	}
	if err != nil || !slices.Equal(states, []string{"STU-430 refused", "STU-540 busy"}) {
		t.Errorf("%v, %v", states, err)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}
