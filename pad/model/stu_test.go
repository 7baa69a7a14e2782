package model

import (
	"bytes"
	"crypto/aes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"math/big"
	"testing"
)

var cap430 = Capability{MaxX: 9600, MaxY: 6000, MaxPressure: 1023, ScreenW: 320, ScreenH: 200, Rate: 200, PerInch: 2540, Encodings: 3}

func stu(t testing.TB) *STU {
	t.Helper()
	d, err := NewSTU(cap430, DefaultThreshold, OptionTimeSequence)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// pen34 is a numbered clear report.
func pen34(rdy bool, p, x, y int, clock, seq uint16) []byte {
	b := []byte{0x34, byte(p >> 8), byte(p), byte(x >> 8), byte(x), byte(y >> 8), byte(y), 0, 0, 0, 0}
	if rdy {
		b[1] |= 0x80
	}
	if p > 0 {
		b[1] |= 0x10
	}
	binary.BigEndian.PutUint16(b[7:], clock)
	binary.BigEndian.PutUint16(b[9:], seq)
	return b
}

// TestStrokeHysteresis: above 21 the stroke begins, below 16 it ends, leaving
// the range ends it whatever the pressure says.
func TestStrokeHysteresis(t *testing.T) {
	d := stu(t)
	var out [2]Reading
	for i, c := range []struct {
		rdy  bool
		p    int
		down bool
	}{{true, 20, false}, {true, 21, true}, {true, 16, true}, {true, 15, false}, {true, 20, false}, {true, 500, true},
		{false, 500, false}, {true, 17, false}, {true, 30, true}} {
		if n, err := d.Decode(pen34(c.rdy, c.p, 100, 100, 0, 0), &out); n != 1 || err != nil {
			t.Fatal(n, err)
		}
		if out[0].Down != c.down || out[0].Near != c.rdy {
			t.Errorf("step %d: down %v near %v", i, out[0].Down, out[0].Near)
		}
	}
	d.Reset()
	if d.inking {
		t.Error("Reset keeps the stroke")
	}
}

func TestMillimetres(t *testing.T) {
	var out [2]Reading
	if _, err := stu(t).Decode(pen34(true, 1023, 9600, 3000, 7, 9), &out); err != nil {
		t.Fatal(err)
	}
	r := out[0]
	if r.X != 96 || r.Y != 30 || r.P != 1 || r.Clock != 7 || r.Seq != 9 || r.Has != HasClock|HasSeq || !r.Tip {
		t.Errorf("%+v", r)
	}
}

func TestRefusedReports(t *testing.T) {
	good := pen34(true, 100, 100, 100, 0, 0)
	for _, c := range []struct {
		name string
		b    []byte
		want error
	}{
		{"empty", nil, ErrEmpty},
		{"short", good[:10], ErrShort},
		{"one byte", good[:1], ErrShort},
		{"unknown id", append([]byte{0xB1}, good[1:]...), ErrUnknown},
		{"x outside", pen34(true, 100, 9601, 100, 0, 0), ErrRange},
		{"y outside", pen34(true, 100, 100, 6001, 0, 0), ErrRange},
		{"pressure outside", pen34(true, 1024, 100, 100, 0, 0), ErrRange},
		{"encrypted without a session", make33(), ErrSession},
		{"padded", append(good, 1, 2, 3, 4, 5, 6), nil},
	} {
		var out [2]Reading
		if _, err := stu(t).Decode(c.b, &out); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

func make33() []byte { b := make([]byte, 17); b[0] = 0x33; return b }

func TestSecureSession(t *testing.T) {
	d, key := stu(t), bytes.Repeat([]byte{7}, 32)
	if err := d.Secure(key, 0x01020304); err != nil {
		t.Fatal(err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	seal := func(session uint32) []byte {
		b := make33()
		p := make([]byte, 16)
		copy(p, pen34(true, 300, 5000, 2000, 11, 12)[1:])
		binary.BigEndian.PutUint32(p[12:], session)
		block.Encrypt(b[1:], p)
		return b
	}
	var out [2]Reading
	if n, err := d.Decode(seal(0x01020304), &out); n != 1 || err != nil || out[0].X != 50 || out[0].Seq != 12 {
		t.Errorf("%d %v %+v", n, err, out[0])
	}
	if _, err := d.Decode(seal(5), &out); !errors.Is(err, ErrSession) {
		t.Errorf("foreign session: %v", err)
	}
	for _, id := range []byte{1, 0x30, 0x34} {
		b := pen34(true, 300, 5000, 2000, 11, 12)
		b[0] = id
		if _, err := d.Decode(b, &out); !errors.Is(err, ErrClear) {
			t.Errorf("clear report %02x: %v", id, err)
		}
	}
	own := d.key
	d.Forget()
	if d.Secured() || !bytes.Equal(own, make([]byte, 32)) || d.plain != [16]byte{} {
		t.Error("Forget leaves the key")
	}
	if err := d.Secure(key[:5], 1); err == nil {
		t.Error("a key of 5 bytes is taken")
	}
}

func TestLyingCapability(t *testing.T) {
	for name, c := range map[string]Capability{
		"zeros":          {},
		"no width":       {MaxY: 6000, MaxPressure: 1023, ScreenW: 320, ScreenH: 200, Rate: 200, PerInch: 2540},
		"no pressure":    {MaxX: 9600, MaxY: 6000, ScreenW: 320, ScreenH: 200, Rate: 200, PerInch: 2540},
		"no screen":      {MaxX: 9600, MaxY: 6000, MaxPressure: 1023, Rate: 200, PerInch: 2540},
		"two metres":     {MaxX: 65535, MaxY: 65535, MaxPressure: 1023, ScreenW: 1, ScreenH: 1, Rate: 200, PerInch: 100},
		"pressure 13bit": {MaxX: 9600, MaxY: 6000, MaxPressure: 8191, ScreenW: 320, ScreenH: 200, Rate: 200, PerInch: 2540},
	} {
		if err := c.Check(); !errors.Is(err, ErrLies) {
			t.Errorf("%s: %v, want ErrLies", name, err)
		}
	}
	if err := cap430.Check(); err != nil {
		t.Error(err)
	}
	if _, err := NewSTU(Capability{}, DefaultThreshold, 0); !errors.Is(err, ErrLies) {
		t.Error("a decoder of nothing")
	}
}

func TestShortCapability(t *testing.T) {
	c, err := ParseCapability([]byte{9, 0x25, 0x80, 0x17, 0x70, 3, 0xff, 1, 0x40, 0, 0xc8})
	if err != nil || c.Rate != 200 || c.PerInch != 2540 || c.Surface().Width != 96 {
		t.Errorf("%+v %v", c, err)
	}
}

func TestAgreementVersion1(t *testing.T) {
	e := load(t).DHExample
	k, err := NewHalfKey(bytes.NewReader(unhex(t, e["hostPrivate"])), unhex(t, e["prime"]), unhex(t, e["base"]))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(k.Public[:], unhex(t, e["hostPublic"])) {
		t.Errorf("public %x", k.Public)
	}
	key, err := k.Shared(unhex(t, e["devicePublic"]))
	if err != nil || !bytes.Equal(key, unhex(t, e["aes128Key"])) {
		t.Errorf("key %x %v", key, err)
	}
	if k.secret.Sign() != 0 {
		t.Error("the exponent was not wiped")
	}
	if _, err := k.Shared(unhex(t, e["devicePublic"])); err == nil {
		t.Error("a half key works twice")
	}
	for name, pub := range map[string][]byte{"zero": make([]byte, 16), "one": append(make([]byte, 15), 1), "short": {1, 2},
		"minus one": new(big.Int).Sub(new(big.Int).SetBytes(unhex(t, e["prime"])), big.NewInt(1)).Bytes()} {
		k, err := NewHalfKey(rand.Reader, unhex(t, e["prime"]), unhex(t, e["base"]))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := k.Shared(pub); err == nil {
			t.Errorf("public value %s is taken", name)
		}
	}
	if _, err := NewHalfKey(rand.Reader, make([]byte, 16), []byte{0, 5}); err == nil {
		t.Error("a prime of zero is taken")
	}
}

func TestAgreementVersion2(t *testing.T) {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	want := bytes.Repeat([]byte{9}, 32)
	sealed, err := rsa.EncryptOAEP(sha1.New(), rand.Reader, &k.PublicKey, append([]byte("head"), want...), nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := OpenKey(k, sealed)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%x %v", got, err)
	}
	sealed[5]++
	if _, err := OpenKey(k, sealed); err == nil {
		t.Error("a changed answer is taken")
	}
	part := crypt(cryptGetPart, 2, 3, []byte{1, 2, 3, 4})
	if b, err := ParseCryptPart(part); err != nil || !bytes.Equal(b, []byte{1, 2, 3}) {
		t.Errorf("part %x %v", b, err)
	}
	part[3] = 65
	if _, err := ParseCryptPart(part); err == nil {
		t.Error("65 bytes in a block of 64")
	}
}

func TestStateTable(t *testing.T) {
	for _, c := range []struct {
		id   byte
		set  bool
		s    State
		want bool
	}{
		{IDStatus, false, Capture, true}, {IDStartImage, true, Ready, true}, {IDStartImage, true, Capture, false},
		{IDImageBlock, true, Image, true}, {IDImageBlock, true, Ready, false}, {IDEndCapture, true, Capture, true},
		{IDEndCapture, true, Ready, false}, {IDClear, true, Capture, false}, {IDInking, true, Capture, true},
		{IDDisplayArea, true, RomBusy, false}, {0xCC, true, Ready, false}, {0xD0, true, Ready, false}, {0xE3, false, Ready, false},
		{IDStatus, false, Resetting, false}, {IDUid, true, Ready, true}, {IDThreshold, true, Capture, false},
	} {
		if got := Allowed(c.id, c.set, c.s); got != c.want {
			t.Errorf("report %02x set %v in state %d: %v", c.id, c.set, c.s, got)
		}
	}
}

func TestSlides(t *testing.T) {
	b, ok := CmdSlides([]uint8{1, 2, 3}, 2000)
	if !ok || !bytes.Equal(b, unhex(t, "93020003123000000000000007d0"[:26])) && !bytes.Equal(b, []byte{0x93, 2, 0, 3, 0x12, 0x30, 0, 0, 0, 0, 0, 7, 0xD0}) {
		t.Errorf("%x", b)
	}
	for _, bad := range []struct {
		s  []uint8
		ms uint32
	}{{[]uint8{1}, 2000}, {[]uint8{1, 11}, 2000}, {[]uint8{1, 2}, 1999}, {[]uint8{1, 2}, 120001}, {[]uint8{0, 2}, 2000}} {
		if _, ok := CmdSlides(bad.s, bad.ms); ok {
			t.Errorf("%v every %d ms is taken", bad.s, bad.ms)
		}
	}
}

func TestCommandBytes(t *testing.T) {
	for name, c := range map[string]struct {
		got  []byte
		want string
	}{
		"threshold":  {CmdThreshold(DefaultThreshold), "2215001000"},
		"area":       {CmdDisplayArea(Rect{0, 0, 319, 199}), "2a000000003f01c700"},
		"ink 24":     {CmdPenColor24(1, 2, 3, 4), "2d03020104"},
		"ink 16":     {CmdPenColor16(0xff, 0, 0, 2), "2800f802"},
		"reset":      {CmdReset(), "0400"},
		"no inking":  {CmdInking(false), "2100"},
		"abandon":    {CmdEndImage(false), "2701"},
		"end":        {CmdEndCapture(), "1600"},
		"normal":     {CmdNormal(), "93000000000000000000000000"},
		"modulus":    {CmdCryptModulus(2, []byte{7})[:5], "4002010207"},
		"read chunk": {CmdCryptRead(3)[:5], "4004020300"},
	} {
		if !bytes.Equal(c.got, unhex(t, c.want)) {
			t.Errorf("%s: %x, want %s", name, c.got, c.want)
		}
	}
}

func TestBestEncoding(t *testing.T) {
	sp := &Spec{Screen: &Screen{Encodings: 15}}
	for _, c := range []struct {
		flags uint8
		bulk  bool
		want  Encoding
	}{{15, true, RGB24 | Bulk}, {15, false, MonoZlib}, {3, true, MonoZlib}, {2, false, Mono}, {6, true, RGB16 | Bulk}, {8, false, RGB24}, {4, false, RGB16}, {1, false, MonoZlib}} {
		if got := BestEncoding(Capability{Encodings: c.flags}, sp, c.bulk); got != c.want {
			t.Errorf("flags %d bulk %v: %x, want %x", c.flags, c.bulk, got, c.want)
		}
	}
}
