package pad

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

var (
	// ErrUsed: the capture was taken or discarded already; ink is used once.
	ErrUsed = errors.New("capture was used already")
	// ErrHidden: somebody tried to serialise a capture.
	ErrHidden = errors.New("a capture cannot be serialised")
	// ErrRecording: Take or Record while a Record is running. End its context
	// and wait for it to return.
	ErrRecording = errors.New("capture is still recording")
	// ErrNothing: Take without a Record that ended well.
	ErrNothing = errors.New("nothing was captured")
)

// Capture is one customer's pen work: memory only, taken once. The zero value
// is ready. Its methods may be called from any goroutine.
type Capture struct {
	mu    sync.Mutex
	state state
	stop  context.CancelFunc // ends the Record in progress
	pen   *buffer
	ev    *Evidence
}

type state uint8

const (
	empty state = iota
	recording
	recorded
	used
)

// Record reads the device until ctx ends (nil), or it fails (ErrGone, or what
// the driver returned; what was captured is wiped). live, if not nil, sees each
// sample once, in order, in this goroutine; it must not keep it. A second
// Record on the same capture starts anew: what was recorded is wiped and the
// evidence begins again (the customer signs again). Record returns ErrUsed
// after Take and Discard, also when Discard ends a Record in progress, and
// ErrRecording when another Record is running.
func (c *Capture) Record(ctx context.Context, d *Device, live func(Sample)) error {
	return c.RecordFrom(ctx, d, nil, live)
}

// RecordFrom is Record that calls began, if not nil, once the pad listens (an
// encrypted session may take seconds to agree on) and before the first sample:
// who shows the customer where to write then knows that nothing is lost.
func (c *Capture) RecordFrom(ctx context.Context, d *Device, began func(), live func(Sample)) error {
	if d == nil || d.driver == nil {
		return ErrGone
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	if err := c.begin(stop); err != nil {
		return err
	}
	whole := false
	defer func() { c.end(whole) }()
	if e, ok := d.driver.(Ender); ok {
		defer e.End()
	}
	cal := d.calibration()
	err := c.pump(ctx, d.driver, cal, began, live)
	if err == nil || ctx.Err() != nil && ended(err) {
		ev := d.driver.Evidence()
		if cal != nil {
			ev.Calibration = cal.ID()
		}
		whole = true
		return c.keep(ev)
	}
	return fmt.Errorf("reading the pad: %w", err)
}

func ended(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// pump moves samples from the driver to the buffer until either gives up; nil
// means that the context has ended.
func (c *Capture) pump(ctx context.Context, d Driver, cal *Calibration, began func(), live func(Sample)) error {
	if err := d.Begin(ctx); err != nil {
		return err
	}
	if began != nil {
		began()
	}
	for ctx.Err() == nil {
		s, err := d.Read(ctx)
		if err != nil {
			return err
		}
		if cal != nil {
			s = cal.Apply(s)
		}
		s, ok, err := c.add(s)
		if err != nil {
			return err
		}
		if ok && live != nil {
			live(s)
		}
	}
	return nil
}

func (c *Capture) begin(stop context.CancelFunc) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch c.state {
	case used:
		return ErrUsed
	case recording:
		return ErrRecording
	}
	c.wipe()
	c.pen = newBuffer()
	c.state, c.stop = recording, stop
	return nil
}

// add checks a sample and stores it; it fails once the capture was discarded.
func (c *Capture) add(s Sample) (Sample, bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state != recording {
		return Sample{}, false, ErrUsed
	}
	return c.pen.add(s)
}

// keep closes the evidence of a capture that ended well.
func (c *Capture) keep(ev Evidence) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state != recording {
		return ErrUsed
	}
	c.pen.count(&ev)
	c.ev = &ev
	c.state = recorded
	return nil
}

// end leaves nothing behind when Record fails, or live panics.
func (c *Capture) end(whole bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stop = nil
	if whole || c.state != recording {
		return
	}
	c.wipe()
	c.state = empty
}

// Take hands the samples over, once. The caller wipes them with Wipe. A second
// Take returns ErrUsed, a Take without a Record that ended well ErrNothing, and
// a Take while Record runs ErrRecording: it does not wait.
func (c *Capture) Take() ([]Sample, Evidence, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch c.state {
	case used:
		return nil, Evidence{}, ErrUsed
	case recording:
		return nil, Evidence{}, ErrRecording
	case empty:
		return nil, Evidence{}, ErrNothing
	}
	s, ev := c.pen.give(), *c.ev
	c.pen, c.ev, c.state = nil, nil, used
	return s, ev, nil
}

// Discard wipes a capture that will not be used, and ends a Record in progress
// (which returns ErrUsed). Take then returns ErrUsed.
func (c *Capture) Discard() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wipe()
	c.state = used
	if c.stop != nil {
		c.stop()
	}
}

// wipe drops samples and evidence; c.mu is held.
func (c *Capture) wipe() {
	if c.pen != nil {
		c.pen.wipe()
	}
	c.pen, c.ev = nil, nil
}

// Wipe overwrites samples.
func Wipe(s []Sample) { clear(s) }
