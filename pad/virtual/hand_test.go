//go:build virtualpad

package virtual

import (
	"context"
	"errors"
	"testing"
	"time"

	"moqian/pad"
)

// record captures until stop, then gives what was written.
func record(t *testing.T, h *Hand, write func()) ([]pad.Sample, pad.Evidence, error) {
	t.Helper()
	var c pad.Capture
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	begun, done := make(chan struct{}), make(chan error, 1)
	first := true
	go func() {
		done <- c.Record(ctx, h.Device, func(s pad.Sample) {
			if first {
				first = false
				close(begun)
			}
			if s.P == 0.999 { // the end of what the test writes
				stop()
			}
		})
	}()
	for waiting := true; waiting; {
		h.Pen(1, 1, 0, false)
		select {
		case <-begun:
			waiting = false
		case <-time.After(time.Millisecond):
		}
	}
	write()
	if err := <-done; err != nil {
		return nil, pad.Evidence{}, err
	}
	return c.Take()
}

// A track written by hand arrives whole, in the middle of the surface, and the
// track itself is overwritten.
func TestHandPlays(t *testing.T) {
	h := OpenHand(100, 60, Options{Fast: true, Serial: "H"})
	defer h.Close()
	track := Synthetic(3)
	n := 0
	for _, s := range track.Samples {
		if s.Phase == pad.Down {
			n++
		}
	}
	got, ev, err := record(t, h, func() {
		h.Play(context.Background(), track)
		h.Pen(50, 30, 0.999, false)
	})
	if err != nil {
		t.Fatal(err)
	}
	down := 0
	for _, s := range got {
		if s.Phase != pad.Down {
			continue
		}
		down++
		if s.X < 0 || s.X > 100 || s.Y < 0 || s.Y > 60 {
			t.Fatalf("a sample beside the surface: %v, %v", s.X, s.Y)
		}
	}
	if down != n || ev.Lost != 0 || !ev.Virtual || ev.Serial != "H" {
		t.Errorf("%d of %d samples, %+v", down, n, ev)
	}
	for _, s := range track.Samples {
		if s != (pad.Sample{}) {
			t.Fatal("the track was not overwritten")
		}
	}
}

// Reports that nobody had room for are counted at the next one.
func TestHandCountsMissed(t *testing.T) {
	h := OpenHand(100, 60, Options{})
	defer h.Close()
	if err := h.d.Begin(context.Background()); err != nil {
		t.Fatal(err)
	}
	for range handQueue + 5 {
		h.Pen(1, 1, 0.5, true)
	}
	for range handQueue {
		if s, err := h.d.Read(context.Background()); err != nil || s.Lost != 0 {
			t.Fatal(s.Lost, err)
		}
	}
	h.Pen(2, 2, 0.5, true)
	if s, err := h.d.Read(context.Background()); err != nil || s.Lost != 5 {
		t.Errorf("lost %d, %v", s.Lost, err)
	}
}

func TestHandUnplugged(t *testing.T) {
	h := OpenHand(100, 60, Options{})
	_, _, err := record(t, h, h.Unplug)
	if !errors.Is(err, pad.ErrGone) {
		t.Error(err)
	}
	if err := h.d.Begin(context.Background()); !errors.Is(err, pad.ErrGone) {
		t.Error("an unplugged pad began:", err)
	}
	h.Pen(1, 1, 1, true) // nobody is hurt
}
