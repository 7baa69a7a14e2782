package watermark

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"moqian/render/ink"
)

// Lengths of the public part in bits.
const (
	keyBits    = 32
	commitBits = 128
	signBits   = 8 * ed25519.SignatureSize
)

// Need is how many bits of room the public part takes for a handle of so many
// bytes: 700 for 3, 740 for 8, 764 for 11.
func Need(handle int) int { return lenBits + 8*handle + keyBits + commitBits + signBits }

// PublicState tells what became of the public part when ink was marked.
type PublicState string

const (
	Signed PublicState = "signed"  // the ink carries a signature
	NoKey  PublicState = "no key"  // nobody was to sign
	NoRoom PublicState = "no room" // the strokes have too few bits: Margin.Room, Need
	Failed PublicState = "failed"  // the key did not sign
)

// PublicKeyID names a public key in the ink: 4 bytes of the SHA-256 of a label
// and the key. A reader tries every key of that name, so a chance likeness does
// no harm.
func PublicKeyID(k ed25519.PublicKey) (id [4]byte) {
	h := sha256.Sum256(append([]byte("moqian ink key id 1\x00"), k...))
	return [4]byte(h[:4])
}

// PublicReading is what ReadPublic found.
type PublicReading struct {
	// State is Match, Foreign (the signature stands and names another context),
	// Unchecked (it stands, no context was given), Altered (the ink names one of
	// the keys and its signature fails), Absent (it names none of them).
	State State
	// Handle and Key as the ink names them; nil when Absent.
	Handle []byte
	Key    ed25519.PublicKey
	// Room is how many bits the ink has for the public part.
	Room int
}

// ReadPublic reads the public part. It needs no secret: who holds only the
// public keys learns whose ink it is, that no coordinate was changed, and
// whether it belongs here. context may be nil. It is blind to translation of
// the whole ink and never fails.
func ReadPublic(in []ink.Outline, keys []ed25519.PublicKey, context *[32]byte) PublicReading {
	bits := roomBits(views(in))
	r := PublicReading{State: Absent, Room: len(bits)}
	p, ok := parsePublic(bits)
	if !ok || len(in) > maxStrokes {
		return r
	}
	msg := p.message(in)
	for _, k := range keys {
		if len(k) != ed25519.PublicKeySize || PublicKeyID(k) != p.key {
			continue
		}
		r.State, r.Handle, r.Key = Altered, p.handle, k
		if !ed25519.Verify(k, msg, p.sig) {
			continue
		}
		switch {
		case context == nil:
			r.State = Unchecked
		case commit(context) == p.commit:
			r.State = Match
		default:
			r.State = Foreign
		}
		return r
	}
	return r
}

// public is the public part in clear.
type public struct {
	handle []byte
	key    [keyBits / 8]byte
	commit [commitBits / 8]byte
	sig    []byte
	// rest are the room bits behind the part, one a byte: it fills no more than
	// Need, and the signature covers what it leaves.
	rest []byte
}

// commit stands for a context in the ink without giving it away.
func commit(context *[32]byte) [commitBits / 8]byte {
	h := sha256.Sum256(append([]byte("moqian ink commitment 1\x00"), context[:]...))
	return [commitBits / 8]byte(h[:])
}

// bits of the part as they lie in the room bits.
func (p public) bits() []byte {
	out := unpack(nil, uint64(len(p.handle)), lenBits)
	for _, b := range bytes.Join([][]byte{p.handle, p.key[:], p.commit[:], p.sig}, nil) {
		out = unpack(out, uint64(b), 8)
	}
	return out
}

func parsePublic(bits []byte) (public, bool) {
	if len(bits) < lenBits {
		return public{}, false
	}
	n := int(pack(&bits, lenBits))
	if n < minHandle || n > maxHandle || len(bits)+lenBits < Need(n) {
		return public{}, false
	}
	take := func(n int) []byte {
		out := make([]byte, n)
		for i := range out {
			out[i] = byte(pack(&bits, 8))
		}
		return out
	}
	return public{handle: take(n), key: [4]byte(take(4)), commit: [16]byte(take(16)), sig: take(ed25519.SignatureSize), rest: bits}, true
}

// message is what is signed: a label, what the part names, and the ink.
func (p public) message(in []ink.Outline) []byte {
	d := inkDigest(in)
	return record("moqian ink signature 1").bytes(p.handle).bytes(p.key[:]).bytes(p.commit[:]).bytes(p.rest).bytes(d[:])
}

// inkDigest is the SHA-256 of the structure of the ink and of every coordinate
// in it: the anchors from the first stroke's, all others from their anchor. Of a
// coordinate that carries a bit of the third part only the upper part counts
// here.
func inkDigest(in []ink.Outline) (sum [32]byte) {
	h := sha256.New()
	buf := binary.AppendUvarint(nil, uint64(len(in)))
	var first ink.Point
	for i, o := range in {
		buf = binary.AppendUvarint(buf, uint64(len(o.Contours)))
		for j, c := range o.Contours {
			if j == 0 && i == 0 {
				first = c.Start
			}
			buf = binary.AppendUvarint(buf, uint64(len(c.Curves)))
			if j == 0 {
				buf = difference(buf, c.Start, first)
			}
			if n := len(c.Curves); n > 0 {
				buf = difference(buf, c.Curves[n-1].P, c.Start)
			}
		}
		buf = appendStroke(buf, o)
		h.Write(buf)
		buf = buf[:0]
	}
	h.Sum(sum[:0])
	return sum
}

func difference(buf []byte, p, q ink.Point) []byte {
	return binary.AppendVarint(binary.AppendVarint(buf, int64(p.X)-int64(q.X)), int64(p.Y)-int64(q.Y))
}

func appendStroke(buf []byte, o ink.Outline) []byte {
	if len(o.Contours) == 0 {
		return buf
	}
	a := o.Contours[0].Start
	n := 0
	free(o, func(*ink.Point) { n += 2 })
	class := layout(n, 0)
	free(o, func(p *ink.Point) {
		for axis, v := range [2]int64{int64(p.X) - int64(a.X), int64(p.Y) - int64(a.Y)} {
			if c := class[axis]; c == room || c == guard {
				v >>= 1
			}
			buf = binary.AppendVarint(buf, v)
		}
		class = class[2:]
	})
	return buf
}

// roomBits are the room bits of all strokes in their order.
func roomBits(s []stroke) (out []byte) {
	eachRoom(s, func(b *byte) { out = append(out, *b) })
	return out
}

func eachRoom(s []stroke, f func(*byte)) {
	for i := range s {
		for j, c := range layout(len(s[i].bits), 0) {
			if c == room {
				f(&s[i].bits[j])
			}
		}
	}
}

// setRoom puts bits into the room, from its beginning.
func setRoom(s []stroke, bits []byte) {
	eachRoom(s, func(b *byte) {
		if len(bits) > 0 {
			*b, bits = bits[0], bits[1:]
		}
	})
}

var errNotEd25519 = errors.New("the key of the public part is not Ed25519")

// sign makes the public part of marked ink. The message is signed as it is, not
// a digest of it: crypto.Hash(0).
func sign(signer crypto.Signer, random io.Reader, in []ink.Outline, p Payload, room []byte) (public, error) {
	k, ok := signer.Public().(ed25519.PublicKey)
	if !ok {
		return public{}, errNotEd25519
	}
	out := public{handle: p.Handle, key: PublicKeyID(k), commit: commit(&p.Context), rest: room[Need(len(p.Handle)):]}
	var err error
	if out.sig, err = signer.Sign(random, out.message(in), crypto.Hash(0)); err != nil {
		return public{}, fmt.Errorf("signing the ink: %w", err)
	}
	if len(out.sig) != ed25519.SignatureSize {
		return public{}, errNotEd25519
	}
	return out, nil
}
