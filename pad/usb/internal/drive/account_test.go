package drive

import (
	"errors"
	"testing"
	"time"

	"moqian/pad"
	"moqian/pad/model"
)

// step is one report for the books.
type step struct {
	near, down bool
	clock, seq uint16
	after      time.Duration // host time since the report before
}

func both(clock, seq uint16, after time.Duration) step { return step{true, true, clock, seq, after} }

// keep runs steps through an account.
func keep(has model.Counter, steps ...step) (*account, []pad.Sample, []error) {
	a := newAccount(pad.Evidence{})
	at := time.Unix(1000, 0)
	var out []pad.Sample
	var errs []error
	for _, s := range steps {
		at = at.Add(s.after)
		r := model.Reading{X: 1, Y: 2, P: 0.5, Near: s.near, Down: s.down, Clock: s.clock, Seq: s.seq, Has: has}
		if !s.near {
			r = model.Reading{Clock: s.clock, Seq: s.seq, Has: has}
		}
		got, ok, err := a.take(&r, at)
		if err != nil {
			errs = append(errs, err)
			_ = a.refuse(err)
			continue
		}
		if ok {
			out = append(out, got)
		}
	}
	return a, out, errs
}

const all = model.HasClock | model.HasSeq

func TestSequence(t *testing.T) {
	ms := 5 * time.Millisecond
	for _, c := range []struct {
		name  string
		steps []step
		lost  []int
		err   error
	}{
		{"complete", []step{both(0, 7, ms), both(5, 8, ms), both(10, 9, ms)}, []int{0, 0, 0}, nil},
		{"one lost", []step{both(0, 7, ms), both(10, 9, ms)}, []int{0, 1}, nil},
		{"many lost", []step{both(0, 7, ms), both(100, 107, 100*ms)}, []int{0, 99}, nil},
		{"wraps", []step{both(65533, 65534, ms), both(2, 65535, ms), both(7, 0, ms), both(12, 1, ms)}, []int{0, 0, 0, 0}, nil},
		{"lost over the wrap", []step{both(0, 65534, ms), both(5, 1, ms)}, []int{0, 2}, nil},
		{"repeated", []step{both(0, 7, ms), both(0, 7, ms), both(5, 8, ms)}, []int{0, 0}, errSequence},
		{"runs back", []step{both(0, 7, ms), both(5, 3, ms), both(5, 8, ms)}, []int{0, 0}, errSequence},
		{"clock runs back", []step{both(100, 7, ms), both(90, 8, ms), both(105, 9, ms)}, []int{0, 1}, errClock},
	} {
		_, s, errs := keep(all, c.steps...)
		if len(s) != len(c.lost) {
			t.Errorf("%s: %d samples, want %d", c.name, len(s), len(c.lost))
			continue
		}
		for i := range s {
			if s[i].Lost != c.lost[i] {
				t.Errorf("%s: sample %d has lost %d, want %d", c.name, i, s[i].Lost, c.lost[i])
			}
			if i > 0 && s[i].T < s[i-1].T {
				t.Errorf("%s: time runs back", c.name)
			}
		}
		if (c.err == nil) != (len(errs) == 0) || c.err != nil && !errors.Is(errs[0], c.err) {
			t.Errorf("%s: errors %v", c.name, errs)
		}
	}
}

// TestClockWraps: 65.5 s of the pad's clock are told from nothing by the
// host's.
func TestClockWraps(t *testing.T) {
	_, s, errs := keep(all, both(65530, 1, 0), both(4, 2, 10*time.Millisecond), both(5, 3, 65537*time.Millisecond), both(20005, 4, 20*time.Second))
	if len(errs) != 0 || len(s) != 4 {
		t.Fatalf("%d samples, %v", len(s), errs)
	}
	for i, want := range []time.Duration{0, 10, 65547, 85547} {
		if s[i].T != want*time.Millisecond {
			t.Errorf("sample %d at %v, want %v", i, s[i].T, want*time.Millisecond)
		}
	}
}

func TestOutOfRangeEndsTheStroke(t *testing.T) {
	ms := 5 * time.Millisecond
	a, s, _ := keep(all, both(0, 1, ms), both(5, 2, ms), step{false, false, 10, 3, ms}, step{false, false, 15, 4, ms}, both(20, 5, ms))
	if len(s) != 4 || s[2].Phase != pad.Hover || s[2].X != 1 || s[2].Y != 2 || s[2].P != 0 || s[3].Phase != pad.Down {
		t.Errorf("%+v", s)
	}
	if a.ev.OutOfRange != 2 || a.ev.Counters != "clock+sequence" || s[3].Lost != 0 {
		t.Errorf("evidence %+v, lost %d", a.ev, s[3].Lost)
	}
	_, s, _ = keep(all, step{false, false, 0, 1, ms}, both(5, 2, ms))
	if len(s) != 1 {
		t.Errorf("a pen that was never near gave %d samples", len(s))
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		has   model.Counter
		cause error
		lost  int
	}{{0, model.ErrRange, 1}, {0, model.ErrShort, 1}, {all, model.ErrRange, 0}, {0, model.ErrUnknown, 0}, {0, model.ErrEmpty, 0}, {model.HasClock, errClock, 0}} {
		a := newAccount(pad.Evidence{})
		a.has = c.has
		if err := a.refuse(c.cause); err != nil || a.lost != c.lost || a.ev.Rejected != 1 {
			t.Errorf("%v: %v lost %d rejected %d", c.cause, err, a.lost, a.ev.Rejected)
		}
	}
	a := newAccount(pad.Evidence{})
	for i := range patience {
		err := a.refuse(model.ErrRange)
		if (err != nil) != (i == patience-1) {
			t.Fatalf("refusal %d: %v", i, err)
		}
		if err != nil && (!errors.Is(err, ErrNonsense) || !errors.Is(err, model.ErrRange)) {
			t.Error(err)
		}
	}
	for range 1000 {
		if err := a.refuse(model.ErrUnknown); err != nil {
			t.Fatal("reports of other kinds end the capture")
		}
	}
}

func TestHostClock(t *testing.T) {
	ms := time.Millisecond
	_, s, _ := keep(0, both(0, 0, 0), both(0, 0, 7*ms), both(0, 0, 3*ms))
	if s[1].T != 7*ms || s[2].T != 10*ms {
		t.Errorf("%+v", s)
	}
}

// TestDigest: order and borders of the reports count.
func TestDigest(t *testing.T) {
	sum := func(reports ...string) string {
		a := newAccount(pad.Evidence{})
		for _, r := range reports {
			a.raw([]byte(r))
		}
		return a.evidence().Reports
	}
	if sum("ab", "c") == sum("a", "bc") || sum("a", "b") == sum("b", "a") || sum("a") != sum("a") {
		t.Error("the digest does not tell reports apart")
	}
}
