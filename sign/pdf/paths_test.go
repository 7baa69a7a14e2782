package pdf

import (
	"fmt"
	"testing"
)

// drawing is a page that draws one form, moved by 10, 20.
func drawing(t *testing.T, matrix, content string) []Path {
	t.Helper()
	w := NewWriter("1.4")
	root, pages, page, body, form := w.Alloc(), w.Alloc(), w.Alloc(), w.Alloc(), w.Alloc()
	w.Put(root, Dict{"Type": Name("Catalog"), "Pages": pages})
	w.Put(pages, Dict{"Type": Name("Pages"), "Kids": Array{page}, "Count": int64(1)})
	w.Put(page, Dict{"Type": Name("Page"), "Parent": pages, "MediaBox": Array{int64(0), int64(0), int64(100), int64(100)},
		"Contents": body, "Resources": Dict{"XObject": Dict{"F": form}}})
	w.Put(body, &Stream{Dict: Dict{}, Raw: []byte("q 1 0 0 1 10 20 cm /F Do Q")})
	w.Put(form, &Stream{Dict: Dict{"Type": Name("XObject"), "Subtype": Name("Form"), "Matrix": Verbatim(matrix),
		"BBox": Array{int64(0), int64(0), int64(9999), int64(9999)}}, Raw: []byte(content)})
	file, err := w.Finish(Dict{"Root": root})
	if err != nil {
		t.Fatal(err)
	}
	f, err := Parse(file)
	if err != nil {
		t.Fatal(err)
	}
	paths, err := Paths(f, 0)
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

// What a form does to its own numbers does not show: hundredths from an origin
// of their own read as points would.
func TestPathsOfShortNumbers(t *testing.T) {
	const moved = "[1 0 0 1 10 20]"
	for _, c := range []struct {
		name, matrix, content string
		want                  string // first point of each path
		page                  string // matrix
	}{
		{"points", "[1 0 0 1 0 0]", "1.23 4.56 m 2 2 l f", "[123 456]", moved},
		{"hundredths", "[.01 0 0 .01 0 0]", "123 456 m 200 200 l f", "[123 456]", moved},
		{"from an origin", "[.01 0 0 .01 0 0]", "1 0 0 1 100 400 cm 23 56 m 9 9 l f", "[123 456]", moved},
		{"one origin after another", "[.01 0 0 .01 0 0]", "1 0 0 1 100 400 cm 23 56 m 9 9 l f 1 0 0 1 -50 1 cm 1 2 m 3 3 l f",
			"[123 456][51 403]", moved},
		{"put back", "[.01 0 0 .01 0 0]", "q 1 0 0 1 100 400 cm 23 56 m 9 9 l f Q 1 2 m 3 3 l f", "[123 456][1 2]", moved},
		{"turned stays outside", "[0 1 -1 0 0 0]", "1 2 m 3 3 l f", "[100 200]", "[0 1 -1 0 10 20]"},
		{"uneven stays outside", "[1 0 0 2 0 0]", "1 2 m 3 3 l f", "[100 200]", "[1 0 0 2 10 20]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, page := "", ""
			for _, p := range drawing(t, c.matrix, c.content) {
				if !p.Exact || !p.Fill || p.Form != "F" {
					t.Errorf("%+v", p)
				}
				got += fmt.Sprint(p.Segs[0].P[0])
				page = fmt.Sprint(p.Matrix)
			}
			if got != c.want || page != c.page {
				t.Errorf("%s placed %s, want %s placed %s", got, page, c.want, c.page)
			}
		})
	}
	if p := drawing(t, "[.01 0 0 .01 0 0]", "12.5 1 m 2 2 l f"); p[0].Exact {
		t.Error("half a hundredth is exact")
	}
}
