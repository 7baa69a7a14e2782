// Package usb opens signature pads on the USB cable, with libusb through
// gousb: the only part of the house that needs a C compiler. Without one the
// package still builds, and every call says that it cannot (ErrNoUSB).
//
// Start with [Open] for the pad that is plugged in, or with [New]: Next waits
// for a pad, and for the one after it when that is gone; List says what is
// plugged in. There is one libusb context at a time, shared by all that one
// [Pads] has open, and none while nothing is open: a new one finds pads that
// were plugged in meanwhile, also where no udevd runs.
//
// What a pad is, is known in pad/model; what is done with it, in
// internal/drive. This package moves bytes: control requests with a time-out of
// one second, a stream of eight transfers, the bulk pipe. The kernel's own
// driver is detached from a pad while it is open.
//
// On Windows a HID report descriptor cannot be had through libusb: only pads
// that pad/model knows by their ids are opened there. Nothing here was tried on
// real hardware; see the table in README for what was tested how.
package usb
