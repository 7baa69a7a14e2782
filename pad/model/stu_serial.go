package model

import "errors"

var errFrame = errors.New("malformed serial frame")

// Frame wraps a report for an STU in serial mode (protocols.md 8): seven bits a
// byte, with a CRC-16 when the host sends. We have no serial transport; the
// layout is here with its vectors for whoever adds one.
func Frame(report []byte, crc bool) []byte {
	body := append([]byte(nil), report...)
	head := byte(0x80)
	if crc {
		c := crc16(report)
		body = append(body, byte(c), byte(c>>8))
		head |= 0x40
	}
	n := (len(body)*8 + 6) / 7
	out := make([]byte, 2, 2+n)
	out[0], out[1] = head|byte(n>>7), byte(n&0x7f)
	acc, bits := 0, 0
	for _, b := range body {
		acc, bits = acc<<8|int(b), bits+8
		for bits >= 7 {
			bits -= 7
			out = append(out, byte(acc>>bits)&0x7f)
		}
	}
	if bits > 0 {
		out = append(out, byte(acc<<(7-bits))&0x7f)
	}
	return out
}

// Unframe gives the report of one whole frame.
func Unframe(f []byte) ([]byte, error) {
	if len(f) < 3 || f[0]&0x80 == 0 || len(f)-2 != int(f[0]&0x3f)<<7|int(f[1]) {
		return nil, errFrame
	}
	var out []byte
	acc, bits := 0, 0
	for _, b := range f[2:] {
		if b&0x80 != 0 {
			return nil, errFrame
		}
		acc, bits = acc<<7|int(b), bits+7
		if bits >= 8 {
			bits -= 8
			out = append(out, byte(acc>>bits))
		}
	}
	if len(out) == 0 || acc&(1<<bits-1) != 0 {
		return nil, errFrame
	}
	if f[0]&0x40 == 0 {
		return out, nil
	}
	n := len(out) - 2
	if n < 1 || crc16(out[:n]) != uint16(out[n])|uint16(out[n+1])<<8 {
		return nil, errFrame
	}
	return out[:n], nil
}

// crc16 is CRC-16/ARC.
func crc16(b []byte) uint16 {
	c := uint16(0)
	for _, v := range b {
		c ^= uint16(v)
		for range 8 {
			if c&1 != 0 {
				c = c>>1 ^ 0xA001
			} else {
				c >>= 1
			}
		}
	}
	return c
}
