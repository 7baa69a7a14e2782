package store

import (
	"fmt"
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
		return now, fmt.Errorf("%w: it says %s, the log %s", ErrClock,
			now.Format(time.RFC3339), h.Latest.In(now.Location()).Format(time.RFC3339))
	}
	return now, nil
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
