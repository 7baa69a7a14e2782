package emu

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"io"
	"time"
)

// Model of an emulated STU pad.
type Model struct {
	Name                    string
	PID                     uint16
	MaxX, MaxY, MaxPressure uint16
	ScreenW, ScreenH        uint16
	Encodings               byte
	// Bulk: a second interface with a bulk OUT endpoint.
	Bulk bool
	// Old: Diffie-Hellman agreement and the option reports of a 520A.
	Old bool
	// Uid2 identifies the hardware, ESerial a 540.
	Uid2, ESerial string
	// Slides says which of the ten slides in its ROM hold a picture; a pad
	// with none has no ROM.
	Slides []uint8
	// Slow is added to each delay of the pad: it is busy that long after a
	// clear or a picture.
	Slow time.Duration
}

// The models that tests use.
func Model430() Model {
	return Model{Name: "STU-430", PID: 0x00A4, MaxX: 9600, MaxY: 6000, MaxPressure: 1023, ScreenW: 320, ScreenH: 200, Encodings: 3, Uid2: "5JZQS00032"}
}

// Model540 has a colour screen and a bulk pipe.
func Model540() Model {
	return Model{Name: "STU-540", PID: 0x00A8, MaxX: 10800, MaxY: 6480, MaxPressure: 1023, ScreenW: 800, ScreenH: 480, Encodings: 15, Bulk: true,
		Uid2: "6AAAA00001", ESerial: "6AAAA00001ABC"}
}

// Model520A is of the old generation, with 511 levels.
func Model520A() Model {
	return Model{Name: "STU-520A", PID: 0x00A3, MaxX: 10400, MaxY: 6048, MaxPressure: 511, ScreenW: 800, ScreenH: 480, Encodings: 7, Bulk: true, Old: true}
}

// States and results of the status report.
const (
	stReady, stImage, stCapture, stCalc = 0, 1, 2, 3
	resOK, resID, resState, resParam    = 0, 1, 2, 4
	resEncoding, resLong, resZlib       = 10, 11, 12
	resArea                             = 15
)

// STU is an emulated pad of that family.
type STU struct {
	*Pad
	model  Model
	random io.Reader

	state, result byte
	busyUntil     time.Time
	then          byte // state after being busy
	option        byte
	inking        byte
	threshold     [4]byte
	area          [8]byte
	color         []byte
	operation     []byte
	slot          byte
	seq           uint16
	clock         uint16
	half          []byte // first sample of a report that carries two
	halfOption    uint16

	picture picture
	screen  []byte
	shown   int

	secret  secret
	started time.Time
	// PenFaults of the next reports.
	pen PenFaults
}

// PenFaults spoil pen reports.
type PenFaults struct {
	// WrongSession, Clear, Skip: this many of the next reports carry another
	// session, are clear although they should not be, leave a hole in the
	// sequence.
	WrongSession, Clear, Skip int
}

// secret is the state of the encryption.
type secret struct {
	block     cipher.Block
	session   uint32
	exponent  []byte
	modulus   []byte
	sealed    []byte
	part      int
	private   []byte
	public    []byte
	cryptStat [16]byte
}

// NewSTU makes a pad; random feeds its keys.
func NewSTU(m Model, random io.Reader) *STU {
	fs := []function{{class: 3, endpoints: []endpoint{{0x81, 3, 64}}, report: vendorReports}}
	if m.Bulk {
		fs = append(fs, function{class: 0xFF, endpoints: []endpoint{{0x02, 2, 64}}})
	}
	s := &STU{Pad: newPad(Identity{VID: 0x056A, PID: m.PID, BCD: 0x0100, Maker: "Wacom Co.,Ltd.", Product: m.Name}, fs), model: m, random: random}
	s.Pad.brain = s
	s.reset()
	return s
}

// vendorReports is a descriptor of vendor fields only, as such a pad has.
var vendorReports = []byte{0x06, 0x00, 0xFF, 0x09, 0x01, 0xA1, 0x01, 0x85, 0x01, 0x15, 0x00, 0x26, 0xFF, 0x00, 0x75, 0x08, 0x95, 0x06, 0x09, 0x01, 0x81, 0x02, 0xC0}

func (s *STU) reset() {
	s.state, s.result, s.option, s.inking = stReady, resOK, 0, 1
	s.threshold = [4]byte{21, 0, 16, 0}
	s.area = [8]byte{}
	binary.LittleEndian.PutUint16(s.area[4:], s.model.ScreenW-1)
	binary.LittleEndian.PutUint16(s.area[6:], s.model.ScreenH-1)
	s.screen = make([]byte, 3*int(s.model.ScreenW)*int(s.model.ScreenH))
	for i := range s.screen {
		s.screen[i] = 0xff
	}
	s.secret.block, s.secret.session = nil, 0
	s.half = nil
}

// now lets a busy period end.
func (s *STU) now() byte {
	if !s.busyUntil.IsZero() && time.Now().After(s.busyUntil) {
		s.state, s.busyUntil = s.then, time.Time{}
	}
	return s.state
}

func (s *STU) busy(state, then byte, d time.Duration) {
	s.state, s.then = state, then
	s.busyUntil = time.Now().Add(d + s.model.Slow)
}

// SetPenFaults replaces the faults of pen reports.
func (s *STU) SetPenFaults(f PenFaults) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pen = f
}

// Capturing says whether an encrypted session is on, and Option which option
// mode: tests write only when the host is ready.
func (s *STU) Capturing() (session bool, option byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now() == stCapture, s.option
}

// Screen is what the pad shows, as red, green, blue, and how many pictures it
// was sent.
func (s *STU) Screen() ([]byte, int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]byte(nil), s.screen...), s.shown
}

// Setting tells ink mode, thresholds and operation mode.
func (s *STU) Setting() (inking byte, threshold [4]byte, operation []byte, color []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.inking, s.threshold, append([]byte(nil), s.operation...), append([]byte(nil), s.color...)
}

// Sequence is the number that the next numbered report carries.
func (s *STU) Sequence() uint16 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seq + 1
}

// Pen reports the pen after ms milliseconds of the pad's clock. It waits for
// room in the pad's queue and says whether somebody will read the report.
func (s *STU) Pen(near bool, pressure, x, y uint16, ms uint16) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clock += ms
	s.seq++
	if s.pen.Skip > 0 {
		s.pen.Skip--
		s.seq++
	}
	sample := []byte{byte(pressure >> 8 & 0x0f), byte(pressure), byte(x >> 8), byte(x), byte(y >> 8), byte(y)}
	if near {
		sample[0] |= 0x80
	}
	if pressure > uint16(s.threshold[0]) {
		sample[0] |= 0x10
	}
	b := s.penReport(sample)
	if b == nil {
		return true
	}
	return s.push(b, true)
}

func (s *STU) penReport(sample []byte) []byte {
	tail := binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(nil, s.clock), s.seq)
	clear := s.secret.block == nil || s.now() != stCapture
	if s.pen.Clear > 0 && !clear {
		s.pen.Clear--
		clear = true
	}
	if clear {
		switch {
		case s.option == 3:
			return append(append([]byte{0x34}, sample...), tail...)
		case s.option == 1 && s.model.Old:
			return append(append([]byte{0x30}, sample...), tail[:2]...)
		case s.option == 2 && s.model.Old:
			return append(append([]byte{0x30}, sample...), tail[2:]...)
		}
		return append([]byte{0x01}, sample...)
	}
	session := s.secret.session
	if s.pen.WrongSession > 0 {
		s.pen.WrongSession--
		session ^= 0xffff
	}
	id := binary.BigEndian.AppendUint32(nil, session)
	if s.option == 3 {
		return s.seal(0x33, append(append(append(append([]byte(nil), sample...), tail...), 0, 0), id...), nil)
	}
	option := s.clock
	if s.option == 2 {
		option = s.seq
	}
	if s.half == nil {
		s.half, s.halfOption = sample, option
		return nil
	}
	plain := append(append(id, s.half...), sample...)
	s.half = nil
	if s.option == 0 {
		return s.seal(0x10, plain, nil)
	}
	return s.seal(0x31, plain, binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(nil, s.halfOption), option))
}

func (s *STU) seal(id byte, plain, tail []byte) []byte {
	b := make([]byte, 17, 21)
	b[0] = id
	s.secret.block.Encrypt(b[1:], plain[:aes.BlockSize])
	return append(b, tail...)
}

func (s *STU) text(byte) ([]byte, bool) { return nil, false }
