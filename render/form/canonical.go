package form

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Header is what the workstation adds to the entries before they are signed.
type Header struct {
	Number      string // voucher number, 18 digits
	Time        time.Time
	Business    string // business date 2006-01-02, that of Filled.Business
	Branch      string
	Workstation string
	Teller      string
	Supervisor  string // empty when no approval was needed
	Trial       bool
}

// Canonical is the text whose SHA-256 everything is bound to. Version 1:
//
//   - UTF-8 in NFC, compatibility ideographs kept, one line per item, "key TAB value LF", nothing else;
//   - in a value \ is \\, TAB is \t, LF is \n, CR is \r, and a byte that is no
//     UTF-8 is \x and two hex digits, so that each text has one reading;
//   - first "moqian-form 1", then type, type.sha256 (of the JSON file, so that
//     statement and agreement are bound too; "-" for a type that was not
//     parsed), number, time (RFC 3339, Beijing, whole seconds), business,
//     branch, workstation, teller, supervisor, trial (0 or 1);
//   - then "field." and the id for each field in the type's order with the
//     canonical entry, empty ones included.
func (f Filled) Canonical(h Header) []byte {
	var b strings.Builder
	line := func(key, value string) {
		b.WriteString(key + "\t" + escape(compose(value)) + "\n")
	}
	digest := f.typ.digest
	if digest == "" {
		digest = "-"
	}
	trial := 0
	if h.Trial {
		trial = 1
	}
	line("moqian-form", "1")
	line("type", f.typ.Code)
	line("type.sha256", digest)
	line("number", h.Number)
	line("time", h.Time.In(time.FixedZone("CST", 8*3600)).Format(time.RFC3339))
	line("business", h.Business)
	line("branch", h.Branch)
	line("workstation", h.Workstation)
	line("teller", h.Teller)
	line("supervisor", h.Supervisor)
	line("trial", strconv.Itoa(trial))
	for _, field := range f.typ.Fields {
		line("field."+field.ID, f.values[field.ID].Raw)
	}
	return []byte(b.String())
}

func escape(s string) string {
	const hex = "0123456789abcdef"
	var b strings.Builder
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && n == 1:
			b.WriteString(`\x` + string(hex[s[0]>>4]) + string(hex[s[0]&15]))
		case r == '\\':
			b.WriteString(`\\`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		default:
			b.WriteString(s[:n])
		}
		s = s[n:]
	}
	return b.String()
}
