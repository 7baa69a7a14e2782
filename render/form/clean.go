package form

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxEntry bounds one entry in bytes before anything looks at it.
const maxEntry = 4096

// clean makes an entry NFC without space around it. Compatibility ideographs
// (U+F900…, U+2F800…) become the unified ones, as Unicode prescribes.
func clean(raw string) (string, Text) {
	if !utf8.ValidString(raw) {
		return "", say("含有无法识别的字符。请删去后重输。",
			"There are bytes that are no characters. Delete them and enter again.")
	}
	if len(raw) > maxEntry {
		return "", say("内容太长。请删减后重输。", "Far too long. Shorten it and enter again.")
	}
	return norm.NFC.String(strings.TrimSpace(raw)), Text{}
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
