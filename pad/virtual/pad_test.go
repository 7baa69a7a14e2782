//go:build virtualpad

package virtual

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"moqian/pad"
	"moqian/pad/padtest"
)

func TestConformance(t *testing.T) {
	padtest.Run(t, padtest.Rig{
		Open: func(*testing.T) padtest.Pen {
			tr := Synthetic(1)
			want := slices.Clone(tr.Samples)
			p := Open(tr, Options{Fast: true, Serial: "S1"})
			return padtest.Pen{Device: p.Device, Written: p.Done(), Want: want}
		},
		Unplugged: func(*testing.T) padtest.Pen {
			p := Open(Synthetic(1), Options{Fast: true, UnplugAfter: 100})
			return padtest.Pen{Device: p.Device, Written: p.Done()}
		},
	})
}

func TestConformanceWithFaults(t *testing.T) {
	padtest.Run(t, padtest.Rig{Open: func(*testing.T) padtest.Pen {
		tr := Synthetic(2)
		for i := 100; i < 103; i++ {
			tr.Samples[i].T -= 8 * time.Millisecond // a clock that runs back
		}
		p := Open(tr, Options{Fast: true, Drop: DropRate(0.1, 7), Lag: time.Hour})
		return padtest.Pen{Device: p.Device, Written: p.Done()}
	}})
}

// play records what the pad has loaded.
func play(t *testing.T, p *Pad) ([]pad.Sample, pad.Evidence) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := p.Done()
	go func() { <-done; cancel() }()
	var c pad.Capture
	if err := c.Record(ctx, p.Device, nil); err != nil {
		t.Fatal(err)
	}
	s, ev, err := c.Take()
	if err != nil {
		t.Fatal(err)
	}
	return s, ev
}

func TestDropsAreReported(t *testing.T) {
	tr := Synthetic(3)
	want := slices.Clone(tr.Samples)
	drop := func(i int) bool { return i >= 10 && i < 13 || i == 20 }
	s, ev := play(t, Open(tr, Options{Fast: true, Drop: drop}))
	if len(s) != len(want)-4 || ev.Gaps != 2 || ev.Lost != 4 {
		t.Fatalf("%d of %d samples, %d gaps, %d lost", len(s), len(want), ev.Gaps, ev.Lost)
	}
	if s[10].Lost != 3 || s[10].X != want[13].X || s[17].Lost != 1 {
		t.Fatalf("loss stands at the wrong sample: %+v", s[8:19])
	}
	_, full := play(t, Open(Synthetic(3), Options{Fast: true}))
	if full.Reports == ev.Reports {
		t.Fatal("the digest does not see lost reports")
	}
}

func TestClockThatRunsBackIsHeld(t *testing.T) {
	tr := Synthetic(4)
	tr.Samples[50].T -= 8 * time.Millisecond
	s, ev := play(t, Open(tr, Options{Fast: true}))
	if s[50].T != s[49].T || ev.Rejected != 1 {
		t.Fatalf("T %v after %v, %d rejected; want equal and 1", s[50].T, s[49].T, ev.Rejected)
	}
}

func TestPlayedTrackIsOverwritten(t *testing.T) {
	tr := Synthetic(5)
	p := Open(tr, Options{Fast: true})
	s, _ := play(t, p)
	if len(s) == 0 || !zero(tr.Samples) {
		t.Fatal("played samples still stand in the track")
	}
	half, waiting := Synthetic(6), Synthetic(7)
	p = Open(half, Options{Fast: true})
	var c pad.Capture
	ctx, cancel := context.WithCancel(t.Context())
	n := 0
	if err := c.Record(ctx, p.Device, func(pad.Sample) {
		if n++; n == 50 {
			cancel()
		}
	}); err != nil {
		t.Fatal(err)
	}
	if !zero(half.Samples[:50]) || zero(half.Samples) {
		t.Fatal("a sample is to be overwritten when it is played, not before")
	}
	p.Load(waiting)
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if !zero(half.Samples) || !zero(waiting.Samples) {
		t.Fatal("Close left samples behind")
	}
	late := Synthetic(8)
	p.Load(late)
	if !zero(late.Samples) {
		t.Fatal("a closed pad kept a track")
	}
}

func TestLoadGivesTheNextCapture(t *testing.T) {
	p := Open(Synthetic(1), Options{Fast: true})
	first, ev1 := play(t, p)
	p.Load(Synthetic(2))
	second, ev2 := play(t, p)
	want := Synthetic(2).Samples
	if !slices.Equal(second, want) || slices.Equal(first, second) || ev1.Reports == ev2.Reports {
		t.Fatal("the second capture is not the second track")
	}
	skipped := Synthetic(3)
	p.Load(skipped)
	p.Load(Synthetic(4))
	if !zero(skipped.Samples) {
		t.Fatal("a track that never began still stands in memory")
	}
	if s, _ := play(t, p); !slices.Equal(s, Synthetic(4).Samples) {
		t.Fatal("the third capture is not the track loaded last")
	}
}

// clock moves only when somebody sleeps.
type clock struct {
	mu    sync.Mutex
	now   time.Time
	slept []time.Duration
}

func (c *clock) Now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.now }

func (c *clock) Sleep(_ context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	c.slept = append(c.slept, d)
	return nil
}

func TestPaceAndLag(t *testing.T) {
	c := &clock{now: time.Unix(1000, 0)}
	tr := Synthetic(9)
	last := tr.Samples[len(tr.Samples)-1].T
	s, ev := play(t, Open(tr, Options{Lag: 30 * time.Millisecond, Now: c.Now, Sleep: c.Sleep}))
	if got := c.Now().Sub(time.Unix(1000, 0)); got != last+30*time.Millisecond {
		t.Errorf("played in %v, want %v", got, last+30*time.Millisecond)
	}
	if c.slept[0] != 30*time.Millisecond || c.slept[1] != time.Second/synthRate {
		t.Errorf("waits begin %v", c.slept[:2])
	}
	if s[0].T != 0 || ev.First != 0 || ev.Last != last {
		t.Errorf("the lag shows in the pen's time: %v, %v to %v", s[0].T, ev.First, ev.Last)
	}
}

func TestRealClockSleepIsInterrupted(t *testing.T) {
	p := Open(Synthetic(1), Options{Lag: time.Hour})
	var c pad.Capture
	done := make(chan error)
	go func() { done <- c.Record(context.Background(), p.Device, nil) }()
	time.Sleep(5 * time.Millisecond)
	_ = p.Close()
	if err := <-done; !errors.Is(err, pad.ErrGone) {
		t.Fatalf("Record: %v, want ErrGone", err)
	}
}

func TestEmptyTrack(t *testing.T) {
	s, ev := play(t, Open(Track{}, Options{}))
	if len(s) != 0 || ev.Samples != 0 || !ev.Virtual {
		t.Fatalf("%d samples, %+v", len(s), ev)
	}
}

func zero(s []pad.Sample) bool {
	return !slices.ContainsFunc(s, func(s pad.Sample) bool { return s != (pad.Sample{}) })
}
