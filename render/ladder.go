package render

import "errors"

// ErrTooLong stops a voucher: a value is longer than its place on the page
// holds at the smallest size that may be printed.
var ErrTooLong = errors.New("too long for its place on the page")

// step is one size and how many lines it may take.
type step struct {
	size  float64
	lines int
}

// Ladders: the first step that fits is taken.
func keyLadder() []step {
	return []step{{11, 1}, {10, 1}, {9, 1}, {9, 2}, {8, 2}, {8, 3}}
}

func plainLadder() []step {
	return []step{{9.5, 1}, {8.5, 1}, {8.5, 2}, {7.5, 2}, {7.5, 3}}
}

// Amounts and accounts never wrap and never go below 9 pt.
func keyNumberLadder() []step   { return []step{{11, 1}, {10, 1}, {9, 1}} }
func plainNumberLadder() []step { return []step{{9.5, 1}, {9, 1}} }

func signerLadder() []step { return []step{{8.5, 1}, {7.5, 1}, {7, 2}, {6.5, 2}} }

// place is a rectangle for a text and how to fill it.
type place struct {
	width   float64 // mm
	height  float64 // mm, for all lines
	leading float64 // line height in em
	steps   []step
}

// setting is a text that fits: its size and lines.
type setting struct {
	block
	size  float64
	lines []span
	gaps  []int // characters before which a group gap stands
}

// fit takes the first step of the place's ladder that holds the text. A text
// with gaps stands on one line.
func (b block) fit(p place, gaps []int) (setting, error) {
	for _, s := range p.steps {
		em := s.size * MMPerPt
		if float64(s.lines)*p.leading*em > p.height {
			continue
		}
		wide := p.width / em
		if b.em(0, len(b.chars))+float64(len(gaps))*groupGap <= wide {
			return setting{b, s.size, []span{{0, len(b.chars)}}, gaps}, nil
		}
		if s.lines == 1 || len(gaps) > 0 {
			continue
		}
		if lines := b.wrap(wide); len(lines) <= s.lines {
			return setting{b, s.size, lines, nil}, nil
		}
	}
	return setting{}, ErrTooLong
}

// runs sets one line of the setting.
func (s setting) runs(l span) ([]Run, float64) {
	var runs []Run
	x, from := 0.0, l.i
	for _, g := range append(append([]int(nil), s.gaps...), l.j) {
		if g <= from || g > l.j {
			continue
		}
		part, w := split(s.chars[from:g], s.cells[from:g], s.size)
		for i := range part {
			part[i].DX += x
		}
		runs = append(runs, part...)
		x += w + groupGap*s.size*MMPerPt
		from = g
	}
	return runs, x - groupGap*s.size*MMPerPt
}
