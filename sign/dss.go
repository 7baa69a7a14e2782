package sign

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"regexp"

	"golang.org/x/crypto/ocsp"

	"moqian/sign/pdf"
)

// Limits of a document security store.
const (
	maxDSSItems = 256
	maxDSSBytes = 4 << 20
)

// dss is the document security store, ETSI EN 319 142-1 §5.4.2.
type dss struct {
	certs []*x509.Certificate
	crls  []*x509.RevocationList
	ocsps [][]byte
	// objects are the numbers of all indirect objects that make it up.
	objects map[int]bool
	bytes   int
	// unread counts certificates and lists that this program cannot read, as
	// lists of version 1; they vouch for nothing.
	unread int
}

// readDSS reads the store of a view of the file; a file without one gives an
// empty store. Everything in it must be what its place says.
func readDSS(f *pdf.File, known *certificates) (*dss, error) {
	s := &dss{objects: map[int]bool{}}
	catalog, err := f.Dict(f.Trailer()["Root"])
	if err != nil || catalog == nil || catalog["DSS"] == nil {
		return s, err
	}
	d, err := s.dict(f, catalog["DSS"])
	if err != nil {
		return nil, err
	}
	for key, o := range d {
		switch key {
		case "Type":
			if o != pdf.Name("DSS") {
				return nil, errors.New("the DSS is of another type")
			}
		case "Certs", "CRLs", "OCSPs":
			err = s.list(f, key, o, known)
		case "VRI":
			err = s.related(f, o, known)
		default:
			err = fmt.Errorf("the DSS has a key /%s", key)
		}
		if err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *dss) dict(f *pdf.File, o pdf.Object) (pdf.Dict, error) {
	if r, ok := o.(pdf.Ref); ok {
		s.objects[r.Num] = true
	}
	o, err := f.Resolve(o)
	d, ok := o.(pdf.Dict)
	if err != nil || !ok {
		return nil, errors.New("a part of the DSS is no dictionary")
	}
	return d, nil
}

// vriKey is the digest of a signature's /Contents in hex: by ETSI EN 319 142-1
// §5.4.2.3 SHA-1 in upper case, in files of other programs also lower case or
// SHA-256. Nothing is looked up by it: validation data count wherever they stand.
var vriKey = regexp.MustCompile(`^([0-9A-F]{40}|[0-9a-f]{40}|[0-9A-F]{64}|[0-9a-f]{64})$`)

func (s *dss) related(f *pdf.File, o pdf.Object, known *certificates) error {
	d, err := s.dict(f, o)
	if err != nil {
		return err
	}
	if len(d) > maxDSSItems {
		return errors.New("the DSS is too large")
	}
	for key, o := range d {
		if key == "Type" && o == pdf.Name("VRI") {
			continue
		}
		if !vriKey.MatchString(string(key)) {
			return fmt.Errorf("the DSS has a VRI /%s", key)
		}
		v, err := s.dict(f, o)
		if err != nil {
			return err
		}
		for key, o := range v {
			switch key {
			case "Type", "TU":
			case "Cert", "CRL", "OCSP":
				err = s.list(f, key+"s", o, known)
			case "TS":
				err = s.list(f, key, pdf.Array{o}, known)
			default:
				err = fmt.Errorf("a VRI has a key /%s", key)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// list reads an array of streams; each stream is read once.
func (s *dss) list(f *pdf.File, kind pdf.Name, o pdf.Object, known *certificates) error {
	if r, ok := o.(pdf.Ref); ok {
		s.objects[r.Num] = true
	}
	o, err := f.Resolve(o)
	items, ok := o.(pdf.Array)
	if err != nil || !ok || len(items) > maxDSSItems {
		return fmt.Errorf("/%s of the DSS is no list in range", kind)
	}
	for _, item := range items {
		r, ok := item.(pdf.Ref)
		if !ok {
			return fmt.Errorf("/%s of the DSS has a direct object", kind)
		}
		if s.objects[r.Num] {
			continue
		}
		s.objects[r.Num] = true
		if len(s.objects) > 4*maxDSSItems {
			return errors.New("the DSS is too large")
		}
		if err := s.item(f, kind, r, known); err != nil {
			return fmt.Errorf("/%s of the DSS, object %d: %w", kind, r.Num, err)
		}
	}
	return nil
}

func (s *dss) item(f *pdf.File, kind pdf.Name, r pdf.Ref, known *certificates) error {
	o, err := f.Get(r)
	if err != nil {
		return err
	}
	stream, ok := o.(*pdf.Stream)
	if !ok {
		return errors.New("not a stream")
	}
	raw, err := known.unpack(stream)
	if err != nil {
		return err
	}
	if s.bytes += len(raw); s.bytes > maxDSSBytes {
		return errors.New("the DSS is too large")
	}
	switch kind {
	case "Certs":
		if c, err := known.parse(raw); err == nil {
			s.certs = append(s.certs, c)
		} else if !signedParts(raw) {
			return err
		} else {
			s.unread++
		}
	case "CRLs":
		if l, err := known.list(raw); err == nil {
			s.crls = append(s.crls, l)
		} else if !signedParts(raw) {
			return err
		} else {
			s.unread++
		}
	case "OCSPs":
		if _, err := ocsp.ParseResponse(raw, nil); err != nil {
			return err
		}
		s.ocsps = append(s.ocsps, raw)
	default: // TS: a time-stamp token
		if _, err := asn1.Unmarshal(raw, new(asn1.RawValue)); err != nil {
			return err
		}
	}
	return nil
}

// holds says whether all of a chain but its root is in the store or a bag.
func (s *dss) holds(chain, bag []*x509.Certificate) bool {
	for _, c := range chain[:len(chain)-1] {
		found := false
		for _, x := range append(append([]*x509.Certificate{}, s.certs...), bag...) {
			found = found || bytes.Equal(x.Raw, c.Raw)
		}
		if !found {
			return false
		}
	}
	return true
}

// signedParts: the DER has the three parts of everything that X.509 signs (RFC
// 5280 §4.1, §5.1): content, algorithm, value.
func signedParts(der []byte) bool {
	var parts struct {
		Content   asn1.RawValue
		Algorithm pkix.AlgorithmIdentifier
		Value     asn1.BitString
	}
	rest, err := asn1.Unmarshal(der, &parts)
	if err != nil || len(rest) > 0 || parts.Content.Tag != asn1.TagSequence || !parts.Content.IsCompound {
		return false
	}
	again, err := asn1.Marshal(parts)
	return err == nil && bytes.Equal(again, der)
}
