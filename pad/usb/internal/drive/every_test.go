package drive

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"moqian/pad"
	"moqian/pad/model"
	"moqian/pad/usb/internal/emu"
)

func specs(t *testing.T) []model.Spec {
	t.Helper()
	all, err := model.All()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestEverySTU: each STU of the device files is opened, shows a picture,
// records clear and encrypted, and counts what its reports carry.
func TestEverySTU(t *testing.T) {
	for _, s := range specs(t) {
		if s.STU == nil {
			continue
		}
		t.Run(s.Model, func(t *testing.T) {
			var pid uint16
			if _, err := fmt.Sscanf(s.IDs[0], "056a:%x", &pid); err != nil {
				t.Fatal(err)
			}
			m := emu.Model{Name: s.Model, PID: pid, MaxX: 9600, MaxY: 6000, MaxPressure: 1023, ScreenW: uint16(s.Screen.W), ScreenH: uint16(s.Screen.H),
				Encodings: s.Screen.Encodings, Bulk: s.Screen.Color, Old: s.STU.Crypt == 1, Uid2: "5JZQS00032", ESerial: "5JZQS00032ABC"}
			counters := map[model.OptionMode]string{0: "none", 1: "clock", 3: "clock+sequence"}[s.STU.Option]
			for _, policy := range []Policy{Clear, Require} {
				g := emu.NewSTU(m, rand.Reader)
				o := open(t, g, Options{Encryption: policy})
				if err := o.scr.Show(t.Context(), pattern(s.Screen.W, s.Screen.H)); err != nil {
					t.Fatal(err)
				}
				if _, n := g.Screen(); n != 1 {
					t.Error("no picture")
				}
				got, ev, err := record(t, o, 12, func() {
					for range 12 {
						g.Pen(true, 300, 1000, 1000, 5)
					}
				})
				if err != nil || len(got) != 12 || ev.Counters != counters || ev.Rejected != 0 || ev.Model != s.Model {
					t.Errorf("policy %d: %d samples %+v %v", policy, len(got), ev, err)
				}
				pad.Wipe(got)
			}
		})
	}
}

// TestEveryFixedPad plays a stroke of each pad whose layout is fixed.
func TestEveryFixedPad(t *testing.T) {
	v1 := map[byte][]byte{100: unhex(t, "0c03803e10270000ff07d007")}
	for _, c := range []struct {
		name     string
		vid, pid uint16
		strings  map[byte][]byte
		stroke   string // touching, touching, lifted
		x, y     float64
	}{
		{"USB ePad", 0x04df, 0x12, nil, "604a0439025a 604a0439025a 404a04390200", 1098 * 227.584 / 2896, 569 * 130.048 / 1370},
		{"PD1011", 0x0543, 0xe621, nil, "02c054f8340600040000 02c054f8340600040000 02c054f8340200000000", 216.94 / 2, 135.59 / 2},
		{"Delta Pen", 0x2133, 0x18, nil, "02c054f8340600040000 02c054f8340600040000 02c054f8340200000000", 216.94 / 2, 135.59 / 2},
		{"UC-Logic v1 tablet", 0x256c, 0x6e, v1, "0881401f88130004 0881401f88130004 0880401f88130000", 8000 * 25.4 / 2000, 5000 * 25.4 / 2000},
		{"UC-Logic v1 tablet", 0x5543, 0x6e, v1, "0881401f88130004 0881401f88130004 0880401f88130000", 8000 * 25.4 / 2000, 5000 * 25.4 / 2000},
		{"Wacom PenPartner (emulated)", 0x056a, 0, nil, "02d80962070000 02d80962070000 02d80962070081", 128.016 / 2, 96.012 / 2},
	} {
		t.Run(fmt.Sprintf("%s %04x", c.name, c.vid), func(t *testing.T) {
			g := emu.NewPlain(c.vid, c.pid, c.strings)
			o := open(t, g, Options{})
			s, ev, err := record(t, o, 3, func() {
				for _, r := range strings.Fields(c.stroke) {
					g.Raw(unhex(t, r))
				}
			})
			if err != nil || len(s) != 3 {
				t.Fatalf("%d samples %v", len(s), err)
			}
			near := func(a, b float64) bool { return a-b < 1e-9 && b-a < 1e-9 }
			if !near(s[0].X, c.x) || !near(s[0].Y, c.y) || s[1].Phase != pad.Down || s[2].Phase != pad.Hover {
				t.Errorf("%+v, want %v, %v", s, c.x, c.y)
			}
			if ev.Model != c.name || ev.Counters != "none" || ev.Capability == nil {
				t.Errorf("%+v", ev)
			}
			if c.name[:5] == "Wacom" && (len(g.Sets()) != 1 || !bytes.Equal(g.Sets()[0], []byte{2, 2})) {
				t.Errorf("QEMU's tablet was woken by %x", g.Sets())
			}
		})
	}
}

// TestTabletThatIsAnother: a tablet whose parameters are text, or nothing, is
// refused with the reason.
func TestTabletThatIsAnother(t *testing.T) {
	for name, s := range map[string]map[byte][]byte{
		"no answer": nil,
		"text":      {200: unhex(t, "120348005500490041004e00470048004800")},
		"zeros":     {200: append([]byte{18, 3}, make([]byte, 16)...)},
	} {
		if _, err := tryOpen(t, emu.NewPlain(0x256c, 0x6d, s), Options{}); err == nil || !strings.Contains(err.Error(), "waking") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
