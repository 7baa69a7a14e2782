package form

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// blank stands where there is no value: no field of a voucher is empty.
const blank = "—"

// Value is a checked value.
type Value struct {
	// Raw is the canonical entry: what copying from the PDF gives back. Of an
	// amount it is 128000.50.
	Raw string
	// Shown is what is printed, without the grouping of Groups: ¥128,000.50.
	Shown string
	// Groups are the pieces printed with a gap between them; nil: one piece.
	Groups []string
}

// Line is the value as running text: groups with a space between them.
func (v Value) Line() string {
	if v.Groups == nil {
		return v.Shown
	}
	return strings.Join(v.Groups, " ")
}

// Filled is a form that passed every check; there is no other way to one.
type Filled struct {
	typ    *Type
	values map[string]Value // by field; empty entries are absent
	fen    int64
	day    time.Time // business date, midnight UTC
}

// Type of the form.
func (f Filled) Type() *Type { return f.typ }

// Business is the date the form was checked at, 2006-01-02. The Header must
// carry the same.
func (f Filled) Business() string { return f.day.Format(dayLayout) }

// Value of a field, a derived value, or a computed value that form knows:
// $type, $currency, $words, $day+N. Shown is "—" for an empty one; the second
// result says whether there is a value. It is false, and the Value zero, for
// $branch, $time, $number, $approval and $fee, which render fills in, and for
// an id that the type does not have.
func (f Filled) Value(id string) (Value, bool) {
	if v, ok := f.values[id]; ok {
		return v, true
	}
	if computed(id) {
		return f.compute(id)
	}
	if d, ok := f.typ.derived(id); ok {
		return f.derive(d, false)
	}
	if _, ok := f.typ.Find(id); ok {
		return Value{Shown: blank}, false
	}
	return Value{}, false
}

// Masked is the value as the customer copy shows it: accounts as first 4,
// **** ****, last 4; identity numbers first 4 and last 4; mobiles first 3 and
// last 4; derived values of those alike; all else as it is. Nothing hidden is
// in Raw either.
func (f Filled) Masked(id string) (Value, bool) {
	if d, ok := f.typ.derived(id); ok {
		return f.derive(d, true)
	}
	v, ok := f.Value(id)
	field, _ := f.typ.Find(id)
	if !ok {
		return v, ok
	}
	head, tail := "", v.Raw
	if n := len(v.Raw); n > 4 {
		head, tail = v.Raw[:4], v.Raw[n-4:]
	}
	switch field.Kind {
	case Account:
		return pieces(head, "****", "****", tail), true
	case Mobile:
		return pieces(head[:3], "****", tail), true
	case IDCard:
		s := head + strings.Repeat("*", len(v.Raw)-8) + tail
		return Value{Raw: s, Shown: s}, true
	}
	return v, true
}

func pieces(g ...string) Value {
	s := strings.Join(g, "")
	return Value{Raw: s, Shown: s, Groups: g}
}

// Fen is the amount in fen, 0 where the type has none.
func (f Filled) Fen() int64 { return f.fen }

// NeedsApproval says whether a second person must approve before signing.
func (f Filled) NeedsApproval() bool {
	limit := f.typ.Limit
	return limit < 0 || limit > 0 && f.fen >= limit
}

// Signers are the people who sign this form, in order: those of the type whose
// name is filled in and who are not replaced by another.
func (f Filled) Signers() []Signer {
	var out []Signer
	for _, s := range f.typ.Signers {
		if f.has(s.NameField) && !(s.Unless != "" && f.has(s.Unless)) {
			out = append(out, s)
		}
	}
	return out
}

// Picked says for each choice of a field whether it was chosen.
func (f Filled) Picked(id string) []bool {
	field, _ := f.typ.Find(id)
	chosen := strings.Split(f.values[id].Raw, listMark)
	out := make([]bool, len(field.Choices))
	for i, c := range field.Choices {
		out[i] = slices.Contains(chosen, c)
	}
	return out
}

func (f Filled) has(id string) bool { return f.values[id].Raw != "" }

func (f Filled) compute(id string) (Value, bool) {
	switch {
	case id == "$type":
		s := f.typ.Code + " " + f.typ.Name.ZH
		return Value{Raw: s, Shown: s}, true
	case id == "$currency":
		return Value{Raw: "人民币 CNY", Shown: "人民币 CNY"}, true
	case id == "$words" && f.has(f.typ.Amount):
		s := Words(f.fen)
		return Value{Raw: s, Shown: s}, true
	case id == "$words":
		return Value{Shown: blank}, false
	}
	if n, ok := daysLater(id); ok {
		s := f.day.AddDate(0, 0, n).Format(dayLayout)
		return Value{Raw: s, Shown: s}, true
	}
	return Value{}, false
}

// daysLater reads $day+7.
func daysLater(id string) (int, bool) {
	s, ok := strings.CutPrefix(id, "$day+")
	n, err := strconv.Atoi(s)
	return n, ok && err == nil && n >= 1 && n <= 366 && strconv.Itoa(n) == s
}
