package form

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxEntry bounds one entry in bytes before anything looks at it.
const maxEntry = 4096

// clean makes an entry composed (see compose) without space around it.
func clean(raw string) (string, Text) {
	if !utf8.ValidString(raw) {
		return "", say("含有无法识别的字符。请删去后重输。",
			"There are bytes that are no characters. Delete them and enter again.")
	}
	if len(raw) > maxEntry {
		return "", say("内容太长。请删减后重输。", "Far too long. Shorten it and enter again.")
	}
	return compose(strings.TrimSpace(raw)), Text{}
}

// compose is NFC, except that compatibility ideographs (U+F900…, U+2F800…) stay:
// NFC would replace 郎 (U+F92C) by another character, and GB 18030 has nine such
// that people's IDs may show. What is printed is what was entered.
func compose(s string) string {
	var b strings.Builder
	for s != "" {
		i := strings.IndexFunc(s, compatibility)
		if i < 0 {
			i = len(s)
		}
		b.WriteString(norm.NFC.String(s[:i]))
		_, n := utf8.DecodeRuneInString(s[i:])
		b.WriteString(s[i : i+n])
		s = s[i+n:]
	}
	return b.String()
}

func compatibility(r rune) bool {
	return r >= 0xF900 && r <= 0xFAFF || r >= 0x2F800 && r <= 0x2FA1F
}

// narrow turns the full-width digits, letters and marks that an input method
// leaves in numbers into ASCII.
func narrow(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～': // U+FF01…U+FF5E mirror U+0021…U+007E
			return r - '！' + '!'
		case r == '\u3000' || r == '\u00a0':
			return ' '
		case r == '。':
			return '.'
		case r == '–' || r == '—' || r == '−':
			return '-'
		}
		return r
	}, s)
}

// compact drops the spaces and hyphens that people group numbers with.
func compact(s string) string {
	return strings.NewReplacer(" ", "", "-", "").Replace(narrow(s))
}

func digits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// groups cuts s into pieces of the given sizes; the last size repeats.
func groups(s string, sizes ...int) []string {
	var out []string
	for i := 0; s != ""; i++ {
		n := min(sizes[min(i, len(sizes)-1)], len(s))
		out = append(out, s[:n])
		s = s[n:]
	}
	return out
}
