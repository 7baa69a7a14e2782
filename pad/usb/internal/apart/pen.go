package apart

import "encoding/binary"

// Reading is one truth of the pen, in the pad's counts; Clock in ms.
type Reading struct {
	X, Y, Pressure uint16
	Near, Tip      bool
	Clock, Seq     uint16
}

// item waits for the host: a report, or the end of the cable.
type item struct {
	report []byte
	pull   bool
}

// pen is the input side.
type pen struct {
	queue  []item
	sent   [][]byte
	half   []byte // first sample of a report 10
	stream *stream
}

// bytes is the sample of section 1.4. Out of range all is zero.
func (r Reading) bytes() []byte {
	b := make([]byte, 6)
	if !r.Near {
		return b
	}
	b[0] = 0x80 | byte(r.Pressure>>8)&0x0f
	if r.Tip {
		b[0] |= 0x10
	}
	b[1] = byte(r.Pressure)
	binary.BigEndian.PutUint16(b[2:], r.X)
	binary.BigEndian.PutUint16(b[4:], r.Y)
	return b
}

// Write lets the pen be read: one report each, in the form that the option
// mode and the state ask for. They wait for a host that listens.
func (p *Pad) Write(rs ...Reading) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, r := range rs {
		if b := p.encode(r); b != nil {
			p.pen.queue = append(p.pen.queue, item{report: b})
		}
	}
	p.wake.Broadcast()
}

// encode makes the report of a reading; nil while it waits for its pair.
func (p *Pad) encode(r Reading) []byte {
	b, timed := r.bytes(), p.values[0x32][0] == 3
	be := binary.BigEndian
	switch {
	case p.state == capture && timed:
		return append([]byte{0x33}, p.crypt.block(p.crypt.timed(b, r.Clock, r.Seq))...)
	case p.state == capture:
		if p.pen.half == nil {
			p.pen.half = b
			return nil
		}
		plain := append(be.AppendUint32(nil, p.crypt.session), p.pen.half...)
		p.pen.half = nil
		return append([]byte{0x10}, p.crypt.block(append(plain, b...))...)
	case timed:
		return be.AppendUint16(be.AppendUint16(append([]byte{0x34}, b...), r.Clock), r.Seq)
	}
	return append([]byte{0x01}, b...)
}

// Inject puts raw bytes among the reports: what somebody else would write.
func (p *Pad) Inject(report []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pen.queue = append(p.pen.queue, item{report: append([]byte(nil), report...)})
	p.wake.Broadcast()
}

// announce sends report 50 as an input report.
func (p *Pad) announce() {
	p.pen.queue = append(p.pen.queue, item{report: append([]byte{0x50}, p.crypt.status()...)})
	p.wake.Broadcast()
}

// PullAfter pulls the cable once the host has read all that was written.
func (p *Pad) PullAfter() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pen.queue = append(p.pen.queue, item{pull: true})
	p.wake.Broadcast()
}

// Unplug pulls the cable now.
func (p *Pad) Unplug() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.leave()
}

func (p *Pad) leave() {
	p.gone = true
	p.pen.queue = nil
	p.wake.Broadcast()
}

// Sent lists the reports that the host has read, as on the cable.
func (p *Pad) Sent() [][]byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([][]byte(nil), p.pen.sent...)
}

// Stroke decides what is ink (section 1.4): by pressure, with hysteresis.
type Stroke struct {
	On, Off uint16
	inking  bool
}

// Inks takes the next reading.
func (s *Stroke) Inks(r Reading) bool {
	mark := s.On
	if s.inking {
		mark = s.Off
	}
	s.inking = r.Near && r.Pressure >= mark
	return s.inking
}
