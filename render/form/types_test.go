package form

import (
	"io/fs"
	"path"
	"strings"
	"testing"
	"time"

	"moqian/assets"
)

// shipped parses every business type of the program.
func shipped(t testing.TB) map[string]*Type {
	t.Helper()
	names, err := fs.Glob(assets.FS, "forms/*.json")
	if err != nil {
		t.Fatal(err)
	}
	types := map[string]*Type{}
	for _, name := range names {
		data, err := assets.FS.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		typ, err := Parse(data)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if want := strings.TrimSuffix(path.Base(name), ".json"); typ.Code != want {
			t.Errorf("%s holds type %s", name, typ.Code)
		}
		types[typ.Code] = typ
	}
	return types
}

func day(s string) time.Time {
	d, err := time.Parse(dayLayout, s)
	if err != nil {
		panic(err)
	}
	return d
}

// fill takes the type's examples with changes; an entry - is left out.
func fill(typ *Type, at string, changes map[string]string) (Filled, []Problem) {
	in := typ.Examples()
	for k, v := range changes {
		in[k] = v
		if v == "-" {
			delete(in, k)
		}
	}
	return typ.Fill(in, day(at))
}

func mustFill(t *testing.T, typ *Type, changes map[string]string) Filled {
	t.Helper()
	f, problems := fill(typ, typ.ExampleDay, changes)
	if len(problems) > 0 {
		t.Fatalf("%s: %v", typ.Code, problems)
	}
	return f
}

func TestFiveTypesShip(t *testing.T) {
	types := shipped(t)
	for _, code := range []string{"1101", "2101", "2102", "2103", "3101"} {
		typ := types[code]
		if typ == nil {
			t.Errorf("%s is missing", code)
			continue
		}
		// Examples drive trial mode for years to come.
		for _, at := range []string{typ.ExampleDay, "2031-12-31"} {
			if _, problems := typ.Fill(typ.Examples(), day(at)); len(problems) > 0 {
				t.Errorf("%s on %s: %v", code, at, problems)
			}
		}
	}
	if len(types) != 5 {
		t.Errorf("%d types", len(types))
	}
}

// Heights are those of the specification of the pages.
func TestRowHeights(t *testing.T) {
	types := shipped(t)
	for code, want := range map[string][2]float64{
		"2101": {66.5, 75}, "2102": {66.5, 75}, "2103": {67, 85}, "3101": {65, 73.5},
	} {
		got := [2]float64{}
		for _, r := range types[code].Bank {
			got[0] += r.Height
		}
		for _, r := range types[code].Customer {
			got[1] += r.Height
		}
		if got != want {
			t.Errorf("%s: rows of %v mm, want %v", code, got, want)
		}
	}
}
