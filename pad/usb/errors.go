package usb

import (
	"moqian/pad/model"
	"moqian/pad/usb/internal/drive"
	"moqian/pad/usb/internal/wire"
)

// What can be wrong with a pad that is there, besides pad.ErrGone, ErrBusy and
// ErrDenied. Each is for a sentence on a screen; all but the first three end a
// capture whose ink is wiped.
var (
	// ErrNotPad: a HID device without a pressure pen.
	ErrNotPad = model.ErrNotPad
	// ErrLies: the pad states limits that cannot be true.
	ErrLies = model.ErrLies
	// ErrDescriptor: its HID report descriptor is malformed.
	ErrDescriptor = model.ErrDescriptor
	// ErrIntruder: a clear report inside an encrypted session; somebody else
	// may be writing.
	ErrIntruder = model.ErrClear
	// ErrNonsense: nothing but reports that had to be refused.
	ErrNonsense = drive.ErrNonsense
	// ErrBroken: the reports broke off, though the pad still answers.
	ErrBroken = drive.ErrBroken
	// ErrNoCrypt: encryption is required, and the pad cannot do it.
	ErrNoCrypt = drive.ErrNoCrypt
	// ErrSilent: the pad does not answer in time; ErrRefuses: it refuses.
	ErrSilent  = wire.ErrTimeout
	ErrRefuses = wire.ErrStall
)
