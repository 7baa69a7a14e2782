package kit

import (
	"image/color"
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
)

// Para is a paragraph broken to a width, as a column of lines.
func (l Look) Para(s string, size float32, c color.Color, width float32) fyne.CanvasObject {
	return l.para(s, size, c, width, false)
}

// BoldPara is Para in bold.
func (l Look) BoldPara(s string, size float32, c color.Color, width float32) fyne.CanvasObject {
	return l.para(s, size, c, width, true)
}

func (l Look) para(s string, size float32, c color.Color, width float32, bold bool) fyne.CanvasObject {
	lines := l.Wrap(s, size, bold, width)
	if len(lines) == 0 {
		return Blank(0, 0)
	}
	v := V(0)
	for _, t := range lines {
		x := l.Text(t, size, c)
		x.TextStyle.Bold = bold
		v.Add(x)
	}
	return v
}

const (
	notFirst = "，。、；：！？）》」】”’,.;:!?)%…·"
	notLast  = "（《「【“‘(¥"
)

// Wrap breaks a text into lines by the rules for Chinese: between ideographs,
// in Latin at spaces; no line begins with a closing mark or ends with an
// opening one.
func (l Look) Wrap(s string, size float32, bold bool, width float32) []string {
	var lines []string
	for _, para := range strings.Split(s, "\n") {
		line := ""
		for _, w := range words(para) {
			if line == "" || l.Width(line+strings.TrimRight(w, " "), size, bold) <= width {
				line += w
				continue
			}
			lines = append(lines, strings.TrimRight(line, " 　"))
			line = strings.TrimLeft(w, " 　")
		}
		lines = append(lines, strings.TrimRight(line, " 　"))
	}
	return lines
}

// words are the pieces between which a line may break.
func words(s string) []string {
	var out []string
	glue := false
	for _, r := range s {
		joined := len(out) > 0 && (glue || strings.ContainsRune(notFirst, r) || latin(r) && endsLatin(out[len(out)-1]) || r == ' ')
		if joined {
			out[len(out)-1] += string(r)
		} else {
			out = append(out, string(r))
		}
		glue = strings.ContainsRune(notLast, r)
	}
	return out
}

func latin(r rune) bool { return r > ' ' && r < 0x2E80 && !unicode.IsSpace(r) }

func endsLatin(s string) bool {
	r := []rune(s)
	return latin(r[len(r)-1])
}
