package apart

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"sync"

	"moqian/pad/usb/internal/wire"
)

// Results of a command (section 1.7).
const (
	okay       = 0x00
	wrongID    = 0x01
	wrongState = 0x02
	badParam   = 0x04
	badCoding  = 0x10
	tooLong    = 0x11
	badZlib    = 0x12
	badArea    = 0x15
)

// Pad is an emulated pad. Its methods may be called from any goroutine.
type Pad struct {
	model Model

	mu      sync.Mutex
	wake    *sync.Cond
	gone    bool
	claimed bool

	state   state
	pending *change
	result  byte
	lag     int // status reads that a change takes
	values  map[byte][]byte
	fails   map[byte]byte // planted results
	pullAt  byte          // the cable is pulled at this set
	upload  upload
	screen  []byte
	codings []byte
	crypt   crypt
	pen     pen

	complaints []string
}

// change is a state that is on its way.
type change struct {
	to    state
	reads int
	done  func() byte
}

// New makes a pad as it is after power-on.
func New(m Model) *Pad {
	p := &Pad{model: m, lag: 2, fails: map[byte]byte{}, screen: make([]byte, 3*m.Width*m.Height)}
	p.wake = sync.NewCond(&p.mu)
	p.crypt.random = rand.NewChaCha8([32]byte{'a', 'p', 'a', 'r', 't'})
	p.crypt.lengths = m.Lengths
	p.values = map[byte][]byte{
		0x0a: binary.BigEndian.AppendUint32(nil, m.UID),
		0x0c: {1, 0}, 0x0d: {200}, 0x0e: {0},
		0x29: {0xff, 0xff}, 0x2b: {3, 0}, 0x2e: {0xff, 0xff, 0xff}, 0x2f: {0},
	}
	p.reset()
	return p
}

// reset restores what a soft reset restores; the flash stays.
func (p *Pad) reset() {
	whole := rect{0, 0, p.model.Width - 1, p.model.Height - 1}
	p.state, p.pending = ready, nil
	p.values[0x21] = []byte{1}
	p.values[0x22] = []byte{21, 0, 16, 0}
	p.values[0x28] = []byte{0, 0, 1}
	p.values[0x2a] = whole.bytes()
	p.values[0x2d] = []byte{0, 0, 0, 1}
	p.values[0x32] = []byte{0}
	p.values[0x93] = make([]byte, 12)
	p.crypt.forget()
	p.crypt.session = 0
	p.upload = upload{}
	p.fill(whole)
}

// get answers a get of a feature.
func (p *Pad) get(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.gone {
		return 0, wire.ErrGone
	}
	if len(b) == 0 {
		return 0, wire.ErrStall
	}
	r, known := p.model.report(b[0])
	if !known || r.dir&get == 0 {
		if !listed(b[0]) {
			p.complain("get of %02x, which no pad has", b[0])
		}
		return 0, wire.ErrStall
	}
	if len(b) != r.size {
		p.complain("get of %02x with %d bytes, not %d", r.id, len(b), r.size)
		return 0, wire.ErrStall
	}
	if !accepts(r.id, false, p.state) {
		p.result = wrongState
		return 0, wire.ErrStall
	}
	clear(b[1:])
	copy(b[1:], p.answer(r.id))
	return r.size, nil
}

// answer is the body of a feature.
func (p *Pad) answer(id byte) []byte {
	m, be := p.model, binary.BigEndian
	switch id {
	case 0x03:
		p.settle()
		return []byte{byte(p.state), p.result, 0, 0}
	case 0x06:
		return be.AppendUint16(be.AppendUint16(be.AppendUint16(nil, VID), m.PID), m.BCD)
	case 0x08:
		b := make([]byte, 16)
		copy(b[:9], m.Name)
		b[9], b[10], b[12] = m.Major, m.Minor, 2
		return b
	case 0x09:
		var b []byte
		for _, v := range []uint16{m.MaxX, m.MaxY, m.MaxPressure, uint16(m.Width), uint16(m.Height)} {
			b = be.AppendUint16(b, v)
		}
		b = be.AppendUint16(append(b, m.Rate), m.PerInch)
		return append(b, m.Flags, 0, 0)
	case 0x0b:
		return []byte(m.UID2)
	case 0x0f:
		return []byte(m.ESerial)
	case 0x40:
		return p.crypt.reply
	case 0x50:
		if p.crypt.poll() {
			p.announce()
		}
		return p.crypt.status()
	case 0x98:
		return rect{0, 0, m.Width - 1, m.Height - 1}.bytes()
	}
	return p.values[id]
}

// settle lets a change come one status read nearer.
func (p *Pad) settle() {
	c := p.pending
	if c == nil {
		return
	}
	if c.reads > 0 {
		c.reads--
		return
	}
	p.pending, p.state = nil, c.to
	if c.done != nil {
		p.result = c.done()
	}
}

// become begins to change the state.
func (p *Pad) become(to state, done func() byte) byte {
	p.pending = &change{to: to, reads: p.lag, done: done}
	return okay
}

// set takes a feature. Failures show in the status alone; what the pad does not
// have, or has in another length, it refuses.
func (p *Pad) set(b []byte) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.gone {
		return wire.ErrGone
	}
	if len(b) == 0 {
		return wire.ErrStall
	}
	r, known := p.model.report(b[0])
	if !known || r.dir&set == 0 || len(b) != r.size {
		p.complain("set of %02x with %d bytes: it has no such report", b[0], len(b))
		p.result = wrongID
		return wire.ErrStall
	}
	if r.id == 0x27 && b[1] == 1 && p.state == image && p.pending != nil {
		return nil // taken back already
	}
	if !accepts(r.id, true, p.state) || p.pending != nil && bound(r.id) {
		p.complain("set of %02x in state %d (changing: %v)", r.id, p.state, p.pending != nil)
		p.result = wrongState
		return nil
	}
	if p.pullAt == r.id {
		p.leave()
		return wire.ErrGone
	}
	if code, planted := p.fails[r.id]; planted {
		delete(p.fails, r.id)
		p.result = code
		return nil
	}
	body := append([]byte(nil), b[1:]...)
	p.result = p.obey(r.id, body)
	if p.result != okay {
		p.complain("set of %02x: result %02x", r.id, p.result)
	}
	return nil
}

// obey carries out a command that is in order.
func (p *Pad) obey(id byte, b []byte) byte {
	switch id {
	case 0x04:
		return p.restart(b[0])
	case 0x0d:
		if b[0] != 150 && b[0] != 200 {
			return badParam
		}
		p.values[id] = b
		return p.restart(0)
	case 0x15:
		return p.begin(binary.BigEndian.Uint32(b))
	case 0x16:
		return p.become(ready, func() byte {
			if p.model.Forgets {
				p.crypt.forget()
			}
			p.crypt.session = 0
			return okay
		})
	case 0x20, 0x23, 0x24, 0x25, 0x26, 0x27:
		return p.draw(id, b)
	case 0x40:
		p.crypt.command(b)
		return okay
	}
	if !p.valid(id, b) {
		return badParam
	}
	p.values[id] = b
	return okay
}

// valid judges the value of a setting.
func (p *Pad) valid(id byte, b []byte) bool {
	le := binary.LittleEndian
	switch id {
	case 0x0c:
		return (b[0] == 1 || b[0] == 2) && b[1] == 0
	case 0x0e, 0x21, 0x2f:
		return b[0] <= 1
	case 0x22:
		return le.Uint16(b) <= 0x3ff && le.Uint16(b[2:]) <= le.Uint16(b)
	case 0x2a:
		return rectOf(b).within(p.model)
	case 0x2b:
		return le.Uint16(b) <= 3
	case 0x32:
		return b[0] == 0 || b[0] == 3
	case 0x93:
		return b[0] <= 4
	}
	return true
}

// restart is a soft reset (0), or a hard one, which leaves the bus.
func (p *Pad) restart(how byte) byte {
	switch how {
	case 0:
		p.state = resetting
		return p.become(ready, func() byte { p.reset(); return okay })
	case 1:
		p.leave()
		return okay
	}
	return badParam
}

func (p *Pad) complain(format string, a ...any) {
	p.complaints = append(p.complaints, fmt.Sprintf(format, a...))
}

// Complaints lists every request that the protocol forbids, in order. Reading
// a report that only other pads have is no offence.
func (p *Pad) Complaints() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.complaints...)
}

// Setting is the value of a report that can be set.
func (p *Pad) Setting(id byte) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]byte(nil), p.values[id]...)
}

// Slow sets how many status reads each change of the state takes, also one
// that is on its way.
func (p *Pad) Slow(reads int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lag = reads
	if p.pending != nil {
		p.pending.reads = reads
	}
}

// Fail lets the next set of a report fail with a result.
func (p *Pad) Fail(id, result byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fails[id] = result
}

// PullAt pulls the cable at the next set of a report.
func (p *Pad) PullAt(id byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pullAt = id
}

// State is the pad's state as its status report would give it, and whether the
// pad holds a key.
func (p *Pad) State() (code byte, keyed bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return byte(p.state), p.crypt.key != nil
}

// Left puts the pad in the state in which a host that died in the middle of
// its work left it: 1 image, 2 capture.
func (p *Pad) Left(code byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state = state(code)
	if p.state == capture {
		p.crypt.key, p.crypt.session = make([]byte, 32), 1
	}
	if p.state == image {
		p.upload = upload{area: rect{0, 0, p.model.Width - 1, p.model.Height - 1}}
	}
}
