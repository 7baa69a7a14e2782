package apart

import (
	"encoding/hex"
	"testing"
)

// The emulator itself against the vectors of the protocol's text.
func TestVectors(t *testing.T) {
	same := func(name string, got []byte, want string) {
		t.Helper()
		if hex.EncodeToString(got) != want {
			t.Errorf("%s: %x, want %s", name, got, want)
		}
	}
	feature := func(p *Pad, id byte) []byte {
		r, _ := p.model.report(id)
		b := make([]byte, r.size)
		b[0] = id
		if _, err := p.get(b); err != nil {
			t.Fatal(err)
		}
		return b
	}
	p := New(STU430())
	same("capability", feature(p, 0x09), "092580177003ff014000c8c809ec030000")
	same("uid2", feature(p, 0x0b), "0b354a5a51533030303332")
	same("thresholds", feature(p, 0x22), "2215001000")
	same("status", feature(p, 0x03), "0300000000")
	m := STU540()
	m.Major, m.Minor = 1, 0
	same("information", feature(New(m), 0x08), "085354552d353430000001000002000000")

	touch := Reading{X: 5339, Y: 3528, Pressure: 612, Near: true, Tip: true, Clock: 3513, Seq: 1}
	away := Reading{Clock: 3696, Seq: 22}
	same("hover", p.encode(Reading{X: 4660, Y: 1383, Near: true}), "01800012340567")
	same("hardest", p.encode(Reading{X: 10799, Y: 6479, Pressure: 1023, Near: true, Tip: true}), "0193ff2a2f194f")
	p.values[0x32][0] = 3
	same("touch", p.encode(touch), "34926414db0dc80db90001")
	same("away", p.encode(away), "340000000000000e700016")

	p.state, p.crypt.session = capture, 0xc0ffee01
	p.crypt.key = make([]byte, 32)
	for i := range p.crypt.key {
		p.crypt.key[i] = byte(i)
	}
	same("timed block", p.encode(touch), "33722fb30625f75691ae03a13d957ceb03")
	p.values[0x32][0], p.crypt.session, p.crypt.key = 0, 0x12345678, p.crypt.key[:16]
	same("first of two", p.encode(Reading{X: 4000, Y: 2000, Pressure: 500, Near: true, Tip: true}), "")
	same("block of two", p.encode(Reading{X: 4010, Y: 2005, Pressure: 510, Near: true, Tip: true}), "100707aac416ad9ff15326a3b7e2c5b773")
	p.crypt.forget()
	p.crypt.setType(2, 0x82)
	p.crypt.eState, p.crypt.nState, p.crypt.cState = okay, okay, okay
	same("encryption", feature(p, 0x50), "5002820000000000070000000000000000")
}
