package watermark

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"testing"

	"moqian/render/ink"
)

// expert reads the public part as somebody would who has the package comment and
// nothing else: no function of this package is used. It gives the handle, the
// name of the key, the commitment, and whether the signature holds under k.
func expert(in []ink.Outline, k ed25519.PublicKey) (handle, key, commitment []byte, holds bool) {
	var room []byte
	h := sha256.New()
	put := func(v int64) { h.Write(binary.AppendVarint(nil, v)) }
	count := func(n int) { h.Write(binary.AppendUvarint(nil, uint64(n))) }
	count(len(in))
	first := in[0].Contours[0].Start
	for _, o := range in {
		anchor := o.Contours[0].Start
		var xy []int64 // of the free points
		add := func(p ink.Point) { xy = append(xy, int64(p.X-anchor.X), int64(p.Y-anchor.Y)) }
		count(len(o.Contours))
		for i, c := range o.Contours {
			count(len(c.Curves))
			if i == 0 {
				put(int64(anchor.X - first.X))
				put(int64(anchor.Y - first.Y))
			} else {
				add(c.Start)
			}
			for j, u := range c.Curves {
				add(u.A)
				add(u.B)
				if j < len(c.Curves)-1 {
					add(u.P)
				}
			}
			if n := len(c.Curves); n > 0 { // how far the contour is from closed
				put(int64(c.Curves[n-1].P.X - c.Start.X))
				put(int64(c.Curves[n-1].P.Y - c.Start.Y))
			}
		}
		n := len(xy)
		t := min(n-224, n/2)
		if t < 48 {
			t = 0
		}
		for i, v := range xy {
			if t == 0 || (i+1)*t/n == i*t/n {
				put(v)
				continue
			}
			put(v >> 1)
			if j := i * t / n; 24*(j+1)/t == 24*j/t {
				room = append(room, byte(v&1))
			}
		}
	}
	octets := func(n int) []byte {
		out := make([]byte, n)
		for i := range 8 * n {
			out[i/8] = out[i/8]<<1 | room[i]
		}
		room = room[8*n:]
		return out
	}
	length := int(room[0]<<3 | room[1]<<2 | room[2]<<1 | room[3])
	room = room[4:]
	handle, key, commitment = octets(length), octets(4), octets(16)
	sig := octets(64)
	msg := []byte("moqian ink signature 1")
	for _, part := range [][]byte{handle, key, commitment, room, h.Sum(nil)} {
		msg = append(binary.AppendUvarint(msg, uint64(len(part))), part...)
	}
	return handle, key, commitment, ed25519.Verify(k, msg, sig)
}

func TestExpertReadsPublicPart(t *testing.T) {
	for seed := range uint64(20) {
		g := newSigned(t, seed)
		handle, key, commitment, holds := expert(g.out, g.public())
		if !holds || hex.EncodeToString(handle) != hex.EncodeToString(g.p.Handle) {
			t.Fatalf("seed %d: handle %x, holds %v", seed, handle, holds)
		}
		id := sha256.Sum256(append([]byte("moqian ink key id 1\x00"), g.public()...))
		c := sha256.Sum256(append([]byte("moqian ink commitment 1\x00"), g.p.Context[:]...))
		if [4]byte(key) != [4]byte(id[:4]) || [16]byte(commitment) != [16]byte(c[:16]) {
			t.Fatalf("seed %d: key %x, commitment %x", seed, key, commitment)
		}
		if _, _, _, holds := expert(g.out, edKey(seed+1).Public().(ed25519.PublicKey)); holds {
			t.Fatal("holds under another key")
		}
	}
}

// TestFormatIsFrozen: vouchers lie in archives for decades. If this fails, what
// was marked before reads no more: give the new form a new label, and keep the
// old one for reading.
func TestFormatIsFrozen(t *testing.T) {
	g := signedInk{marked{key: Key{1, 2, 3}, p: Payload{Handle: []byte("frozen!!"), Context: [32]byte{9}}}, ed25519.NewKeyFromSeed(make([]byte, 32))}
	g.in = fixed()
	out, m, err := Keys{Key: g.key, Signer: g.signer}.embed(g.in, g.p)
	if err != nil || m.Public != Signed {
		t.Fatal(m.Public, err)
	}
	h := sha256.New()
	for _, o := range out {
		for _, p := range points(o) {
			h.Write(binary.AppendVarint(binary.AppendVarint(nil, int64(p.X)), int64(p.Y)))
		}
	}
	const want = "3e845b4a611a30e1caa272a7b524c3e0b89e672e4c085f85ae6e5dc0d447857c"
	if got := hex.EncodeToString(h.Sum(nil)); got != want {
		t.Errorf("the marked ink is %s, was %s", got, want)
	}
	const key = "087ec23ae01e93bc1f69d13852277696ed931bc22df1109ab2a6e4006cf2bc94"
	if k := Derive([32]byte{5}, "01001", 2026); hex.EncodeToString(k[:]) != key {
		t.Errorf("the branch's key is %x, was %s", k, key)
	}
	const layer2 = "7a9fd54188b6c4b8e51e38b616e6f4fc733635dfcf7976ece6df85d86dba0e57"
	if k := Robust(Key{5}); hex.EncodeToString(k[:]) != layer2 {
		t.Errorf("the key of the robust layer is %x, was %s", k, layer2)
	}
}

// fixed is an ink of whole numbers only, the same on every machine: a large
// stroke with a hole, a dot and a middling one.
func fixed() []ink.Outline {
	ring := func(n int, x, y, step int32) ink.Contour {
		at := x
		p := func(i int) ink.Point {
			at = (at*31 + int32(i)*17 + step) % 997
			return ink.Point{X: x + step*int32(i%40) + at%7, Y: y + step*int32(i/40) + at%11}
		}
		c := ink.Contour{Start: p(0)}
		for i := range n {
			c.Curves = append(c.Curves, ink.Curve{A: p(3*i + 1), B: p(3*i + 2), P: p(3*i + 3)})
		}
		c.Curves[n-1].P = c.Start
		return c
	}
	return []ink.Outline{
		{Contours: []ink.Contour{ring(280, 100, 200, 35), ring(12, 900, 400, 20)}},
		{Contours: []ink.Contour{ring(7, 2500, 300, 12)}},
		{Contours: []ink.Contour{ring(55, 3000, 100, 25)}},
	}
}
