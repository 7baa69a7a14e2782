package form

import "slices"

func (c *checker) rules() {
	for _, r := range c.t.Rules {
		what := "rule " + r.Kind
		for _, id := range r.Fields {
			if c.kind(id) == "" {
				c.fail("%s: no field %q", what, id)
			}
		}
		switch r.Kind {
		case Differ:
			c.need(len(r.Fields) == 2, what, "two fields")
		case Together:
			c.need(len(r.Fields) >= 2, what, "two fields or more")
		case Require:
			c.condition(r)
		case Minor:
			c.need(len(r.Fields) >= 1 && c.kind(r.If) == IDCard && r.Age > 0, what, "fields, an age, and if: an identity number")
		case Adult:
			c.need(len(r.Fields) == 1 && c.kind(r.Fields[0]) == IDCard && r.Age > 0, what, "one identity number and an age")
		default:
			c.fail("rule of unknown kind %q", r.Kind)
		}
	}
}

// condition of a Require: a field with a value it can have, or an amount.
func (c *checker) condition(r Rule) {
	f, ok := c.t.Find(r.If)
	byField := ok && f.Kind == Choice && slices.Contains(f.Choices, r.Is) && r.From == 0
	byAmount := r.If == "" && r.From > 0 && r.From <= MaxFen && c.t.Amount != ""
	c.need(len(r.Fields) >= 1 && (byField || byAmount), "rule require", "fields, and a choice or an amount as condition")
}

func (c *checker) need(ok bool, what, needs string) {
	if !ok {
		c.fail("%s needs %s", what, needs)
	}
}
