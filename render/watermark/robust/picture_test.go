package robust

import (
	"strconv"
	"strings"
)

// grayOf draws an image from rows of text: # is ink, everything else paper.
func grayOf(text string) *Gray {
	rows := strings.Split(strings.Trim(text, "\n"), "\n")
	g := &Gray{W: len(rows[0]), H: len(rows)}
	for _, r := range rows {
		for _, c := range r {
			v := uint8(255)
			if c == '#' {
				v = 0
			}
			g.Pix = append(g.Pix, v)
		}
	}
	return g
}

// white is a blank page in mm at 300 dpi.
func white(w, h float64) *Gray {
	g := &Gray{W: int(w * 300 / mmPerInch), H: int(h * 300 / mmPerInch)}
	g.Pix = make([]uint8, g.W*g.H)
	for i := range g.Pix {
		g.Pix[i] = 255
	}
	return g
}

// fillBox blackens a box in mm from the top left.
func (g *Gray) fillBox(x, y, w, h float64) {
	const k = 300 / mmPerInch
	for j := int(y * k); j < min(g.H, int((y+h)*k)); j++ {
		for i := int(x * k); i < min(g.W, int((x+w)*k)); i++ {
			g.Pix[j*g.W+i] = 0
		}
	}
}

// outlineBox draws the lines of a box.
func (g *Gray) outlineBox(x, y, w, h, line float64) {
	g.fillBox(x, y, w, line)
	g.fillBox(x, y+h-line, w, line)
	g.fillBox(x, y, line, h)
	g.fillBox(x+w-line, y, line, h)
}

// paste lays an image onto the page, the darker pixel wins.
func (g *Gray) paste(o *Gray, x, y float64) {
	const k = 300 / mmPerInch
	for j := range o.H {
		for i := range o.W {
			if u, v := int(x*k)+i, int(y*k)+j; u < g.W && v < g.H {
				g.Pix[v*g.W+u] = min(g.Pix[v*g.W+u], o.Pix[j*o.W+i])
			}
		}
	}
}

// text draws lines of words.
func (g *Gray) text(x, y, w float64, lines int) {
	for l := range lines {
		at := x
		for word := 0; at < x+w-8; word++ {
			for letter := range 3 + (word*7+l)%5 {
				g.fillBox(at, y+5*float64(l), 0.3, 2)
				g.fillBox(at, y+5*float64(l)+float64(letter%3), 1, 0.3)
				at += 1.4
			}
			at += 1.5
		}
	}
}

// a4 is a page with text, a rule, a filled bar and the image in a frame.
func a4(g *Gray) *Gray {
	p := white(210, 297)
	p.text(20, 20, 170, 25)
	p.fillBox(20, 15, 170, 3)
	p.fillBox(20, 150, 170, 0.3)
	p.text(20, 155, 170, 8)
	p.outlineBox(100, 205, float64(g.W)/300*mmPerInch+6, float64(g.H)/300*mmPerInch+6, 0.25)
	p.paste(g, 103, 208)
	p.text(20, 270, 170, 3)
	return p
}

// numbers parses numbers between spaces.
func numbers(s string) (out []float64) {
	for _, f := range strings.Fields(s) {
		v, err := strconv.ParseFloat(f, 64)
		if err != nil {
			panic(err)
		}
		out = append(out, v)
	}
	return out
}
