package sign_test

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"moqian/sign"
	"moqian/sign/pdf"
)

// moreForgeries: USF in the other ways of the paper, each of the same length, so
// that nothing but the signature's parts is wrong.
func moreForgeries() []attack {
	const byteRange, subFilter = `/ByteRange \[[^]]*\]`, `/SubFilter /ETSI\.CAdES\.detached`
	return []attack{
		{"USF", "ByteRange of zeros", "P1", sameLength(byteRange, "/ByteRange [0 0 0 0]"), false},
		{"USF", "ByteRange of reals", "P1", edit(`/ByteRange \[0 `, "/ByteRange [.0 "), false},
		{"USF", "ByteRange of names", "P1", sameLength(byteRange, "/ByteRange [/A /B /C /D]"), false},
		{"USF", "ByteRange of references", "P1", sameLength(byteRange, "/ByteRange [1 0 R 2 0 R 3 0 R 4 0 R]"), false},
		{"USF", "ByteRange is a number", "P1", sameLength(byteRange, "/ByteRange 0"), false},
		{"USF", "ByteRange beyond the file", "P1", sameLength(byteRange, "/ByteRange [0 999999 1999999 9]"), false},
		{"USF", "ByteRange that overflows", "P1", sameLength(byteRange, "/ByteRange [0 99999999999999999999 1 1]"), false},
		{"USF", "ByteRange of six numbers", "P1", edit(`(/ByteRange \[\d+ \d+ \d+ \d+)        `, "$1 0 0    "), false},
		{"USF", "ByteRange twice", "P1", edit(`(/ByteRange \[\d+ \d+ \d+ \d+ *)\]/Contents`, "$1]/ByteRange [0 1 2 3]/Contents"), false},
		{"USF", "no SubFilter", "P1", sameLength(subFilter, "/SubFilteX /X"), false},
		{"USF", "null SubFilter", "P1", sameLength(subFilter, "/SubFilter null"), false},
		{"USF", "SubFilter of SHA-1", "P1", sameLength(subFilter, "/SubFilter /adbe.pkcs7.sha1"), false},
		{"USF", "SubFilter of bare RSA", "P1", sameLength(subFilter, "/SubFilter /adbe.x509.rsa_sha1"), false},
		{"USF", "document time stamp by name", "P1", sameLength(subFilter, "/SubFilter /ETSI.RFC3161"), false},
		{"USF", "Contents is a literal", "P1", edit(`/Contents <([0-9A-F]*)>`, "/Contents ($1)"), false},
		{"USF", "Contents with spaces", "P1", edit(`/Contents <(..)..`, "/Contents <$1 \n"), false},
		{"USF", "Contents of one digit", "P1", sameLength(`/Contents <[0-9A-F]*>`, "/Contents <3>"), false},
		{"USF", "field without a value", "P1", edit(`/V (\d+) 0 R`, "/X $1 0 R"), false},
		{"USF", "field of another kind", "P1", edit(`/FT /Sig/`, "/FT /Btn/"), false},
		{"USF", "value leads nowhere", "P1", edit(`/V (\d+) 0 R`, "/V 99 0 R"), false},
		{"bytes", "NUL at the end", "P1", func(_ *testing.T, _ bench, good []byte) []byte { return append(good, 0) }, true},
		{"bytes", "comment at the end", "P1", func(_ *testing.T, _ bench, good []byte) []byte { return append(good, "%\n"...) }, true},
		{"bytes", "second end", "P1", func(_ *testing.T, _ bench, good []byte) []byte { return append(good, "%%EOF\n"...) }, true},
		{"bytes", "signed twice over", "P1", func(_ *testing.T, _ bench, good []byte) []byte { return append(good, good...) }, true},
		{"bytes", "line ends of Windows", "P1", func(_ *testing.T, _ bench, good []byte) []byte {
			return bytes.ReplaceAll(good, []byte("\nendobj\n"), []byte("\r\nendobj\r\n"))
		}, false},
	}
}

// ended appends raw bytes with a section that is written by hand; at is where
// the bytes begin.
func ended(make func(at, prev int) string) func(*testing.T, bench, []byte) []byte {
	return func(_ *testing.T, _ bench, good []byte) []byte {
		m := regexp.MustCompile(`startxref\n(\d+)\n%%EOF\n$`).FindSubmatch(good)
		return append(good, make(len(good), atoi(m[1]))...)
	}
}

// moreSavings: ISA with sections that readers repair.
func moreSavings() []attack {
	const evil = "4 0 obj\n<</Length 40>>\nstream\nBT /F 20 Tf 10 50 Td (999999.99) Tj ET    \nendstream\nendobj\n"
	row := func(at int) string { return fmt.Sprintf("%010d 00000 n \n", at) }
	return []attack{
		{"ISA", "body without a section", "approval", ended(func(int, int) string { return evil }), true},
		{"ISA", "body and the old startxref", "approval", ended(func(_, prev int) string { return evil + fmt.Sprintf("startxref\n%d\n%%%%EOF\n", prev) }), true},
		{"ISA", "body and a trailer alone", "approval", ended(func(at, prev int) string {
			return evil + fmt.Sprintf("trailer\n<</Root 1 0 R/Size 9/Prev %d>>\nstartxref\n%d\n%%%%EOF\n", prev, at+len(evil))
		}), true},
		{"ISA", "section with an offset of zero", "approval", ended(func(at, prev int) string {
			return evil + fmt.Sprintf("xref\n4 1\n0000000000 00000 n \ntrailer\n<</Root 1 0 R/Size 9/Prev %d>>\nstartxref\n%d\n%%%%EOF\n", prev, at+len(evil))
		}), true},
		{"ISA", "section with an offset off by one", "approval", ended(func(at, prev int) string {
			return evil + "xref\n4 1\n" + row(at+1) + fmt.Sprintf("trailer\n<</Root 1 0 R/Size 9/Prev %d>>\nstartxref\n%d\n%%%%EOF\n", prev, at+len(evil))
		}), true},
		{"ISA", "startxref off by one", "approval", ended(func(at, prev int) string {
			return evil + "xref\n4 1\n" + row(at) + fmt.Sprintf("trailer\n<</Root 1 0 R/Size 9/Prev %d>>\nstartxref\n%d\n%%%%EOF\n", prev, at+len(evil)+1)
		}), true},
		{"ISA", "section without a /Prev", "approval", ended(func(at, _ int) string {
			return evil + "xref\n4 1\n" + row(at) + fmt.Sprintf("trailer\n<</Root 1 0 R/Size 9>>\nstartxref\n%d\n%%%%EOF\n", at+len(evil))
		}), true},
		{"ISA", "/Prev that skips the signature", "approval", func(t *testing.T, b bench, good []byte) []byte {
			first := bytes.Index(good, []byte("xref\n"))
			return ended(func(at, _ int) string {
				return evil + "xref\n4 1\n" + row(at) + fmt.Sprintf("trailer\n<</Root 1 0 R/Size 9/Prev %d>>\nstartxref\n%d\n%%%%EOF\n", first, at+len(evil))
			})(t, b, good)
		}, false},
		{"ISA", "section twice", "approval", ended(func(at, prev int) string {
			table := "xref\n4 1\n" + row(at) + fmt.Sprintf("trailer\n<</Root 1 0 R/Size 9/Prev %d>>\n", prev)
			return evil + table + table + fmt.Sprintf("startxref\n%d\n%%%%EOF\n", at+len(evil))
		}), true},
		{"ISA", "other generation", "approval", ended(func(at, prev int) string {
			body := strings.Replace(evil, "4 0 obj", "4 1 obj", 1)
			return body + fmt.Sprintf("xref\n4 1\n%010d 00001 n \ntrailer\n<</Root 1 0 R/Size 9/Prev %d>>\nstartxref\n%d\n%%%%EOF\n", at, prev, at+len(body))
		}), true},
		{"ISA", "no %%EOF", "approval", ended(func(at, prev int) string {
			return evil + "xref\n4 1\n" + row(at) + fmt.Sprintf("trailer\n<</Root 1 0 R/Size 9/Prev %d>>\nstartxref\n%d\n", prev, at+len(evil))
		}), true},
		{"ISA", "content in two updates", "approval", func(t *testing.T, b bench, good []byte) []byte {
			first := update(func(t *testing.T, f *pdf.File, w *pdf.Writer) { w.Put(w.Alloc(), stream("BT ET")) })(t, b, good)
			return changed(3, "Contents", pdf.Ref{Num: 9})(t, b, first)
		}, true},
		{"ISA", "content and back again", "approval", func(t *testing.T, b bench, good []byte) []byte {
			f, err := pdf.Parse(good)
			if err != nil {
				t.Fatal(err)
			}
			was, err := f.Get(pdf.Ref{Num: 4})
			if err != nil {
				t.Fatal(err)
			}
			return replace(map[int]pdf.Object{4: was})(t, b, replace(map[int]pdf.Object{4: stream("BT ET")})(t, b, good))
		}, true},
		{"ISA", "signature field freed", "P1", func(t *testing.T, b bench, good []byte) []byte {
			f, err := pdf.Parse(good)
			if err != nil {
				t.Fatal(err)
			}
			r, _ := fieldNamed(t, f, "Teller")
			return tableOnly(fmt.Sprintf("%d 1\n0000000000 00001 f \n", r.Num))(t, b, good)
		}, true},
		{"ISA", "form emptied", "approval", func(t *testing.T, b bench, good []byte) []byte {
			return changed(1, "AcroForm", pdf.Dict{"Fields": pdf.Array{}})(t, b, good)
		}, true},
		{"ISA", "form removed", "approval", changed(1, "AcroForm", nil), true},
		{"ISA", "names with a script", "P2", changed(1, "Names", pdf.Dict{"JavaScript": pdf.Dict{"Names": pdf.Array{}}}), true},
		{"ISA", "language", "P2", changed(1, "Lang", pdf.String("en")), true},
		{"ISA", "page labels", "P3", changed(1, "PageLabels", pdf.Dict{"Nums": pdf.Array{}}), true},
		{"ISA", "attachment", "P3", changed(1, "AF", pdf.Array{}), true},
		{"ISA", "page made larger", "P2", changed(3, "MediaBox", rect(0, 0, 600, 600)), true},
		{"ISA", "page cropped", "P2", changed(3, "CropBox", rect(0, 0, 30, 30)), true},
		{"ISA", "page turned", "P2", changed(3, "Rotate", int64(180)), true},
		{"ISA", "page scaled", "P2", changed(3, "UserUnit", int64(2)), true},
		{"ISA", "page action", "P2", changed(3, "AA", pdf.Dict{"O": pdf.Dict{"S": pdf.Name("Launch")}}), true},
	}
}

// moreWrappings: SWA with ranges that are all but right.
func moreWrappings() []attack {
	re := regexp.MustCompile(`/ByteRange \[0 (\d+) (\d+) (\d+)( *)\]`)
	ranges := func(change func(n [4]int) [4]int) func(*testing.T, bench, []byte) []byte {
		return func(t *testing.T, _ bench, good []byte) []byte {
			return re.ReplaceAllFunc(good, func(m []byte) []byte {
				n := re.FindSubmatch(m)
				r := change([4]int{0, atoi(n[1]), atoi(n[2]), atoi(n[3])})
				s := fmt.Sprintf("/ByteRange [%d %d %d %d", r[0], r[1], r[2], r[3])
				return append([]byte(s), append(bytes.Repeat([]byte(" "), max(0, len(m)-len(s)-1)), ']')...)
			})
		}
	}
	return []attack{
		{"SWA", "gap wider to the left", "P1", ranges(func(n [4]int) [4]int { return [4]int{0, n[1] - 1, n[2], n[3]} }), false},
		{"SWA", "gap wider to the right", "P1", ranges(func(n [4]int) [4]int { return [4]int{0, n[1], n[2] + 1, n[3] - 1} }), false},
		{"SWA", "gap narrower", "P1", ranges(func(n [4]int) [4]int { return [4]int{0, n[1] + 1, n[2] - 1, n[3] + 1} }), false},
		{"SWA", "begin left out", "P1", ranges(func(n [4]int) [4]int { return [4]int{9, n[1] - 9, n[2], n[3]} }), false},
		{"SWA", "end left out", "P1", ranges(func(n [4]int) [4]int { return [4]int{0, n[1], n[2], n[3] - 7} }), false},
		{"SWA", "end too far", "P1", ranges(func(n [4]int) [4]int { return [4]int{0, n[1], n[2], n[3] + 1} }), false},
		{"SWA", "ranges swapped", "P1", ranges(func(n [4]int) [4]int { return [4]int{n[2], n[3], 0, n[1]} }), false},
		{"SWA", "ranges nested", "P1", ranges(func(n [4]int) [4]int { return [4]int{0, n[2] + n[3], n[2], n[3]} }), false},
		{"SWA", "second range empty", "P1", ranges(func(n [4]int) [4]int { return [4]int{0, n[1], n[2] + n[3], 0} }), false},
		{"SWA", "objects in the gap", "P1", moved("/X 1>>\nendobj\n4 0 obj\n<</Length 9>>\nstream\nBT ET q Q\nendstream\nendobj\n20 0 obj\n<<"), false},
		{"SWA", "dictionary in the gap", "P1", moved("/Extra <</A 1>>"), true},
		{"SWA", "name in the gap", "P1", moved("/Reason (other)"), true},
		{"SWA", "string that swallows the rest", "P1", inGap(">/X ("), false},
		{"SWA", "comment that swallows the end", "P1", inGap("00>%"), false},
		{"SWA", "space before the hole's end", "P1", inGap(" >"), true},
		{"SWA", "odd digit at the end", "P1", inGap("1>"), true},
		{"SWA", "second hole", "P1", inGap("00><00>"), true},
		{"SWA", "zeros at the begin", "P1", func(t *testing.T, _ bench, good []byte) []byte {
			from, to := holeOf(t, good)
			copy(good[from+3:to-1], bytes.Clone(good[from+1:to-3]))
			copy(good[from+1:], "00")
			return good
		}, false},
	}
}

// moreOverlays: EAA and SSA by the other kinds of annotations and fields, and by
// genuine document time stamps that show something.
func moreOverlays() []attack {
	kind := func(s string) pdf.Dict { return pdf.Dict{"Subtype": pdf.Name(s), "Contents": pdf.String("999999.99")} }
	out := []attack{
		{"EAA", "Link with an action", "P3", annotate(pdf.Dict{"Subtype": pdf.Name("Link"), "A": pdf.Dict{"S": pdf.Name("URI"), "URI": pdf.String("http://example.com")}}), true},
		{"EAA", "hidden note", "P3", annotate(pdf.Dict{"Subtype": pdf.Name("Text"), "F": int64(2)}), true},
		{"EAA", "widget without a field", "P3", annotate(pdf.Dict{"Subtype": pdf.Name("Widget"), "FT": pdf.Name("Sig")}), true},
		{"EAA", "annotations in a new list", "P3", update(func(t *testing.T, f *pdf.File, w *pdf.Writer) {
			p := dictOf(t, f, pdf.Ref{Num: 3})
			list := w.Alloc()
			w.Put(list, append(append(pdf.Array{}, p["Annots"].(pdf.Array)...), pdf.Dict{"Subtype": pdf.Name("Stamp"), "Rect": rect(0, 0, 9, 9)}))
			p["Annots"] = list
			w.Put(pdf.Ref{Num: 3}, p)
		}), true},
		{"EAA", "annotations removed", "P3", changed(3, "Annots", pdf.Array{}), true},
		{"EAA", "widget's appearance", "P3", changed(7, "AP", pdf.Dict{"N": pdf.Ref{Num: 4}}), true},
		{"EAA", "widget hidden", "P3", changed(7, "F", int64(2)), true},
		{"EAA", "widget's border", "P3", changed(7, "BS", pdf.Dict{"W": int64(100)}), true},
		{"SSA", "time stamp over the page", "P1", stampOver([4]float64{0, 0, 300, 100}), true},
		{"SSA", "time stamp over the amount", "P2", stampOver([4]float64{10, 45, 200, 70}), true},
		{"SSA", "time stamp of one point", "approval", stampOver([4]float64{10, 10, 11, 11}), true},
		{"SSA", "button over the page", "P2", addField(pdf.Dict{"FT": pdf.Name("Btn")}), true},
		{"SSA", "choice over the page", "P3", addField(pdf.Dict{"FT": pdf.Name("Ch"), "V": pdf.String("999999.99")}), true},
		{"SSA", "field without a kind", "P2", addField(pdf.Dict{"FT": nil}), true},
		{"SSA", "field as a kid", "P2", addField(pdf.Dict{"Parent": pdf.Ref{Num: 7}}), true},
		{"SSA", "invisible empty field", "P2", addField(pdf.Dict{"Rect": rect(0, 0, 0, 0)}), true},
		{"SSA", "new signed field under P1", "P1", secondSignature("Cover", [4]float64{0, 0, 300, 100}), true},
		{"SSA", "new invisible signed field under P3", "P3", secondSignature("Cover", [4]float64{}), true},
		{"SSA", "default appearance", "P3", formKey("DA", pdf.String("/F 99 Tf")), true},
		{"SSA", "appearances wanted anew", "P3", formKey("NeedAppearances", true), true},
		{"SSA", "calculation order", "P3", formKey("CO", pdf.Array{pdf.Ref{Num: 7}}), true},
		{"SSA", "XFA form", "P3", formKey("XFA", pdf.String("<xdp/>")), true},
		{"SSA", "flags of signatures taken back", "P3", formKey("SigFlags", int64(0)), true},
	}
	for _, s := range []string{"Highlight", "Underline", "Line", "Polygon", "Circle", "Caret", "FileAttachment", "Sound", "Movie", "Screen", "Watermark", "PrinterMark", "3D"} {
		out = append(out, attack{"EAA", s, "P3", annotate(kind(s)), true})
	}
	return out
}

// stampOver puts a genuine document time stamp into a field that is seen.
func stampOver(where [4]float64) func(*testing.T, bench, []byte) []byte {
	return func(t *testing.T, b bench, good []byte) []byte {
		tsa, err := b.ca.TSA("TSA", now.AddDate(0, 0, -1), now.AddDate(1, 0, 0), signTime)
		if err != nil {
			t.Fatal(err)
		}
		out, err := sign.StampIn(good, sign.Field{Name: "Archive1", Rect: where, Time: now}, tsa)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
}

// formKey sets a key of the interactive form.
func formKey(key pdf.Name, value pdf.Object) func(*testing.T, bench, []byte) []byte {
	return update(func(t *testing.T, f *pdf.File, w *pdf.Writer) {
		root := f.Trailer()["Root"].(pdf.Ref)
		c := dictOf(t, f, root)
		form := dictOf(t, f, c["AcroForm"])
		form[key] = value
		c["AcroForm"] = form
		w.Put(root, c)
	})
}

// moreShadows: what an author prepared, shown in other ways.
func moreShadows() []attack {
	form := func(text string) *pdf.Stream {
		return &pdf.Stream{Dict: pdf.Dict{"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Form"), "BBox": rect(0, 0, 300, 100)}, Raw: []byte(text)}
	}
	image := &pdf.Stream{Dict: pdf.Dict{"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Image"), "Width": int64(1), "Height": int64(1), "BitsPerComponent": int64(8), "ColorSpace": pdf.Name("DeviceGray")}, Raw: []byte{255}}
	withDSS := func(num int, o pdf.Object) func(*testing.T, bench, []byte) []byte {
		return update(func(t *testing.T, f *pdf.File, w *pdf.Writer) {
			root := f.Trailer()["Root"].(pdf.Ref)
			c := dictOf(t, f, root)
			c["DSS"] = pdf.Dict{"Type": pdf.Name("DSS")}
			w.Put(root, c)
			w.Put(pdf.Ref{Num: num}, o)
		})
	}
	return []attack{
		{"shadow hide", "overlay is null", "shadow", replace(map[int]pdf.Object{6: nil}), true},
		{"shadow hide", "overlay turned into an image", "shadow", replace(map[int]pdf.Object{6: image}), true},
		{"shadow hide", "layer's name and use", "shadow", changed(10, "Usage", pdf.Dict{"View": pdf.Dict{"ViewState": pdf.Name("OFF")}}), true},
		{"shadow hide", "overlay gets a layer", "shadow", changed(6, "OC", pdf.Ref{Num: 10}), true},
		{"shadow hide", "overlay emptied beside a DSS", "shadow P1", withDSS(6, form("")), true},
		{"shadow hide", "annotations out of the page", "shadow", changed(3, "Annots", nil), true},
		{"shadow replace", "font of another kind", "shadow", changed(5, "Subtype", pdf.Name("Type3")), true},
		{"shadow replace", "font with other widths", "shadow", changed(5, "Widths", pdf.Array{int64(0)}), true},
		{"shadow replace", "font beside a DSS", "shadow P1", withDSS(5, pdf.Dict{"Type": pdf.Name("Font"), "Subtype": pdf.Name("Type1"), "BaseFont": pdf.Name("Symbol")}), true},
		{"shadow replace", "field's appearance beside a DSS", "shadow P1", withDSS(12, form("BT (9) Tj ET")), true},
		{"shadow replace", "field's default value", "shadow", changed(11, "DV", pdf.String("9")), true},
		{"shadow replace", "field's flags", "shadow", changed(11, "Ff", int64(1)), true},
		{"shadow hide-and-replace", "second content appended", "shadow", changed(3, "Contents", pdf.Array{pdf.Ref{Num: 4}, pdf.Ref{Num: 7}}), true},
		{"shadow hide-and-replace", "missing content appears", "shadow", replace(map[int]pdf.Object{99: stream("BT /F 20 Tf 10 20 Td (999999.99) Tj ET")}), true},
		{"shadow hide-and-replace", "missing content beside a DSS", "shadow P1", withDSS(99, stream("BT /F 20 Tf 10 20 Td (999999.99) Tj ET")), true},
		{"shadow hide-and-replace", "missing content as a certificate", "shadow P1", update(func(t *testing.T, f *pdf.File, w *pdf.Writer) {
			root := f.Trailer()["Root"].(pdf.Ref)
			c := dictOf(t, f, root)
			c["DSS"] = pdf.Dict{"Type": pdf.Name("DSS"), "Certs": pdf.Array{pdf.Ref{Num: 99}}}
			w.Put(root, c)
			w.Put(pdf.Ref{Num: 99}, stream("BT /F 20 Tf 10 20 Td (999999.99) Tj ET"))
		}), true},
		{"shadow hide-and-replace", "page taken from the other tree", "shadow", changed(2, "Kids", pdf.Array{pdf.Ref{Num: 9}}), true},
		{"shadow hide-and-replace", "catalogue overwritten by the other", "shadow", replace(map[int]pdf.Object{1: pdf.Dict{"Type": pdf.Name("Catalog"), "Pages": pdf.Ref{Num: 9}}}), false},
		{"shadow hide-and-replace", "table swaps two objects", "shadow", func(t *testing.T, b bench, good []byte) []byte {
			four, seven := bytes.Index(good, []byte("4 0 obj")), bytes.Index(good, []byte("7 0 obj"))
			return tableOnly(fmt.Sprintf("4 1\n%010d 00000 n \n7 1\n%010d 00000 n \n", seven, four))(t, b, good)
		}, true},
	}
}

func signTime() time.Time { return now }
