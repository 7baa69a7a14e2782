//go:build hil && linux && amd64 && cgo

package hil

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	mrand "math/rand/v2"
	"os"
	"os/exec"
	"runtime"
	"testing"
	"time"

	"moqian/pad"
	"moqian/pad/model"
	"moqian/pad/usb"
	"moqian/pad/usb/internal/emu"
)

// TestGuestDetach: the kernel's driver is on the pad before, off while it is
// open, and back afterwards.
func TestGuestDetach(t *testing.T) {
	inGuest(t)
	g := emu.NewSTU(emu.Model430(), rand.Reader)
	plug(t, g, 0)
	until(t, "the kernel's driver", func() bool { return hidraws(t, 0x056A, 0xA4) == 1 })
	p := usb.New(options(g, usb.Clear))
	rows, err := p.List(t.Context())
	if err != nil || len(rows) != 1 || rows[0].State != "ready" || rows[0].Model != "STU-430" || rows[0].Serial != "5JZQS00032" {
		t.Errorf("%+v %v", rows, err)
	}
	d := opened(t, p)
	if hidraws(t, 0x056A, 0xA4) != 0 {
		t.Error("the kernel still drives the pad")
	}
	if _, err := usb.New(options(g, usb.Clear)).Open(t.Context()); !errors.Is(err, pad.ErrBusy) {
		t.Errorf("the same pad from a second context: %v", err)
	}
	if i := d.Info(); i.Width != 96 || i.Levels != 1024 || i.VID != 0x056A {
		t.Errorf("%+v", i)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	until(t, "the kernel's driver again", func() bool { return hidraws(t, 0x056A, 0xA4) == 1 })
}

// TestGuestDenied: a user without rights is told of the rule.
func TestGuestDenied(t *testing.T) {
	inGuest(t)
	if os.Getuid() != 0 {
		_, err := usb.Open(t.Context(), usb.Options{Only: only(0x056A, 0xA4)})
		if !errors.Is(err, pad.ErrDenied) || !bytes.Contains([]byte(err.Error()), []byte(pad.UdevRule)) {
			t.Fatalf("%v", err)
		}
		return
	}
	plug(t, emu.NewSTU(emu.Model430(), rand.Reader), 0)
	until(t, "the pad", func() bool { return hidraws(t, 0x056A, 0xA4) == 1 })
	cmd := exec.CommandContext(t.Context(), "/proc/self/exe", "-test.run=^TestGuestDenied$")
	cmd.SysProcAttr = asUser()
	cmd.Env = append(os.Environ(), "MOQIAN_GUEST=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestGuestNumbered: a thousand numbered reports (ten thousand in the long
// run, at 200 Hz), each read or reported as lost.
func TestGuestNumbered(t *testing.T) {
	inGuest(t)
	g, c, d := pen430(t, usb.Clear)
	n, pace := 1000, time.Duration(0)
	if os.Getenv("MOQIAN_TORTURE") != "" {
		n, pace = 10000, 5*time.Millisecond
	}
	got := record(t, d, c, func() {
		for i := range n {
			g.Pen(true, 300, uint16(i%9000), uint16(i%5000), 5)
			time.Sleep(pace)
		}
	}, n)
	if got.err != nil {
		t.Fatal(got.err)
	}
	defer pad.Wipe(got.samples)
	ev := got.ev
	if ev.Samples+ev.Lost != n || ev.Rejected != 0 || ev.Counters != "clock+sequence" {
		t.Errorf("%d samples and %d lost of %d, %d rejected, %d discarded, %d out of range", ev.Samples, ev.Lost, n, ev.Rejected, ev.Discarded, ev.OutOfRange)
	}
	t.Logf("%d samples, %d reported as lost", ev.Samples, ev.Lost)
	if now, most := c.server.Pending(); now != 0 || most < 8 {
		t.Errorf("%d transfers are still in the kernel after the capture (at most %d were)", now, most)
	}
}

// TestGuestStreamStops: the transfers come back every time, on an idle pad and
// on one whose reports go on coming while the stream is stopped.
func TestGuestStreamStops(t *testing.T) {
	inGuest(t)
	g, c, d := pen430(t, usb.Clear)
	for i := range 10 {
		if i == 5 {
			flooded := make(chan struct{})
			go func() {
				defer close(flooded)
				for g.Pen(true, 300, 1000, 1000, 5) {
					time.Sleep(time.Millisecond)
				}
			}()
			defer func() { g.Unplug(); <-flooded }()
		}
		if got := record(t, d, c, func() {}, 0); got.err != nil {
			t.Fatal(got.err)
		}
		if now, _ := c.server.Pending(); now != 0 {
			t.Fatalf("capture %d left %d transfers", i, now)
		}
	}
}

func picture(w, h int) pad.Frame {
	f := pad.Frame{W: w, H: h, Pix: make([]byte, 3*w*h)}
	for i := range w * h {
		if (i/w/7+i%w/5)%2 == 0 {
			f.Pix[3*i], f.Pix[3*i+1], f.Pix[3*i+2] = 0xff, 0xff, 0xff
		}
	}
	return f
}

// TestGuestPictures: by feature reports on a 430, through the bulk pipe on a
// 540.
func TestGuestPictures(t *testing.T) {
	inGuest(t)
	for i, m := range []emu.Model{emu.Model430(), emu.Model540()} {
		g := emu.NewSTU(m, rand.Reader)
		c := plug(t, g, i)
		d := opened(t, usb.New(options(g, usb.Clear)))
		s, ok := d.Display()
		if !ok {
			t.Fatal("no display")
		}
		w, h := s.Size()
		f := picture(w, h)
		if err := s.Show(t.Context(), f); err != nil {
			t.Fatalf("%s: %v", m.Name, err)
		}
		if got, n := g.Screen(); n != 1 || !bytes.Equal(got, f.Pix) {
			t.Errorf("%s shows something else", m.Name)
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
		c.unplug()
	}
}

// TestGuestEncryption: both agreements, and the pad's reports under them.
func TestGuestEncryption(t *testing.T) {
	inGuest(t)
	for i, m := range []emu.Model{emu.Model430(), emu.Model520A()} {
		g := emu.NewSTU(m, rand.Reader)
		c := plug(t, g, i)
		d := opened(t, usb.New(options(g, usb.Require)))
		got := record(t, d, c, func() {
			for range 100 {
				g.Pen(true, 300, 1000, 1000, 5)
			}
		}, 100)
		if got.err != nil || got.ev.Session == "" || got.ev.Rejected != 0 || got.ev.Samples+got.ev.Lost < 100 {
			t.Errorf("%s: %v %+v", m.Name, got.err, got.ev)
		}
		if on, _ := g.Capturing(); on {
			t.Errorf("%s: the session goes on", m.Name)
		}
		pad.Wipe(got.samples)
		if err := d.Close(); err != nil {
			t.Error(err)
		}
		c.unplug()
	}
}

// TestGuestWrongSession: foreign blocks are refused and counted; a clear report
// ends the capture.
func TestGuestWrongSession(t *testing.T) {
	inGuest(t)
	g, c, d := pen430(t, usb.Require)
	got := record(t, d, c, func() {
		for i := range 20 {
			if i == 10 {
				g.SetPenFaults(emu.PenFaults{WrongSession: 3})
			}
			g.Pen(true, 300, 1000, 1000, 5)
		}
	}, 20)
	if got.err != nil || got.ev.Rejected != 3 || got.ev.Lost < 3 {
		t.Errorf("%v %+v", got.err, got.ev)
	}
	pad.Wipe(got.samples)
	got = record(t, d, c, func() {
		g.Pen(true, 300, 1000, 1000, 5)
		g.SetPenFaults(emu.PenFaults{Clear: 1})
		g.Pen(true, 300, 1000, 1000, 5)
	}, -1)
	if !errors.Is(got.err, model.ErrClear) {
		t.Errorf("a clear report: %v", got.err)
	}
}

// TestGuestControlFaults: a stalled and a hung pad give clear errors, and work
// again afterwards.
func TestGuestControlFaults(t *testing.T) {
	inGuest(t)
	g, c, d := pen430(t, usb.Clear)
	for _, f := range []emu.Faults{{StallControl: 1 << 20}, {Hang: 3 * time.Second}} {
		g.SetFaults(f)
		got := record(t, d, c, func() {}, 0)
		if got.err == nil || errors.Is(got.err, pad.ErrGone) {
			t.Errorf("faults %+v: %v", f, got.err)
		}
		t.Log(got.err)
		g.SetFaults(emu.Faults{})
		time.Sleep(f.Hang)
	}
	got := record(t, d, c, func() {
		for range 10 {
			g.Pen(true, 300, 1000, 1000, 5)
		}
	}, 10)
	if got.err != nil {
		t.Errorf("after the faults: %v", got.err)
	}
	pad.Wipe(got.samples)
}

// TestGuestOddReports: padded as Windows does it, empty, short, unknown.
func TestGuestOddReports(t *testing.T) {
	inGuest(t)
	g, c, d := pen430(t, usb.Clear)
	g.SetFaults(emu.Faults{PadTo: 64})
	got := record(t, d, c, func() {
		for i := range 20 {
			if i == 10 {
				g.SetFaults(emu.Faults{})
				for _, b := range [][]byte{{}, {0x34}, {0xB1, 1, 2}} {
					g.Raw(b)
				}
			}
			g.Pen(true, 300, 1000, 1000, 5)
		}
	}, 20)
	if got.err != nil || got.ev.Rejected != 3 || got.ev.Samples+got.ev.Lost != 20 {
		t.Errorf("%v %+v", got.err, got.ev)
	}
	pad.Wipe(got.samples)
}

// TestGuestUnplugs pulls the cable at random moments of a stroke; the same Pads
// picks up the next one.
func TestGuestUnplugs(t *testing.T) {
	inGuest(t)
	rounds := 10
	if os.Getenv("MOQIAN_TORTURE") != "" {
		rounds = 100
	}
	r := mrand.New(mrand.NewPCG(3, 3))
	sample := emu.NewSTU(emu.Model430(), rand.Reader)
	p := usb.New(options(sample, usb.Clear))
	var goroutines, files int
	for i := range rounds {
		g := emu.NewSTU(emu.Model430(), rand.Reader)
		c := plug(t, g, i%8)
		d := opened(t, p)
		stop := make(chan struct{})
		got := record(t, d, c, func() {
			go func() {
				defer close(stop)
				for g.Pen(true, 300, 1000, 1000, 5) {
					time.Sleep(5 * time.Millisecond)
				}
			}()
			time.Sleep(time.Duration(r.IntN(60)) * time.Millisecond)
			c.unplug()
		}, -1)
		if !errors.Is(got.err, pad.ErrGone) {
			t.Fatalf("unplug %d: %v", i, got.err)
		}
		g.Unplug()
		<-stop
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		if i == 2 {
			goroutines, files = runtime.NumGoroutine(), openFiles(t)
		}
	}
	until(t, "the end of all goroutines and files", func() bool {
		return runtime.NumGoroutine() <= goroutines+2 && openFiles(t) <= files+2
	})
	t.Logf("%d unplugs seen", rounds)
}

func openFiles(t *testing.T) int {
	t.Helper()
	l, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(l)
}

// TestGuestPens: a pen that describes itself to the kernel, and a tablet that
// is woken through its OUT endpoint.
func TestGuestPens(t *testing.T) {
	inGuest(t)
	pen := emu.NewPen(nil)
	pens := plug(t, pen, 0)
	until(t, "the kernel's driver", func() bool { return hidraws(t, 0x1209, 1) == 1 })
	d := opened(t, usb.New(options(pen, usb.Clear)))
	got := record(t, d, pens, func() {
		for range 50 {
			pen.Pen(true, true, 2000, 15600, 8700)
		}
	}, 50)
	if got.err != nil || len(got.samples) != 50 || got.samples[0].X != 78 {
		t.Errorf("%v %+v", got.err, got.ev)
	}
	pad.Wipe(got.samples)
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	tablet := emu.NewTablet(true)
	c := plug(t, tablet, 1)
	d = opened(t, usb.New(options(tablet, usb.Clear)))
	got = record(t, d, c, func() {
		for range 50 {
			tablet.Pen(true, true, 4000, 16000, 10000)
		}
	}, 50)
	if got.err != nil || len(got.samples) != 50 || !tablet.Awake() {
		t.Errorf("%v %+v", got.err, got.ev)
	}
	pad.Wipe(got.samples)
	pens.unplug()
	until(t, "the end of the pen", func() bool { return hidraws(t, 0x1209, 1) == 0 && len(listed(t)) == 0 })
	plug(t, emu.NewMouse(), 2)
	until(t, "the kernel's driver", func() bool { return hidraws(t, 0x1209, 1) == 1 })
	if _, err := usb.New(usb.Options{Only: only(0x1209, 1)}).Open(t.Context()); !errors.Is(err, pad.ErrNone) {
		t.Errorf("a mouse: %v", err)
	}
	if hidraws(t, 0x1209, 1) != 1 {
		t.Error("the mouse was taken from the kernel, only to look at it")
	}
}

// listed are the pens that describe themselves.
func listed(t *testing.T) []usb.Row {
	rows, err := usb.New(usb.Options{Only: only(0x1209, 1)}).List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// TestGuestQEMUTablet: a device that we did not write. The host moves its pen.
func TestGuestQEMUTablet(t *testing.T) {
	inGuest(t)
	p := usb.New(usb.Options{Only: only(0x056A, 0), Poll: 20 * time.Millisecond})
	d := opened(t, p)
	ctx, stop := context.WithTimeout(t.Context(), long)
	defer stop()
	var k pad.Capture
	down, hover := 0, 0
	err := k.Record(ctx, d, func(s pad.Sample) {
		if s.Phase == pad.Down {
			down++
		} else {
			hover++
		}
		if s.X < 0 || s.X > d.Info().Width || s.P != 0 {
			t.Errorf("sample off the tablet")
		}
		if down >= 10 && hover >= 5 {
			stop()
		}
	})
	k.Discard()
	if err != nil || down < 10 || hover < 5 {
		t.Errorf("%v: %d touching and %d hovering samples", err, down, hover)
	}
	fmt.Println("QEMU's tablet:", down, "touching", hover, "hovering")
}
