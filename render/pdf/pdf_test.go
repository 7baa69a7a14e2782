package pdf

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"moqian/assets"
	"moqian/render"
	"moqian/render/form"
	"moqian/render/ink"
	"moqian/sign/pdf"
)

func asset(t testing.TB, name string) []byte {
	t.Helper()
	b, err := assets.FS.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func codes() []string { return []string{"2101", "2102", "2103", "3101", "1101"} }

// testFonts are the program's fonts, parsed once for all tests, with fallbacks
// where Debian's packages put them; sealFont is the one that seals are cut in.
var (
	testFonts = sync.OnceValues(func() (*render.Fonts, error) {
		regular, err := own("NotoSansSC-Regular")
		if err != nil {
			return nil, err
		}
		bold, err := own("NotoSansSC-Bold")
		if err != nil {
			return nil, err
		}
		return render.NewFonts(regular, bold,
			render.Fallback{Load: system("lxgw-wenkai/LXGWWenKai-Regular.ttf")},
			render.Fallback{Face: render.Bold, Load: system("lxgw-wenkai/LXGWWenKai-Bold.ttf")},
			render.Fallback{Load: system("hanazono/HanaMinA.ttf")},
			render.Fallback{Load: system("hanazono/HanaMinB.ttf")})
	})
	sealFont = sync.OnceValues(func() (render.Font, error) { return own("NotoSerifSC-Bold-GB2312") })
)

func own(name string) (render.Font, error) {
	b, err := assets.FS.ReadFile("fonts/" + name + ".ttf")
	return render.Font{Name: name, Data: b}, err
}

func system(path string) render.Source {
	return func() (render.Font, error) {
		b, err := os.ReadFile("/usr/share/fonts/truetype/" + path)
		return render.Font{Name: strings.TrimSuffix(filepath.Base(path), ".ttf"), Data: b}, err
	}
}

func fonts(t testing.TB) *render.Fonts {
	t.Helper()
	f, err := testFonts()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// filled is a type's examples with changes, ready to be laid out.
func filled(t testing.TB, code string, change map[string]string) render.Form {
	t.Helper()
	typ, err := form.Parse(asset(t, "forms/"+code+".json"))
	if err != nil {
		t.Fatal(err)
	}
	values := typ.Examples()
	for k, v := range change {
		values[k] = v
	}
	at, err := time.Parse(time.RFC3339, typ.ExampleDay+"T14:05:32+08:00")
	if err != nil {
		t.Fatal(err)
	}
	f, problems := typ.Fill(values, at)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	no, err := form.NewNumber("01001", "03", at, 1)
	if err != nil {
		t.Fatal(err)
	}
	seal, err := sealFont()
	if err != nil {
		t.Fatal(err)
	}
	signed := make([]time.Time, len(f.Signers()))
	for i := range signed {
		signed[i] = at
	}
	return render.Form{
		Filled: f, Bank: form.Text{ZH: "示例银行", EN: "Example Bank"}, Branch: form.Text{ZH: "示例市分行营业部", EN: "Example Branch"},
		Header: form.Header{Number: no, Time: at, Business: typ.ExampleDay, Branch: "01001", Workstation: "03", Teller: "010023", Supervisor: "010087", Trial: true},
		Fee:    "¥0.00", Signed: signed, Seal: render.SealText{Arc: "示例银行股份有限公司示例支行", Number: "(1)"}, SealFont: seal,
		Code: "HTTPS://V.EXAMPLE.COM/R/" + strings.Repeat("A7", 95),
	}
}

// sheet lays out a type's examples with changes.
func sheet(t testing.TB, f *render.Fonts, code string, change map[string]string) (render.Sheet, form.Filled) {
	t.Helper()
	form := filled(t, code, change)
	s, err := render.Voucher(form, f)
	if err != nil {
		t.Fatal(err)
	}
	return s, form.Filled
}

// scribble is a made-up outline: a loop of four cubics.
func scribble() []ink.Outline {
	c := ink.Contour{Start: ink.Point{X: 1001, Y: 2003}}
	for i := range int32(4) {
		c.Curves = append(c.Curves, ink.Curve{
			A: ink.Point{X: 1500 + 900*i, Y: 2500}, B: ink.Point{X: 2000 + 900*i, Y: 1207}, P: ink.Point{X: 2450 + 900*i, Y: 3109},
		})
	}
	c.Curves = append(c.Curves, ink.Curve{A: ink.Point{X: 4000, Y: 500}, B: ink.Point{X: 2000, Y: 501}, P: c.Start})
	return []ink.Outline{{Contours: []ink.Contour{c}}}
}

func doc() Doc {
	return Doc{
		Title: "现金存款凭证 <1>", Lang: "zh-CN", Created: "2026-03-18T14:05:32+08:00", ID: [16]byte{1, 2, 3},
		Data: []Property{{"Number", "010010326031800018", "voucher number"}, {"Signers", `[{"a":"<&>"}]`, "who signed"}},
	}
}

func made(t testing.TB, code string, change map[string]string) ([]byte, form.Filled) {
	t.Helper()
	f := fonts(t)
	s, filled := sheet(t, f, code, change)
	inks := make([]render.Ink, len(s.Boxes))
	for i, a := range s.Boxes {
		inks[i] = render.Ink{Area: a, Outlines: scribble()}
	}
	out, err := Write(s.Pages, inks, f, doc())
	if err != nil {
		t.Fatal(err)
	}
	return out, filled
}

func write(t testing.TB, b []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "voucher.pdf")
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// run calls a tool, or skips the test loudly.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Skipf("SKIPPED: %s is not installed, its judgement is missing", name)
	}
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	return string(out)
}

func TestOutsideReaders(t *testing.T) {
	for _, code := range codes() {
		t.Run(code, func(t *testing.T) {
			b, filled := made(t, code, nil)
			file := write(t, b)
			t.Logf("%s: %d bytes", code, len(b))
			run(t, "qpdf", "--check", file)
			if lines := strings.Split(strings.TrimSpace(run(t, "pdfimages", "-list", file)), "\n"); len(lines) > 2 {
				t.Errorf("images: %q", lines)
			}
			text := run(t, "pdftotext", "-layout", file, "-")
			for _, f := range filled.Type().Fields {
				if v, ok := filled.Value(f.ID); ok && f.Bold && f.Kind != form.Amount && !strings.Contains(text, v.Raw) {
					t.Errorf("%s: %q is not in the text", f.ID, v.Raw)
				}
			}
			if filled.Fen() > 0 && !strings.Contains(text, form.FormatFen(filled.Fen())) {
				t.Errorf("%s is not in the text", form.FormatFen(filled.Fen()))
			}
			if strings.Contains(run(t, "pdffonts", file), " no ") && strings.Contains(run(t, "pdffonts", file), "no  no") {
				t.Error("a font is not embedded")
			}
		})
	}
}

func TestSameBytes(t *testing.T) {
	a, _ := made(t, "2101", nil)
	b, _ := made(t, "2101", nil)
	if !bytes.Equal(a, b) {
		t.Error("the same voucher gave different bytes")
	}
}

// TestInkIsExact reads the ink back as it was given.
func TestInkIsExact(t *testing.T) {
	b, _ := made(t, "2101", nil)
	f, err := pdf.Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	paths, err := pdf.Paths(f, 0)
	if err != nil {
		t.Fatal(err)
	}
	want := scribble()[0].Contours[0]
	for _, p := range paths {
		if p.Form != InkForm+"0" {
			continue
		}
		if !p.Exact || !p.Fill || p.Matrix[0] != 1 || p.Matrix[3] != 1 || len(p.Segs) != len(want.Curves)+2 {
			t.Fatalf("%+v", p)
		}
		for i, c := range want.Curves {
			got := p.Segs[i+1].P
			if got != [3][2]int32{{c.A.X, c.A.Y}, {c.B.X, c.B.Y}, {c.P.X, c.P.Y}} {
				t.Errorf("curve %d: %v", i, got)
			}
		}
		return
	}
	t.Error("the ink is not in the file")
}

func TestDataComesBack(t *testing.T) {
	b, _ := made(t, "2101", nil)
	f, err := pdf.Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	data, err := ReadData(f)
	if err != nil {
		t.Fatal(err)
	}
	if data["Number"] != "010010326031800018" || !json.Valid([]byte(data["Signers"])) {
		t.Errorf("%q", data)
	}
}
