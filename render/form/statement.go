package form

import (
	"fmt"
	"strings"
)

// Statement is the text above the signatures of a form of so many pages, with
// {field}, {pages} (1–3) and {signers} (申请人及监护人) filled in.
func (f Filled) Statement(pages int) Text {
	var zh, en []string
	for _, s := range f.Signers() {
		zh, en = append(zh, s.Role.ZH), append(en, s.Role.EN)
	}
	expand := func(template, signers string) string {
		return fillIn(template, func(id string) string {
			switch id {
			case "signers":
				return signers
			case "pages":
				return span(pages)
			}
			v, _ := f.Value(id)
			return v.Line()
		})
	}
	t := f.typ.Statement
	return Text{
		ZH: expand(t.ZH, strings.Join(zh, "及")),
		EN: expand(t.EN, strings.Join(en, " and ")),
	}
}

func span(pages int) string {
	if pages == 1 {
		return "1"
	}
	return fmt.Sprintf("1–%d", pages)
}

// fillIn replaces each {id}; braces that do not close stay.
func fillIn(template string, value func(id string) string) string {
	var b strings.Builder
	for {
		before, rest, open := strings.Cut(template, "{")
		id, after, closed := strings.Cut(rest, "}")
		if !open || !closed {
			return b.String() + template
		}
		b.WriteString(before + value(id))
		template = after
	}
}
