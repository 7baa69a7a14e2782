package emu

import "encoding/binary"

// PenDescriptor describes a digitizer pen: report 7, ten bytes, tip, barrel,
// invert, eraser and in-range bits, X to 31200 and Y to 17400 over 156 × 87 mm,
// pressure to 4095, tilt.
var PenDescriptor = []byte{0x05, 0x0d, 0x09, 0x02, 0xa1, 0x01, 0x85, 0x07, 0x09, 0x20, 0xa1, 0x00, 0x15, 0x00, 0x25, 0x01, 0x75, 0x01, 0x95, 0x05,
	0x09, 0x42, 0x09, 0x44, 0x09, 0x3c, 0x09, 0x45, 0x09, 0x32, 0x81, 0x02, 0x95, 0x03, 0x81, 0x03, 0x05, 0x01, 0x65, 0x11, 0x55, 0x0d, 0x75, 0x10,
	0x95, 0x01, 0x35, 0x00, 0x46, 0xf0, 0x3c, 0x26, 0xe0, 0x79, 0x09, 0x30, 0x81, 0x02, 0x46, 0xfc, 0x21, 0x26, 0xf8, 0x43, 0x09, 0x31, 0x81, 0x02,
	0x05, 0x0d, 0x65, 0x00, 0x55, 0x00, 0x45, 0x00, 0x26, 0xff, 0x0f, 0x09, 0x30, 0x81, 0x02, 0x75, 0x08, 0x95, 0x02, 0x15, 0xc4, 0x25, 0x3c,
	0x09, 0x3d, 0x09, 0x3e, 0x81, 0x02, 0xc0, 0xc0}

// mouse is a descriptor that no pad has.
var mouse = []byte{0x05, 0x01, 0x09, 0x02, 0xa1, 0x01, 0xa1, 0x00, 0x05, 0x09, 0x19, 0x01, 0x29, 0x03, 0x15, 0x00, 0x25, 0x01, 0x95, 0x03, 0x75, 0x01,
	0x81, 0x02, 0x95, 0x01, 0x75, 0x05, 0x81, 0x01, 0x05, 0x01, 0x09, 0x30, 0x09, 0x31, 0x15, 0x81, 0x25, 0x7f, 0x75, 0x08, 0x95, 0x02, 0x81, 0x06, 0xc0, 0xc0}

// Pen is an emulated generic HID pen.
type Pen struct {
	*Pad
	deaf
}

// deaf answers nothing that a simple device does not have.
type deaf struct{}

func (deaf) get(byte, int) ([]byte, bool) { return nil, false }
func (deaf) set(byte, []byte) bool        { return false }
func (deaf) out(byte, []byte) bool        { return false }
func (deaf) text(byte) ([]byte, bool)     { return nil, false }

// NewPen makes a pen with this report descriptor; nil is PenDescriptor.
func NewPen(descriptor []byte) *Pen {
	if descriptor == nil {
		descriptor = PenDescriptor
	}
	p := &Pen{Pad: newPad(Identity{VID: 0x1209, PID: 0x0001, BCD: 0x0203, Maker: "Emulated", Product: "Pen", SerialNumber: "PEN-7"},
		[]function{{class: 3, endpoints: []endpoint{{0x81, 3, 16}}, report: descriptor}})}
	p.Pad.brain = p
	return p
}

// NewMouse makes a device that must be refused.
func NewMouse() *Pen { return NewPen(mouse) }

// Pen reports a touch, in the counts of PenDescriptor.
func (p *Pen) Pen(near, tip bool, pressure, x, y uint16) bool {
	b := []byte{7, 0}
	if near {
		b[1] |= 0x10
	}
	if tip {
		b[1] |= 1
	}
	b = binary.LittleEndian.AppendUint16(b, x)
	b = binary.LittleEndian.AppendUint16(b, y)
	b = binary.LittleEndian.AppendUint16(b, pressure)
	return p.Raw(append(b, 0, 0))
}

// Tablet is an emulated UC-Logic v2 or UGEE v2 tablet. It sleeps until it is
// woken as its family wants.
type Tablet struct {
	*Pad
	deaf
	ugee, awake bool
}

// NewTablet makes a Huion-like tablet, or an XP-Pen-like one.
func NewTablet(ugee bool) *Tablet {
	id := Identity{VID: 0x256C, PID: 0x006D, Maker: "HUION", Product: "Tablet"}
	fs := []function{{class: 3, endpoints: []endpoint{{0x81, 3, 16}}, report: mouse}}
	if ugee {
		id = Identity{VID: 0x28BD, PID: 0x0914, Maker: "UGEE", Product: "G640"}
		fs[0].endpoints = append(fs[0].endpoints, endpoint{0x03, 3, 16})
	}
	t := &Tablet{Pad: newPad(id, fs), ugee: ugee}
	t.Pad.brain = t
	return t
}

func (t *Tablet) text(index byte) ([]byte, bool) {
	b := []byte{0, 3}
	le := binary.LittleEndian
	switch {
	case t.ugee && index == 100:
		for _, v := range []uint16{32000, 20000, 0, 8191, 5080} {
			b = le.AppendUint16(b, v)
		}
	case !t.ugee && index == 200:
		t.awake = true
		b = append(b, 0x50, 0xC7, 0, 0xCA, 0x7C, 0, 0xFF, 0x1F, 0xD8, 0x13, 0, 0, 0, 0, 0, 0)
	case !t.ugee && index == 201:
		for _, c := range "HUION_T173_180101" {
			b = le.AppendUint16(b, uint16(c))
		}
	default:
		return nil, false
	}
	b[0] = byte(len(b))
	return b, true
}

func (t *Tablet) out(ep byte, data []byte) bool {
	if t.ugee && ep == 3 && len(data) == 10 && data[0] == 2 && data[1] == 0xB0 && data[2] == 4 {
		t.awake = true
		return true
	}
	return false
}

// Awake says whether the host has woken the tablet.
func (t *Tablet) Awake() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.awake
}

// Pen reports the pen; a sleeping tablet says nothing.
func (t *Tablet) Pen(near, tip bool, pressure, x, y uint16) bool {
	if !t.Awake() {
		return false
	}
	b := []byte{8, 0}
	switch {
	case t.ugee && !near:
		b = []byte{2, 0xC0}
	case t.ugee:
		b = []byte{2, 0xA0}
	case near:
		b[1] = 0x80
	}
	if tip {
		b[1] |= 1
	}
	for _, v := range []uint16{x, y, pressure} {
		b = binary.LittleEndian.AppendUint16(b, v)
	}
	b = append(b, 0, 0)
	if !t.ugee {
		b = append(b, 0, 0)
	}
	return t.Raw(b)
}

// Plain is an emulated pad of fixed layout: it sends what a test gives to Raw,
// and answers some string descriptors and every feature set.
type Plain struct {
	*Pad
	deaf
	strings map[byte][]byte
	sets    [][]byte
}

// NewPlain makes one; strings are whole string descriptors by index.
func NewPlain(vid, pid uint16, strings map[byte][]byte) *Plain {
	p := &Plain{Pad: newPad(Identity{VID: vid, PID: pid, Maker: "Emulated", Product: "Pad"},
		[]function{{class: 3, endpoints: []endpoint{{0x81, 3, 16}}, report: mouse}}), strings: strings}
	p.Pad.brain = p
	return p
}

func (p *Plain) text(index byte) ([]byte, bool) { b, ok := p.strings[index]; return b, ok }

func (p *Plain) set(_ byte, b []byte) bool {
	p.sets = append(p.sets, append([]byte(nil), b...))
	return true
}

// Sets are the feature reports that the host has set.
func (p *Plain) Sets() [][]byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([][]byte(nil), p.sets...)
}
