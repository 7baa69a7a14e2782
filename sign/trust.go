package sign

import (
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"slices"
	"time"
)

// trust builds chains to given roots.
type trust struct {
	roots []*x509.CertPool
	// more are certificates from the file that may help to build a chain.
	more []*x509.Certificate
}

var errNoRoots = errors.New("no trusted root was given")

// stampRoots vouch for time stamps.
func (o Options) stampRoots() []*x509.CertPool { return stampRoots(o.Roots, o.TSARoots) }

func stampRoots(roots, stamps *x509.CertPool) []*x509.CertPool {
	if stamps != nil {
		return []*x509.CertPool{stamps}
	}
	return []*x509.CertPool{roots}
}

// chains from a certificate to a root, all valid at a moment, whose authorities
// may certify for this use and this name. A certificate that is itself a root is
// a chain of its own.
func (o trust) chains(c *x509.Certificate, bag []*x509.Certificate, at time.Time, use x509.ExtKeyUsage) ([][]*x509.Certificate, error) {
	pool := x509.NewCertPool()
	for _, x := range bag {
		pool.AddCert(x)
	}
	for _, x := range o.more {
		pool.AddCert(x)
	}
	err := errNoRoots
	for _, roots := range o.roots {
		if roots == nil {
			continue
		}
		var chains [][]*x509.Certificate
		chains, err = c.Verify(x509.VerifyOptions{Roots: roots, Intermediates: pool, CurrentTime: at, KeyUsages: []x509.ExtKeyUsage{use}})
		if err == nil {
			chains, err = permitted(chains, use)
		}
		if err == nil {
			return chains, weakChain(chains[0])
		}
	}
	return nil, err
}

func weakChain(chain []*x509.Certificate) error {
	for _, c := range chain {
		if err := strongKey(c); err != nil {
			return fmt.Errorf("%s: %w", c.Subject.CommonName, err)
		}
	}
	return nil
}

// signsDocuments checks key usage and purpose of a signatory's certificate; that
// it is no authority's is for its chain to say.
func signsDocuments(c *x509.Certificate) error {
	if c.KeyUsage != 0 && c.KeyUsage&(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment) == 0 {
		return errors.New("the certificate's key usage is not for signing documents")
	}
	if !purposeFits(c) {
		return errors.New("the certificate's extended key usage is not for signing documents")
	}
	return nil
}

// purposeFits: the certificate's extended key usage, if it has one, allows a
// purpose that documents are signed for.
func purposeFits(c *x509.Certificate) bool {
	if len(c.ExtKeyUsage)+len(c.UnknownExtKeyUsage) == 0 {
		return true
	}
	for _, u := range c.ExtKeyUsage {
		if u == x509.ExtKeyUsageAny || u == x509.ExtKeyUsageEmailProtection || u == x509.ExtKeyUsageClientAuth || u == x509.ExtKeyUsageCodeSigning {
			return true
		}
	}
	return slices.ContainsFunc(c.UnknownExtKeyUsage, func(u asn1.ObjectIdentifier) bool { return slices.ContainsFunc(documentUsages(), u.Equal) })
}

// documentUsages: RFC 9336, Microsoft's and Adobe's purposes for documents.
func documentUsages() []asn1.ObjectIdentifier {
	return []asn1.ObjectIdentifier{
		{1, 3, 6, 1, 5, 5, 7, 3, 36}, {1, 3, 6, 1, 4, 1, 311, 10, 3, 12}, {1, 2, 840, 113583, 1, 1, 5},
	}
}

// stray finds a certificate of a CMS that is in no chain and that nothing in
// the bag vouches for: no signature covers it, so its bytes could be anything. Of
// a signatory who is a given root himself, his issuers are passed over.
func stray(chains [][]*x509.Certificate, signer *x509.Certificate, bag []*x509.Certificate) *x509.Certificate {
	self := len(chains[0]) == 1
	all := append([]*x509.Certificate{signer}, bag...)
	for _, chain := range chains {
		all = append(all, chain...)
	}
	for _, x := range bag {
		if slices.ContainsFunc(chains, func(chain []*x509.Certificate) bool { return slices.ContainsFunc(chain, x.Equal) }) {
			continue
		}
		if slices.ContainsFunc(all, func(by *x509.Certificate) bool { return x.CheckSignatureFrom(by) == nil }) {
			continue
		}
		if !self || !slices.ContainsFunc(all, func(of *x509.Certificate) bool { return of.CheckSignatureFrom(x) == nil }) {
			return x
		}
	}
	return nil
}

// humanTime of a certificate problem: what a person can act on.
func humanTime(err error, c *x509.Certificate, at time.Time) error {
	var invalid x509.CertificateInvalidError
	if !errors.As(err, &invalid) || invalid.Reason != x509.Expired {
		return err
	}
	if at.Before(c.NotBefore) {
		return fmt.Errorf("at %s the certificate is not yet valid (from %s)", at.Format(time.RFC3339), c.NotBefore.Format(time.RFC3339))
	}
	if at.After(c.NotAfter) {
		return fmt.Errorf("at %s the certificate has expired (on %s)", at.Format(time.RFC3339), c.NotAfter.Format(time.RFC3339))
	}
	return fmt.Errorf("at %s a certificate of its chain is not valid", at.Format(time.RFC3339))
}
