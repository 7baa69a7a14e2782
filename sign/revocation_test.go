package sign

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"
)

// pair is an issuer and a certificate of it.
type pair struct {
	root, leaf, responder, expired *x509.Certificate
	key, responderKey, expiredKey  crypto.Signer
}

func newPair(t *testing.T, at time.Time) pair {
	t.Helper()
	serial := int64(0)
	make := func(name string, parent *x509.Certificate, by crypto.Signer, use ...x509.ExtKeyUsage) (*x509.Certificate, crypto.Signer) {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		serial++
		c := &x509.Certificate{SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: name}, NotBefore: at.AddDate(-1, 0, 0), NotAfter: at.AddDate(100, 0, 0),
			BasicConstraintsValid: true, IsCA: parent == nil, KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: use}
		if name == "expired" {
			c.NotAfter = at.AddDate(0, 0, -1)
		}
		if parent == nil {
			parent, by, c.KeyUsage = c, key, x509.KeyUsageCertSign|x509.KeyUsageCRLSign
		}
		der, err := x509.CreateCertificate(rand.Reader, c, parent, key.Public(), by)
		if err != nil {
			t.Fatal(err)
		}
		out, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		return out, key
	}
	p := pair{}
	p.root, p.key = make("root", nil, nil)
	p.leaf, _ = make("leaf", p.root, p.key)
	p.responder, p.responderKey = make("responder", p.root, p.key, x509.ExtKeyUsageOCSPSigning)
	p.expired, p.expiredKey = make("expired", p.root, p.key, x509.ExtKeyUsageOCSPSigning)
	return p
}

// TestOCSP: an answer says that it was produced when the test runs, which is after
// the expired responder's time and before the others'.
func TestOCSP(t *testing.T) {
	now := time.Date(2026, 3, 18, 14, 0, 0, 0, time.UTC)
	p := newPair(t, now)
	other := newPair(t, now)
	answer := func(status int, revoked, this, next time.Time, by *x509.Certificate, key crypto.Signer) []byte {
		a := ocsp.Response{Status: status, SerialNumber: p.leaf.SerialNumber, ThisUpdate: this, NextUpdate: next, RevokedAt: revoked}
		if by != p.root {
			a.Certificate = by
		}
		raw, err := ocsp.CreateResponse(p.root, by, a, key)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	day := 24 * time.Hour
	before, after := now.Add(-day), now.Add(day)
	tests := []struct {
		name string
		raw  []byte
		want string
	}{
		{"good", answer(ocsp.Good, time.Time{}, before, after, p.root, p.key), RevocationGood},
		{"good by a responder", answer(ocsp.Good, time.Time{}, before, after, p.responder, p.responderKey), RevocationGood},
		{"good by an expired responder", answer(ocsp.Good, time.Time{}, before, after, p.expired, p.expiredKey), RevocationUnknown},
		{"revoked by an expired responder", answer(ocsp.Revoked, before, before, after, p.expired, p.expiredKey), RevocationUnknown},
		{"revoked", answer(ocsp.Revoked, before, before, after, p.root, p.key), RevocationRevoked},
		{"revoked later", answer(ocsp.Revoked, after, before, after, p.root, p.key), RevocationUnknown},
		{"unknown", answer(ocsp.Unknown, time.Time{}, before, after, p.root, p.key), RevocationUnknown},
		{"stale", answer(ocsp.Good, time.Time{}, before.Add(-9*day), before, p.root, p.key), RevocationUnknown},
		{"of tomorrow", answer(ocsp.Good, time.Time{}, after, after.Add(day), p.root, p.key), RevocationUnknown},
		{"by another issuer", answer(ocsp.Good, time.Time{}, before, after, p.root, other.key), RevocationUnknown},
		{"by the leaf's neighbour", answer(ocsp.Good, time.Time{}, before, after, p.leaf, p.responderKey), RevocationUnknown},
		{"garbage", []byte("x"), RevocationUnknown},
	}
	for _, tt := range tests {
		r := &revocation{ocsps: [][]byte{tt.raw}}
		if got := r.state(p.leaf, p.root, now, now); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestLists(t *testing.T) {
	now := time.Date(2026, 3, 18, 14, 0, 0, 0, time.UTC)
	p, other := newPair(t, now), newPair(t, now)
	day := 24 * time.Hour
	list := func(by pair, this, next time.Time, revoked time.Time, extra ...pkix.Extension) *x509.RevocationList {
		l := &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: this, NextUpdate: next, ExtraExtensions: extra}
		if !revoked.IsZero() {
			l.RevokedCertificateEntries = []x509.RevocationListEntry{{SerialNumber: p.leaf.SerialNumber, RevocationTime: revoked}}
		}
		der, err := x509.CreateRevocationList(rand.Reader, l, by.root, by.key)
		if err != nil {
			t.Fatal(err)
		}
		out, err := ParseCRL(der)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	none := time.Time{}
	tests := []struct {
		name string
		l    *x509.RevocationList
		want string
	}{
		{"good", list(p, now.Add(-day), now.Add(day), none), RevocationGood},
		{"revoked", list(p, now.Add(-day), now.Add(day), now.Add(-day)), RevocationRevoked},
		{"revoked, stale list", list(p, now.Add(-9*day), now.Add(-8*day), now.Add(-9*day)), RevocationRevoked},
		{"revoked later", list(p, now.Add(-day), now.Add(day), now.Add(time.Hour)), RevocationGood},
		{"stale", list(p, now.Add(-9*day), now.Add(-8*day), none), RevocationUnknown},
		{"of tomorrow", list(p, now.Add(day), now.Add(2*day), none), RevocationUnknown},
		{"by a namesake", list(other, now.Add(-day), now.Add(day), now.Add(-day)), RevocationUnknown},
		{"delta", list(p, now.Add(-day), now.Add(day), none, pkix.Extension{Id: oidDeltaCRL, Critical: true, Value: []byte{2, 1, 1}}), RevocationUnknown},
		{"critical extension", list(p, now.Add(-day), now.Add(day), none, pkix.Extension{Id: []int{1, 2, 3}, Critical: true, Value: []byte{5, 0}}), RevocationUnknown},
	}
	for _, tt := range tests {
		r := &revocation{crls: []*x509.RevocationList{tt.l}}
		if got, _ := r.chain([]*x509.Certificate{p.leaf, p.root}, now, now); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
	if _, err := ParseCRL([]byte("x")); err == nil {
		t.Error("garbage is a list")
	}
}
