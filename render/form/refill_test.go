package form

import (
	"bytes"
	"testing"
	"time"
	"unicode/utf8"
)

func dayOf(t testing.TB, typ *Type) time.Time {
	t.Helper()
	day, err := time.Parse(time.DateOnly, typ.ExampleDay)
	if err != nil {
		t.Fatal(err)
	}
	return day
}

// What copying from a page gives back, entered again, is the same form: the
// canonical text is one for both. So it is for what is shown, and for the
// groups with blanks.
func TestCopiedEntriesMakeTheSameForm(t *testing.T) {
	for _, typ := range shipped(t) {
		day := dayOf(t, typ)
		first, problems := typ.Fill(typ.Examples(), day)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		h := Header{Number: "010010326031800018", Time: day, Business: typ.ExampleDay}
		want := first.Canonical(h)
		for name, get := range map[string]func(Value) string{
			"copied": func(v Value) string { return v.Raw }, "shown": func(v Value) string { return v.Shown }, "in groups": Value.Line,
		} {
			again := map[string]string{}
			for _, f := range typ.Fields {
				if v, ok := first.Value(f.ID); ok {
					again[f.ID] = get(v)
				}
			}
			second, problems := typ.Fill(again, day)
			if len(problems) > 0 {
				t.Errorf("%s %s: %v", typ.Code, name, problems)
				continue
			}
			if got := second.Canonical(h); !bytes.Equal(got, want) {
				t.Errorf("%s %s:\n%s\nwant\n%s", typ.Code, name, got, want)
			}
		}
	}
}

// The business date is the day of filling, in the zone it was given in.
func TestBusinessDate(t *testing.T) {
	typ := shipped(t)["2101"]
	late := time.Date(2026, 3, 18, 23, 59, 59, 0, time.FixedZone("", 8*3600))
	f, problems := typ.Fill(typ.Examples(), late)
	if len(problems) > 0 || f.Business() != "2026-03-18" {
		t.Errorf("%s, %v", f.Business(), problems)
	}
}

// Any entry is refused with a sentence or taken in a canonical form that is
// taken again unchanged: valid UTF-8, in NFC, of one line, within its limits.
func FuzzEntry(f *testing.F) {
	for _, s := range []string{"", "刘志强", "6217 0001 0000 1233 453", "¥128,000.50", "110101199003071233", "2026年3月18日", "138-0000 5678",
		"工资薪金、借款归还", "Ａｂｃ\u3000１２", "\u00e9e\u0301", "𠮷野", "\xff", "a\tb\nc", "长期", "\U000F0000", "e\u200bf"} {
		for kind := range 8 {
			f.Add(s, uint8(kind))
		}
	}
	day := time.Date(2026, 3, 18, 0, 0, 0, 0, time.UTC)
	kinds := []Kind{Name, Account, Amount, IDCard, Mobile, Date, Choice, Plain}
	f.Fuzz(func(t *testing.T, s string, n uint8) {
		field := Field{ID: "a", Kind: kinds[n%8], Ledger: n&8 != 0, Zero: n&16 != 0, Multi: n&8 != 0}
		switch field.Kind {
		case Choice:
			field.Choices = []string{"工资薪金", "借款归还"}
		case Date:
			field.Choices = []string{"长期"}
		}
		v, problem := field.check(s, day)
		if !problem.Empty() {
			if problem.ZH == "" || problem.EN == "" || v.Raw != "" {
				t.Fatalf("%q: refused with %+v and value %q", s, problem, v.Raw)
			}
			return
		}
		if !utf8.ValidString(v.Raw) || compose(v.Raw) != v.Raw {
			t.Fatalf("%q becomes %q", s, v.Raw)
		}
		for _, r := range v.Raw {
			if r < 0x20 || r == 0x7f || r == utf8.RuneError {
				t.Fatalf("%q keeps U+%04X", s, r)
			}
		}
		again, problem := field.check(v.Raw, day)
		if !problem.Empty() || again.Raw != v.Raw || again.Shown != v.Shown {
			t.Fatalf("%q becomes %q, which becomes %q, %+v", s, v.Raw, again.Raw, problem)
		}
	})
}
