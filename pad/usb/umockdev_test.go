//go:build cgo && linux

package usb

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"moqian/pad"
	"moqian/pad/usb/internal/drive"
	"moqian/pad/usb/internal/emu"
	"moqian/pad/usb/internal/soft"
	"moqian/pad/usb/internal/wire"
)

const (
	mockReports = 300
	long        = time.Minute
)

var mockOptions = Options{Encryption: Clear, NoDetach: true, Settle: -1, Poll: time.Millisecond}

// recorded lets the driver talk to an emulated STU-430 and keeps what passed:
// rounds captures of reports, each ended by an unplugging when unplug is set.
func recorded(t *testing.T, rounds, reports int, unplug bool) (*capture, *emu.STU) {
	t.Helper()
	c := newCapture()
	soft := soft.NewBus()
	var g *emu.STU
	for range rounds {
		g = emu.NewSTU(emu.Model430(), rand.Reader)
		soft.Plug(g)
		start := func() (wire.Bus, error) { return recorder{soft, c}, nil }
		d, err := drive.First(t.Context(), start, mockOptions.drive())
		if err != nil {
			t.Fatal(err)
		}
		capturing(t, d, g, reports, unplug)
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		g.Unplug()
	}
	return c, g
}

// capturing records so many reports of a pad that writes them.
func capturing(t *testing.T, d *pad.Device, g *emu.STU, reports int, unplug bool) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var k pad.Capture
	n, done := 0, make(chan error, 1)
	go func() {
		done <- k.Record(ctx, d, func(pad.Sample) {
			if n++; n == reports && !unplug {
				stop()
			}
		})
	}()
	for {
		if _, option := g.Capturing(); option == 3 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	for i := range reports {
		g.Pen(true, 300, uint16(10*i%9000), uint16(7*i%5000), 5)
	}
	if unplug {
		g.Drained(ctx.Done())
		g.Unplug()
	}
	if err := <-done; (err != nil) != unplug {
		t.Fatal(err)
	}
	k.Discard()
}

// TestPlayedCapture: gousb and libusb enumerate, claim, control, stream and
// cancel, and every report arrives.
func TestPlayedCapture(t *testing.T) {
	c, g := recorded(t, 1, mockReports, false)
	out := underMock(t, "TestInsideCapture", deviceFile(g.DeviceDescriptor(), g.ConfigDescriptor()), c)
	if !strings.Contains(out, fmt.Sprintf("samples %d gaps 0", mockReports)) {
		t.Errorf("unexpected result:\n%s", out)
	}
}

func TestInsideCapture(t *testing.T) {
	inside(t)
	d, err := Open(t.Context(), mockOptions)
	if err != nil {
		t.Fatal(err)
	}
	if i := d.Info(); i.Model != "STU-430" || i.Serial != "5JZQS00032" || i.Width != 96 {
		t.Errorf("%+v", i)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var k pad.Capture
	n := 0
	err = k.Record(ctx, d, func(pad.Sample) {
		if n++; n == mockReports {
			stop()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	s, ev, err := k.Take()
	if err != nil {
		t.Fatal(err)
	}
	defer pad.Wipe(s)
	fmt.Printf("samples %d gaps %d\n", ev.Samples, ev.Gaps)
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}

// unplugRounds: many in the long run.
func unplugRounds() int {
	if os.Getenv("MOQIAN_TORTURE") != "" {
		return 1000
	}
	return 20
}

// TestPlayedUnplugs: each of many unpluggings in the middle of a capture is
// seen, and the pad that is there afterwards is opened by the same Pads.
func TestPlayedUnplugs(t *testing.T) {
	c, g := recorded(t, unplugRounds(), 12, true)
	out := underMock(t, "TestInsideUnplugs", deviceFile(g.DeviceDescriptor(), g.ConfigDescriptor()), c)
	if !strings.Contains(out, fmt.Sprintf("unplugs %d", unplugRounds())) {
		t.Errorf("unexpected result:\n%s", out)
	}
}

func TestInsideUnplugs(t *testing.T) {
	inside(t)
	p := New(mockOptions)
	var goroutines, files int
	n := unplugRounds()
	for i := range n {
		ctx, stop := context.WithTimeout(t.Context(), long)
		d, err := p.Next(ctx)
		stop()
		if err != nil {
			t.Fatalf("pad %d: %v (%v)", i, err, p.Why())
		}
		var k pad.Capture
		if err := k.Record(t.Context(), d, nil); !errors.Is(err, pad.ErrGone) {
			t.Fatalf("unplug %d: %v", i, err)
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		if i == 2 {
			goroutines, files = runtime.NumGoroutine(), openFiles(t)
		}
	}
	var g, f int
	for end := time.Now().Add(long); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if g, f = runtime.NumGoroutine(), openFiles(t); g <= goroutines+2 && f <= files+2 {
			break
		}
	}
	if g > goroutines+2 || f > files+2 {
		t.Errorf("after %d unplugs: %d goroutines, %d files; after 3: %d and %d", n, g, f, goroutines, files)
	}
	fmt.Printf("unplugs %d\n", n)
}

func openFiles(t *testing.T) int {
	t.Helper()
	l, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(l)
}

// TestNobodyThere: without a pad each call says so.
func TestNobodyThere(t *testing.T) {
	p := New(Options{Poll: time.Millisecond})
	rows, err := p.List(t.Context())
	if errors.Is(err, ErrNoUSB) {
		t.Skipf("NOT TESTED: libusb does not start here: %v", err)
	}
	if err != nil || len(rows) != 0 && rows[0].Model == "" {
		t.Fatalf("%+v %v", rows, err)
	}
	if len(rows) > 0 {
		t.Skip("NOT TESTED: a pad is plugged in")
	}
	if _, err := p.Open(t.Context()); !errors.Is(err, pad.ErrNone) {
		t.Errorf("Open: %v", err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer stop()
	if _, err := p.Next(ctx); !errors.Is(err, context.DeadlineExceeded) || !errors.Is(p.Why(), pad.ErrNone) {
		t.Errorf("Next: %v, why: %v", err, p.Why())
	}
	if p.refs != 0 || p.bus != nil {
		t.Errorf("the bus is still open %d times", p.refs)
	}
}
