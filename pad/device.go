package pad

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"time"

	"moqian/pad/internal"
)

var (
	// ErrGone: the device was unplugged or stopped answering. It will not come
	// back under this Device; open the next one.
	ErrGone = errors.New("pad is gone")
	// ErrBusy: another program, or another Device, holds the pad.
	ErrBusy = errors.New("pad is in use")
	// ErrDenied: the pad is there, but this user may not open it. On Linux the
	// cure is the rule named UdevRule.
	ErrDenied = errors.New("签字板已连接，但当前用户无权打开 (pad is connected, but this user may not open it)")
	// ErrNone: no pad is connected.
	ErrNone = errors.New("未找到签字板 (no pad is connected)")
)

// UdevRule is the name of the rule that lets the user at the desk open pads;
// `make install-udev` installs it.
const UdevRule = "70-moqian-pad.rules"

// Info describes a pad. It is constant for the life of a Device.
type Info struct {
	Maker, Model string
	// VID, PID are the USB ids; 0 for the software pad.
	VID, PID uint16
	// Serial is the identity the device reports, empty when it has none.
	Serial string
	// Firmware as the device reports it, empty when it does not.
	Firmware string
	// Width, Height of the writing surface in mm.
	Width, Height float64
	// Levels of pressure (1024 for 10 bits); 0 means no pressure.
	Levels int
	// Rate is the nominal report rate in Hz.
	Rate float64
	// Virtual marks a pad made of software: everything signed on it is TEST.
	Virtual bool
}

// ID names the pad for its calibration: ids and serial, as in
// "056a:00a4 5JZQS00032". Pads without a serial of one model share it.
func (i Info) ID() string {
	id := fmt.Sprintf("%04x:%04x", i.VID, i.PID)
	if i.Serial != "" {
		id += " " + i.Serial
	}
	return id
}

// Driver is what code below pad/ implements. Anybody can write the methods, but
// only a driver sealed by pad/internal becomes a Device. One goroutine at a
// time calls Begin, Read and Evidence; Close may come from another and makes a
// blocked Read return ErrGone.
type Driver interface {
	// Info is constant and works after Close as well.
	Info() Info
	// Begin starts a capture: time zero, counters and digests reset. It returns
	// ErrGone when the device is lost or closed.
	Begin(ctx context.Context) error
	// Read blocks until the next report of the pen. It returns ctx.Err() when
	// the context ends and ErrGone when the device is lost; after ErrGone it
	// keeps returning ErrGone.
	Read(ctx context.Context) (Sample, error)
	// Evidence is what the driver can state of the capture since Begin:
	// identity, clock of the first and last report, digest, rejected reports.
	// Capture counts samples and gaps itself.
	Evidence() Evidence
	// Close may be called again; the second call does nothing.
	Close() error
}

// Ender is what a driver implements besides when it must tidy up after a
// capture (stop the stream, end the encrypted session, wipe its key). Record
// calls End once for each Begin, after Evidence.
type Ender interface{ End() }

// Device is an open pad. Packages outside pad/ get one from pad/usb (or
// pad/virtual in trial builds) and cannot make one: a Device without a driver,
// like the zero Device, is gone.
type Device struct {
	driver Driver

	mu  sync.Mutex // guards cal
	cal *Calibration
}

// New makes a pad of a driver that code below pad/ has sealed. A driver must
// not be handed to anybody else.
func New(s internal.Sealed[Driver]) *Device { return &Device{driver: s.Driver()} }

// Info describes the pad.
func (d *Device) Info() Info {
	if d.driver == nil {
		return Info{}
	}
	return d.driver.Info()
}

// Display gives the pad's own screen, if it has one.
func (d *Device) Display() (Display, bool) {
	s, ok := d.driver.(Display)
	return s, ok
}

// Buttons gives the keys on the pad's own screen, if it can have some.
func (d *Device) Buttons() (Buttons, bool) {
	s, ok := d.driver.(Buttons)
	return s, ok
}

// Calibrate applies a calibration to every sample of later captures; nil takes
// it away. The evidence names it.
func (d *Device) Calibrate(c *Calibration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.cal = c
}

func (d *Device) calibration() *Calibration {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.cal
}

// Close releases the pad; a Record in progress ends with ErrGone.
func (d *Device) Close() error {
	if d.driver == nil {
		return nil
	}
	return d.driver.Close()
}

// Display is the optional ability of a pad with a screen.
type Display interface {
	// Size of the screen in pixels.
	Size() (w, h int)
	// Show replaces what the screen shows; the frame must have the screen's
	// size. It blocks until the device has taken the frame.
	Show(ctx context.Context, f Frame) error
}

// Frame is a picture of plain pixels: W*H*3 bytes, red green blue, row by row
// from the top left.
type Frame struct {
	W, H int
	Pix  []byte
}

// Digest is what Evidence.Pictures calls this picture: the SHA-256 over width
// and height (32 bit each, big-endian) and the pixels, in hex.
func (f Frame) Digest() string {
	h := sha256.New()
	var size [8]byte
	binary.BigEndian.PutUint32(size[:], uint32(f.W))
	binary.BigEndian.PutUint32(size[4:], uint32(f.H))
	h.Write(size[:])
	h.Write(f.Pix)
	return hex.EncodeToString(h.Sum(nil))
}

// Idler is what a Display can do besides: show pictures in turn while nobody
// signs, every so often, until the context ends (nil). A pad with a slide show
// of its own plays the pictures it has stored, without traffic on the cable;
// others are sent the frames.
type Idler interface {
	Idle(ctx context.Context, frames []Frame, every time.Duration) error
}

// Inker is what a Display can do besides: draw the customer's ink itself, at
// once. Reports flow either way.
type Inker interface {
	// Ink turns it on, in a colour and a thickness of 1 to 5 pixels, or off.
	Ink(on bool, r, g, b, thickness uint8) error
	// Threshold sets the pressures, in the pad's counts, at which a stroke
	// begins and ends, for its own ink and for captures alike; off must not be
	// above on, and on not above 1023. Not during an encrypted capture.
	Threshold(on, off int) error
}

// Key is what a button on the pad's screen means.
type Key string

// The keys.
const (
	KeyConfirm Key = "confirm"
	KeyClear   Key = "clear"
	KeyCancel  Key = "cancel"
	KeyNext    Key = "next"
)

// Button is a part of the pad's screen, in its pixels; X2 and Y2 belong to it.
// The picture of it is the caller's, in the frame.
type Button struct {
	Key            Key
	X1, Y1, X2, Y2 int
}

// Buttons is the optional ability of a pad whose screen can carry keys. A
// stroke that begins on a button is no ink: it never reaches the capture.
type Buttons interface {
	// SetButtons replaces the buttons; none removes them. It refuses a button
	// outside the screen.
	SetButtons(b ...Button) error
	// Press waits until the pen was lowered and lifted on the same button,
	// during a Record or without one.
	Press(ctx context.Context) (Key, error)
}

// Listener is what Buttons can do besides: keep reading the pad, so that no
// stroke of before waits in it for the next picture's keys, and an unplugging
// is noticed at once.
type Listener interface {
	// Listen reads until ctx ends (nil) or the pad is gone (ErrGone).
	Listen(ctx context.Context) error
}
