package form

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// readCanonical takes a canonical text apart, as somebody would who has only the
// description of it.
func readCanonical(b []byte) (keys []string, values map[string]string, err error) {
	values = map[string]string{}
	for rest := string(b); rest != ""; {
		line, more, ok := strings.Cut(rest, "\n")
		key, value, two := strings.Cut(line, "\t")
		if !ok || !two || strings.ContainsAny(value, "\t\r") {
			return nil, nil, fmt.Errorf("line %q", line)
		}
		if _, twice := values[key]; twice {
			return nil, nil, fmt.Errorf("key %q stands twice", key)
		}
		if value, err = unescaped(value); err != nil {
			return nil, nil, err
		}
		keys, values[key], rest = append(keys, key), value, more
	}
	return keys, values, nil
}

func unescaped(s string) (string, error) {
	var out []byte
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			out = append(out, s[i])
			continue
		}
		i++
		switch {
		case i == len(s):
			return "", errors.New("ends in a backslash")
		case s[i] == 'x' && i+2 < len(s):
			v, err := strconv.ParseUint(s[i+1:i+3], 16, 8)
			if err != nil {
				return "", err
			}
			out = append(out, byte(v))
			i += 2
		case strings.IndexByte(`\tnr`, s[i]) >= 0:
			out = append(out, "\\\t\n\r"[strings.IndexByte(`\tnr`, s[i])])
		default:
			return "", fmt.Errorf("\\%c", s[i])
		}
	}
	return string(out), nil
}

// TestCanonicalReadsBack: what was entered comes back from the text, whatever
// bytes it has, and no two entries have one text.
func TestCanonicalReadsBack(t *testing.T) {
	typ := tiny()
	r := rand.New(rand.NewPCG(7, 8))
	pieces := []string{"\\", "\t", "\n", "\r", "\\n", "\\x", "x41", "\xff", "\xc3", "é", "e\u0301", "𠮷", "金额", "\x00", "field.a\t", "\u2028", "￥"}
	seen := map[string]string{}
	for range 3000 {
		value := ""
		for range r.IntN(6) {
			value += pieces[r.IntN(len(pieces))]
		}
		h := header()
		h.Teller = value
		text := (Filled{typ: typ}).Canonical(h)
		if !utf8.Valid(text) || !norm.NFC.IsNormal(text) {
			t.Fatalf("%q gives no normal UTF-8: %q", value, text)
		}
		keys, values, err := readCanonical(text)
		if err != nil {
			t.Fatalf("%q: %v", value, err)
		}
		if want := norm.NFC.String(value); values["teller"] != want {
			t.Fatalf("%q reads as %q", want, values["teller"])
		}
		if keys[0] != "moqian-form" || values["moqian-form"] != "1" || values["number"] != h.Number {
			t.Fatalf("%v", keys[:4])
		}
		if before, ok := seen[string(text)]; ok && before != norm.NFC.String(value) {
			t.Fatalf("%q and %q have one text", before, value)
		}
		seen[string(text)] = norm.NFC.String(value)
	}
}

// TestShippedTypesReadBack: each field of each type stands in its text once, in
// the type's order.
func TestShippedTypesReadBack(t *testing.T) {
	for code, typ := range shipped(t) {
		f := mustFill(t, typ, nil)
		h := header()
		h.Time = time.Date(2026, 3, 18, 6, 5, 32, 999, time.UTC)
		keys, values, err := readCanonical(f.Canonical(h))
		if err != nil {
			t.Fatalf("%s: %v", code, err)
		}
		if values["type"] != code || values["time"] != "2026-03-18T14:05:32+08:00" || len(values["type.sha256"]) != 64 {
			t.Errorf("%s: %v", code, values)
		}
		fields := keys[len(keys)-len(typ.Fields):]
		for i, field := range typ.Fields {
			if fields[i] != "field."+field.ID {
				t.Errorf("%s: %s at the place of %s", code, fields[i], field.ID)
			}
			if v, ok := f.Value(field.ID); ok && values[fields[i]] != v.Raw {
				t.Errorf("%s: %s reads as %q, entered was %q", code, field.ID, values[fields[i]], v.Raw)
			}
		}
	}
}
