package form

import (
	"strings"
	"testing"
	"time"
)

func TestNumber(t *testing.T) {
	s, err := NewNumber("01001", "03", day("2026-03-18"), 12)
	if err != nil || len(s) != 18 || !strings.HasPrefix(s, "01001032603180012") {
		t.Fatalf("%q %v", s, err)
	}
	n, err := ParseNumber(s)
	if want := (Number{"01001", "03", day("2026-03-18"), 12}); err != nil || n != want {
		t.Errorf("%+v %v", n, err)
	}
	if spaced, err := ParseNumber(s[:4] + " " + s[4:]); err != nil || spaced != n {
		t.Errorf("with a space: %+v %v", spaced, err)
	}
	// Damm's own example.
	if damm("572") != 4 {
		t.Error("572 has check digit 4")
	}
}

func TestNumberRefuses(t *testing.T) {
	for _, c := range []struct {
		branch, station string
		year, serial    int
	}{
		{"1001", "03", 2026, 1}, {"01001", "3", 2026, 1}, {"0100a", "03", 2026, 1}, {"01001", "０", 2026, 1},
		{"01001", "03", 1999, 1}, {"01001", "03", 2100, 1}, {"01001", "03", 2026, 0}, {"01001", "03", 2026, 10000},
	} {
		if s, err := NewNumber(c.branch, c.station, time.Date(c.year, 1, 1, 0, 0, 0, 0, time.UTC), c.serial); err == nil {
			t.Errorf("%+v gives %s", c, s)
		}
	}
	check := func(s string) string { return s + string('0'+damm(s)) }
	for _, s := range []string{
		"", "1", "01001032603180012", check("01001032613180012"), check("01001032602300012"),
		check("01001032603180000"), check("0100103260318001") + "x", strings.Repeat("0", 18),
	} {
		if n, err := ParseNumber(s); err == nil {
			t.Errorf("%q passes as %+v", s, n)
		}
	}
}

// Every wrong digit and every exchange of neighbours, everywhere.
func TestNumberCatchesSlips(t *testing.T) {
	for serial := 1; serial < 10000; serial += 7 {
		good, _ := NewNumber("01001", "03", day("2026-03-18"), serial)
		for i := range good {
			b := []byte(good)
			for d := byte('0'); d <= '9'; d++ {
				b[i] = d
				if d != good[i] && damm(string(b)) == 0 {
					t.Fatalf("%s passes for %s", b, good)
				}
			}
			if b = []byte(good); i > 0 && b[i] != b[i-1] {
				b[i], b[i-1] = b[i-1], b[i]
				if damm(string(b)) == 0 {
					t.Fatalf("%s passes for %s", b, good)
				}
			}
		}
	}
}

func FuzzParseNumber(f *testing.F) {
	good, _ := NewNumber("01001", "03", day("2026-03-18"), 12)
	f.Add(good)
	f.Add("000000000000000000")
	f.Add("0100 1032 6031 8001 20")
	f.Fuzz(func(t *testing.T, s string) {
		n, err := ParseNumber(s)
		if err != nil {
			return
		}
		again, err := NewNumber(n.Branch, n.Workstation, n.Business, n.Serial)
		if err != nil || again != strings.ReplaceAll(s, " ", "") {
			t.Fatalf("%q became %q (%v)", s, again, err)
		}
	})
}
