package sign

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"time"
)

// Token is a time-stamp token (RFC 3161) whose signature fits.
type Token struct {
	Time   time.Time
	Serial *big.Int
	Policy asn1.ObjectIdentifier
	Nonce  *big.Int // nil: none
	// TSA is the certificate of the time-stamping authority.
	TSA *x509.Certificate
	cms *cms
}

// ReadToken reads a time-stamp token and checks all that needs no trust: its
// signature, the signing certificate attribute, the certificate's purpose, and
// that it is over the data. Trust in the TSA is for Verify, or Token.Trust.
func ReadToken(der []byte, data ...[]byte) (*Token, error) {
	return strongToken(readToken(der, newCertificates(), data...))
}

// ReadTokenOver is ReadToken for data of which only the SHA-256 is known.
func ReadTokenOver(der []byte, sum [32]byte) (*Token, error) {
	return strongToken(openToken(der, newCertificates(), func(h crypto.Hash) []byte {
		if h != crypto.SHA256 {
			return nil
		}
		return sum[:]
	}))
}

func strongToken(t *Token, err error) (*Token, error) {
	if err == nil && t.cms.weak {
		return nil, fmt.Errorf("time stamp: %w", errAlgorithm)
	}
	return t, err
}

func readToken(der []byte, known *certificates, data ...[]byte) (*Token, error) {
	return openToken(der, known, func(h crypto.Hash) []byte { return digest(h, data...) })
}

// openToken reads a token over data whose digest over gives.
func openToken(der []byte, known *certificates, over func(crypto.Hash) []byte) (*Token, error) {
	c, err := readCMS(der, oidTSTInfo, known)
	if err != nil {
		return nil, fmt.Errorf("time stamp: %w", err)
	}
	if !c.essV1 && !c.essV2 {
		return nil, errors.New("time stamp: the signing-certificate attribute is missing")
	}
	if c.token != nil {
		return nil, errors.New("time stamp: it carries another one")
	}
	if !slices.Equal(c.signer.ExtKeyUsage, []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}) || len(c.signer.UnknownExtKeyUsage) > 0 {
		return nil, errors.New("time stamp: the certificate is not for time stamping alone")
	}
	t := &Token{TSA: c.signer, cms: c}
	if err := t.info(c.content, over); err != nil {
		return nil, fmt.Errorf("time stamp: %w", err)
	}
	return t, nil
}

// info reads TSTInfo, RFC 3161 §2.4.2.
func (t *Token) info(der []byte, over func(crypto.Hash) []byte) error {
	bad := errors.New("its content cannot be read")
	var seq asn1.RawValue
	if rest, err := asn1.Unmarshal(der, &seq); err != nil || len(rest) > 0 || seq.Tag != asn1.TagSequence {
		return bad
	}
	rest := seq.Bytes
	var version int
	var imprint struct {
		Algorithm pkix.AlgorithmIdentifier
		Hash      []byte
	}
	var err error
	for _, v := range []any{&version, &t.Policy, &imprint, &t.Serial} {
		if rest, err = asn1.Unmarshal(rest, v); err != nil {
			return bad
		}
	}
	if rest, err = asn1.UnmarshalWithParams(rest, &t.Time, "generalized"); err != nil || version != 1 {
		return bad
	}
	for len(rest) > 0 {
		var raw asn1.RawValue
		if rest, err = asn1.Unmarshal(rest, &raw); err != nil {
			return bad
		}
		if raw.Class == asn1.ClassUniversal && raw.Tag == asn1.TagInteger {
			if _, err := asn1.Unmarshal(raw.FullBytes, &t.Nonce); err != nil {
				return bad
			}
		}
	}
	h, err := anyHash(imprint.Algorithm)
	if err != nil {
		return err
	}
	t.cms.weak = t.cms.weak || h == crypto.SHA1
	if !bytes.Equal(imprint.Hash, over(h)) {
		return errors.New("it is over other data")
	}
	return nil
}

// Trust checks the TSA's certificate against roots, valid at a moment.
func (t *Token) Trust(roots *x509.CertPool, at time.Time) error {
	_, err := t.chains(trust{roots: []*x509.CertPool{roots}}, at)
	return err
}

func (t *Token) chains(o trust, at time.Time) ([][]*x509.Certificate, error) {
	return o.chains(t.TSA, t.cms.others, at, x509.ExtKeyUsageTimeStamping)
}
