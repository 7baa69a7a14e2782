package ui

import (
	"context"
	"image"
	"io/fs"
	"time"

	"moqian/cmd/internal/flow"
	"moqian/cmd/teller/wizard"
	"moqian/pad"
	"moqian/render/form"
	"moqian/store"
	"moqian/store/auth"
	"moqian/store/upload"
)

// Options are what a workstation hands to its windows.
type Options struct {
	// Bank, Branch and Window as shown in the bars; Version at the login.
	Bank, Branch    form.Text
	Window, Version string
	// Lang is zh or en, the language before anybody switched it.
	Lang string

	Store *store.Store
	Users *auth.Users
	// Desk opens the desk with the PIN of the teller's key, which it wipes.
	Desk func(ctx context.Context, pin []byte) (*flow.Desk, error)
	// Factor says that a login needs a code of six digits.
	Factor bool
	Pads   Pads
	// Send tries every waiting voucher once; nil: no archive is configured.
	Send func(context.Context) (upload.Result, error)
	// Free is the room left on the disk in bytes, Floor the least allowed.
	Free  func() (int64, error)
	Floor int64
	// Calibrated is what is kept of a pad, nil where nothing is; Calibrate keeps
	// a calibration in its place. Either may be nil.
	Calibrated func(context.Context, pad.Info) (*pad.Calibration, error)
	Calibrate  func(context.Context, pad.Calibration) error
	// Backup copies the store and tells where to; nil: not available.
	Backup func(context.Context) (string, error)

	// Preview draws the pages of a stored PDF, dpi dots an inch; nil: nothing
	// here can.
	Preview func(ctx context.Context, pdf []byte, dpi int) ([]image.Image, error)
	// Print sends a PDF to the printer, Speak says a sentence; either may be nil.
	Print func(ctx context.Context, pdf []byte) error
	Speak func(lang, text string)
	// Export writes a file for the administrator and tells where it lies.
	Export func(name string, data []byte) (string, error)

	// Assets has fonts/, icons/ and lang/.
	Assets fs.FS
	Trial  *Trial
	Now    func() time.Time
	// Place puts the customer's window on the second screen; nil: the toolkit's
	// own way. One says that there is one screen only, whatever the toolkit says.
	Place func() (x, y int, ok bool)
	One   bool
	// Two is where the customer's window goes, in pixels, on desks whose screens
	// the driver joins to one; nil: the second screen.
	Two *Area
	// Width and Height of the teller's window; 0: 1366 × 768.
	Width, Height float32
	// PadScreenOff leaves a pad's own screen alone; else it leads the customer
	// where the customer has no window.
	PadScreenOff bool
	// Quit, when closed, closes the windows; nil: only people do.
	Quit <-chan struct{}
	// Saw hears of each sample with the pen down: the pixel of the customer's
	// window that it darkens, and when it came. For measurements; nil: nobody.
	Saw func(x, y int, at time.Time)
}

// Area is a place on the desktop in pixels.
type Area struct{ X, Y, W, H int }

// Pads finds signature pads.
type Pads interface {
	// Next blocks until a pad is attached and opens it. It returns the
	// context's error when that ends.
	Next(ctx context.Context) (*pad.Device, error)
}

// Watcher is an optional ability of Pads: to tell of an unplugging between two
// signatures.
type Watcher interface {
	// Gone is closed when the pad is lost.
	Gone(*pad.Device) <-chan struct{}
}

// Trial is what only trial builds have.
type Trial struct {
	// People are lines for the login page: role, name.
	People [][2]string
	// Password, Code and PIN that everybody may know.
	Password, Code, PIN string
	// Pen moves the software pad's pen: mm on its surface, pressure 0 to 1.
	Pen func(x, y, p float64, down bool)
	// Replay plays a piece of handwriting, another one each time; nil: none.
	Replay func(n int)
	// Task plays a step of the calibration on the software pad; nil: nothing
	// here can.
	Task func(wizard.Step)
	// Cable pulls the software pad's cable or plugs it in.
	Cable func()
}
