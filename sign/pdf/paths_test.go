package pdf

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// drawn is a page with this content; form F draws inner.
func drawn(t testing.TB, content, inner string, form Dict) *File {
	t.Helper()
	w := NewWriter("1.4")
	root, pages, page, body, f := w.Alloc(), w.Alloc(), w.Alloc(), w.Alloc(), w.Alloc()
	d := Dict{"Type": Name("XObject"), "Subtype": Name("Form"), "BBox": Array{int64(0), int64(0), int64(9), int64(9)}}
	for k, v := range form {
		d[k] = v
	}
	w.Put(root, Dict{"Type": Name("Catalog"), "Pages": pages})
	w.Put(pages, Dict{"Type": Name("Pages"), "Kids": Array{page}, "Count": int64(1)})
	w.Put(page, Dict{"Type": Name("Page"), "Parent": pages, "Contents": Array{body, body}, "Resources": Dict{"XObject": Dict{"F": f}}})
	w.Put(body, &Stream{Dict: Dict{}, Raw: []byte(content)})
	w.Put(f, &Stream{Dict: d, Raw: []byte(inner)})
	out, err := w.Finish(Dict{"Root": root})
	if err != nil {
		t.Fatal(err)
	}
	return mustParse(t, out)
}

// short words the paths of a page: form, matrix, fill, operators with points.
func short(list []Path) (out []string) {
	for _, p := range list {
		s := fmt.Sprintf("%s %v", p.Form, p.Matrix)
		if p.Fill {
			s += " fill"
		}
		if !p.Exact {
			s += " inexact"
		}
		for _, g := range p.Segs {
			n := map[byte]int{'M': 1, 'L': 1, 'C': 3}[g.Op]
			s += fmt.Sprintf(" %c%v", g.Op, g.P[:n])
		}
		out = append(out, s)
	}
	return out
}

func TestPaths(t *testing.T) {
	tests := []struct {
		name, content, inner string
		form                 Dict
		want                 []string // of one of the two times that the content is drawn
	}{
		{"line", "1 2 m 3 4 l S", "", nil, []string{" [1 0 0 1 0 0] M[[100 200]] L[[300 400]]"}},
		{"closed", "0 0 m 1 0 l h f", "", nil, []string{" [1 0 0 1 0 0] fill M[[0 0]] L[[100 0]] Z[]"}},
		{"cubic y", "0 0 m 1 1 2 2 y f", "", nil, []string{" [1 0 0 1 0 0] fill M[[0 0]] C[[100 100] [200 200] [200 200]]"}},
		{"too fine", "0.001 0 m 1 1 l f", "", nil, []string{" [1 0 0 1 0 0] fill inexact M[[0 0]] L[[100 100]]"}},
		{"even-odd and clip", "0 0 1 1 re f* 0 0 1 1 re W n", "", nil, []string{" [1 0 0 1 0 0] M[[0 0]] L[[100 0]] L[[100 100]] L[[0 100]] Z[]"}},
		{"text between", "BT /F 9 Tf (1 2 m) Tj ET 1 2 m 3 4 l F", "", nil, []string{" [1 0 0 1 0 0] fill M[[100 200]] L[[300 400]]"}},
		{"matrix saved", "q 2 0 0 2 1 1 cm 0 0 m 1 1 l S Q 0 0 m 1 1 l S", "", nil,
			[]string{" [2 0 0 2 1 1] M[[0 0]] L[[100 100]]", " [1 0 0 1 0 0] M[[0 0]] L[[100 100]]"}},
		{"form moved", "q 1 0 0 1 5 6 cm /F Do Q", "0 0 m 1 1 l f", nil, []string{"F [1 0 0 1 5 6] fill M[[0 0]] L[[100 100]]"}},
		{"form with matrix", "1 0 0 1 5 6 cm /F Do 1 0 0 1 -5 -6 cm", "0 0 m 1 1 l f", Dict{"Matrix": Array{int64(2), int64(0), int64(0), int64(2), int64(1), int64(1)}},
			[]string{"F [1 0 0 1 5 6] fill M[[100 100]] L[[300 300]]"}},
		{"operator v", "1 2 m 3 4 5 6 v 1 1 2 2 v h 7 8 9 9 v f", "", nil,
			[]string{" [1 0 0 1 0 0] fill M[[100 200]] C[[100 200] [300 400] [500 600]] C[[500 600] [100 100] [200 200]] Z[] C[[100 200] [700 800] [900 900]]"}},
		{"inline image", "BI /W 4 /H 1 /BPC 8 /CS /G /IDX 3 ID \xff EI \x80EI\nEI 1 2 m 3 4 l f BI /W 0 ID\n\nEI", "", nil,
			[]string{" [1 0 0 1 0 0] fill M[[100 200]] L[[300 400]]"}},
		{"an image is no form", "/F Do", "x", Dict{"Subtype": Name("Image")}, nil},
		{"unknown name", "/G Do", "x", nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Paths(drawn(t, tt.content, tt.inner, tt.form), 0)
			if err != nil {
				t.Fatal(err)
			}
			if want := append(append([]string{}, tt.want...), tt.want...); len(want) != len(got) || len(want) > 0 && !reflect.DeepEqual(short(got), want) {
				t.Errorf("%q\nwant %q", short(got), want)
			}
		})
	}
}

func TestPathErrors(t *testing.T) {
	for name, content := range map[string]string{
		"operand missing": "1 m", "operand too many": "1 2 3 m", "operand no number": "/A 2 m", "image without end": "BI /W 1 ID x", "image without data": "BI /W 1 EI", "EI in the data": "BI ID xEIx EI\x00\x80 EI\xff",
		"v short":  "0 0 m 1 1 2 v",
		"nested q": strings.Repeat("q ", 100), "Do of nothing": "Do", "string open": "(abc", "matrix short": "1 0 0 cm",
	} {
		if got, err := Paths(drawn(t, content, "", nil), 0); err == nil {
			t.Errorf("%s: %v", name, short(got))
		}
	}
	if _, err := Paths(drawn(t, "", "", nil), 1); err == nil {
		t.Error("page 2 of one")
	}
	f := drawn(t, "/F Do", "/F Do", Dict{"Resources": Dict{"XObject": Dict{"F": Ref{Num: 5}}}})
	if _, err := Paths(f, 0); err == nil {
		t.Error("a form that draws itself was drawn")
	}
}

func TestEqual(t *testing.T) {
	same := func() Object {
		return Dict{"A": Array{int64(1), 2.5, Name("N"), String("s"), Ref{3, 0}, nil, true}, "S": &Stream{Dict: Dict{}, Raw: []byte("x")}}
	}
	if !Equal(same(), same()) {
		t.Error("equal objects differ")
	}
	for name, o := range map[string]Object{
		"no dictionary": int64(1), "a key less": Dict{"A": Array{}}, "other key": Dict{"A": Array{}, "B": nil},
		"other raw bytes": Dict{"A": same().(Dict)["A"], "S": &Stream{Dict: Dict{}, Raw: []byte("y")}},
		"other list":      Dict{"A": Array{int64(1)}, "S": same().(Dict)["S"]},
	} {
		if Equal(same(), o) || Equal(o, same()) {
			t.Errorf("%s: equal", name)
		}
	}
}

func TestWriterErrors(t *testing.T) {
	w := NewWriter("1.4")
	r := w.Alloc()
	w.Put(r, Dict{})
	if _, err := w.Finish(Dict{}); err == nil {
		t.Error("a file without /Root")
	}
	w.Put(r, Dict{})
	if _, err := w.Finish(Dict{"Root": r}); err == nil {
		t.Error("an object written twice")
	}
	w = NewWriter("1.4")
	root := w.Alloc()
	w.Alloc()
	w.Put(root, Dict{})
	if _, err := w.Finish(Dict{"Root": root}); err == nil {
		t.Error("a number reserved and not written")
	}
}

// TestViews: each revision keeps its own state, and freed objects are gone.
func TestViews(t *testing.T) {
	f := mustParse(t, small(t))
	for i := range 3 {
		w := NewUpdate(f)
		w.Put(Ref{Num: 3}, Dict{"Type": Name("Page"), "Parent": Ref{Num: 2}, "State": int64(i)})
		out, err := w.Finish(f.Trailer())
		if err != nil {
			t.Fatal(err)
		}
		f = mustParse(t, out)
	}
	for i := range 3 {
		d, err := f.At(i + 1).Dict(Ref{Num: 3})
		if err != nil || d["State"] != int64(i) {
			t.Errorf("revision %d: %v, %v", i+2, d["State"], err)
		}
	}
	if d, err := f.At(0).Dict(Ref{Num: 3}); err != nil || d["State"] != nil {
		t.Errorf("revision 1: %v, %v", d, err)
	}
	if r, ok := f.InUse(3); !ok || !f.Has(r) || f.Has(Ref{99, 0}) {
		t.Error("what is in use")
	}
	if _, _, ok := f.Revisions()[0].Span(Ref{Num: 3}); !ok {
		t.Error("revision 1 does not know where it wrote the page")
	}
}
