package form

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// fields checks each field by itself and takes its id.
func (c *checker) fields() {
	if len(c.t.Fields) == 0 {
		c.fail("no fields")
	}
	for _, f := range c.t.Fields {
		c.take(f.ID)
		c.text("label of "+f.ID, f.Label)
		if !f.Kind.known() {
			c.fail("field %s: kind %q is unknown", f.ID, f.Kind)
		}
		if f.Max < 0 || f.Max > maxText || f.Kind == Name && f.Max > maxName {
			c.fail("field %s: max %d is out of range", f.ID, f.Max)
		}
		c.options(f)
		c.choices(f)
	}
}

// options refuses an option that the kind would silently ignore.
func (c *checker) options(f Field) {
	if f.Ledger && f.Kind != Account || f.Zero && f.Kind != Amount ||
		f.Multi && f.Kind != Choice || f.When != "" && f.Kind != Date ||
		f.Max != 0 && f.Kind != Name && f.Kind != Plain && f.Kind != Account {
		c.fail("field %s: an option does not belong to kind %s", f.ID, f.Kind)
	}
	if f.When != "" && f.When != Past && f.When != Future {
		c.fail("field %s: when %q is neither past nor future", f.ID, f.When)
	}
}

func (c *checker) choices(f Field) {
	if (f.Kind == Choice) != (len(f.Choices) > 0) && f.Kind != Date {
		c.fail("field %s: choices belong to choices, and there must be some", f.ID)
	}
	for i, s := range f.Choices {
		if clean, _ := clean(s); clean != s || s == "" || slices.Contains(f.Choices[:i], s) {
			c.fail("field %s: choice %q is empty, doubled or not NFC", f.ID, s)
		}
		if f.Multi && strings.Contains(s, listMark) || utf8.RuneCountInString(s) > maxText {
			c.fail("field %s: choice %q is too long or holds %s", f.ID, s, listMark)
		}
		c.printable("choice of "+f.ID, s)
	}
}

// take reserves an id.
func (c *checker) take(id string) {
	ok := id != "" && id[0] >= 'a' && id[0] <= 'z' && id != "pages" && id != "signers"
	for _, r := range id {
		ok = ok && (r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_')
	}
	if !ok {
		c.fail("id %q: a-z, 0-9 and _ only, first a letter, not pages or signers", id)
	}
	if c.ids[id] {
		c.fail("id %q is used twice", id)
	}
	c.ids[id] = true
}

func (c *checker) derived() {
	for _, d := range c.t.Derived {
		c.text("label of "+d.ID, d.Label)
		switch d.Kind {
		case Join:
			c.known("derived "+d.ID, d.Of, 1)
		case Birth, Sex:
			c.known("derived "+d.ID, d.Of, 1)
			if len(d.Of) != 1 || c.kind(d.Of[0]) != IDCard {
				c.fail("derived %s: of must be one identity number", d.ID)
			}
		default:
			c.fail("derived %s: kind %q is unknown", d.ID, d.Kind)
		}
		c.take(d.ID)
	}
}

func (c *checker) known(what string, ids []string, atLeast int) {
	if len(ids) < atLeast {
		c.fail("%s: %d fields, at least %d", what, len(ids), atLeast)
	}
	for _, id := range ids {
		if !c.ids[id] {
			c.fail("%s: no field %q", what, id)
		}
	}
}

// kind of a field, empty when there is none.
func (c *checker) kind(id string) Kind {
	f, _ := c.t.Find(id)
	return f.Kind
}
