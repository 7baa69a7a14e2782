package pdf

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"moqian/sign/pdf"
)

// Namespace of the voucher's data in XMP.
const Namespace = "https://moqian.example.com/ns/voucher/1/"

// packet is the XMP metadata (ISO 16684-1) with the identification of PDF/A-1b
// and the voucher's data as a declared extension schema, and the creation date
// as Info wants it. PDF/A-1 forbids to pack it, so it is terse.
func packet(d Doc) (xmp []byte, created string, err error) {
	at, err := time.Parse(time.RFC3339, d.Created)
	if err != nil {
		return nil, "", fmt.Errorf("creation date: %w", err)
	}
	if !isText(d.Title) {
		return nil, "", errors.New("the title holds what XML cannot")
	}
	var b bytes.Buffer
	b.WriteString("<?xpacket begin=\"\uFEFF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n" +
		`<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">` + "\n" +
		`<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">` +
		`<pdfaid:part>1</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>`)
	fmt.Fprintf(&b, `<dc:title><rdf:Alt><rdf:li xml:lang="x-default">%s</rdf:li></rdf:Alt></dc:title>`, escape(d.Title))
	fmt.Fprintf(&b, `<xmp:CreateDate>%s</xmp:CreateDate><pdf:Producer>%s</pdf:Producer></rdf:Description>`+"\n", at.Format("2006-01-02T15:04:05-07:00"), Producer)
	if len(d.Data) > 0 {
		if err := writeSchema(&b, d.Data); err != nil {
			return nil, "", err
		}
	}
	b.WriteString("</rdf:RDF></x:xmpmeta>\n<?xpacket end=\"r\"?>")
	return b.Bytes(), pdfDate(at), nil
}

// writeSchema declares the voucher's schema (PDF/A-1, TechNote 0009) and gives
// its values. Each declared property costs a quarter of a kilobyte, so there is
// one, a list of texts name=value, and its description explains the names.
func writeSchema(b *bytes.Buffer, data []Property) error {
	name := regexp.MustCompile(`^[A-Za-z][0-9A-Za-z]*$`)
	var meaning, values strings.Builder
	for i, p := range data {
		if !name.MatchString(p.Name) {
			return fmt.Errorf("voucher data: %q is no name", p.Name)
		}
		if !isText(p.Value + p.Description) {
			return fmt.Errorf("voucher data: %s holds what XML cannot", p.Name)
		}
		if i > 0 {
			meaning.WriteString("; ")
		}
		meaning.WriteString(p.Name)
		if p.Description != "" {
			meaning.WriteString(": " + p.Description)
		}
		values.WriteString("<rdf:li>" + p.Name + "=" + escape(p.Value) + "</rdf:li>\n")
	}
	b.WriteString(`<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"><pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">` +
		`<pdfaSchema:schema>Moqian voucher data</pdfaSchema:schema><pdfaSchema:namespaceURI>` + Namespace + `</pdfaSchema:namespaceURI><pdfaSchema:prefix>mq</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq>` +
		`<rdf:li rdf:parseType="Resource"><pdfaProperty:name>Data</pdfaProperty:name><pdfaProperty:valueType>seq Text</pdfaProperty:valueType><pdfaProperty:category>internal</pdfaProperty:category><pdfaProperty:description>` +
		escape(meaning.String()) + `</pdfaProperty:description></rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>` + "\n" +
		`<rdf:Description rdf:about="" xmlns:mq="` + Namespace + `"><mq:Data><rdf:Seq>` + "\n" + values.String() +
		"</rdf:Seq></mq:Data></rdf:Description>\n")
	return nil
}

// isText says whether a text has only characters of XML 1.0.
func isText(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF
	})
}

// escape makes a text the content of an element; quotes may stay.
func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\r", "&#13;").Replace(s)
}

// ReadData gives the voucher's data of a file, name to value; a file without
// any gives an empty map.
func ReadData(f *pdf.File) (map[string]string, error) {
	catalog, err := f.Dict(f.Trailer()["Root"])
	if err != nil || catalog == nil {
		return nil, errors.Join(errors.New("no document catalogue"), err)
	}
	o, err := f.Resolve(catalog["Metadata"])
	if err != nil {
		return nil, err
	}
	s, ok := o.(*pdf.Stream)
	if !ok {
		return map[string]string{}, nil
	}
	raw, err := s.DecodeUpTo(maxPacket)
	if err != nil {
		return nil, err
	}
	return readPacket(raw)
}

// readPacket finds the list of the voucher's data and reads its entries.
func readPacket(raw []byte) (map[string]string, error) {
	const rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
	out := map[string]string{}
	var path []xml.Name
	inside := func() bool {
		n := len(path)
		return n >= 3 && path[n-3] == xml.Name{Space: Namespace, Local: "Data"} &&
			path[n-2] == xml.Name{Space: rdf, Local: "Seq"} && path[n-1] == xml.Name{Space: rdf, Local: "li"}
	}
	var text strings.Builder
	d := xml.NewDecoder(bytes.NewReader(raw))
	for tokens := 0; ; tokens++ {
		t, err := d.Token()
		if tokens > maxTokens {
			return nil, errors.New("reading the XMP: too many elements")
		}
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("reading the XMP: %w", err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			if path = append(path, t.Name); len(path) > maxElements {
				return nil, errors.New("reading the XMP: nested too deeply")
			}
			text.Reset()
		case xml.EndElement:
			if inside() {
				name, value, _ := strings.Cut(text.String(), "=")
				if _, twice := out[name]; twice || name == "" {
					return nil, fmt.Errorf("reading the XMP: %q stands twice or has no name", name)
				}
				out[name] = value
			}
			path = path[:len(path)-1]
			text.Reset()
		case xml.CharData:
			text.Write(t)
		}
	}
}

// Bounds of an XMP packet: how deep elements may nest, how many tokens of XML it
// may hold and how many bytes.
const (
	maxElements = 100
	maxTokens   = 200_000
	maxPacket   = 4 << 20
)

// pdfDate is a date with its offset, ISO 32000-1 §7.9.4.
func pdfDate(t time.Time) string {
	zone := t.Format("-07:00")
	return "D:" + t.Format("20060102150405") + zone[:3] + "'" + zone[4:] + "'"
}

// textString is ASCII as it is, all else UTF-16BE with its mark.
func textString(s string) pdf.String {
	if strings.Trim(s, printable) == "" {
		return pdf.String(s)
	}
	out := pdf.String{0xfe, 0xff}
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u>>8), byte(u))
	}
	return out
}

// printable is ASCII without controls, equal in PDFDocEncoding.
const printable = " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"
