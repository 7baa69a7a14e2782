//go:build cgo

package usb

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/google/gousb"

	"moqian/pad/usb/internal/wire"
)

const (
	// controlTimeout bounds every control request; zero would wait for ever.
	controlTimeout = time.Second
	// writeTimeout bounds one write to an OUT endpoint.
	writeTimeout = 5 * time.Second
	// depth is how many transfers wait for reports at once: a single one loses
	// reports between reads, eight lost none at 200 Hz.
	depth = 8
)

// Requests of HID 1.11, section 7.2.
const (
	reqGetReport     = 0x01
	reqSetReport     = 0x09
	reqGetDescriptor = 0x06
	typeGetClass     = 0xA1
	typeSetClass     = 0x21
	typeGetStandard  = 0x80
	typeGetInterface = 0x81
	reportFeature    = 3 << 8
	reportOutput     = 2 << 8
	descriptorDevice = 1 << 8
	descriptorString = 3 << 8
	descriptorReport = 0x22 << 8
	english          = 0x0409
)

// transport is an open and claimed device.
type transport struct {
	dev    *gousb.Device
	cfg    *gousb.Config
	intf   *gousb.Interface
	extra  *gousb.Interface // the bulk pipe's, if there is one
	in     *gousb.InEndpoint
	out    *gousb.OutEndpoint // interrupt, may be nil
	bulk   *gousb.OutEndpoint // may be nil
	number uint16             // of the interface
	serial string

	mu     sync.Mutex // serialises control requests, writes and Close
	closed bool
}

// claim takes the interface that reports the pen, and the bulk pipe.
func claim(d *gousb.Device, opt Options) (*transport, error) {
	d.ControlTimeout = controlTimeout
	if !opt.NoDetach {
		if err := d.SetAutoDetach(true); err != nil {
			return nil, err
		}
	}
	n, err := d.ActiveConfigNum()
	if err != nil {
		return nil, err
	}
	cfg, err := d.Config(n)
	if err != nil {
		return nil, err
	}
	t := &transport{dev: d, cfg: cfg}
	if err := t.pipes(); err != nil {
		t.release()
		return nil, err
	}
	t.serial, _ = d.SerialNumber() // a pad without a serial number has none
	return t, nil
}

// pipes chooses and opens endpoints: they are not published for most pads, so
// they are taken from the descriptors.
func (t *transport) pipes() (err error) {
	pen, bulk := choose(t.cfg.Desc)
	if pen < 0 {
		return errors.New("no interface with an interrupt IN endpoint")
	}
	if t.intf, err = t.cfg.Interface(pen, 0); err != nil {
		return err
	}
	t.number = uint16(pen)
	for _, e := range t.intf.Setting.Endpoints {
		switch {
		case e.TransferType != gousb.TransferTypeInterrupt:
		case e.Direction == gousb.EndpointDirectionIn && t.in == nil:
			t.in, err = t.intf.InEndpoint(e.Number)
		case e.Direction == gousb.EndpointDirectionOut && t.out == nil:
			t.out, err = t.intf.OutEndpoint(e.Number)
		}
		if err != nil {
			return err
		}
	}
	if t.in.Desc.MaxPacketSize <= 0 {
		return errors.New("interrupt endpoint with packets of no size")
	}
	if bulk < 0 {
		return nil
	}
	if t.extra, err = t.cfg.Interface(bulk, 0); err != nil {
		return err
	}
	for _, e := range t.extra.Setting.Endpoints {
		if isBulkOut(e) {
			t.bulk, err = t.extra.OutEndpoint(e.Number)
			return err
		}
	}
	return nil
}

func isBulkOut(e gousb.EndpointDesc) bool {
	return e.TransferType == gousb.TransferTypeBulk && e.Direction == gousb.EndpointDirectionOut
}

// choose finds the interface of the pen and the one of the bulk pipe; -1 is
// none. An interface that can be written to as well comes first: tablets are
// woken through it.
func choose(c gousb.ConfigDesc) (pen, bulk int) {
	pen, bulk = -1, -1
	best := 0
	for _, i := range c.Interfaces {
		a := i.AltSettings[0]
		worth := 0
		for _, e := range a.Endpoints {
			if e.TransferType == gousb.TransferTypeInterrupt {
				if e.Direction == gousb.EndpointDirectionIn {
					worth += 2
				} else {
					worth++
				}
			}
			if a.Class == gousb.ClassVendorSpec && isBulkOut(e) && bulk < 0 {
				bulk = i.Number
			}
		}
		if a.Class == gousb.ClassHID && worth >= 2 {
			worth += 4
		}
		if worth >= 2 && worth > best {
			best, pen = worth, i.Number
		}
	}
	return pen, bulk
}

// control runs one request. A fault that is neither a refusal nor silence may
// be an unplugging: the device is asked for its descriptor to find out.
func (t *transport) control(kind, request uint8, value, index uint16, data []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return 0, wire.ErrGone
	}
	n, err := t.dev.Control(kind, request, value, index, data)
	if err == nil {
		return n, nil
	}
	err = translate(err)
	for _, known := range []error{wire.ErrGone, wire.ErrStall, wire.ErrTimeout} {
		if errors.Is(err, known) {
			return 0, err
		}
	}
	if _, again := t.dev.Control(typeGetStandard, reqGetDescriptor, descriptorDevice, 0, make([]byte, 18)); again != nil {
		return 0, fmt.Errorf("%w (%w)", wire.ErrGone, err)
	}
	return 0, err
}

func (t *transport) GetFeature(b []byte) (int, error) {
	return t.control(typeGetClass, reqGetReport, reportFeature|uint16(b[0]), t.number, b)
}

func (t *transport) SetFeature(b []byte) error {
	_, err := t.control(typeSetClass, reqSetReport, reportFeature|uint16(b[0]), t.number, b)
	return err
}

// String reads the raw descriptor: gousb's own call makes ASCII of it.
func (t *transport) String(index int) ([]byte, error) {
	b := make([]byte, 255)
	n, err := t.control(typeGetStandard, reqGetDescriptor, descriptorString|uint16(index), english, b)
	return b[:n], err
}

func (t *transport) Descriptor() ([]byte, error) {
	b := make([]byte, 4096)
	n, err := t.control(typeGetInterface, reqGetDescriptor, descriptorReport, t.number, b)
	return b[:n], err
}

func (t *transport) Alive() error {
	_, err := t.control(typeGetStandard, reqGetDescriptor, descriptorDevice, 0, make([]byte, 18))
	return err
}

func (t *transport) Serial() string { return t.serial }

func (t *transport) HasBulk() bool { return t.bulk != nil }

func (t *transport) Bulk(ctx context.Context, b []byte) error { return t.write(ctx, t.bulk, b) }

// Interrupt writes to the OUT endpoint, or sends an output report.
func (t *transport) Interrupt(ctx context.Context, b []byte) error {
	if t.out != nil {
		return t.write(ctx, t.out, b)
	}
	_, err := t.control(typeSetClass, reqSetReport, reportOutput|uint16(b[0]), t.number, b)
	return err
}

func (t *transport) write(ctx context.Context, e *gousb.OutEndpoint, b []byte) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed || e == nil {
		return wire.ErrGone
	}
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	_, err := e.WriteContext(ctx, b)
	return translate(err)
}

// Close gives everything back in the order that gousb wants. The streams have
// ended before.
func (t *transport) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return nil
	}
	t.closed = true
	t.release()
	return t.dev.Close()
}

func (t *transport) release() {
	if t.extra != nil {
		t.extra.Close()
	}
	if t.intf != nil {
		t.intf.Close()
	}
	_ = t.cfg.Close() // fails only while an interface is open
}
