package model

import "fmt"

// UCLogic decodes the reports of the UC-Logic family: Huion, Gaomon and older
// tablets (versions 1 and 2), UGEE and XP-Pen (version 2 of UGEE).
type UCLogic struct {
	surface Surface
	layout  tabletLayout
}

type tabletLayout uint8

const (
	layoutV1 tabletLayout = iota
	layoutV2
	layoutUGEE
)

// tabletPen is a report in counts. Flags is the status byte whole, so that
// bits nobody has explained are still told apart.
type tabletPen struct {
	flags        byte
	x, y, p      int
	tiltX, tiltY int8
	near, tip    bool
	keys         bool
}

// Parameters are what a tablet of this family answers in a string descriptor
// when it is woken.
type Parameters struct{ MaxX, MaxY, MaxP, PerInch int }

// ParseParameters reads string 200 (version 2, 24-bit axes), or string 100
// (version 1 and UGEE). raw is the whole string descriptor. Printable text
// alone is a refusal: the tablet is another generation.
func ParseParameters(raw []byte, decoder string) (Parameters, error) {
	need := 12
	if decoder == "uclogic-v2" {
		need = 14
	}
	if len(raw) < need || raw[1] != 3 || int(raw[0]) < need || printable(raw[2:]) {
		return Parameters{}, fmt.Errorf("%w: parameter string of %d bytes", ErrFeature, len(raw))
	}
	p := Parameters{le16(raw[2:]), le16(raw[4:]), le16(raw[8:]), le16(raw[10:])}
	if decoder == "uclogic-v2" {
		p = Parameters{le16(raw[2:]) | int(raw[4])<<16, le16(raw[5:]) | int(raw[7])<<16, le16(raw[8:]), le16(raw[10:])}
	}
	if p.PerInch < 100 || p.MaxP < 255 {
		return Parameters{}, fmt.Errorf("%w: pressure to %d, %d lines an inch", ErrLies, p.MaxP, p.PerInch)
	}
	return p, p.Surface().Check()
}

// printable: UTF-16 letters and nothing else.
func printable(b []byte) bool {
	for i := 0; i+1 < len(b); i += 2 {
		if b[i+1] != 0 || b[i] < 0x20 || b[i] > 0x7e {
			return false
		}
	}
	return true
}

// Surface in mm.
func (p Parameters) Surface() Surface {
	mm := 25.4 / float64(max(p.PerInch, 1))
	return Surface{MaxX: p.MaxX, MaxY: p.MaxY, MaxP: p.MaxP, Width: float64(p.MaxX) * mm, Height: float64(p.MaxY) * mm}
}

// NewUCLogic makes a decoder: uclogic-v1, uclogic-v2 or ugee-v2.
func NewUCLogic(decoder string, s Surface) (*UCLogic, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	l, ok := map[string]tabletLayout{"uclogic-v1": layoutV1, "uclogic-v2": layoutV2, "ugee-v2": layoutUGEE}[decoder]
	if !ok {
		return nil, ErrUnknown
	}
	return &UCLogic{surface: s, layout: l}, nil
}

// Reset does nothing: the tablet says itself when the pen touches.
func (d *UCLogic) Reset() {}

// Size of the longest input report.
func (d *UCLogic) Size() int { return 14 }

// Decode reads one report.
func (d *UCLogic) Decode(b []byte, out *[2]Reading) (int, error) {
	p, err := d.read(b)
	if err != nil || p.keys {
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
	r.Tip = p.tip
	r.Down = p.tip
	out[0] = r
	return 1, nil
}

func (d *UCLogic) read(b []byte) (tabletPen, error) {
	if len(b) == 0 {
		return tabletPen{}, ErrEmpty
	}
	if d.layout == layoutUGEE {
		return readUGEE(b)
	}
	return readUCLogic(b, d.layout)
}

func readUCLogic(b []byte, l tabletLayout) (tabletPen, error) {
	need := 8
	if l == layoutV2 {
		need = 12
	}
	switch {
	case b[0] != 0x08:
		return tabletPen{}, ErrUnknown
	case len(b) < need:
		return tabletPen{}, ErrShort
	}
	p := tabletPen{flags: b[1], x: le16(b[2:]), y: le16(b[4:]), p: le16(b[6:]), near: b[1]&0x80 != 0, tip: b[1]&1 != 0}
	if l == layoutV1 {
		p.keys = b[1]&0x40 != 0
		return p, nil
	}
	p.keys = b[1]&0xE0 == 0xE0
	p.x |= int(b[8]) << 16
	p.y |= int(b[9]) << 16
	p.tiltX, p.tiltY = int8(b[10]), -int8(b[11])
	return p, nil
}

// readUGEE reads generation 1 (10 bytes) and 2 (14 bytes, with high bytes).
func readUGEE(b []byte) (tabletPen, error) {
	switch {
	case b[0] != 0x02:
		return tabletPen{}, ErrUnknown
	case len(b) < 10:
		return tabletPen{}, ErrShort
	}
	p := tabletPen{flags: b[1], x: le16(b[2:]), y: le16(b[4:]), p: le16(b[6:]),
		tiltX: int8(b[8]), tiltY: int8(b[9]), near: b[1]&0xC0 != 0xC0, tip: b[1]&0x09 == 0x01}
	p.keys = p.near && b[1]&0x10 != 0
	if len(b) >= 14 {
		p.x |= int(b[10]) << 16
		p.y |= int(b[11]) << 16
		p.p |= int(b[13]&1) << 13
	}
	return p, nil
}
