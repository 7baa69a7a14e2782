package drive

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"

	"moqian/pad"
	"moqian/pad/internal"
	"moqian/pad/model"
	"moqian/pad/usb/internal/wire"
)

// Open makes a device of what is plugged in at a port. onClose runs after the
// transport was closed. Errors: pad.ErrDenied, pad.ErrBusy, pad.ErrGone,
// model.ErrNotPad, model.ErrLies, or what the cable said.
func Open(ctx context.Context, bus wire.Bus, p wire.Port, opt Options, onClose func()) (*pad.Device, error) {
	t, err := bus.Open(ctx, p)
	if err != nil {
		return nil, opening(p, err)
	}
	drv, err := build(ctx, t, p, opt.withDefaults())
	if err != nil {
		return nil, opening(p, errors.Join(err, t.Close()))
	}
	drv.core().onGone = onClose
	return pad.New(internal.Seal[pad.Driver](drv)), nil
}

// opening names the port and translates what the cable said.
func opening(p wire.Port, err error) error {
	where := fmt.Sprintf("%04x:%04x", p.VID, p.PID)
	switch {
	case errors.Is(err, wire.ErrDenied):
		return fmt.Errorf("%w: %s: 请安装 udev 规则 %s (make install-udev) 后重新插拔 (install the udev rule %s with make install-udev, then plug the pad in again)",
			pad.ErrDenied, where, pad.UdevRule, pad.UdevRule)
	case errors.Is(err, wire.ErrBusy):
		return fmt.Errorf("opening %s: %w", where, pad.ErrBusy)
	case errors.Is(err, wire.ErrGone):
		return fmt.Errorf("opening %s: %w", where, pad.ErrGone)
	}
	return fmt.Errorf("opening %s: %w", where, err)
}

// built is a driver with its common part in reach.
type built interface {
	pad.Driver
	core() *driver
}

func (d *driver) core() *driver { return d }

// build asks the pad what it is.
func build(ctx context.Context, t wire.Transport, p wire.Port, opt Options) (built, error) {
	spec, known := model.Find(p.VID, p.PID)
	switch {
	case !known:
		return buildHID(t, p, opt)
	case spec.Decoder == "stu":
		return buildSTU(t, p, spec, opt)
	}
	return buildTablet(ctx, t, p, spec, opt)
}

// buildHID takes a pen that describes itself.
func buildHID(t wire.Transport, p wire.Port, opt Options) (built, error) {
	raw, err := t.Descriptor()
	if err != nil {
		return nil, fmt.Errorf("reading the report descriptor: %w", err)
	}
	desc, err := model.Parse(raw)
	if err != nil {
		return nil, err
	}
	pen, err := model.PenOf(desc)
	if err != nil {
		return nil, err
	}
	s := pen.Surface()
	info := pad.Info{Maker: "generic", Model: fmt.Sprintf("HID pen %04x:%04x", p.VID, p.PID), VID: p.VID, PID: p.PID, Serial: t.Serial(),
		Width: s.Width, Height: s.Height, Levels: s.MaxP + 1, Rate: 100}
	return plain(t, info, pen, s, opt), nil
}

func plain(t wire.Transport, info pad.Info, dec model.Decoder, s model.Surface, opt Options) *driver {
	d := newDriver(t, info, dec, opt)
	d.base.Capability = &pad.Capability{MaxX: s.MaxX, MaxY: s.MaxY, MaxPressure: s.MaxP, RateHz: int(info.Rate)}
	if info.Serial != "" {
		d.base.Identities = []pad.Identity{{Kind: "usb serial", Value: info.Serial, Worth: pad.WorthString}}
	}
	if opt.Encryption == Require {
		d.fam = refuser{}
	}
	return d
}

// buildTablet wakes a pad up as its file says.
func buildTablet(ctx context.Context, t wire.Transport, p wire.Port, spec model.Spec, opt Options) (built, error) {
	s := spec.Surface()
	for _, w := range spec.Wake {
		got, err := wake(ctx, t, spec, w)
		if err != nil {
			return nil, fmt.Errorf("waking the %s: %w", spec.Model, err)
		}
		if got != nil {
			s = *got
		}
	}
	dec, err := spec.NewDecoder(s)
	if err != nil {
		return nil, err
	}
	levels := 0
	if s.MaxP > 0 {
		levels = s.MaxP + 1
	}
	info := pad.Info{Maker: spec.Maker, Model: spec.Model, VID: p.VID, PID: p.PID, Serial: t.Serial(),
		Width: s.Width, Height: s.Height, Levels: levels, Rate: spec.RateHz}
	return plain(t, info, dec, s, opt), nil
}

// wake does one step; a surface comes back from the step that asks for it.
func wake(ctx context.Context, t wire.Transport, spec model.Spec, w model.WakeStep) (*model.Surface, error) {
	switch w.Do {
	case "string", "parameters":
		raw, err := t.String(w.Index)
		if w.Do == "string" && !errors.Is(err, wire.ErrGone) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		p, err := model.ParseParameters(raw, spec.Decoder)
		s := p.Surface()
		return &s, err
	}
	b, err := hex.DecodeString(w.Hex)
	if err != nil {
		return nil, err
	}
	if w.Do == "out" {
		return nil, t.Interrupt(ctx, b)
	}
	return nil, t.SetFeature(b)
}

// buildSTU asks model, capability and identities.
func buildSTU(t wire.Transport, p wire.Port, spec model.Spec, opt Options) (built, error) {
	s := &stu{t: t, spec: spec}
	b, err := s.get(model.IDInformation, 17)
	if err != nil {
		return nil, err
	}
	about, err := model.ParseInformation(b)
	if err != nil {
		return nil, err
	}
	if s.cap, err = s.capability(); err != nil {
		return nil, err
	}
	dec, err := model.NewSTU(s.cap, model.DefaultThreshold, model.OptionNone)
	if err != nil {
		return nil, err
	}
	ids := s.identities()
	area := s.cap.Surface()
	info := pad.Info{Maker: spec.Maker, Model: about.Model, VID: p.VID, PID: p.PID, Firmware: about.Firmware(),
		Width: area.Width, Height: area.Height, Levels: s.cap.MaxPressure + 1, Rate: float64(s.cap.Rate)}
	for _, id := range ids {
		if id.Worth == pad.WorthHardware {
			info.Serial = id.Value
		}
	}
	d := newDriver(t, info, dec, opt)
	c := s.cap
	d.base.Capability = &pad.Capability{MaxX: c.MaxX, MaxY: c.MaxY, MaxPressure: c.MaxPressure, ScreenW: c.ScreenW, ScreenH: c.ScreenH,
		RateHz: c.Rate, PerInch: c.PerInch, Encodings: int(c.Encodings)}
	d.base.Identities = ids
	s.d, s.dec, d.fam = d, dec, s
	return &screened{driver: d, stu: s}, nil
}

// capability reads report 09, the short one of old firmware too, and refuses
// limits that cannot be true.
func (s *stu) capability() (model.Capability, error) {
	b, err := s.get(model.IDCapability, 17)
	if errors.Is(err, wire.ErrStall) {
		b, err = s.get(model.IDCapability, 11)
	}
	if err != nil {
		return model.Capability{}, err
	}
	c, err := model.ParseCapability(b)
	if err != nil {
		return c, err
	}
	return c, c.Check()
}

// identities asks for all that the pad calls itself.
func (s *stu) identities() []pad.Identity {
	var out []pad.Identity
	for _, q := range []struct {
		id   byte
		n    int
		kind string
	}{{model.IDUid2, 11, "uid2"}, {model.IDESerial, 14, "eserial"}} {
		if s.spec.STU.Serial == 0 || q.id == model.IDESerial && s.spec.STU.Serial != model.IDESerial {
			continue
		}
		b, err := s.get(q.id, q.n)
		if err != nil {
			continue
		}
		if text, err := model.ParseText(b, q.id); err == nil && text != "" {
			out = append(out, pad.Identity{Kind: q.kind, Value: text, Worth: pad.WorthHardware})
		}
	}
	if b, err := s.get(model.IDUid, 5); err == nil {
		if n, err := model.ParseUid(b); err == nil {
			out = append(out, pad.Identity{Kind: "uid", Value: fmt.Sprintf("%08x", n), Worth: pad.WorthNone})
		}
	}
	return out
}
