package form

import "time"

// checked is a value that passed, with the fen of an amount.
type checked struct {
	Value
	fen int64
}

func plainly(s string) checked { return checked{Value: Value{Raw: s, Shown: s}} }

// check looks at one entry by itself. An empty one is no problem here and has
// no value; the second result is the zero Text when all is well.
func (f *Field) check(raw string, day time.Time) (checked, Text) {
	s, problem := clean(raw)
	if !problem.Empty() || s == "" {
		return checked{}, problem
	}
	switch f.Kind {
	case Name:
		return checkName(f, s)
	case Account:
		return checkAccount(f, s)
	case Amount:
		return checkAmount(f, s)
	case IDCard:
		return checkID(s, day)
	case Mobile:
		return checkMobile(s)
	case Date:
		return checkDate(f, s, day)
	case Choice:
		return checkChoice(f, s)
	default:
		return checkText(f, s)
	}
}

// limit is the field's own limit or the kind's.
func (f *Field) limit(kind int) int {
	if f.Max > 0 {
		return f.Max
	}
	return kind
}

// known says whether Kind is one of the eight.
func (k Kind) known() bool {
	switch k {
	case Name, Account, Amount, IDCard, Mobile, Date, Choice, Plain:
		return true
	}
	return false
}
