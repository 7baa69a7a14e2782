package sign_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"moqian/sign"
	"moqian/sign/pdf"
)

// attack is a named mutation of a signed file: classes as in the literature
// (Mladenov et al. 2019: USF, ISA, SWA; 2021: EAA, SSA; Mainka et al. 2021:
// shadow attacks).
type attack struct {
	class, name string
	base        string // of bases
	make        func(t *testing.T, b bench, good []byte) []byte
	// fools: pdfsig 22.12 says "Signature is Valid" of the first signature, and
	// nothing against the document.
	fools bool
}

// bases are the files attacked, by what the signatory allowed and what the
// author had put in before.
func bases(t testing.TB, b bench) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	for name, level := range map[string]int{"approval": 0, "P1": 1, "P2": 2, "P3": 3, "shadow": 0, "shadow P1": 1} {
		in := page(t, "128000.50")
		if strings.HasPrefix(name, "shadow") {
			in = shadowPage(t)
		}
		f := field()
		if f.Certify = level; level == 2 {
			f.Prepare = []sign.Field{{Name: "Supervisor", Rect: [4]float64{70, 10, 120, 40}}}
		}
		var err error
		if out[name], err = sign.Sign(context.Background(), in, f, b.key, 0); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// shadowPage is a file whose author prepared objects to be shown later: 6 an
// overlay, 7 a second content, 8 a second catalogue, 9 a second page tree, 10 a
// layer, 11 a text field with 12 its appearance; 99 is a content that is missing.
func shadowPage(t testing.TB) []byte {
	t.Helper()
	w := pdf.NewWriter("1.4")
	var r [16]pdf.Ref
	for i := 1; i <= 13; i++ {
		r[i] = w.Alloc()
	}
	box := pdf.Array{int64(0), int64(0), int64(300), int64(100)}
	form := func(text string) *pdf.Stream {
		return &pdf.Stream{Dict: pdf.Dict{"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Form"), "BBox": box,
			"Resources": pdf.Dict{"Font": pdf.Dict{"F": r[5]}}}, Raw: []byte(text)}
	}
	w.Put(r[1], pdf.Dict{"Type": pdf.Name("Catalog"), "Pages": r[2],
		"OCProperties": pdf.Dict{"OCGs": pdf.Array{r[10]}, "D": pdf.Dict{"ON": pdf.Array{r[10]}}}, "AcroForm": pdf.Dict{"Fields": pdf.Array{r[11]}}})
	w.Put(r[2], pdf.Dict{"Type": pdf.Name("Pages"), "Kids": pdf.Array{r[3]}, "Count": int64(1)})
	w.Put(r[3], pdf.Dict{"Type": pdf.Name("Page"), "Parent": r[2], "MediaBox": box, "Contents": pdf.Array{r[4], pdf.Ref{Num: 99}}, "Annots": pdf.Array{r[11]},
		"Resources": pdf.Dict{"Font": pdf.Dict{"F": r[5]}, "XObject": pdf.Dict{"O": r[6]}}})
	w.Put(r[4], &pdf.Stream{Dict: pdf.Dict{}, Raw: []byte("BT /F 20 Tf 10 50 Td (100.00) Tj ET /O Do")})
	w.Put(r[5], pdf.Dict{"Type": pdf.Name("Font"), "Subtype": pdf.Name("Type1"), "BaseFont": pdf.Name("Helvetica")})
	w.Put(r[6], form("1 g 0 0 300 100 re f 0 g BT /F 20 Tf 10 50 Td (9.00) Tj ET"))
	w.Put(r[7], &pdf.Stream{Dict: pdf.Dict{}, Raw: []byte("BT /F 20 Tf 10 50 Td (999999.99) Tj ET")})
	w.Put(r[8], pdf.Dict{"Type": pdf.Name("Catalog"), "Pages": r[9]})
	w.Put(r[9], pdf.Dict{"Type": pdf.Name("Pages"), "Kids": pdf.Array{}, "Count": int64(0)})
	w.Put(r[10], pdf.Dict{"Type": pdf.Name("OCG"), "Name": pdf.String("layer")})
	w.Put(r[11], pdf.Dict{"Type": pdf.Name("Annot"), "Subtype": pdf.Name("Widget"), "FT": pdf.Name("Tx"), "T": pdf.String("amount"),
		"V": pdf.String("100.00"), "Rect": pdf.Array{int64(200), int64(10), int64(290), int64(40)}, "AP": pdf.Dict{"N": r[12]}, "P": r[3], "F": int64(4)})
	w.Put(r[12], form("BT /F 12 Tf 0 5 Td (100.00) Tj ET"))
	w.Put(r[13], pdf.Dict{"Title": pdf.String("voucher")})
	id := pdf.String("0123456789abcdef")
	out, err := w.Finish(pdf.Dict{"Root": r[1], "Info": r[13], "ID": pdf.Array{id, id}})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestBases(t *testing.T) {
	b := newBench(t)
	for name, file := range bases(t, b) {
		if r := sign.Verify(file, b.options()); r.Verdict != sign.Valid || len(r.Problems) > 0 {
			t.Errorf("%s: %s %v", name, r.Verdict, r.Problems)
		}
	}
}

// TestAttacks: none is accepted; which of them fool pdfsig is shown.
func TestAttacks(t *testing.T) {
	b := newBench(t)
	good := bases(t, b)
	classes, fooled := map[string]int{}, 0
	for _, a := range attacks() {
		classes[a.class]++
		t.Run(a.class+": "+a.name, func(t *testing.T) {
			base := good[a.base]
			if base == nil {
				t.Fatalf("no base %q", a.base)
			}
			bad := a.make(t, b, bytes.Clone(base))
			if bytes.Equal(bad, base) {
				t.Fatal("the attack changed nothing")
			}
			r := sign.Verify(bad, b.options())
			if r.Verdict == sign.Valid || r.Verdict == sign.Untrusted || len(r.Problems) == 0 {
				t.Errorf("%s: %+v", r.Verdict, r.Problems)
			}
			if fools, ran := askPdfsig(t, bad); ran {
				if fools {
					fooled++
				}
				if fools != a.fools {
					t.Logf("MARK: pdfsig fooled: %v, marked: %v", fools, a.fools)
				}
			}
		})
	}
	for class, n := range classes {
		if n < 5 {
			t.Errorf("only %d of class %s", n, class)
		}
	}
	t.Logf("%d attacks in %d classes, none accepted; pdfsig was fooled by %d", len(attacks()), len(classes), fooled)
}

// askPdfsig says whether pdfsig finds the first signature valid.
func askPdfsig(t *testing.T, file []byte) (fools, ran bool) {
	t.Helper()
	if _, err := exec.LookPath("pdfsig"); err != nil {
		return false, false
	}
	name := filepath.Join(t.TempDir(), "x.pdf")
	if err := os.WriteFile(name, file, 0o600); err != nil {
		t.Fatal(err)
	}
	out, _ := exec.Command("pdfsig", "-nocert", name).CombinedOutput()
	return bytes.Contains(out, []byte("Signature is Valid")), true
}

// update appends a revision to a signed file.
func update(change func(t *testing.T, f *pdf.File, w *pdf.Writer)) func(*testing.T, bench, []byte) []byte {
	return func(t *testing.T, _ bench, good []byte) []byte {
		f, w := opened(t, good)
		change(t, f, w)
		return closed(t, w, f.Trailer())
	}
}

func opened(t *testing.T, good []byte) (*pdf.File, *pdf.Writer) {
	t.Helper()
	f, err := pdf.Parse(good)
	if err != nil {
		t.Fatal(err)
	}
	return f, pdf.NewUpdate(f)
}

func closed(t *testing.T, w *pdf.Writer, trailer pdf.Dict) []byte {
	t.Helper()
	out, err := w.Finish(trailer)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// edit replaces text, without mending offsets.
func edit(pattern, with string) func(*testing.T, bench, []byte) []byte {
	return func(t *testing.T, _ bench, good []byte) []byte {
		return regexp.MustCompile(pattern).ReplaceAll(good, []byte(with))
	}
}

// sameLength replaces text by text that is padded to its length.
func sameLength(pattern, with string) func(*testing.T, bench, []byte) []byte {
	return func(t *testing.T, _ bench, good []byte) []byte {
		return regexp.MustCompile(pattern).ReplaceAllFunc(good, func(m []byte) []byte {
			return append([]byte(with), bytes.Repeat([]byte(" "), max(0, len(m)-len(with)))...)
		})
	}
}

func dictOf(t *testing.T, f *pdf.File, o pdf.Object) pdf.Dict {
	t.Helper()
	d, err := f.Dict(o)
	if err != nil || d == nil {
		t.Fatal("no dictionary", err)
	}
	out := pdf.Dict{}
	for k, v := range d {
		out[k] = v
	}
	return out
}

// replace writes other objects under numbers that are in use.
func replace(objects map[int]pdf.Object) func(*testing.T, bench, []byte) []byte {
	return update(func(t *testing.T, _ *pdf.File, w *pdf.Writer) {
		for num, o := range objects {
			w.Put(pdf.Ref{Num: num}, o)
		}
	})
}

// changed writes a dictionary again with one key set.
func changed(num int, key pdf.Name, value pdf.Object) func(*testing.T, bench, []byte) []byte {
	return update(func(t *testing.T, f *pdf.File, w *pdf.Writer) {
		d := dictOf(t, f, pdf.Ref{Num: num})
		d[key] = value
		w.Put(pdf.Ref{Num: num}, d)
	})
}

func stream(text string) *pdf.Stream { return &pdf.Stream{Dict: pdf.Dict{}, Raw: []byte(text)} }

func rect(x1, y1, x2, y2 int64) pdf.Array { return pdf.Array{x1, y1, x2, y2} }

// annotate adds an annotation to the page.
func annotate(d pdf.Dict) func(*testing.T, bench, []byte) []byte {
	return update(func(t *testing.T, f *pdf.File, w *pdf.Writer) {
		note, look := w.Alloc(), w.Alloc()
		d := dictOf(t, f, d)
		d["Type"], d["Rect"], d["AP"] = pdf.Name("Annot"), rect(0, 0, 300, 100), pdf.Dict{"N": look}
		w.Put(note, d)
		w.Put(look, &pdf.Stream{Dict: pdf.Dict{"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Form"), "BBox": rect(0, 0, 300, 100)}, Raw: []byte("1 g 0 0 300 100 re f")})
		p := dictOf(t, f, pdf.Ref{Num: 3})
		p["Annots"] = append(append(pdf.Array{}, p["Annots"].(pdf.Array)...), note)
		w.Put(pdf.Ref{Num: 3}, p)
	})
}

// addField adds a field with a large white appearance.
func addField(extra pdf.Dict) func(*testing.T, bench, []byte) []byte {
	return update(func(t *testing.T, f *pdf.File, w *pdf.Writer) {
		widget, look := w.Alloc(), w.Alloc()
		d := pdf.Dict{"Type": pdf.Name("Annot"), "Subtype": pdf.Name("Widget"), "FT": pdf.Name("Sig"), "T": pdf.String("Cover"),
			"Rect": rect(0, 0, 300, 100), "F": int64(4), "AP": pdf.Dict{"N": look}, "P": pdf.Ref{Num: 3}}
		for k, v := range extra {
			d[k] = v
		}
		w.Put(widget, d)
		w.Put(look, &pdf.Stream{Dict: pdf.Dict{"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Form"), "BBox": rect(0, 0, 300, 100)}, Raw: []byte("1 g 0 0 300 100 re f")})
		p := dictOf(t, f, pdf.Ref{Num: 3})
		p["Annots"] = append(append(pdf.Array{}, p["Annots"].(pdf.Array)...), widget)
		w.Put(pdf.Ref{Num: 3}, p)
		root := f.Trailer()["Root"].(pdf.Ref)
		c := dictOf(t, f, root)
		form := dictOf(t, f, c["AcroForm"])
		form["Fields"] = append(append(pdf.Array{}, form["Fields"].(pdf.Array)...), widget)
		c["AcroForm"] = form
		w.Put(root, c)
	})
}

// sigOf gives number and dictionary of the signature.
func sigOf(t *testing.T, f *pdf.File) (pdf.Ref, pdf.Dict) {
	t.Helper()
	for _, r := range f.Refs() {
		if d, _ := f.Dict(r); d != nil && d["ByteRange"] != nil {
			return r, dictOf(t, f, r)
		}
	}
	t.Fatal("no signature")
	return pdf.Ref{}, nil
}

// holeOf gives the brackets of /Contents.
func holeOf(t *testing.T, good []byte) (from, to int) {
	t.Helper()
	from = bytes.Index(good, []byte("/Contents <")) + len("/Contents ")
	return from, from + bytes.IndexByte(good[from:], '>') + 1
}

// inGap puts text into the zeros of the hole, keeping its length: the signed
// bytes stay the same.
func inGap(text string) func(*testing.T, bench, []byte) []byte {
	return func(t *testing.T, _ bench, good []byte) []byte {
		_, to := holeOf(t, good)
		copy(good[to-len(text):], text)
		return good
	}
}

// moved puts bytes behind the hole and lets a second /ByteRange in the gap skip
// them: what it hashes is what was signed.
func moved(insert string) func(*testing.T, bench, []byte) []byte {
	return func(t *testing.T, _ bench, good []byte) []byte {
		from, to := holeOf(t, good)
		rest := good[to:]
		gap := string(good[from:to])
		extra := fmt.Sprintf("/ByteRange [0 %d %010d %d]", from, 0, len(rest)) + insert
		at := from + len(gap) + len(extra)
		extra = strings.Replace(extra, "0000000000", fmt.Sprintf("%010d", at), 1)
		return append(append(append(bytes.Clone(good[:from]), gap...), extra...), rest...)
	}
}
