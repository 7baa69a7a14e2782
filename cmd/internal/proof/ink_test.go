package proof_test

import (
	"fmt"
	"strings"
	"testing"

	"moqian/cmd/internal/proof"
	object "moqian/sign/pdf"
)

// drawn is a page of another program with this content.
func drawn(t *testing.T, content string) *object.File {
	t.Helper()
	w := object.NewWriter("1.4")
	root, pages, page, body := w.Alloc(), w.Alloc(), w.Alloc(), w.Alloc()
	w.Put(root, object.Dict{"Type": object.Name("Catalog"), "Pages": pages})
	w.Put(pages, object.Dict{"Type": object.Name("Pages"), "Kids": object.Array{page}, "Count": int64(1)})
	w.Put(page, object.Dict{"Type": object.Name("Page"), "Parent": pages, "Contents": body})
	w.Put(body, &object.Stream{Dict: object.Dict{}, Raw: []byte(content)})
	b, err := w.Finish(object.Dict{"Root": root})
	if err != nil {
		t.Fatal(err)
	}
	f, err := object.Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// A foreign page's drawings must not cost hours: what is too large for
// handwriting is passed over, and the number of inks is bounded.
func TestInksOfForeignPages(t *testing.T) {
	stroke := "0 0 m " + strings.Repeat("1 1 2 2 3 3 c ", 20) + "h f "
	var places, sizes strings.Builder
	for i := range 100 {
		fmt.Fprintf(&places, "q 1 0 0 1 %d 0 cm %sQ ", i, stroke)
		fmt.Fprintf(&sizes, "q %d 0 0 1 0 0 cm %sQ ", i+1, stroke)
	}
	long := "0 0 m " + strings.Repeat("1 1 2 2 3 3 c ", 50_001) + "h f"
	for name, c := range map[string]struct {
		content string
		inks    int
	}{
		"a stroke": {stroke, 1}, "a dot": {"0 0 m 1 1 2 2 3 3 c h f", 1}, "a rule is none": {"0 0 m 9 9 l h f", 0}, "two places are one ink": {stroke + "1 0 0 1 5 5 cm " + stroke, 1}, "two sizes are two": {stroke + "2 0 0 2 5 5 cm " + stroke, 2},
		"many strokes": {strings.Repeat(stroke, 1000), 1}, "a drawing": {strings.Repeat("0 0 m 1 1 2 2 3 3 c h f ", 1001), 0},
		"a chart": {long, 0}, "many places": {places.String(), 1}, "many sizes": {sizes.String(), 64}, "ink behind a chart": {long + " q 1 0 0 1 5 5 cm " + stroke + "Q", 1},
	} {
		if got, err := proof.Inks(drawn(t, c.content)); err != nil || len(got) != c.inks {
			t.Errorf("%s: %d inks, want %d; %v", name, len(got), c.inks, err)
		}
	}
}
