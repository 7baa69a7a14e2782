package render

import (
	"math"
	"os"
	"strings"
	"testing"
)

func realFonts(t testing.TB) *Fonts {
	t.Helper()
	var files [2]Font
	for i, name := range []string{"NotoSansSC-Regular", "NotoSansSC-Bold"} {
		data, err := os.ReadFile("../assets/fonts/" + name + ".ttf")
		if err != nil {
			t.Fatal(err)
		}
		files[i] = Font{Name: name, Data: data}
	}
	f, err := NewFonts(files[0], files[1])
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// wrapped breaks s into lines of width characters' em.
func wrapped(t *testing.T, f *Fonts, s string, width float64) []string {
	t.Helper()
	b, err := f.block(Regular, s)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, l := range b.wrap(width) {
		lines = append(lines, string(b.chars[l.i:l.j]))
	}
	return lines
}

func TestWrap(t *testing.T) {
	f := realFonts(t)
	for _, c := range []struct {
		name, text string
		width      float64
		want       string
	}{
		{"between Chinese characters", "示例银行示例支行", 4, "示例银行|示例支行"},
		{"comma not first", "示例银行，示例支行营", 4, "示例银|行，示例|支行营"},
		{"bracket not last", "示例银（示例支行）", 4, "示例银|（示|例支行）"},
		{"after the dot of names", "买买提·艾尔肯", 4, "买买提·|艾尔肯"},
		{"after the dot in Latin", "Maimaiti·Abdulla", 6, "Maimaiti·|Abdulla"},
		{"never before the dot", "阿卜杜热·艾尔肯江提", 4, "阿卜杜|热·艾尔|肯江提"},
		{"Latin at spaces", "Johannes Wolfgang Theophilus", 6, "Johannes|Wolfgang|Theophilus"},
		{"Latin after a hyphen", "Hohenlohe-Langenburg", 6, "Hohenlohe-|Langenburg"},
		{"a long word anywhere", "Llanfairpwllgwyngyll", 5, "Llanfairpw|llgwyngyll"},
		{"last line takes two", "示例银行示例支行营业", 9, "示例银行示例支|行营业"},
		{"digits stay together", "金额为1234元", 5, "金额为|1234元"},
		{"fits", "示例", 2, "示例"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := strings.Join(wrapped(t, f, c.text, c.width), "|"); got != c.want {
				t.Errorf("%s\nwant %s", got, c.want)
			}
		})
	}
}

// Whatever the width, wrapping loses nothing but spaces at line ends, and no
// line is wider than allowed.
func TestWrapKeepsEverything(t *testing.T) {
	f := realFonts(t)
	text := "Maimaitikhaxyzuvw·Abdullaklmnopq·阿卜杜热合曼·买买提，（示例）Johannes Chrysostomus von Hohenlohe-Langenburg ¥1,234.00！另一示例银行/支行"
	b, err := f.block(Regular, text)
	if err != nil {
		t.Fatal(err)
	}
	for width := 1.0; width < 40; width += 0.25 {
		var got string
		for i, l := range b.wrap(width) {
			if w := b.em(l.i, l.j); w > width+1e-9 && l.j-l.i > 1 {
				t.Fatalf("width %g: line %d is %g em", width, i, w)
			}
			if i > 0 && width > 3 && strings.ContainsRune(notFirst, b.chars[l.i]) {
				t.Fatalf("width %g: line %d begins with %c", width, i, b.chars[l.i])
			}
			got += string(b.chars[l.i:l.j])
		}
		if strip(got) != strip(text) {
			t.Fatalf("width %g: %q", width, got)
		}
	}
}

func strip(s string) string { return strings.ReplaceAll(s, " ", "") }

// The widths that the page specification measured.
func TestSpecifiedWidths(t *testing.T) {
	f := realFonts(t)
	for _, c := range []struct {
		name string
		text []string
		size float64
		want float64
	}{
		{"a Chinese character", []string{"示"}, 11, 3.88},
		{"largest amount", []string{"¥999,999,999,999.99"}, 11, 39.4},
		{"its words", []string{"人民币玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"}, 11, 120.3},
		{"account of 23 digits", []string{"1100", "1042", "5000", "5912", "3456", "789"}, 11, 58.1},
	} {
		b, gaps, err := f.parts(Bold, c.text)
		if err != nil {
			t.Fatal(err)
		}
		got := (b.em(0, len(b.chars)) + float64(len(gaps))*groupGap) * c.size * MMPerPt
		if math.Abs(got-c.want) > 0.06 {
			t.Errorf("%s: %.2f mm, want %.2f", c.name, got, c.want)
		}
	}
}

// The capacities of section 4 of the page specification.
func TestLadders(t *testing.T) {
	f := realFonts(t)
	for _, c := range []struct {
		name, text  string
		width, high float64
		steps       []step
		size        float64
		lines       int // 0: does not fit
	}{
		{"15 in a half at 11", strings.Repeat("示", 15), 61, 11.5, keyLadder(), 11, 1},
		{"16 at 10", strings.Repeat("示", 16), 61, 11.5, keyLadder(), 10, 1},
		{"19 at 9", strings.Repeat("示", 19), 61, 11.5, keyLadder(), 9, 1},
		{"63 at 8 in three", strings.Repeat("示", 63), 61, 11.5, keyLadder(), 8, 3},
		{"64 are too many", strings.Repeat("示", 64), 61, 11.5, keyLadder(), 0, 0},
		{"94 at 9 in a full row", strings.Repeat("示", 94), 151, 11, keyLadder(), 9, 2},
		{"68 on the customer copy", strings.Repeat("示", 68), 108, 11, keyLadder(), 9, 2},
		{"a low row takes no third line", strings.Repeat("示", 63), 61, 11, keyLadder(), 0, 0},
		{"24 digits at 11", strings.Repeat("8", 24), 61, 9, keyNumberLadder(), 11, 1},
		{"amounts never wrap", strings.Repeat("8", 40), 61, 20, keyNumberLadder(), 0, 0},
		{"51-character name", "阿卜杜热合曼·买买提吐尔逊·艾尔肯江·古丽努尔阿依夏木汗·阿不都克里木·吐尔逊江·玉素甫艾力·买买提明", 61, 11.5, keyLadder(), 8, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, err := f.block(Bold, c.text)
			if err != nil {
				t.Fatal(err)
			}
			set, err := b.fit(place{c.width, c.high - rowClear, cellLeading, c.steps}, nil)
			if (err != nil) != (c.lines == 0) {
				t.Fatalf("error %v", err)
			}
			if set.size != c.size || len(set.lines) != c.lines {
				t.Errorf("%g pt in %d lines, want %g in %d", set.size, len(set.lines), c.size, c.lines)
			}
		})
	}
}
