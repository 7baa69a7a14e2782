package drive

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"runtime"
	"testing"
	"time"

	"moqian/pad"
	"moqian/pad/usb/internal/emu"
	"moqian/pad/usb/internal/soft"
)

func newTestBus(t testing.TB) *soft.Bus {
	bus := soft.NewBus()
	t.Cleanup(func() { noLeak(t, bus) })
	return bus
}

// torture says how often: the small number in a normal run, the large one when
// the long tests were asked for.
func torture(small, large int) int {
	if os.Getenv("MOQIAN_TORTURE") != "" {
		return large
	}
	return small
}

// TestUnplugs: the cable is pulled at a random moment of a stroke, again and
// again. Every one is seen, the next pad is picked up by the same watcher, and
// nothing is left behind.
func TestUnplugs(t *testing.T) {
	bus := newTestBus(t)
	w := NewWatcher(startBus(bus), Options{Poll: time.Millisecond, Encryption: Clear, Settle: -1})
	r := rand.New(rand.NewPCG(7, 7))
	before := runtime.NumGoroutine()
	for i := range torture(100, 1000) {
		g := stu430()
		bus.Plug(g)
		d, err := w.Next(t.Context())
		if err != nil {
			t.Fatalf("pad %d: %v", i, err)
		}
		done := make(chan error, 1)
		go func() {
			var c pad.Capture
			done <- c.Record(context.Background(), d, nil)
		}()
		reports := r.IntN(60)
		for range reports {
			g.Pen(true, 200, 100, 100, 5)
		}
		g.Unplug()
		select {
		case err = <-done:
		case <-time.After(long):
			t.Fatalf("unplug %d was not seen", i)
		}
		if !errors.Is(err, pad.ErrGone) {
			t.Fatalf("unplug %d: %v", i, err)
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		noLeak(t, bus)
	}
	goroutines(t, before)
}

// TestStreamStops: after every capture the stream is down and its transfers
// are back, though the pad stays plugged in and goes on reporting.
func TestStreamStops(t *testing.T) {
	g := stu430()
	o := open(t, g, Options{Encryption: Clear})
	before := runtime.NumGoroutine()
	for range 50 {
		s, _, err := record(t, o, 5, func() {
			for range 8 {
				g.Pen(true, 200, 100, 100, 5)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		pad.Wipe(s)
		if _, st := o.bus.Leaks(); st != 0 {
			t.Fatalf("%d streams run on after the capture", st)
		}
	}
	goroutines(t, before)
}

// TestNumbered sends numbered reports as fast as they are read and misses none;
// the long run sends them at 200 Hz.
func TestNumbered(t *testing.T) {
	g := stu430()
	o := open(t, g, Options{Encryption: Clear})
	n := torture(1000, 10000)
	s, ev, err := record(t, o, n, func() {
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for i := range n {
			if n > 1000 {
				<-tick.C
			}
			g.Pen(true, 200, uint16(i%9000), uint16(i%5000), 5)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	defer pad.Wipe(s)
	if len(s) != n || ev.Gaps != 0 || ev.Lost != 0 || ev.Rejected != 0 || ev.Samples != n {
		t.Errorf("%d samples of %d, %+v", len(s), n, ev)
	}
	for i := range s {
		if s[i].T != time.Duration(i)*5*time.Millisecond {
			t.Fatalf("sample %d at %v", i, s[i].T)
		}
	}
}

// BenchmarkReportToCallback is the way of one report from the software cable
// to the function that draws it.
func BenchmarkReportToCallback(b *testing.B) {
	for name, opt := range map[string]Options{"clear": {Encryption: Clear}, "encrypted": {Encryption: Require}} {
		b.Run(name, func(b *testing.B) { reportToCallback(b, opt) })
	}
}

func reportToCallback(b *testing.B, opt Options) {
	g := emu.NewSTU(emu.Model430(), cryptoRandom())
	o := open(b, g, opt)
	ctx, stop := context.WithCancel(b.Context())
	got := make(chan time.Time, 1)
	done := make(chan error, 1)
	go func() {
		var c pad.Capture
		done <- c.Record(ctx, o.Device, func(pad.Sample) { got <- time.Now() })
		c.Discard()
	}()
	until(b, "the capture", o.hears)
	var took []float64
	for b.Loop() {
		start := time.Now()
		g.Pen(true, 200, 100, 100, 5)
		took = append(took, float64((<-got).Sub(start)))
	}
	stop()
	<-done
	b.ReportMetric(middle(took)/1000, "median-µs")
}
