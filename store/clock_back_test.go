package store

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// One entry of a clock that ran ahead: the error names it, and a logged word lets
// the work go on at once, not a day later.
func TestAllowClock(t *testing.T) {
	clock := newClock()
	dir := t.TempDir()
	s := open(t, dir, clock.now)
	right := clock.t
	file(t, s, document(1, 100))
	wantErr(t, "a clock that is right", s.Audit().AllowClock(ctx, Entry{Actor: "s0001"}), ErrNotBehind)

	clock.t = right.Add(25 * time.Hour)
	if err := s.Audit().Append(ctx, Entry{Actor: "t0001", Action: "login", Outcome: "ok"}); err != nil {
		t.Fatal(err)
	}
	ahead := clock.t
	clock.t = right.Add(time.Minute)
	if err := s.Audit().Append(ctx, Entry{Actor: "t0001", Action: "logout", Outcome: "ok"}); err != nil {
		t.Fatal(err)
	}
	all, err := s.Audit().All(ctx)
	if err != nil {
		t.Fatal(err)
	}
	n := len(all)
	err = s.Ready(ctx)
	wantErr(t, "Ready", err, ErrClock)
	var behind *ClockError
	if !errors.As(err, &behind) || behind.Entry != n-1 || behind.Action != "login" || !behind.Latest.Equal(ahead) || !behind.Now.Equal(clock.t) {
		t.Fatalf("it does not name the entry: %+v", behind)
	}

	if err := s.Audit().AllowClock(ctx, Entry{Actor: "s0001"}); err != nil {
		t.Fatal(err)
	}
	all, err = s.Audit().All(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if e := all[n]; e.Action != SetBack || e.Actor != "s0001" || !e.Time.Equal(clock.t) || e.Detail["from"] != ahead.Format(time.RFC3339) {
		t.Errorf("logged %+v", e)
	}
	verify(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir, clock.now)
	if err := s.Ready(ctx); err != nil {
		t.Errorf("after it: %v", err)
	}
	file(t, s, document(2, 100))
	clock.t = right
	if err := s.Ready(ctx); !errors.Is(err, ErrClock) || !strings.Contains(err.Error(), "entry") {
		t.Errorf("a clock set back again: %v", err)
	}
}
