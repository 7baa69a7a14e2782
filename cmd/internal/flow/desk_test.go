//go:build virtualpad

package flow_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"moqian/cmd/internal/config"
	"moqian/cmd/internal/flow"
	"moqian/cmd/internal/machinekey"
	"moqian/cmd/internal/station"
	"moqian/cmd/internal/trial"
	"moqian/pad"
	"moqian/pad/virtual"
	"moqian/store/auth"
)

// rig is a whole trial workstation in a folder of its own.
type rig struct {
	*station.Station
	desk  *flow.Desk
	clock *clock
}

// clock is the time of day with a shift that tests turn.
type clock struct {
	mu    sync.Mutex
	shift time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.shift)
}

func (c *clock) turn(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.shift += d
}

func newRig(tb testing.TB, change func(*config.Site)) *rig {
	tb.Helper()
	ctx, dir, c := context.Background(), tb.TempDir(), &clock{}
	site, err := trial.Prepare(dir, time.Now())
	if err != nil {
		tb.Fatal(err)
	}
	if change != nil {
		change(&site)
	}
	st, err := station.Open(ctx, station.Options{Dir: dir, Site: site, Trial: true, MachineKey: machinekey.Keeper{Holders: []machinekey.Holder{machinekey.File{}}}.MachineKey,
		Factor: auth.Trial{}, Cost: trial.Cost(), Now: c.now})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := st.Close(); err != nil {
			tb.Error(err)
		}
	})
	if err := trial.Accounts(ctx, st.Users); err != nil {
		tb.Fatal(err)
	}
	key, err := st.OpenKey([]byte(trial.PIN))
	if err != nil {
		tb.Fatal(err)
	}
	desk, err := st.Desk(ctx, key)
	if err != nil {
		tb.Fatal(err)
	}
	return &rig{st, desk, c}
}

// screen notes what it is told.
type screen struct {
	mu      sync.Mutex
	views   []flow.View
	samples int
	cleared int
}

func (s *screen) Show(v flow.View) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.views = append(s.views, v)
}

func (s *screen) Sample(pad.Sample) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.samples++
}

func (s *screen) Clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cleared++
}

func (r *rig) begin(tb testing.TB, code string, sc flow.Screen) *flow.Session {
	tb.Helper()
	s, err := r.desk.Begin("t0001", code, sc)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// examples of a type with changes, field and value in turn.
func (r *rig) examples(tb testing.TB, code string, change ...string) map[string]string {
	tb.Helper()
	t, ok := r.desk.Type(code)
	if !ok {
		tb.Fatalf("no type %s", code)
	}
	in := t.Examples()
	for i := 0; i < len(change); i += 2 {
		in[change[i]] = change[i+1]
	}
	return in
}

// toSign leads a session up to the box.
func (r *rig) toSign(tb testing.TB, s *flow.Session, in map[string]string) {
	tb.Helper()
	ctx := context.Background()
	problems, err := s.Enter(ctx, in)
	if err != nil || len(problems) > 0 {
		tb.Fatal(problems, err)
	}
	if s.Step() == flow.Approval {
		if err := s.Approve(ctx, "s0001", []byte(trial.Password), trial.Code); err != nil {
			tb.Fatal(err)
		}
	}
	for s.Step() == flow.Confirm {
		if err := s.ConfirmPage(); err != nil {
			tb.Fatal(err)
		}
	}
	if s.Step() != flow.Sign {
		tb.Fatalf("at step %d", s.Step())
	}
}

// write lets the software pad play into an open box.
func write(tb testing.TB, p *virtual.Pad, box *flow.Box) error {
	tb.Helper()
	done := p.Done()
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	go func() {
		select {
		case <-done:
			stop()
		case <-ctx.Done():
		}
	}()
	return box.Record(ctx)
}

func fast(seed uint64) *virtual.Pad {
	return virtual.Open(virtual.Synthetic(seed), virtual.Options{Fast: true, Serial: "T"})
}

// sign signs for one signer with a pad of its own.
func (r *rig) sign(tb testing.TB, s *flow.Session, seed uint64) *flow.Result {
	tb.Helper()
	p := fast(seed)
	defer p.Close()
	box, err := s.Open(context.Background(), p.Device)
	if err != nil {
		tb.Fatal(err)
	}
	if err := write(tb, p, box); err != nil {
		tb.Fatal(err)
	}
	res, err := box.Accept(context.Background())
	if err != nil {
		tb.Fatal(err)
	}
	return res
}

func wantErr(tb testing.TB, err, want error) {
	tb.Helper()
	if !errors.Is(err, want) {
		tb.Errorf("error %v, want %v", err, want)
	}
}
