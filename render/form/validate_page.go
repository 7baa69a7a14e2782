package form

// Sizes of the pages in mm: the tables of the two halves of a voucher, the
// text area of a full page, the boxes of signatures.
const (
	bankHeight     = 67.2
	customerHeight = 86.0
	pageHeight     = 248.0
	minRow, maxRow = 4.5, 20.0
	boxW, boxH     = 60.0, 25.0
)

func (c *checker) pages() {
	t := c.t
	if !t.Half() {
		c.fullPage()
		return
	}
	c.text("receipt", t.Receipt)
	if len(t.Sections) > 0 || len(t.Agreement) > 0 || !t.Running.Empty() || !t.Terms.Empty() {
		c.fail("a half-page voucher has no sections and no agreement")
	}
	c.rows("bank", t.Bank, bankHeight, 2)
	c.rows("customer", t.Customer, customerHeight, 1)
	for _, n := range t.Notes {
		c.printable("notes", n)
	}
}

func (c *checker) fullPage() {
	t := c.t
	if len(t.Sections) == 0 {
		c.fail("neither bank rows nor sections")
	}
	if len(t.Customer) > 0 || !t.Receipt.Empty() || len(t.Notes) > 0 {
		c.fail("a full-page form has no customer copy")
	}
	c.text("running", t.Running)
	for _, s := range t.Sections {
		c.text("section", s.Title)
		if (len(s.Rows) > 0) == (len(s.Lines) > 0) {
			c.fail("section %s needs rows or lines, not both", s.Title.EN)
		}
		if len(s.Rows) > 0 {
			c.rows("section "+s.Title.EN, s.Rows, pageHeight, 2)
		}
		for _, l := range s.Lines {
			c.printable("section "+s.Title.EN, l)
		}
	}
	if len(t.Agreement) > 0 {
		c.text("terms", t.Terms)
	}
	for i, a := range t.Agreement {
		if (a.Heading == "") == (a.Body == "") {
			c.fail("clause %d needs a heading or a text, not both", i+1)
		}
		c.printable("agreement", a.Heading+a.Body)
	}
}

func (c *checker) rows(what string, rows []Row, limit float64, perRow int) {
	if len(rows) == 0 {
		c.fail("%s has no rows", what)
	}
	sum := 0.0
	for _, r := range rows {
		sum += r.Height
		if !(r.Height >= minRow && r.Height <= maxRow) {
			c.fail("%s: a row of %.4g mm, from %.4g to %.4g", what, r.Height, minRow, maxRow)
		}
		if len(r.Cells) < 1 || len(r.Cells) > perRow {
			c.fail("%s: a row of %d cells, 1 to %d", what, len(r.Cells), perRow)
		}
		for _, cell := range r.Cells {
			c.cell(what, cell, r.Head)
		}
	}
	if sum > limit+1e-6 {
		c.fail("%s: rows of %.4g mm, but %.4g is the most", what, sum, limit)
	}
}

func (c *checker) cell(what string, cell Cell, head bool) {
	if head {
		if cell.Field != "" {
			c.fail("%s: a head has no value, yet %q", what, cell.Field)
		}
		c.text(what+" head", cell.Label)
		return
	}
	_, later := daysLater(cell.Field)
	switch {
	case cell.Field == "$words" && c.t.Amount == "":
		c.fail("%s: $words without an amount", what)
	case fromPage(cell.Field), cell.Field == "$type", cell.Field == "$currency", cell.Field == "$words", later:
		c.text(what+" "+cell.Field, cell.Label)
	case !c.ids[cell.Field]:
		c.fail("%s: no field %q", what, cell.Field)
	case !cell.Label.Empty():
		c.text(what+" "+cell.Field, cell.Label)
	}
}

// signers checks that at least one person always signs.
func (c *checker) signers() {
	most := 4
	if c.t.Half() {
		most = 2
	}
	if n := len(c.t.Signers); n < 1 || n > most {
		c.fail("%d signers, 1 to %d", n, most)
	}
	names := map[string]bool{}
	for _, s := range c.t.Signers {
		c.text("role", s.Role)
		if c.kind(s.NameField) != Name || names[s.NameField] {
			c.fail("signer %s: %q is no name field of their own", s.Role.EN, s.NameField)
		}
		names[s.NameField] = true
		if !(s.W >= boxW/2 && s.W <= boxW && s.H >= boxH/2 && s.H <= boxH) {
			c.fail("signer %s: a box of %.4g × %.4g mm, at most %.4g × %.4g", s.Role.EN, s.W, s.H, boxW, boxH)
		}
	}
	for i, s := range c.t.Signers {
		if f, _ := c.t.Find(s.NameField); i == 0 && !f.Required {
			c.fail("the first signer's name is not required")
		}
		if s.Unless != "" && (i > 0 || !names[s.Unless] || s.Unless == s.NameField) {
			c.fail("signer %s: only the first can give way, and to another signer", s.Role.EN)
		}
	}
}
