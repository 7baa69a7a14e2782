package render

import (
	"strings"
	"testing"

	"rsc.io/qr/coding"
)

// plainPenalty is the rules as ISO/IEC 18004, 7.8.3 words them.
func plainPenalty(at func(x, y int) bool) int {
	score, count := 0, 0
	for y := range codeSide {
		for _, line := range []func(int) bool{func(i int) bool { return at(i, y) }, func(i int) bool { return at(y, i) }} {
			var text strings.Builder
			for i := range codeSide {
				text.WriteByte(map[bool]byte{true: '#', false: '.'}[line(i)])
			}
			for i := 0; i < codeSide; {
				n := len(text.String()[i:]) - len(strings.TrimLeft(text.String()[i:], text.String()[i:i+1]))
				if n >= 5 {
					score += n - 2
				}
				i += n
			}
			for i := 0; i+11 <= codeSide; i++ {
				if w := text.String()[i : i+11]; w == "#.###.#...." || w == "....#.###.#" {
					score += 40
				}
			}
		}
		for x := range codeSide {
			if at(x, y) {
				count++
			}
			if x > 0 && y > 0 && at(x, y) == at(x-1, y) && at(x, y) == at(x, y-1) && at(x, y) == at(x-1, y-1) {
				score += 3
			}
		}
	}
	off := count*100/(codeSide*codeSide) - 50
	return score + max(off, -off)/5*10
}

// The fast score is the plain one, and the mask chosen has the least, give or
// take the format's thirty modules.
func TestMaskIsTheBest(t *testing.T) {
	for _, text := range []string{"HTTPS://V.EXAMPLE.COM/R/" + strings.Repeat("MZXW6YTB", 23), "A", strings.Repeat("0", 200)} {
		scores := map[coding.Mask]int{}
		for mask := range coding.Mask(8) {
			_, code, err := encode(coding.Alpha(text), mask)
			if err != nil {
				t.Fatal(err)
			}
			var s symbol
			for y := range codeSide {
				for x := range codeSide {
					if code.Black(x, y) {
						s[y] |= 1 << x
					}
				}
			}
			scores[mask] = s.penalty()
			if want := plainPenalty(code.Black); scores[mask] != want {
				t.Errorf("mask %d: %d, want %d", mask, scores[mask], want)
			}
		}
		plan, code, err := encode(coding.Alpha(text), 0)
		if err != nil {
			t.Fatal(err)
		}
		best := bestMask(plan, code)
		for mask, score := range scores {
			if scores[best] > score+150 {
				t.Errorf("%.9s: mask %d scores %d, mask %d only %d", text, best, scores[best], mask, score)
			}
		}
	}
}
