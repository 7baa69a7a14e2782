// Package wire is the seam between a pad driver and the cable: feature
// reports, a stream of input reports, bulk and interrupt writes, close. The
// gousb transport and the software transport fill it.
//
// Start with [Bus] and [Transport]. Nothing here knows a pad; units are bytes.
package wire

import (
	"context"
	"errors"
)

// What a transport can report; everything else is a fault of the cable.
var (
	// ErrGone: the device has left. The transport is good for Close only.
	ErrGone = errors.New("device has left the bus")
	// ErrStall: the device refused a control request. It may take the next.
	ErrStall = errors.New("device refused the request")
	// ErrTimeout: the device did not answer a control request in time.
	ErrTimeout = errors.New("device does not answer")
	// ErrDenied: the device is there, but this user may not open it.
	ErrDenied = errors.New("no permission to open the device")
	// ErrBusy: another program has claimed the device.
	ErrBusy = errors.New("device is claimed by another program")
	// ErrClosed: a stream that was stopped by its own side.
	ErrClosed = errors.New("stream is closed")
)

// Port is a device on the bus that nobody has opened.
type Port struct {
	// Path is where it is plugged in; it may be another device after a replug.
	Path          string
	VID, PID, BCD uint16
	// HID: it has an interface of class 3.
	HID bool
}

// Bus finds and opens devices.
type Bus interface {
	// Ports lists what is plugged in.
	Ports(ctx context.Context) ([]Port, error)
	// Open claims a device. ErrDenied, ErrBusy and ErrGone are told apart.
	Open(ctx context.Context, p Port) (Transport, error)
	// Close releases the bus; every transport must have been closed.
	Close() error
}

// Transport is an open device. Control calls may come from several goroutines;
// each returns within the transport's time-out.
type Transport interface {
	// GetFeature fills b with the report whose id is b[0] and returns its
	// length.
	GetFeature(b []byte) (int, error)
	// SetFeature sends the report b; b[0] is its id.
	SetFeature(b []byte) error
	// String reads a raw string descriptor, its two leading bytes included.
	String(index int) ([]byte, error)
	// Descriptor is the HID report descriptor.
	Descriptor() ([]byte, error)
	// HasBulk says whether there is a bulk OUT pipe.
	HasBulk() bool
	// Bulk writes to it.
	Bulk(ctx context.Context, b []byte) error
	// Interrupt writes to the interrupt OUT endpoint, or as an output report
	// where there is none.
	Interrupt(ctx context.Context, b []byte) error
	// Stream begins to read input reports of up to size bytes. One at a time.
	Stream(size int) (Stream, error)
	// Alive asks the device for something harmless: nil, or why not.
	Alive() error
	// Serial is the serial number string, as text; empty when there is none.
	Serial() string
	// Close ends everything. It may be called again.
	Close() error
}

// Stream is the input side while it runs.
type Stream interface {
	// Read waits for one report. A report may have no bytes. Only one
	// goroutine reads. After an error it returns errors only; ErrClosed is the
	// one that follows Stop.
	Read(b []byte) (int, error)
	// Stop makes Read return. It may come from any goroutine and be repeated.
	// The reader must go on reading until it gets an error: only then are all
	// transfers back.
	Stop()
}
