package sign

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"strings"
)

var oidNameConstraints = asn1.ObjectIdentifier{2, 5, 29, 30}

const directoryName = 4 // the tag of such a GeneralName

type nameConstraints struct {
	Permitted asn1.RawValue `asn1:"optional,tag:0"`
	Excluded  asn1.RawValue `asn1:"optional,tag:1"`
}

// permitted keeps the chains whose authorities may certify the names below them
// and, for documents, this purpose; crypto/x509 looks at neither.
func permitted(chains [][]*x509.Certificate, use x509.ExtKeyUsage) (out [][]*x509.Certificate, err error) {
	var first error
	for _, chain := range chains {
		err := named(chain)
		for i, c := range chain {
			if err == nil && use == x509.ExtKeyUsageAny && i > 0 && i < len(chain)-1 && !purposeFits(c) {
				err = fmt.Errorf("the authority %s may not certify for signing documents (extended key usage)", c.Subject.CommonName)
			}
		}
		if err == nil {
			out = append(out, chain)
		} else if first == nil {
			first = err
		}
	}
	if len(out) == 0 {
		return nil, first
	}
	return out, nil
}

// named checks the subjects of a chain against its directory name constraints
// (RFC 5280 §4.2.1.10), whether critical or not.
func named(chain []*x509.Certificate) error {
	for i, by := range chain {
		for _, e := range by.Extensions {
			if !e.Id.Equal(oidNameConstraints) {
				continue
			}
			permitted, excluded, err := directoryNames(e.Value)
			if err != nil {
				return fmt.Errorf("the name constraints of %s cannot be read", by.Subject.CommonName)
			}
			for j, c := range chain[:i] {
				if j > 0 && bytes.Equal(c.RawSubject, c.RawIssuer) {
					continue
				}
				if !within(c.RawSubject, permitted, excluded) {
					return fmt.Errorf("the authority %s may not certify the name %s", by.Subject.CommonName, c.Subject)
				}
			}
		}
	}
	return nil
}

// understood takes critical name constraints off what of a certificate nobody
// handles, where they are only of kinds that crypto/x509 or named looks at.
func understood(c *x509.Certificate) {
	if len(c.UnhandledCriticalExtensions) != 1 || !c.UnhandledCriticalExtensions[0].Equal(oidNameConstraints) {
		return
	}
	for _, e := range c.Extensions {
		if e.Id.Equal(oidNameConstraints) && onlyKnownNames(e.Value) {
			c.UnhandledCriticalExtensions = nil
		}
	}
}

// onlyKnownNames: mail, DNS, directory, URI and IP names (RFC 5280 §4.2.1.6).
func onlyKnownNames(value []byte) bool {
	var c nameConstraints
	if rest, err := asn1.Unmarshal(value, &c); err != nil || len(rest) > 0 {
		return false
	}
	for _, list := range [][]byte{c.Permitted.Bytes, c.Excluded.Bytes} {
		for len(list) > 0 {
			var tree, base asn1.RawValue
			var err error
			if list, err = asn1.Unmarshal(list, &tree); err != nil {
				return false
			}
			if rest, err := asn1.Unmarshal(tree.Bytes, &base); err != nil || len(rest) > 0 {
				return false
			}
			switch base.Tag {
			case 1, 2, directoryName, 6, 7:
			default:
				return false
			}
		}
	}
	return true
}

// within: a name is below one that is permitted, if any is, and below none that
// is excluded. An empty name is not constrained.
func within(raw []byte, permitted, excluded []pkix.RDNSequence) bool {
	var name pkix.RDNSequence
	if _, err := asn1.Unmarshal(raw, &name); err != nil {
		return false
	}
	if len(name) == 0 {
		return true
	}
	for _, e := range excluded {
		if below(name, e) {
			return false
		}
	}
	for _, p := range permitted {
		if below(name, p) {
			return true
		}
	}
	return len(permitted) == 0
}

// below: a name begins with the parts of another.
func below(name, above pkix.RDNSequence) bool {
	if len(above) > len(name) {
		return false
	}
	for i, set := range above {
		if len(set) != len(name[i]) {
			return false
		}
		for _, want := range set {
			found := false
			for _, a := range name[i] {
				found = found || a.Type.Equal(want.Type) && folded(a.Value) == folded(want.Value)
			}
			if !found {
				return false
			}
		}
	}
	return true
}

// folded is a value as RFC 5280 §7.1 compares it: without case and with single
// spaces.
func folded(v any) string { return strings.ToLower(strings.Join(strings.Fields(fmt.Sprint(v)), " ")) }

// directoryNames of the permitted and the excluded subtrees.
func directoryNames(value []byte) (permitted, excluded []pkix.RDNSequence, err error) {
	var c nameConstraints
	if rest, err := asn1.Unmarshal(value, &c); err != nil || len(rest) > 0 {
		return nil, nil, errors.New("name constraints")
	}
	if permitted, err = subtrees(c.Permitted.Bytes); err != nil {
		return nil, nil, err
	}
	excluded, err = subtrees(c.Excluded.Bytes)
	return permitted, excluded, err
}

// subtrees reads the directory names of a list; other kinds are crypto/x509's.
func subtrees(list []byte) (out []pkix.RDNSequence, err error) {
	for len(list) > 0 {
		var tree, base asn1.RawValue
		if list, err = asn1.Unmarshal(list, &tree); err != nil {
			return nil, err
		}
		if _, err = asn1.Unmarshal(tree.Bytes, &base); err != nil {
			return nil, err
		}
		if base.Class != asn1.ClassContextSpecific || base.Tag != directoryName {
			continue
		}
		var name pkix.RDNSequence
		if rest, err := asn1.Unmarshal(base.Bytes, &name); err != nil || len(rest) > 0 {
			return nil, errors.New("a directory name cannot be read")
		}
		out = append(out, name)
	}
	return out, nil
}
