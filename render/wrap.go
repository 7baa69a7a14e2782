package render

import (
	"strings"
	"unicode"
)

// Characters that may not begin or end a line.
const (
	notFirst = "、。，；：！？）》」】,.;:!?)·%"
	notLast  = "(（《「【¥"
)

// block is a measured text: widths are in em, so one measuring serves every
// step of a ladder.
type block struct {
	chars []rune
	cells []cell
}

func (f *Fonts) block(face Face, s string) (block, error) {
	cells, err := f.measure(face, s)
	return block{[]rune(s), cells}, err
}

// Lines breaks a text as vouchers are broken: into lines no wider than width mm
// at a size in pt. The error is *MissingGlyph.
func (f *Fonts) Lines(face Face, size, width float64, s string) ([]string, error) {
	b, err := f.block(face, s)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, l := range b.wrap(width / (size * MMPerPt)) {
		out = append(out, string(b.chars[l.i:l.j]))
	}
	return out, nil
}

// em is the width of the characters from i to j.
func (b block) em(i, j int) float64 {
	w := 0.0
	for _, c := range b.cells[i:j] {
		w += c.advance
	}
	return w
}

// span is a line: characters from i to before j.
type span struct{ i, j int }

// wrap breaks the block into lines no wider than width em: between Chinese
// characters, in Latin at spaces and after - or /; a word longer than the line
// breaks anywhere. A last line of one or two characters takes two from the
// line above.
func (b block) wrap(width float64) []span {
	var lines []span
	for start := 0; start < len(b.chars); {
		end := b.lineEnd(start, width)
		lines = append(lines, span{start, b.trim(start, end)})
		start = end
	}
	return b.feedLast(lines)
}

// lineEnd is where the line that begins at start must end.
func (b block) lineEnd(start int, width float64) int {
	w, fit := 0.0, start
	for fit < len(b.chars) {
		w += b.cells[fit].advance
		if w > width && b.chars[fit] != ' ' {
			break
		}
		fit++
	}
	if fit == len(b.chars) {
		return fit
	}
	for end := fit; end > start; end-- {
		if b.mayBreak(end) {
			return end
		}
	}
	for end := fit; end > start; end-- {
		if !b.barred(end) {
			return end
		}
	}
	return max(fit, start+1)
}

// trim leaves out the spaces at the end of a line.
func (b block) trim(i, j int) int {
	for j > i+1 && b.chars[j-1] == ' ' {
		j--
	}
	return j
}

// mayBreak says whether a line may end before character i.
func (b block) mayBreak(i int) bool {
	prev, next := b.chars[i-1], b.chars[i]
	switch {
	case b.barred(i):
		return false
	case prev == ' ', prev == '-', prev == '/', prev == '·':
		return true
	}
	return wide(prev) || wide(next)
}

// barred says whether the characters around i forbid a line to end there, even
// within a word that is longer than the line.
func (b block) barred(i int) bool {
	next := b.chars[i]
	return strings.ContainsRune(notFirst, next) || strings.ContainsRune(notLast, b.chars[i-1]) || next == ' '
}

// wide tells characters between which a line may break from those that form
// words: Latin and other letters, digits and their marks.
func wide(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) ||
		r >= 0x3000 && r < 0x3040 || r >= 0xFF00 && r < 0xFFF0 || r >= 0xE000 && r < 0xF900
}

// feedLast keeps the last line from holding only one or two characters.
func (b block) feedLast(lines []span) []span {
	n := len(lines)
	if n < 2 || lines[n-1].j-lines[n-1].i > 2 {
		return lines
	}
	above := lines[n-2]
	for end := lines[n-1].i - 2; end > above.i+1; end-- {
		if b.mayBreak(end) {
			lines[n-2].j, lines[n-1].i = b.trim(above.i, end), end
			break
		}
	}
	return lines
}
