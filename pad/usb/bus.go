//go:build cgo

package usb

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"strings"

	"github.com/google/gousb"

	"moqian/pad/model"
	"moqian/pad/usb/internal/wire"
)

// bus is libusb's context.
type bus struct {
	ctx *gousb.Context
	opt Options
}

// newBus starts libusb. gousb panics when that fails.
func newBus(opt Options) (b wire.Bus, err error) {
	defer func() {
		if r := recover(); r != nil {
			b, err = nil, fmt.Errorf("%w: %v", ErrNoUSB, r)
		}
	}()
	return &bus{ctx: gousb.NewContext(), opt: opt}, nil
}

// place names where a device is plugged in and as which it is there now.
func place(d *gousb.DeviceDesc) string {
	path := make([]string, len(d.Path))
	for i, n := range d.Path {
		path[i] = strconv.Itoa(n)
	}
	return fmt.Sprintf("%d-%s@%d", d.Bus, strings.Join(path, "."), d.Address)
}

// Ports lists all devices that may be pads. Of the devices nobody knows, those
// count that call themselves HID without being a keyboard or a mouse, and that
// the kernel, if it knows their report descriptor, shows to be a pen: others
// are never touched.
func (b *bus) Ports(context.Context) ([]wire.Port, error) {
	var out []wire.Port
	_, err := b.ctx.OpenDevices(func(d *gousb.DeviceDesc) bool {
		p := wire.Port{Path: place(d), VID: uint16(d.Vendor), PID: uint16(d.Product), BCD: uint16(d.Device)}
		if _, known := model.Find(p.VID, p.PID); !known && runtime.GOOS != "windows" {
			p.HID = mayBePen(d)
		}
		out = append(out, p)
		return false
	})
	if err != nil && len(out) == 0 {
		return nil, fmt.Errorf("listing USB devices: %w", err)
	}
	return out, nil
}

func mayBePen(d *gousb.DeviceDesc) bool {
	for _, c := range d.Configs {
		for _, i := range c.Interfaces {
			for _, a := range i.AltSettings {
				if a.Class == gousb.ClassHID && a.Protocol == 0 && penByKernel(d, c.Number, i.Number) {
					return true
				}
			}
		}
	}
	return false
}

// Open claims the device that is still at this place.
func (b *bus) Open(_ context.Context, p wire.Port) (wire.Transport, error) {
	devs, err := b.ctx.OpenDevices(func(d *gousb.DeviceDesc) bool {
		return place(d) == p.Path && uint16(d.Vendor) == p.VID && uint16(d.Product) == p.PID
	})
	if len(devs) == 0 {
		if err == nil {
			err = wire.ErrGone
		}
		return nil, translate(err)
	}
	for _, d := range devs[1:] {
		_ = d.Close() // nothing was done with it
	}
	t, err := claim(devs[0], b.opt)
	if err != nil {
		return nil, errors.Join(translate(err), devs[0].Close())
	}
	return t, nil
}

// Close ends libusb; it may take a tenth of a second.
func (b *bus) Close() error { return b.ctx.Close() }

// translate gives an error of gousb the meaning that the driver acts on. Some
// of them are wrapped as text only, so the number in the text counts too.
func translate(err error) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	for _, m := range []struct {
		code gousb.Error
		to   error
	}{{gousb.ErrorAccess, wire.ErrDenied}, {gousb.ErrorBusy, wire.ErrBusy}, {gousb.ErrorNoDevice, wire.ErrGone},
		{gousb.ErrorPipe, wire.ErrStall}, {gousb.ErrorTimeout, wire.ErrTimeout}} {
		if errors.Is(err, m.code) || strings.Contains(text, fmt.Sprintf("[code %d]", int(m.code))) {
			return fmt.Errorf("%w (%w)", m.to, err)
		}
	}
	switch {
	case errors.Is(err, gousb.TransferNoDevice):
		return fmt.Errorf("%w (%w)", wire.ErrGone, err)
	case errors.Is(err, gousb.TransferStall):
		return fmt.Errorf("%w (%w)", wire.ErrStall, err)
	case errors.Is(err, gousb.TransferTimedOut):
		return fmt.Errorf("%w (%w)", wire.ErrTimeout, err)
	}
	return err
}
