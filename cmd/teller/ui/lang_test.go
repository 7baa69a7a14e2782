package ui

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"moqian/assets"
	"moqian/cmd/internal/flow"
	"moqian/store"
	"moqian/store/auth"
)

// Every text that the code names is there, and every text that is there is
// named: by itself or by its family.
func TestTextsAreUsedAndThere(t *testing.T) {
	all, err := loadTexts(assets.FS)
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	named, families := map[string]bool{}, map[string]bool{}
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		src, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`"([a-z]+(\.[A-Za-z0-9_ ]+)+)"`).FindAllStringSubmatch(string(src), -1) {
			named[m[1]] = true
		}
		for _, m := range regexp.MustCompile(`"([a-z.]+\.)" ?\+|id \+ "(\.[a-z]+)"`).FindAllStringSubmatch(string(src), -1) {
			families[m[1]] = true
		}
		for _, m := range regexp.MustCompile(`\.t\("([^"]+)"[,)]`).FindAllStringSubmatch(string(src), -1) {
			if _, ok := all[m[1]]; !ok {
				t.Errorf("%s: there is no text %s", f, m[1])
			}
		}
	}
	for id := range all {
		family := false
		for f := range families {
			family = family || f != "" && strings.HasPrefix(id, f)
		}
		if !named[id] && !family && !strings.HasPrefix(id, "idle.") {
			t.Errorf("text %s is never used", id)
		}
	}
}

// Chinese is full width, English has no full-width marks, and what is to be
// filled in is the same in both.
func TestTextsAreWellSet(t *testing.T) {
	all, err := loadTexts(assets.FS)
	if err != nil {
		t.Fatal(err)
	}
	holes := regexp.MustCompile(`\{[a-z]+\}`)
	for id, p := range all {
		if strings.ContainsAny(p[0], ",;!") || regexp.MustCompile(`[\p{Han}][.:?]`).MatchString(p[0]) {
			t.Errorf("%s: half-width marks in %q", id, p[0])
		}
		if strings.ContainsAny(p[1], "，。；：、（）？！　“”") {
			t.Errorf("%s: full-width marks in %q", id, p[1])
		}
		if strings.ContainsAny(p[0], "！") {
			t.Errorf("%s shouts", id)
		}
		zh, en := map[string]bool{}, map[string]bool{}
		for _, h := range holes.FindAllString(p[0], -1) {
			zh[h] = true
		}
		for _, h := range holes.FindAllString(p[1], -1) {
			en[h] = true
		}
		if len(zh) != len(en) {
			t.Errorf("%s: %v and %v are filled in", id, zh, en)
		}
		for h := range zh {
			if !en[h] {
				t.Errorf("%s: %s is missing in English", id, h)
			}
		}
	}
}

func TestLoadTextsRefuses(t *testing.T) {
	for _, c := range []struct{ name, tsv string }{
		{"two columns", "id\tzh\ten\na\tb\n"},
		{"an empty text", "id\tzh\ten\na\tb\t\n"},
		{"an id twice", "id\tzh\ten\na\tb\tc\na\tb\tc\n"},
	} {
		if _, err := loadTexts(fstest.MapFS{"lang/texts.tsv": {Data: []byte(c.tsv)}}); err == nil {
			t.Errorf("%s was taken", c.name)
		}
	}
	if _, err := loadTexts(fstest.MapFS{}); err == nil {
		t.Error("no file was taken")
	}
	got, err := loadTexts(fstest.MapFS{"lang/texts.tsv": {Data: []byte("id\tzh\ten\na\t{n} 份\\n好\t{n} of {m}\n")}})
	if err != nil || got.in("zh", "a", "n", 3) != "3 份\n好" || got.in("en", "a", "n", 3, "m", 4) != "3 of 4" {
		t.Errorf("%v, %v", got, err)
	}
	if got.in("zh", "none") != "⟨none⟩" {
		t.Error("a missing text hides")
	}
}

// Each part that can fail, each state and each role has its words.
func TestFamiliesAreComplete(t *testing.T) {
	all, err := loadTexts(assets.FS)
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, p := range []flow.Part{flow.Pad, flow.Key, flow.Certificate, flow.Storage} {
		want = append(want, "e.not."+string(p))
	}
	for _, f := range []store.Fault{"", store.FaultRefused, store.FaultLater, store.FaultUnreachable, store.FaultLocal, store.FaultLost} {
		k := faultKey(store.Item{Fault: f})
		want = append(want, "q.why."+k, "q.do."+k)
	}
	for _, r := range []auth.Role{auth.Teller, auth.Supervisor} {
		want = append(want, "role."+string(r))
	}
	for _, c := range []string{"9001", "9002", "9004", "9006"} {
		want = append(want, "sys."+c, "py."+c)
	}
	for i := range slides {
		id := "idle." + string(rune('1'+i))
		want = append(want, id, id+".more")
	}
	for d := range 7 {
		want = append(want, "day."+digits(d))
	}
	for _, r := range ratings() {
		want = append(want, r.id)
	}
	for _, id := range want {
		if _, ok := all[id]; !ok {
			t.Errorf("no text %s", id)
		}
	}
}

func TestGroups(t *testing.T) {
	for _, c := range []struct {
		in    string
		sizes []int
		want  string
	}{
		{"6217000100001233453", nil, "6217 0001 0000 1233 453"},
		{"110101199003071233", []int{6, 8, 4}, "110101 19900307 1233"},
		{"13800000000", []int{3, 4, 4}, "138 0000 0000"},
		{"", nil, ""}, {"123", nil, "123"},
	} {
		if got := group(c.in, c.sizes...); got != c.want {
			t.Errorf("%q: %q, want %q", c.in, got, c.want)
		}
	}
	if voucherNo("999990126031800017") != "9999 9012 6031 8000 17" || shortNo("999990126031800017") != "0001" || shortNo("x") != "x" {
		t.Error("voucher numbers")
	}
	for in, want := range map[string]string{"68500": "68,500", "68500.5": "68,500.5", "1": "1", "1234567.89": "1,234,567.89", "": "", "12.": "12."} {
		if got := commas(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if gigabytes(38<<30) != "38.0 GB" || gigabytes(200<<20) != "200 MB" {
		t.Error("sizes")
	}
	if got := breakable("0123456789abcdef0123456789abcdef01"); got != "0123456789abcdef0123456789abcd ef01" {
		t.Errorf("%q", got)
	}
}
