package model

import "errors"

// Reasons to refuse a report. A refused report is counted, never guessed at.
var (
	// ErrEmpty: a report of no bytes.
	ErrEmpty = errors.New("report is empty")
	// ErrShort: fewer bytes than the layout has.
	ErrShort = errors.New("report is too short")
	// ErrUnknown: a report id that the layout does not have.
	ErrUnknown = errors.New("report id is unknown")
	// ErrRange: a position or pressure beyond what the pad states as its maximum.
	ErrRange = errors.New("report is outside the pad's stated range")
	// ErrFormat: bits that contradict the layout.
	ErrFormat = errors.New("report contradicts its layout")
	// ErrSession: an encrypted report of another session, or under another key.
	ErrSession = errors.New("encrypted report belongs to another session")
	// ErrClear: a clear pen report inside an encrypted session. It ends the
	// capture: somebody else may be writing.
	ErrClear = errors.New("clear pen report inside an encrypted session")
)

// ErrLies: what the pad says about itself cannot be true (a maximum of zero).
var ErrLies = errors.New("pad states impossible limits")

// Reading is one report of the pen.
type Reading struct {
	// X, Y in mm; zero when not Near.
	X, Y float64
	// P is 0 to 1 of the pad's stated maximum.
	P float64
	// Near: the pen is in range and X, Y mean something.
	Near bool
	// Down: this reading is ink, by the pad's thresholds where it has some.
	Down bool
	// Tip is the firmware's own opinion, which may differ from Down.
	Tip bool
	// Clock in ms and Seq count modulo 65536; see Has.
	Clock, Seq uint16
	// Has says which counters the report carried.
	Has Counter
}

// Counter is a set of the counters in a report.
type Counter uint8

const (
	// HasClock: Clock is the pad's own.
	HasClock Counter = 1 << iota
	// HasSeq: Seq counts reports, so a loss can be proved.
	HasSeq
)

// Decoder turns one raw report into readings, without allocating. It may keep
// the state of the stroke (hysteresis); Reset forgets it. One goroutine at a
// time.
type Decoder interface {
	// Decode fills out and says how many readings there are: 0 for a report
	// that is known and not about the pen. It never changes the report.
	Decode(report []byte, out *[2]Reading) (int, error)
	// Reset forgets the stroke in progress.
	Reset()
	// Size is the longest input report in bytes.
	Size() int
}

// Surface scales counts to mm and 0 to 1.
type Surface struct {
	// MaxX, MaxY, MaxP are the largest counts; MaxP 0 means no pressure.
	MaxX, MaxY, MaxP int
	// Width, Height in mm at MaxX, MaxY.
	Width, Height float64
}

// Check refuses a surface that cannot be one.
func (s Surface) Check() error {
	if s.MaxX < 256 || s.MaxY < 256 || s.MaxP < 0 || s.MaxX > 1<<24 || s.MaxY > 1<<24 || s.MaxP > 1<<16 {
		return ErrLies
	}
	if !(s.Width >= 10 && s.Width <= 1000 && s.Height >= 10 && s.Height <= 1000) {
		return ErrLies
	}
	return nil
}

// at places counts on the surface.
func (s *Surface) at(x, y, p int) (Reading, error) {
	if x < 0 || y < 0 || p < 0 || x > s.MaxX || y > s.MaxY || p > s.MaxP && s.MaxP > 0 {
		return Reading{}, ErrRange
	}
	r := Reading{X: float64(x) * s.Width / float64(s.MaxX), Y: float64(y) * s.Height / float64(s.MaxY), Near: true}
	if s.MaxP > 0 {
		r.P = float64(p) / float64(s.MaxP)
	}
	return r, nil
}

func le16(b []byte) int { return int(b[0]) | int(b[1])<<8 }
func be16(b []byte) int { return int(b[1]) | int(b[0])<<8 }
