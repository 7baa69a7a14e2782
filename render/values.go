package render

import (
	"strings"
	"time"

	"moqian/render/form"
)

// empty is what an unused field shows: no field is left blank.
const empty = "—"

// entry is a value ready to be set.
type entry struct {
	id, label string
	kind      form.Kind
	bold      bool
	parts     []string // one, or groups with a gap between them
	actual    string   // what copying gives back; empty: as shown
	choices   []string // of a choice of several: all,
	picked    []bool   // and which were chosen
}

// reader resolves the cells of one document.
type reader struct {
	Form
	typ *form.Type
}

// entry resolves a cell; masked is how the customer copy shows it.
func (r *reader) entry(c form.Cell, masked bool) entry {
	e := entry{id: c.Field, label: r.typ.Label(c).ZH, kind: form.Plain, bold: r.typ.Strong(c)}
	if f, ok := r.typ.Find(c.Field); ok {
		e.kind = f.Kind
		if f.Multi {
			e.choices, e.picked = f.Choices, r.Filled.Picked(c.Field)
		}
	}
	if s, ok := r.header(c.Field); ok {
		e.parts = []string{orEmpty(s)}
		return e
	}
	get := r.Filled.Value
	if masked {
		get = r.Filled.Masked
	}
	v, ok := get(c.Field)
	if !ok || v.Shown == "" {
		e.parts = []string{empty}
		return e
	}
	e.parts = []string{v.Shown}
	if len(v.Groups) > 1 {
		e.parts = v.Groups
	}
	e.actual = actual(e, v, masked)
	return e
}

// actual is what copying a value from the page gives back: the entry of
// accounts, identity numbers and telephones without gaps, else what is shown.
// The customer copy never carries what it does not show.
func actual(e entry, v form.Value, masked bool) string {
	switch {
	case masked, e.kind == form.Amount:
		return strings.Join(e.parts, "")
	case e.kind == form.Account, e.kind == form.IDCard, e.kind == form.Mobile, e.kind == form.Name:
		return v.Raw
	}
	return v.Shown
}

// header gives the values that the workstation adds.
func (r *reader) header(id string) (string, bool) {
	switch id {
	case "$time":
		return clock(r.Header.Time), true
	case "$number":
		return r.Header.Number, true
	case "$fee":
		return r.Fee, true
	case "$branch":
		if strings.HasPrefix(r.Branch.ZH, r.Bank.ZH) {
			return r.Branch.ZH, true
		}
		return r.Bank.ZH + r.Branch.ZH, true
	case "$approval":
		return r.approval(), true
	}
	return "", false
}

// approval is who approved, when, and from which amount on it is needed.
func (r *reader) approval() string {
	s := r.Header.Supervisor
	if s == "" {
		return ""
	}
	if !r.Approved.IsZero() {
		s += beijing(r.Approved).Format(" 15:04:05")
	}
	if r.typ.Limit > 0 {
		s += " (≥ " + form.FormatFen(r.typ.Limit) + ")"
	}
	return s
}

func orEmpty(s string) string {
	if s == "" {
		return empty
	}
	return s
}

// beijing is the zone of every time on a page.
func beijing(t time.Time) time.Time { return t.In(time.FixedZone("CST", 8*3600)) }

func clock(t time.Time) string { return beijing(t).Format("2006-01-02 15:04:05") }
