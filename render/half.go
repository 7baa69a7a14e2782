package render

import "moqian/render/form"

// Geometry of a half-page voucher in mm from the top of its half.
const (
	halfHeight    = 148.5
	tableTop      = 28.0
	bankEnd       = 95.2 // the bank copy's table ends above
	customerEnd   = 114.0
	customerWidth = 137.0
	boxTop        = 107.2
	boxWidth      = 60.0
	boxHeight     = 25.0
	boxStep       = 66.0
	sealX         = 173.5 // centre of seals, code and captions
	sealZone      = 38.0
	bankSealY     = 119.0
	customerSealY = 85.0
	bankFoot      = 139.5
	customerFoot  = 136.0
)

// halves lays out a one-page voucher: bank copy above, customer copy below.
func halves(r *reader, fonts *Fonts) (Sheet, error) {
	c := newCanvas(fonts)
	trial := r.Header.Trial
	for _, y0 := range []float64{0, halfHeight} {
		if trial {
			c.trialLetters(pageWidth/2, y0+62.4)
		}
	}
	boxes := c.bankCopy(r)
	c.cut()
	c.customerCopy(r)
	if trial {
		c.trialBand(0)
		c.trialBand(halfHeight)
	}
	seal := Area{X: sealX - sealZone/2, Y: bankSealY - sealZone/2, W: sealZone, H: sealZone}
	return Sheet{Pages: []Page{c.page}, Boxes: boxes, Seal: seal}, c.err
}

func (c *canvas) bankCopy(r *reader) []Area {
	t := r.typ
	c.halfHead(r, 0, t.Title, form.Text{ZH: "银行留存联", EN: "Bank copy"})
	tab := table{x: marginLeft, top: tableTop, w: textWidth}
	c.within("table of the bank copy", tableTop+height(t.Bank), bankEnd)
	c.table(tab, t.Bank, r)
	c.statement(r.Filled.Statement(1))
	boxes := c.boxes(r, 0, boxTop, 2)
	c.seal(r, sealX, bankSealY, sealBusiness)
	c.halfFoot(r, bankFoot)
	return boxes
}

func (c *canvas) customerCopy(r *reader) {
	t, y0 := r.typ, halfHeight
	c.halfHead(r, y0, t.Receipt, form.Text{ZH: "客户联", EN: "Customer copy"})
	tab := table{x: marginLeft, top: y0 + tableTop, w: customerWidth, masked: true}
	c.within("table of the customer copy", tableTop+height(t.Customer), customerEnd)
	end := c.table(tab, t.Customer, r)
	c.code(r.Code, y0)
	c.seal(r, sealX, y0+customerSealY, sealReceipt)
	end = max(c.notes(t.Notes, end), y0+customerSealY+sealZone/2)
	if y0+customerFoot-end > 20 {
		c.blankBelow(end+5.5, "以下空白 Blank below")
	}
	c.halfFoot(r, y0+customerFoot)
}

// within stops a voucher whose table is higher than its place; that is a fault
// of the business type.
func (c *canvas) within(what string, end, limit float64) {
	if end > limit+1e-9 {
		c.what = what
		c.fail(ErrTooLong)
	}
}

// halfHead draws logo, bank, title and number of a half.
func (c *canvas) halfHead(r *reader, y0 float64, title, copyName form.Text) {
	c.logo(marginLeft, y0+14, 9, r.Bank.ZH)
	c.titled(pageWidth/2, y0+20.2, title)
	room := pageWidth/2 - 26.5 - 3 - c.width(bold(17), title.ZH)/2
	c.what = "bank name"
	c.lines(26.5, y0+18.3, bold(12), r.Bank.ZH, place{room, 8, 1.2, []step{{12, 1}, {10.5, 1}, {9, 1}, {8, 1}}})
	c.what = "branch name"
	c.lines(26.5, y0+22.6, plain(8.5), r.Branch.ZH, place{room, 8, 1.2, []step{{8.5, 1}, {7.5, 1}, {6.5, 2}}})
	c.what = "head"
	x := c.right(textRight, y0+17.4, bold(9.5), r.Header.Number)
	c.right(x-1.5, y0+17.4, grey(7.5), "凭证号 No.")
	c.right(textRight, y0+21.6, plain(8.5), clock(r.Header.Time))
	c.right(textRight, y0+25.4, grey(7.5), copyName.ZH+" "+copyName.EN)
}

// titled sets a title with its English line below.
func (c *canvas) titled(x, y float64, t form.Text) {
	c.what = "title"
	c.centre(x, y, bold(17), t.ZH)
	c.centre(x, y+4.4, grey(7), t.EN)
}

// logo is a framed first character of the bank's name: a picture, which must
// not turn up in copied text.
func (c *canvas) logo(x, y, side float64, bank string) {
	c.what = "logo"
	for _, r := range bank {
		size := side * 0.72 / MMPerPt
		runs, w, err := c.fonts.Split(Bold, size, string(r))
		c.fail(err)
		c.add(Group{X: x, Y: y, Items: []Item{
			Rect{W: side, H: side, Stroke: rgbp(inkBlack), Width: frameLine},
			Text{X: (side - w) / 2, Y: side/2 + midline*size*MMPerPt, Size: size, Color: rgb(inkBlack), Mute: true, Runs: runs},
		}})
		return
	}
}

// statement is the customer's sentence above the signature boxes. It must
// keep clear of the seal's zone.
func (c *canvas) statement(t form.Text) {
	c.what = "statement"
	c.lines(marginLeft, 98.5, plain(8), t.ZH, place{150, 10, 1.2, []step{{8, 1}, {7.5, 1}, {7, 1}, {6.5, 1}}})
	c.lines(marginLeft, 101.1, grey(6), t.EN, place{138, 10, 1.2, []step{{6, 1}}})
}

// notes stand under the customer's table; it returns the lower edge of the last.
func (c *canvas) notes(notes []string, end float64) float64 {
	c.what = "notes"
	p := place{customerWidth, 10, 4.3 / (8 * MMPerPt), []step{{8, 1}, {8, 2}}}
	y := end + 5 - 4.3
	for _, n := range notes {
		y = c.lines(marginLeft, y+4.3, plain(8), n, p)
	}
	c.within("notes", y, halfHeight+customerFoot-3)
	return y + 1
}

// blankBelow closes a free area, so that nothing can be added to it.
func (c *canvas) blankBelow(y float64, words string) {
	x := c.left(marginLeft, y, grey(7.5), words)
	c.rule(x+3, y-1, textRight, y-1, innerLine, greyText)
}
