package drive

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"math"
	"time"

	"moqian/pad"
	"moqian/pad/model"
)

var (
	// errClock and errSequence: counters that run back or stand still.
	errClock    = errors.New("the pad's clock runs back")
	errSequence = errors.New("the pad's sequence runs back")
	// ErrNonsense ends a capture that consists of refused reports.
	ErrNonsense = errors.New("pad sends nothing but unusable reports")
)

// patience is how many reports in a row may be refused.
const patience = 64

// account keeps the books of one capture: time, losses, refusals, digest.
type account struct {
	start, last time.Time // arrival of the first and of the newest report
	begun       bool
	has         model.Counter
	seq, clock  uint16
	t           time.Duration // of the newest reading
	first       time.Duration // device clock of the first
	lost        int           // before the next sample
	refused     int           // in a row
	pen         pad.Sample    // the last one handed on
	down        bool
	ev          pad.Evidence
	digest      hash.Hash
}

func newAccount(ev pad.Evidence) *account { return &account{ev: ev, digest: sha256.New()} }

// raw adds a report as it came to the digest: its length, then its bytes.
func (a *account) raw(b []byte) {
	var n [2]byte
	binary.BigEndian.PutUint16(n[:], uint16(len(b)))
	a.digest.Write(n[:])
	a.digest.Write(b)
}

// refuse counts a report that could not be used. Where nothing numbers the
// reports, it is missing from the ink and the next sample says so. The error is
// not nil when there were too many in a row.
func (a *account) refuse(cause error) error {
	a.ev.Rejected++
	if errors.Is(cause, model.ErrUnknown) || errors.Is(cause, model.ErrEmpty) {
		return nil
	}
	if a.has&model.HasSeq == 0 && !errors.Is(cause, errClock) {
		a.lost++
	}
	if a.refused++; a.refused >= patience {
		return fmt.Errorf("%w: %w", ErrNonsense, cause)
	}
	return nil
}

// take turns a reading into a sample. ok is false when there is nothing to
// hand on. An error is for refuse.
func (a *account) take(r *model.Reading, at time.Time) (s pad.Sample, ok bool, err error) {
	t, missing, err := a.step(r, at)
	if err != nil {
		return s, false, err
	}
	a.lost += missing
	a.refused = 0
	a.advance(r, at, t)
	if !r.Near {
		a.ev.OutOfRange++
		if !a.down {
			return s, false, nil
		}
		// The stroke ends where the pen was last seen: the report has no place.
		s = pad.Sample{X: a.pen.X, Y: a.pen.Y}
	} else {
		s = pad.Sample{X: r.X, Y: r.Y, P: r.P}
	}
	if r.Down {
		s.Phase = pad.Down
	}
	s.T, s.Lost, a.lost = t, a.lost, 0
	a.ev.Samples++
	a.pen, a.down = s, r.Down
	return s, true, nil
}

// step checks the counters of a reading and gives its time and the number of
// reports missing before it.
func (a *account) step(r *model.Reading, at time.Time) (t time.Duration, missing int, err error) {
	if !a.begun {
		return 0, 0, nil
	}
	if r.Has&model.HasSeq != 0 && a.has&model.HasSeq != 0 {
		d := r.Seq - a.seq
		if d == 0 || d > 0x7fff {
			return 0, 0, errSequence
		}
		missing = int(d) - 1
	}
	if r.Has&model.HasClock == 0 || a.has&model.HasClock == 0 {
		return max(at.Sub(a.start), a.t), missing, nil
	}
	// The clock wraps every 65.5 s: of all the times it can mean, the one
	// nearest to what the host measured.
	d := float64(r.Clock - a.clock)
	elapsed := float64(at.Sub(a.last)) / float64(time.Millisecond)
	d += 65536 * math.Round((elapsed-d)/65536)
	if d < 0 {
		return 0, 0, errClock
	}
	return a.t + time.Duration(d)*time.Millisecond, missing, nil
}

// advance remembers the newest reading.
func (a *account) advance(r *model.Reading, at time.Time, t time.Duration) {
	if !a.begun {
		a.begun, a.start = true, at
		if r.Has&model.HasClock != 0 {
			a.first = time.Duration(r.Clock) * time.Millisecond
		}
		a.ev.Counters = counters(r.Has)
	}
	a.last, a.t, a.has, a.seq, a.clock = at, t, r.Has, r.Seq, r.Clock
	a.ev.First, a.ev.Last = a.first, a.first+t
}

func counters(h model.Counter) string {
	switch h {
	case model.HasClock | model.HasSeq:
		return "clock+sequence"
	case model.HasClock:
		return "clock"
	case model.HasSeq:
		return "sequence"
	}
	return "none"
}

// evidence closes the books; it may be called again.
func (a *account) evidence() pad.Evidence {
	ev := a.ev
	ev.Pictures = append([]string(nil), ev.Pictures...)
	ev.Keys = append([]pad.Key(nil), ev.Keys...)
	ev.Reports = hex.EncodeToString(a.digest.Sum(nil))
	return ev
}
