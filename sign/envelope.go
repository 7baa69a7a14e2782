package sign

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"slices"

	"github.com/digitorus/pkcs7"
)

// envelope is the part of a CMS that no signature covers; every bit of it must
// be as expected, so that a changed file cannot stay valid.
type envelope struct {
	Version int
	Digests []pkix.AlgorithmIdentifier `asn1:"set"`
	Content struct{ Type asn1.ObjectIdentifier }
	Certs   asn1.RawValue   `asn1:"optional,tag:0"`
	Signers []asn1.RawValue `asn1:"set"`
}

// checkEnvelope reads the CMS again, strictly: writing what was understood must
// give the same bytes, since encoding/asn1 passes over what stands behind the
// known parts of a sequence. It returns the signer's entry.
func checkEnvelope(der []byte) ([]byte, error) {
	var outer struct {
		Type    asn1.ObjectIdentifier
		Content asn1.RawValue `asn1:"explicit,tag:0"`
	}
	if rest, err := asn1.Unmarshal(der, &outer); err != nil || len(rest) > 0 || !outer.Type.Equal(pkcs7.OIDSignedData) {
		return nil, errors.New("the CMS is not signed data")
	}
	var e envelope
	if rest, err := asn1.Unmarshal(outer.Content.Bytes, &e); err != nil || len(rest) > 0 {
		return nil, errNotPAdES
	}
	if e.Version != 1 || len(e.Digests) != 1 || !e.Digests[0].Algorithm.Equal(pkcs7.OIDDigestAlgorithmSHA256) ||
		!e.Content.Type.Equal(pkcs7.OIDData) || len(e.Signers) != 1 {
		return nil, errNotPAdES
	}
	again, err := asn1.Marshal(e)
	if err != nil || !bytes.Equal(again, outer.Content.Bytes) {
		return nil, errNotPAdES
	}
	again, err = asn1.Marshal(outer)
	if err != nil || !bytes.Equal(again, der) {
		return nil, errNotPAdES
	}
	return e.Signers[0].FullBytes, nil
}

var errNotPAdES = errors.New("the CMS is not as PAdES wants it")

// fitsKey says whether a signature algorithm is one that PAdES files name for
// the certificate's key.
func fitsKey(c *x509.Certificate, a pkix.AlgorithmIdentifier) bool {
	if p := a.Parameters.FullBytes; len(p) > 0 && !bytes.Equal(p, asn1.NullBytes) {
		return false
	}
	names := []asn1.ObjectIdentifier{pkcs7.OIDDigestAlgorithmECDSASHA256}
	if _, ok := c.PublicKey.(*rsa.PublicKey); ok {
		names = []asn1.ObjectIdentifier{pkcs7.OIDEncryptionAlgorithmRSA, pkcs7.OIDEncryptionAlgorithmRSASHA256}
	}
	return slices.ContainsFunc(names, a.Algorithm.Equal)
}

// issuersOf is a chain without its leaf and without self-signed roots: a
// verifier takes roots from elsewhere, and no signature would cover them here.
func issuersOf(chain []*x509.Certificate) []*x509.Certificate {
	return slices.DeleteFunc(slices.Clone(chain[1:]), func(c *x509.Certificate) bool {
		return bytes.Equal(c.RawSubject, c.RawIssuer)
	})
}
