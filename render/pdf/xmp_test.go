package pdf

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"
	"time"

	"moqian/sign/pdf"
)

// withPacket is a file with metadata of the given bytes, or without any.
func withPacket(t testing.TB, xmp []byte) *pdf.File {
	t.Helper()
	w := pdf.NewWriter("1.4")
	root, pages := w.Alloc(), w.Alloc()
	catalog := pdf.Dict{"Type": pdf.Name("Catalog"), "Pages": pages}
	if xmp != nil {
		meta := w.Alloc()
		w.Put(meta, &pdf.Stream{Dict: pdf.Dict{"Type": pdf.Name("Metadata"), "Subtype": pdf.Name("XML")}, Raw: xmp})
		catalog["Metadata"] = meta
	}
	w.Put(root, catalog)
	w.Put(pages, pdf.Dict{"Type": pdf.Name("Pages"), "Kids": pdf.Array{}, "Count": int64(0)})
	file, err := w.Finish(pdf.Dict{"Root": root})
	if err != nil {
		t.Fatal(err)
	}
	return parsed(t, file)
}

// Whatever a value holds comes back, and the packet stays XML.
func TestDataSurvivesXML(t *testing.T) {
	values := []string{"", "plain", `{"a":"<&>'\"]]>"}`, "tab\tline\nreturn\rend", " spaces around ", "a=b=c", "𠮷户名", "&amp;"}
	d := doc()
	d.Data = nil
	for i, v := range values {
		d.Data = append(d.Data, Property{Name: "V" + string(rune('a'+i)), Value: v, Description: "value <" + v + ">"})
	}
	xmp, created, err := packet(d)
	if err != nil || created != "D:20260318140532+08'00'" {
		t.Fatal(created, err)
	}
	for dec := xml.NewDecoder(strings.NewReader(string(xmp))); ; {
		if _, err := dec.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	got, err := ReadData(withPacket(t, xmp))
	if err != nil || len(got) != len(values) {
		t.Fatalf("%q, %v", got, err)
	}
	for i, v := range values {
		if name := "V" + string(rune('a'+i)); got[name] != v {
			t.Errorf("%s: %q, want %q", name, got[name], v)
		}
	}
}

// One declared property holds all; its description names each value.
func TestSchemaIsDeclared(t *testing.T) {
	xmp, _, err := packet(doc())
	if err != nil {
		t.Fatal(err)
	}
	text := string(xmp)
	for _, want := range []string{"<pdfaSchema:namespaceURI>" + Namespace + "<", "<pdfaSchema:prefix>mq<", "<pdfaProperty:name>Data<",
		"<pdfaProperty:valueType>seq Text<", "Number: voucher number; Signers: who signed<", "<pdfaid:part>1<", "<pdfaid:conformance>B<",
		"现金存款凭证 &lt;1&gt;<"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
	d := doc()
	d.Data = nil
	bare, _, err := packet(d)
	if err != nil || strings.Contains(string(bare), "pdfaExtension") {
		t.Errorf("a schema of nothing: %v", err)
	}
}

func TestPacketRefuses(t *testing.T) {
	for name, spoil := range map[string]func(*Doc){
		"a date that is none":     func(d *Doc) { d.Created = "2026-13-01" },
		"a date without a zone":   func(d *Doc) { d.Created = "2026-03-18T14:05:32" },
		"a name with a blank":     func(d *Doc) { d.Data[0].Name = "a b" },
		"a name that is a number": func(d *Doc) { d.Data[0].Name = "1a" },
		"no name":                 func(d *Doc) { d.Data[0].Name = "" },
		"a control in a value":    func(d *Doc) { d.Data[0].Value = "a\x01" },
		"a value of no UTF-8":     func(d *Doc) { d.Data[0].Value = "a\xff" },
		"a control in the title":  func(d *Doc) { d.Title = "\x00" },
		"a name of XML":           func(d *Doc) { d.Data[0].Name = "a<b" },
	} {
		d := doc()
		spoil(&d)
		if _, _, err := packet(d); err == nil {
			t.Errorf("%s was taken", name)
		}
		if _, err := Write(nil, nil, fonts(t), d); err == nil {
			t.Errorf("%s was written", name)
		}
	}
}

const rdfHead = `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:mq="` + Namespace + `">`

func TestReadDataRefuses(t *testing.T) {
	list := func(items string) string {
		return rdfHead + "<mq:Data><rdf:Seq>" + items + "</rdf:Seq></mq:Data></rdf:RDF>"
	}
	for name, xmp := range map[string]string{
		"not XML":         "<a",
		"twice":           list("<rdf:li>A=1</rdf:li><rdf:li>A=2</rdf:li>"),
		"twice, no value": list("<rdf:li>A=</rdf:li><rdf:li>A=</rdf:li>"),
		"no name":         list("<rdf:li>=1</rdf:li>"),
		"nothing":         list("<rdf:li></rdf:li>"),
		"two lists":       rdfHead + strings.Repeat("<mq:Data><rdf:Seq><rdf:li>A=1</rdf:li></rdf:Seq></mq:Data>", 2) + "</rdf:RDF>",
		"nested deeply":   strings.Repeat("<a>", 500) + strings.Repeat("</a>", 500),
	} {
		if got, err := ReadData(withPacket(t, []byte(xmp))); err == nil {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// Files without our data have none, whatever other lists they have.
func TestReadDataOfOtherFiles(t *testing.T) {
	for name, xmp := range map[string][]byte{
		"no metadata":       nil,
		"other metadata":    []byte("<x><rdf:li xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>A=1</rdf:li></x>"),
		"another namespace": []byte(strings.ReplaceAll(rdfHead+"<mq:Data><rdf:Seq><rdf:li>A=1</rdf:li></rdf:Seq></mq:Data></rdf:RDF>", Namespace, "urn:x")),
		"not in a list":     []byte(rdfHead + "<mq:Data>A=1</mq:Data></rdf:RDF>"),
	} {
		if got, err := ReadData(withPacket(t, xmp)); err != nil || len(got) != 0 {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestDates(t *testing.T) {
	for zone, want := range map[int]string{8 * 3600: "D:20260318140532+08'00'", -(3*3600 + 1800): "D:20260318140532-03'30'", 0: "D:20260318140532+00'00'"} {
		if got := pdfDate(time.Date(2026, 3, 18, 14, 5, 32, 0, time.FixedZone("", zone))); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestTextStrings(t *testing.T) {
	for s, want := range map[string]string{"": "", "Ab 1~": "416220317E", "户": "FEFF6237", "𠮷": "FEFFD842DFB7", "a\t": "FEFF00610009", "é": "FEFF00E9"} {
		if got := hexOf(textString(s)); got != want {
			t.Errorf("%q: %s, want %s", s, got, want)
		}
	}
}

// Reading a packet of any bytes ends without a panic, and what it gives has
// names.
func FuzzReadData(f *testing.F) {
	xmp, _, err := packet(doc())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(xmp)
	f.Add([]byte(rdfHead + "<mq:Data><rdf:Seq><rdf:li>A=1</rdf:li></rdf:Seq></mq:Data></rdf:RDF>"))
	f.Add([]byte("<a>&#0;</a>"))
	f.Add([]byte("</a>"))
	f.Fuzz(func(t *testing.T, xmp []byte) {
		got, err := readPacket(xmp)
		if err != nil {
			return
		}
		for name := range got {
			if name == "" {
				t.Fatal("a value without a name")
			}
		}
	})
}
