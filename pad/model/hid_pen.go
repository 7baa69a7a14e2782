package model

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
)

// HID usages that a pen has (protocols.md 2.1).
const (
	pageDesktop    = 0x01
	pageDigitizer  = 0x0D
	usageDigitizer = 0x01
	usagePen       = 0x02
	usageStylus    = 0x20
	usageFinger    = 0x22
	usageX         = 0x30
	usageY         = 0x31
	usagePressure  = 0x30
	usageInRange   = 0x32
	usageTip       = 0x42
	usageInvert    = 0x3C
	usageEraser    = 0x45
)

// ErrNotPad: the descriptor is sound, but no collection of it is a pressure
// pad. The error says what is missing.
var ErrNotPad = errors.New("not a pressure pad")

// HIDPen decodes one report of a generic pen. Make it with [PenOf].
type HIDPen struct {
	surface              Surface
	numbered             bool
	id                   uint8
	ids                  [256]bool
	x, y, p              Field
	tip, near, inv, eras Field
	length, longest      int
	hidRaw
}

type hidRaw struct {
	x, y, p        int
	tip, near      bool
	invert, eraser bool
}

// PenOf applies the acceptance rule: a pen or stylus collection with X and Y of
// at least 10 bits, a pressure up to at least 255 and a tip or in-range bit,
// with a size in mm. Anything else is refused with what is missing.
func PenOf(d *Descriptor) (*HIDPen, error) {
	why := fmt.Errorf("%w: no pen or stylus collection", ErrNotPad)
	type place struct {
		id  uint8
		app int
	}
	for _, wantPen := range []bool{true, false} {
		tried := map[place]bool{}
		for i := range d.Fields {
			f := &d.Fields[i]
			at := place{f.ReportID, f.App}
			if f.Kind != Input || tried[at] {
				continue
			}
			tried[at] = true
			p, found, err := penIn(d, ReportKey{Input, f.ReportID}, f.App, wantPen)
			if found && err == nil {
				return p, nil
			}
			if found {
				why = err
			}
		}
	}
	return nil, why
}

// penIn looks for a pen in one report of one application collection.
func penIn(d *Descriptor, k ReportKey, app int, wantPen bool) (*HIDPen, bool, error) {
	p := &HIDPen{numbered: d.Numbered, id: k.ID, length: d.Bytes[k]}
	found := false
	for i := range d.Fields {
		f := &d.Fields[i]
		if f.Kind == k.Kind && f.ReportID == k.ID && f.App == app && !f.Array && f.ofPen(wantPen) {
			found = true
			p.adopt(f)
		}
	}
	if !found {
		return nil, false, nil
	}
	for key, n := range d.Bytes {
		if key.Kind == Input {
			p.ids[key.ID] = true
			p.longest = max(p.longest, n)
		}
	}
	return p, true, p.accept()
}

// ofPen: the field belongs to a pen application, or failing that to a stylus
// or a digitizer at large; never to a finger.
func (f *Field) ofPen(wantPen bool) bool {
	if f.Finger {
		return false
	}
	digitizer := f.AppPage == pageDigitizer
	if wantPen {
		return digitizer && f.AppUsage == usagePen
	}
	return f.Stylus || digitizer && (f.AppUsage == usageStylus || f.AppUsage == usageDigitizer)
}

func (p *HIDPen) adopt(f *Field) {
	slot := map[[2]uint16]*Field{
		{pageDesktop, usageX}: &p.x, {pageDesktop, usageY}: &p.y, {pageDigitizer, usagePressure}: &p.p,
		{pageDigitizer, usageTip}: &p.tip, {pageDigitizer, usageInRange}: &p.near,
		{pageDigitizer, usageInvert}: &p.inv, {pageDigitizer, usageEraser}: &p.eras,
	}[[2]uint16{f.Page, f.Usage}]
	if slot != nil && slot.Size == 0 {
		*slot = *f
	}
}

func (p *HIDPen) accept() error {
	switch {
	case p.x.Size == 0 || p.y.Size == 0:
		return fmt.Errorf("%w: no X and Y", ErrNotPad)
	case !tenBits(p.x) || !tenBits(p.y):
		return fmt.Errorf("%w: axes of fewer than 10 bits", ErrNotPad)
	case p.p.Size == 0 || p.p.Max < 255 || p.p.Max <= p.p.Min || p.p.Max-p.p.Min > 0xffff:
		return fmt.Errorf("%w: pressure reaches %d only", ErrNotPad, p.p.Max)
	case p.tip.Size == 0 && p.near.Size == 0:
		return fmt.Errorf("%w: neither a tip nor an in-range bit", ErrNotPad)
	}
	w, h, ok := sizes(p.x, p.y)
	if !ok {
		return fmt.Errorf("%w: no believable size in mm", ErrNotPad)
	}
	p.surface = Surface{MaxX: p.x.Max - p.x.Min, MaxY: p.y.Max - p.y.Min, MaxP: p.p.Max - p.p.Min, Width: w, Height: h}
	return p.surface.Check()
}

func tenBits(f Field) bool {
	return f.Size >= 10 && f.Size <= 32 && f.Max > f.Min && bits.Len(uint(f.Max-f.Min)) >= 10
}

// sizes are the axes in mm. Exponents are often wrong: the stated one is tried
// first, then its neighbours, the same for both axes.
func sizes(x, y Field) (w, h float64, ok bool) {
	for _, shift := range []int{0, 1, -1, 2, -2, 3, -3} {
		w, h = length(x, shift), length(y, shift)
		if w >= 30 && w <= 700 && h >= 15 && h <= 500 {
			return w, h, true
		}
	}
	return 0, 0, false
}

func length(f Field, shift int) float64 {
	unit := 0.0
	switch f.Unit {
	case 0x11:
		unit = 10
	case 0x13:
		unit = 25.4
	}
	lo, hi := f.PhysMin, f.PhysMax
	if lo == 0 && hi == 0 {
		lo, hi = f.Min, f.Max
	}
	return float64(hi-lo) * unit * math.Pow(10, float64(f.Exponent+shift))
}

// Surface is the pen's, from its descriptor.
func (p *HIDPen) Surface() Surface { return p.surface }

// Reset does nothing: a generic pen says itself when it touches.
func (p *HIDPen) Reset() {}

// Size of the longest input report.
func (p *HIDPen) Size() int { return p.longest }

// Decode reads one report. Reports of other collections give no reading.
func (p *HIDPen) Decode(b []byte, out *[2]Reading) (int, error) {
	if len(b) == 0 {
		return 0, ErrEmpty
	}
	if p.numbered && b[0] != p.id {
		if p.ids[b[0]] {
			return 0, nil
		}
		return 0, ErrUnknown
	}
	if len(b) < p.length {
		return 0, ErrShort
	}
	p.read(b)
	r := hidRaw{}
	defer func() { p.hidRaw = r }()
	if p.near.Size > 0 && !p.hidRaw.near {
		out[0] = Reading{Tip: p.hidRaw.tip}
		return 1, nil
	}
	got, err := p.surface.at(p.hidRaw.x-p.x.Min, p.hidRaw.y-p.y.Min, p.hidRaw.p-p.p.Min)
	if err != nil {
		return 0, err
	}
	got.Tip = p.hidRaw.tip
	if p.tip.Size == 0 {
		got.Tip = p.hidRaw.p > p.p.Min
	}
	got.Down = got.Tip && !p.hidRaw.invert && !p.hidRaw.eraser
	out[0] = got
	return 1, nil
}

// read takes the fields out of a report; Decode wipes them.
func (p *HIDPen) read(b []byte) {
	p.hidRaw = hidRaw{x: p.x.value(b), y: p.y.value(b), p: p.p.value(b), tip: p.tip.bit(b), near: p.near.bit(b),
		invert: p.inv.bit(b), eraser: p.eras.bit(b)}
}

func (f *Field) bit(b []byte) bool { return f.Size > 0 && f.value(b) != 0 }

// value reads a field of a report that is long enough.
func (f *Field) value(b []byte) int {
	v, got := uint64(0), 0
	for i := f.Offset / 8; got < f.Size+f.Offset%8 && i < len(b); i++ {
		v |= uint64(b[i]) << got
		got += 8
	}
	v >>= uint(f.Offset % 8)
	v &= 1<<uint(f.Size) - 1
	if f.Min < 0 && f.Size > 0 && v>>(f.Size-1)&1 != 0 {
		return int(v) - 1<<uint(f.Size)
	}
	return int(v)
}
