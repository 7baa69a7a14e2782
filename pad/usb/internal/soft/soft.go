// Package soft is the software transport: it fills the wire seam with pads
// made of software, in this process, without a USB stack. Tests plug and
// unplug what they like. Start with [NewBus]; [Bus.Plug] takes any [Gadget].
//
// It counts what a real stack would leak: open transports and running streams.
package soft

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"moqian/pad/usb/internal/emu"
	"moqian/pad/usb/internal/wire"
)

// Gadget is the device's end of the cable; every emu pad is one.
type Gadget interface {
	Identity() emu.Identity
	Control(s emu.Setup, data []byte) ([]byte, bool)
	Out(ep byte, data []byte) bool
	Next(stop <-chan struct{}) ([]byte, bool)
	Gone() <-chan struct{}
	ConfigDescriptor() []byte
}

// controlTimeout is generous: a pad of software is only late where the machine
// is.
const controlTimeout = 20 * time.Second

// Bus is a bus of software. Its methods may be called from any goroutine.
type Bus struct {
	mu        sync.Mutex
	plugged   []*socket
	n         int
	refuse    error
	timeout   time.Duration
	transport int
	streams   int
}

type socket struct {
	path string
	g    Gadget
	held bool
}

// NewBus makes an empty bus.
func NewBus() *Bus { return &Bus{timeout: controlTimeout} }

// Timeout bounds control requests from now on; short for a pad that hangs.
func (b *Bus) Timeout(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.timeout = d
}

func (b *Bus) patience() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.timeout
}

// Plug connects a pad. It stays listed until its Gone channel is closed.
func (b *Bus) Plug(g Gadget) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.n++
	b.plugged = append(b.plugged, &socket{path: fmt.Sprintf("soft-%d", b.n), g: g})
}

// Refuse makes every Open fail with this error until it is nil again.
func (b *Bus) Refuse(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refuse = err
}

// Leaks counts what was opened and not closed: transports and streams.
func (b *Bus) Leaks() (transports, streams int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.transport, b.streams
}

// Ports lists what is plugged in.
func (b *Bus) Ports(context.Context) ([]wire.Port, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.plugged = slices.DeleteFunc(b.plugged, func(s *socket) bool {
		select {
		case <-s.g.Gone():
			return true
		default:
			return false
		}
	})
	var out []wire.Port
	for _, s := range b.plugged {
		id := s.g.Identity()
		out = append(out, wire.Port{Path: s.path, VID: id.VID, PID: id.PID, BCD: id.BCD, HID: true})
	}
	return out, nil
}

// Open claims a pad.
func (b *Bus) Open(_ context.Context, p wire.Port) (wire.Transport, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.refuse != nil {
		return nil, b.refuse
	}
	for _, s := range b.plugged {
		if s.path != p.Path {
			continue
		}
		if s.held {
			return nil, wire.ErrBusy
		}
		s.held = true
		b.transport++
		return newTransport(b, s), nil
	}
	return nil, wire.ErrGone
}

// Close does nothing: a bus of software holds nothing.
func (b *Bus) Close() error { return nil }
