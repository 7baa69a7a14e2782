package sign_test

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"slices"
	"testing"

	"moqian/sign"
	"moqian/sign/pdf"
)

// attacks lists at least five named mutations of each class.
func attacks() []attack {
	return slices.Concat(forgeries(), savings(), wrappings(), overlays(), shadows(),
		moreForgeries(), moreSavings(), moreWrappings(), moreOverlays(), moreShadows())
}

// forgeries: USF, the signature's own parts are spoilt so that a viewer gives up
// checking, and plain mishandling.
func forgeries() []attack {
	const byteRange, contents = `/ByteRange \[[^]]*\]`, `/Contents <[0-9A-F]*>`
	return []attack{
		{"USF", "no ByteRange", "P1", edit(byteRange, "/ByteRangX [0 0 0 0]"), false},
		{"USF", "empty ByteRange", "P1", sameLength(byteRange, "/ByteRange []"), false},
		{"USF", "null ByteRange", "P1", sameLength(byteRange, "/ByteRange null"), false},
		{"USF", "negative ByteRange", "P1", sameLength(byteRange, "/ByteRange [0 -1 -1 -1]"), false},
		{"USF", "three numbers", "P1", sameLength(byteRange, "/ByteRange [0 1 2]"), false},
		{"USF", "no Contents", "P1", sameLength(contents, "/Contentx <00>"), false},
		{"USF", "empty Contents", "P1", sameLength(contents, "/Contents <>"), false},
		{"USF", "null Contents", "P1", sameLength(contents, "/Contents null"), false},
		{"USF", "zero Contents", "P1", func(t *testing.T, _ bench, good []byte) []byte {
			from, to := holeOf(t, good)
			copy(good[from+1:], bytes.Repeat([]byte("0"), to-from-2))
			return good
		}, false},
		{"USF", "unknown SubFilter", "P1", edit(`ETSI\.CAdES\.detached`, "ETSI.CAdES.detacheX"), false},
		{"USF", "signature without dictionary", "P1", update(func(t *testing.T, f *pdf.File, w *pdf.Writer) {
			r, _ := sigOf(t, f)
			w.Put(r, pdf.Dict{"Type": pdf.Name("Sig")})
		}), false},
		{"bytes", "trailing garbage", "P1", func(_ *testing.T, _ bench, good []byte) []byte { return append(good, "garbage"...) }, true},
		{"bytes", "trailing space", "P1", func(_ *testing.T, _ bench, good []byte) []byte { return append(good, '\n') }, true},
		{"bytes", "objects without a section", "P1", func(_ *testing.T, _ bench, good []byte) []byte {
			return append(good, "4 0 obj\n<</Length 3>>\nstream\nq Q\nendstream\nendobj\n"...)
		}, true},
		{"bytes", "cut off", "P1", func(_ *testing.T, _ bench, good []byte) []byte { return good[:len(good)-1] }, false},
		{"bytes", "header moved", "P1", func(_ *testing.T, _ bench, good []byte) []byte { return append([]byte("\n"), good...) }, false},
		{"bytes", "text swapped", "P1", edit(`128000\.50`, "928000.50"), false},
		{"bytes", "DocMDP loosened", "P1", edit(`/P 1/`, "/P 3/"), false},
		{"bytes", "case of a digit in Contents", "P1", func(t *testing.T, _ bench, good []byte) []byte {
			from, to := holeOf(t, good)
			i := from + bytes.IndexAny(good[from:to], "ABCDEF")
			good[i] |= 0x20
			return good
		}, true},
	}
}

// savings: ISA, an update changes what is shown.
func savings() []attack {
	evil := stream("BT /F 20 Tf 10 50 Td (999999.99) Tj ET")
	return []attack{
		{"ISA", "content replaced", "approval", replace(map[int]pdf.Object{4: evil}), true},
		{"ISA", "content replaced under P1", "P1", replace(map[int]pdf.Object{4: evil}), true},
		{"ISA", "page points to new content", "approval", update(func(t *testing.T, f *pdf.File, w *pdf.Writer) {
			r := w.Alloc()
			w.Put(r, evil)
			d := dictOf(t, f, pdf.Ref{Num: 3})
			d["Contents"] = r
			w.Put(pdf.Ref{Num: 3}, d)
		}), true},
		{"ISA", "catalogue as it was", "P1", update(func(t *testing.T, f *pdf.File, w *pdf.Writer) {
			root := f.Trailer()["Root"].(pdf.Ref)
			w.Put(root, dictOf(t, f, root))
		}), true},
		{"ISA", "new page tree", "approval", changed(1, "Pages", pdf.Ref{Num: 5}), true},
		{"ISA", "page removed", "approval", replace(map[int]pdf.Object{2: pdf.Dict{"Type": pdf.Name("Pages"), "Kids": pdf.Array{}, "Count": int64(0)}}), true},
		{"ISA", "page added", "approval", update(func(t *testing.T, f *pdf.File, w *pdf.Writer) {
			d := dictOf(t, f, pdf.Ref{Num: 2})
			d["Kids"], d["Count"] = pdf.Array{pdf.Ref{Num: 3}, pdf.Ref{Num: 3}}, int64(2)
			w.Put(pdf.Ref{Num: 2}, d)
		}), true},
		{"ISA", "empty update", "P1", update(func(*testing.T, *pdf.File, *pdf.Writer) {}), true},
		{"ISA", "open action", "approval", changed(1, "OpenAction", pdf.Dict{"S": pdf.Name("JavaScript"), "JS": pdf.String("app.alert(1)")}), true},
		{"ISA", "signature copied", "approval", update(func(t *testing.T, f *pdf.File, w *pdf.Writer) {
			_, d := sigOf(t, f)
			w.Put(w.Alloc(), d)
			w.Put(pdf.Ref{Num: 4}, evil)
		}), true},
		{"ISA", "signature written again", "approval", update(func(t *testing.T, f *pdf.File, w *pdf.Writer) {
			r, d := sigOf(t, f)
			w.Put(r, d)
			w.Put(pdf.Ref{Num: 4}, evil)
		}), true},
		{"ISA", "stranger's signature before the update", "P1", func(t *testing.T, _ bench, good []byte) []byte {
			other := signed(t, newBench(t))
			return append(other, good[bytes.Index(good, []byte("%%EOF"))+6:]...)
		}, false},
		{"ISA", "validation data that are content", "P1", update(func(t *testing.T, f *pdf.File, w *pdf.Writer) {
			r := w.Alloc()
			w.Put(r, pdf.Dict{"Type": pdf.Name("DSS"), "Certs": pdf.Array{pdf.Ref{Num: 4}}})
			w.Put(pdf.Ref{Num: 4}, evil)
			root := f.Trailer()["Root"].(pdf.Ref)
			d := dictOf(t, f, root)
			d["DSS"] = r
			w.Put(root, d)
		}), true},
	}
}

// wrappings: SWA, what is hashed stays, where it stands moves.
func wrappings() []attack {
	re := regexp.MustCompile(`/ByteRange \[0 (\d+) (\d+) (\d+)( *)\]`)
	return []attack{
		{"SWA", "bytes behind the hole", "P1", func(t *testing.T, _ bench, good []byte) []byte {
			_, to := holeOf(t, good)
			return append(append(bytes.Clone(good[:to]), "/Extra (128)"...), good[to:]...)
		}, false},
		{"SWA", "second ByteRange in the gap", "P1", moved("/Extra (128)"), true},
		{"SWA", "second ByteRange, long gap", "P1", moved("/Extra (" + string(bytes.Repeat([]byte("x"), 20000)) + ")"), true},
		{"SWA", "key in the zeros", "P1", inGap("00>/Extra <00>"), true},
		{"SWA", "bytes in the zeros", "P1", inGap("FF>"), true},
		{"SWA", "comment in the gap", "P1", inGap(">%comment\n <00>"), true},
		{"SWA", "ranges overlap", "P1", func(t *testing.T, _ bench, good []byte) []byte {
			return re.ReplaceAllFunc(good, func(m []byte) []byte {
				out := fmt.Sprintf("/ByteRange [0 %d 0 %d]", len(good)/2, len(good)/2)
				return append([]byte(out), bytes.Repeat([]byte(" "), max(0, len(m)-len(out)))...)
			})
		}, false},
		{"SWA", "range to the old end", "approval", func(t *testing.T, _ bench, good []byte) []byte {
			f, w := opened(t, good)
			w.Put(pdf.Ref{Num: 4}, stream("q Q"))
			out := closed(t, w, f.Trailer())
			return re.ReplaceAllFunc(out, func(m []byte) []byte {
				n := re.FindSubmatch(m)
				s := fmt.Sprintf("/ByteRange [0 %s %s %d", n[1], n[2], len(out)-atoi(n[2]))
				return append([]byte(s), append(bytes.Repeat([]byte(" "), max(0, len(m)-len(s)-1)), ']')...)
			})
		}, false},
	}
}

func atoi(b []byte) (n int) {
	_, _ = fmt.Sscan(string(b), &n)
	return n
}

// overlays: EAA and SSA, annotations and fields over a certified page.
func overlays() []attack {
	kind := func(s string) pdf.Dict { return pdf.Dict{"Subtype": pdf.Name(s), "Contents": pdf.String("999999.99")} }
	return []attack{
		{"EAA", "FreeText", "P3", annotate(kind("FreeText")), true},
		{"EAA", "Stamp", "P3", annotate(kind("Stamp")), true},
		{"EAA", "Redact", "P3", annotate(kind("Redact")), true},
		{"EAA", "Square under P2", "P2", annotate(kind("Square")), true},
		{"EAA", "Ink under P1", "P1", annotate(kind("Ink")), true},
		{"EAA", "Popup on approval", "approval", annotate(kind("Popup")), true},
		{"EAA", "widget moved", "P3", changed(7, "Rect", rect(0, 0, 300, 100)), true},
		{"SSA", "empty field over the page, P2", "P2", addField(nil), true},
		{"SSA", "empty field over the page, P3", "P3", addField(nil), true},
		{"SSA", "empty field over the page, approval", "approval", addField(nil), true},
		{"SSA", "text field over the page", "P2", addField(pdf.Dict{"FT": pdf.Name("Tx"), "V": pdf.String("999999.99")}), true},
		{"SSA", "field with an action", "P2", addField(pdf.Dict{"AA": pdf.Dict{"E": pdf.Dict{"S": pdf.Name("JavaScript"), "JS": pdf.String("1")}}}), true},
		{"SSA", "field with the old signature", "P2", update(func(t *testing.T, f *pdf.File, w *pdf.Writer) {
			r, _ := sigOf(t, f)
			d := dictOf(t, f, pdf.Ref{Num: 3})
			w.Put(w.Alloc(), pdf.Dict{"FT": pdf.Name("Sig"), "T": pdf.String("again"), "V": r})
			w.Put(pdf.Ref{Num: 3}, d)
		}), true},
		{"SSA", "new signed field under P2", "P2", secondSignature("Cover", [4]float64{0, 0, 300, 100}), true},
		{"SSA", "false document time stamp", "P1", addField(pdf.Dict{"Rect": rect(0, 0, 0, 0), "V": pdf.Ref{Num: 6}}), true},
		{"SSA", "prepared field moved and signed", "P2", func(t *testing.T, b bench, good []byte) []byte {
			out, err := sign.Sign(context.Background(), good, sign.Field{Name: "Supervisor", Time: now}, b.key, 0)
			if err != nil {
				t.Fatal(err)
			}
			return regexp.MustCompile(`/Rect \[70 10 120 40\]`).ReplaceAll(out, []byte("/Rect [70 10 300 90]"))
		}, false},
	}
}

// secondSignature signs a new field although the certification forbids it: by
// loosening the copy that Sign sees.
func secondSignature(name string, where [4]float64) func(*testing.T, bench, []byte) []byte {
	return func(t *testing.T, b bench, good []byte) []byte {
		loose := bytes.ReplaceAll(good, []byte("/TransformMethod /DocMDP"), []byte("/TransformMethod /XocMDP"))
		out, err := sign.Sign(context.Background(), loose, sign.Field{Name: name, Time: now, Rect: where}, b.key, 0)
		if err != nil {
			t.Fatal(err)
		}
		return append(bytes.Clone(good), out[len(good):]...)
	}
}

// shadows: what the author prepared before signing is shown after it.
func shadows() []attack {
	empty := &pdf.Stream{Dict: pdf.Dict{"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Form"), "BBox": rect(0, 0, 0, 0)}}
	look := &pdf.Stream{Dict: pdf.Dict{"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Form"), "BBox": rect(0, 0, 90, 30)}, Raw: []byte("0 0 9 9 re f")}
	trailer := func(key pdf.Name, value pdf.Object) func(*testing.T, bench, []byte) []byte {
		return func(t *testing.T, _ bench, good []byte) []byte {
			f, w := opened(t, good)
			d := pdf.Dict{}
			for k, v := range f.Trailer() {
				d[k] = v
			}
			d[key] = value
			return closed(t, w, d)
		}
	}
	return []attack{
		{"shadow hide", "overlay emptied", "shadow", replace(map[int]pdf.Object{6: empty}), true},
		{"shadow hide", "overlay emptied under P1", "shadow P1", replace(map[int]pdf.Object{6: empty}), true},
		{"shadow hide", "overlay freed", "shadow", tableOnly("6 1\n0000000000 00001 f \n"), true},
		{"shadow hide", "overlay out of the resources", "shadow", changed(3, "Resources", pdf.Dict{"Font": pdf.Dict{"F": pdf.Ref{Num: 5}}}), true},
		{"shadow hide", "layer switched off", "shadow", changed(1, "OCProperties", pdf.Dict{"OCGs": pdf.Array{pdf.Ref{Num: 10}}, "D": pdf.Dict{"OFF": pdf.Array{pdf.Ref{Num: 10}}}}), true},
		{"shadow hide", "overlay's box made small", "shadow", update(func(t *testing.T, f *pdf.File, w *pdf.Writer) {
			o, err := f.Get(pdf.Ref{Num: 6})
			if err != nil {
				t.Fatal(err)
			}
			s := *o.(*pdf.Stream)
			s.Dict = dictOf(t, f, pdf.Ref{Num: 6})
			s.Dict["BBox"] = rect(0, 0, 1, 1)
			w.Put(pdf.Ref{Num: 6}, &s)
		}), true},
		{"shadow replace", "font replaced", "shadow", changed(5, "BaseFont", pdf.Name("Symbol")), true},
		{"shadow replace", "font encoding added", "shadow", changed(5, "Encoding", pdf.Dict{"Differences": pdf.Array{int64(49), pdf.Name("nine")}}), true},
		{"shadow replace", "field's appearance", "shadow", replace(map[int]pdf.Object{12: look}), true},
		{"shadow replace", "field's value", "shadow", changed(11, "V", pdf.String("999999.99")), true},
		{"shadow replace", "field's rectangle", "shadow", changed(11, "Rect", rect(0, 0, 300, 100)), true},
		{"shadow replace", "title", "shadow", changed(13, "Title", pdf.String("another voucher")), true},
		{"shadow replace", "DSS over the font", "shadow P1", update(func(t *testing.T, f *pdf.File, w *pdf.Writer) {
			root := f.Trailer()["Root"].(pdf.Ref)
			d := dictOf(t, f, root)
			d["DSS"] = pdf.Ref{Num: 5}
			w.Put(root, d)
			w.Put(pdf.Ref{Num: 5}, pdf.Dict{"Type": pdf.Name("DSS")})
		}), true},
		{"shadow hide-and-replace", "missing content as an object stream", "shadow P1", update(func(t *testing.T, f *pdf.File, w *pdf.Writer) {
			root := f.Trailer()["Root"].(pdf.Ref)
			d := dictOf(t, f, root)
			d["DSS"] = pdf.Dict{"Type": pdf.Name("DSS")}
			w.Put(root, d)
			w.Put(pdf.Ref{Num: 99}, &pdf.Stream{Dict: pdf.Dict{"Type": pdf.Name("ObjStm"), "N": int64(0), "First": int64(0)}, Raw: []byte("BT /F 20 Tf 10 20 Td (999999.99) Tj ET")})
		}), true},
		{"shadow hide-and-replace", "trailer's root", "shadow", trailer("Root", pdf.Ref{Num: 8}), false},
		{"shadow hide-and-replace", "trailer's information", "shadow", trailer("Info", pdf.Ref{Num: 10}), true},
		{"shadow hide-and-replace", "catalogue's pages", "shadow", changed(1, "Pages", pdf.Ref{Num: 9}), true},
		{"shadow hide-and-replace", "page's content", "shadow", changed(3, "Contents", pdf.Array{pdf.Ref{Num: 7}}), true},
		{"shadow hide-and-replace", "table leads to hidden content", "shadow", func(t *testing.T, b bench, good []byte) []byte {
			at := bytes.Index(good, []byte("7 0 obj"))
			return tableOnly(fmt.Sprintf("4 1\n%010d 00000 n \n", at))(t, b, good)
		}, true},
		{"shadow hide-and-replace", "table leads into a stream", "shadow", func(t *testing.T, b bench, good []byte) []byte {
			at := bytes.Index(good, []byte("(100.00)"))
			return tableOnly(fmt.Sprintf("4 1\n%010d 00000 n \n", at))(t, b, good)
		}, true},
	}
}

// tableOnly appends a cross-reference section without objects.
func tableOnly(rows string) func(*testing.T, bench, []byte) []byte {
	return func(t *testing.T, _ bench, good []byte) []byte {
		f, w := opened(t, good)
		out := closed(t, w, f.Trailer())
		return bytes.Replace(out, []byte("xref\ntrailer"), []byte("xref\n"+rows+"trailer"), 1)
	}
}
