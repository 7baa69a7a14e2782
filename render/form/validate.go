package form

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// checker collects the faults of a type.
type checker struct {
	t    *Type
	errs []error
	ids  map[string]bool // fields, and derived values so far
}

func (c *checker) fail(format string, args ...any) {
	c.errs = append(c.errs, fmt.Errorf(format, args...))
}

func (c *checker) text(what string, t Text) {
	if strings.TrimSpace(t.ZH) == "" || strings.TrimSpace(t.EN) == "" {
		c.fail("%s lacks a language", what)
	}
	c.printable(what, t.ZH+t.EN)
}

func (c *checker) printable(what, s string) {
	for _, r := range s {
		if bad := badRune(r); !bad.Empty() {
			c.fail("%s: %s", what, bad.EN)
			return
		}
	}
}

func (t *Type) validate() error {
	c := &checker{t: t, ids: map[string]bool{}}
	if len(t.Code) != 4 || !digits(t.Code) {
		c.fail("code is not 4 digits")
	}
	c.text("title", t.Title)
	c.text("name", t.Name)
	c.text("statement", t.Statement)
	c.fields()
	c.derived()
	c.rules()
	c.amount()
	c.pages()
	c.signers()
	c.statement()
	c.visible()
	if len(c.errs) == 0 { // examples need a sound type
		c.examples()
	}
	return errors.Join(c.errs...)
}

func (c *checker) amount() {
	f, ok := c.t.Find(c.t.Amount)
	if c.t.Amount != "" && (!ok || f.Kind != Amount) {
		c.fail("amount: %q is no field of that kind", c.t.Amount)
	}
	if c.t.Limit < -1 || c.t.Limit > MaxFen {
		c.fail("limit %d is out of range", c.t.Limit)
	}
	if c.t.Limit > 0 && c.t.Amount == "" {
		c.fail("limit without an amount")
	}
}

func (c *checker) statement() {
	for _, s := range []string{c.t.Statement.ZH, c.t.Statement.EN} {
		fillIn(s, func(id string) string {
			if id != "pages" && id != "signers" && !c.ids[id] {
				c.fail("statement: no field %q", id)
			}
			return ""
		})
	}
}

// examples fills the type with its own examples and each default by itself.
func (c *checker) examples() {
	day, err := time.Parse(dayLayout, c.t.ExampleDay)
	if err != nil {
		c.fail("example_day is no date")
		return
	}
	_, problems := c.t.Fill(c.t.Examples(), day)
	for _, p := range problems {
		c.fail("example of %s: %s", p.Field, p.Text.EN)
	}
	for i := range c.t.Fields {
		f := &c.t.Fields[i]
		if _, problem := f.check(f.Default, day); !problem.Empty() {
			c.fail("default of %s: %s", f.ID, problem.EN)
		}
	}
}
