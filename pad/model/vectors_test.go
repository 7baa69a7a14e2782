package model

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
)

type vector struct {
	Name, Device, Direction, Hex string
	Fields                       map[string]any
	AESKey                       string
	ExpectedSession              string
}

type vectorFile struct {
	Vectors []vector
	Images  []struct {
		Name                            string
		Width, Height                   int
		RGB, Encoding, Hex, ZlibExample string
		ZlibInflatesTo                  string
	}
	STUSerialFrames []struct {
		Name, Report, Hex string
		CRCPresent        bool
		FrameLength       int
	}
	DHExample      map[string]string
	HIDDescriptors []descriptorVector
}

type descriptorVector struct {
	Name, Hex   string
	Fields      []map[string]any
	ReportBytes map[string]int
}

func load(t testing.TB) vectorFile {
	t.Helper()
	b, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var f vectorFile
	if err := json.Unmarshal(b, &f); err != nil {
		t.Fatal(err)
	}
	return f
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// reserved are the bytes that carry nothing: padding, and what the protocol
// text calls reserved or unused. No other byte may change without a trace.
func reserved(name string) (from, to int) {
	switch {
	case strings.HasPrefix(name, "stu-status"):
		return 3, 4
	case strings.HasSuffix(name, "capability"):
		return 15, 16
	case name == "stu-pen-windows-padded":
		return 7, 16
	case name == "pd1011-pen":
		return 8, 9
	}
	return -1, -1
}

func isReserved(name string, i int) bool {
	from, to := reserved(name)
	return i >= from && i <= to || name == "stu-encryption-status" && (i == 3 || i >= 9)
}

func TestVectors(t *testing.T) {
	f := load(t)
	if len(f.Vectors) != 63 {
		t.Fatalf("%d vectors, want 63", len(f.Vectors))
	}
	for _, v := range f.Vectors {
		t.Run(v.Name, func(t *testing.T) {
			raw := unhex(t, v.Hex)
			got, err := interpret(t, v, raw)
			if want, bad := v.Fields["error"]; bad {
				if err == nil {
					t.Fatalf("decoded to %v, want %v", got, want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			for k, want := range v.Fields {
				if fmt.Sprint(got[k]) != fmt.Sprint(want) {
					t.Errorf("%s = %v, want %v", k, got[k], want)
				}
			}
			everyByteCounts(t, v, raw, got)
		})
	}
}

// everyByteCounts changes each byte to each other value.
func everyByteCounts(t *testing.T, v vector, raw []byte, whole map[string]any) {
	for i := range raw {
		if isReserved(v.Name, i) {
			continue
		}
		for d := 1; d < 256; d++ {
			b := append([]byte(nil), raw...)
			if v.Name == "windows-pen-touch" && i == 1 && d&0x1f == 0 {
				continue // three bits of padding in the descriptor
			}
			b[i] ^= byte(d)
			got, err := interpret(t, v, b)
			if err == nil && reflect.DeepEqual(got, whole) {
				t.Fatalf("byte %d from %02x to %02x changes nothing", i, raw[i], b[i])
			}
		}
	}
}

// interpret gives all that our decoders see in a vector.
func interpret(t *testing.T, v vector, b []byte) (map[string]any, error) {
	switch {
	case v.Direction == "feature-set" || v.Direction == "out":
		want, ok := commandFor(t, v)
		if !ok {
			t.Fatalf("no builder for %s", v.Name)
		}
		if !reflect.DeepEqual(want, b) {
			return nil, ErrFeature
		}
		return v.Fields, nil
	case v.Device == "wacom-stu" && v.Direction == "feature-get":
		return interpretFeature(b)
	case v.Device == "wacom-stu":
		return interpretSTU(t, v, b)
	case v.Device == "synthetic-windows-pen":
		return interpretHID(t, b)
	}
	return interpretOther(v, b)
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

func samples(p stuPen) map[string]any {
	m := map[string]any{"rdy": flag(p.rdy), "sw": p.sw, "pressure": p.pressure, "x": p.x, "y": p.y}
	if p.has&HasClock != 0 {
		m["timeCount"], m["sequence"] = p.clock, p.seq
	}
	if p.isOption {
		m["option"] = p.option
	}
	return m
}

func interpretSTU(t *testing.T, v vector, b []byte) (map[string]any, error) {
	d, err := NewSTU(Capability{MaxX: 10800, MaxY: 6480, MaxPressure: 1023, PerInch: 2540}, DefaultThreshold, OptionTime)
	if err != nil {
		t.Fatal(err)
	}
	session, _ := v.Fields["sessionId"].(string)
	if v.ExpectedSession != "" {
		session = v.ExpectedSession
	}
	if v.AESKey != "" {
		var id uint32
		if _, err := fmt.Sscanf(session, "%x", &id); err != nil {
			t.Fatal(err)
		}
		if err := d.Secure(unhex(t, v.AESKey), id); err != nil {
			t.Fatal(err)
		}
	}
	var out [2]Reading
	n, err := d.Decode(b, &out)
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return map[string]any{"event": b[0]}, nil
	}
	if v.AESKey == "" {
		m := samples(stuClear(b))
		m["id"] = b[0]
		return m, nil
	}
	two, err := d.open(b)
	if err != nil {
		return nil, err
	}
	if b[0] == stuPenCryptSeq {
		m := samples(two[0])
		m["sessionId"] = session
		return m, nil
	}
	return map[string]any{"id": b[0], "sessionId": session, "samples": []any{samples(two[0]), samples(two[1])}}, nil
}

func interpretFeature(b []byte) (map[string]any, error) {
	switch b[0] {
	case IDInformation:
		i, err := ParseInformation(b)
		return map[string]any{"model": i.Model, "fwMajor": i.Major, "fwMinor": i.Minor, "secureIc": flag(i.Secure), "secureIcVersion": i.SecureIC}, err
	case IDCapability:
		c, err := ParseCapability(b)
		return map[string]any{"maxX": c.MaxX, "maxY": c.MaxY, "maxPressure": c.MaxPressure, "screenW": c.ScreenW, "screenH": c.ScreenH,
			"maxRate": c.Rate, "unitsPerInch": c.PerInch, "encodingFlags": c.Encodings}, err
	case IDStatus:
		s, err := ParseStatus(b)
		name := map[State]string{Ready: "ready", Capture: "capture"}[s.State]
		result := s.Result.String()
		if s.Result == ResultWrongState {
			result = "wrong-state"
		}
		return map[string]any{"status": name, "lastResult": result}, err
	case IDUid2:
		s, err := ParseText(b, IDUid2)
		return map[string]any{"uid2": s}, err
	case IDThreshold:
		th, err := ParseThreshold(b)
		return map[string]any{"on": th.On, "off": th.Off}, err
	case IDDisplayArea:
		r, err := ParseRect(b)
		return map[string]any{"x1": r.X1, "y1": r.Y1, "x2": r.X2, "y2": r.Y2}, err
	case IDCryptStatus:
		s, err := ParseCryptStatus(b)
		word := func(c uint8) any {
			if c == CryptReady {
				return "ready"
			}
			return c
		}
		result := any(s.Result)
		if s.Result == 0 {
			result = "none"
		}
		return map[string]any{"symmetric": []string{"AES128", "AES192", "AES256"}[s.Symmetric], "padding": []string{"none", "PKCS1", "OAEP"}[s.Padding],
			"asymmetric": []string{"RSA1024", "RSA1536", "RSA2048"}[s.Asymmetric], "rsaE": word(s.Exponent), "rsaN": word(s.Modulus),
			"rsaC": word(s.Cipher), "result": result, "rng": s.RNG, "sha1": s.SHA1, "aes": s.AES}, err
	}
	return nil, ErrUnknown
}

func commandFor(t *testing.T, v vector) ([]byte, bool) {
	switch v.Name {
	case "stu-cmd-startcapture":
		return CmdStartCapture(0xc0ffee01), true
	case "stu-cmd-clear":
		return CmdClear(), true
	case "stu-cmd-inking-on":
		return CmdInking(true), true
	case "stu-cmd-penoption-timeseq":
		return CmdOption(OptionTimeSequence), true
	case "stu-cmd-startimage-24":
		return CmdStartImage(RGB24), true
	case "stu-cmd-startimagearea-24":
		return CmdStartArea(RGB24, Rect{10, 20, 209, 119}), true
	case "stu-cmd-imageblock-3bytes":
		b, rest := CmdBlock([]byte{0, 0, 0xff})
		return b, len(rest) == 0
	case "stu-cmd-endimage":
		return CmdEndImage(true), true
	case "stu-cmd-setenctype":
		return CmdCryptType(), true
	case "stu-cmd-setrsa-e":
		return CmdCryptExponent(), true
	case "stu-cmd-genkey":
		return CmdCryptKey(), true
	case "ugee-v2-enable":
		sp, ok := Find(0x28bd, 0x0914)
		return unhex(t, sp.Wake[0].Hex), ok
	}
	return nil, false
}

func interpretOther(v vector, b []byte) (map[string]any, error) {
	big := Surface{MaxX: 1 << 16, MaxY: 1 << 16, MaxP: 1 << 13, Width: 100, Height: 100}
	switch v.Device {
	case "epadlink-04df-0012", "viewsonic-pd1011", "qemu-usb-wacom":
		name := map[string]string{"epadlink-04df-0012": "epad", "viewsonic-pd1011": "pd1011", "qemu-usb-wacom": "qemu-tablet"}[v.Device]
		d, err := NewFixed(name, big)
		if err != nil {
			return nil, err
		}
		var out [2]Reading
		if _, err := d.Decode(b, &out); err != nil {
			return nil, err
		}
		p, err := d.read(b)
		m := map[string]any{"flags": p.flags, "x": p.x, "y": p.y, "pressure": p.p, "inRange": flag(p.near), "touch": flag(p.tip), "tip": flag(p.tip)}
		if name == "qemu-tablet" {
			m["raw6"] = int8(b[6])
		}
		return m, err
	case "topaz-serial":
		p, err := ParseTopaz(b)
		return map[string]any{"near": flag(p.Near), "down": flag(p.Down), "type": p.Type, "x": p.X, "y": p.Y, "pressure": p.Pressure, "spare": p.spare}, err
	}
	l := map[string]string{"huion": "uclogic-v2", "ugee-xppen": "ugee-v2"}[v.Device]
	d, err := NewUCLogic(l, big)
	if err != nil {
		return nil, err
	}
	var out [2]Reading
	if _, err := d.Decode(b, &out); err != nil {
		return nil, err
	}
	p, err := d.read(b)
	return map[string]any{"flags": p.flags, "x": p.x, "y": p.y, "pressure": p.p, "tip": flag(p.tip), "tiltX": p.tiltX, "tiltY": p.tiltY, "outOfRange": !p.near}, err
}

// interpretHID reads every field that the descriptor names.
func interpretHID(t *testing.T, b []byte) (map[string]any, error) {
	d, err := Parse(unhex(t, load(t).HIDDescriptors[1].Hex))
	if err != nil {
		t.Fatal(err)
	}
	p, err := PenOf(d)
	if err != nil {
		t.Fatal(err)
	}
	var out [2]Reading
	if _, err := p.Decode(b, &out); err != nil {
		return nil, err
	}
	names := map[uint16]string{usageTip: "tip", 0x44: "barrel", usageInvert: "invert", usageEraser: "eraser", usageInRange: "inRange", 0x3D: "tiltX", 0x3E: "tiltY"}
	m := map[string]any{}
	for i := range d.Fields {
		f := &d.Fields[i]
		name := names[f.Usage]
		switch {
		case f.Page == pageDesktop:
			name = map[uint16]string{usageX: "x", usageY: "y"}[f.Usage]
		case f.Usage == usagePressure:
			name = "pressure"
		}
		m[name] = f.value(b)
	}
	return m, nil
}

func TestDescriptors(t *testing.T) {
	for _, v := range load(t).HIDDescriptors {
		t.Run(v.Name, func(t *testing.T) {
			d, err := Parse(unhex(t, v.Hex))
			if err != nil {
				t.Fatal(err)
			}
			if len(d.Fields) != len(v.Fields) {
				t.Fatalf("%d fields, want %d", len(d.Fields), len(v.Fields))
			}
			for i, want := range v.Fields {
				f := d.Fields[i]
				got := map[string]any{"kind": f.Kind, "reportId": f.ReportID, "usagePage": f.Page, "usage": f.Usage, "bitOffset": f.Offset, "bitSize": f.Size,
					"logicalMin": f.Min, "logicalMax": f.Max, "physicalMin": f.PhysMin, "physicalMax": f.PhysMax, "unit": f.Unit, "unitExponent": f.Exponent, "array": f.Array}
				for k, w := range want {
					if fmt.Sprint(got[k]) != fmt.Sprint(w) {
						t.Errorf("field %d: %s = %v, want %v", i, k, got[k], w)
					}
				}
			}
			for k, want := range v.ReportBytes {
				var id uint8
				if _, err := fmt.Sscanf(k, "input:%d", &id); err != nil {
					t.Fatal(err)
				}
				if n := d.Bytes[ReportKey{Input, id}]; n != want {
					t.Errorf("%s has %d bytes, want %d", k, n, want)
				}
			}
		})
	}
}

func TestImages(t *testing.T) {
	for _, v := range load(t).Images {
		e := map[byte]Encoding{'2': RGB24, '1': RGB16}[v.Encoding[0]]
		if strings.HasPrefix(v.Encoding, "1bit") {
			e = Mono
		}
		got, err := Encode(e, v.Width, v.Height, unhex(t, v.RGB))
		if err != nil || hex.EncodeToString(got) != v.Hex {
			t.Errorf("%s: %x %v, want %s", v.Name, got, err, v.Hex)
		}
		if _, err := Encode(e, v.Width+1, v.Height, unhex(t, v.RGB)); err == nil {
			t.Errorf("%s: a wrong size is taken", v.Name)
		}
	}
}

func TestSerialFrames(t *testing.T) {
	for _, v := range load(t).STUSerialFrames {
		f := Frame(unhex(t, v.Report), v.CRCPresent)
		if hex.EncodeToString(f) != v.Hex || len(f) != v.FrameLength {
			t.Errorf("%s: %x, want %s", v.Name, f, v.Hex)
		}
		back, err := Unframe(f)
		if err != nil || hex.EncodeToString(back) != v.Report {
			t.Errorf("%s: back %x %v", v.Name, back, err)
		}
	}
}
