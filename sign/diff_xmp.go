package sign

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"

	"moqian/sign/pdf"
)

// metadata: the XMP may be written again when all it says but the date of the
// change and the program is the same.
func (d *differ) metadata() error {
	a, b, err := d.roots()
	if err != nil {
		return err
	}
	r, ok := b["Metadata"].(pdf.Ref)
	if !ok {
		if a["Metadata"] != nil {
			return errors.New("the metadata are removed")
		}
		return nil
	}
	if (!d.changed[r.Num] || d.ok[r.Num]) && pdf.Equal(a["Metadata"], r) {
		return nil
	}
	if !d.isNew(r.Num) && !pdf.Equal(a["Metadata"], r) {
		return errors.New("the metadata take another object over")
	}
	was, err := statements(d.old, a["Metadata"])
	if err != nil {
		return err
	}
	is, err := statements(d.cur, r)
	if err != nil {
		return err
	}
	if !slices.Equal(was, is) {
		return errors.New("the metadata are changed")
	}
	d.ok[r.Num] = true
	return nil
}

// statements of an XMP packet, sorted: each property's path and text.
func statements(f *pdf.File, o pdf.Object) ([]string, error) {
	o, err := f.Resolve(o)
	if err != nil || o == nil {
		return nil, err
	}
	s, ok := o.(*pdf.Stream)
	if !ok {
		return nil, errors.New("the metadata are no stream")
	}
	raw, err := s.Decode()
	if err != nil {
		return nil, err
	}
	var out []string
	var path []string
	for dec := xml.NewDecoder(bytes.NewReader(raw)); ; {
		t, err := dec.Token()
		if err == io.EOF {
			slices.Sort(out)
			return out, nil
		}
		if err != nil {
			return nil, errors.New("the metadata cannot be read")
		}
		switch t := t.(type) {
		case xml.StartElement:
			if path = append(path, element(t.Name)); len(path) > maxNesting {
				return nil, errors.New("the metadata are nested too deeply")
			}
			for _, a := range t.Attr {
				if a.Name.Space != "xmlns" && a.Name.Local != "xmlns" && a.Name.Local != "about" {
					out = state(out, append(slices.Clone(path), element(a.Name)), a.Value)
				}
			}
		case xml.EndElement:
			path = path[:max(0, len(path)-1)]
		case xml.CharData:
			out = state(out, path, string(t))
		}
	}
}

// element names a property; containers of RDF have no name of their own.
func element(n xml.Name) string {
	switch {
	case n.Local == "RDF" || n.Local == "Description" || n.Local == "xmpmeta" || n.Local == "parseType":
		return ""
	}
	return n.Space + n.Local
}

// state adds what a property says, unless it tells of the change itself.
func state(out []string, path []string, value string) []string {
	value = strings.TrimSpace(value)
	last := ""
	if len(path) > 0 {
		last = path[len(path)-1]
	}
	switch last {
	case "http://ns.adobe.com/xap/1.0/ModifyDate", "http://ns.adobe.com/xap/1.0/MetadataDate", "http://ns.adobe.com/pdf/1.3/Producer", "xmptk", "adobe:ns:meta/xmptk":
		return out
	}
	if value == "" || last == "" {
		return out
	}
	return append(out, strings.Join(slices.DeleteFunc(slices.Clone(path), func(s string) bool { return s == "" }), "/")+"="+value)
}
