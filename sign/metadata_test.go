package sign_test

import (
	"strings"
	"testing"
	"time"

	"moqian/sign"
	"moqian/sign/pdf"
)

// TestMetadata: what may become of the XMP behind a signature: nothing where the
// certification says P=1, else only what tells of the change. Each row is an
// update that also adds an empty DSS.
func TestMetadata(t *testing.T) {
	b := newBench(t)
	put := func(s *pdf.Stream) func(*pdf.Writer, pdf.Dict) {
		return func(w *pdf.Writer, _ pdf.Dict) { w.Put(pdf.Ref{Num: 6}, s) }
	}
	raw := func(old, now string) *pdf.Stream {
		s := packet("2026", "one")
		if !strings.Contains(string(s.Raw), old) {
			t.Fatal(old)
		}
		s.Raw = []byte(strings.Replace(string(s.Raw), old, now, 1))
		return s
	}
	typed := packet("2026", "one")
	typed.Dict = pdf.Dict{"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Form"), "BBox": rect(0, 0, 9, 9)}
	dressed := packet("2026", "one")
	dressed.Dict["Resources"] = pdf.Dict{}
	bomb, err := pdf.Deflate(pdf.Dict{"Type": pdf.Name("Metadata"), "Subtype": pdf.Name("XML")}, []byte("<a>"+strings.Repeat("<b/>", 8<<20)+"</a>"))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		change func(w *pdf.Writer, catalog pdf.Dict)
		// first, other: allowed after P=1, after anything else.
		first, other bool
	}{
		{"as they were", put(packet("2026", "one")), true, true},
		{"a new date", put(packet("2027-03-18T14:05:32+08:00", "one")), false, true},
		{"a date that says more", put(packet("pay 999999.99", "one")), false, false},
		{"another value", put(packet("2026", "two")), false, false},
		{"one value more", put(raw("</rdf:Description>", "<mq:Number>2</mq:Number></rdf:Description>")), false, false},
		{"a value less", put(raw("<mq:Number>one</mq:Number>", "")), false, false},
		{"a value hidden in a description", put(raw("<mq:Number>one</mq:Number>", "<rdf:Description><mq:Number>one</mq:Number></rdf:Description>")), false, false},
		{"a value hidden in another's description", put(raw("<mq:Number>one</mq:Number>", `<q:Description xmlns:q="u"><mq:Number>one</mq:Number></q:Description>`)), false, false},
		{"another namespace", put(raw(`xmlns:mq="urn:mq"`, `xmlns:mq="urn:other"`)), false, false},
		{"text in a foreign description", put(raw("</rdf:RDF>", `<z:Description xmlns:z="u">pay 9999</z:Description></rdf:RDF>`)), false, false},
		{"another type", put(typed), false, false},
		{"another use", put(dressed), false, false},
		{"of many elements", put(bomb), false, false},
		{"removed", func(_ *pdf.Writer, c pdf.Dict) { delete(c, "Metadata") }, false, false},
		{"not there", func(_ *pdf.Writer, c pdf.Dict) { c["Metadata"] = pdf.Ref{Num: 99} }, false, false},
		{"no object", func(_ *pdf.Writer, c pdf.Dict) { c["Metadata"] = pdf.Name("None") }, false, false},
	}
	for level := range 4 {
		good := told(t, b, level)
		for _, tt := range tests {
			f, w := opened(t, good)
			root := f.Trailer()["Root"].(pdf.Ref)
			catalog := dictOf(t, f, root)
			tt.change(w, catalog)
			store := w.Alloc()
			w.Put(store, pdf.Dict{"Type": pdf.Name("DSS")})
			catalog["DSS"] = store
			w.Put(root, catalog)
			out, err := w.FinishSealed(f.Trailer())
			if err != nil {
				t.Fatal(err)
			}
			r := sign.Verify(out, b.options())
			if ok := tt.other && level != 1 || tt.first && level == 1; ok != (r.Verdict == sign.Valid) {
				t.Errorf("P%d, %s: %s %v", level, tt.name, r.Verdict, r.Problems)
			} else if !ok {
				expect(t, r, sign.Invalid, "later-changes")
			}
		}
	}
}

// TestManyPackets: comparing the metadata of many revisions costs no more than
// that of a few.
func TestManyPackets(t *testing.T) {
	b := newBench(t)
	file := told(t, b, 2)
	long := "<mq:Long>" + strings.Repeat("x", 1<<20) + "</mq:Long></rdf:Description>"
	for i := range 20 {
		f, w := opened(t, file)
		s := packet("2026", "one")
		s, err := pdf.Deflate(s.Dict, []byte(strings.Replace(string(s.Raw), "</rdf:Description>", long, 1)+strings.Repeat(" ", i)))
		if err != nil {
			t.Fatal(err)
		}
		w.Put(pdf.Ref{Num: 6}, s)
		file = closed(t, w, f.Trailer())
	}
	r := sign.Verify(file, sign.Options{Roots: b.roots, At: now.Add(time.Minute)})
	expect(t, r, sign.Invalid, "later-changes")
	for _, p := range r.Problems {
		if strings.Contains(p.Text, "too large") {
			return
		}
	}
	t.Error(r.Problems)
}

// TestAugmentNeedsNoMetadata: this program's own updates of a certified file
// touch no metadata.
func TestAugmentNeedsNoMetadata(t *testing.T) {
	h := newHall(t)
	file := h.augment(t, told(t, h.bench, 1), sign.LevelLTA)
	r := sign.Verify(file, h.options())
	if r.Verdict != sign.Valid || r.Signatures[0].Level != "B-LTA" {
		t.Errorf("%+v", r)
	}
}
