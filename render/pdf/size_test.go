package pdf

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"moqian/render"
	"moqian/sign/pdf"
)

// parts are the bytes of a file by what they are for; objects count with their
// own dictionaries.
func parts(t testing.TB, file []byte) map[string]int {
	t.Helper()
	f := parsed(t, file)
	out := map[string]int{"rest": len(file)}
	count := func(o pdf.Object, what string) {
		if r, ok := o.(pdf.Ref); ok {
			if o, err := f.Resolve(r); err == nil {
				n := len(pdf.Format(o)) + len("99 0 obj\n\nendobj\n")
				out[what] += n
				out["rest"] -= n
			}
		}
	}
	resolve := func(o pdf.Object) pdf.Dict {
		d, err := f.Dict(o)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	pages, err := f.Pages()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pages {
		count(resolve(p)["Contents"], "content")
	}
	res := resolve(resolve(pages[0])["Resources"])
	for name, font := range resolve(res["Font"]) {
		top := resolve(font)
		under := resolve(top["DescendantFonts"].(pdf.Array)[0])
		count(resolve(under["FontDescriptor"])["FontFile2"], fmt.Sprintf("font %s, outlines", name))
		for _, o := range []pdf.Object{font, top["DescendantFonts"].(pdf.Array)[0], top["ToUnicode"], under["FontDescriptor"],
			resolve(under["FontDescriptor"])["CIDSet"]} {
			count(o, "fonts, the rest")
		}
	}
	for _, form := range resolve(res["XObject"]) {
		count(form, "ink")
	}
	catalog := resolve(f.Trailer()["Root"])
	count(catalog["Metadata"], "metadata")
	count(catalog["OutputIntents"].(pdf.Array)[0].(pdf.Dict)["DestOutputProfile"], "colour profile")
	return out
}

// A voucher stays small: what it weighs before ink and signature, part by part.
// With 6 to 12 kB of marked ink and 5 to 12 kB of signature and its room, one
// page with one signer stays near 60 kB.
func TestVouchersStaySmall(t *testing.T) {
	for code, most := range map[string]int{"2101": 36500, "2102": 36500, "2103": 38000, "3101": 36500, "1101": 86000} {
		s, _ := sheet(t, fonts(t), code, nil)
		file, err := Write(s.Pages, []render.Ink{{Area: s.Boxes[0], Outlines: scribble()}}, fonts(t), doc())
		if err != nil {
			t.Fatal(err)
		}
		all := parts(t, file)
		var table strings.Builder
		for _, what := range slices.SortedFunc(maps.Keys(all), func(a, b string) int { return all[b] - all[a] }) {
			fmt.Fprintf(&table, "\n%7d %s", all[what], what)
		}
		t.Logf("%s: %d bytes%s", code, len(file), table.String())
		if len(file) > most {
			t.Errorf("%s: %d bytes, %d are allowed", code, len(file), most)
		}
	}
}
