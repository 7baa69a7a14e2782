package pdf

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf16"

	"moqian/sign/pdf"
)

// Namespace of the voucher's data in XMP.
const Namespace = "https://moqian.example.com/ns/voucher/1/"

// packet is the XMP metadata (ISO 16684-1) with the identification of PDF/A-1b
// and the voucher's data as a declared extension schema, and the creation date
// as Info wants it.
func packet(d Doc) (xmp []byte, created string, err error) {
	at, err := time.Parse(time.RFC3339, d.Created)
	if err != nil {
		return nil, "", fmt.Errorf("creation date: %w", err)
	}
	var b bytes.Buffer
	b.WriteString("<?xpacket begin=\"\uFEFF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n" +
		`<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">` + "\n" +
		`<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"><pdfaid:part>1</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance></rdf:Description>` + "\n")
	fmt.Fprintf(&b, `<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:format>application/pdf</dc:format><dc:title><rdf:Alt><rdf:li xml:lang="x-default">%s</rdf:li></rdf:Alt></dc:title></rdf:Description>`+"\n", escape(d.Title))
	fmt.Fprintf(&b, `<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"><xmp:CreateDate>%s</xmp:CreateDate><pdf:Producer>%s</pdf:Producer></rdf:Description>`+"\n", at.Format("2006-01-02T15:04:05-07:00"), Producer)
	if len(d.Data) > 0 {
		writeSchema(&b, d.Data)
	}
	b.WriteString("</rdf:RDF></x:xmpmeta>\n<?xpacket end=\"r\"?>")
	return b.Bytes(), pdfDate(at), nil
}

// writeSchema declares the voucher's schema (PDF/A-1, TechNote 0009) and gives
// its values.
func writeSchema(b *bytes.Buffer, data []Property) {
	b.WriteString(`<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"><pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">` +
		`<pdfaSchema:schema>Moqian voucher data</pdfaSchema:schema><pdfaSchema:namespaceURI>` + Namespace + `</pdfaSchema:namespaceURI><pdfaSchema:prefix>mq</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq>` + "\n")
	for _, p := range data {
		fmt.Fprintf(b, `<rdf:li rdf:parseType="Resource"><pdfaProperty:name>%s</pdfaProperty:name><pdfaProperty:valueType>Text</pdfaProperty:valueType><pdfaProperty:category>internal</pdfaProperty:category><pdfaProperty:description>%s</pdfaProperty:description></rdf:li>`+"\n", p.Name, escape(p.Description))
	}
	b.WriteString(`</rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>` + "\n" +
		`<rdf:Description rdf:about="" xmlns:mq="` + Namespace + `">` + "\n")
	for _, p := range data {
		fmt.Fprintf(b, "<mq:%s>%s</mq:%s>\n", p.Name, escape(p.Value), p.Name)
	}
	b.WriteString("</rdf:Description>\n")
}

func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s))
	return b.String()
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
	raw, err := s.Decode()
	if err != nil {
		return nil, err
	}
	return readPacket(raw)
}

func readPacket(raw []byte) (map[string]string, error) {
	out := map[string]string{}
	name := ""
	for d := xml.NewDecoder(bytes.NewReader(raw)); ; {
		t, err := d.Token()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("reading the XMP: %w", err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			if name = ""; t.Name.Space == Namespace {
				if name = t.Name.Local; out[name] != "" {
					return nil, fmt.Errorf("reading the XMP: %s stands twice", name)
				}
			}
		case xml.EndElement:
			name = ""
		case xml.CharData:
			if name != "" {
				out[name] += string(t)
			}
		}
	}
}

// pdfDate is a date with its offset, ISO 32000-1 §7.9.4.
func pdfDate(t time.Time) string {
	zone := t.Format("-07:00")
	return "D:" + t.Format("20060102150405") + zone[:3] + "'" + zone[4:] + "'"
}

// textString is UTF-16BE with its mark.
func textString(s string) pdf.String {
	out := pdf.String{0xfe, 0xff}
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u>>8), byte(u))
	}
	return out
}
