package model

import (
	"bytes"
	"crypto/aes"
	"fmt"
	"testing"
)

// all are the decoders of every layout, ready to decode.
func all(t testing.TB) map[string]Decoder {
	s := Surface{MaxX: 20000, MaxY: 12000, MaxP: 2047, Width: 200, Height: 120}
	out := map[string]Decoder{"stu": stu(t)}
	secured := stu(t)
	if err := secured.Secure(bytes.Repeat([]byte{1}, 32), 7); err != nil {
		t.Fatal(err)
	}
	out["stu-secured"] = secured
	for name := range decoders {
		if name == "stu" {
			continue
		}
		d, err := (&Spec{Decoder: name}).NewDecoder(s)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = d
	}
	desc, err := Parse(unhex(t, load(t).HIDDescriptors[1].Hex))
	if err != nil {
		t.Fatal(err)
	}
	pen, err := PenOf(desc)
	if err != nil {
		t.Fatal(err)
	}
	out["hid"] = pen
	return out
}

// checkReading: whatever came in, what goes out lies on the pad.
func checkReading(r Reading) error {
	if !r.Near && (r.X != 0 || r.Y != 0 || r.Down) {
		return fmt.Errorf("a pen out of range is at %v, %v", r.X, r.Y)
	}
	if !(r.X >= 0 && r.X <= 250 && r.Y >= 0 && r.Y <= 250 && r.P >= 0 && r.P <= 1) {
		return fmt.Errorf("reading %+v is off the pad", r)
	}
	return nil
}

func FuzzDecoders(f *testing.F) {
	for _, v := range load(f).Vectors {
		f.Add(unhex(f, v.Hex))
	}
	every := all(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		before := bytes.Clone(b)
		for name, d := range every {
			var out [2]Reading
			n, err := d.Decode(b, &out)
			if n < 0 || n > 2 || err != nil && n != 0 && n != 1 {
				t.Fatalf("%s: %d readings, %v", name, n, err)
			}
			for _, r := range out[:n] {
				if err := checkReading(r); err != nil {
					t.Fatalf("%s: %v", name, err)
				}
			}
		}
		if !bytes.Equal(before, b) {
			t.Fatal("a decoder changed the report")
		}
	})
}

func FuzzDescriptor(f *testing.F) {
	for _, v := range load(f).HIDDescriptors {
		f.Add(unhex(f, v.Hex), []byte{7, 1, 2, 3, 4, 5, 6, 7, 8, 9})
	}
	f.Fuzz(func(t *testing.T, desc, rep []byte) {
		d, err := Parse(desc)
		if err != nil {
			return
		}
		p, err := PenOf(d)
		if err != nil {
			return
		}
		var out [2]Reading
		n, err := p.Decode(rep, &out)
		if err == nil && n == 1 && !(out[0].X >= 0 && out[0].X <= 1000 && out[0].Y >= 0 && out[0].Y <= 1000) {
			t.Fatalf("%+v", out[0])
		}
	})
}

func FuzzFeatures(f *testing.F) {
	for _, v := range load(f).Vectors {
		f.Add(unhex(f, v.Hex))
	}
	f.Add([]byte{0x80, 1, 0}) // a frame of less than a byte
	f.Fuzz(func(t *testing.T, b []byte) {
		_, _ = ParseInformation(b)
		if c, err := ParseCapability(b); err == nil && c.Check() == nil {
			if _, err := NewSTU(c, DefaultThreshold, OptionTime); err != nil {
				t.Fatal(err)
			}
		}
		_, _ = ParseStatus(b)
		_, _ = ParseText(b, IDUid2)
		_, _ = ParseText(b, IDESerial)
		_, _ = ParseUid(b)
		_, _ = ParseThreshold(b)
		_, _ = ParseRect(b)
		_, _ = ParseCryptStatus(b)
		_, _ = ParseCryptPart(b)
		_, _ = ParseTopaz(b)
		for _, v := range []string{"uclogic-v1", "uclogic-v2", "ugee-v2"} {
			_, _ = ParseParameters(b, v)
		}
		if r, err := Unframe(b); err == nil && len(r) == 0 {
			t.Fatal("an empty frame")
		}
	})
}

func TestDecodeDoesNotAllocate(t *testing.T) {
	for name, d := range all(t) {
		b := reportFor(name)
		var out [2]Reading
		if n := testing.AllocsPerRun(100, func() { _, _ = d.Decode(b, &out) }); n != 0 {
			t.Errorf("%s: %v allocations a report", name, n)
		}
	}
}

func reportFor(name string) []byte {
	switch name {
	case "stu":
		return pen34(true, 300, 5000, 2000, 11, 12)
	case "stu-secured":
		b, p := make33(), make([]byte, 16)
		copy(p, pen34(true, 300, 5000, 2000, 11, 12)[1:])
		p[15] = 7
		block, err := aes.NewCipher(bytes.Repeat([]byte{1}, 32))
		if err == nil {
			block.Encrypt(b[1:], p)
		}
		return b
	case "hid":
		return []byte{7, 0x11, 0xf0, 0x3c, 0xfc, 0x21, 0, 8, 0xf6, 0xf}
	case "uclogic-v1", "uclogic-v2":
		return []byte{8, 0x81, 0x80, 0x3e, 0x10, 0x27, 0, 4, 0, 0, 10, 0xf6}
	case "epad":
		return []byte{0x60, 0x4a, 4, 0x39, 2, 0x5a}
	}
	return []byte{2, 0xa1, 0xa8, 0x21, 0x98, 0x2a, 0, 0x05, 0, 0}
}

func BenchmarkDecode(b *testing.B) {
	for name, d := range all(b) {
		b.Run(name, func(b *testing.B) {
			rep := reportFor(name)
			var out [2]Reading
			b.ReportAllocs()
			for b.Loop() {
				_, _ = d.Decode(rep, &out)
			}
		})
	}
}
