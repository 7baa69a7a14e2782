package sign

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"strings"
	"testing"
	"time"

	"moqian/sign/pdf"
)

func TestToDER(t *testing.T) {
	tests := []struct {
		name, in, want string
		rest           int
	}{
		{"DER", "\x30\x03\x02\x01\x05", "\x30\x03\x02\x01\x05", 0},
		{"zeros behind", "\x30\x03\x02\x01\x05\x00\x00", "\x30\x03\x02\x01\x05", 2},
		{"indefinite", "\x30\x80\x02\x01\x05\x00\x00", "\x30\x03\x02\x01\x05", 0},
		{"indefinite twice", "\x30\x80\x31\x80\x05\x00\x00\x00\x00\x00", "\x30\x04\x31\x02\x05\x00", 0},
		{"long length", "\x30\x82\x00\x03\x02\x01\x05", "\x30\x03\x02\x01\x05", 0},
		{"string in parts", "\x30\x80\x24\x80\x04\x01a\x04\x02bc\x00\x00\x00\x00", "\x30\x05\x04\x03abc", 0},
		{"string in parts, definite", "\x30\x80\x24\x06\x04\x01a\x04\x01b\x00\x00", "\x30\x04\x04\x02ab", 0},
	}
	for _, tt := range tests {
		der, rest, err := toDER([]byte(tt.in))
		if err != nil || string(der) != tt.want || len(rest) != tt.rest {
			t.Errorf("%s: %x, rest %d, %v", tt.name, der, len(rest), err)
		}
	}
	for name, bad := range map[string]string{
		"empty": "", "one byte": "\x30", "primitive indefinite": "\x04\x80\x00\x00", "open end": "\x30\x80\x02\x01\x05", "too long": "\x30\x84\x7f\xff\xff\xff\x00",
		"five length bytes": "\x30\x85\x00\x00\x00\x00\x01\x00", "high tag": "\x3f\x80\x00\x00", "part that is no string": "\x30\x80\x24\x80\x02\x01a\x00\x00\x00\x00",
		"nested": strings.Repeat("\x30\x80", 100), "huge": strings.Repeat("\x00", maxCMS+1),
	} {
		if der, _, err := toDER([]byte(bad)); err == nil {
			t.Errorf("%s: %x", name, der)
		}
	}
}

func FuzzToDER(f *testing.F) {
	f.Add([]byte("\x30\x80\x24\x80\x04\x01a\x04\x02bc\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		der, _, err := toDER(b)
		if err != nil {
			return
		}
		var raw asn1.RawValue
		if rest, err := asn1.Unmarshal(der, &raw); err == nil && len(rest) > 0 {
			t.Errorf("%x gives %x and a rest", b, der)
		}
	})
}

func TestTLV(t *testing.T) {
	for _, n := range []int{0, 127, 128, 255, 256, 65535, 65536} {
		der := tlv(0x04, make([]byte, n))
		var out []byte
		if rest, err := asn1.Unmarshal(der, &out); err != nil || len(rest) > 0 || len(out) != n {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

func TestClaimedTime(t *testing.T) {
	for in, want := range map[string]string{
		"D:20260318140532+08'00'": "2026-03-18T14:05:32+08:00", "D:20260318140532+08'00": "2026-03-18T14:05:32+08:00",
		"D:20260318140532Z": "2026-03-18T14:05:32Z", "D:20260318140532Z00'00'": "2026-03-18T14:05:32Z", "D:20260318140532": "2026-03-18T14:05:32Z",
		"yesterday": "", "": "",
	} {
		if got := claimedTime(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	for _, hours := range []int{-5, 0, 8} {
		at := time.Date(2026, 3, 18, 14, 5, 32, 0, time.FixedZone("", hours*3600))
		if got, _ := time.Parse(time.RFC3339, claimedTime(pdfDate(at))); !got.Equal(at) {
			t.Errorf("%v reads as %v", at, got)
		}
	}
}

func TestReadable(t *testing.T) {
	for _, s := range []string{"Teller", "柜员签章", "𠮷"} {
		if got := readable(text(s)); got != s {
			t.Errorf("%q reads as %q", s, got)
		}
	}
}

// TestScope: which certificates a list with a distribution point speaks of.
func TestScope(t *testing.T) {
	boolean := func(tag byte) string { return string([]byte{0x80 | tag, 1, 0xff}) }
	seq := func(s string) []byte { return tlv(0x30, []byte(s)) }
	tests := []struct {
		name  string
		value []byte
		user  bool
		ca    bool
	}{
		{"all", seq(""), true, true}, {"users", seq(boolean(1)), true, false}, {"authorities", seq(boolean(2)), false, true},
		{"some reasons", seq("\x83\x02\x05\x60"), false, false}, {"indirect", seq(boolean(4)), false, false},
		{"attributes", seq(boolean(5)), false, false}, {"garbage", []byte("x"), false, false},
	}
	for _, tt := range tests {
		if inScope(tt.value, false) != tt.user || inScope(tt.value, true) != tt.ca {
			t.Errorf("%s: %v, %v", tt.name, inScope(tt.value, false), inScope(tt.value, true))
		}
	}
}

func TestSignsDocuments(t *testing.T) {
	tests := []struct {
		name string
		c    x509.Certificate
		ok   bool
	}{
		{"no usage", x509.Certificate{}, true},
		{"digital signature", x509.Certificate{KeyUsage: x509.KeyUsageDigitalSignature}, true},
		{"non-repudiation", x509.Certificate{KeyUsage: x509.KeyUsageContentCommitment}, true},
		{"encryption", x509.Certificate{KeyUsage: x509.KeyUsageKeyEncipherment}, false},
		{"mail", x509.Certificate{ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection}}, true},
		{"documents", x509.Certificate{UnknownExtKeyUsage: documentUsages()[:1]}, true},
		{"server", x509.Certificate{ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}, false},
		{"time stamps", x509.Certificate{ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}}, false},
	}
	for _, tt := range tests {
		if err := signsDocuments(&tt.c); (err == nil) != tt.ok {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// xmp is a file whose catalogue has this metadata.
func xmp(t *testing.T, packet string) *pdf.File {
	t.Helper()
	w := pdf.NewWriter("1.4")
	root, meta := w.Alloc(), w.Alloc()
	w.Put(root, pdf.Dict{"Type": pdf.Name("Catalog"), "Metadata": meta})
	w.Put(meta, &pdf.Stream{Dict: pdf.Dict{}, Raw: []byte(packet)})
	out, err := w.Finish(pdf.Dict{"Root": root})
	if err != nil {
		t.Fatal(err)
	}
	f, err := pdf.Parse(out)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestStatements: two packets say the same whatever their form and date.
func TestStatements(t *testing.T) {
	const head = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:mq="urn:mq"`
	const tail = `</rdf:Description></rdf:RDF></x:xmpmeta>`
	say := func(s string) string { return head + s + tail }
	base := say(`><mq:Number>1</mq:Number><xmp:ModifyDate>2026</xmp:ModifyDate>`)
	tests := []struct {
		name, packet string
		same         bool
	}{
		{"later date", say(`><mq:Number>1</mq:Number><xmp:ModifyDate>2027</xmp:ModifyDate>`), true},
		{"attribute", say(` mq:Number="1">`), true},
		{"harmless attributes", say(` xmp:ModifyDate="2026-03-18T14:05:32+08:00" xmp:MetadataDate="2026"><mq:Number>1</mq:Number>`), true},
		{"program and instance", say(` xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:m="http://ns.adobe.com/xap/1.0/mm/"><pdf:Producer>qpdf 11 程序</pdf:Producer><m:InstanceID>uuid:01234567-89ab-cdef-0123-456789abcdef</m:InstanceID><mq:Number>1</mq:Number>`), true},
		{"comment", say(`><mq:Number><!-- x -->1</mq:Number><!-- y -->`), true},
		{"two descriptions", say(`></rdf:Description><rdf:Description xmlns:mq="urn:mq" rdf:about=""><mq:Number>1</mq:Number>`), true},
		{"date that is none", say(`><mq:Number>1</mq:Number><xmp:ModifyDate>pay 9999</xmp:ModifyDate>`), false},
		{"date with an element in it", say(`><mq:Number>1</mq:Number><xmp:ModifyDate>2026<b/></xmp:ModifyDate>`), false},
		{"date with an attribute", say(`><mq:Number>1</mq:Number><xmp:ModifyDate mq:x="y">2026</xmp:ModifyDate>`), false},
		{"date inside another property", say(`><mq:Number>1</mq:Number><mq:P><xmp:ModifyDate>2026</xmp:ModifyDate></mq:P>`), false},
		{"long name of a program", say(` xmlns:pdf="http://ns.adobe.com/pdf/1.3/"><pdf:Producer>` + strings.Repeat("x", 300) + `</pdf:Producer><mq:Number>1</mq:Number>`), false},
		{"element of another namespace", say(` xmlns:q="urn:q"><q:Number>1</q:Number>`), false},
		{"description of another namespace", say(` xmlns:q="urn:q"><q:Description><mq:Number>1</mq:Number></q:Description>`), false},
		{"hidden in a description", say(`><rdf:Description><mq:Number>1</mq:Number></rdf:Description>`), false},
		{"about something else", strings.Replace(base, `rdf:about=""`, `rdf:about="x"`, 1), false},
		{"text outside", base + "x", false},
		{"no date, white space", say(">\n  <mq:Number> 1 </mq:Number>\n"), true},
		{"other number", say(`><mq:Number>2</mq:Number>`), false},
		{"one more", say(`><mq:Number>1</mq:Number><mq:Trial>0</mq:Trial>`), false},
	}
	f := xmp(t, base)
	work := maxXMPWork
	want, err := statements(f, pdf.Ref{Num: 2}, &work)
	if err != nil || len(want) != 3 {
		t.Fatal(want, err)
	}
	for _, tt := range tests {
		got, err := statements(xmp(t, tt.packet), pdf.Ref{Num: 2}, &work)
		if err != nil && tt.same {
			t.Fatal(err)
		}
		if same := err == nil && strings.Join(got, "\n") == strings.Join(want, "\n"); same != tt.same {
			t.Errorf("%s: %q and %q", tt.name, got, want)
		}
	}
	order := []string{`><mq:A>1</mq:A><mq:B>2</mq:B>`, `><mq:B>2</mq:B><mq:A>1</mq:A>`}
	one, err1 := statements(xmp(t, say(order[0])), pdf.Ref{Num: 2}, &work)
	two, err2 := statements(xmp(t, say(order[1])), pdf.Ref{Num: 2}, &work)
	if err1 != nil || err2 != nil || strings.Join(one, "\n") == strings.Join(two, "\n") {
		t.Error("another order says the same", err1, err2)
	}
	for name, bad := range map[string]string{
		"no XML": "<a", "deep": strings.Repeat("<a>", 100), "entities": `<!DOCTYPE a [<!ENTITY b "c">]><a/>`,
		"many elements": "<a>" + strings.Repeat("<b/>", maxXMPWork/elementWork) + "</a>", "long": "<a>" + strings.Repeat(" ", maxXMP) + "</a>",
	} {
		work := maxXMPWork
		if _, err := statements(xmp(t, bad), pdf.Ref{Num: 2}, &work); err == nil {
			t.Errorf("%s: was read", name)
		}
	}
}

// TestDSSShape: validation data that are anything else are refused.
func TestDSSShape(t *testing.T) {
	file := func(d pdf.Object) *pdf.File {
		w := pdf.NewWriter("1.4")
		root, junk := w.Alloc(), w.Alloc()
		w.Put(root, pdf.Dict{"Type": pdf.Name("Catalog"), "DSS": d})
		w.Put(junk, &pdf.Stream{Dict: pdf.Dict{}, Raw: []byte("BT (x) Tj ET")})
		out, err := w.Finish(pdf.Dict{"Root": root})
		if err != nil {
			t.Fatal(err)
		}
		f, err := pdf.Parse(out)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	junk := pdf.Array{pdf.Ref{Num: 2}}
	for name, d := range map[string]pdf.Object{
		"no dictionary": int64(1), "other type": pdf.Dict{"Type": pdf.Name("Page")}, "other key": pdf.Dict{"Contents": junk},
		"no certificate": pdf.Dict{"Certs": junk}, "no list": pdf.Dict{"CRLs": junk}, "no answer": pdf.Dict{"OCSPs": junk},
		"direct": pdf.Dict{"Certs": pdf.Array{int64(1)}}, "not a list": pdf.Dict{"Certs": int64(1)},
		"VRI of no signature": pdf.Dict{"VRI": pdf.Dict{"x": pdf.Dict{}}}, "VRI with a key": pdf.Dict{"VRI": pdf.Dict{pdf.Name(strings.Repeat("A", 40)): pdf.Dict{"AP": junk}}},
		"VRI with junk": pdf.Dict{"VRI": pdf.Dict{pdf.Name(strings.Repeat("A", 40)): pdf.Dict{"Cert": junk}}},
	} {
		if _, err := readDSS(file(d), newCertificates()); err == nil {
			t.Errorf("%s: was read", name)
		}
	}
	good := pdf.Dict{"Type": pdf.Name("DSS"), "VRI": pdf.Dict{pdf.Name(strings.Repeat("A", 40)): pdf.Dict{"TU": pdf.String("D:2026")}}}
	if _, err := readDSS(file(good), newCertificates()); err != nil {
		t.Error(err)
	}
}

func TestHole(t *testing.T) {
	d := pdf.Dict{"Contents": pdf.String("\xab\xcd")}
	for in, ok := range map[string]bool{"<ABCD>": true, "<abcd>": true, "<aBCD>": false, "<ABCE>": false, "<AB CD>": false, "(ABCD)": false, "<ABC>": false, "<>": false} {
		if got, err := hole([]byte(in), d); (err == nil) != ok || ok && !bytes.Equal(got, d["Contents"].(pdf.String)) {
			t.Errorf("%s: %x, %v", in, got, err)
		}
	}
}
