package drive

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"moqian/pad"
	"moqian/pad/internal"
	"moqian/pad/model"
	"moqian/pad/padtest"
	"moqian/pad/usb/internal/emu"
	"moqian/pad/usb/internal/soft"
	"moqian/pad/usb/internal/wire"
)

// long is for waits that only a hung test ever sees the end of.
const long = 30 * time.Second

// opened is a device with both its ends.
type opened struct {
	*pad.Device
	drv *driver
	scr *screened // nil without a screen
	bus *soft.Bus
}

// open plugs a pad in and opens it. At the end of the test nothing may leak.
func open(t testing.TB, g soft.Gadget, opt Options) *opened {
	t.Helper()
	o, err := tryOpen(t, g, opt)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func tryOpen(t testing.TB, g soft.Gadget, opt Options) (*opened, error) {
	t.Helper()
	bus := soft.NewBus()
	bus.Plug(g)
	ports, err := bus.Ports(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	tr, err := bus.Open(t.Context(), ports[0])
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { noLeak(t, bus) })
	if opt.Settle == 0 {
		opt.Settle = -1
	}
	b, err := build(t.Context(), tr, ports[0], opt.withDefaults())
	if err != nil {
		return nil, errors.Join(err, tr.Close())
	}
	o := &opened{Device: pad.New(internal.Seal[pad.Driver](b)), drv: b.core(), bus: bus}
	o.scr, _ = b.(*screened)
	t.Cleanup(func() { _ = o.Close() })
	return o, nil
}

func noLeak(t testing.TB, bus *soft.Bus) {
	t.Helper()
	if tr, st := bus.Leaks(); tr != 0 || st != 0 {
		t.Errorf("%d transports and %d streams were left open", tr, st)
	}
}

// seen waits until the driver has handed n samples to the queue and the
// capture has taken them.
func (o *opened) seen(t testing.TB, n int) {
	t.Helper()
	until(t, "the samples", func() bool { return o.has(n) })
}

func (o *opened) has(n int) bool {
	o.drv.mu.Lock()
	defer o.drv.mu.Unlock()
	return o.drv.acc.ev.Samples >= n && len(o.drv.queue) == 0
}

// hears: the driver takes reports.
func (o *opened) hears() bool {
	o.drv.mu.Lock()
	defer o.drv.mu.Unlock()
	return o.drv.listen && o.drv.run != nil && !time.Now().Before(o.drv.from)
}

// waitFor polls until ok or stop.
func waitFor(stop <-chan struct{}, ok func() bool) bool {
	for !ok() {
		select {
		case <-stop:
			return false
		case <-time.After(time.Millisecond):
		}
	}
	return true
}

func until(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(long); !ok(); {
		if time.Now().After(end) {
			t.Fatalf("%s did not come", what)
		}
		time.Sleep(time.Millisecond)
	}
}

// record runs write while a capture listens and gives what it holds. n is how
// many samples to wait for.
func record(t testing.TB, o *opened, n int, write func()) ([]pad.Sample, pad.Evidence, error) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var c pad.Capture
	done := make(chan error, 1)
	go func() { done <- c.Record(ctx, o.Device, nil) }()
	var early error
	until(t, "the capture", func() bool {
		select {
		case early = <-done:
			return true
		default:
			return o.hears()
		}
	})
	if early != nil {
		return nil, pad.Evidence{}, early
	}
	write()
	if n >= 0 {
		o.seen(t, n)
		stop()
	}
	select {
	case err := <-done:
		if err != nil {
			return nil, pad.Evidence{}, err
		}
	case <-time.After(long):
		t.Fatal("Record does not return")
	}
	return c.Take()
}

func stu430() *emu.STU { return emu.NewSTU(emu.Model430(), rand.Reader) }

// writeStroke draws n touching reports and lifts, in a pad's counts.
func writeStroke(s *emu.STU, n int) {
	s.Pen(true, 0, 1000, 1000, 5)
	for i := range n {
		s.Pen(true, 300, uint16(1000+10*i%5000), 1200, 5)
	}
	s.Pen(true, 0, 1100, 1000, 5)
	s.Pen(false, 0, 0, 0, 50)
}

// conformance makes the rig of the house's suite for an emulated STU.
func conformance(m emu.Model, opt Options) padtest.Rig {
	return padtest.Rig{
		Open:      func(t *testing.T) padtest.Pen { return scripted(t, m, opt, false) },
		Unplugged: func(t *testing.T) padtest.Pen { return scripted(t, m, opt, true) },
	}
}

func scripted(t *testing.T, m emu.Model, opt Options, unplug bool) padtest.Pen {
	g := emu.NewSTU(m, rand.Reader)
	o := open(t, g, opt)
	written := make(chan struct{})
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		defer close(written)
		if !waitFor(g.Gone(), o.hears) {
			return
		}
		for i := range 40 {
			g.Pen(true, uint16(20+10*i), uint16(100*i), uint16(50*i), 5)
			if unplug && i == 20 {
				g.Drained(nil)
				g.Unplug()
				return
			}
		}
		g.Pen(false, 0, 0, 0, 5)
		waitFor(g.Gone(), func() bool { return o.has(41) })
	}()
	t.Cleanup(func() { g.Unplug(); wg.Wait() })
	p := padtest.Pen{Device: o.Device, Written: written}
	if opt.Encryption == Clear {
		p.Want = wanted(m)
	}
	return p
}

func wanted(m emu.Model) (want []pad.Sample) {
	s := model.Capability{MaxX: int(m.MaxX), MaxY: int(m.MaxY), PerInch: 2540}.Surface()
	for i := range 40 {
		w := pad.Sample{T: time.Duration(i) * 5 * time.Millisecond, X: float64(100*i) * s.Width / float64(m.MaxX),
			Y: float64(50*i) * s.Height / float64(m.MaxY), P: float64(20+10*i) / float64(m.MaxPressure)}
		if i > 0 {
			w.Phase = pad.Down
		}
		want = append(want, w)
	}
	last := want[39]
	return append(want, pad.Sample{T: last.T + 5*time.Millisecond, X: last.X, Y: last.Y})
}

func TestConformance(t *testing.T) {
	t.Run("clear", func(t *testing.T) { padtest.Run(t, conformance(emu.Model430(), Options{Encryption: Clear})) })
	t.Run("encrypted v2", func(t *testing.T) { padtest.Run(t, conformance(emu.Model430(), Options{Encryption: Require})) })
	t.Run("old", func(t *testing.T) { padtest.Run(t, conformance(emu.Model520A(), Options{Encryption: Clear})) })
}

// goroutines waits for the count to come down to what it was.
func goroutines(t testing.TB, before int) {
	t.Helper()
	until(t, "the end of all goroutines", func() bool { return runtime.NumGoroutine() <= before })
}

func startBus(bus wire.Bus) func() (wire.Bus, error) {
	return func() (wire.Bus, error) { return bus, nil }
}

func cryptoRandom() io.Reader { return rand.Reader }

func middle(v []float64) float64 {
	slices.Sort(v)
	return v[len(v)/2]
}
