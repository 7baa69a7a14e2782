package model

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
)

// Input report ids of the Wacom STU family (protocols.md 1.3).
const (
	stuPenData       = 0x01
	stuPenCrypt      = 0x10
	stuDevicePublic  = 0x14
	stuPenOption     = 0x30
	stuPenCryptOpt   = 0x31
	stuPenCryptSeq   = 0x33
	stuPenTimeSeq    = 0x34
	stuCryptStatus   = 0x50
	stuEvent         = 0x99
	stuEventCrypt    = 0x9A
	stuLongestReport = 21
)

// stuPen is the six-byte pen sample with what follows it in some reports.
type stuPen struct {
	rdy           bool
	sw            uint8
	pressure      int
	x, y          int
	clock, seq    uint16
	has           Counter
	option        uint16
	isOption      bool
	sessionInside uint32
}

func stuSample(b []byte) stuPen {
	return stuPen{
		rdy: b[0]&0x80 != 0, sw: b[0] >> 4 & 7, pressure: int(b[0]&0x0f)<<8 | int(b[1]),
		x: be16(b[2:]), y: be16(b[4:]),
	}
}

// stuClear reads the three clear layouts; the caller has checked the length.
func stuClear(b []byte) stuPen {
	p := stuSample(b[1:7])
	switch b[0] {
	case stuPenOption:
		p.option, p.isOption = binary.BigEndian.Uint16(b[7:]), true
	case stuPenTimeSeq:
		p.clock, p.seq = binary.BigEndian.Uint16(b[7:]), binary.BigEndian.Uint16(b[9:])
		p.has = HasClock | HasSeq
	}
	return p
}

// stuLength is the whole length of an input report, 0 for unknown ids.
func stuLength(id byte) int {
	switch id {
	case stuPenData:
		return 7
	case stuPenOption:
		return 9
	case stuPenTimeSeq:
		return 11
	case stuPenCrypt, stuPenCryptSeq, stuDevicePublic, stuCryptStatus, stuEventCrypt:
		return 17
	case stuPenCryptOpt:
		return 21
	case stuEvent:
		return 10
	}
	return 0
}

// OptionMode of the STU family: what a pen report carries besides the pen.
type OptionMode uint8

// The option modes of report 32.
const (
	OptionNone OptionMode = iota
	OptionTime
	OptionSequence
	OptionTimeSequence
)

// STU decodes the pen reports of the Wacom STU family. Make it with [NewSTU].
type STU struct {
	surface Surface
	th      Threshold
	mode    OptionMode
	inking  bool

	block   cipher.Block
	key     []byte
	session uint32
	plain   [aes.BlockSize]byte
}

// NewSTU makes a decoder for a pad with this capability and these thresholds.
// It refuses a capability that cannot be true.
func NewSTU(c Capability, th Threshold, mode OptionMode) (*STU, error) {
	s := c.Surface()
	if err := s.Check(); err != nil || c.MaxPressure == 0 {
		return nil, ErrLies
	}
	if th.On == 0 {
		th = DefaultThreshold
	}
	return &STU{surface: s, th: th, mode: mode}, nil
}

// Secure makes the decoder expect encrypted reports of this session only. It
// copies the key (16, 24 or 32 bytes); Forget wipes the copy.
func (d *STU) Secure(key []byte, session uint32) error {
	d.Forget()
	own := append([]byte(nil), key...)
	block, err := aes.NewCipher(own)
	if err != nil {
		clear(own)
		return err
	}
	d.block, d.key, d.session = block, own, session
	return nil
}

// Forget ends the encrypted session: it wipes the key and the last plaintext.
// The schedule inside crypto/aes is out of reach and left to the collector.
func (d *STU) Forget() {
	clear(d.key)
	clear(d.plain[:])
	d.block, d.key, d.session = nil, nil, 0
}

// Secured says whether an encrypted session is on.
func (d *STU) Secured() bool { return d.block != nil }

// Reset ends the stroke in progress.
func (d *STU) Reset() { d.inking = false }

// Size of the longest input report.
func (d *STU) Size() int { return stuLongestReport }

// Decode reads one input report. Two readings come from the reports that carry
// two samples. Events and key answers give none.
func (d *STU) Decode(b []byte, out *[2]Reading) (int, error) {
	if len(b) == 0 {
		return 0, ErrEmpty
	}
	n := stuLength(b[0])
	switch {
	case n == 0:
		return 0, ErrUnknown
	case len(b) < n:
		return 0, ErrShort
	}
	switch b[0] {
	case stuPenData, stuPenOption, stuPenTimeSeq:
		if d.block != nil {
			return 0, ErrClear
		}
		p := stuClear(b)
		return d.give(&p, 1, out)
	case stuPenCrypt, stuPenCryptOpt, stuPenCryptSeq:
		return d.secret(b, out)
	}
	return 0, nil
}

func (d *STU) secret(b []byte, out *[2]Reading) (int, error) {
	if d.block == nil {
		return 0, ErrSession
	}
	two, err := d.open(b)
	if err != nil {
		return 0, err
	}
	n, err := d.give(&two[0], 1, out)
	if err != nil || b[0] == stuPenCryptSeq {
		return n, err
	}
	return d.give(&two[1], 2, out)
}

// open decrypts a block and checks its session; it leaves no plaintext behind.
func (d *STU) open(b []byte) (two [2]stuPen, err error) {
	d.block.Decrypt(d.plain[:], b[1:17])
	defer clear(d.plain[:])
	p := d.plain[:]
	if b[0] == stuPenCryptSeq {
		if binary.BigEndian.Uint32(p[12:]) != d.session || p[10] != 0 || p[11] != 0 {
			return two, ErrSession
		}
		two[0] = stuSample(p)
		two[0].clock, two[0].seq = binary.BigEndian.Uint16(p[6:]), binary.BigEndian.Uint16(p[8:])
		two[0].has = HasClock | HasSeq
		two[0].sessionInside = d.session
		return two, nil
	}
	if binary.BigEndian.Uint32(p) != d.session {
		return two, ErrSession
	}
	two[0], two[1] = stuSample(p[4:]), stuSample(p[10:])
	two[0].sessionInside, two[1].sessionInside = d.session, d.session
	if b[0] == stuPenCryptOpt {
		two[0].option, two[1].option = binary.BigEndian.Uint16(b[17:]), binary.BigEndian.Uint16(b[19:])
		two[0].isOption, two[1].isOption = true, true
	}
	return two, nil
}

// give turns counts into reading number n. The stroke follows the pad's own
// thresholds: above On it begins, below Off it ends, out of range ends it.
func (d *STU) give(p *stuPen, n int, out *[2]Reading) (int, error) {
	if p.isOption {
		switch d.mode {
		case OptionTime:
			p.clock, p.has = p.option, HasClock
		case OptionSequence:
			p.seq, p.has = p.option, HasSeq
		}
	}
	if !p.rdy {
		d.inking = false
		out[n-1] = Reading{Clock: p.clock, Seq: p.seq, Has: p.has, Tip: p.sw > 0}
		return n, nil
	}
	r, err := d.surface.at(p.x, p.y, p.pressure)
	if err != nil {
		return 0, err
	}
	if d.inking {
		d.inking = p.pressure >= d.th.Off
	} else {
		d.inking = p.pressure >= d.th.On
	}
	r.Down, r.Tip = d.inking, p.sw > 0
	r.Clock, r.Seq, r.Has = p.clock, p.seq, p.has
	out[n-1] = r
	return n, nil
}
