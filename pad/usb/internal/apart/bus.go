package apart

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"moqian/pad/usb/internal/wire"
)

// Bus has some pads on it; it fills the driver's seam.
type Bus struct {
	mu   sync.Mutex
	pads []*Pad
	open int
}

// NewBus plugs pads in.
func NewBus(pads ...*Pad) *Bus { return &Bus{pads: pads} }

// Ports lists what is plugged in.
func (b *Bus) Ports(ctx context.Context) ([]wire.Port, error) {
	var all []wire.Port
	for i, p := range b.pads {
		p.mu.Lock()
		if !p.gone {
			all = append(all, wire.Port{Path: fmt.Sprintf("1-%d", i+1), VID: VID, PID: p.model.PID, BCD: p.model.BCD, HID: true})
		}
		p.mu.Unlock()
	}
	return all, ctx.Err()
}

// Open claims a pad.
func (b *Bus) Open(ctx context.Context, port wire.Port) (wire.Transport, error) {
	for i, p := range b.pads {
		if port.Path != fmt.Sprintf("1-%d", i+1) {
			continue
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.gone {
			return nil, wire.ErrGone
		}
		if p.claimed {
			return nil, wire.ErrBusy
		}
		p.claimed = true
		b.count(1)
		return &cable{bus: b, pad: p}, ctx.Err()
	}
	return nil, wire.ErrGone
}

func (b *Bus) count(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.open += n
}

// Close fails while a transport is open.
func (b *Bus) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.open != 0 {
		return errors.New("apart: bus is closed before its transports")
	}
	return nil
}

// cable is an open pad.
type cable struct {
	bus    *Bus
	pad    *Pad
	closed bool
}

func (c *cable) GetFeature(b []byte) (int, error) { return c.pad.get(b) }
func (c *cable) SetFeature(b []byte) error        { return c.pad.set(b) }
func (c *cable) String(int) ([]byte, error)       { return nil, c.or(wire.ErrStall) }
func (c *cable) Descriptor() ([]byte, error)      { return c.pad.model.descriptor(), c.or(nil) }
func (c *cable) HasBulk() bool                    { return c.pad.model.Bulk }
func (c *cable) Alive() error                     { return c.or(nil) }
func (c *cable) Serial() string                   { return "" }

// or is ErrGone when the pad is gone, else err.
func (c *cable) or(err error) error {
	c.pad.mu.Lock()
	defer c.pad.mu.Unlock()
	if c.pad.gone {
		return wire.ErrGone
	}
	return err
}

func (c *cable) Bulk(ctx context.Context, b []byte) error {
	c.pad.mu.Lock()
	defer c.pad.mu.Unlock()
	if c.pad.gone {
		return wire.ErrGone
	}
	if !c.pad.model.Bulk {
		return wire.ErrStall
	}
	c.pad.bulkWrite(b)
	return ctx.Err()
}

// Interrupt: these pads have neither the endpoint nor output reports.
func (c *cable) Interrupt(context.Context, []byte) error { return c.or(wire.ErrStall) }

func (c *cable) Stream(size int) (wire.Stream, error) {
	p := c.pad
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.gone {
		return nil, wire.ErrGone
	}
	if p.pen.stream != nil {
		return nil, errors.New("apart: a second stream")
	}
	p.pen.stream = &stream{pad: p, size: size}
	return p.pen.stream, nil
}

func (c *cable) Close() error {
	p := c.pad
	p.mu.Lock()
	defer p.mu.Unlock()
	if c.closed {
		return nil
	}
	c.closed, p.claimed = true, false
	if p.pen.stream != nil {
		p.pen.stream.stopped = true
	}
	p.wake.Broadcast()
	c.bus.count(-1)
	return nil
}

// stream hands on what the pen wrote.
type stream struct {
	pad     *Pad
	size    int
	stopped bool
	err     error
}

func (s *stream) Read(b []byte) (int, error) {
	p := s.pad
	p.mu.Lock()
	defer p.mu.Unlock()
	for s.err == nil {
		switch {
		case p.gone:
			return 0, s.end(wire.ErrGone)
		case s.stopped:
			return 0, s.end(wire.ErrClosed)
		case len(p.pen.queue) > 0:
			return s.next(b)
		case p.crypt.cState == calculating && p.crypt.finish():
			p.announce()
		default:
			p.wake.Wait()
		}
	}
	return 0, s.err
}

// next hands on the first item; a report that does not fit ends the stream.
func (s *stream) next(b []byte) (int, error) {
	p := s.pad
	it := p.pen.queue[0]
	p.pen.queue = p.pen.queue[1:]
	if it.pull {
		p.leave()
		return 0, s.end(wire.ErrGone)
	}
	if len(it.report) > len(b) || len(it.report) > s.size {
		return 0, s.end(errors.New("apart: report overflows the transfer"))
	}
	p.pen.sent = append(p.pen.sent, it.report)
	return copy(b, it.report), nil
}

func (s *stream) end(err error) error {
	s.err = err
	s.pad.pen.stream = nil
	return err
}

func (s *stream) Stop() {
	s.pad.mu.Lock()
	defer s.pad.mu.Unlock()
	s.stopped = true
	s.pad.wake.Broadcast()
}
