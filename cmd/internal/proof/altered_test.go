package proof_test

import (
	"context"
	"strings"
	"testing"

	"moqian/cmd/internal/proof"
	"moqian/sign"
	"moqian/sign/pdf"
)

// rewritten is a signed voucher whose metadata somebody without a key writes
// again in an update that looks like this program's.
func rewritten(t *testing.T, good []byte, change func(xmp string) string) []byte {
	t.Helper()
	f, err := pdf.Parse(good)
	if err != nil {
		t.Fatal(err)
	}
	w := pdf.NewUpdate(f)
	root := f.Trailer()["Root"].(pdf.Ref)
	old, err := f.Dict(root)
	if err != nil {
		t.Fatal(err)
	}
	o, err := f.Resolve(old["Metadata"])
	if err != nil {
		t.Fatal(err)
	}
	meta := o.(*pdf.Stream)
	raw, err := meta.Decode()
	if err != nil {
		t.Fatal(err)
	}
	xmp := change(string(raw))
	if xmp == string(raw) {
		t.Fatal("nothing is changed")
	}
	catalog := pdf.Dict{}
	for k, v := range old {
		catalog[k] = v
	}
	store := w.Alloc()
	w.Put(store, pdf.Dict{"Type": pdf.Name("DSS")})
	catalog["DSS"] = store
	w.Put(root, catalog)
	w.Put(old["Metadata"].(pdf.Ref), &pdf.Stream{Dict: pdf.Dict{"Type": pdf.Name("Metadata"), "Subtype": pdf.Name("XML")}, Raw: []byte(xmp)})
	out, err := w.FinishSealed(f.Trailer())
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestDataOfLaterRevision: what the voucher says of itself is read from what was
// signed, however the metadata are changed later; and such a file is refused.
func TestDataOfLaterRevision(t *testing.T) {
	b := newBench(t)
	good := b.signed(t, voucher{code: "2101", serial: 3})
	want := proof.Examine(context.Background(), good, b.options())
	if want.Verdict != sign.Valid || want.Voucher == nil {
		t.Fatalf("%s %v", want.Verdict, want.Problems)
	}
	const end = "</rdf:Seq></mq:Data></rdf:Description>"
	entry := func(xmp, name string) string {
		from := strings.Index(xmp, "<rdf:li>"+name+"=")
		if from < 0 {
			t.Fatalf("no %s in\n%s", name, xmp)
		}
		return xmp[from : from+strings.Index(xmp[from:], "</rdf:li>")+len("</rdf:li>")]
	}
	hide := func(name string) func(string) string {
		return func(xmp string) string {
			e := entry(xmp, name)
			return strings.Replace(strings.Replace(xmp, e, "", 1), end, "</rdf:Seq><rdf:Description><rdf:Seq>"+e+"</rdf:Seq></rdf:Description></mq:Data></rdf:Description>", 1)
		}
	}
	for name, change := range map[string]func(string) string{
		"teller hidden": hide("Teller"),
		"test hidden":   hide("Trial"),
		"all hidden":    func(s string) string { return strings.Replace(s, "<mq:Data>", "<mq:Date>", 1) },
		"another teller": func(s string) string {
			return strings.Replace(s, entry(s, "Teller"), "<rdf:li>Teller=evil</rdf:li>", 1)
		},
		"entries merged": func(s string) string {
			return strings.Replace(s, entry(s, "Teller"), strings.Replace(entry(s, "Teller"), "</rdf:li>", "<!-- -->", 1)+"more</rdf:li>", 1)
		},
		"not XML": func(string) string { return "<a" },
	} {
		t.Run(name, func(t *testing.T) {
			f := proof.Examine(context.Background(), rewritten(t, good, change), b.options())
			if f.Verdict != sign.Invalid || !strings.Contains(codes(f), "later-changes") {
				t.Errorf("%s %v", f.Verdict, f.Problems)
			}
			if f.Voucher == nil || *f.Voucher != *want.Voucher {
				t.Errorf("%+v, want %+v", f.Voucher, want.Voucher)
			}
			if f.Mark.Binding.State != want.Mark.Binding.State || len(f.Pad.Signers) != len(want.Pad.Signers) {
				t.Errorf("%+v %+v", f.Mark, f.Pad)
			}
		})
	}
}
