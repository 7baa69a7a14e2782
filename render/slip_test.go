package render_test

import (
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"moqian/render"
	"moqian/render/raster"
)

func slip(t testing.TB, code string, change map[string]string) render.Slip {
	t.Helper()
	f := filled(t, code, change)
	return render.Slip{Filled: f.Filled, Header: f.Header, Bank: f.Bank, Branch: f.Branch,
		Code: testCode(), Printed: f.Header.Time.Add(8 * time.Second), Copy: 1}
}

func slipPage(t testing.TB, s render.Slip) render.Page {
	t.Helper()
	p, err := render.SlipPage(s, fonts(t))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A slip says what was done, to whom and when, and hides names and accounts.
func TestSlipSays(t *testing.T) {
	for code, want := range map[string][]string{
		"2101": {"业务回执", "2101 现金存款", "刘*强", "6217 **** **** 3453", "¥128,000.50", "人民币壹拾贰万捌仟元零伍角",
			"2026-03-18 14:05:32", "202603180100100123", "010023 / T03", "2026-03-18 14:05:40 第 1 次"},
		"2103": {"示*司", "1100 **** **** 6789", "¥36,420.18"},
		"3101": {"3101 正式挂失", "6217 **** **** 3453"},
		"1101": {"张*", "李*", "¥1,000.00", "人民币壹仟元整"},
	} {
		text := pageText(slipPage(t, slip(t, code, nil)))
		for _, w := range want {
			if !strings.Contains(text, w+"\n") {
				t.Errorf("%s: no %q in\n%s", code, w, text)
			}
		}
		for _, hidden := range []string{"刘志强", "张明", "6217000", "TEST", "测试"} {
			if strings.Contains(strings.ReplaceAll(text, " ", ""), hidden) {
				t.Errorf("%s: %q is on the slip", code, hidden)
			}
		}
	}
}

// A reprint says so; a trial slip says at both ends that it is none.
func TestSlipCopiesAndTrial(t *testing.T) {
	s := slip(t, "2102", nil)
	s.Copy, s.Header.Trial = 3, true
	text := pageText(slipPage(t, s))
	if !strings.Contains(text, "第 3 次") || strings.Count(text, "不是有效凭证") != 2 {
		t.Errorf("got\n%s", text)
	}
}

// Everything is black or white, within what the printer reaches, and clear of
// everything else; with the longest values too.
func TestSlipGeometry(t *testing.T) {
	for _, code := range codes() {
		for _, name := range []string{longName, latinName} {
			s := slip(t, code, nil)
			s.Filled = worstForm(t, code, name).Filled
			s.Branch.ZH = strings.Repeat("示例银行巴音郭楞蒙古自治州支行", 2)
			s.Header.Trial = true
			checkSlip(t, code, slipPage(t, s))
		}
	}
}

func checkSlip(t *testing.T, code string, p render.Page) {
	t.Helper()
	black, white := render.Color{}, render.Color{R: 255, G: 255, B: 255}
	var texts, zones []box
	walk(p.Items, func(it render.Item) {
		switch it := it.(type) {
		case render.Text:
			b := inkBox(t, it)
			texts = append(texts, b)
			if it.Color != black && it.Color != white {
				t.Errorf("%s: %q is grey", code, b.what)
			}
			if b.x0 < 4 || b.x1 > 76 || b.y1 > p.H {
				t.Errorf("%s: %q spans %.1f to %.1f", code, b.what, b.x0, b.x1)
			}
		case render.Modules:
			side := float64(it.N) * it.Size
			zones = append(zones, box{"code", it.X, it.Y, it.X + side, it.Y + side}.grow(2.5))
		}
	})
	disjoint(t, "texts", texts)
	across(t, texts, zones)
}

func TestSlipRefuses(t *testing.T) {
	good := slip(t, "2101", nil)
	for name, spoil := range map[string]func(*render.Slip){
		"no code":     func(s *render.Slip) { s.Code = "" },
		"long code":   func(s *render.Slip) { s.Code = strings.Repeat("A", 222) },
		"no print":    func(s *render.Slip) { s.Copy = 0 },
		"no form":     func(s *render.Slip) { s.Filled = render.Slip{}.Filled },
		"long branch": func(s *render.Slip) { s.Branch.ZH = strings.Repeat("长", 60) },
	} {
		s := good
		spoil(&s)
		if _, err := render.SlipPage(s, fonts(t)); err == nil {
			t.Errorf("%s: laid out", name)
		}
	}
	if _, err := render.Code(" "); err == nil {
		t.Error("a code of nothing")
	}
}

// A slip printer's 203 dots an inch are enough for another program to read the
// code, and so are two pixels a module on a screen.
func TestSlipCodeIsRead(t *testing.T) {
	zbar, err := exec.LookPath("zbarimg")
	if err != nil {
		t.Skip("NOT CHECKED: whether the slip's code can be read; install zbar-tools")
	}
	m, err := render.Code(testCode())
	if err != nil {
		t.Fatal(err)
	}
	m.X, m.Y, m.Size = 4, 4, 1
	for _, c := range []struct {
		name string
		page render.Page
		dpi  float64
	}{
		{"slip at 203 dpi", slipPage(t, slip(t, "2101", nil)), 203},
		{"two pixels a module", render.Page{W: 57, H: 57, Items: []render.Item{m}}, 2 * 25.4},
	} {
		img, err := raster.Page(c.page, nil, fonts(t), c.dpi)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "slip.png")
		w, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		if err := png.Encode(w, img); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(zbar, "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", path).Output()
		if got := strings.TrimSpace(string(out)); err != nil || got != testCode() {
			t.Errorf("%s: read %q, %v", c.name, got, err)
		}
	}
}
