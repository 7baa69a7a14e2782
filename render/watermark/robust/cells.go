package robust

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"math"
)

const (
	// cell is the side of a cell of the pattern, mm.
	cell = 0.55
	// span cells in each direction; the pattern repeats beyond (70 mm).
	span = 128
	// pilotShare of the cells, in 1/256, carry a known sign.
	pilotShare = 51
	// record bytes of key stream belong to a cell.
	record = 32
)

// Secret is a key for robust marks: 32 bytes derived from the branch's key.
type Secret [32]byte

// mask is which payload bits the sign of a cell is the parity of.
type mask [2]uint64

func (m mask) parity(p mask) uint8 {
	x := m[0]&p[0] ^ m[1]&p[1]
	x ^= x >> 32
	x ^= x >> 16
	x ^= x >> 8
	x ^= x >> 4
	x ^= x >> 2
	x ^= x >> 1
	return uint8(x & 1)
}

// signs are those of known cells, ±1, between where they are not sure, and 0
// elsewhere.
type signs [span * span]float32

// pattern is what the cells mean under a secret.
type pattern struct {
	pilot signs
	masks [span * span]mask
	flip  signs // ±1: makes an all-zero payload look like any other
	tag   []byte
}

func subkey(s Secret, use string) []byte {
	k, err := hkdf.Key(sha256.New, s[:], nil, "moqian robust mark 1 "+use, 32)
	if err != nil {
		panic("internal error: " + err.Error()) // 32 bytes are always within HKDF's limit
	}
	return k
}

func newPattern(s Secret) *pattern {
	p := &pattern{tag: subkey(s, "tag")}
	b, err := aes.NewCipher(subkey(s, "cells"))
	if err != nil {
		panic("internal error: " + err.Error()) // the key has 32 bytes
	}
	row := make([]byte, span*record)
	var iv [16]byte
	for y := range span {
		clear(row)
		binary.BigEndian.PutUint32(iv[:], uint32(y))
		cipher.NewCTR(b, iv[:]).XORKeyStream(row, row)
		for x := range span {
			r, i := row[x*record:], y*span+x
			sign := float32(r[1]&1)*2 - 1
			if r[0] < pilotShare {
				p.pilot[i] = sign
			}
			p.flip[i] = sign
			p.masks[i] = mask{binary.LittleEndian.Uint64(r[8:]), binary.LittleEndian.Uint64(r[16:])}
		}
	}
	return p
}

// cellAt is the number of the cell at a place of the ink, relative to the
// middle of its box.
func cellAt(q vec) int {
	x, y := int(math.Floor(q.x/cell)), int(math.Floor(q.y/cell))
	return (y&(span-1))*span + x&(span-1)
}

// sign is the chip of a cell for a payload.
func (p *pattern) sign(cell int, payload mask, bits int) float32 {
	if s := p.pilot[cell]; s != 0 {
		return s
	}
	return p.flip[cell] * (1 - 2*float32(p.masks[cell].cut(bits).parity(payload)))
}

// claimed are the signs of all cells for a payload.
func (p *pattern) claimed(payload mask, bits int) *signs {
	s := new(signs)
	for i := range s {
		s[i] = p.sign(i, payload, bits)
	}
	return s
}

// cut keeps the first bits.
func (m mask) cut(bits int) mask {
	if bits <= 64 {
		return mask{m[0], 0}
	}
	return mask{m[0], m[1] & (1<<(bits-64) - 1)}
}

// Payload classes: so many bits, of which 40 are a tag.
const (
	small, medium, large = 64, 96, 128
	tagBytes             = 5
	minHandle, maxHandle = 3, 11
	// enough chips for each bit of a payload: with fewer, less than half of the long
	// handles read blind from a scan, and nearly all of their digests.
	enough = 1.6
)

// message is what an ink carries: a handle, or where the ink is too short for
// it, the first bytes of the handle's SHA-256.
type message struct {
	handle []byte
	bits   int
	short  bool
}

// whole is the message that carries a handle in full.
func whole(handle []byte) message {
	switch n := len(handle); {
	case n <= 3:
		return message{handle, small, false}
	case n <= 7:
		return message{handle, medium, false}
	}
	return message{handle, large, false}
}

// brief is the message for ink too short for the handle.
func brief(handle []byte) message {
	h := sha256.Sum256(handle)
	return message{h[:small/8-tagBytes], small, true}
}

// fitting is the message for ink with so many chips.
func fitting(handle []byte, chips int) message {
	if m := whole(handle); m.bits == small || float64(chips) >= enough*float64(m.bits) {
		return m
	}
	return brief(handle)
}

// payload is the handle, zeros and a tag of 40 bits over kind, length and
// handle.
func (p *pattern) payload(m message) mask {
	var b [16]byte
	copy(b[:], m.handle)
	kind := byte(m.bits)
	if m.short {
		kind = 1
	}
	h := hmac.New(sha256.New, p.tag)
	h.Write([]byte{kind, byte(len(m.handle))})
	h.Write(m.handle)
	copy(b[m.bits/8-tagBytes:], h.Sum(nil)[:tagBytes])
	return mask{binary.LittleEndian.Uint64(b[:]), binary.LittleEndian.Uint64(b[8:])}
}

// open gives the message of a payload whose tag is right.
func (p *pattern) open(m mask, bits int) (message, bool) {
	var b [16]byte
	binary.LittleEndian.PutUint64(b[:], m[0])
	binary.LittleEndian.PutUint64(b[8:], m[1])
	room := bits/8 - tagBytes
	for n := room; n >= minHandle; n-- {
		o := whole(append([]byte(nil), b[:n]...))
		if n < room && b[n] != 0 || o.bits != bits {
			break
		}
		if p.payload(o) == m {
			return o, true
		}
		if o.short = true; bits == small && p.payload(o) == m {
			return o, true
		}
	}
	return message{}, false
}
