package pad

import (
	"errors"
	"math"
	"time"
)

const (
	// startSamples is room for 20 s at 200 Hz without growing.
	startSamples = 1 << 12
	// maxSamples ends a capture that nobody ends: 87 min at 200 Hz, 50 MB.
	maxSamples = 1 << 20
)

var errTooLong = errors.New("capture is too long")

// buffer holds the samples of one capture. It never drops an array that it has
// not overwritten. The second pointer is for package fmt: it follows one pointer
// to complain about a verb that does not fit, and never two.
type buffer struct{ *pen }

type pen struct {
	s        []Sample
	missing  int // rejected readings directly before the next one
	rejected int
}

func newBuffer() *buffer { return &buffer{&pen{s: make([]Sample, 0, startSamples)}} }

// add stores a reading, mended where a driver broke its promise: a time that
// runs back is held at the last one, and a position that is no number is left
// out and counted as lost before the next. Each counts as rejected.
func (b *buffer) add(s Sample) (Sample, bool, error) {
	if len(b.s) >= maxSamples {
		return Sample{}, false, errTooLong
	}
	if !finite(s.X) || !finite(s.Y) || !finite(s.P) {
		b.rejected++
		b.missing += 1 + max(s.Lost, 0)
		return Sample{}, false, nil
	}
	if last := b.last(); s.T < last {
		s.T = last
		b.rejected++
	}
	s.P = min(max(s.P, 0), 1)
	s.Lost = max(s.Lost, 0) + b.missing
	b.missing = 0
	b.grow()
	b.s = append(b.s, s)
	return s, true, nil
}

func (b *buffer) grow() {
	if len(b.s) < cap(b.s) {
		return
	}
	bigger := make([]Sample, len(b.s), 2*cap(b.s))
	copy(bigger, b.s)
	Wipe(b.s)
	b.s = bigger
}

// count fills in what only the capture knows.
func (b *buffer) count(ev *Evidence) {
	ev.Samples, ev.Gaps, ev.Lost = len(b.s), 0, 0
	for i := range b.s {
		if n := b.s[i].Lost; n > 0 {
			ev.Gaps++
			ev.Lost += n
		}
	}
	ev.Rejected += b.rejected
}

// give hands the array over; the buffer keeps nothing of it.
func (b *buffer) give() []Sample {
	s := b.s[:len(b.s):len(b.s)]
	b.s = nil
	return s
}

func (b *buffer) wipe() { Wipe(b.s[:cap(b.s)]) }

func (b *buffer) last() (t time.Duration) {
	if n := len(b.s); n > 0 {
		t = b.s[n-1].T
	}
	return t
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
