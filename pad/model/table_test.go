package model

import (
	"bytes"
	"compress/zlib"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
)

// published is the state table as the protocol text has it, line by line, each
// with the states it speaks of: 0 ready, 1 image, 2 capture, 3 calculation,
// 4 boot image, 5 ROM busy.
const published = `
get 012345 03 08 09 0A 0B 0C 0F 21 22 28 29 2B 2C 2D 2E 2F 32 50
set 012345 04 0C 21 28 29 2B 2D 2E 32
get 01234  2A 13 1A 1B
set 01234  2A
get 0124   14
set 02     2C 93 96 97 9B
set 025    0E
set 0      0A 13 15 1A 1B 20 22 23 24 25 40 94
set 05     0D
set 1      26 27
set 2      16`

// asked are gets that the text does not list and that its procedures need: the
// answer to a command that the same states accept.
var asked = map[byte]byte{IDCrypt: IDCrypt, IDOperation: IDOperation, IDRomHash: IDRomHash}

// never are sets that the text allows and this program keeps its hands off: the
// group of the key agreement is stored in the pad and is not ours to change.
var never = map[byte]bool{IDDHPrime: true, IDDHBase: true}

// TestWholeStateTable: all 256 ids, in all states, for get and set. What this
// package may send is never more than the text allows, and of the ids it knows
// never less.
func TestWholeStateTable(t *testing.T) {
	type rule struct {
		id  byte
		set bool
	}
	text := map[rule]string{}
	for _, l := range strings.Split(strings.TrimSpace(published), "\n") {
		f := strings.Fields(l)
		for _, id := range f[2:] {
			text[rule{unhex(t, id)[0], f[0] == "set"}] += f[1]
		}
	}
	for id := range 256 {
		for state := range 7 {
			for _, set := range []bool{false, true} {
				b := byte(id)
				allowed := strings.Contains(text[rule{b, set}], fmt.Sprint(state))
				if command, ok := asked[b]; ok && !set {
					allowed = strings.Contains(text[rule{command, true}], fmt.Sprint(state))
				}
				allowed = allowed && !(set && never[b])
				got := Allowed(b, set, State(state))
				_, known := stuTable[b]
				if got && !allowed || known && allowed && !got {
					t.Errorf("report %02X, set %v, in state %d: %v, the text says %v", id, set, state, got, allowed)
				}
			}
		}
		for _, s := range []State{Resetting, 6, 200} {
			if Allowed(byte(id), false, s) || Allowed(byte(id), true, s) {
				t.Errorf("report %02X in state %d", id, s)
			}
		}
	}
	for id := byte(0xCC); id <= 0xE3; id++ { // among them those that erase the flash
		if _, known := stuTable[id]; known {
			t.Errorf("report %02X is in the table", id)
		}
	}
}

// TestLyingCapabilityReport: each field of a real pad's answer zeroed, and set
// to all ones, is refused or is what the text fills in; no pad of no size comes
// of it.
func TestLyingCapabilityReport(t *testing.T) {
	good := unhex(t, "092580177003ff014000c8c809ec030000")
	fields := map[string][2]int{"max x": {1, 2}, "max y": {3, 4}, "max pressure": {5, 6}, "screen width": {7, 8}, "screen height": {9, 10}, "rate": {11, 11}, "counts an inch": {12, 13}}
	for name, at := range fields {
		for _, v := range []byte{0, 0xff} {
			b := bytes.Clone(good)
			for i := at[0]; i <= at[1]; i++ {
				b[i] = v
			}
			c, err := ParseCapability(b)
			if err == nil {
				err = c.Check()
			}
			if err != nil {
				if !errors.Is(err, ErrLies) {
					t.Errorf("%s of %02x: %v", name, v, err)
				}
				continue
			}
			if s := c.Surface(); s.Width <= 0 || s.Height <= 0 || s.MaxP < 255 || c.Rate <= 0 || v == 0 {
				t.Errorf("%s of %02x is taken: %+v", name, v, c)
			}
		}
	}
	for n := range len(good) {
		c, err := ParseCapability(good[:n])
		if (err == nil) != (n >= 11) {
			t.Errorf("%d bytes: %+v, %v", n, c, err)
		}
	}
}

// unpack is the pad's side of 1.8: what a screen shows of encoded data.
func unpack(t *testing.T, e Encoding, w, h int, b []byte) (out [][3]byte) {
	t.Helper()
	if e == MonoZlib {
		z, err := zlib.NewReader(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		if b, err = io.ReadAll(z); err != nil {
			t.Fatal(err)
		}
	}
	stride := (w + 7) / 8
	for y := range h {
		for x := range w {
			switch i := y*w + x; e &^ Bulk {
			case Mono, MonoZlib:
				v := byte(bitsAt(b, 8*stride*y+x, 1) * 0xff)
				out = append(out, [3]byte{v, v, v})
			case RGB16:
				out = append(out, [3]byte{byte(bitsAt(b, 16*i, 5) << 3), byte(bitsAt(b, 16*i+5, 6) << 2), byte(bitsAt(b, 16*i+11, 5) << 3)})
			case RGB24:
				out = append(out, [3]byte{b[3*i+2], b[3*i+1], b[3*i]})
			}
		}
	}
	for y := range h { // padding bits of a row are white
		for x := w; x < 8*stride && e&^Bulk <= MonoZlib; x++ {
			if bitsAt(b, 8*stride*y+x, 1) != 1 {
				t.Fatalf("row %d: padding bit %d is black", y, x)
			}
		}
	}
	return out
}

// TestPicturesComeBack: random pictures of odd sizes, in each encoding, cut into
// blocks and put together again, are what the pad shows.
func TestPicturesComeBack(t *testing.T) {
	r := rand.New(rand.NewPCG(18, 1))
	for _, e := range []Encoding{Mono, MonoZlib, RGB16, RGB24, RGB16 | Bulk, RGB24 | Bulk} {
		for range 40 {
			w, h := 1+r.IntN(50), 1+r.IntN(20)
			rgb := make([]byte, 3*w*h)
			for i := range rgb {
				rgb[i] = byte(r.Uint32())
			}
			data, err := Encode(e, w, h, rgb)
			if err != nil {
				t.Fatal(err)
			}
			var sent []byte
			for rest := data; len(rest) > 0; {
				var b []byte
				b, rest = CmdBlock(rest)
				n := little(b, 1, 2)
				if len(b) != 256 || b[0] != 0x26 || n == 0 || n > 253 || len(rest) > 0 && n != 253 || !bytes.Equal(b[3+n:], make([]byte, 253-n)) {
					t.Fatalf("a block of %d bytes with %d valid, %d left", len(b), n, len(rest))
				}
				sent = append(sent, b[3:3+n]...)
			}
			for i, got := range unpack(t, e, w, h, sent) {
				c := [3]byte(rgb[3*i:])
				want := c
				switch e &^ Bulk {
				case Mono, MonoZlib:
					v := byte(0xff)
					if c[0]|c[1]|c[2] <= 0x80 {
						v = 0
					}
					want = [3]byte{v, v, v}
				case RGB16:
					want = [3]byte{c[0] & 0xf8, c[1] & 0xfc, c[2] & 0xf8}
				}
				if got != want {
					t.Fatalf("encoding %x, %d × %d, pixel %d: %v, want %v of %v", e, w, h, i, got, want, c)
				}
			}
		}
	}
}

// The text counts the blocks of whole screens.
func TestBlocksOfAScreen(t *testing.T) {
	for _, c := range []struct {
		e      Encoding
		w, h   int
		blocks int
	}{{RGB24, 800, 480, 4554}, {RGB16, 800, 480, 3036}, {Mono, 800, 480, 190}, {Mono, 320, 200, 32}} {
		data, err := Encode(c.e, c.w, c.h, make([]byte, 3*c.w*c.h))
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for len(data) > 0 {
			_, data = CmdBlock(data)
			n++
		}
		if n != c.blocks {
			t.Errorf("encoding %x of %d × %d: %d blocks, the text says %d", c.e, c.w, c.h, n, c.blocks)
		}
	}
}

// TestDescriptorNoise: 64 KiB of noise of several kinds, and real descriptors
// with bytes changed, cut out and doubled, are refused, or are pens by the
// acceptance rule: never one without size or pressure.
func TestDescriptorNoise(t *testing.T) {
	r := rand.New(rand.NewPCG(64, 1024))
	kinds := map[string]func() []byte{
		"random":        func() []byte { return noise(r, 1<<16, 0, 255) },
		"short items":   func() []byte { return noise(r, 1<<16, 0, 3) },
		"opens only":    func() []byte { return bytes.Repeat([]byte{0xA1, 1}, 1<<15) },
		"closes only":   func() []byte { return bytes.Repeat([]byte{0xC0}, 1<<16) },
		"pushes only":   func() []byte { return bytes.Repeat([]byte{0xA4}, 1<<16) },
		"pops only":     func() []byte { return bytes.Repeat([]byte{0xB4}, 1<<16) },
		"huge fields":   func() []byte { return bytes.Repeat([]byte{0x95, 0xff, 0x75, 0xff, 0x81, 2}, 10922) },
		"usages only":   func() []byte { return bytes.Repeat([]byte{0x09, 0x30}, 1<<15) },
		"long items":    func() []byte { return bytes.Repeat([]byte{0xFE, 2, 0, 1, 2}, 13107) },
		"all report id": func() []byte { return bytes.Repeat([]byte{0x85, 7, 0x81, 2}, 1<<14) },
	}
	for name, make := range kinds {
		for range 5 {
			judgePen(t, name, make())
		}
	}
	pens := 0
	for _, v := range load(t).HIDDescriptors {
		real := unhex(t, v.Hex)
		for range 3000 {
			b := bytes.Clone(real)
			for range 1 + r.IntN(4) {
				switch i := r.IntN(len(b)); r.IntN(3) {
				case 0:
					b[i] = byte(r.Uint32())
				case 1:
					b = append(b[:i], b[min(len(b), i+1+r.IntN(4)):]...)
				case 2:
					b = append(b[:i:i], append(bytes.Clone(b[i:min(len(b), i+6)]), b[i:]...)...)
				}
				if len(b) == 0 {
					b = []byte{0}
				}
			}
			if judgePen(t, hex.EncodeToString(b), b) {
				pens++
			}
		}
	}
	if pens < 100 {
		t.Errorf("only %d of the spoilt descriptors are still pens: too much is spoilt", pens)
	}
}

func noise(r *rand.Rand, n, from, to int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(from + r.IntN(to-from+1))
	}
	return b
}

// judgePen parses a descriptor; if it is a pen it must be one that can write.
func judgePen(t *testing.T, name string, b []byte) bool {
	t.Helper()
	d, err := Parse(b)
	if err != nil {
		if !errors.Is(err, ErrDescriptor) {
			t.Errorf("%.60s: %v", name, err)
		}
		return false
	}
	p, err := PenOf(d)
	if err != nil {
		if !errors.Is(err, ErrNotPad) {
			t.Errorf("%.60s: %v", name, err)
		}
		return false
	}
	s := p.Surface()
	if s.MaxP < 255 || s.MaxX < 1 || s.MaxY < 1 || !(s.Width > 0 && s.Height > 0) || s.Check() != nil || p.Size() < 1 {
		t.Errorf("%.60s is a pen: %+v", name, s)
	}
	var out [2]Reading
	for n := range p.Size() + 3 {
		if k, err := p.Decode(make([]byte, n), &out); err == nil && k == 1 && n < p.Size() {
			t.Errorf("%.60s: %d of %d bytes are decoded", name, n, p.Size())
		}
	}
	return true
}
