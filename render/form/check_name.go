package form

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxName is what the tallest name cell of the pages holds.
const maxName = 70

// dot turns marks that input methods produce for the middle dot of names into
// U+00B7, which is GB 18030 A1A4.
func dot(r rune) rune {
	switch r {
	case '•', '・', '･', '‧', '∙', '⋅', '·':
		return '·'
	}
	return r
}

// checkName takes names of people and of organisations: letters and marks of
// any script, ideographs of planes 2 and 3 included even where Go's tables are
// older than GB 18030-2022, and, beside at least one of them, digits and the
// punctuation names have. Private use
// characters are refused: old systems put rare ideographs there, each system
// another one, so the paper would show something else than the ID card.
func checkName(f *Field, s string) (checked, Text) {
	s = tidy(strings.Map(dot, s))
	letters := 0
	for _, r := range s {
		if t := badRune(r); !t.Empty() {
			return checked{}, t
		}
		switch {
		case letter(r):
			letters++
		case !unicode.Is(unicode.Nd, r) && !namePunctuation(r):
			return checked{}, say("不能含有“%c”。请只输文字，少数民族和外国人姓名用“·”间隔。",
				"“%c” cannot stand in a name. Enter letters only; parts of a name are joined by “·”.", r)
		}
	}
	if letters == 0 {
		return checked{}, say("没有文字。请按证件输入名称。", "There is no letter. Enter the name as on the ID.")
	}
	return tooLong(s, f.limit(maxName))
}

// tidy makes spaces single and drops those between ideographs, with which 刘　强
// is padded to the width of three.
func tidy(s string) string {
	var b strings.Builder
	var last rune
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\u00a0' || r == '\u3000' }) {
		first, _ := utf8.DecodeRuneInString(word)
		if b.Len() > 0 && !(unicode.Is(unicode.Han, last) && unicode.Is(unicode.Han, first)) {
			b.WriteByte(' ')
		}
		b.WriteString(word)
		last, _ = utf8.DecodeLastRuneInString(word)
	}
	return b.String()
}

func letter(r rune) bool {
	return unicode.In(r, unicode.L, unicode.M, unicode.Nl) || r >= 0x20000 && r <= 0x3FFFD
}

func namePunctuation(r rune) bool {
	return strings.ContainsRune(" ·-'’.,&/()（），、《》“”\u0f0b", r)
}

// badRune refuses what no printed field may hold: control and format
// characters, private use, invisible ones, variation selectors, pictographs.
func badRune(r rune) Text {
	switch {
	case unicode.Is(unicode.Co, r):
		return say("含有自造字（U+%04X），别处显示会不同。请改用标准编码的生僻字，可按 F7 从证件读取。",
			"U+%04X is a private character that shows differently elsewhere. Use the standard one; F7 reads it from the ID.", r)
	case unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp):
		return say("含有换行等控制字符（U+%04X）。请删去。", "U+%04X is a control character such as a line break. Delete it.", r)
	case unicode.In(r, unicode.Cf, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point):
		return say("含有看不见的字符（U+%04X）。请删去后重输。", "U+%04X is an invisible character. Delete it and enter again.", r)
	case r >= 0x1F000 && r < 0x20000 || r >= 0x2600 && r <= 0x27BF:
		return say("含有表情或图形符号（U+%04X）。请删去。", "U+%04X is an emoji or a pictograph. Delete it.", r)
	case r&0xFFFE == 0xFFFE || r == utf8.RuneError || r > 0x3FFFF:
		return say("含有不能印出的字符（U+%04X）。请删去。", "U+%04X cannot be printed. Delete it.", r)
	}
	return Text{}
}

func tooLong(s string, limit int) (checked, Text) {
	if n := utf8.RuneCountInString(s); n > limit {
		return checked{}, say("有 %d 个字，最多 %d 个。请缩短。",
			"%d characters, but %d is the most. Shorten it.", n, limit)
	}
	return plainly(s), Text{}
}
