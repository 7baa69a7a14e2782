// Package signtest makes throw-away certificate authorities, keys, time-stamping
// authorities and revocation lists, for tests and for trial mode. Start with New. Nothing it makes protects anything: every
// subject carries the organisational unit it is given.
package signtest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"

	"software.sslmate.com/src/go-pkcs12"
)

// Authority is a root, or an authority below one, with its private key in memory
// only. Root is its own certificate.
type Authority struct {
	Root  *x509.Certificate
	key   *ecdsa.PrivateKey
	unit  string
	above *Authority // nil: it is a root
}

// chain is the authority's certificate and those above it.
func (a *Authority) chain() (out []*x509.Certificate) {
	for ; a != nil; a = a.above {
		out = append(out, a.Root)
	}
	return out
}

func newKey() (*ecdsa.PrivateKey, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) }

// Key is a private key with its chain; it is a sign.Key.
type Key struct {
	crypto.Signer
	chain []*x509.Certificate
}

// Chain is the certificate, then its issuers up to the root.
func (k *Key) Chain() []*x509.Certificate { return k.chain }

// New makes a root valid from an hour before now for ten years. unit is the
// organisational unit of all its subjects.
func New(name, unit string, now time.Time) (*Authority, error) {
	key, err := newKey()
	if err != nil {
		return nil, fmt.Errorf("making the root key: %w", err)
	}
	a := &Authority{key: key, unit: unit}
	t, err := a.template(name, now.Add(-time.Hour), now.AddDate(10, 0, 0))
	if err != nil {
		return nil, err
	}
	t.IsCA, t.BasicConstraintsValid = true, true
	t.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	if a.Root, err = issue(t, t, key.Public(), key); err != nil {
		return nil, err
	}
	return a, nil
}

// SelfSigned is a key with a certificate of its own that says CA:TRUE, as
// openssl's req -x509 makes them.
func SelfSigned(name string, key crypto.Signer, now time.Time, usage x509.KeyUsage) (*Key, error) {
	t, err := (&Authority{unit: "self"}).template(name, now.Add(-time.Hour), now.AddDate(1, 0, 0))
	if err != nil {
		return nil, err
	}
	t.IsCA, t.BasicConstraintsValid, t.KeyUsage = true, true, usage
	c, err := issue(t, t, key.Public(), key)
	if err != nil {
		return nil, err
	}
	return &Key{key, []*x509.Certificate{c}}, nil
}

// Below makes an authority that this one certifies, for the same ten years.
func (a *Authority) Below(name string) (*Authority, error) {
	return a.BelowWith(name, func(*x509.Certificate) {})
}

// BelowWith is Below with a certificate that change makes another of.
func (a *Authority) BelowWith(name string, change func(*x509.Certificate)) (*Authority, error) {
	key, err := newKey()
	if err != nil {
		return nil, fmt.Errorf("making the authority's key: %w", err)
	}
	t, err := a.template(name, a.Root.NotBefore, a.Root.NotAfter)
	if err != nil {
		return nil, err
	}
	t.IsCA, t.BasicConstraintsValid, t.MaxPathLenZero = true, true, true
	t.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	change(t)
	c, err := issue(t, a.Root, key.Public(), a.key)
	if err != nil {
		return nil, err
	}
	return &Authority{Root: c, key: key, unit: a.unit, above: a}, nil
}

// PEM of the authority's certificate.
func (a *Authority) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.Root.Raw})
}

// P256 issues a signing certificate for a fresh P-256 key.
func (a *Authority) P256(name string, from, to time.Time) (*Key, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	return a.Issue(name, key, from, to)
}

// RSA issues a signing certificate for a fresh RSA key of 2048 bits.
func (a *Authority) RSA(name string, from, to time.Time) (*Key, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	return a.Issue(name, key, from, to)
}

// Issue certifies a key for signatures and non-repudiation.
func (a *Authority) Issue(name string, key crypto.Signer, from, to time.Time) (*Key, error) {
	return a.IssueWith(name, key, from, to, func(*x509.Certificate) {})
}

// IssueWith is Issue of a certificate that change makes another of: with other
// usages, or none.
func (a *Authority) IssueWith(name string, key crypto.Signer, from, to time.Time, change func(*x509.Certificate)) (*Key, error) {
	t, err := a.template(name, from, to)
	if err != nil {
		return nil, err
	}
	t.KeyUsage = x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment
	change(t)
	c, err := issue(t, a.Root, key.Public(), a.key)
	if err != nil {
		return nil, err
	}
	return &Key{key, append([]*x509.Certificate{c}, a.chain()...)}, nil
}

func (a *Authority) template(name string, from, to time.Time) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, err
	}
	return &x509.Certificate{
		SerialNumber: serial, NotBefore: from, NotAfter: to,
		Subject: pkix.Name{Country: []string{"CN"}, OrganizationalUnit: []string{a.unit}, CommonName: name},
	}, nil
}

func issue(t, parent *x509.Certificate, pub crypto.PublicKey, by crypto.Signer) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(rand.Reader, t, parent, pub, by)
	if err != nil {
		return nil, fmt.Errorf("issuing %s: %w", t.Subject.CommonName, err)
	}
	return x509.ParseCertificate(der)
}

// PKCS12 is the key in a file, encrypted with the password.
func (k *Key) PKCS12(password string) ([]byte, error) {
	return pkcs12.Modern2023.Encode(k.Signer, k.chain[0], k.chain[1:], password)
}
