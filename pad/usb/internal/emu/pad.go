package emu

import (
	"encoding/binary"
	"sync"
	"time"
	"unicode/utf16"
)

// Setup is the first stage of a control transfer.
type Setup struct {
	Type, Request        byte
	Value, Index, Length uint16
}

// brain is what distinguishes one kind of pad from another. Its methods run
// under the pad's lock.
type brain interface {
	// get and set answer feature reports; false is a stall.
	get(id byte, length int) ([]byte, bool)
	set(id byte, data []byte) bool
	// out takes data for an OUT endpoint.
	out(ep byte, data []byte) bool
	// text answers a string descriptor above the usual three.
	text(index byte) ([]byte, bool)
}

// Identity is what the device descriptor says.
type Identity struct {
	VID, PID, BCD                uint16
	Maker, Product, SerialNumber string
}

// endpoint of an interface.
type endpoint struct {
	addr, attr byte
	packet     uint16
}

// function is one interface of the pad.
type function struct {
	class     byte
	endpoints []endpoint
	report    []byte // HID report descriptor
}

// fifo is how many reports a pad keeps for a host that does not read.
const fifo = 16

// Pad is an emulated device. All methods may be called from any goroutine.
type Pad struct {
	id        Identity
	functions []function

	mu     sync.Mutex // guards all below and the brain
	brain  brain
	faults Faults
	config byte
	space  *sync.Cond // signalled when the queue shrinks or the pad dies
	queue  [][]byte
	wake   chan struct{} // replaced when a report arrives
	dead   bool
	gone   chan struct{}
	sent   int
	polls  int // controls seen
	held   int // controls that wait for their release
}

// Faults a test can switch on. The zero value has none.
type Faults struct {
	// StallControl refuses this many of the next class requests.
	StallControl int
	// Hang makes each class request wait this long first.
	Hang time.Duration
	// Held is a feature report that the pad takes only once Release is closed
	// (or the cable is pulled); 0 holds none. See Pad.Holding.
	Held    byte
	Release <-chan struct{}
	// PadTo lengthens each report with zeros, as Windows does.
	PadTo int
	// Deaf: reports are dropped instead of queued, this many.
	Deaf int
}

func newPad(id Identity, fs []function) *Pad {
	p := &Pad{id: id, functions: fs, wake: make(chan struct{}), gone: make(chan struct{})}
	p.space = sync.NewCond(&p.mu)
	return p
}

// SetFaults replaces the faults.
func (p *Pad) SetFaults(f Faults) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = f
}

// Unplug kills the pad: every call from now on fails, waiting ones end.
func (p *Pad) Unplug() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.dead {
		p.dead = true
		close(p.gone)
		p.space.Broadcast()
	}
}

// Gone is closed by Unplug.
func (p *Pad) Gone() <-chan struct{} { return p.gone }

// Identity of the pad.
func (p *Pad) Identity() Identity { return p.id }

// Controls counts the class requests that the pad has seen.
func (p *Pad) Controls() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.polls
}

// push queues a report; wait says whether to wait for room. It reports whether
// the report will be read by somebody. p.mu is held.
func (p *Pad) push(b []byte, wait bool) bool {
	for wait && !p.dead && len(p.queue) >= fifo {
		p.space.Wait()
	}
	if p.dead || len(p.queue) >= fifo {
		return false
	}
	if p.faults.Deaf > 0 {
		p.faults.Deaf--
		return false
	}
	for len(b) < p.faults.PadTo {
		b = append(b, 0)
	}
	p.queue = append(p.queue, b)
	p.sent++
	close(p.wake)
	p.wake = make(chan struct{})
	return true
}

// Raw queues a report as it stands, waiting for room.
func (p *Pad) Raw(b []byte) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.push(append([]byte(nil), b...), true)
}

// Drained waits until the host has read every report, or stop is closed.
func (p *Pad) Drained(stop <-chan struct{}) bool {
	for {
		p.mu.Lock()
		n, dead := len(p.queue), p.dead
		p.mu.Unlock()
		if n == 0 || dead {
			return !dead
		}
		select {
		case <-stop:
			return false
		case <-time.After(time.Millisecond):
		}
	}
}

// Next waits for a report on the interrupt IN endpoint. ok is false when stop
// was closed or the pad is gone.
func (p *Pad) Next(stop <-chan struct{}) (b []byte, ok bool) {
	for {
		p.mu.Lock()
		if p.dead {
			p.mu.Unlock()
			return nil, false
		}
		if len(p.queue) > 0 {
			b, p.queue = p.queue[0], p.queue[1:]
			p.space.Broadcast()
			p.mu.Unlock()
			return b, true
		}
		wake := p.wake
		p.mu.Unlock()
		select {
		case <-stop:
			return nil, false
		case <-p.gone:
			return nil, false
		case <-wake:
		}
	}
}

// Out takes data on an OUT endpoint; false is a stall.
func (p *Pad) Out(ep byte, data []byte) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.dead && p.brain.out(ep, data)
}

func (p *Pad) wait(release <-chan struct{}) {
	p.mu.Lock()
	p.held++
	p.mu.Unlock()
	select {
	case <-release:
	case <-p.gone:
	}
}

// served: a held request has been worked off.
func (p *Pad) served() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.held--
}

// Holding counts the requests that were held and are not worked off yet.
func (p *Pad) Holding() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.held
}

// Control answers a control transfer on endpoint 0; false is a stall.
func (p *Pad) Control(s Setup, data []byte) ([]byte, bool) {
	if s.Type&0x60 == 0 {
		return p.standard(s)
	}
	p.mu.Lock()
	hang, hold := p.faults.Hang, p.faults.Held != 0 && s.Request == 0x09 && byte(s.Value) == p.faults.Held
	release := p.faults.Release
	p.mu.Unlock()
	if hold {
		defer p.served()
		p.wait(release)
	}
	if hang > 0 {
		select {
		case <-time.After(hang):
		case <-p.gone:
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.polls++
	if p.dead {
		return nil, false
	}
	if p.faults.StallControl > 0 {
		p.faults.StallControl--
		return nil, false
	}
	switch {
	case s.Type == 0xA1 && s.Request == 0x01 && s.Value>>8 == 3:
		return p.brain.get(byte(s.Value), int(s.Length))
	case s.Type == 0x21 && s.Request == 0x09:
		return nil, p.brain.set(byte(s.Value), data)
	case s.Type == 0x21 && s.Request == 0x0A:
		return nil, true
	}
	return nil, false
}

func (p *Pad) standard(s Setup) ([]byte, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.dead {
		return nil, false
	}
	switch s.Request {
	case 0x00:
		return []byte{0, 0}, true
	case 0x01, 0x0B:
		return nil, true
	case 0x08:
		return []byte{p.config}, true
	case 0x09:
		p.config = byte(s.Value)
		return nil, true
	case 0x06:
		b, ok := p.descriptor(byte(s.Value>>8), byte(s.Value), int(s.Index))
		return b[:min(len(b), int(s.Length))], ok
	}
	return nil, false
}

func (p *Pad) descriptor(kind, index byte, iface int) ([]byte, bool) {
	switch kind {
	case 1:
		return p.DeviceDescriptor(), true
	case 2:
		return p.ConfigDescriptor(), true
	case 3:
		return p.str(index)
	case 0x22:
		if iface < len(p.functions) && p.functions[iface].report != nil {
			return p.functions[iface].report, true
		}
	}
	return nil, false
}

// DeviceDescriptor is 18 bytes long.
func (p *Pad) DeviceDescriptor() []byte {
	b := []byte{18, 1, 0x00, 0x02, 0, 0, 0, 64, 0, 0, 0, 0, 0, 0, 1, 2, 3, 1}
	binary.LittleEndian.PutUint16(b[8:], p.id.VID)
	binary.LittleEndian.PutUint16(b[10:], p.id.PID)
	binary.LittleEndian.PutUint16(b[12:], p.id.BCD)
	return b
}

// ConfigDescriptor with all that belongs to it.
func (p *Pad) ConfigDescriptor() []byte {
	b := []byte{9, 2, 0, 0, byte(len(p.functions)), 1, 0, 0x80, 50}
	for i, f := range p.functions {
		b = append(b, 9, 4, byte(i), 0, byte(len(f.endpoints)), f.class, 0, 0, 0)
		if f.class == 3 {
			b = append(b, 9, 0x21, 0x11, 0x01, 0, 1, 0x22, byte(len(f.report)), byte(len(f.report)>>8))
		}
		for _, e := range f.endpoints {
			interval := byte(4)
			if e.attr == 2 {
				interval = 0
			}
			b = append(b, 7, 5, e.addr, e.attr, byte(e.packet), byte(e.packet>>8), interval)
		}
	}
	binary.LittleEndian.PutUint16(b[2:], uint16(len(b)))
	return b
}

func (p *Pad) str(index byte) ([]byte, bool) {
	var s string
	switch index {
	case 0:
		return []byte{4, 3, 9, 4}, true
	case 1:
		s = p.id.Maker
	case 2:
		s = p.id.Product
	case 3:
		s = p.id.SerialNumber
	default:
		return p.brain.text(index)
	}
	b := []byte{0, 3}
	for _, c := range utf16.Encode([]rune(s)) {
		b = append(b, byte(c), byte(c>>8))
	}
	b[0] = byte(len(b))
	return b, true
}
