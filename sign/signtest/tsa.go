package signtest

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"time"

	"golang.org/x/crypto/ocsp"
)

// TSA is a time-stamping authority without a network; it is a sign.Stamper and
// an http.Handler (RFC 3161). Its fields make it misbehave.
type TSA struct {
	Key *Key
	// Now is its clock.
	Now func() time.Time
	// Sent, when not nil, changes a token before it is sent.
	Sent func(token []byte) []byte
	// Digest and Nonce, when not nil, replace those of a request.
	Digest, Nonce []byte
	// Status other than 0 refuses.
	Status int
}

var (
	oidSHA256      = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
	oidSignedData  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidTSTInfo     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}
	oidContentType = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidDigest      = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	oidSigningCert = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
	oidECDSA       = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}
	oidRSA         = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}
	oidPolicy      = asn1.ObjectIdentifier{1, 2, 3, 4, 1}
	oidUsage       = asn1.ObjectIdentifier{2, 5, 29, 37}
	oidTimeStamps  = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 8}
)

// TSA issues a certificate for time stamps alone and gives an authority with it.
func (a *Authority) TSA(name string, from, to time.Time, now func() time.Time) (*TSA, error) {
	key, err := newKey()
	if err != nil {
		return nil, err
	}
	t, err := a.template(name, from, to)
	if err != nil {
		return nil, err
	}
	t.KeyUsage = x509.KeyUsageDigitalSignature
	usage, err := asn1.Marshal([]asn1.ObjectIdentifier{oidTimeStamps})
	if err != nil {
		return nil, err
	}
	t.ExtraExtensions = []pkix.Extension{{Id: oidUsage, Critical: true, Value: usage}}
	c, err := issue(t, a.Root, key.Public(), a.key)
	if err != nil {
		return nil, err
	}
	return &TSA{Key: &Key{key, append([]*x509.Certificate{c}, a.chain()...)}, Now: now}, nil
}

// Stamp gives a token over a SHA-256 digest.
func (t *TSA) Stamp(ctx context.Context, digest [32]byte) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return t.token(digest[:], nil)
}

type algorithm = pkix.AlgorithmIdentifier

// tstInfo is TSTInfo, RFC 3161 §2.4.2.
type tstInfo struct {
	Version int
	Policy  asn1.ObjectIdentifier
	Imprint struct {
		Algorithm algorithm
		Hash      []byte
	}
	Serial *big.Int
	Time   time.Time `asn1:"generalized"`
	Nonce  *big.Int  `asn1:"optional"`
}

func (t *TSA) token(digest []byte, nonce *big.Int) ([]byte, error) {
	if t.Digest != nil {
		digest = t.Digest
	}
	if t.Nonce != nil {
		nonce = new(big.Int).SetBytes(t.Nonce)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 64))
	if err != nil {
		return nil, err
	}
	info := tstInfo{Version: 1, Policy: oidPolicy, Serial: serial, Time: t.Now().UTC().Truncate(time.Second), Nonce: nonce}
	info.Imprint.Algorithm, info.Imprint.Hash = algorithm{Algorithm: oidSHA256}, digest
	content, err := asn1.Marshal(info)
	if err != nil {
		return nil, fmt.Errorf("writing TSTInfo: %w", err)
	}
	out, err := seal(t.Key, content)
	if err == nil && t.Sent != nil {
		out = t.Sent(out)
	}
	return out, err
}

// seal makes the CMS of a token.
func seal(k *Key, content []byte) ([]byte, error) {
	leaf := k.chain[0]
	id := sha256.Sum256(leaf.Raw)
	sum := sha256.Sum256(content)
	attrs := []struct {
		Type   asn1.ObjectIdentifier
		Values []any `asn1:"set"`
	}{
		{oidContentType, []any{oidTSTInfo}}, {oidDigest, []any{sum[:]}},
		{oidSigningCert, []any{struct{ Certs []struct{ Hash []byte } }{[]struct{ Hash []byte }{{id[:]}}}}},
	}
	set, err := asn1.MarshalWithParams(attrs, "set")
	if err != nil {
		return nil, fmt.Errorf("writing signed attributes: %w", err)
	}
	d := sha256.Sum256(set)
	value, err := k.Sign(rand.Reader, d[:], crypto.SHA256)
	if err != nil {
		return nil, err
	}
	method := oidECDSA
	if leaf.PublicKeyAlgorithm == x509.RSA {
		method = oidRSA
	}
	var certs []byte
	for _, c := range k.chain {
		if c == leaf || c.Subject.String() != c.Issuer.String() {
			certs = append(certs, c.Raw...)
		}
	}
	signed := append([]byte{0xa0}, set[1:]...)
	return asn1.Marshal(contentInfo(content, certs, leaf, signed, method, value))
}

// contentInfo puts the parts of RFC 5652 together.
func contentInfo(content, certs []byte, leaf *x509.Certificate, signed []byte, method asn1.ObjectIdentifier, value []byte) any {
	type encapsulated struct {
		Type asn1.ObjectIdentifier
		Data []byte `asn1:"explicit,tag:0"`
	}
	type signer struct {
		Version int
		ID      struct {
			Issuer asn1.RawValue
			Serial *big.Int
		}
		Digest algorithm
		Signed asn1.RawValue
		Method algorithm
		Value  []byte
	}
	type signedData struct {
		Version int
		Digests []algorithm `asn1:"set"`
		Content encapsulated
		Certs   asn1.RawValue
		Signers []signer `asn1:"set"`
	}
	s := signer{Version: 1, Digest: algorithm{Algorithm: oidSHA256}, Signed: asn1.RawValue{FullBytes: signed}, Method: algorithm{Algorithm: method}, Value: value}
	s.ID.Issuer, s.ID.Serial = asn1.RawValue{FullBytes: leaf.RawIssuer}, leaf.SerialNumber
	return struct {
		Type    asn1.ObjectIdentifier
		Content signedData `asn1:"explicit,tag:0"`
	}{oidSignedData, signedData{3, []algorithm{{Algorithm: oidSHA256}}, encapsulated{oidTSTInfo, content},
		asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: certs}, []signer{s}}}
}

// ServeHTTP answers a time-stamp query.
func (t *TSA) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(io.LimitReader(r.Body, 1<<16))
	var q struct {
		Version int
		Imprint struct {
			Algorithm algorithm
			Hash      []byte
		}
		Nonce   *big.Int `asn1:"optional"`
		CertReq bool     `asn1:"optional"`
	}
	if err == nil {
		_, err = asn1.Unmarshal(raw, &q)
	}
	if err != nil || len(q.Imprint.Hash) != 32 {
		http.Error(w, "bad query", http.StatusBadRequest)
		return
	}
	type status struct{ Status int }
	var a any = struct{ Status status }{status{t.Status}}
	if t.Status == 0 {
		token, err := t.token(q.Imprint.Hash, q.Nonce)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		a = struct {
			Status status
			Token  asn1.RawValue
		}{status{0}, asn1.RawValue{FullBytes: token}}
	}
	body, err := asn1.Marshal(a)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/timestamp-reply")
	_, _ = w.Write(body)
}

// CRL is a revocation list of the authority in DER: these serial numbers are
// revoked since they are listed with that time.
func (a *Authority) CRL(thisUpdate, nextUpdate time.Time, revoked map[*big.Int]time.Time) ([]byte, error) {
	t := &x509.RevocationList{Number: big.NewInt(thisUpdate.Unix()), ThisUpdate: thisUpdate, NextUpdate: nextUpdate}
	for serial, at := range revoked {
		t.RevokedCertificateEntries = append(t.RevokedCertificateEntries, x509.RevocationListEntry{SerialNumber: serial, RevocationTime: at})
	}
	der, err := x509.CreateRevocationList(rand.Reader, t, a.Root, a.key)
	if err != nil {
		return nil, fmt.Errorf("writing a revocation list: %w", err)
	}
	return der, nil
}

// Answer is what the authority's OCSP responder says of one of its certificates
// in DER; revoked is the zero time for a good one.
func (a *Authority) Answer(c *x509.Certificate, thisUpdate, nextUpdate, revoked time.Time) ([]byte, error) {
	r := ocsp.Response{Status: ocsp.Good, SerialNumber: c.SerialNumber, ThisUpdate: thisUpdate, NextUpdate: nextUpdate}
	if !revoked.IsZero() {
		r.Status, r.RevokedAt = ocsp.Revoked, revoked
	}
	der, err := ocsp.CreateResponse(a.Root, a.Root, r, a.key)
	if err != nil {
		return nil, fmt.Errorf("writing an OCSP answer: %w", err)
	}
	return der, nil
}

// PEM of a key's certificate and chain.
func (k *Key) PEM() []byte {
	var out []byte
	for _, c := range k.chain {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...)
	}
	return out
}
