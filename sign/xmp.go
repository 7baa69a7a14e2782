package sign

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"moqian/sign/pdf"
)

// Limits of XMP that is compared: what one packet may unpack to, and the work on
// all packets of a file: their bytes, and elementWork more for each token.
const (
	maxXMP      = 4 << 20
	maxXMPWork  = 8 << 20
	elementWork = 64
)

const (
	rdfSpace  = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
	metaSpace = "adobe:ns:meta/"
)

var errXMP = errors.New("the metadata cannot be read")

// statements of an XMP packet in their order: each element with its namespace,
// its attributes and text, without the harmless ones. A property of a description
// reads the same as attribute and as element. work is what all packets of the
// file may still cost.
func statements(f *pdf.File, o pdf.Object, work *int) ([]string, error) {
	o, err := f.Resolve(o)
	if err != nil || o == nil {
		return nil, err
	}
	s, ok := o.(*pdf.Stream)
	if !ok {
		return nil, errors.New("the metadata are no stream")
	}
	raw, err := s.DecodeUpTo(maxXMP)
	if err != nil {
		return nil, err
	}
	r := packetReader{work: work}
	if err := r.spend(len(raw)); err != nil {
		return nil, err
	}
	for dec := xml.NewDecoder(bytes.NewReader(raw)); ; {
		t, err := dec.Token()
		if err == io.EOF {
			return r.out, nil
		}
		if err != nil {
			return nil, errXMP
		}
		if err := r.take(t); err != nil {
			return nil, err
		}
	}
}

// packetReader makes statements of the tokens of a packet.
type packetReader struct {
	out  []string
	open []part
	work *int
}

// part is an element that is open.
type part struct {
	name  xml.Name
	start int // where its statements begin
	// plain: it has no attributes and no elements, only text.
	plain bool
	// silent: it only holds others together, and says nothing itself.
	silent bool
	text   []byte
}

func (r *packetReader) spend(n int) error {
	if *r.work -= n; *r.work < 0 {
		return errors.New("the metadata are too large")
	}
	return nil
}

func (r *packetReader) take(t xml.Token) error {
	if err := r.spend(elementWork); err != nil {
		return err
	}
	switch t := t.(type) {
	case xml.StartElement:
		return r.begin(t)
	case xml.EndElement:
		r.end()
	case xml.CharData:
		if n := len(r.open); n > 0 {
			r.open[n-1].text = append(r.open[n-1].text, t...)
		} else if strings.TrimSpace(strings.Trim(string(t), "\uFEFF")) != "" {
			return errXMP
		}
	case xml.Directive:
		return errXMP
	}
	return nil
}

func (r *packetReader) begin(t xml.StartElement) error {
	if len(r.open) >= maxNesting {
		return errors.New("the metadata are nested too deeply")
	}
	r.flush()
	if n := len(r.open); n > 0 {
		r.open[n-1].plain = false
	}
	e := part{name: t.Name, start: len(r.out), plain: true, silent: r.holds(t.Name)}
	top := e.silent && t.Name.Local == "Description"
	if !e.silent {
		r.out = append(r.out, "<"+t.Name.Space+" "+t.Name.Local)
	}
	var said []string
	for _, a := range t.Attr {
		switch {
		case a.Name.Space == "xmlns" || a.Name.Space == "" && a.Name.Local == "xmlns":
			continue
		case e.silent && (a.Name.Local == "xmptk" || a.Name.Local == "about" && a.Value == ""):
			continue
		}
		e.plain = false
		if top && a.Name.Space != "" && a.Name.Space != rdfSpace && a.Name.Space != "xml" {
			if !harmless(a.Name, a.Value) {
				r.out = append(r.out, "<"+a.Name.Space+" "+a.Name.Local, "="+strings.TrimSpace(a.Value), ">")
			}
			continue
		}
		said = append(said, "@"+a.Name.Space+" "+a.Name.Local+"="+a.Value)
	}
	slices.Sort(said)
	r.out = append(r.out, said...)
	r.open = append(r.open, e)
	return nil
}

// holds: the packet's own elements, in their places.
func (r *packetReader) holds(n xml.Name) bool {
	at := r.open
	if len(at) > 0 && at[0].name == (xml.Name{Space: metaSpace, Local: "xmpmeta"}) {
		at = at[1:]
	}
	switch n {
	case xml.Name{Space: metaSpace, Local: "xmpmeta"}:
		return len(r.open) == 0
	case xml.Name{Space: rdfSpace, Local: "RDF"}:
		return len(at) == 0
	case xml.Name{Space: rdfSpace, Local: "Description"}:
		return len(at) == 1 && at[0].silent
	}
	return false
}

// flush states the text of the innermost element as far as it was read.
func (r *packetReader) flush() {
	if n := len(r.open); n > 0 {
		if text := strings.TrimSpace(string(r.open[n-1].text)); text != "" {
			r.out = append(r.out, "="+text)
		}
		r.open[n-1].text = nil
	}
}

func (r *packetReader) end() {
	e := r.open[len(r.open)-1]
	above := r.open[:len(r.open)-1]
	property := len(above) > 0 && above[len(above)-1].silent && above[len(above)-1].name.Local == "Description"
	if property && e.plain && harmless(e.name, string(e.text)) {
		r.out, r.open = r.out[:e.start], above
		return
	}
	r.flush()
	if !e.silent {
		r.out = append(r.out, ">")
	}
	r.open = above
}

var (
	xmpDate     = regexp.MustCompile(`^\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?)?)?)?$`)
	xmpInstance = regexp.MustCompile(`^[A-Za-z.]{0,16}:?([A-Za-z]{0,8}:)?\{?[0-9A-Fa-f-]{0,64}\}?$`)
)

// harmless: a property that tells of the change itself, with a value of its kind.
func harmless(n xml.Name, value string) bool {
	value = strings.TrimSpace(value)
	switch n {
	case xml.Name{Space: "http://ns.adobe.com/xap/1.0/", Local: "ModifyDate"}, xml.Name{Space: "http://ns.adobe.com/xap/1.0/", Local: "MetadataDate"}:
		return xmpDate.MatchString(value)
	case xml.Name{Space: "http://ns.adobe.com/xap/1.0/mm/", Local: "InstanceID"}:
		return xmpInstance.MatchString(value)
	case xml.Name{Space: "http://ns.adobe.com/pdf/1.3/", Local: "Producer"}:
		return plainText(value)
	}
	return false
}

// plainText: the name of a program or a date, in one short line.
func plainText(s string) bool {
	s = strings.Trim(s, "\uFEFF\x00")
	return len(s) <= 256 && !strings.ContainsFunc(s, func(c rune) bool { return !unicode.IsPrint(c) })
}
