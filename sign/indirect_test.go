package sign_test

import (
	"testing"

	"moqian/sign"
	"moqian/sign/pdf"
)

// TestPermissionsElsewhere: what a signature permits and locks counts however it
// is written: somewhere else, as a real, or so that nobody can read it. The first
// co-signer writes it, then the second one signs the other prepared field.
func TestPermissionsElsewhere(t *testing.T) {
	b := newBench(t)
	elsewhere := func(w *pdf.Writer, o pdf.Object) pdf.Object {
		r := w.Alloc()
		w.Put(r, o)
		return r
	}
	mdp := func(method pdf.Object, params pdf.Object) pdf.Array {
		return pdf.Array{pdf.Dict{"Type": pdf.Name("SigRef"), "TransformMethod": method, "TransformParams": params}}
	}
	docMDP, fieldMDP := pdf.Name("DocMDP"), pdf.Name("FieldMDP")
	for _, tt := range []struct {
		name      string
		reference func(w *pdf.Writer) pdf.Object
		want      sign.Verdict
	}{
		{"P=2", func(*pdf.Writer) pdf.Object { return mdp(docMDP, pdf.Dict{"P": int64(2)}) }, sign.Valid},
		{"P=2 elsewhere", func(w *pdf.Writer) pdf.Object { return mdp(docMDP, pdf.Dict{"P": elsewhere(w, int64(2))}) }, sign.Valid},
		{"P=2.0", func(*pdf.Writer) pdf.Object { return mdp(docMDP, pdf.Dict{"P": pdf.Verbatim("2.0")}) }, sign.Valid},
		{"no P", func(*pdf.Writer) pdf.Object { return mdp(docMDP, pdf.Dict{}) }, sign.Valid},
		{"another method", func(*pdf.Writer) pdf.Object { return mdp(pdf.Name("UR3"), pdf.Dict{"P": int64(1)}) }, sign.Valid},
		{"P=1", func(*pdf.Writer) pdf.Object { return mdp(docMDP, pdf.Dict{"P": int64(1)}) }, sign.Invalid},
		{"P=1 elsewhere", func(w *pdf.Writer) pdf.Object { return mdp(docMDP, pdf.Dict{"P": elsewhere(w, int64(1))}) }, sign.Invalid},
		{"P=1.0", func(*pdf.Writer) pdf.Object { return mdp(docMDP, pdf.Dict{"P": pdf.Verbatim("1.0")}) }, sign.Invalid},
		{"P=1.5", func(*pdf.Writer) pdf.Object { return mdp(docMDP, pdf.Dict{"P": 1.5}) }, sign.Invalid},
		{"P is a name", func(*pdf.Writer) pdf.Object { return mdp(docMDP, pdf.Dict{"P": pdf.Name("Two")}) }, sign.Invalid},
		{"P of nowhere", func(*pdf.Writer) pdf.Object { return mdp(docMDP, pdf.Dict{"P": pdf.Ref{Num: 999}}) }, sign.Invalid},
		{"P=9", func(*pdf.Writer) pdf.Object { return mdp(docMDP, pdf.Dict{"P": int64(9)}) }, sign.Invalid},
		{"method elsewhere", func(w *pdf.Writer) pdf.Object { return mdp(elsewhere(w, docMDP), pdf.Dict{"P": int64(1)}) }, sign.Invalid},
		{"no method", func(*pdf.Writer) pdf.Object { return mdp(nil, pdf.Dict{"P": int64(2)}) }, sign.Invalid},
		{"parameters elsewhere", func(w *pdf.Writer) pdf.Object { return mdp(docMDP, elsewhere(w, pdf.Dict{"P": int64(1)})) }, sign.Invalid},
		{"parameters that are none", func(*pdf.Writer) pdf.Object { return mdp(docMDP, pdf.Name("None")) }, sign.Invalid},
		{"all elsewhere", func(w *pdf.Writer) pdf.Object { return elsewhere(w, mdp(docMDP, pdf.Dict{"P": int64(1)})) }, sign.Invalid},
		{"twice", func(*pdf.Writer) pdf.Object {
			return append(mdp(docMDP, pdf.Dict{"P": int64(3)}), mdp(docMDP, pdf.Dict{"P": int64(1)})...)
		}, sign.Invalid},
		{"no list", func(*pdf.Writer) pdf.Object { return pdf.Name("None") }, sign.Invalid},
		{"locks nothing here", func(*pdf.Writer) pdf.Object {
			return mdp(fieldMDP, pdf.Dict{"Action": pdf.Name("Include"), "Fields": pdf.Array{pdf.String("x")}})
		}, sign.Valid},
		{"locks a name elsewhere", func(w *pdf.Writer) pdf.Object {
			return mdp(fieldMDP, pdf.Dict{"Action": pdf.Name("Include"), "Fields": pdf.Array{elsewhere(w, pdf.String("Second"))}})
		}, sign.Invalid},
		{"locks by an action elsewhere", func(w *pdf.Writer) pdf.Object {
			return mdp(fieldMDP, pdf.Dict{"Action": elsewhere(w, pdf.Name("Exclude")), "Fields": pdf.Array{pdf.String("x")}})
		}, sign.Invalid},
		{"locks who knows what", func(*pdf.Writer) pdf.Object {
			return mdp(fieldMDP, pdf.Dict{"Action": pdf.Name("Include"), "Fields": pdf.Array{pdf.Name("x")}})
		}, sign.Invalid},
		{"locks by a P=1 elsewhere", func(w *pdf.Writer) pdf.Object {
			return mdp(fieldMDP, pdf.Dict{"Action": pdf.Name("Include"), "Fields": pdf.Array{}, "P": elsewhere(w, int64(1))})
		}, sign.Invalid},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file := emptyFields(t, nil)
			for i, name := range []string{"First", "Second"} {
				var err error
				if file, err = sign.CoSign(file, sign.Field{Name: name, Time: now}, b.key, func(_ *pdf.File, w *pdf.Writer, _, sig pdf.Dict) {
					if i == 0 {
						sig["Reference"] = tt.reference(w)
					}
				}); err != nil {
					t.Fatal(err)
				}
			}
			r := sign.Verify(file, b.options())
			if r.Verdict != tt.want {
				t.Errorf("%s %v", r.Verdict, r.Problems)
			}
			if tt.want == sign.Invalid {
				expect(t, r, sign.Invalid, "later-changes")
			}
		})
	}
}

// TestLockElsewhere is the same for the /Lock of the first co-signer's field.
func TestLockElsewhere(t *testing.T) {
	b := newBench(t)
	for name, lock := range map[string]pdf.Object{
		"a name elsewhere":    pdf.Dict{"Action": pdf.Name("Include"), "Fields": pdf.Array{pdf.Ref{Num: 20}}},
		"an action elsewhere": pdf.Dict{"Action": pdf.Ref{Num: 21}, "Fields": pdf.Array{pdf.String("x")}},
		"P elsewhere":         pdf.Dict{"Action": pdf.Name("Include"), "Fields": pdf.Array{}, "P": pdf.Ref{Num: 22}},
		"no dictionary":       pdf.Name("None"),
		"nowhere":             pdf.Ref{Num: 999},
	} {
		t.Run(name, func(t *testing.T) {
			file := emptyFields(t, lock)
			var err error
			for _, field := range []string{"First", "Second"} {
				if file, err = sign.CoSign(file, sign.Field{Name: field, Time: now}, b.key, func(*pdf.File, *pdf.Writer, pdf.Dict, pdf.Dict) {}); err != nil {
					t.Fatal(err)
				}
			}
			expect(t, sign.Verify(file, b.options()), sign.Invalid, "later-changes")
		})
	}
}

// emptyFields is a file with two empty signature fields; First has the lock. 20
// is the name of Second, 21 the action All and 22 the number 1.
func emptyFields(t *testing.T, lock pdf.Object) []byte {
	t.Helper()
	w := pdf.NewWriter("1.7")
	var r [23]pdf.Ref
	for i := 1; i < len(r); i++ {
		r[i] = w.Alloc()
	}
	for i := 7; i < 20; i++ {
		w.Put(r[i], int64(0))
	}
	w.Put(r[1], pdf.Dict{"Type": pdf.Name("Catalog"), "Pages": r[2], "AcroForm": pdf.Dict{"Fields": pdf.Array{r[5], r[6]}}})
	w.Put(r[2], pdf.Dict{"Type": pdf.Name("Pages"), "Kids": pdf.Array{r[3]}, "Count": int64(1)})
	w.Put(r[3], pdf.Dict{"Type": pdf.Name("Page"), "Parent": r[2], "MediaBox": rect(0, 0, 300, 100), "Contents": r[4], "Annots": pdf.Array{r[5], r[6]}})
	w.Put(r[4], stream("BT ET"))
	for i, name := range []string{"First", "Second"} {
		d := pdf.Dict{"Type": pdf.Name("Annot"), "Subtype": pdf.Name("Widget"), "FT": pdf.Name("Sig"), "T": pdf.String(name), "P": r[3], "F": int64(132), "Rect": rect(int64(10+100*i), 10, int64(60+100*i), 40)}
		if lock != nil && i == 0 {
			d["Lock"] = lock
		}
		w.Put(r[5+i], d)
	}
	w.Put(r[20], pdf.String("Second"))
	w.Put(r[21], pdf.Name("All"))
	w.Put(r[22], int64(1))
	id := pdf.String("0123456789abcdef")
	out, err := w.Finish(pdf.Dict{"Root": r[1], "ID": pdf.Array{id, id}})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
