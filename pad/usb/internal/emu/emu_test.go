package emu

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"
	"time"
)

// vectors are the published ones, by name: the emulator is held against them
// and not against the driver.
func vectors(t *testing.T) map[string][]byte {
	t.Helper()
	b, err := os.ReadFile("../../../model/testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var f struct {
		Vectors        []struct{ Name, Hex string }
		HIDDescriptors []struct{ Name, Hex string }
	}
	if err := json.Unmarshal(b, &f); err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for _, v := range append(f.Vectors, f.HIDDescriptors...) {
		raw, err := hex.DecodeString(v.Hex)
		if err != nil {
			t.Fatal(err)
		}
		out[v.Name] = raw
	}
	return out
}

func get(p *Pad, id byte, n int) ([]byte, bool) {
	return p.Control(Setup{Type: 0xA1, Request: 1, Value: 0x0300 | uint16(id), Length: uint16(n)}, nil)
}

func set(p *Pad, b []byte) bool {
	_, ok := p.Control(Setup{Type: 0x21, Request: 9, Value: 0x0300 | uint16(b[0]), Length: uint16(len(b))}, b)
	return ok
}

func TestAnswersOfA430(t *testing.T) {
	v := vectors(t)
	s := NewSTU(Model430(), rand.Reader)
	for _, name := range []string{"stu430v-capability", "stu430v-uid2", "stu430v-inkthreshold", "stu430v-displayarea", "stu-status-ready"} {
		want := v[name]
		got, ok := get(s.Pad, want[0], len(want))
		if !ok || !bytes.Equal(got, want) {
			t.Errorf("%s: %x, want %x", name, got, want)
		}
		if _, ok := get(s.Pad, want[0], len(want)-1); ok {
			t.Errorf("%s is given in another length", name)
		}
	}
	for _, id := range []byte{0x13, 0x1A, 0x0F, 0xCC, 0xFF} {
		if b, ok := get(s.Pad, id, 17); ok {
			t.Errorf("report %02x gives %x", id, b)
		}
	}
}

// TestPenReports: the numbered and the plain report are the published bytes.
func TestPenReports(t *testing.T) {
	v := vectors(t)
	s := NewSTU(Model430(), rand.Reader)
	next := func() []byte { b, _ := s.Next(nil); return b }
	s.Pen(true, 0, 4660, 1383, 5)
	if b := next(); !bytes.Equal(b, v["stu-pen-hover"]) {
		t.Errorf("hover %x", b)
	}
	s.Pen(false, 0, 0, 0, 5)
	if b := next(); !bytes.Equal(b, v["stu-pen-out-of-range"]) {
		t.Errorf("away %x", b)
	}
	if !set(s.Pad, []byte{0x32, 3}) {
		t.Fatal("no option mode")
	}
	s.clock, s.seq = 3508, 0
	s.Pen(true, 612, 5339, 3528, 5)
	if b := next(); !bytes.Equal(b, v["stu430v-stroke-end-01"]) {
		t.Errorf("numbered %x", b)
	}
	pen := NewPen(nil)
	if !bytes.Equal(PenDescriptor, v["synthetic-windows-pen"]) {
		t.Error("another descriptor than the published one")
	}
	pen.Pen(true, true, 2048, 15600, 8700)
	if b, _ := pen.Next(nil); !bytes.Equal(b[:8], v["windows-pen-touch"][:8]) {
		t.Errorf("pen %x", b)
	}
	x := NewTablet(true)
	if x.Pen(true, true, 1, 1, 1) {
		t.Error("a sleeping tablet reports")
	}
	if !x.Out(3, v["ugee-v2-enable"]) || !x.Awake() {
		t.Error("the published packet wakes nothing")
	}
}

// TestStates: what each state refuses, with the result in the status.
func TestStates(t *testing.T) {
	s := NewSTU(Model430(), rand.Reader)
	for _, c := range []struct {
		name string
		set  []byte
		ok   bool
		st   [2]byte
	}{
		{"a block when ready", append([]byte{0x26}, make([]byte, 255)...), true, [2]byte{stReady, resState}},
		{"an end without capture", []byte{0x16, 0}, true, [2]byte{stReady, resState}},
		{"a capture without a key", []byte{0x15, 1, 2, 3, 4}, true, [2]byte{stReady, resState}},
		{"24 bits on a 430", []byte{0x25, 4}, true, [2]byte{stReady, resEncoding}},
		{"bulk on a 430", []byte{0x25, 0x11}, true, [2]byte{stReady, resEncoding}},
		{"an area off the screen", []byte{0x24, 0, 1, 0, 0, 0, 0, 0x40, 1, 10, 0}, true, [2]byte{stReady, resArea}},
		{"a wrong length", []byte{0x25}, false, [2]byte{stReady, resArea}},
		{"flash", []byte{0xD0, 0}, false, [2]byte{stReady, resArea}},
		{"a picture", []byte{0x25, 0}, true, [2]byte{stImage, resOK}},
		{"clear inside a picture", []byte{0x20, 0}, true, [2]byte{stImage, resState}},
		{"inking inside a picture", []byte{0x21, 0}, true, [2]byte{stImage, resOK}},
		{"too few pixels", []byte{0x27, 0}, true, [2]byte{stImage, resParam}},
	} {
		if ok := set(s.Pad, c.set); ok != c.ok {
			t.Errorf("%s: %v", c.name, ok)
		}
		if b, ok := get(s.Pad, 3, 5); !ok || [2]byte(b[1:3]) != c.st {
			t.Errorf("%s: status %x, want %x", c.name, b, c.st)
		}
	}
	for end := time.Now().Add(time.Minute); ; {
		if b, _ := get(s.Pad, 3, 5); b[1] == stReady {
			break
		}
		if time.Now().After(end) {
			t.Fatal("the pad stays busy")
		}
		time.Sleep(time.Millisecond)
	}
	set(s.Pad, []byte{0x04, 0})
	if inking, _, _, _ := s.Setting(); inking != 1 {
		t.Error("a reset leaves inking off")
	}
}

func TestFaultsAndUnplug(t *testing.T) {
	p := NewPen(nil)
	p.SetFaults(Faults{Deaf: 1, PadTo: 20})
	if p.Pen(true, true, 1, 1, 1) {
		t.Error("a deaf pad takes the report")
	}
	p.Pen(true, true, 1, 1, 1)
	if b, ok := p.Next(nil); !ok || len(b) != 20 {
		t.Errorf("%d bytes, want 20", len(b))
	}
	stop := make(chan struct{})
	close(stop)
	if _, ok := p.Next(stop); ok {
		t.Error("a report out of nothing")
	}
	p.Unplug()
	p.Unplug()
	if p.Raw([]byte{1}) || p.Out(1, nil) || !bytes.Equal(p.DeviceDescriptor()[:2], []byte{18, 1}) {
		t.Error("a pad without a cable goes on")
	}
	if _, ok := p.Control(Setup{Type: 0x80, Request: 6, Value: 0x0100, Length: 18}, nil); ok {
		t.Error("a pad without a cable answers")
	}
}
