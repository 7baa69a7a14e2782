package pdf

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// compressed is a page with this content, packed, and forms F0, F1, … each with
// resources that name the next.
func compressed(t testing.TB, content string, forms ...string) *File {
	t.Helper()
	w := NewWriter("1.4")
	root, pages, page, body := w.Alloc(), w.Alloc(), w.Alloc(), w.Alloc()
	refs := make([]Ref, len(forms)+1)
	for i := range refs {
		refs[i] = w.Alloc()
	}
	put := func(r Ref, d Dict, text string) {
		s, err := Deflate(d, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		w.Put(r, s)
	}
	w.Put(root, Dict{"Type": Name("Catalog"), "Pages": pages})
	w.Put(pages, Dict{"Type": Name("Pages"), "Kids": Array{page}, "Count": int64(1), "Resources": Dict{"XObject": Dict{"X": refs[0]}}})
	w.Put(page, Dict{"Type": Name("Page"), "Parent": pages, "Contents": body})
	put(body, Dict{}, content)
	for i, text := range append(forms, "0 0 m 1 1 2 2 3 3 c f") {
		d := Dict{"Type": Name("XObject"), "Subtype": Name("Form")}
		if i < len(forms) {
			d["Resources"] = Dict{"XObject": Dict{"X": refs[i+1]}}
		}
		put(refs[i], d, text)
	}
	out, err := w.Finish(Dict{"Root": root})
	if err != nil {
		t.Fatal(err)
	}
	return mustParse(t, out)
}

// bombs are small files that draw without end.
func bombs(t testing.TB) map[string]*File {
	twelve := strings.Repeat("/X Do ", 12)
	return map[string]*File{
		"forms in forms":     compressed(t, "/X Do", twelve, twelve, twelve, twelve, twelve, twelve, twelve),
		"curves":             compressed(t, strings.Repeat("0 0 m 1 1 2 2 3 3 c f\n", 2_500_000)),
		"one path":           compressed(t, "0 0 m "+strings.Repeat("1 1 2 2 3 3 c\n", 1_500_000)+"f"),
		"one path, 1 MB":     compressed(t, strings.Repeat("/X Do\n", 1000), "0 0 m "+strings.Repeat("9 9 l\n", 100_000)+"f"),
		"operators":          compressed(t, strings.Repeat("q Q ", 2_000_000)),
		"dots":               compressed(t, strings.Repeat("0 0 m f ", 300_000)),
		"comments":           compressed(t, strings.Repeat("/X Do ", 100), strings.Repeat("%\n", 1<<20)),
		"operands":           compressed(t, strings.Repeat("/X Do ", 100), strings.Repeat("1 ", 1<<20)),
		"empty forms":        compressed(t, strings.Repeat("/X Do ", 30_000), ""),
		"curves from behind": compressed(t, "0 0 m "+strings.Repeat("h 1 1 2 2 v ", 400_000)+"f"),
	}
}

// A bomb ends at the budget, and says so; what was spent stands still.
func TestBombsEndAtTheBudget(t *testing.T) {
	for name, f := range bombs(t) {
		t.Run(name, func(t *testing.T) {
			p := newPainter(f)
			pages, err := f.Pages()
			if err != nil {
				t.Fatal(err)
			}
			if err := p.page(pages[0], 0); !errors.Is(err, ErrBudget) {
				t.Errorf("%v", err)
			}
			for _, left := range []int{p.left.bytes, p.left.operators, p.left.steps, p.left.figures, p.left.runs} {
				if left < 0 {
					t.Errorf("spent beyond the budget: %+v", *p.left)
				}
			}
			if _, err := Figures(f); !errors.Is(err, ErrBudget) {
				t.Errorf("figures: %v", err)
			}
			if _, err := Paths(f, 0); !errors.Is(err, ErrBudget) {
				t.Errorf("paths: %v", err)
			}
		})
	}
}

// The largest page that was met fits.
func TestBudgetIsGenerous(t *testing.T) {
	text := strings.Repeat("BT /F 9 Tf (some words) Tj ET\n", 699_000/4)
	f := compressed(t, text+strings.Repeat("0 0 m 1 1 l S ", 66_000)+strings.Repeat("/X Do ", 1_640), "")
	got, err := Figures(f)
	if err != nil || len(got) != 66_000+1 {
		t.Errorf("%d figures, %v", len(got), err)
	}
}

// everywhere is a file in which each place that can draw has a path.
func everywhere(t testing.TB) *File {
	t.Helper()
	w := NewWriter("1.4")
	root, pages, page, body := w.Alloc(), w.Alloc(), w.Alloc(), w.Alloc()
	put := func(d Dict, mark int) Ref {
		r := w.Alloc()
		w.Put(r, &Stream{Dict: d, Raw: fmt.Appendf(nil, "%d 0 m 1 1 2 2 3 3 c f", mark)})
		return r
	}
	form := func(mark int) Ref { return put(Dict{"Subtype": Name("Form")}, mark) }
	w.Put(root, Dict{"Type": Name("Catalog"), "Pages": pages})
	w.Put(pages, Dict{"Type": Name("Pages"), "Kids": Array{page}, "Count": int64(1)})
	glyph := put(Dict{}, 6)
	w.Put(page, Dict{"Type": Name("Page"), "Parent": pages, "Contents": body, "Resources": Dict{
		"XObject": Dict{"F": form(2)}, "Pattern": Dict{"P": put(Dict{"PatternType": int64(1)}, 5)}},
		"Annots": Array{Dict{"AP": Dict{"N": form(3)}}, Dict{"AP": Dict{"N": Dict{"On": form(4), "Off": form(4)}}}, Dict{}}})
	w.Put(w.Alloc(), Dict{"Type": Name("Font"), "Subtype": Name("Type3"), "CharProcs": Dict{"a": glyph}})
	form(7)
	w.Put(body, &Stream{Dict: Dict{}, Raw: []byte("1 0 m 1 1 2 2 3 3 c f /F Do")})
	out, err := w.Finish(Dict{"Root": root})
	if err != nil {
		t.Fatal(err)
	}
	return mustParse(t, out)
}

// Whatever can draw is looked at, once.
func TestFiguresOfEveryPlace(t *testing.T) {
	got, err := Figures(everywhere(t))
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for _, g := range got {
		words = append(words, fmt.Sprintf("%v %s", g.Steps[0].P[0][0], g.Where))
	}
	want := []string{"1 page 1", "2 page 1, form F", "3 page 1, annotation 1", "4 page 1, annotation 2", "4 page 1, annotation 2"}
	if len(words) != 8 || !slices.Equal(words[:5], want) {
		t.Fatalf("%q", words)
	}
	rest := words[5:]
	slices.Sort(rest)
	for i, w := range rest {
		if !strings.HasPrefix(w, fmt.Sprintf("%d object ", i+5)) {
			t.Errorf("%q", rest)
		}
	}
}

// A stream that cannot be read is told, and the others are read.
func TestFiguresBesideAnError(t *testing.T) {
	f := drawn(t, "1 0 m 1 1 l f /F Do", "1 m", nil)
	got, err := Figures(f)
	if err == nil || errors.Is(err, ErrBudget) || len(got) != 1 {
		t.Errorf("%d figures, %v", len(got), err)
	}
}

// Every way to paint gives a figure, with its matrix.
func TestFiguresOfEveryOperator(t *testing.T) {
	for _, op := range []string{"f", "F", "f*", "B", "B*", "b", "b*", "S", "s"} {
		got, err := Figures(drawn(t, "q .01 0 0 .01 5 6 cm 1 2 m 3 4 l "+op+" Q", "", nil))
		if err != nil || len(got) != 2 || got[0].Paint != op || got[0].Matrix != [6]float64{.01, 0, 0, .01, 5, 6} || got[0].Steps[1].P[0] != [2]float64{3, 4} {
			t.Errorf("%s: %+v, %v", op, got, err)
		}
	}
	if got, err := Figures(drawn(t, "1 2 m 3 4 l W n 1 2 m 3 4 l n", "", nil)); err != nil || len(got) != 2 || got[0].Paint != "W" {
		t.Errorf("clips: %+v, %v", got, err)
	}
}

// A cm inside a path moves what follows, and not what stands.
func TestMatrixInsideAPath(t *testing.T) {
	got, err := Figures(drawn(t, "2 0 0 2 0 0 cm 1 2 m 1 0 0 1 10 20 cm 3 4 l 1 1 2 3 re f .5 0 0 .5 -5 -10 cm", "", nil))
	if err != nil || len(got) != 2 || got[0].Matrix != [6]float64{2, 0, 0, 2, 0, 0} || got[0].Steps[1].P[0] != [2]float64{13, 24} || got[0].Steps[4].P[0] != [2]float64{13, 24} {
		t.Errorf("%+v, %v", got, err)
	}
}

// Any file gives figures of whole steps within the budget, or an error.
func FuzzFigures(f *testing.F) {
	f.Add(everywhere(f).Bytes())
	twelve := strings.Repeat("/X Do ", 12)
	f.Add(compressed(f, "/X Do", twelve, twelve).Bytes())
	f.Add(compressed(f, strings.Repeat("/X Do ", 10), strings.Repeat("%\n", 1<<10)).Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 1<<18 {
			return
		}
		doc, err := ParseForeign(b)
		if err != nil {
			return
		}
		got, _ := Figures(doc)
		if len(got) > mostFigures {
			t.Fatalf("%d figures", len(got))
		}
		for _, g := range got {
			for _, s := range g.Steps {
				if !strings.ContainsRune("MLCZ", rune(s.Op)) {
					t.Fatalf("operator %q", s.Op)
				}
			}
		}
	})
}
