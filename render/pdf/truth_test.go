package pdf

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"moqian/render"
	"moqian/render/form"
)

// standardHanzi are the 8,105 characters of 通用规范汉字表 (State Council, 2013)
// in its order.
func standardHanzi(t *testing.T) []rune {
	t.Helper()
	b, err := os.ReadFile("testdata/tongyong-guifan-hanzi.txt")
	if err != nil {
		t.Fatal(err)
	}
	chars := []rune(strings.ReplaceAll(string(b), "\n", ""))
	if len(chars) != 8105 || len(slices.Compact(slices.Sorted(slices.Values(chars)))) != 8105 {
		t.Fatalf("%d characters", len(chars))
	}
	return chars
}

// rarely are n characters of plane 2, spread over extension B.
func rarely(n int) (out []rune) {
	const from, to = 0x20000, 0x2A6D6
	for i := range n {
		out = append(out, rune(from+i*(to-from)/n))
	}
	return out
}

// needRare skips a test whose characters need fonts that are not installed.
func needRare(t *testing.T) {
	t.Helper()
	for _, path := range []string{"hanazono/HanaMinB.ttf", "lxgw-wenkai/LXGWWenKai-Bold.ttf"} {
		if _, err := system(path)(); errors.Is(err, fs.ErrNotExist) {
			t.Skip("NOT CHECKED: rare characters; install fonts-hanazono and fonts-lxgw-wenkai")
		}
	}
}

// written sets characters on pages, 40 a line, in both faces.
func written(t *testing.T, chars []rune) (pages []render.Page) {
	t.Helper()
	f := fonts(t)
	for _, face := range []render.Face{render.Regular, render.Bold} {
		for page := range slices.Chunk(chars, 40*50) {
			p := render.Page{W: 210, H: 297}
			y := 20.0
			for line := range slices.Chunk(page, 40) {
				runs, _, err := f.Split(face, 11, string(line))
				if err != nil {
					t.Fatal(err)
				}
				p.Items = append(p.Items, render.Text{X: 15, Y: y, Size: 11, Runs: runs})
				y += 5
			}
			pages = append(pages, p)
		}
	}
	return pages
}

// comeBack writes the characters and compares what pdftotext reads.
func comeBack(t *testing.T, chars []rune) {
	t.Helper()
	file, err := NewWriter(fonts(t)).Write(written(t, chars), nil, doc())
	if err != nil {
		t.Fatal(err)
	}
	text := run(t, "pdftotext", "-raw", write(t, file), "-")
	got := []rune(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, text))
	want := append(slices.Clone(chars), chars...)
	wrong := 0
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] && wrong < 10 {
			t.Errorf("character %d is U+%04X, want U+%04X", i, got[i], want[i])
			wrong++
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d characters come back, want %d", len(got), len(want))
	}
	t.Logf("%d characters in two faces, %d bytes", len(chars), len(file))
}

// All characters of the standard and 500 of plane 2 come back as they were
// entered, in both faces; the form takes each in a name.
func TestTextTruth(t *testing.T) {
	needRare(t)
	chars := append(standardHanzi(t), rarely(500)...)
	comeBack(t, chars)
	typ, err := form.Parse(asset(t, "forms/2101.json"))
	if err != nil {
		t.Fatal(err)
	}
	values := typ.Examples()
	day, err := time.Parse(time.DateOnly, typ.ExampleDay)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range chars {
		values["name"] = "刘" + string(c)
		f, problems := typ.Fill(values, day)
		if v, ok := f.Value("name"); len(problems) > 0 || !ok || v.Raw != values["name"] {
			t.Errorf("U+%04X in a name: %v, %v", c, problems, v)
		}
	}
}

// Every ideograph that one of the fonts has comes back; half a minute.
func TestEveryIdeograph(t *testing.T) {
	if os.Getenv("MOQIAN_TORTURE") == "" {
		t.Skip("NOT CHECKED: every ideograph of the fonts; set MOQIAN_TORTURE=1")
	}
	needRare(t)
	var chars []rune
	for _, block := range [][2]rune{{0x3400, 0x4DBF}, {0x4E00, 0x9FFF}, {0x20000, 0x2A6DF}, {0x2A700, 0x2EBEF}, {0x30000, 0x323AF}, {0x2EBF0, 0x2EE5D}, {0xF900, 0xFAFF}, {0x2F800, 0x2FA1F}} {
		for c := block[0]; c <= block[1]; c++ {
			if _, _, err := fonts(t).Split(render.Bold, 11, string(c)); err == nil {
				chars = append(chars, c)
			}
		}
	}
	comeBack(t, chars)
}

// A voucher for a rare name: both copies and the line under the ink give it
// back, and nothing else is where it stands.
func TestRareNameOnVoucher(t *testing.T) {
	needRare(t)
	const name = "𠮷野𪚥䶮郎\uf92c\ufa0c"
	b, _ := made(t, "2101", map[string]string{"name": name})
	if text := run(t, "pdftotext", "-layout", write(t, b), "-"); strings.Count(text, name) != 3 {
		t.Errorf("%s does not come back three times:\n%s", name, text)
	}
}

// A character that no font has stops the file and is named; so does one that
// only the layout believed in.
func TestMissingGlyphIsNamed(t *testing.T) {
	p := render.Page{W: 50, H: 50, Items: []render.Item{render.Text{X: 1, Y: 10, Size: 10, Runs: []render.Run{{Font: 0, Text: "a\U0010FFFDb"}}}}}
	var missing *render.MissingGlyph
	if _, err := Write([]render.Page{p}, nil, fonts(t), doc()); !errors.As(err, &missing) || missing.Char != 0x10FFFD {
		t.Errorf("a missing glyph: %v", err)
	}
	f := filled(t, "2101", map[string]string{"name": "刘\U0002EBE1强"})
	_, err := render.Voucher(f, fonts(t))
	var at *render.FieldError
	if !errors.As(err, &missing) || !errors.As(err, &at) || at.Field != "name" || missing.Char != 0x2EBE1 {
		t.Errorf("a name no font has: %v", err)
	}
}
