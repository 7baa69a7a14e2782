package pdf

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// small is a file of one page with a form XObject that draws a path.
func small(t testing.TB) []byte {
	t.Helper()
	w := NewWriter("1.4")
	root, pages, page, content, form := w.Alloc(), w.Alloc(), w.Alloc(), w.Alloc(), w.Alloc()
	w.Put(root, Dict{"Type": Name("Catalog"), "Pages": pages})
	w.Put(pages, Dict{"Type": Name("Pages"), "Kids": Array{page}, "Count": int64(1)})
	w.Put(page, Dict{
		"Type": Name("Page"), "Parent": pages, "MediaBox": Array{int64(0), int64(0), int64(200), int64(100)},
		"Contents": content, "Resources": Dict{"XObject": Dict{"Ink0": form}},
	})
	s, err := Deflate(Dict{}, []byte("q 1 0 0 1 10.5 20 cm /Ink0 Do Q 0 0 5 5 re S"))
	if err != nil {
		t.Fatal(err)
	}
	w.Put(content, s)
	w.Put(form, &Stream{
		Dict: Dict{"Type": Name("XObject"), "Subtype": Name("Form"), "BBox": Array{int64(0), int64(0), int64(50), int64(50)}},
		Raw:  []byte("1.01 2.34 m 3 4 5 6 7.77 8 c h f"),
	})
	out, err := w.Finish(Dict{"Root": root, "ID": Array{String("0123456789abcdef"), String("0123456789abcdef")}})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestWriteRead(t *testing.T) {
	b := small(t)
	if !bytes.Equal(b, small(t)) {
		t.Error("the same input gave different bytes")
	}
	f, err := Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Refs()) != 5 || len(f.Revisions()) != 1 {
		t.Errorf("%d objects, %d revisions", len(f.Refs()), len(f.Revisions()))
	}
	paths, err := Paths(f, 0)
	if err != nil {
		t.Fatal(err)
	}
	want := []Path{
		{Form: "Ink0", Matrix: [6]float64{1, 0, 0, 1, 10.5, 20}, Exact: true, Fill: true, Segs: []Seg{
			{'M', [3][2]int32{{101, 234}}}, {'C', [3][2]int32{{300, 400}, {500, 600}, {777, 800}}}, {Op: 'Z'},
		}},
		{Matrix: [6]float64{1, 0, 0, 1, 0, 0}, Exact: true, Segs: []Seg{
			{'M', [3][2]int32{{0, 0}}}, {'L', [3][2]int32{{500, 0}}}, {'L', [3][2]int32{{500, 500}}}, {'L', [3][2]int32{{0, 500}}}, {Op: 'Z'},
		}},
	}
	if !reflect.DeepEqual(paths, want) {
		t.Errorf("paths\n%+v\nwant\n%+v", paths, want)
	}
}

func TestUpdate(t *testing.T) {
	f, err := Parse(small(t))
	if err != nil {
		t.Fatal(err)
	}
	w := NewUpdate(f)
	extra := w.Alloc()
	w.Put(extra, Dict{"Note": String("added")})
	w.Put(Ref{Num: 3}, Dict{"Type": Name("Page"), "Parent": Ref{Num: 2}})
	out, err := w.Finish(f.Trailer())
	if err != nil {
		t.Fatal(err)
	}
	g, err := Parse(out)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(g.Revisions()); n != 2 {
		t.Fatalf("%d revisions", n)
	}
	if got := g.Revisions()[1].Changed(); !reflect.DeepEqual(got, []int{3, 6}) {
		t.Errorf("the update changes %v", got)
	}
	if d, _ := g.At(0).Dict(Ref{Num: 3}); d["Contents"] == nil {
		t.Error("the first revision does not show its own page")
	}
	if d, _ := g.Dict(Ref{Num: 3}); d["Contents"] != nil {
		t.Error("the second revision does not show the changed page")
	}
}

// TestStrict: what lenient readers repair is refused.
func TestStrict(t *testing.T) {
	good := string(small(t))
	tests := []struct {
		name, from, to string
	}{
		{"header", "%PDF-1.4", " %PDF-1.4"},
		{"hidden object", "2 0 obj", "9 0 obj\n(x)\nendobj\n2 0 obj"},
		{"comment between objects", "endobj\n2 0", "endobj\n%note\n2 0"},
		{"wrong number", "\n3 0 obj", "\n4 0 obj"},
		{"length", "/Length 32", "/Length 31"},
		{"no endobj", "endobj\nxref", "\nxref  "},
		{"trailing garbage", "%%EOF\n", "%%EOF\nx"},
		{"two line ends", "%%EOF\n", "%%EOF\n\n"},
		{"junk before startxref", "startxref", "junk startxref"},
		{"key twice", "/Type /Catalog", "/Type /Catalog/Type /Catalog"},
		{"free entry in use", " 00000 n \n0", " 00000 f \n0"},
	}
	if _, err := Parse([]byte(good)); err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if !strings.Contains(good, tt.from) {
				t.Fatalf("%q is not in the file", tt.from)
			}
			if _, err := Parse([]byte(strings.Replace(good, tt.from, tt.to, 1))); err == nil {
				t.Error("was read")
			}
		})
	}
}

func TestOutsideReader(t *testing.T) {
	if _, err := exec.LookPath("qpdf"); err != nil {
		t.Skip("SKIPPED: qpdf is not installed, its judgement is missing")
	}
	file := filepath.Join(t.TempDir(), "small.pdf")
	if err := os.WriteFile(file, small(t), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("qpdf", "--check", file).CombinedOutput(); err != nil {
		t.Errorf("qpdf --check: %v\n%s", err, out)
	}
}

func TestObjects(t *testing.T) {
	tests := []struct {
		in   string
		want Object
	}{
		{"12", int64(12)}, {"-0.5", -0.5}, {"12 0 R", Ref{12, 0}}, {"[1 0 R 2]", Array{Ref{1, 0}, int64(2)}},
		{"/A#20B", Name("A B")}, {`(a\(b\)\n\101(c))`, String("a(b)\nA(c)")}, {"<414>", String("A@")},
		{"<</K[true null]>>", Dict{"K": Array{true, nil}}},
	}
	for _, tt := range tests {
		got, err := (&lexer{b: []byte(tt.in)}).object(0)
		if err != nil || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: %#v, %v", tt.in, got, err)
		}
		back, err := (&lexer{b: Format(tt.want)}).object(0)
		if err != nil || !reflect.DeepEqual(back, tt.want) {
			t.Errorf("%s written as %s reads as %#v, %v", tt.in, Format(tt.want), back, err)
		}
	}
	for _, bad := range []string{"", "(", "<4g>", "[1", "<</A>>", "<</A 1/A 2>>", "/A#2", "1.2.3", "nul", strings.Repeat("[", 100)} {
		if o, err := (&lexer{b: []byte(bad)}).object(0); err == nil {
			t.Errorf("%q was read as %#v", bad, o)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(small(f))
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := Parse(b)
		if err != nil {
			return
		}
		for _, r := range file.Refs() {
			if o, err := file.Get(r); err == nil {
				if s, ok := o.(*Stream); ok {
					_, _ = s.Decode()
				}
			}
		}
		_, _ = Paths(file, 0)
	})
}
