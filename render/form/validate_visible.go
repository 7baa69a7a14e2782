package form

// visible refuses a field that no page shows: nobody signs what they cannot
// read. A name under a signature box and a place in the statement count.
func (c *checker) visible() {
	shown := map[string]bool{}
	var show func(id string)
	show = func(id string) {
		if shown[id] {
			return
		}
		shown[id] = true
		if d, ok := c.t.derived(id); ok {
			for _, part := range d.Of {
				show(part)
			}
		}
	}
	rows := append(append([]Row{}, c.t.Bank...), c.t.Customer...)
	for _, s := range c.t.Sections {
		rows = append(rows, s.Rows...)
	}
	for _, r := range rows {
		for _, cell := range r.Cells {
			show(cell.Field)
		}
	}
	for _, s := range c.t.Signers {
		show(s.NameField)
	}
	fillIn(c.t.Statement.ZH, func(id string) string { show(id); return "" })
	for _, f := range c.t.Fields {
		if !shown[f.ID] {
			c.fail("field %s stands on no page", f.ID)
		}
	}
}
