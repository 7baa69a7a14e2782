package pad

import (
	"context"
	"errors"
	"math"
	"sync"
	"testing"
)

func TestCaptureIsUsedOnce(t *testing.T) {
	var c Capture
	if _, _, err := c.Take(); !errors.Is(err, ErrNothing) {
		t.Fatalf("Take before Record: %v, want ErrNothing", err)
	}
	f := &fake{script: line(10)}
	if err := record(&c, f); err != nil {
		t.Fatal(err)
	}
	s, ev, err := c.Take()
	if err != nil || len(s) != 10 || s[9].X != 10 {
		t.Fatalf("Take: %d samples, %v", len(s), err)
	}
	if ev.Samples != 10 || ev.Model != "fake" || ev.Reports != "digest" || ev.Rejected != 2 {
		t.Fatalf("evidence %+v", ev)
	}
	if _, _, err := c.Take(); !errors.Is(err, ErrUsed) {
		t.Fatalf("second Take: %v, want ErrUsed", err)
	}
	if err := record(&c, f); !errors.Is(err, ErrUsed) {
		t.Fatalf("Record after Take: %v, want ErrUsed", err)
	}
}

func TestLiveSeesEverySampleOnce(t *testing.T) {
	f := &fake{script: line(50), ended: make(chan struct{})}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var seen []Sample
	var c Capture
	err := c.Record(ctx, device(f), func(s Sample) {
		seen = append(seen, s)
		if len(seen) == 50 {
			cancel()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	s, _, _ := c.Take()
	for i := range s {
		if s[i] != seen[i] {
			t.Fatalf("sample %d: kept %v, live %v", i, s[i], seen[i])
		}
	}
	if len(s) != 50 || len(seen) != 50 {
		t.Fatalf("kept %d, live %d, want 50", len(s), len(seen))
	}
}

func TestRecordAgainStartsAnew(t *testing.T) {
	var c Capture
	first := line(20)
	first[3].Lost = 4
	if err := record(&c, &fake{script: first}); err != nil {
		t.Fatal(err)
	}
	old := c.pen.s
	if err := record(&c, &fake{script: line(5)}); err != nil {
		t.Fatal(err)
	}
	wantZero(t, "samples of the first attempt", old)
	s, ev, err := c.Take()
	if err != nil || len(s) != 5 || ev.Samples != 5 || ev.Lost != 0 || ev.Gaps != 0 {
		t.Fatalf("%d samples, evidence %+v, %v", len(s), ev, err)
	}
}

func TestEvidenceCountsGaps(t *testing.T) {
	s := line(10)
	s[2].Lost, s[7].Lost = 3, 1
	var c Capture
	if err := record(&c, &fake{script: s}); err != nil {
		t.Fatal(err)
	}
	if _, ev, _ := c.Take(); ev.Gaps != 2 || ev.Lost != 4 {
		t.Fatalf("gaps %d lost %d, want 2 and 4", ev.Gaps, ev.Lost)
	}
}

func TestBrokenReadingsAreMended(t *testing.T) {
	s := line(6)
	s[2].T = 0           // runs back
	s[3].X = math.NaN()  // no position
	s[4].Y = math.Inf(1) // no position
	s[5].P = 7
	s[5].Lost = -3
	var c Capture
	if err := record(&c, &fake{script: s}); err != nil {
		t.Fatal(err)
	}
	got, ev, _ := c.Take()
	if len(got) != 4 || ev.Rejected != 2+3 {
		t.Fatalf("%d samples, %d rejected; want 4 and 5", len(got), ev.Rejected)
	}
	if got[2].T != got[1].T {
		t.Errorf("time ran back: %v after %v", got[2].T, got[1].T)
	}
	if got[3].Lost != 2 || got[3].P != 1 {
		t.Errorf("last sample %+v: want Lost 2 and P 1", got[3])
	}
}

func TestFailureWipes(t *testing.T) {
	f := &fake{script: line(startSamples + 5), err: ErrGone}
	var c Capture
	var held *buffer
	err := c.Record(context.Background(), device(f), func(Sample) { held = c.pen })
	if !errors.Is(err, ErrGone) {
		t.Fatalf("Record: %v, want ErrGone", err)
	}
	wantZero(t, "samples of a lost pad", held.s)
	if _, _, err := c.Take(); !errors.Is(err, ErrNothing) {
		t.Fatalf("Take after a lost pad: %v, want ErrNothing", err)
	}
	if err := record(&c, &fake{script: line(3)}); err != nil {
		t.Fatalf("Record on the next pad: %v", err)
	}
}

func TestPanicInLiveWipes(t *testing.T) {
	var c Capture
	var held *buffer
	func() {
		defer func() { _ = recover() }()
		_ = c.Record(context.Background(), device(&fake{script: line(3)}), func(Sample) {
			held = c.pen
			panic("screen failed")
		})
	}()
	wantZero(t, "samples after a panic", held.s)
	if _, _, err := c.Take(); !errors.Is(err, ErrNothing) {
		t.Fatalf("Take: %v, want ErrNothing", err)
	}
}

func TestGrowingLeavesNoCopy(t *testing.T) {
	b := newBuffer()
	var arrays [][]Sample
	for _, s := range line(4*startSamples + 1) {
		if len(b.s) == cap(b.s) {
			arrays = append(arrays, b.s)
		}
		if _, _, err := b.add(s); err != nil {
			t.Fatal(err)
		}
	}
	if len(arrays) != 3 {
		t.Fatalf("grew %d times, want 3", len(arrays))
	}
	for _, a := range arrays {
		wantZero(t, "outgrown array", a)
	}
	if b.s[4*startSamples].X != 4*startSamples+1 || b.s[0].X != 1 {
		t.Fatal("samples changed while growing")
	}
}

func TestTakeLeavesNothingAndWipeOverwrites(t *testing.T) {
	var c Capture
	if err := record(&c, &fake{script: line(100)}); err != nil {
		t.Fatal(err)
	}
	whole := c.pen.s[:cap(c.pen.s)]
	s, _, _ := c.Take()
	if c.pen != nil {
		t.Fatal("the capture still holds its buffer")
	}
	if cap(s) != len(s) {
		t.Fatal("an append by the caller would write behind the samples")
	}
	Wipe(s)
	wantZero(t, "taken samples", whole)
}

func TestDiscardEndsARecord(t *testing.T) {
	var c Capture
	f := &fake{script: line(5), ended: make(chan struct{})}
	done := make(chan error)
	go func() { done <- c.Record(context.Background(), device(f), nil) }()
	<-f.ended
	held := c.pen.s
	if _, _, err := c.Take(); !errors.Is(err, ErrRecording) {
		t.Errorf("Take while recording: %v, want ErrRecording", err)
	}
	if err := c.Record(context.Background(), device(f), nil); !errors.Is(err, ErrRecording) {
		t.Errorf("Record while recording: %v, want ErrRecording", err)
	}
	c.Discard()
	if err := <-done; !errors.Is(err, ErrUsed) {
		t.Errorf("discarded Record: %v, want ErrUsed", err)
	}
	wantZero(t, "discarded samples", held)
	if _, _, err := c.Take(); !errors.Is(err, ErrUsed) {
		t.Errorf("Take after Discard: %v, want ErrUsed", err)
	}
}

func TestCaptureWithoutEnd(t *testing.T) {
	b := newBuffer()
	for i := 0; ; i++ {
		if _, _, err := b.add(Sample{}); err != nil {
			if i != maxSamples {
				t.Fatalf("stopped at %d, want %d", i, maxSamples)
			}
			return
		}
	}
}

// late is a context whose deadline passes when the test says so.
type late struct {
	context.Context
	once sync.Once
	done chan struct{}
}

func (l *late) pass() { l.once.Do(func() { close(l.done) }) }

func (l *late) Done() <-chan struct{} { return l.done }

func (l *late) Err() error {
	select {
	case <-l.done:
		return context.DeadlineExceeded
	default:
		return nil
	}
}

func TestDeadlineIsAnEnd(t *testing.T) {
	ctx := &late{Context: context.Background(), done: make(chan struct{})}
	var c Capture
	n := 0
	if err := c.Record(ctx, device(&fake{script: line(3)}), func(Sample) {
		if n++; n == 3 {
			ctx.pass()
		}
	}); err != nil {
		t.Fatal(err)
	}
	if s, _, err := c.Take(); err != nil || len(s) != 3 {
		t.Fatalf("%d samples, %v", len(s), err)
	}
}

// TestRace is worth its time under -race: everybody calls everything.
func TestRace(t *testing.T) {
	for range 20 {
		var c Capture
		var wg sync.WaitGroup
		ctx, cancel := context.WithCancel(context.Background())
		wg.Go(func() { _ = c.Record(ctx, device(&fake{script: line(2000)}), func(Sample) {}) })
		wg.Go(func() {
			for range 50 {
				s, _, _ := c.Take()
				Wipe(s)
			}
		})
		wg.Go(func() { cancel() })
		wg.Go(func() { _ = c.String(); c.Discard() })
		wg.Wait()
		if _, _, err := c.Take(); !errors.Is(err, ErrUsed) {
			t.Fatalf("Take at the end: %v, want ErrUsed", err)
		}
	}
}

func TestZeroDeviceIsGone(t *testing.T) {
	var c Capture
	if err := c.Record(context.Background(), new(Device), nil); !errors.Is(err, ErrGone) {
		t.Fatalf("Record: %v, want ErrGone", err)
	}
	d := new(Device)
	if _, ok := d.Display(); ok || d.Close() != nil || d.Info() != (Info{}) {
		t.Fatal("the zero Device is something")
	}
}

func wantZero(t *testing.T, what string, s []Sample) {
	t.Helper()
	if len(s) == 0 {
		t.Fatalf("%s: nothing to look at", what)
	}
	for i := range s {
		if s[i] != (Sample{}) {
			t.Fatalf("%s: sample %d still stands in memory", what, i)
		}
	}
}
