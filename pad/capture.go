package pad

import (
	"context"
	"errors"
)

var (
	// ErrUsed: the capture was taken already; ink is used once.
	ErrUsed = errors.New("capture was taken already")
	// ErrHidden: somebody tried to serialise or print a capture.
	ErrHidden = errors.New("a capture cannot be serialised")
)

// Capture is one customer's pen work: memory only, taken once.
type Capture struct{}

// Record reads the device until ctx ends (nil), or it fails (ErrGone). live,
// if not nil, sees each sample once, in order, in this goroutine; it must not
// keep it. A second Record on the same capture starts anew: what was recorded
// is wiped (the customer signs again).
func (c *Capture) Record(ctx context.Context, d *Device, live func(Sample)) error { panic("seam") }

// Take hands the samples over, once. The caller wipes them with Wipe. A second
// Take returns ErrUsed.
func (c *Capture) Take() ([]Sample, Evidence, error) { panic("seam") }

// Discard wipes a capture that will not be used. Take then returns ErrUsed.
func (c *Capture) Discard() { panic("seam") }

// Wipe overwrites samples.
func Wipe(s []Sample) { clear(s) }
