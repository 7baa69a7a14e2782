package model

// Fixed decodes the pads whose layout is published and never asked: ePadLink,
// the ViewSonic PD1011 family with the signotec Delta, and QEMU's tablet.
type Fixed struct {
	surface Surface
	size    int
	read    func(b []byte) (fixedPen, error)
}

// fixedPen is a report in counts; flags is the status byte whole.
type fixedPen struct {
	flags     byte
	x, y, p   int
	near, tip bool
}

// NewFixed makes a decoder: epad, pd1011 or qemu-tablet.
func NewFixed(decoder string, s Surface) (*Fixed, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	switch decoder {
	case "epad":
		return &Fixed{s, 6, readEPad}, nil
	case "pd1011":
		return &Fixed{s, 10, readPD1011}, nil
	case "qemu-tablet":
		return &Fixed{s, 7, readQEMU}, nil
	}
	return nil, ErrUnknown
}

// Reset does nothing: these pads say themselves when the pen touches.
func (d *Fixed) Reset() {}

// Size of the longest input report.
func (d *Fixed) Size() int { return d.size }

// Decode reads one report.
func (d *Fixed) Decode(b []byte, out *[2]Reading) (int, error) {
	if len(b) == 0 {
		return 0, ErrEmpty
	}
	if len(b) < d.size {
		return 0, ErrShort
	}
	p, err := d.read(b)
	if err != nil {
		return 0, err
	}
	if !p.near {
		out[0] = Reading{}
		return 1, nil
	}
	r, err := d.surface.at(p.x, p.y, p.p)
	if err != nil {
		return 0, err
	}
	r.Tip, r.Down = p.tip, p.tip
	out[0] = r
	return 1, nil
}

// readEPad: no report id. The lowest bit that could announce "in range" (usage
// 35) stays set between strokes, so a touch is the only ink.
func readEPad(b []byte) (fixedPen, error) {
	if b[5]&0x80 != 0 || b[0]&0x80 != 0 {
		return fixedPen{}, ErrFormat
	}
	return fixedPen{flags: b[0], x: le16(b[1:]), y: le16(b[3:]), p: int(b[5]), near: b[0]&0x60 != 0, tip: b[0]&0x20 != 0}, nil
}

// readPD1011: pressure begins at 5.
func readPD1011(b []byte) (fixedPen, error) {
	if b[0] != 0x02 {
		return fixedPen{}, ErrUnknown
	}
	return fixedPen{flags: b[5], x: le16(b[1:]), y: le16(b[3:]), p: le16(b[6:]), near: b[5]&2 != 0, tip: b[5]&4 != 0}, nil
}

// readQEMU: the last byte is 0 at a touch and -127 above the surface; there is
// no other pressure.
func readQEMU(b []byte) (fixedPen, error) {
	if b[0] != 0x02 {
		return fixedPen{}, ErrUnknown
	}
	if b[6] != 0 && b[6] != 0x81 {
		return fixedPen{}, ErrFormat
	}
	return fixedPen{flags: b[5], x: le16(b[1:]), y: le16(b[3:]), near: true, tip: b[6] == 0}, nil
}
