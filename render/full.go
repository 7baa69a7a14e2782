package render

import (
	"fmt"

	"moqian/render/form"
)

// Geometry of a full-page form in mm.
const (
	firstTitle   = 33.0 // baseline
	firstSection = 46.0
	sectionGap   = 8.0  // from a table to the next heading
	blockHigh    = 75.0 // of the signature block
	blockGap     = 4.0  // above it
	blockBoxTop  = 29.5 // signature boxes below the top of the block
	fullFoot     = 279.0
)

// full is a form of full pages while it is laid out.
type full struct {
	*reader
	fonts *Fonts
	pages []*canvas
	y     float64 // where the page's content ends
}

// fullPages lays out a form of full pages: sections, agreement, signatures.
func fullPages(r *reader, fonts *Fonts) (Sheet, error) {
	f := &full{reader: r, fonts: fonts}
	c := f.newPage()
	c.titled(pageWidth/2, firstTitle, r.typ.Title)
	f.y = firstSection - sectionGap
	for _, s := range r.typ.Sections {
		f.section(s)
	}
	if len(r.typ.Agreement) > 0 {
		f.agreement()
	}
	sheet := f.signatures()
	for n, c := range f.pages {
		f.trial(c, n, sheet)
		f.head(c, n)
		f.foot(c, n)
		if c.err != nil {
			return Sheet{}, c.err
		}
		sheet.Pages = append(sheet.Pages, c.page)
	}
	return sheet, nil
}

func (f *full) newPage() *canvas {
	c := newCanvas(f.fonts)
	f.pages = append(f.pages, c)
	f.y = flowTop - sectionGap + flowRise
	return c
}

func (f *full) page() *canvas { return f.pages[len(f.pages)-1] }

// room turns to a new page when the next piece does not fit on this one.
func (f *full) room(h float64) *canvas {
	if f.y+h <= flowEnd {
		return f.page()
	}
	return f.nextPage()
}

// nextPage closes this page's free space.
func (f *full) nextPage() *canvas {
	if flowEnd-f.y > 20 {
		f.page().blankBelow(f.y+7, "本页以下空白 Blank below")
	}
	return f.newPage()
}

// section draws a heading with a table or lines under it; a table never
// splits, a heading keeps with the first line.
func (f *full) section(s form.Section) {
	const tableBelow = 2.2 // heading's baseline to the table
	c := f.room(sectionGap + tableBelow + height(s.Rows) + float64(len(s.Lines))*5.6)
	y := f.y + sectionGap
	c.what = "section " + s.Title.ZH
	end := c.left(marginLeft, y, bold(10.5), s.Title.ZH)
	c.left(end+2, y, grey(6.5), s.Title.EN)
	f.y = y + 1
	if len(s.Rows) > 0 {
		f.y = c.table(table{x: marginLeft, top: y + tableBelow, w: textWidth}, s.Rows, f.reader)
	}
	p := place{textWidth, 60, 4.5 / (9.5 * MMPerPt), []step{{9.5, 4}}}
	for i, l := range s.Lines {
		c.what = "declaration"
		if i == 0 {
			y += 0.6
		}
		y = c.lines(marginLeft, y+5.6, plain(9.5), l, p)
		f.y = y + 1
	}
}

// agreement begins on a page of its own with its title.
func (f *full) agreement() {
	c := f.nextPage()
	c.what = "title of the agreement"
	t := f.typ.Terms
	c.centre(pageWidth/2, 31, bold(14), t.ZH)
	c.centre(pageWidth/2, 35.2, grey(6.5), t.EN)
	top := 38.0
	lines := c.agreement(f.typ.Agreement)
	pages := breakPages(lines, flowEnd-top, f.blockHeight())
	for i, page := range pages {
		if i > 0 {
			c, top = f.nextPage(), flowTop-1
		}
		f.y = c.flow(top, page)
	}
}

// flow sets lines from top downwards and returns where they end.
func (c *canvas) flow(top float64, lines []flowLine) float64 {
	y := top
	for i, l := range lines {
		if i > 0 {
			y += l.gap
		}
		c.add(l.set.text(l.line, marginLeft, y+flowRise, l.style))
		y += flowLead
	}
	return y
}

func (f *full) blockHeight() float64 {
	h := blockGap + blockHigh
	if len(f.Filled.Signers()) > 2 {
		h += boxRow
	}
	return h
}

// signatures is the block that never splits: rule, confirmation, boxes, seal.
func (f *full) signatures() Sheet {
	c := f.page()
	if f.y+f.blockHeight() > flowEnd {
		c = f.nextPage()
		f.y = flowTop - blockGap
	}
	top, page := f.y+blockGap, len(f.pages)-1
	c.rule(marginLeft, top, textRight, top, frameLine, inkBlack)
	c.what = "confirmation"
	end := c.left(marginLeft, top+6, bold(10.5), "签名确认")
	c.left(end+2, top+6, grey(6.5), "Signatures")
	text := f.Filled.Statement(len(f.pages))
	last := c.lines(marginLeft, top+11.6, plain(9.5), text.ZH,
		place{textWidth, 12, 1.25, []step{{9.5, 1}, {9.5, 2}, {8.5, 3}, {7.5, 3}}})
	c.lines(marginLeft, last+3.6, grey(6), text.EN, place{136, 10, 1.2, []step{{6, 1}, {6, 2}}})
	boxes := c.boxes(f.reader, page, top+blockBoxTop, 4)
	mid := top + blockBoxTop + 11
	c.seal(f.reader, sealX, mid, sealBusiness)
	c.blankBelow(f.y+f.blockHeight()-4, "以下空白 End of document")
	return Sheet{Boxes: boxes, Seal: Area{Page: page, X: sealX - sealZone/2, Y: mid - sealZone/2, W: sealZone, H: sealZone}}
}

// trial puts the band on top and the letters under everything, but not where
// ink or seal will lie: those need blank paper.
func (f *full) trial(c *canvas, n int, s Sheet) {
	if !f.Header.Trial {
		return
	}
	const half = 29.0 // of the letters' height
	zones := append([]Area{s.Seal}, s.Boxes...)
	over := c.page.Items
	c.page.Items = nil
	last := 0.0
	for _, y := range []float64{92, 148, 205, 245} {
		free := y-last > 2*half+30
		for _, z := range zones {
			free = free && (z.Page != n || y+half < z.Y || y-half > z.Y+z.H)
		}
		if free {
			c.trialLetters(pageWidth/2, y)
			last = y
		}
	}
	c.add(over...)
	c.trialBand(0)
}

// head of every page; pages after the first carry the running title.
func (f *full) head(c *canvas, n int) {
	c.logo(marginLeft, 12, 8, f.Bank.ZH)
	half := 0.0
	if n > 0 {
		c.what = "running title"
		c.centre(pageWidth/2, 17.6, bold(12.5), f.typ.Running.ZH)
		half = c.width(bold(12.5), f.typ.Running.ZH) / 2
		c.rule(marginLeft, 22.5, textRight, 22.5, boxLine, inkBlack)
	}
	room := pageWidth/2 - 25 - 2 - half
	c.what = "bank name"
	c.lines(25, 16, bold(10.5), f.Bank.ZH, place{room, 8, 1.2, []step{{10.5, 1}, {9, 1}, {8, 1}, {7, 1}}})
	c.what = "branch name"
	if y := 19.8; c.width(grey(7.5), f.Branch.ZH) <= room {
		c.left(25, y, grey(7.5), f.Branch.ZH)
	} else { // below the running title
		c.lines(25, y+1.5, grey(6.5), f.Branch.ZH, place{140, 8, 1.2, []step{{7.5, 1}, {6.5, 1}}})
	}
	c.what = "head"
	c.right(textRight, 15.6, bold(9), f.Header.Number)
	c.right(textRight, 19.6, plain(8), clock(f.Header.Time))
}

func (f *full) foot(c *canvas, n int) {
	c.rule(marginLeft, fullFoot, textRight, fullFoot, footLine, inkBlack)
	c.staff(f.reader, fullFoot+3.6)
	c.what = "foot"
	c.right(textRight, fullFoot+3.6, bold(8), fmt.Sprintf("第 %d 页 共 %d 页", n+1, len(f.pages)))
	c.left(marginLeft, fullFoot+7, grey(7), hintForm)
	c.right(textRight, fullFoot+7, grey(6.5), fmt.Sprintf("Page %d of %d", n+1, len(f.pages)))
}
