package sign_test

import (
	"context"
	"testing"

	"moqian/sign"
	"moqian/sign/pdf"
)

// approved is a file of one approval: nobody certified, so another may sign in a
// field of his own. Its text stands from (10, 50) on, 20 pt high.
func approved(t *testing.T, b bench) []byte {
	t.Helper()
	f := field()
	f.Certify, f.Name = 0, "First"
	out, err := sign.Sign(context.Background(), page(t, "128000.50"), f, b.key, 0)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestCoveredText: a second signatory may sign on blank paper, and over text only
// with a look that shows nothing, or in a field that the first one saw.
func TestCoveredText(t *testing.T) {
	b := newBench(t)
	white := "1 g 0 0 300 100 re f"
	box := func(x0, y0, x1, y1 float64) [4]float64 { return [4]float64{x0, y0, x1, y1} }
	hidden := pdf.Dict{"F": int64(4 | 2)}
	for _, tt := range []struct {
		name string
		rect [4]float64
		look string
		more pdf.Dict
		want sign.Verdict
	}{
		{"below the text", box(10, 5, 120, 48), white, nil, sign.Valid},
		{"above the text", box(10, 66, 120, 90), white, nil, sign.Valid},
		{"right of the text", box(130, 40, 290, 90), white, nil, sign.Valid},
		{"touching its foot", box(10, 5, 120, 52), white, nil, sign.Valid},
		{"over the text", box(5, 45, 150, 75), white, nil, sign.Untrusted},
		{"over one letter", box(21, 45, 30, 75), white, nil, sign.Untrusted},
		{"corners the other way round", box(150, 75, 5, 45), white, nil, sign.Untrusted},
		{"over the text, empty look", box(5, 45, 150, 75), "  ", nil, sign.Valid},
		{"over the text, empty look and background", box(5, 45, 150, 75), "", pdf.Dict{"MK": pdf.Dict{"BG": pdf.Array{int64(1)}}}, sign.Untrusted},
		{"over the text, hidden", box(5, 45, 150, 75), white, hidden, sign.Valid},
		{"over the text, on paper alone", box(5, 45, 150, 75), white, pdf.Dict{"F": int64(4 | 32)}, sign.Untrusted},
		{"of no size", box(10, 50, 10, 50), white, nil, sign.Valid},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out, err := sign.SignOver(approved(t, b), sign.Field{Name: "Second", Rect: tt.rect, Time: now}, b.key, tt.look, tt.more)
			if err != nil {
				t.Fatal(err)
			}
			r := sign.Verify(out, b.options())
			if r.Verdict != tt.want || tt.want == sign.Valid && len(r.Problems) > 0 {
				t.Errorf("%s %v", r.Verdict, r.Problems)
			}
			if tt.want != sign.Valid {
				expect(t, r, sign.Untrusted, "covers-text")
				if r.Law.ContentIntact != sign.NotProvable || r.Law.SignatureIntact != sign.Proven {
					t.Errorf("%+v", r.Law)
				}
			}
		})
	}
}

// TestPreparedOverText: a field that stood over text when the first one signed is
// nobody's trick.
func TestPreparedOverText(t *testing.T) {
	b := newBench(t)
	f := field()
	f.Certify = 2
	f.Prepare = []sign.Field{{Name: "Supervisor", Rect: [4]float64{5, 45, 150, 75}}}
	out, err := sign.Sign(context.Background(), page(t, "128000.50"), f, b.key, 0)
	if err != nil {
		t.Fatal(err)
	}
	out, err = sign.CoSign(out, sign.Field{Name: "Supervisor", Time: now}, b.key, func(_ *pdf.File, w *pdf.Writer, field, _ pdf.Dict) {
		look := w.Alloc()
		w.Put(look, &pdf.Stream{Dict: pdf.Dict{"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Form"), "BBox": rect(0, 0, 300, 100)}, Raw: []byte("0 0 9 9 re f")})
		field["AP"] = pdf.Dict{"N": look}
	})
	if err != nil {
		t.Fatal(err)
	}
	if r := sign.Verify(out, b.options()); r.Verdict != sign.Valid || len(r.Problems) > 0 {
		t.Errorf("%s %v", r.Verdict, r.Problems)
	}
}
