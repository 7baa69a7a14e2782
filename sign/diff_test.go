package sign_test

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"moqian/sign"
	"moqian/sign/pdf"
)

// told is a signed file with information dictionary (7) and metadata (6), as
// other programs write them, certified as P.
func told(t *testing.T, b bench, certify int) []byte {
	t.Helper()
	w := pdf.NewWriter("1.7")
	var r [8]pdf.Ref
	for i := 1; i < len(r); i++ {
		r[i] = w.Alloc()
	}
	w.Put(r[1], pdf.Dict{"Type": pdf.Name("Catalog"), "Pages": r[2], "Metadata": r[6]})
	w.Put(r[2], pdf.Dict{"Type": pdf.Name("Pages"), "Kids": pdf.Array{r[3]}, "Count": int64(1)})
	w.Put(r[3], pdf.Dict{"Type": pdf.Name("Page"), "Parent": r[2], "MediaBox": rect(0, 0, 300, 100), "Contents": r[4], "Annots": r[5]})
	w.Put(r[4], stream("0 0 9 9 re f"))
	w.Put(r[5], pdf.Array{})
	w.Put(r[6], packet("2026", "one"))
	w.Put(r[7], pdf.Dict{"Title": pdf.String("t"), "ModDate": pdf.String("D:2026")})
	id := pdf.String("0123456789abcdef")
	out, err := w.Finish(pdf.Dict{"Root": r[1], "Info": r[7], "ID": pdf.Array{id, id}})
	if err != nil {
		t.Fatal(err)
	}
	f := field()
	f.Certify = certify
	if out, err = sign.Sign(context.Background(), out, f, b.key, 0); err != nil {
		t.Fatal(err)
	}
	return out
}

func packet(date, title string) *pdf.Stream {
	return &pdf.Stream{Dict: pdf.Dict{"Type": pdf.Name("Metadata"), "Subtype": pdf.Name("XML")}, Raw: []byte(
		`<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:mq="urn:mq">` +
			`<xmp:ModifyDate>` + date + `</xmp:ModifyDate><mq:Number>` + title + `</mq:Number></rdf:Description></rdf:RDF></x:xmpmeta>`)}
}

// otherUpdate is what a program may write beside validation data.
type otherUpdate struct {
	name   string
	change func(f *pdf.File, w *pdf.Writer, catalog, trailer pdf.Dict)
	ok     bool
}

// toldUpdates change what the file tells of itself.
func toldUpdates() []otherUpdate {
	return []otherUpdate{
		{"validation data alone", func(*pdf.File, *pdf.Writer, pdf.Dict, pdf.Dict) {}, true},
		{"date of the change", func(_ *pdf.File, w *pdf.Writer, _, _ pdf.Dict) {
			w.Put(pdf.Ref{Num: 7}, pdf.Dict{"Title": pdf.String("t"), "ModDate": pdf.String("D:2027"), "Producer": pdf.String("x")})
		}, true},
		{"long name of a program", func(_ *pdf.File, w *pdf.Writer, _, _ pdf.Dict) {
			w.Put(pdf.Ref{Num: 7}, pdf.Dict{"Title": pdf.String("t"), "ModDate": pdf.String("D:2026"), "Producer": pdf.String(strings.Repeat("x", 300))})
		}, false},
		{"program that is a dictionary", func(_ *pdf.File, w *pdf.Writer, _, _ pdf.Dict) {
			w.Put(pdf.Ref{Num: 7}, pdf.Dict{"Title": pdf.String("t"), "ModDate": pdf.String("D:2026"), "Producer": pdf.Dict{}})
		}, false},
		{"another title", func(_ *pdf.File, w *pdf.Writer, _, _ pdf.Dict) {
			w.Put(pdf.Ref{Num: 7}, pdf.Dict{"Title": pdf.String("other"), "ModDate": pdf.String("D:2026")})
		}, false},
		{"metadata with a new date", func(_ *pdf.File, w *pdf.Writer, _, _ pdf.Dict) { w.Put(pdf.Ref{Num: 6}, packet("2027", "one")) }, true},
		{"metadata in a new object", func(_ *pdf.File, w *pdf.Writer, c, _ pdf.Dict) {
			r := w.Alloc()
			w.Put(r, packet("2027", "one"))
			c["Metadata"] = r
		}, true},
		{"metadata that say something else", func(_ *pdf.File, w *pdf.Writer, _, _ pdf.Dict) { w.Put(pdf.Ref{Num: 6}, packet("2026", "two")) }, false},
		{"metadata removed", func(_ *pdf.File, _ *pdf.Writer, c, _ pdf.Dict) { delete(c, "Metadata") }, false},
		{"metadata taken from content", func(_ *pdf.File, _ *pdf.Writer, c, _ pdf.Dict) { c["Metadata"] = pdf.Ref{Num: 4} }, false},
	}
}

// otherUpdates change anything else.
func otherUpdates() []otherUpdate {
	return []otherUpdate{
		{"developer's extension", func(_ *pdf.File, _ *pdf.Writer, c, _ pdf.Dict) {
			c["Extensions"] = pdf.Dict{"ESIC": pdf.Dict{"BaseVersion": pdf.Name("1.7"), "ExtensionLevel": int64(1)}}
		}, true},
		{"extension that holds more", func(_ *pdf.File, _ *pdf.Writer, c, _ pdf.Dict) {
			c["Extensions"] = pdf.Dict{"X": pdf.Dict{"JS": pdf.String("1")}}
		}, false},
		{"version", func(_ *pdf.File, _ *pdf.Writer, c, _ pdf.Dict) { c["Version"] = pdf.Name("2.0") }, true},
		{"version that is none", func(_ *pdf.File, _ *pdf.Writer, c, _ pdf.Dict) { c["Version"] = pdf.Dict{} }, false},
		{"an object that nothing names", func(_ *pdf.File, w *pdf.Writer, _, _ pdf.Dict) {
			w.Put(w.Alloc(), pdf.Dict{"Producer": pdf.String("")})
		}, true},
		{"content as it was", func(_ *pdf.File, w *pdf.Writer, _, _ pdf.Dict) { w.Put(pdf.Ref{Num: 4}, stream("0 0 9 9 re f")) }, true},
		{"content with a space", func(_ *pdf.File, w *pdf.Writer, _, _ pdf.Dict) { w.Put(pdf.Ref{Num: 4}, stream("0 0 9 9 re f ")) }, false},
		{"list of annotations", func(_ *pdf.File, w *pdf.Writer, _, _ pdf.Dict) { w.Put(pdf.Ref{Num: 5}, pdf.Array{pdf.Ref{Num: 4}}) }, false},
		{"open action", func(_ *pdf.File, _ *pdf.Writer, c, _ pdf.Dict) { c["OpenAction"] = pdf.Array{} }, false},
		{"names", func(_ *pdf.File, _ *pdf.Writer, c, _ pdf.Dict) { c["Names"] = pdf.Dict{} }, false},
		{"form removed", func(_ *pdf.File, _ *pdf.Writer, c, _ pdf.Dict) { delete(c, "AcroForm") }, false},
		{"certification removed", func(_ *pdf.File, _ *pdf.Writer, c, _ pdf.Dict) { delete(c, "Perms") }, false},
		{"NeedAppearances", func(f *pdf.File, _ *pdf.Writer, c, _ pdf.Dict) {
			form := pdf.Dict{"NeedAppearances": true}
			for k, v := range c["AcroForm"].(pdf.Dict) {
				form[k] = v
			}
			c["AcroForm"] = form
		}, false},
		{"other information", func(_ *pdf.File, _ *pdf.Writer, _, tr pdf.Dict) { tr["Info"] = pdf.Ref{Num: 4} }, false},
		{"other identifier", func(_ *pdf.File, _ *pdf.Writer, _, tr pdf.Dict) {
			tr["ID"] = pdf.Array{pdf.String("another identifi"), pdf.String("0123456789abcdef")}
		}, false},
		{"encryption", func(_ *pdf.File, _ *pdf.Writer, _, tr pdf.Dict) {
			tr["Encrypt"] = pdf.Dict{"Filter": pdf.Name("Standard")}
		}, false},
	}
}

// TestUpdates: what programs write beside validation data is allowed where it
// shows nothing, and forbidden where it says something else. Each row is an
// update that also adds an empty DSS.
func TestUpdates(t *testing.T) {
	b := newBench(t)
	good := told(t, b, 2)
	for _, tt := range append(toldUpdates(), otherUpdates()...) {
		t.Run(tt.name, func(t *testing.T) {
			f, w := opened(t, good)
			trailer := pdf.Dict{}
			for k, v := range f.Trailer() {
				trailer[k] = v
			}
			catalog := dictOf(t, f, trailer["Root"])
			tt.change(f, w, catalog, trailer)
			dss := w.Alloc()
			w.Put(dss, pdf.Dict{"Type": pdf.Name("DSS")})
			catalog["DSS"] = dss
			w.Put(trailer["Root"].(pdf.Ref), catalog)
			sealed, err := w.FinishSealed(trailer)
			if err != nil {
				t.Fatal(err)
			}
			r := sign.Verify(sealed, b.options())
			if got := r.Verdict == sign.Valid; got != tt.ok {
				t.Errorf("%s %v", r.Verdict, r.Problems)
			}
			if tt.ok && r.Signatures[0].LaterChanges != "allowed" {
				t.Errorf("%+v", r.Signatures[0])
			}
		})
	}
}

// TestSize: objects from the trailer's /Size on are missing to some readers.
func TestSize(t *testing.T) {
	h := newHall(t)
	good := withStore(t, h, func(w *pdf.Writer, d pdf.Dict) {
		r := w.Alloc()
		w.Put(r, &pdf.Stream{Dict: pdf.Dict{}, Raw: h.ca.Root.Raw})
		d["Certs"] = pdf.Array{r}
	})
	at := bytes.LastIndex(good, []byte("/Size ")) + len("/Size ")
	end := at + bytes.IndexByte(good[at:], '>')
	size, err := strconv.Atoi(string(good[at:end]))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		size int
		ok   bool
	}{{size, true}, {size - 1, true}, {size + 9, true}, {size - 3, false}, {4, false}, {0, false}, {8_000_000, false}} {
		bad := append(append(bytes.Clone(good[:at]), fmt.Sprint(tt.size)...), good[end:]...)
		r := sign.Verify(bad, h.options())
		if forbidden := r.Signatures[0].LaterChanges == "forbidden"; forbidden == tt.ok {
			t.Errorf("/Size %d where %d belongs: %s %v", tt.size, size, r.Verdict, r.Problems)
		}
	}
}
