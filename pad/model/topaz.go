package model

// TopazPen is one packet of a Topaz pad's serial stream (BSB, format 0). There
// is no transport for it here: it is a decoder and its vectors.
type TopazPen struct {
	Near, Down bool
	// Type: 0, 1, 4 position; 7 pressure, which holds for the positions after
	// it; 2 device.
	Type           uint8
	X, Y, Pressure int
	// spare are bits without a meaning, kept so that a change is seen.
	spare [4]byte
}

// ParseTopaz reads a packet of 5 bytes. Both axes at FFF are noise.
func ParseTopaz(b []byte) (TopazPen, error) {
	if len(b) < 5 {
		return TopazPen{}, ErrShort
	}
	if b[0]&0x80 == 0 || (b[1]|b[2]|b[3]|b[4])&0x80 != 0 {
		return TopazPen{}, ErrFormat
	}
	p := TopazPen{Near: b[0]&0x40 != 0, Down: b[0]&1 != 0, Type: b[0] >> 2 & 7, spare: [4]byte{b[0] & 0x22, b[2] &^ 0x1f, b[4] &^ 0x1f}}
	switch p.Type {
	case 0, 1, 4:
		p.X, p.Y = int(b[2]&0x1f)<<7|int(b[1]), int(b[4]&0x1f)<<7|int(b[3])
		if p.X == 0xfff && p.Y == 0xfff {
			return TopazPen{}, ErrRange
		}
	case 7:
		p.Pressure = int(b[4]&7)<<7 | int(b[3])
		p.spare[3] = b[4] & 0x18
		if b[1]|b[2] != 0 {
			return TopazPen{}, ErrFormat
		}
	case 2:
	default:
		return TopazPen{}, ErrUnknown
	}
	return p, nil
}
