package drive

import (
	"errors"
	"testing"

	"moqian/pad"
	"moqian/pad/usb/internal/emu"
	"moqian/pad/usb/internal/wire"
)

func TestGenericPen(t *testing.T) {
	g := emu.NewPen(nil)
	o := open(t, g, Options{})
	if i := o.Info(); i.Width != 156 || i.Height != 87 || i.Levels != 4096 || i.Serial != "PEN-7" {
		t.Errorf("%+v", i)
	}
	if _, ok := o.Display(); ok {
		t.Error("a pen without a screen has a display")
	}
	if _, ok := o.Buttons(); ok {
		t.Error("a pen without a screen has buttons")
	}
	s, ev, err := record(t, o, 12, func() {
		g.Pen(true, false, 0, 100, 100)
		for range 10 {
			g.Pen(true, true, 2000, 15600, 8700)
		}
		g.Pen(false, false, 0, 0, 0)
	})
	if err != nil || len(s) != 12 || s[3].X != 78 || s[3].Y != 43.5 || s[3].Phase != pad.Down || s[11].Phase != pad.Hover {
		t.Errorf("%+v %v", s, err)
	}
	if ev.Counters != "none" || ev.Identities[0].Worth != pad.WorthString || ev.OutOfRange != 1 {
		t.Errorf("%+v", ev)
	}
}

func TestTabletsAreWoken(t *testing.T) {
	for _, ugee := range []bool{false, true} {
		g := emu.NewTablet(ugee)
		o := open(t, g, Options{})
		if !g.Awake() {
			t.Errorf("ugee %v sleeps on", ugee)
		}
		if i := o.Info(); i.Levels != 8192 || i.Width < 100 || i.Width > 300 {
			t.Errorf("%+v", i)
		}
		s, _, err := record(t, o, 6, func() {
			g.Pen(true, false, 0, 100, 100)
			for range 4 {
				g.Pen(true, true, 4000, 16000, 10000)
			}
			g.Pen(false, false, 0, 0, 0)
		})
		if err != nil || len(s) != 6 || s[2].Phase != pad.Down {
			t.Errorf("ugee %v: %d samples %v", ugee, len(s), err)
		}
	}
}

// TestLostPlaceOfAnUnnumberedReport: a refused report leaves a hole that the
// next sample shows.
func TestLostPlaceOfAnUnnumberedReport(t *testing.T) {
	g := emu.NewPen(nil)
	o := open(t, g, Options{})
	s, ev, err := record(t, o, 2, func() {
		g.Pen(true, true, 2000, 100, 100)
		g.Raw([]byte{7, 0x11, 0xff, 0xff, 0xff, 0xff, 0, 8, 0, 0})
		g.Pen(true, true, 2000, 100, 100)
	})
	if err != nil || len(s) != 2 || s[1].Lost != 1 || ev.Rejected != 1 || ev.Gaps != 1 {
		t.Errorf("%+v %+v %v", s, ev, err)
	}
}

func TestWatcher(t *testing.T) {
	bus := newTestBus(t)
	w := NewWatcher(startBus(bus), Options{Poll: 1e6, Encryption: Clear})
	for i, c := range []struct {
		err, want error
	}{{wire.ErrDenied, pad.ErrDenied}, {wire.ErrBusy, pad.ErrBusy}} {
		bus.Refuse(c.err)
		if i == 0 {
			if _, err := w.look(t.Context()); !errors.Is(err, pad.ErrNone) {
				t.Errorf("an empty bus: %v", err)
			}
			bus.Plug(stu430())
		}
		if _, err := w.look(t.Context()); !errors.Is(err, c.want) {
			t.Errorf("%v, want %v", err, c.want)
		}
		rows, err := List(t.Context(), bus, Options{})
		if err != nil || len(rows) != 1 || rows[0].Model != "STU-430" || rows[0].State == "ready" || rows[0].Why == "" {
			t.Errorf("%+v %v", rows, err)
		}
	}
	bus.Refuse(nil)
	rows, err := List(t.Context(), bus, Options{})
	if err != nil || len(rows) != 1 || rows[0].State != "ready" || rows[0].Screen != "320×200" || rows[0].Serial == "" || len(rows[0].Evidence) < 5 {
		t.Errorf("%+v %v", rows, err)
	}
	bus.Plug(emu.NewMouse())
	if rows, err := List(t.Context(), bus, Options{}); err != nil || len(rows) != 1 {
		t.Errorf("a mouse is listed: %+v %v", rows, err)
	}
	d, err := w.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.look(t.Context()); !errors.Is(err, pad.ErrBusy) {
		t.Errorf("the same pad twice: %v", err)
	}
	if err := d.Close(); err != nil || w.Why() != nil {
		t.Error(err, w.Why())
	}
}
