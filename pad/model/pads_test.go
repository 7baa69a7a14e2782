package model

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
)

// TestEveryFile: exact formatting, known decoder, sound numbers, and no two
// files for one id.
func TestEveryFile(t *testing.T) {
	seen, n := map[string]string{}, 0
	err := fs.WalkDir(devices, "devices", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		n++
		b, err := devices.ReadFile(path)
		if err != nil {
			return err
		}
		dec := json.NewDecoder(bytes.NewReader(b))
		dec.DisallowUnknownFields()
		var s Spec
		if err := dec.Decode(&s); err != nil {
			t.Errorf("%s: %v", path, err)
			return nil
		}
		exact, err := json.MarshalIndent(s, "", "  ")
		if err != nil || !bytes.Equal(append(exact, '\n'), b) {
			t.Errorf("%s is not formatted as Go writes it", path)
		}
		checkSpec(t, path, s, seen)
		return nil
	})
	if err != nil || n < 15 {
		t.Fatal(n, err)
	}
}

func checkSpec(t *testing.T, path string, s Spec, seen map[string]string) {
	if !decoders[s.Decoder] {
		t.Errorf("%s: decoder %q", path, s.Decoder)
	}
	if s.Maker == "" || s.Model == "" || s.Tested == "" || s.Source == "" || s.RateHz <= 0 || len(s.IDs) == 0 {
		t.Errorf("%s: something is missing", path)
	}
	if s.Hardware != "never tried on hardware" {
		t.Errorf("%s claims hardware: %q", path, s.Hardware)
	}
	if (s.Decoder == "stu") != (s.STU != nil) || s.STU != nil && s.Screen == nil {
		t.Errorf("%s: the STU part does not fit the decoder", path)
	}
	for _, id := range s.IDs {
		if !regexp.MustCompile(`^[0-9a-f]{4}:([0-9a-f]{4}|\*)$`).MatchString(id) {
			t.Errorf("%s: id %q", path, id)
		}
		if seen[id] != "" {
			t.Errorf("%s and %s both claim %s", path, seen[id], id)
		}
		seen[id] = path
	}
	if s.MaxX != 0 {
		if err := s.Surface().Check(); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	} else if s.STU == nil && !strings.Contains(string(mustJSON(s.Wake)), `"parameters"`) {
		t.Errorf("%s: no size and no way to ask", path)
	}
	for _, w := range s.Wake {
		b := unhex(t, w.Hex)
		if (w.Do == "out" || w.Do == "feature") != (len(b) > 0) || (w.Do == "string" || w.Do == "parameters") != (w.Index > 0) {
			t.Errorf("%s: wake-up %+v", path, w)
		}
	}
}

func mustJSON(v any) []byte { b, _ := json.Marshal(v); return b }

func TestFind(t *testing.T) {
	for _, c := range []struct {
		vid, pid uint16
		model    string
	}{{0x056a, 0xa4, "STU-430"}, {0x28bd, 0x0914, "Star G640"}, {0x28bd, 0x0905, "UGEE v2 tablet"}, {0x256c, 0x6e, "UC-Logic v1 tablet"},
		{0x256c, 0x6d, "UC-Logic v2 tablet"}, {0x04df, 0x12, "USB ePad"}, {0x2133, 0x18, "Delta Pen"}, {0x056a, 0, "Wacom PenPartner (emulated)"}, {0x046d, 0xc52b, ""}, {0x056a, 0x98, ""}} {
		if s, ok := Find(c.vid, c.pid); s.Model != c.model || ok != (c.model != "") {
			t.Errorf("%04x:%04x is %q", c.vid, c.pid, s.Model)
		}
	}
	v, err := Vendors()
	if err != nil || len(v) < 7 {
		t.Errorf("vendors %x %v", v, err)
	}
}

func TestAcceptance(t *testing.T) {
	pen := unhex(t, load(t).HIDDescriptors[1].Hex)
	patch := func(old, new string) []byte {
		out := bytes.Replace(pen, unhex(t, old), unhex(t, new), 1)
		if bytes.Equal(out, pen) {
			t.Fatalf("%s is not in the descriptor", old)
		}
		return out
	}
	for _, c := range []struct {
		name, want string
		b          []byte
	}{
		{"a pen", "", pen},
		{"an ePad", "pen or stylus", unhex(t, load(t).HIDDescriptors[0].Hex)},
		{"a mouse", "pen or stylus", unhex(t, "05010902a1010901a100050919012903150025019503750181029501750581010501093009311580257f750895028106c0c0")},
		{"a touch screen", "pen or stylus", patch("050d0902a101", "050d0904a101")},
		{"pressure of 7 bits", "pressure reaches 127", patch("26ff0f0930", "267f000930")},
		{"axes of 8 bits", "10 bits", patch("26e079", "26e700")},
		{"no size", "size", patch("6511", "6500")},
		{"no pressure", "pressure", patch("26ff0f0930", "26ff0f0938")},
	} {
		b := c.b
		if c.name == "a touch screen" {
			b = bytes.Replace(b, unhex(t, "0920a1"), unhex(t, "0922a1"), 1)
		}
		d, err := Parse(b)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		_, err = PenOf(d)
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.want != "" && (!errors.Is(err, ErrNotPad) || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func TestGenericPen(t *testing.T) {
	d, err := Parse(unhex(t, load(t).HIDDescriptors[1].Hex))
	if err != nil {
		t.Fatal(err)
	}
	p, err := PenOf(d)
	if err != nil {
		t.Fatal(err)
	}
	if s := p.Surface(); s.Width != 156 || s.Height != 87 || s.MaxP != 4095 {
		t.Errorf("surface %+v", s)
	}
	var out [2]Reading
	n, err := p.Decode(unhex(t, "0711f03cfc210008f60f"), &out)
	if n != 1 || err != nil || out[0].X != 78 || out[0].Y != 43.5 || !out[0].Down {
		t.Errorf("%d %v %+v", n, err, out[0])
	}
	for name, c := range map[string]struct {
		hex        string
		near, down bool
	}{"hover": {"0710f03cfc210000f60f", true, false}, "away": {"0700f03cfc210000f60f", false, false},
		"eraser": {"0719f03cfc210008f60f", true, false}, "inverted": {"0715f03cfc210008f60f", true, false}} {
		if _, err := p.Decode(unhex(t, c.hex), &out); err != nil || out[0].Near != c.near || out[0].Down != c.down {
			t.Errorf("%s: %+v %v", name, out[0], err)
		}
	}
	for want, hex := range map[error]string{ErrShort: "0711f03c", ErrUnknown: "0911f03cfc210008f60f", ErrRange: "0711ffffff210008f60f", ErrEmpty: ""} {
		if _, err := p.Decode(unhex(t, hex), &out); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", hex, err, want)
		}
	}
}

// TestNoise: 64 KiB of noise is refused, whatever the seed.
func TestNoise(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		b := make([]byte, 1<<16)
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		if _, err := Parse(b); !errors.Is(err, ErrDescriptor) {
			t.Fatalf("noise: %v", err)
		}
	}
	for name, b := range map[string][]byte{"empty": nil, "too long": make([]byte, 1<<16+1), "cut": {0x26, 1}, "open": {0xa1, 1}, "closed twice": {0xa1, 1, 0xc0, 0xc0},
		"pop": {0xb4}, "report id 0": {0x85, 0}, "wide field": {0x75, 33}, "a billion fields": {0x97, 0xff, 0xff, 0xff, 0x3f}, "long item": {0xFE, 1, 1, 1},
		"pushes": bytes.Repeat([]byte{0xa4}, 40), "deep": bytes.Repeat([]byte{0xa1, 1}, 40)} {
		if _, err := Parse(b); !errors.Is(err, ErrDescriptor) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestParameters(t *testing.T) {
	v1 := unhex(t, "0c03803e10270000ff07d007")
	p, err := ParseParameters(v1, "uclogic-v1")
	if err != nil || p != (Parameters{16000, 10000, 2047, 2000}) {
		t.Errorf("%+v %v", p, err)
	}
	v2 := unhex(t, "120350c700ca7c00ff1fd813000000000000")
	p, err = ParseParameters(v2, "uclogic-v2")
	if err != nil || p != (Parameters{51024, 31946, 8191, 5080}) {
		t.Errorf("%+v %v", p, err)
	}
	for name, b := range map[string][]byte{"text": unhex(t, "0e0348005500490041004e004700"), "short": v2[:8], "zeros": make([]byte, 18), "not a string": append([]byte{18, 2}, v2[2:]...)} {
		if _, err := ParseParameters(b, "uclogic-v2"); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	zero := append([]byte(nil), v2...)
	clear(zero[2:5])
	if _, err := ParseParameters(zero, "uclogic-v2"); !errors.Is(err, ErrLies) {
		t.Errorf("a width of zero: %v", err)
	}
}

func TestTablets(t *testing.T) {
	s := Surface{MaxX: 50000, MaxY: 30000, MaxP: 8191, Width: 250, Height: 150}
	for _, c := range []struct {
		name, decoder, hex string
		n                  int
		near, down         bool
	}{
		{"v2 pen", "uclogic-v2", "0881803e1027001000000af6", 1, true, true},
		{"v2 hover", "uclogic-v2", "0880803e1027000000000000", 1, true, false},
		{"v2 away", "uclogic-v2", "0800803e1027000000000000", 1, false, false},
		{"v2 keys", "uclogic-v2", "08e0010000000000000000000", 0, false, false},
		{"v1 pen", "uclogic-v1", "0881803e10270004", 1, true, true},
		{"v1 keys", "uclogic-v1", "08c0803e10270004", 0, false, false},
		{"ugee pen", "ugee-v2", "02a1a861983ab80b05fb", 1, true, true},
		{"ugee eraser", "ugee-v2", "02a9a861983ab80b05fb", 1, true, false},
		{"ugee away", "ugee-v2", "02c00000000000000000", 1, false, false},
		{"ugee keys", "ugee-v2", "02b00100000000000000", 0, false, false},
		{"ugee gen 2", "ugee-v2", "02a1a861983ab80b05fb00000001", 0, false, false},
	} {
		d, err := (&Spec{Decoder: c.decoder}).NewDecoder(s)
		if err != nil {
			t.Fatal(err)
		}
		var out [2]Reading
		n, err := d.Decode(unhex(t, c.hex[:len(c.hex)&^1]), &out)
		if c.name == "ugee gen 2" {
			if !errors.Is(err, ErrRange) {
				t.Errorf("%s: pressure bit 13 was not read: %v", c.name, err)
			}
			continue
		}
		if n != c.n || err != nil || n > 0 && (out[0].Near != c.near || out[0].Down != c.down) {
			t.Errorf("%s: %d %v %+v", c.name, n, err, out[0])
		}
		d.Reset()
		if d.Size() < 7 {
			t.Error("no size")
		}
	}
	for _, name := range []string{"epad", "pd1011", "qemu-tablet", "uclogic-v1", "uclogic-v2", "ugee-v2"} {
		if _, err := (&Spec{Decoder: name}).NewDecoder(Surface{}); !errors.Is(err, ErrLies) {
			t.Errorf("%s takes a surface of nothing: %v", name, err)
		}
		d, err := (&Spec{Decoder: name}).NewDecoder(s)
		if err != nil {
			t.Fatal(err)
		}
		var out [2]Reading
		for want, b := range map[error][]byte{ErrEmpty: nil, ErrShort: {2, 0, 0}} {
			if name[:2] == "uc" && len(b) > 0 {
				b[0] = 8
			}
			if _, err := d.Decode(b, &out); !errors.Is(err, want) {
				t.Errorf("%s: %v, want %v", name, err, want)
			}
		}
	}
	if _, err := (&Spec{Decoder: "stu"}).NewDecoder(s); err == nil {
		t.Error("a plain decoder for an STU")
	}
}
