package render

import "moqian/render/form"

// Sizes of running text in mm.
const (
	flowTop    = 27.0
	flowEnd    = 275.0
	flowLead   = 6.0 // 10 pt text, 0.6 mm a point
	flowPara   = 1.7 // gap between paragraphs
	flowHead   = 1.5 // gap before a heading, beside that of a paragraph
	flowUnder  = 0.6 // gap below a heading
	flowRise   = 4.4 // baseline below the top of its line
	flowKeep   = 2   // lines that stay together at both ends of a paragraph
	aboveBlock = 3   // lines of agreement above the signature block
)

// flowLine is one line of the agreement with what paging must know.
type flowLine struct {
	set   setting
	line  span
	style style
	gap   float64 // above, unless first on the page
	split bool    // a page may begin with this line
}

// agreement breaks clauses into lines.
func (c *canvas) agreement(clauses []form.Clause) []flowLine {
	var out []flowLine
	c.what = "agreement"
	since := flowKeep // lines since the last heading
	for _, cl := range clauses {
		lines := c.paragraph(cl)
		for i := range lines {
			inside := i >= flowKeep && len(lines)-i >= flowKeep
			lines[i].split = i == 0 && since >= flowKeep || inside
			since++
		}
		if len(lines) > 0 && since == len(lines) && len(out) > 0 {
			lines[0].gap = flowUnder
		}
		if cl.Heading != "" {
			since = 0
		}
		out = append(out, lines...)
	}
	return out
}

func (c *canvas) paragraph(cl form.Clause) []flowLine {
	st, gap, text := plain(10), flowPara, cl.Body
	if cl.Bold {
		st = bold(10)
	}
	if cl.Heading != "" {
		st, gap, text = bold(10.5), flowPara+flowHead, cl.Heading
	}
	b, err := c.fonts.block(st.face, text)
	c.fail(err)
	var out []flowLine
	for _, l := range b.wrap(textWidth / (st.size * MMPerPt)) {
		out = append(out, flowLine{set: setting{block: b, size: st.size}, line: l, style: st})
	}
	if len(out) > 0 {
		out[0].gap = gap
	}
	return out
}

// tall is the height of lines that begin a page.
func tall(lines []flowLine) float64 {
	h := 0.0
	for i, l := range lines {
		if i > 0 {
			h += l.gap
		}
		h += flowLead
	}
	return h
}

// pages breaks lines into pages; the first page has room for first mm, the
// others for the whole text area. The last page leaves block mm free below at
// least aboveBlock lines.
func breakPages(lines []flowLine, first, block float64) [][]flowLine {
	var pages [][]flowLine
	room := first
	for len(lines) > 0 {
		n := fitting(lines, room)
		if n == len(lines) {
			if tall(lines)+block <= room {
				break
			}
			n = beforeBlock(lines, block)
		}
		pages = append(pages, lines[:n])
		lines, room = lines[n:], flowEnd-flowTop
	}
	return append(pages, lines)
}

// fitting is how many lines fill a page: all, or up to a line that may begin
// the next one and leaves enough to stand above the signature block.
func fitting(lines []flowLine, room float64) int {
	n := 0
	for n < len(lines) && tall(lines[:n+1]) <= room+1e-9 {
		n++
	}
	if n == len(lines) {
		return n
	}
	for i := min(n, len(lines)-aboveBlock); i > 0; i-- {
		if lines[i].split {
			return i
		}
	}
	return max(n, 1)
}

// beforeBlock is where the last page begins so that enough lines stand above
// the signature block; 0 when it needs no line of this page.
func beforeBlock(lines []flowLine, block float64) int {
	for i := len(lines) - aboveBlock; i > 0; i-- {
		if lines[i].split && tall(lines[i:])+block <= flowEnd-flowTop {
			return i
		}
	}
	return len(lines)
}
