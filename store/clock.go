package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// ClockTolerance is how far the clock may be behind the last log entry before
// Ready, Reserve and File refuse: room for a time server's small steps, too
// little to pass one day off as another. Within it an entry gets the time of
// the one before. Instants are compared, so a change of zone or daylight saving
// never matters; a clock that was far ahead and is put right does.
const ClockTolerance = 2 * time.Second

// clock gives the time for what this transaction writes, not before the latest
// log entry, or ErrClock.
func (t *tx) clock() (time.Time, error) {
	h, err := t.head()
	if err != nil {
		return time.Time{}, err
	}
	now := h.stamp(t.s.now())
	if now.Before(h.Latest) {
		return now, t.ahead(h, now)
	}
	return now, nil
}

// ClockError is ErrClock with what a person needs to judge it: either the clock
// is wrong now, or it was when the entry was logged.
type ClockError struct {
	Now    time.Time // what the clock says
	Latest time.Time // the latest time in the log
	Entry  int       // which has it, from 1; 0 if it lies far back
	Action string    // of that entry
}

func (e *ClockError) Error() string {
	which := "the log"
	if e.Entry > 0 {
		which = fmt.Sprintf("entry %d (%s)", e.Entry, e.Action)
	}
	return fmt.Sprintf("%v: it says %s, %s %s", ErrClock, e.Now.Format(time.RFC3339), which,
		e.Latest.In(e.Now.Location()).Format(time.RFC3339))
}

// Unwrap gives ErrClock.
func (e *ClockError) Unwrap() error { return ErrClock }

// lookBack is how many entries are read to find the one with the latest time.
const lookBack = 2000

// ahead says which entry is later than now.
func (t *tx) ahead(h head, now time.Time) error {
	e := &ClockError{Now: now, Latest: h.Latest}
	for i := h.N - 1; i >= max(0, h.N-lookBack); i-- {
		r, err := t.record(i)
		if err != nil {
			return err
		}
		entry, err := decodeEntry(r.text)
		if err != nil {
			return err
		}
		if entry.Time.Equal(h.Latest) {
			e.Entry, e.Action = int(i)+1, entry.Action
			break
		}
	}
	return e
}

// ErrNotBehind: the clock is not behind the log, there is nothing to allow.
var ErrNotBehind = errors.New("the clock is not behind the log")

// SetBack is the action of the entry that AllowClock logs.
const SetBack = "clock set back"

// AllowClock accepts that the clock is behind the log: from here on times count
// from now. It is for entries that were logged while the clock was ahead; who
// allows it is e.Actor, proven by the caller (auth.Users.AllowClock). The entry
// names the time that was in force, for whoever reads the log: what comes after
// it may be earlier than what stands before. Errors:
// ErrNotBehind.
func (a *Audit) AllowClock(ctx context.Context, e Entry) error {
	err := a.s.update(ctx, func(t *tx) error {
		_, err := t.clock()
		var behind *ClockError
		switch {
		case err == nil:
			return ErrNotBehind
		case !errors.As(err, &behind):
			return err
		}
		e.Action = SetBack
		if _, err := t.log(e.with(SetBack, "ok", Item{}, map[string]string{
			"from": behind.Latest.Format(time.RFC3339), "to": behind.Now.Format(time.RFC3339), "entry": strconv.Itoa(behind.Entry)})); err != nil {
			return err
		}
		h, err := t.head()
		if err != nil {
			return err
		}
		h.Latest = behind.Now
		return t.putHead(h)
	})
	if err != nil {
		return fmt.Errorf("allowing the clock: %w", err)
	}
	return nil
}

// stamp takes a reading of the clock for an entry after those of h. One that is
// too far behind stands as it is: what happened must be logged with the time
// that was believed.
func (h head) stamp(now time.Time) time.Time {
	now = now.Round(0) // wall clock only: the monotonic reading means nothing on disk
	if behind := h.Latest.Sub(now); behind > 0 && behind <= ClockTolerance {
		return h.Latest.In(now.Location())
	}
	return now
}
