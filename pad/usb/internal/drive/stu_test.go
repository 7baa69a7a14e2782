package drive

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"time"

	"moqian/pad"
	"moqian/pad/model"
	"moqian/pad/usb/internal/emu"
)

// pattern is a picture that a 1-bit screen can show exactly.
func pattern(w, h int) pad.Frame {
	f := pad.Frame{W: w, H: h, Pix: make([]byte, 3*w*h)}
	for i := range w * h {
		if (i/w/7+i%w/5)%2 == 0 {
			f.Pix[3*i], f.Pix[3*i+1], f.Pix[3*i+2] = 0xff, 0xff, 0xff
		}
	}
	return f
}

func TestEvidenceOfAnSTU(t *testing.T) {
	g := stu430()
	o := open(t, g, Options{Encryption: Clear})
	if err := o.scr.Show(t.Context(), pattern(320, 200)); err != nil {
		t.Fatal(err)
	}
	s, ev, err := record(t, o, 13, func() { writeStroke(g, 11) })
	if err != nil {
		t.Fatal(err)
	}
	defer pad.Wipe(s)
	if ev.Serial != "5JZQS00032" || ev.Firmware != "1.04" || ev.Encryption != "none" || ev.Session != "" || ev.Counters != "clock+sequence" {
		t.Errorf("%+v", ev)
	}
	if ev.Capability == nil || ev.Capability.MaxX != 9600 || ev.Thresholds == nil || *ev.Thresholds != (pad.Thresholds{On: 21, Off: 16}) {
		t.Errorf("%+v %+v", ev.Capability, ev.Thresholds)
	}
	worth := map[string]string{}
	for _, id := range ev.Identities {
		worth[id.Kind] = id.Worth
	}
	if worth["uid2"] != pad.WorthHardware || worth["uid"] != pad.WorthNone {
		t.Errorf("identities %+v", ev.Identities)
	}
	if len(ev.Pictures) != 1 || len(ev.Pictures[0]) != 64 || ev.OutOfRange != 1 || ev.Last-ev.First != 110*time.Millisecond {
		t.Errorf("pictures %v, out of range %d, clock %v to %v", ev.Pictures, ev.OutOfRange, ev.First, ev.Last)
	}
}

func TestPictures(t *testing.T) {
	for _, m := range []emu.Model{emu.Model430(), emu.Model540(), emu.Model520A(),
		{Name: "STU-300", PID: 0xA2, MaxX: 9900, MaxY: 2500, MaxPressure: 511, ScreenW: 396, ScreenH: 100, Encodings: 2, Old: true}} {
		g := emu.NewSTU(m, rand.Reader)
		o := open(t, g, Options{Encryption: Clear})
		f := pattern(int(m.ScreenW), int(m.ScreenH))
		if err := o.scr.Show(t.Context(), f); err != nil {
			t.Errorf("%s: %v", m.Name, err)
			continue
		}
		got, n := g.Screen()
		if n != 1 || !same(got, f.Pix) {
			t.Errorf("%s shows something else after %d pictures", m.Name, n)
		}
		if err := o.scr.Show(t.Context(), pattern(10, 10)); err == nil {
			t.Errorf("%s takes a frame of the wrong size", m.Name)
		}
	}
}

// same allows for the five and six bits of a 16-bit screen.
func same(a, b []byte) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i]&0xf8 != b[i]&0xf8 {
			return false
		}
	}
	return true
}

func TestInkSettings(t *testing.T) {
	g := stu430()
	o := open(t, g, Options{Encryption: Clear})
	if err := o.scr.Ink(true, 1, 2, 3, 4); err != nil {
		t.Fatal(err)
	}
	inking, _, _, color := g.Setting()
	if inking != 1 || !bytes.Equal(color, []byte{0x2D, 3, 2, 1, 4}) {
		t.Errorf("inking %d colour %x", inking, color)
	}
	if err := o.scr.Ink(false, 0, 0, 0, 0); err != nil {
		t.Fatal(err)
	}
	if inking, _, _, _ := g.Setting(); inking != 0 {
		t.Error("ink is still on")
	}
}

func TestEncryptedCapture(t *testing.T) {
	for _, m := range []emu.Model{emu.Model430(), emu.Model520A()} {
		g := emu.NewSTU(m, rand.Reader)
		o := open(t, g, Options{Encryption: Require})
		var key []byte
		n := 14
		if m.Old {
			n = 13 // two samples a report: writeStroke gives 14 reports, the last out of range
		}
		s, ev, err := record(t, o, n-1, func() {
			o.drv.mu.Lock()
			key = o.scr.stu.key
			o.drv.mu.Unlock()
			writeStroke(g, 11)
		})
		if err != nil {
			t.Fatalf("%s: %v", m.Name, err)
		}
		if len(s) < 12 || ev.Session == "" || !strings.HasPrefix(ev.Encryption, "stu-v") || ev.Rejected != 0 || ev.Lost != 0 {
			t.Errorf("%s: %d samples %+v", m.Name, len(s), ev)
		}
		if len(key) < 16 || !bytes.Equal(key, make([]byte, len(key))) || o.scr.stu.dec.Secured() {
			t.Errorf("%s: the key was not wiped at the end", m.Name)
		}
		if on, _ := g.Capturing(); on {
			t.Errorf("%s: the session goes on after the capture", m.Name)
		}
		pad.Wipe(s)
	}
}

func TestWrongSession(t *testing.T) {
	g := stu430()
	o := open(t, g, Options{Encryption: Require})
	s, ev, err := record(t, o, 7, func() {
		for i := range 10 {
			if i == 4 {
				g.SetPenFaults(emu.PenFaults{WrongSession: 3})
			}
			g.Pen(true, 300, 1000, 1000, 5)
		}
	})
	if err != nil || len(s) != 7 || ev.Rejected != 3 || ev.Lost != 3 || ev.Gaps != 1 || s[4].Lost != 3 {
		t.Errorf("%d samples, %+v, %v", len(s), ev, err)
	}
}

// TestClearReportEndsTheCapture: somebody else may be writing.
func TestClearReportEndsTheCapture(t *testing.T) {
	g := stu430()
	o := open(t, g, Options{Encryption: Require})
	_, _, err := record(t, o, -1, func() {
		g.Pen(true, 300, 1000, 1000, 5)
		g.SetPenFaults(emu.PenFaults{Clear: 1})
		g.Pen(true, 300, 1000, 1000, 5)
	})
	if !errors.Is(err, model.ErrClear) {
		t.Errorf("%v, want ErrClear", err)
	}
	if o.scr.stu.key != nil {
		t.Error("the key survives")
	}
}

func TestRequiredEncryption(t *testing.T) {
	for name, g := range map[string]*opened{
		"a generic pen": open(t, emu.NewPen(nil), Options{Encryption: Require}),
		"a tablet":      open(t, emu.NewTablet(false), Options{Encryption: Require}),
	} {
		if _, _, err := record(t, g, -1, func() {}); !errors.Is(err, ErrNoCrypt) {
			t.Errorf("%s: %v", name, err)
		}
	}
	g := emu.NewSTU(emu.Model430(), bytes.NewReader(nil)) // its random source is dry: it can make no key
	o := open(t, g, Options{Encryption: Require})
	if _, _, err := record(t, o, -1, func() {}); err == nil || errors.Is(err, pad.ErrGone) {
		t.Errorf("a pad without a key: %v", err)
	}
	p := open(t, emu.NewSTU(emu.Model430(), bytes.NewReader(nil)), Options{Encryption: Prefer})
	if _, ev, err := record(t, p, 0, func() {}); err != nil || ev.Encryption != "none" {
		t.Errorf("preferred encryption that fails: %q %v", ev.Encryption, err)
	}
}

// TestShowInsideASession: the state table allows no picture in the encrypted
// state, so the session is left and begun anew, and no sample is lost.
func TestShowInsideASession(t *testing.T) {
	g := stu430()
	o := open(t, g, Options{Encryption: Require})
	s, ev, err := record(t, o, 20, func() {
		for range 10 {
			g.Pen(true, 300, 1000, 1000, 5)
		}
		o.seen(t, 10)
		if err := o.scr.Show(t.Context(), pattern(320, 200)); err != nil {
			t.Fatal(err)
		}
		until(t, "the new session", o.hears)
		for range 10 {
			g.Pen(true, 300, 1000, 1000, 5)
		}
	})
	if err != nil || len(s) != 20 || ev.Lost != 0 || len(ev.Pictures) != 1 {
		t.Errorf("%d samples %+v %v", len(s), ev, err)
	}
}

// TestFailedPictureIsAbandoned: the pad is ready for the next one.
func TestFailedPictureIsAbandoned(t *testing.T) {
	g := stu430()
	o := open(t, g, Options{Encryption: Clear})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := o.scr.Show(ctx, pattern(320, 200)); err == nil {
		t.Fatal("shown with an ended context")
	}
	if err := o.scr.Show(t.Context(), pattern(320, 200)); err != nil {
		t.Errorf("the next picture: %v", err)
	}
}

func TestButtons(t *testing.T) {
	g := stu430()
	o := open(t, g, Options{Encryption: Clear})
	keys := []pad.Button{{Key: pad.KeyConfirm, X1: 0, Y1: 150, X2: 99, Y2: 199}, {Key: pad.KeyClear, X1: 200, Y1: 150, X2: 319, Y2: 199}}
	if err := o.scr.SetButtons(keys...); err != nil {
		t.Fatal(err)
	}
	tap := func(x, y, x2, y2 uint16) {
		for range 3 {
			g.Pen(true, 300, x, y, 5)
		}
		for range 3 {
			g.Pen(true, 300, x2, y2, 5)
		}
		g.Pen(true, 0, x2, y2, 5)
	}
	s, ev, err := record(t, o, 7*4, func() {
		tap(1000, 5500, 1100, 5500) // confirm
		tap(1000, 1000, 2000, 5500) // ink that ends on a button
		tap(8000, 5500, 8000, 1000) // a press that slides off
		tap(8000, 5500, 8100, 5500) // clear
	})
	if err != nil {
		t.Fatal(err)
	}
	ink := 0
	for _, p := range s {
		if p.Phase == pad.Down {
			ink++
		}
	}
	if ink != 6 || len(ev.Keys) != 2 || ev.Keys[0] != pad.KeyConfirm || ev.Keys[1] != pad.KeyClear || ev.Lost != 0 {
		t.Errorf("%d samples of ink, keys %v, lost %d", ink, ev.Keys, ev.Lost)
	}
	for _, want := range []pad.Key{pad.KeyConfirm, pad.KeyClear} {
		if k, err := o.scr.Press(t.Context()); err != nil || k != want {
			t.Errorf("%q %v, want %q", k, err, want)
		}
	}
	if err := o.scr.SetButtons(pad.Button{Key: pad.KeyNext, X2: 320, Y2: 10}); err == nil {
		t.Error("a button outside the screen")
	}
}

// TestPressWithoutCapture: the customer turns a page before signing.
func TestPressWithoutCapture(t *testing.T) {
	g := stu430()
	o := open(t, g, Options{Encryption: Clear})
	if err := o.scr.SetButtons(pad.Button{Key: pad.KeyNext, X2: 319, Y2: 199}); err != nil {
		t.Fatal(err)
	}
	got := make(chan pad.Key, 1)
	go func() {
		k, _ := o.scr.Press(t.Context())
		got <- k
	}()
	until(t, "the stream", func() bool {
		o.drv.mu.Lock()
		defer o.drv.mu.Unlock()
		return o.drv.run != nil
	})
	writeStroke(g, 3)
	select {
	case k := <-got:
		if k != pad.KeyNext {
			t.Errorf("key %q", k)
		}
	case <-time.After(long):
		t.Fatal("no key")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := o.scr.Press(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Press: %v", err)
	}
	if _, st := o.bus.Leaks(); st != 0 {
		t.Error("the stream runs though nobody listens")
	}
}

func TestIdle(t *testing.T) {
	g := stu430()
	o := open(t, g, Options{Encryption: Clear})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- o.scr.Idle(ctx, []pad.Frame{pattern(320, 200)}, time.Second) }()
	until(t, "the idle picture", func() bool { _, n := g.Screen(); return n == 1 })
	cancel()
	if err := <-done; err != nil {
		t.Errorf("Idle: %v", err)
	}
	if err := o.scr.Idle(t.Context(), nil, time.Second); err == nil {
		t.Error("nothing to show")
	}
	go func() { done <- o.scr.Idle(t.Context(), []pad.Frame{pattern(320, 200)}, time.Second) }()
	g.Unplug()
	if err := <-done; !errors.Is(err, pad.ErrGone) {
		t.Errorf("Idle on a lost pad: %v", err)
	}
}

// TestSlideShow: a 540 with pictures in its ROM plays those itself and is sent
// none; afterwards it is back in normal mode.
func TestSlideShow(t *testing.T) {
	m := emu.Model540()
	m.Slides = []uint8{1, 2, 5}
	g := emu.NewSTU(m, rand.Reader)
	o := open(t, g, Options{Encryption: Clear})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- o.scr.Idle(ctx, []pad.Frame{pattern(800, 480)}, 3*time.Second) }()
	mode := func() []byte { _, _, op, _ := g.Setting(); return op }
	until(t, "the slide show", func() bool { op := mode(); return len(op) > 1 && op[1] == 2 })
	if want := []byte{0x93, 2, 0, 3, 0x12, 0x50, 0, 0, 0, 0, 0, 0x0B, 0xB8}; !bytes.Equal(mode(), want) {
		t.Errorf("mode %x, want %x", mode(), want)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if op := mode(); op[1] != 0 {
		t.Errorf("mode %x afterwards", op)
	}
	if _, n := g.Screen(); n != 0 {
		t.Errorf("%d pictures were sent", n)
	}
}

func TestThreshold(t *testing.T) {
	g := stu430()
	o := open(t, g, Options{Encryption: Clear})
	if err := o.scr.Threshold(100, 60); err != nil {
		t.Fatal(err)
	}
	s, ev, err := record(t, o, 4, func() {
		for _, p := range []uint16{90, 110, 70, 50} {
			g.Pen(true, p, 1000, 1000, 5)
		}
	})
	if err != nil || *ev.Thresholds != (pad.Thresholds{On: 100, Off: 60}) {
		t.Fatalf("%v %+v", err, ev.Thresholds)
	}
	for i, want := range []pad.Phase{pad.Hover, pad.Down, pad.Down, pad.Hover} {
		if s[i].Phase != want {
			t.Errorf("sample %d is %v", i, s[i].Phase)
		}
	}
	for _, bad := range [][2]int{{0, 0}, {1024, 1}, {10, 11}, {10, -1}} {
		if o.scr.Threshold(bad[0], bad[1]) == nil {
			t.Errorf("%v is taken", bad)
		}
	}
	if id := o.Info().ID(); id != "056a:00a4 5JZQS00032" {
		t.Error(id)
	}
}

// TestListen: while somebody listens nothing waits in the pad, captures come and
// go, and an unplugging is noticed without one.
func TestListen(t *testing.T) {
	g := stu430()
	o := open(t, g, Options{Encryption: Clear})
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- o.scr.Listen(ctx) }()
	for range 3 {
		writeStroke(g, 40) // more than the pad's queue holds: read, though nobody captures
		if !g.Drained(t.Context().Done()) {
			t.Fatal("nobody reads")
		}
		s, ev, err := record(t, o, 13, func() { writeStroke(g, 11) })
		if err != nil || len(s) != 13 || ev.Lost != 0 {
			t.Fatalf("%d samples, %+v, %v", len(s), ev, err)
		}
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if _, st := o.bus.Leaks(); st != 0 {
		t.Error("the stream runs on")
	}
	go func() { done <- o.scr.Listen(t.Context()) }()
	until(t, "the stream", func() bool { _, st := o.bus.Leaks(); return st == 1 })
	g.Unplug()
	if err := <-done; !errors.Is(err, pad.ErrGone) {
		t.Errorf("a lost pad: %v", err)
	}
	if err := o.scr.Listen(t.Context()); !errors.Is(err, pad.ErrGone) {
		t.Errorf("and again: %v", err)
	}
}

// TestListenGoesOn after a capture that ended with an error.
func TestListenGoesOn(t *testing.T) {
	g := stu430()
	o := open(t, g, Options{Encryption: Require})
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- o.scr.Listen(ctx) }()
	_, _, err := record(t, o, -1, func() {
		g.SetPenFaults(emu.PenFaults{Clear: 1})
		g.Pen(true, 300, 1000, 1000, 5)
	})
	if !errors.Is(err, model.ErrClear) {
		t.Errorf("%v, want ErrClear", err)
	}
	writeStroke(g, 60)
	if !g.Drained(t.Context().Done()) {
		t.Error("nobody reads on")
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
