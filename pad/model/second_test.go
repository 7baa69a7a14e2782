package model

import (
	"bytes"
	"crypto/aes"
	"math"
	"math/rand/v2"
	"testing"
)

// What follows is a second model of the reports, written from the protocol text
// and the vectors alone, in another style than the decoders: a report is one big
// number, and a field is so many of its bits. Where both models err alike the
// text is wrong; where one errs, the comparison below tells.

// bitsAt reads n bits that begin at bit from, counted from the first bit sent
// on, most significant first.
func bitsAt(b []byte, from, n int) (v int) {
	for i := from; i < from+n; i++ {
		v = v<<1 | int(b[i/8]>>(7-i%8)&1)
	}
	return v
}

// little reads n bytes of which the first is the least significant.
func little(b []byte, at, n int) (v int) {
	for i := n - 1; i >= 0; i-- {
		v = v<<8 | int(b[at+i])
	}
	return v
}

// secondPen is what the text says of one sample; counts, not millimetres.
type secondPen struct {
	near, tip      bool
	p, x, y        int
	clock, seq     int
	hasClock, hasQ bool
}

// secondSTU reads a pen report of the STU family: 01, 30 (option: 1 the clock,
// 2 the sequence), 34, and with a key 10, 31 and 33. ok is false where the text
// says that it is none, or another session's.
func secondSTU(b, key []byte, session uint32, option int) (out []secondPen, ok bool) {
	lengths := map[byte]int{0x01: 7, 0x30: 9, 0x34: 11, 0x10: 17, 0x31: 21, 0x33: 17}
	if len(b) == 0 || len(b) < lengths[b[0]] || lengths[b[0]] == 0 {
		return nil, false
	}
	sample := func(at int) secondPen {
		bit := 8 * at
		return secondPen{near: bitsAt(b, bit, 1) == 1, tip: bitsAt(b, bit+1, 3) > 0, p: bitsAt(b, bit+4, 12), x: bitsAt(b, bit+16, 16), y: bitsAt(b, bit+32, 16)}
	}
	switch b[0] {
	case 0x01, 0x30, 0x34:
		if key != nil {
			return nil, false // a clear report inside a session
		}
		s := sample(1)
		switch {
		case b[0] == 0x34:
			s.clock, s.seq, s.hasClock, s.hasQ = bitsAt(b, 56, 16), bitsAt(b, 72, 16), true, true
		case b[0] == 0x30 && option == 1:
			s.clock, s.hasClock = bitsAt(b, 56, 16), true
		case b[0] == 0x30 && option == 2:
			s.seq, s.hasQ = bitsAt(b, 56, 16), true
		}
		return []secondPen{s}, true
	}
	if key == nil {
		return nil, false
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, false
	}
	b = bytes.Clone(b)
	block.Decrypt(b[1:17], b[1:17])
	if b[0] == 0x33 {
		if uint32(bitsAt(b, 8*13, 32)) != session {
			return nil, false
		}
		s := sample(1)
		s.clock, s.seq, s.hasClock, s.hasQ = bitsAt(b, 8*7, 16), bitsAt(b, 8*9, 16), true, true
		return []secondPen{s}, true
	}
	if uint32(bitsAt(b, 8, 32)) != session {
		return nil, false
	}
	out = []secondPen{sample(5), sample(11)}
	if b[0] == 0x31 {
		for i := range out {
			v := bitsAt(b, 8*(17+2*i), 16)
			switch option {
			case 1:
				out[i].clock, out[i].hasClock = v, true
			case 2:
				out[i].seq, out[i].hasQ = v, true
			}
		}
	}
	return out, true
}

// secondStroke is the state machine of 1.4: on at the upper mark, off below the
// lower one, off out of range.
type secondStroke struct{ on, off, inking int }

func (s *secondStroke) step(p secondPen) bool {
	mark := s.on
	if s.inking == 1 {
		mark = s.off
	}
	s.inking = 0
	if p.near && p.p >= mark {
		s.inking = 1
	}
	return s.inking == 1
}

// beyond: a pen in range that lies outside what the pad says of itself.
func (p secondPen) beyond(c Capability) bool {
	return p.near && (p.x > c.MaxX || p.y > c.MaxY || p.p > c.MaxPressure)
}

// same compares what the decoder gives with the second model.
func same(r *Reading, p secondPen, down bool, c Capability) bool {
	if r.Near != p.near || r.Down != down {
		return false
	}
	if p.hasClock && int(r.Clock) != p.clock || p.hasQ && int(r.Seq) != p.seq || (r.Has&HasClock != 0) != p.hasClock || (r.Has&HasSeq != 0) != p.hasQ {
		return false
	}
	if !p.near {
		return r.X == 0 && r.Y == 0 && !r.Down
	}
	close := func(a, b float64) bool { return math.Abs(a-b) < 1e-9 }
	return r.Tip == p.tip && close(r.X, float64(p.x)*25.4/float64(c.PerInch)) && close(r.Y, float64(p.y)*25.4/float64(c.PerInch)) &&
		close(r.P, float64(p.p)/float64(c.MaxPressure))
}

// TestSecondModelVectors: the second model reads every pen vector of the family
// as its fields say, which shows that it knows the text.
func TestSecondModelVectors(t *testing.T) {
	n := 0
	for _, v := range load(t).Vectors {
		if v.Device != "wacom-stu" || v.Direction != "in" {
			continue
		}
		var key []byte
		var session uint32
		if v.AESKey != "" {
			key = unhex(t, v.AESKey)
			want := v.ExpectedSession
			if s, ok := v.Fields["sessionId"].(string); ok {
				want = s
			}
			session = uint32(bitsAt(unhex(t, want), 0, 32))
		}
		got, ok := secondSTU(unhex(t, v.Hex), key, session, 1)
		if v.Fields["error"] != nil {
			if ok {
				t.Errorf("%s is read", v.Name)
			}
			continue
		}
		n++
		list, two := v.Fields["samples"].([]any)
		if !two {
			list = []any{v.Fields}
		}
		if !ok || len(got) != len(list) {
			t.Errorf("%s: %d samples, %v", v.Name, len(got), ok)
			continue
		}
		for i, f := range list {
			m := f.(map[string]any)
			if float64(got[i].x) != m["x"] || float64(got[i].y) != m["y"] || float64(got[i].p) != m["pressure"] || got[i].near != (m["rdy"] == 1.0) {
				t.Errorf("%s: %+v, want %v", v.Name, got[i], m)
			}
			if seq, has := m["sequence"]; has && (float64(got[i].seq) != seq || float64(got[i].clock) != m["timeCount"]) {
				t.Errorf("%s: clock %d sequence %d, want %v", v.Name, got[i].clock, got[i].seq, m)
			}
		}
	}
	if n < 28 {
		t.Errorf("%d pen vectors were read", n)
	}
}

// TestSecondModelAgrees: over strokes made at random, clear and encrypted, in
// every option mode, with reports that are cut, padded, foreign and off the pad,
// the decoder and the second model say the same.
func TestSecondModelAgrees(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 28))
	key := bytes.Repeat([]byte{0x5a}, 32)
	const session = 0xC0FFEE01
	for option, mode := range []OptionMode{OptionNone, OptionTime, OptionSequence, OptionTimeSequence} {
		for i := range 4 {
			secret, limits := i%2 == 1, cap430
			if i > 1 { // all twelve bits
				limits = Capability{MaxX: 0xffff, MaxY: 0xffff, MaxPressure: 0xfff, ScreenW: 1, ScreenH: 1, Rate: 200, PerInch: 5080}
			}
			d, err := NewSTU(limits, DefaultThreshold, mode)
			if err != nil {
				t.Fatal(err)
			}
			var k []byte
			if secret {
				k = key
				if err := d.Secure(bytes.Clone(key), session); err != nil {
					t.Fatal(err)
				}
			}
			stroke := secondStroke{on: 21, off: 16}
			taken, refused := 0, 0
			for i := range 20000 {
				b := randomReport(r, limits, option, k, session)
				want, ok := secondSTU(b, k, session, option)
				for _, p := range want {
					ok = ok && !p.beyond(limits)
				}
				var out [2]Reading
				n, err := d.Decode(b, &out)
				if !ok {
					refused++
					if err == nil && n > 0 {
						t.Fatalf("option %d secret %v report %d: %x is decoded", option, secret, i, b)
					}
					continue
				}
				if err != nil || n != len(want) {
					t.Fatalf("option %d secret %v report %d: %x: %d readings, %v", option, secret, i, b, n, err)
				}
				taken++
				for j, p := range want {
					if !same(&out[j], p, stroke.step(p), limits) {
						t.Fatalf("option %d secret %v report %d: %x: %+v, the second model %+v", option, secret, i, b, out[j], p)
					}
				}
			}
			if taken < 8000 || refused < 100 {
				t.Errorf("option %d secret %v: %d taken, %d refused", option, secret, taken, refused)
			}
		}
	}
}

// randomReport is what the pad sends in an option mode, now and then spoilt in a
// way that does not touch the stroke.
func randomReport(r *rand.Rand, c Capability, option int, key []byte, session uint32) []byte {
	sample := func() []byte {
		p, x, y := r.IntN(40), r.IntN(c.MaxX+1), r.IntN(c.MaxY+1)
		if r.IntN(3) == 0 {
			p = r.IntN(c.MaxPressure + 1)
		}
		b := []byte{byte(p >> 8), byte(p), byte(x >> 8), byte(x), byte(y >> 8), byte(y)}
		if r.IntN(20) == 0 {
			return make([]byte, 6)
		}
		b[0] |= 0x80 | byte(r.IntN(2))<<4
		return b
	}
	word := func() []byte { return []byte{byte(r.Uint32()), byte(r.Uint32())} }
	var b []byte
	switch {
	case key == nil && option == 3:
		b = join([]byte{0x34}, sample(), word(), word())
	case key == nil && option > 0:
		b = join([]byte{0x30}, sample(), word())
	case key == nil:
		b = join([]byte{0x01}, sample())
	default:
		if r.IntN(50) == 0 {
			session ^= 1 << r.IntN(32)
		}
		id := []byte{byte(session >> 24), byte(session >> 16), byte(session >> 8), byte(session)}
		plain, tail := join(id, sample(), sample()), []byte(nil)
		b = []byte{0x10}
		switch {
		case option == 3:
			b[0], plain = 0x33, join(sample(), word(), word(), []byte{0, 0}, id)
		case option > 0:
			b[0], tail = 0x31, join(word(), word())
		}
		block, err := aes.NewCipher(key)
		if err != nil {
			return nil
		}
		block.Encrypt(plain, plain)
		b = join(b, plain, tail)
	}
	switch r.IntN(40) {
	case 0:
		b = b[:r.IntN(len(b))]
	case 1:
		b = append(b, make([]byte, 64-len(b))...)
	case 2:
		b = append([]byte{byte(0xB0 + r.IntN(8))}, b[1:]...)
	case 3:
		if key == nil {
			b[3], b[1] = 0xff, b[1]|0x80 // off the pad
		}
	}
	return b
}

func join(parts ...[]byte) (out []byte) {
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

// TestSecondModelTablets: the layouts of the other pads, read once more from the
// table of 2.2 and 2.3.
func TestSecondModelTablets(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 28))
	s := Surface{MaxX: 20000, MaxY: 12000, MaxP: 2047, Width: 200, Height: 120}
	for name, c := range map[string]struct {
		make func(x, y, p int, tip bool) []byte
		size int
	}{
		"uclogic-v1": {func(x, y, p int, tip bool) []byte {
			return []byte{8, 0x80 | bit(tip), byte(x), byte(x >> 8), byte(y), byte(y >> 8), byte(p), byte(p >> 8)}
		}, 8},
		"uclogic-v2": {func(x, y, p int, tip bool) []byte {
			return []byte{8, 0x80 | bit(tip), byte(x), byte(x >> 8), byte(y), byte(y >> 8), byte(p), byte(p >> 8), byte(x >> 16), byte(y >> 16), 0, 0}
		}, 12},
		"ugee-v2": {func(x, y, p int, tip bool) []byte {
			return []byte{2, 0xa0 | bit(tip), byte(x), byte(x >> 8), byte(y), byte(y >> 8), byte(p), byte(p >> 8), 0, 0}
		}, 10},
	} {
		d, err := (&Spec{Decoder: name}).NewDecoder(s)
		if err != nil {
			t.Fatal(err)
		}
		for range 5000 {
			x, y, p, tip := r.IntN(s.MaxX+1), r.IntN(s.MaxY+1), 1+r.IntN(s.MaxP), r.IntN(2) == 1
			b := c.make(x, y, p, tip)
			if little(b, 2, 2) != x || little(b, 4, 2) != y || len(b) != c.size {
				t.Fatalf("%s: the test's own report %x", name, b)
			}
			var out [2]Reading
			n, err := d.Decode(b, &out)
			if err != nil || n != 1 || !out[0].Near || out[0].Tip != tip || math.Abs(out[0].X-float64(x)/100) > 1e-9 || math.Abs(out[0].Y-float64(y)/100) > 1e-9 ||
				math.Abs(out[0].P-float64(p)/2047) > 1e-9 {
				t.Fatalf("%s: %x: %+v, %v", name, b, out[0], err)
			}
			if n, err := d.Decode(b[:len(b)-1], &out); err == nil && n > 0 {
				t.Fatalf("%s: a short report is decoded", name)
			}
		}
	}
}

func bit(b bool) byte {
	if b {
		return 1
	}
	return 0
}
