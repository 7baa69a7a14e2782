package sign_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"moqian/sign"
	"moqian/sign/pdf"
)

// heavy is a file of one approval whose pages share a content of more letters than
// anybody looks through, all of them at the page's lower left corner.
func heavy(t *testing.T, b bench, pages int) []byte {
	t.Helper()
	w := pdf.NewWriter("1.4")
	root, tree, content := w.Alloc(), w.Alloc(), w.Alloc()
	var kids pdf.Array
	for range pages {
		p := w.Alloc()
		kids = append(kids, p)
		w.Put(p, pdf.Dict{"Type": pdf.Name("Page"), "Parent": tree, "MediaBox": rect(0, 0, 300, 100), "Contents": content})
	}
	w.Put(root, pdf.Dict{"Type": pdf.Name("Catalog"), "Pages": tree})
	w.Put(tree, pdf.Dict{"Type": pdf.Name("Pages"), "Kids": kids, "Count": int64(pages)})
	s, err := pdf.Deflate(pdf.Dict{}, []byte("BT /F 1 Tf "+strings.Repeat("(aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa) Tj 1 0 0 1 0 0 Tm ", 60_000)+" ET"))
	if err != nil {
		t.Fatal(err)
	}
	w.Put(content, s)
	id := pdf.String("0123456789abcdef")
	out, err := w.Finish(pdf.Dict{"Root": root, "ID": pdf.Array{id, id}})
	if err != nil {
		t.Fatal(err)
	}
	f := field()
	f.Certify, f.Name = 0, "First"
	if out, err = sign.Sign(context.Background(), out, f, b.key, 0); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestHeavyPage: of a page with too many letters as many are looked at as the work
// allows, and fields beside them stay valid; of further pages nobody can tell.
func TestHeavyPage(t *testing.T) {
	b := newBench(t)
	file := heavy(t, b, 2)
	for i, tt := range []struct {
		page int
		want sign.Verdict
	}{{0, sign.Valid}, {0, sign.Valid}, {1, sign.Untrusted}} {
		var err error
		file, err = sign.SignOver(file, sign.Field{Name: fmt.Sprint("Field", i), Page: tt.page, Rect: [4]float64{5, 45, 150, 75}, Time: now}, b.key, "0 0 9 9 re f", nil)
		if err != nil {
			t.Fatal(err)
		}
		if r := sign.Verify(file, b.options()); r.Verdict != tt.want {
			t.Errorf("field %d: %s %v", i, r.Verdict, r.Problems)
		}
	}
}
