package sign

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/crypto/ocsp"
)

// ParseCRL reads a certificate revocation list in DER or PEM.
func ParseCRL(data []byte) (*x509.RevocationList, error) {
	if block, _ := pem.Decode(data); block != nil {
		data = block.Bytes
	}
	l, err := x509.ParseRevocationList(data)
	if err != nil {
		return nil, fmt.Errorf("reading a revocation list: %w", err)
	}
	return l, nil
}

// Revocation of a certificate.
const (
	RevocationGood    = "good"
	RevocationUnknown = "unknown" // no list or answer covers the moment
	RevocationRevoked = "revoked"
)

// revocation is what is known of revocations.
type revocation struct {
	crls  []*x509.RevocationList
	ocsps [][]byte
	// sound remembers which list which issuer signed.
	sound map[soundness]bool
}

type soundness struct {
	list   *x509.RevocationList
	issuer *x509.Certificate
}

// leeway for clocks that differ.
const leeway = 5 * time.Minute

// chain gives the worst state of a chain's certificates at a moment, and the
// certificate that has it. now bounds what may be known.
func (r *revocation) chain(chain []*x509.Certificate, at, now time.Time) (state string, of *x509.Certificate) {
	state = RevocationGood
	for i, c := range chain[:len(chain)-1] {
		switch s := r.state(c, chain[i+1], at, now); {
		case s == RevocationRevoked:
			return s, c
		case s == RevocationUnknown && state == RevocationGood:
			state, of = s, c
		}
	}
	return state, of
}

// state of one certificate: revoked when any answer says that it was by then;
// good when one that was valid at the moment, or made later, does not.
func (r *revocation) state(c, issuer *x509.Certificate, at, now time.Time) string {
	state := RevocationUnknown
	for _, l := range r.crls {
		if !r.covers(l, c, issuer) || l.ThisUpdate.After(now.Add(leeway)) {
			continue
		}
		i := slices.IndexFunc(l.RevokedCertificateEntries, func(e x509.RevocationListEntry) bool { return e.SerialNumber.Cmp(c.SerialNumber) == 0 })
		if i >= 0 && !l.RevokedCertificateEntries[i].RevocationTime.After(at) {
			return RevocationRevoked
		}
		if l.NextUpdate.IsZero() || !l.NextUpdate.Before(at) {
			state = RevocationGood
		}
	}
	for _, raw := range r.ocsps {
		a, err := ocsp.ParseResponseForCert(raw, c, issuer)
		if err != nil || a.ThisUpdate.After(now.Add(leeway)) || !mayAnswer(a, issuer) {
			continue
		}
		if a.Status == ocsp.Revoked && !a.RevokedAt.After(at) {
			return RevocationRevoked
		}
		if a.Status == ocsp.Good && (a.NextUpdate.IsZero() || !a.NextUpdate.Before(at)) {
			state = RevocationGood
		}
	}
	return state
}

// mayAnswer: the issuer itself, or a responder that it certified for this, with a
// certificate that was valid when it answered.
func mayAnswer(a *ocsp.Response, issuer *x509.Certificate) bool {
	c := a.Certificate
	if c == nil || c.Equal(issuer) {
		return true
	}
	return slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageOCSPSigning) && !a.ProducedAt.Before(c.NotBefore) && !a.ProducedAt.After(c.NotAfter)
}

var (
	oidDistributionPoint = asn1.ObjectIdentifier{2, 5, 29, 28}
	oidDeltaCRL          = asn1.ObjectIdentifier{2, 5, 29, 27}
)

// covers: the issuer signed the list, and it is a full one for this kind of
// certificate (RFC 5280 §5.2.5).
func (r *revocation) covers(l *x509.RevocationList, c, issuer *x509.Certificate) bool {
	if !bytes.Equal(l.RawIssuer, issuer.RawSubject) {
		return false
	}
	for _, e := range l.Extensions {
		if e.Id.Equal(oidDeltaCRL) {
			return false
		}
		if e.Id.Equal(oidDistributionPoint) {
			if !inScope(e.Value, c.IsCA) {
				return false
			}
		} else if e.Critical {
			return false
		}
	}
	return r.signed(l, issuer)
}

// signed says whether the issuer signed the list; each pair is tried once.
func (r *revocation) signed(l *x509.RevocationList, issuer *x509.Certificate) bool {
	key := soundness{l, issuer}
	ok, known := r.sound[key]
	if !known {
		ok = l.CheckSignatureFrom(issuer) == nil
		if r.sound == nil {
			r.sound = map[soundness]bool{}
		}
		r.sound[key] = ok
	}
	return ok
}

func inScope(value []byte, ca bool) bool {
	var p struct {
		Point    asn1.RawValue `asn1:"optional,tag:0"`
		User     bool          `asn1:"optional,tag:1"`
		CA       bool          `asn1:"optional,tag:2"`
		Reasons  asn1.RawValue `asn1:"optional,tag:3"`
		Indirect bool          `asn1:"optional,tag:4"`
		Attr     bool          `asn1:"optional,tag:5"`
	}
	if rest, err := asn1.Unmarshal(value, &p); err != nil || len(rest) > 0 {
		return false
	}
	return len(p.Reasons.FullBytes) == 0 && !p.Indirect && !p.Attr && (ca && !p.User || !ca && !p.CA)
}

// missing lists who in the chain has no good answer at a moment.
func (r *revocation) missing(chain []*x509.Certificate, at, now time.Time) error {
	for i, c := range chain[:len(chain)-1] {
		switch r.state(c, chain[i+1], at, now) {
		case RevocationRevoked:
			return fmt.Errorf("%s: %w", c.Subject.CommonName, errRevoked)
		case RevocationUnknown:
			return fmt.Errorf("%w: %s (issued by %s)", ErrNoRevocation, c.Subject.CommonName, chain[i+1].Subject.CommonName)
		}
	}
	return nil
}

var errRevoked = errors.New("the certificate is revoked")

// ErrNoRevocation: B-LT needs a revocation list for each certificate, and one is
// missing or too old.
var ErrNoRevocation = errors.New("no current revocation list for a certificate")
