package model

import "encoding/binary"

// blockData is how many bytes of a picture one HID block carries.
const blockData = 253

// CmdReset restarts the pad softly: default inking, options and thresholds.
func CmdReset() []byte { return []byte{IDReset, 0} }

// CmdClear wipes the screen.
func CmdClear() []byte { return []byte{IDClear, 0} }

// CmdInking lets the pad draw the ink itself, or not.
func CmdInking(on bool) []byte {
	if on {
		return []byte{IDInking, 1}
	}
	return []byte{IDInking, 0}
}

// CmdOption chooses what pen reports carry.
func CmdOption(m OptionMode) []byte { return []byte{IDOptionMode, byte(m)} }

// CmdStartCapture begins an encrypted session.
func CmdStartCapture(session uint32) []byte {
	return binary.BigEndian.AppendUint32([]byte{IDStartCapture}, session)
}

// CmdEndCapture ends it.
func CmdEndCapture() []byte { return []byte{IDEndCapture, 0} }

// CmdThreshold sets where strokes begin and end.
func CmdThreshold(t Threshold) []byte {
	b := binary.LittleEndian.AppendUint16([]byte{IDThreshold}, uint16(t.On))
	return binary.LittleEndian.AppendUint16(b, uint16(t.Off))
}

// CmdStartImage announces a picture for the whole screen.
func CmdStartImage(e Encoding) []byte { return []byte{IDStartImage, byte(e)} }

// CmdStartArea announces a picture for a part of it.
func CmdStartArea(e Encoding, r Rect) []byte { return r.put([]byte{IDStartArea, byte(e), 1}) }

// CmdDisplayArea limits where the pad draws ink.
func CmdDisplayArea(r Rect) []byte { return r.put([]byte{IDDisplayArea}) }

// CmdBlock carries up to 253 bytes of a picture and gives the rest.
func CmdBlock(data []byte) (block, rest []byte) {
	n := min(len(data), blockData)
	block = make([]byte, 256)
	block[0] = IDImageBlock
	binary.LittleEndian.PutUint16(block[1:], uint16(n))
	copy(block[3:], data[:n])
	return block, data[n:]
}

// CmdEndImage shows the picture, or drops it.
func CmdEndImage(commit bool) []byte {
	if commit {
		return []byte{IDEndImage, 0}
	}
	return []byte{IDEndImage, 1}
}

// CmdPenColor16 sets ink colour (RGB565, little-endian here) and thickness.
func CmdPenColor16(r, g, b, thickness uint8) []byte {
	c := rgb565(r, g, b)
	return []byte{IDPenColor, byte(c), byte(c >> 8), thickness}
}

// CmdPenColor24 sets ink colour and thickness.
func CmdPenColor24(r, g, b, thickness uint8) []byte {
	return []byte{IDPenColor24, b, g, r, thickness}
}

// CmdSlides makes a 540 show its ROM pictures in turn without any host
// traffic: up to 10 slides (numbers 1 to 10), interval in ms, 2,000 to 120,000.
func CmdSlides(slides []uint8, interval uint32) ([]byte, bool) {
	if len(slides) < 2 || len(slides) > 10 || interval < 2000 || interval > 120000 {
		return nil, false
	}
	b := make([]byte, 13)
	b[0], b[1], b[3] = IDOperation, 2, byte(len(slides))
	for i, s := range slides {
		if s < 1 || s > 10 {
			return nil, false
		}
		b[4+i/2] |= s << (4 - 4*(i&1))
	}
	binary.BigEndian.PutUint32(b[9:], interval)
	return b, true
}

// CmdNormal leaves the slide show.
func CmdNormal() []byte { b := make([]byte, 13); b[0] = IDOperation; return b }

// Commands of report 40.
const (
	cryptSetType = 1
	cryptSetPart = 2
	cryptGetPart = 4
	cryptMakeKey = 5
)

// CmdCryptType asks for AES-256 under RSA-2048 with OAEP.
func CmdCryptType() []byte { return crypt(cryptSetType, 2, 2<<6|2, nil) }

// CmdCryptExponent hands the public exponent 65537 over.
func CmdCryptExponent() []byte { return crypt(cryptSetPart, 0, 3, []byte{1, 0, 1}) }

// CmdCryptModulus hands 64 bytes of the modulus over; index counts blocks.
func CmdCryptModulus(index int, part []byte) []byte {
	return crypt(cryptSetPart, 1, byte(index), part)
}

// CmdCryptKey lets the pad make a session key.
func CmdCryptKey() []byte { return crypt(cryptMakeKey, 0, 0, nil) }

// CmdCryptRead asks for block index of the encrypted key.
func CmdCryptRead(index int) []byte { return crypt(cryptGetPart, 2, byte(index), nil) }

func crypt(command, parameter, third byte, data []byte) []byte {
	b := make([]byte, 68)
	b[0], b[1], b[2], b[3] = IDCrypt, command, parameter, third
	copy(b[4:], data)
	return b
}

// ParseCryptPart reads the answer to CmdCryptRead: up to 64 bytes.
func ParseCryptPart(b []byte) ([]byte, error) {
	b, err := report(b, IDCrypt, 68)
	if err != nil {
		return nil, err
	}
	n := int(b[2])
	if n > 64 {
		return nil, ErrFeature
	}
	return b[3 : 3+n], nil
}
