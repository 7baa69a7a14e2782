package model

import (
	"bytes"
	"compress/zlib"
	"errors"
)

// Encoding of a picture for an STU screen.
type Encoding uint8

// The encodings of protocols.md 1.8; Bulk is added when the data goes to the
// bulk pipe.
const (
	Mono     Encoding = 0
	MonoZlib Encoding = 1
	RGB16    Encoding = 2
	RGB24    Encoding = 4
	Bulk     Encoding = 0x10
)

// errPixels: a frame whose pixels do not fit its size.
var errPixels = errors.New("pixels do not fit the size of the picture")

// Encode turns red, green, blue triples into what the pad wants. A pixel of a
// 1-bit picture is ink where none of the three is brighter than 80 hex.
func Encode(e Encoding, w, h int, rgb []byte) ([]byte, error) {
	if w <= 0 || h <= 0 || len(rgb) != 3*w*h {
		return nil, errPixels
	}
	switch e &^ Bulk {
	case Mono:
		return mono(w, h, rgb), nil
	case MonoZlib:
		return squeeze(mono(w, h, rgb))
	case RGB16:
		out := make([]byte, 0, 2*w*h)
		for i := 0; i < len(rgb); i += 3 {
			c := rgb565(rgb[i], rgb[i+1], rgb[i+2])
			out = append(out, byte(c>>8), byte(c))
		}
		return out, nil
	case RGB24:
		out := make([]byte, 0, 3*w*h)
		for i := 0; i < len(rgb); i += 3 {
			out = append(out, rgb[i+2], rgb[i+1], rgb[i])
		}
		return out, nil
	}
	return nil, errors.New("unknown encoding")
}

// mono packs rows, leftmost pixel in the highest bit, 1 is white, padded with 1.
func mono(w, h int, rgb []byte) []byte {
	stride := (w + 7) / 8
	out := bytes.Repeat([]byte{0xff}, stride*h)
	for y := range h {
		for x := range w {
			p := rgb[3*(y*w+x):]
			if p[0]|p[1]|p[2] <= 0x80 {
				out[y*stride+x/8] &^= 0x80 >> (x & 7)
			}
		}
	}
	return out
}

func squeeze(b []byte) ([]byte, error) {
	var out bytes.Buffer
	z := zlib.NewWriter(&out)
	if _, err := z.Write(b); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func rgb565(r, g, b uint8) uint16 { return uint16(r>>3)<<11 | uint16(g>>2)<<5 | uint16(b>>3) }

// BestEncoding picks what a pad takes: colour only through a bulk pipe, because
// endpoint 0 needs thousands of blocks for it (protocols.md 1.8).
func BestEncoding(c Capability, sp *Spec, bulk bool) Encoding {
	flags := c.Encodings
	if flags&(2|4|8) == 0 {
		flags |= sp.Screen.Encodings
	}
	switch {
	case bulk && flags&8 != 0:
		return RGB24 | Bulk
	case bulk && flags&4 != 0:
		return RGB16 | Bulk
	case flags&1 != 0 && flags&2 != 0:
		return MonoZlib
	case flags&2 != 0:
		return Mono
	case flags&8 != 0:
		return RGB24
	}
	return RGB16
}
