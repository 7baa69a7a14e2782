package soft

import (
	"context"
	"sync"
	"time"

	"moqian/pad/usb/internal/emu"
	"moqian/pad/usb/internal/wire"
)

// transport drives one gadget.
type transport struct {
	bus *Bus
	s   *socket

	once    sync.Once
	closed  chan struct{}
	control sync.Mutex     // one control transfer at a time, as on endpoint 0
	late    sync.WaitGroup // transfers that timed out and are still in the pad
}

func newTransport(b *Bus, s *socket) *transport {
	return &transport{bus: b, s: s, closed: make(chan struct{})}
}

func (t *transport) gone() bool {
	select {
	case <-t.s.g.Gone():
		return true
	case <-t.closed:
		return true
	default:
		return false
	}
}

type answer struct {
	b  []byte
	ok bool
}

// ask runs one control transfer with the time-out of a real one.
func (t *transport) ask(s emu.Setup, data []byte) ([]byte, error) {
	t.control.Lock()
	defer t.control.Unlock()
	if t.gone() {
		return nil, wire.ErrGone
	}
	done := make(chan answer, 1)
	t.late.Add(1)
	go func() {
		defer t.late.Done()
		b, ok := t.s.g.Control(s, data)
		done <- answer{b, ok}
	}()
	timeout := time.NewTimer(t.bus.patience())
	defer timeout.Stop()
	select {
	case a := <-done:
		switch {
		case t.gone():
			return nil, wire.ErrGone
		case !a.ok:
			return nil, wire.ErrStall
		}
		return a.b, nil
	case <-t.s.g.Gone():
		return nil, wire.ErrGone
	case <-timeout.C:
		return nil, wire.ErrTimeout
	}
}

func (t *transport) GetFeature(b []byte) (int, error) {
	got, err := t.ask(emu.Setup{Type: 0xA1, Request: 1, Value: 0x0300 | uint16(b[0]), Length: uint16(len(b))}, nil)
	return copy(b, got), err
}

func (t *transport) SetFeature(b []byte) error {
	own := append([]byte(nil), b...)
	_, err := t.ask(emu.Setup{Type: 0x21, Request: 9, Value: 0x0300 | uint16(b[0]), Length: uint16(len(b))}, own)
	return err
}

func (t *transport) String(index int) ([]byte, error) {
	return t.ask(emu.Setup{Type: 0x80, Request: 6, Value: 0x0300 | uint16(index), Index: 0x0409, Length: 255}, nil)
}

func (t *transport) Descriptor() ([]byte, error) {
	return t.ask(emu.Setup{Type: 0x81, Request: 6, Value: 0x2200, Length: 0xffff}, nil)
}

func (t *transport) Alive() error {
	_, err := t.ask(emu.Setup{Type: 0x80, Request: 6, Value: 0x0100, Length: 18}, nil)
	return err
}

func (t *transport) Serial() string { return t.s.g.Identity().SerialNumber }

// HasBulk looks for a bulk OUT endpoint in the descriptors.
func (t *transport) HasBulk() bool {
	c := t.s.g.ConfigDescriptor()
	for i := 0; i+6 < len(c); i += max(int(c[i]), 1) {
		if c[i+1] == 5 && c[i+2]&0x80 == 0 && c[i+3]&3 == 2 {
			return true
		}
	}
	return false
}

func (t *transport) Bulk(ctx context.Context, b []byte) error { return t.send(ctx, 2, b) }

func (t *transport) Interrupt(ctx context.Context, b []byte) error { return t.send(ctx, 3, b) }

func (t *transport) send(ctx context.Context, ep byte, b []byte) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case t.gone():
		return wire.ErrGone
	case !t.s.g.Out(ep, b):
		return wire.ErrStall
	}
	return nil
}

func (t *transport) Stream(int) (wire.Stream, error) {
	if t.gone() {
		return nil, wire.ErrGone
	}
	t.bus.mu.Lock()
	t.bus.streams++
	t.bus.mu.Unlock()
	return &stream{t: t, stop: make(chan struct{})}, nil
}

func (t *transport) Close() error {
	t.once.Do(func() {
		close(t.closed)
		t.late.Wait()
		t.bus.mu.Lock()
		defer t.bus.mu.Unlock()
		t.s.held = false
		t.bus.transport--
	})
	return nil
}

// stream counts as running until its reader has seen the error.
type stream struct {
	t     *transport
	once  sync.Once
	stop  chan struct{}
	ended bool
}

func (s *stream) Read(b []byte) (int, error) {
	if s.ended {
		return 0, wire.ErrClosed
	}
	got, ok := s.t.s.g.Next(s.stop)
	if ok {
		return copy(b, got), nil
	}
	s.ended = true
	s.t.bus.mu.Lock()
	s.t.bus.streams--
	s.t.bus.mu.Unlock()
	select {
	case <-s.stop:
		return 0, wire.ErrClosed
	default:
		return 0, wire.ErrGone
	}
}

func (s *stream) Stop() { s.once.Do(func() { close(s.stop) }) }
