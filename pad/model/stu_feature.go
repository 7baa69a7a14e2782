package model

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// Feature report ids of the STU family that this package reads or builds.
// No other id may ever be sent: a scan can brick a pad (protocols.md 1.3).
const (
	IDStatus        = 0x03
	IDReset         = 0x04
	IDInformation   = 0x08
	IDCapability    = 0x09
	IDUid           = 0x0A
	IDUid2          = 0x0B
	IDESerial       = 0x0F
	IDHostPublic    = 0x13
	IDDevicePublic  = 0x14
	IDStartCapture  = 0x15
	IDEndCapture    = 0x16
	IDDHPrime       = 0x1A
	IDDHBase        = 0x1B
	IDClear         = 0x20
	IDInking        = 0x21
	IDThreshold     = 0x22
	IDClearArea     = 0x23
	IDStartArea     = 0x24
	IDStartImage    = 0x25
	IDImageBlock    = 0x26
	IDEndImage      = 0x27
	IDPenColor      = 0x28
	IDDisplayArea   = 0x2A
	IDPenColor24    = 0x2D
	IDOptionMode    = 0x32
	IDCrypt         = 0x40
	IDCryptStatus   = 0x50
	IDOperation     = 0x93
	IDRomStartImage = 0x94
	IDRomHash       = 0x96
)

// ErrFeature: an answer that is not the report that was asked for.
var ErrFeature = errors.New("pad answered with a malformed feature report")

// report checks id and length of an answer and gives what follows the id.
func report(b []byte, id byte, n int) ([]byte, error) {
	if len(b) < n || len(b) == 0 || b[0] != id {
		return nil, fmt.Errorf("%w: want id %02x and %d bytes, got %d bytes", ErrFeature, id, n, len(b))
	}
	return b[1:], nil
}

// Information is report 08: model and firmware.
type Information struct {
	Model        string
	Major, Minor uint8
	Secure       bool
	SecureIC     [4]byte
}

// ParseInformation reads report 08.
func ParseInformation(b []byte) (Information, error) {
	b, err := report(b, IDInformation, 17)
	if err != nil {
		return Information{}, err
	}
	name, err := ascii(b[:9])
	if err != nil || b[11] > 1 {
		return Information{}, ErrFeature
	}
	return Information{Model: name, Major: b[9], Minor: b[10], Secure: b[11] == 1, SecureIC: [4]byte(b[12:16])}, nil
}

// Firmware as people write it.
func (i Information) Firmware() string { return fmt.Sprintf("%d.%02d", i.Major, i.Minor) }

// ascii reads a text padded with zeros and refuses anything after the first.
func ascii(b []byte) (string, error) {
	s := bytes.TrimRight(b, "\x00")
	for _, c := range s {
		if c < 0x20 || c > 0x7e {
			return "", ErrFeature
		}
	}
	return string(s), nil
}

// Capability is report 09: what the pad says its limits are.
type Capability struct {
	MaxX, MaxY, MaxPressure int
	ScreenW, ScreenH        int
	// Rate in Hz, PerInch in counts.
	Rate, PerInch int
	// Encodings: flags of report 09; 1 zlib, 2 1-bit, 4 16-bit, 8 24-bit.
	Encodings uint8
}

// ParseCapability reads report 09, also the short one of old firmware: what is
// missing there is 200 Hz and 2540 counts an inch.
func ParseCapability(b []byte) (Capability, error) {
	b, err := report(b, IDCapability, 11)
	if err != nil {
		return Capability{}, err
	}
	c := Capability{MaxX: be16(b), MaxY: be16(b[2:]), MaxPressure: be16(b[4:]), ScreenW: be16(b[6:]), ScreenH: be16(b[8:])}
	if len(b) >= 16 {
		c.Rate, c.PerInch, c.Encodings = int(b[10]), be16(b[11:]), b[13]
	}
	if c.Rate == 0 && c.PerInch == 0 {
		c.Rate, c.PerInch = 200, 2540
	}
	if c.Rate == 0 || c.PerInch == 0 {
		return Capability{}, fmt.Errorf("%w: %d reports a second, %d counts an inch", ErrLies, c.Rate, c.PerInch)
	}
	return c, nil
}

// Surface in mm: counts over counts an inch.
func (c Capability) Surface() Surface {
	mm := 25.4 / float64(max(c.PerInch, 1))
	return Surface{MaxX: c.MaxX, MaxY: c.MaxY, MaxP: c.MaxPressure, Width: float64(c.MaxX) * mm, Height: float64(c.MaxY) * mm}
}

// Check refuses limits that cannot be true.
func (c Capability) Check() error {
	if err := c.Surface().Check(); err != nil {
		return fmt.Errorf("%w: %d × %d counts at %d an inch", ErrLies, c.MaxX, c.MaxY, c.PerInch)
	}
	if c.MaxPressure < 255 || c.MaxPressure > 0xfff {
		return fmt.Errorf("%w: largest pressure %d", ErrLies, c.MaxPressure)
	}
	if c.ScreenW < 1 || c.ScreenH < 1 || c.ScreenW > 4096 || c.ScreenH > 4096 {
		return fmt.Errorf("%w: screen of %d × %d", ErrLies, c.ScreenW, c.ScreenH)
	}
	return nil
}

// State is the first byte of report 03.
type State uint8

// The states of protocols.md 1.7.
const (
	Ready       State = 0
	Image       State = 1
	Capture     State = 2
	Calculation State = 3
	BootImage   State = 4
	RomBusy     State = 5
	Resetting   State = 0xFF
)

// Result is the second byte of report 03: the pad's only way to refuse.
type Result uint8

// The results of protocols.md 1.7.
const (
	ResultOK            Result = 0
	ResultWrongID       Result = 1
	ResultWrongState    Result = 2
	ResultCRC           Result = 3
	ResultBadParameter  Result = 4
	ResultWrongEncoding Result = 10
	ResultImageTooLong  Result = 11
	ResultZlib          Result = 12
	ResultWrongArea     Result = 15
	ResultImageMissing  Result = 20
)

var resultText = map[Result]string{
	ResultWrongID: "wrong report id", ResultWrongState: "not in this state", ResultCRC: "checksum",
	ResultBadParameter: "bad parameter", ResultWrongEncoding: "wrong encoding", ResultImageTooLong: "picture too long",
	ResultZlib: "bad zlib data", ResultWrongArea: "wrong area", ResultImageMissing: "picture missing",
	33: "ROM size", 34: "ROM parameter", 35: "ROM checksum",
	// The text writes 10 to 35 beside a state FF; as hexadecimal they are these.
	0x10: "wrong encoding", 0x11: "picture too long", 0x12: "bad zlib data", 0x15: "wrong area", 0x20: "picture missing",
}

// String names the result.
func (r Result) String() string {
	if r == ResultOK {
		return "none"
	}
	if s, ok := resultText[r]; ok {
		return s
	}
	return fmt.Sprintf("result %d", uint8(r))
}

// Status is report 03. Its last two bytes are reserved.
type Status struct {
	State  State
	Result Result
}

// ParseStatus reads report 03; a state nobody documented is refused. A result
// that nobody documented is one: the pad refused, for a reason of its own.
func ParseStatus(b []byte) (Status, error) {
	b, err := report(b, IDStatus, 5)
	if err != nil {
		return Status{}, err
	}
	s := Status{State(b[0]), Result(b[1])}
	if s.State > RomBusy && s.State != Resetting {
		return Status{}, ErrFeature
	}
	return s, nil
}

// ParseText reads the ASCII identities: Uid2 (0B, 10 characters) and eSerial
// (0F, 13 characters).
func ParseText(b []byte, id byte) (string, error) {
	n := 11
	if id == IDESerial {
		n = 14
	}
	b, err := report(b, id, n)
	if err != nil {
		return "", err
	}
	return ascii(b[:n-1])
}

// ParseUid reads report 0A. Any host can write it: worthless as evidence.
func ParseUid(b []byte) (uint32, error) {
	b, err := report(b, IDUid, 5)
	if err != nil {
		return 0, err
	}
	return binary.BigEndian.Uint32(b), nil
}

// Threshold is report 22: pressure counts that begin and end a stroke.
type Threshold struct{ On, Off int }

// DefaultThreshold is what the devices start with.
var DefaultThreshold = Threshold{On: 21, Off: 16}

// ParseThreshold reads report 22.
func ParseThreshold(b []byte) (Threshold, error) {
	b, err := report(b, IDThreshold, 5)
	if err != nil {
		return Threshold{}, err
	}
	t := Threshold{On: le16(b), Off: le16(b[2:])}
	if t.On > 0x3ff || t.Off > t.On || t.On == 0 {
		return Threshold{}, ErrFeature
	}
	return t, nil
}

// Rect in pixels of the pad's screen; X2 and Y2 belong to it.
type Rect struct{ X1, Y1, X2, Y2 int }

func (r Rect) put(b []byte) []byte {
	for _, v := range [4]int{r.X1, r.Y1, r.X2, r.Y2} {
		b = binary.LittleEndian.AppendUint16(b, uint16(v))
	}
	return b
}

// ParseRect reads report 2A.
func ParseRect(b []byte) (Rect, error) {
	b, err := report(b, IDDisplayArea, 9)
	if err != nil {
		return Rect{}, err
	}
	return Rect{le16(b), le16(b[2:]), le16(b[4:]), le16(b[6:])}, nil
}

// CryptStatus is report 50.
type CryptStatus struct {
	Symmetric, Padding, Asymmetric uint8
	Exponent, Modulus, Cipher      uint8
	Result                         uint8
	AES, SHA1, RNG                 bool
}

// Codes of CryptStatus.
const (
	CryptReady       = 0
	CryptCalculating = 0xFA
)

// ParseCryptStatus reads report 50.
func ParseCryptStatus(b []byte) (CryptStatus, error) {
	b, err := report(b, IDCryptStatus, 17)
	if err != nil {
		return CryptStatus{}, err
	}
	s := CryptStatus{Symmetric: b[0], Padding: b[1] >> 6, Asymmetric: b[1] & 0x3f,
		Exponent: b[3], Modulus: b[4], Cipher: b[5], Result: b[6],
		AES: b[7]&1 != 0, SHA1: b[7]&2 != 0, RNG: b[7]&4 != 0}
	if s.Symmetric > 2 || s.Padding > 2 || s.Asymmetric > 2 || s.Result > 0x0b || b[7] > 7 {
		return CryptStatus{}, ErrFeature
	}
	for _, c := range [3]uint8{s.Exponent, s.Modulus, s.Cipher} {
		if c != 0 && c != 0xFA && c < 0xFB {
			return CryptStatus{}, ErrFeature
		}
	}
	return s, nil
}
