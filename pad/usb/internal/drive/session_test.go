package drive

import (
	"crypto/rand"
	"errors"
	"sync"
	"testing"
	"time"

	"moqian/pad"
	"moqian/pad/model"
	"moqian/pad/usb/internal/emu"
)

// TestRefusedCommand: the pad says no in its status only, and the state table
// keeps commands from being sent at all.
func TestRefusedCommand(t *testing.T) {
	g := stu430()
	o := open(t, g, Options{Encryption: Clear})
	s := o.scr.stu
	if _, err := s.status(); err != nil {
		t.Fatal(err)
	}
	if err := s.command(model.CmdOption(7)); !errors.Is(err, errRefused) {
		t.Errorf("a bad option: %v", err)
	}
	before := g.Controls()
	for _, cmd := range [][]byte{model.CmdEndCapture(), model.CmdEndImage(true), {0xCC, 1, 2, 3}, {0xE3, 0}} {
		if err := s.command(cmd); !errors.Is(err, errState) {
			t.Errorf("report %02x when ready: %v", cmd[0], err)
		}
	}
	if n := g.Controls(); n != before {
		t.Errorf("%d requests went out that the state table forbids", n-before)
	}
}

// TestPadLeftInCapture: a program that died left its session on; the next one
// ends it.
func TestPadLeftInCapture(t *testing.T) {
	g := stu430()
	dead := open(t, g, Options{Encryption: Require})
	if _, err := dead.scr.stu.begin(t.Context(), &pad.Evidence{}); err != nil { // no stream: it would read the other's reports
		t.Fatal(err)
	}
	o := open(t, g, Options{Encryption: Clear})
	if on, _ := g.Capturing(); !on {
		t.Fatal("the pad is not in a session")
	}
	if s, _, err := record(t, o, 13, func() { writeStroke(g, 11) }); err != nil || len(s) != 13 {
		t.Errorf("%d samples, %v", len(s), err)
	}
}

// TestStaleReport: what lay in the pad's queue before the capture is no ink.
func TestStaleReport(t *testing.T) {
	g := stu430()
	c := &clock{at: time.Now().Add(-time.Hour)}
	o := open(t, g, Options{Encryption: Clear, Settle: 100 * time.Millisecond, Now: c.now})
	g.Pen(true, 500, 4000, 4000, 5)
	s, ev, err := record(t, o, 13, func() {
		until(t, "the stale report", func() bool {
			o.drv.mu.Lock()
			defer o.drv.mu.Unlock()
			return o.drv.acc.ev.Discarded == 1
		})
		c.turn(time.Second)
		writeStroke(g, 11)
	})
	if err != nil || len(s) != 13 || ev.Discarded != 1 || ev.Rejected != 0 || ev.Lost != 0 || s[0].Phase != pad.Hover {
		t.Errorf("%d samples, %+v, %v", len(s), ev, err)
	}
}

// clock stands still until it is turned.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) turn(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// TestReportsWhileShowing: in the pause between two sessions the pad's reports
// are clear. They end no capture and become no ink, and the gap is told.
func TestReportsWhileShowing(t *testing.T) {
	g := stu430()
	o := open(t, g, Options{Encryption: Require})
	s, ev, err := record(t, o, -1, func() {
		g.Pen(true, 300, 1000, 1000, 5)
		o.seen(t, 1)
		shown, release := make(chan error, 1), make(chan struct{})
		g.SetFaults(emu.Faults{Held: model.IDImageBlock, Release: release})
		go func() { shown <- o.scr.Show(t.Context(), pattern(320, 200)) }()
		until(t, "the pause", func() bool { return g.Holding() == 1 })
		for range 5 {
			g.Pen(true, 300, 2000, 2000, 5)
		}
		until(t, "the five reports", func() bool {
			o.drv.mu.Lock()
			defer o.drv.mu.Unlock()
			return o.drv.acc.ev.Discarded == 5
		})
		close(release)
		if err := <-shown; err != nil {
			t.Error(err)
		}
		until(t, "the new session", o.hears)
		g.Pen(true, 300, 3000, 3000, 5)
		o.seen(t, 2)
		o.drv.mu.Lock()
		discarded, lost := o.drv.acc.ev.Discarded, o.drv.acc.ev.Samples
		o.drv.mu.Unlock()
		if discarded != 5 || lost != 2 {
			t.Errorf("%d discarded, %d samples", discarded, lost)
		}
		g.Unplug()
	})
	if !errors.Is(err, pad.ErrGone) || s != nil || ev.Samples != 0 {
		t.Errorf("%v", err)
	}
}

// TestSlowReader: what overflows between the cable and the capture is lost, and
// told.
func TestSlowReader(t *testing.T) {
	g := stu430()
	o := open(t, g, Options{Encryption: Clear})
	if err := o.drv.Begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	room := cap(o.drv.queue)
	for range room + 100 {
		g.Pen(true, 300, 1000, 1000, 5)
	}
	until(t, "the overflow", func() bool {
		o.drv.mu.Lock()
		defer o.drv.mu.Unlock()
		return o.drv.acc.lost == 100
	})
	for range room {
		if s, err := o.drv.Read(t.Context()); err != nil || s.Lost != 0 {
			t.Fatal(s.Lost, err)
		}
	}
	g.Pen(true, 300, 1000, 1000, 5)
	if s, err := o.drv.Read(t.Context()); err != nil || s.Lost != 100 {
		t.Errorf("lost %d, %v", s.Lost, err)
	}
	o.drv.End()
}

// TestTwoSamplesInAReport: without a clock the first is one period older.
func TestTwoSamplesInAReport(t *testing.T) {
	m := emu.Model{Name: "STU-300", PID: 0xA2, MaxX: 9900, MaxY: 2500, MaxPressure: 511, ScreenW: 396, ScreenH: 100, Encodings: 2, Old: true}
	g := emu.NewSTU(m, rand.Reader)
	o := open(t, g, Options{Encryption: Require})
	s, ev, err := record(t, o, 2, func() {
		g.Pen(true, 300, 1000, 1000, 5)
		g.Pen(true, 300, 1100, 1000, 5)
	})
	if err != nil || len(s) != 2 || s[1].T-s[0].T != 5*time.Millisecond || s[0].X != 10 || s[1].X != 11 || ev.Counters != "none" {
		t.Errorf("%+v %+v %v", s, ev, err)
	}
}

// TestCloseWhileShowing: a picture under way does not hold up the end.
func TestCloseWhileShowing(t *testing.T) {
	m := emu.Model520A()
	m.Bulk, m.Encodings = false, 2 // 190 blocks over endpoint 0
	g := emu.NewSTU(m, rand.Reader)
	o := open(t, g, Options{Encryption: Clear})
	g.SetFaults(emu.Faults{Hang: 50 * time.Millisecond})
	before := g.Controls()
	shown := make(chan error, 1)
	go func() { shown <- o.scr.Show(t.Context(), pattern(800, 480)) }()
	until(t, "the first blocks", func() bool { return g.Controls() > before+20 })
	if err := o.Close(); err != nil {
		t.Error(err)
	}
	if err := <-shown; !errors.Is(err, pad.ErrGone) {
		t.Errorf("Show: %v", err)
	}
	if n := g.Controls() - before; n > 300 {
		t.Errorf("%d requests: the whole picture was sent", n)
	}
}
