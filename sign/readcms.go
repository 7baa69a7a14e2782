package sign

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"slices"

	"github.com/digitorus/pkcs7"
)

// cms is a CMS whose signature fits.
type cms struct {
	signer   *x509.Certificate
	others   []*x509.Certificate
	baseline bool // the attributes are those of PAdES B-B
}

// readCMS checks one detached CMS over content: one signer, SHA-256, the three
// signed attributes, the signature.
func readCMS(der, content []byte) (*cms, error) {
	entry, err := checkEnvelope(der)
	if err != nil {
		return nil, err
	}
	p, err := pkcs7.Parse(der)
	if err != nil {
		return nil, fmt.Errorf("reading the CMS: %w", err)
	}
	if len(p.Signers) != 1 {
		return nil, fmt.Errorf("%d signers in one CMS", len(p.Signers))
	}
	if len(p.Content) > 0 {
		return nil, errors.New("the CMS is not detached")
	}
	c := &cms{signer: p.GetOnlySigner(), others: p.Certificates}
	if c.signer == nil {
		return nil, errors.New("the signatory's certificate is missing")
	}
	info := &p.Signers[0]
	if !info.DigestAlgorithm.Algorithm.Equal(pkcs7.OIDDigestAlgorithmSHA256) {
		return c, errors.New("the digest is not SHA-256")
	}
	if again, err := asn1.Marshal(*info); err != nil || !bytes.Equal(again, entry) {
		return c, errNotPAdES
	}
	if info.Version != 1 || len(info.UnauthenticatedAttributes) > 0 || !fitsKey(c.signer, info.DigestEncryptionAlgorithm) {
		return c, errors.New("the signer's entry is not as PAdES B-B wants it")
	}
	attrs := map[string][]byte{}
	for _, a := range info.AuthenticatedAttributes {
		if attrs[a.Type.String()] != nil {
			return c, errors.New("a signed attribute stands twice")
		}
		attrs[a.Type.String()] = a.Value.Bytes
	}
	if err := c.attributes(attrs, content); err != nil {
		return c, err
	}
	_, hasTime := attrs[pkcs7.OIDAttributeSigningTime.String()]
	c.baseline = !hasTime
	set, err := asn1.MarshalWithParams(info.AuthenticatedAttributes, "set")
	if err != nil {
		return c, fmt.Errorf("reading the signed attributes: %w", err)
	}
	if err := checkSignature(c.signer, set, info.EncryptedDigest); err != nil {
		return c, fmt.Errorf("the signature does not fit: %w", err)
	}
	return c, nil
}

// attributes checks content type, message digest and signing certificate.
func (c *cms) attributes(attrs map[string][]byte, content []byte) error {
	var kind asn1.ObjectIdentifier
	if rest, err := asn1.Unmarshal(attrs[pkcs7.OIDAttributeContentType.String()], &kind); err != nil || len(rest) > 0 || !kind.Equal(pkcs7.OIDData) {
		return errors.New("the content-type attribute is missing or wrong")
	}
	var digest []byte
	want := sha256.Sum256(content)
	if rest, err := asn1.Unmarshal(attrs[pkcs7.OIDAttributeMessageDigest.String()], &digest); err != nil || len(rest) > 0 || !bytes.Equal(digest, want[:]) {
		return errors.New("the content is not what was signed")
	}
	var id struct {
		Certs []asn1.RawValue
	}
	raw := attrs[oidSigningCertificateV2.String()]
	if rest, err := asn1.Unmarshal(raw, &id); err != nil || len(rest) > 0 || len(id.Certs) == 0 {
		return errors.New("the signing-certificate attribute is missing")
	}
	return c.essCertificate(id.Certs[0].FullBytes)
}

// essCertificate checks that an ESSCertIDv2 with SHA-256 is the signer's.
func (c *cms) essCertificate(raw []byte) error {
	var plain struct {
		Hash   []byte
		Serial asn1.RawValue `asn1:"optional"`
	}
	var named struct {
		Algorithm pkix.AlgorithmIdentifier
		Hash      []byte
		Serial    asn1.RawValue `asn1:"optional"`
	}
	var hash []byte
	if _, err := asn1.Unmarshal(raw, &plain); err == nil {
		hash = plain.Hash
	} else if _, err := asn1.Unmarshal(raw, &named); err == nil && named.Algorithm.Algorithm.Equal(pkcs7.OIDDigestAlgorithmSHA256) {
		hash = named.Hash
	}
	want := sha256.Sum256(c.signer.Raw)
	if !bytes.Equal(hash, want[:]) {
		return errors.New("the signing-certificate attribute names another certificate")
	}
	return nil
}

// trusted builds a chain to one of the roots.
func (c *cms) trusted(o Options) error {
	if o.Roots == nil {
		return errors.New("no trusted root was given")
	}
	if c.signer.KeyUsage&(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment) == 0 || c.signer.IsCA {
		return errors.New("the certificate is not for signing documents")
	}
	pool := x509.NewCertPool()
	for _, other := range c.others {
		pool.AddCert(other)
	}
	chains, err := c.signer.Verify(x509.VerifyOptions{
		Roots: o.Roots, Intermediates: pool, CurrentTime: o.At, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	if err != nil {
		return err
	}
	for _, other := range c.others {
		if !slices.ContainsFunc(chains, func(chain []*x509.Certificate) bool { return slices.ContainsFunc(chain, other.Equal) }) {
			return errors.New("the CMS holds a certificate that belongs to no chain")
		}
	}
	return nil
}
