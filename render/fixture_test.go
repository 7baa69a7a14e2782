package render_test

import (
	"errors"
	"flag"
	"io/fs"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"moqian/assets"
	"moqian/render"
	"moqian/render/form"
)

var update = flag.Bool("update", false, "write the golden files anew")

// testFonts are the real fonts, parsed once for all tests. The fallbacks lie
// where Debian's packages put them.
var testFonts = sync.OnceValues(func() (*render.Fonts, error) {
	regular, err := asset("NotoSansSC-Regular")
	if err != nil {
		return nil, err
	}
	bold, err := asset("NotoSansSC-Bold")
	if err != nil {
		return nil, err
	}
	return render.NewFonts(regular, bold,
		render.Fallback{Face: render.Regular, Load: system("LXGWWenKai-Regular", "lxgw-wenkai")},
		render.Fallback{Face: render.Bold, Load: system("LXGWWenKai-Bold", "lxgw-wenkai")},
		render.Fallback{Face: render.Regular, Load: system("HanaMinA", "hanazono")},
		render.Fallback{Face: render.Regular, Load: system("HanaMinB", "hanazono")})
})

func asset(name string) (render.Font, error) {
	data, err := assets.FS.ReadFile("fonts/" + name + ".ttf")
	return render.Font{Name: name, Data: data}, err
}

func system(name, dir string) render.Source {
	return func() (render.Font, error) {
		data, err := os.ReadFile("/usr/share/fonts/truetype/" + dir + "/" + name + ".ttf")
		return render.Font{Name: name, Data: data}, err
	}
}

// needFallback skips a test whose rare characters need packages that are not
// installed.
func needFallback(t *testing.T) {
	t.Helper()
	if _, err := system("HanaMinB", "hanazono")(); errors.Is(err, fs.ErrNotExist) {
		t.Skip("NOT CHECKED: rare characters; install fonts-hanazono and fonts-lxgw-wenkai")
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

func codes() []string { return []string{"1101", "2101", "2102", "2103", "3101"} }

func formType(t testing.TB, code string) *form.Type {
	t.Helper()
	data, err := assets.FS.ReadFile("forms/" + code + ".json")
	if err != nil {
		t.Fatal(err)
	}
	typ, err := form.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	return typ
}

// testCode is as long as the longest receipt code.
func testCode() string {
	return "HTTPS://V.EXAMPLE.COM/R/" + strings.Repeat("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 6)
}

// filled fills a type with its examples and the changes.
func filled(t testing.TB, code string, change map[string]string) render.Form {
	t.Helper()
	typ := formType(t, code)
	day, err := time.Parse(time.DateOnly, typ.ExampleDay)
	if err != nil {
		t.Fatal(err)
	}
	in := typ.Examples()
	for k, v := range change {
		in[k] = v
	}
	f, problems := typ.Fill(in, day)
	if len(problems) > 0 {
		t.Fatalf("%s: %v", code, problems)
	}
	seal, err := asset("NotoSerifSC-Bold-GB2312")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(day.Year(), day.Month(), day.Day(), 6, 5, 32, 0, time.UTC)
	out := render.Form{
		Filled: f,
		Header: form.Header{Number: "202603180100100123", Time: at, Business: typ.ExampleDay,
			Branch: "01001", Workstation: "T03", Teller: "010023", Supervisor: "010087"},
		Bank:     form.Text{ZH: "示例银行", EN: "Example Bank"},
		Branch:   form.Text{ZH: "示例市分行营业部", EN: "Example branch"},
		Fee:      "¥0.00",
		Seal:     render.SealText{Arc: "示例银行股份有限公司示例支行", Number: "(1)"},
		SealFont: seal,
		Code:     testCode(),
	}
	for i := range f.Signers() {
		out.Signed = append(out.Signed, at.Add(time.Duration(i*41-11)*time.Second))
	}
	return out
}

func sheet(t testing.TB, f render.Form) render.Sheet {
	t.Helper()
	s, err := render.Voucher(f, fonts(t))
	if err != nil {
		t.Fatal(err)
	}
	return s
}
