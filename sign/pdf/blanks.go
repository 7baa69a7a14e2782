package pdf

import (
	"bytes"
	"regexp"
	"strconv"
)

var (
	cmapPair  = regexp.MustCompile(`<([0-9A-Fa-f]{2}|[0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]{4})>`)
	cmapRange = regexp.MustCompile(`<([0-9A-Fa-f]{2}|[0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]{2}|[0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]{4})>`)
)

// unicode reads which codes of a font are blanks from its /ToUnicode (§9.10.3).
func (w *writing) unicode(f *face, o Object) {
	o, err := w.file.Resolve(o)
	s, ok := o.(*Stream)
	if err != nil || !ok {
		return
	}
	b, err := w.unpack(s)
	if err != nil {
		return
	}
	f.blanks = map[int]bool{}
	sections(b, "bfchar", func(part []byte) {
		for _, m := range cmapPair.FindAllSubmatch(part, -1) {
			if blankRune(fromHex(m[2])) {
				f.blanks[fromHex(m[1])] = true
			}
		}
	})
	sections(b, "bfrange", func(part []byte) {
		for _, m := range cmapRange.FindAllSubmatch(part, -1) {
			from, to, first := fromHex(m[1]), fromHex(m[2]), fromHex(m[3])
			for _, r := range blankRunes() {
				if code := from + r - first; code >= from && code <= to {
					f.blanks[code] = true
				}
			}
		}
	})
}

// sections gives what stands between begin… and end… of a kind.
func sections(b []byte, kind string, take func([]byte)) {
	for {
		_, rest, ok := bytes.Cut(b, []byte("begin"+kind))
		if !ok {
			return
		}
		part, after, _ := bytes.Cut(rest, []byte("end"+kind))
		take(part)
		b = after
	}
}

func fromHex(digits []byte) int {
	n, err := strconv.ParseUint(string(digits), 16, 16)
	if err != nil {
		return -1
	}
	return int(n)
}

// blankRunes: spaces and low lines, half and full width.
func blankRunes() []int { return []int{' ', '_', 0xA0, 0x3000, 0xFF3F} }

func blankRune(r int) bool {
	for _, b := range blankRunes() {
		if r == b {
			return true
		}
	}
	return false
}
