package drive

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"moqian/pad"
	"moqian/pad/model"
	"moqian/pad/usb/internal/emu"
	"moqian/pad/usb/internal/wire"
)

// TestBadReports: each is refused and counted, none becomes a sample.
func TestBadReports(t *testing.T) {
	for _, c := range []struct {
		name          string
		raw           []byte
		rejected, ink int
	}{
		{"no bytes", nil, 1, 12},
		{"one byte", []byte{0x34}, 1, 12},
		{"short", []byte{0x34, 0x90, 1, 0, 0, 0, 0, 0, 0, 0}, 1, 12},
		{"unknown", []byte{0xB1, 1, 2, 3, 4, 5, 6, 7}, 1, 12},
		{"x beyond the pad", []byte{0x34, 0x90, 99, 0xff, 0xff, 0, 1, 0, 0, 0, 0}, 1, 12},
		{"a mouse's", []byte{0x02, 1, 1}, 1, 12},
		{"a key answer", append([]byte{0x50}, make([]byte, 16)...), 0, 12},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := stu430()
			o := open(t, g, Options{Encryption: Clear})
			s, ev, err := record(t, o, 13, func() {
				g.Pen(true, 0, 100, 100, 5)
				for range 5 {
					g.Pen(true, 100, 100, 100, 5)
				}
				g.Raw(c.raw)
				for range 6 {
					g.Pen(true, 100, 100, 100, 5)
				}
				g.Pen(false, 0, 0, 0, 5)
			})
			if err != nil {
				t.Fatal(err)
			}
			defer pad.Wipe(s)
			if ev.Rejected != c.rejected || len(s) != 13 || ev.Lost != 0 || ev.OutOfRange != 1 {
				t.Errorf("%d samples, %+v", len(s), ev)
			}
		})
	}
}

// TestOnlyNonsenseEndsTheCapture with the reason.
func TestOnlyNonsenseEndsTheCapture(t *testing.T) {
	g := stu430()
	o := open(t, g, Options{Encryption: Clear})
	_, _, err := record(t, o, -1, func() {
		for range patience {
			g.Raw([]byte{0x34, 0x90, 99, 0xff, 0xff, 0, 1, 0, 0, 0, 0})
		}
	})
	if !errors.Is(err, ErrNonsense) || !errors.Is(err, model.ErrRange) {
		t.Errorf("%v", err)
	}
	if s, _, err := record(t, o, 3, func() { writeStroke(g, 1) }); err != nil || len(s) != 3 {
		t.Errorf("the next capture: %d samples, %v", len(s), err)
	}
}

func TestPaddedReports(t *testing.T) {
	g := stu430()
	g.SetFaults(emu.Faults{PadTo: 64})
	o := open(t, g, Options{Encryption: Clear})
	s, ev, err := record(t, o, 13, func() { writeStroke(g, 11) })
	if err != nil || len(s) != 13 || ev.Rejected != 0 {
		t.Errorf("%d samples, %+v, %v", len(s), ev, err)
	}
}

// TestGapIsReported: what the pad dropped stands in the sample after it and in
// the evidence.
func TestGapIsReported(t *testing.T) {
	g := stu430()
	o := open(t, g, Options{Encryption: Clear})
	s, ev, err := record(t, o, 11, func() {
		for i := range 10 {
			if i == 5 {
				g.SetPenFaults(emu.PenFaults{Skip: 1})
			}
			g.Pen(true, 200, 100, 100, 5)
		}
		g.SetFaults(emu.Faults{Deaf: 2})
		g.Pen(true, 200, 100, 100, 5)
		g.Pen(true, 200, 100, 100, 5)
		g.Pen(true, 200, 100, 100, 5)
	})
	if err != nil {
		t.Fatal(err)
	}
	if ev.Gaps != 2 || ev.Lost != 3 || s[5].Lost != 1 || s[10].Lost != 2 || s[5].Phase != pad.Down {
		t.Errorf("%+v, lost %d and %d", ev, s[5].Lost, s[10].Lost)
	}
}

func TestLyingPads(t *testing.T) {
	for name, m := range map[string]emu.Model{
		"width of zero":    {Name: "STU-430", PID: 0xA4, MaxY: 6000, MaxPressure: 1023, ScreenW: 320, ScreenH: 200},
		"no pressure":      {Name: "STU-430", PID: 0xA4, MaxX: 9600, MaxY: 6000, ScreenW: 320, ScreenH: 200},
		"no screen":        {Name: "STU-430", PID: 0xA4, MaxX: 9600, MaxY: 6000, MaxPressure: 1023},
		"13 bits of force": {Name: "STU-430", PID: 0xA4, MaxX: 9600, MaxY: 6000, MaxPressure: 8191, ScreenW: 320, ScreenH: 200},
	} {
		if _, err := tryOpen(t, emu.NewSTU(m, bytes.NewReader(nil)), Options{}); !errors.Is(err, model.ErrLies) {
			t.Errorf("%s: %v, want ErrLies", name, err)
		}
	}
	if _, err := tryOpen(t, emu.NewMouse(), Options{}); !errors.Is(err, model.ErrNotPad) {
		t.Errorf("a mouse: %v", err)
	}
	noise := bytes.Repeat([]byte{0xA1, 0x3C, 0x07, 0xFF, 0x5B}, 13107)
	if _, err := tryOpen(t, emu.NewPen(noise), Options{}); !errors.Is(err, model.ErrDescriptor) {
		t.Errorf("64 KiB of noise: %v", err)
	}
}

func TestStalledControl(t *testing.T) {
	g := stu430()
	o := open(t, g, Options{Encryption: Clear})
	g.SetFaults(emu.Faults{StallControl: 1})
	if _, _, err := record(t, o, 13, func() { writeStroke(g, 11) }); err != nil {
		t.Errorf("one stall ends the capture: %v", err)
	}
	g.SetFaults(emu.Faults{StallControl: 1000})
	if _, _, err := record(t, o, -1, func() {}); !errors.Is(err, wire.ErrStall) || errors.Is(err, pad.ErrGone) {
		t.Errorf("a pad that refuses everything: %v", err)
	}
	g.SetFaults(emu.Faults{})
	if _, _, err := record(t, o, 13, func() { writeStroke(g, 11) }); err != nil {
		t.Errorf("after the stalls: %v", err)
	}
}

func TestHungControl(t *testing.T) {
	g := stu430()
	o := open(t, g, Options{Encryption: Clear})
	g.SetFaults(emu.Faults{Hang: 2 * time.Second})
	o.bus.Timeout(100 * time.Millisecond)
	if _, _, err := record(t, o, -1, func() {}); !errors.Is(err, wire.ErrTimeout) {
		t.Errorf("a hung pad: %v", err)
	}
	g.SetFaults(emu.Faults{})
	o.bus.Timeout(long)
	if _, _, err := record(t, o, 13, func() { writeStroke(g, 11) }); err != nil {
		t.Errorf("after the hang: %v", err)
	}
}

// TestUnplugInAnyState: whatever the driver was doing, it ends with ErrGone.
func TestUnplugInAnyState(t *testing.T) {
	for name, unplug := range map[string]func(t *testing.T, g *emu.STU, o *opened) error{
		"before a capture": func(t *testing.T, g *emu.STU, o *opened) error {
			g.Unplug()
			_, _, err := record(t, o, -1, func() {})
			return err
		},
		"while idle in a capture": func(t *testing.T, g *emu.STU, o *opened) error {
			_, _, err := record(t, o, -1, g.Unplug)
			return err
		},
		"in a stroke": func(t *testing.T, g *emu.STU, o *opened) error {
			_, _, err := record(t, o, -1, func() { g.Pen(true, 200, 100, 100, 5); g.Unplug() })
			return err
		},
		"in a control request": func(t *testing.T, g *emu.STU, o *opened) error {
			g.SetFaults(emu.Faults{Held: model.IDOptionMode})
			done := make(chan error, 1)
			go func() {
				var c pad.Capture
				done <- c.Record(t.Context(), o.Device, nil)
			}()
			until(t, "the request", func() bool { return g.Holding() == 1 })
			g.Unplug()
			return <-done
		},
		"while showing": func(t *testing.T, g *emu.STU, o *opened) error {
			g.SetFaults(emu.Faults{Held: model.IDImageBlock})
			shown := make(chan error, 1)
			go func() { shown <- o.scr.Show(t.Context(), pattern(320, 200)) }()
			until(t, "the first block", func() bool { return g.Holding() == 1 })
			g.Unplug()
			return <-shown
		},
		"while waiting for a key": func(t *testing.T, g *emu.STU, o *opened) error {
			pressed := make(chan error, 1)
			go func() {
				_, err := o.scr.Press(t.Context())
				pressed <- err
			}()
			until(t, "the stream", func() bool {
				o.drv.mu.Lock()
				defer o.drv.mu.Unlock()
				return o.drv.run != nil
			})
			g.Unplug()
			return <-pressed
		},
	} {
		t.Run(name, func(t *testing.T) {
			g := stu430()
			o := open(t, g, Options{Encryption: Clear})
			if err := unplug(t, g, o); !errors.Is(err, pad.ErrGone) {
				t.Errorf("%v, want ErrGone", err)
			}
			if _, _, err := record(t, o, -1, func() {}); !errors.Is(err, pad.ErrGone) {
				t.Errorf("a lost pad records: %v", err)
			}
		})
	}
}

// TestDeniedNamesTheRule in both languages.
func TestDeniedNamesTheRule(t *testing.T) {
	err := opening(wire.Port{VID: 0x56a, PID: 0xa4}, wire.ErrDenied)
	if !errors.Is(err, pad.ErrDenied) || !strings.Contains(err.Error(), pad.UdevRule) || !strings.Contains(err.Error(), "规则") || !strings.Contains(err.Error(), "install-udev") {
		t.Error(err)
	}
	for from, to := range map[error]error{wire.ErrBusy: pad.ErrBusy, wire.ErrGone: pad.ErrGone, wire.ErrTimeout: wire.ErrTimeout} {
		if err := opening(wire.Port{}, from); !errors.Is(err, to) {
			t.Errorf("%v becomes %v", from, err)
		}
	}
}
