package signtest_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"
	"software.sslmate.com/src/go-pkcs12"

	"moqian/sign/signtest"
)

var now = time.Now().Truncate(time.Second)

func clock() time.Time { return now }

// hall is a root, an authority below it, and a key of each kind.
type hall struct {
	root, below *signtest.Authority
	rsa, p256   *signtest.Key
	tsa         *signtest.TSA
}

func newHall(t *testing.T) hall {
	t.Helper()
	var h hall
	var err error
	must := func(e error) {
		t.Helper()
		if e != nil {
			t.Fatal(e)
		}
	}
	h.root, err = signtest.New("Root", "UNIT", now)
	must(err)
	h.below, err = h.root.Below("Issuing")
	must(err)
	h.rsa, err = h.below.RSA("rsa", now.Add(-time.Hour), now.AddDate(1, 0, 0))
	must(err)
	h.p256, err = h.root.P256("柜员", now.Add(-time.Hour), now.AddDate(1, 0, 0))
	must(err)
	h.tsa, err = h.root.TSA("TSA", now.Add(-time.Hour), now.AddDate(1, 0, 0), clock)
	must(err)
	return h
}

func TestChains(t *testing.T) {
	h := newHall(t)
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	roots.AddCert(h.root.Root)
	between.AddCert(h.below.Root)
	for name, k := range map[string]*signtest.Key{"RSA below": h.rsa, "P-256": h.p256} {
		leaf := k.Chain()[0]
		if _, err := leaf.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: now, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if leaf.Subject.OrganizationalUnit[0] != "UNIT" || leaf.IsCA || leaf.KeyUsage&x509.KeyUsageContentCommitment == 0 {
			t.Errorf("%s: %v, usage %b", name, leaf.Subject, leaf.KeyUsage)
		}
		if last := k.Chain()[len(k.Chain())-1]; !last.Equal(h.root.Root) {
			t.Errorf("%s: the chain ends in %v", name, last.Subject)
		}
		sum := sha256.Sum256([]byte("x"))
		value, err := k.Sign(nil, sum[:], crypto.SHA256)
		if err != nil || leaf.CheckSignature(algorithmOf(leaf), []byte("x"), value) != nil {
			t.Errorf("%s: its signature does not fit: %v", name, err)
		}
	}
	odd, err := h.root.IssueWith("odd", h.p256.Signer, now, now.AddDate(0, 0, 1), func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyAgreement })
	if err != nil || odd.Chain()[0].KeyUsage != x509.KeyUsageKeyAgreement {
		t.Errorf("%v", err)
	}
	if a, b := h.p256.Chain()[0].SerialNumber, odd.Chain()[0].SerialNumber; a.Cmp(b) == 0 {
		t.Error("two certificates have one serial number")
	}
}

func algorithmOf(c *x509.Certificate) x509.SignatureAlgorithm {
	if c.PublicKeyAlgorithm == x509.RSA {
		return x509.SHA256WithRSA
	}
	return x509.ECDSAWithSHA256
}

func TestPKCS12(t *testing.T) {
	h := newHall(t)
	raw, err := h.rsa.PKCS12("口令")
	if err != nil {
		t.Fatal(err)
	}
	_, leaf, others, err := pkcs12.DecodeChain(raw, "口令")
	if err != nil || !leaf.Equal(h.rsa.Chain()[0]) || len(others) != 2 {
		t.Errorf("%d others, %v", len(others), err)
	}
	if _, _, _, err := pkcs12.DecodeChain(raw, "other"); err == nil {
		t.Error("any password opens it")
	}
}

func TestRevocation(t *testing.T) {
	h := newHall(t)
	serial := h.p256.Chain()[0].SerialNumber
	der, err := h.root.CRL(now, now.AddDate(0, 1, 0), map[*big.Int]time.Time{serial: now.Add(-time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	l, err := x509.ParseRevocationList(der)
	if err != nil || l.CheckSignatureFrom(h.root.Root) != nil || len(l.RevokedCertificateEntries) != 1 || l.RevokedCertificateEntries[0].SerialNumber.Cmp(serial) != 0 {
		t.Errorf("%+v, %v", l, err)
	}
	for status, revoked := range map[int]time.Time{ocsp.Good: {}, ocsp.Revoked: now.Add(-time.Hour)} {
		der, err := h.root.Answer(h.p256.Chain()[0], now, now.AddDate(0, 0, 1), revoked)
		if err != nil {
			t.Fatal(err)
		}
		if a, err := ocsp.ParseResponseForCert(der, h.p256.Chain()[0], h.root.Root); err != nil || a.Status != status {
			t.Errorf("%+v, %v", a, err)
		}
	}
}

// TestHTTP: the authority answers queries, and refuses what is none.
func TestHTTP(t *testing.T) {
	h := newHall(t)
	server := httptest.NewServer(h.tsa)
	defer server.Close()
	post := func(body []byte) *http.Response {
		r, err := http.Post(server.URL, "application/timestamp-query", bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		return r
	}
	for name, body := range map[string][]byte{"nothing": nil, "garbage": []byte("x"), "a short digest": query(t, []byte{1})} {
		if r := post(body); r.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %s", name, r.Status)
		}
	}
	if r := post(query(t, make([]byte, 32))); r.StatusCode != http.StatusOK || r.Header.Get("Content-Type") != "application/timestamp-reply" {
		t.Errorf("%s %v", r.Status, r.Header)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := h.tsa.Stamp(ctx, [32]byte{}); err == nil {
		t.Error("a cancelled request got a token")
	}
}

// query of RFC 3161 §2.4.1.
func query(t *testing.T, digest []byte) []byte {
	t.Helper()
	type imprint struct {
		Algorithm struct{ ID asn1.ObjectIdentifier }
		Hash      []byte
	}
	q := struct {
		Version int
		Imprint imprint
	}{1, imprint{struct{ ID asn1.ObjectIdentifier }{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}}, digest}}
	b, err := asn1.Marshal(q)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestOpenSSL: another program takes certificates, lists and tokens.
func TestOpenSSL(t *testing.T) {
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("SKIPPED: openssl is not installed, nobody else judges the test authority")
	}
	h := newHall(t)
	dir := t.TempDir()
	write := func(name string, b []byte) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	run := func(want string, args ...string) {
		t.Helper()
		if out, err := exec.Command("openssl", args...).CombinedOutput(); err != nil || !strings.Contains(string(out), want) {
			t.Errorf("openssl %s: %v\n%s", args[0], err, out)
		}
	}
	root := write("root.pem", h.root.PEM())
	run("OK", "verify", "-CAfile", root, "-untrusted", write("chain.pem", h.rsa.PEM()), write("leaf.pem", h.rsa.PEM()))
	der, err := h.root.CRL(now, now.AddDate(0, 1, 0), nil)
	if err != nil {
		t.Fatal(err)
	}
	run("verify OK", "crl", "-inform", "DER", "-in", write("crl", der), "-CAfile", root, "-noout")
	sum := sha256.Sum256([]byte("data"))
	token, err := h.tsa.Stamp(context.Background(), sum)
	if err != nil {
		t.Fatal(err)
	}
	run("Verification: OK", "ts", "-verify", "-token_in", "-in", write("token", token), "-digest", hex.EncodeToString(sum[:]), "-CAfile", root)
	h.tsa.Digest = make([]byte, 32)
	lie, err := h.tsa.Stamp(context.Background(), sum)
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("openssl", "ts", "-verify", "-token_in", "-in", write("lie", lie), "-digest", fmt.Sprintf("%x", sum), "-CAfile", root).CombinedOutput(); err == nil {
		t.Errorf("a token over other data passes: %s", out)
	}
	if block, rest := pem.Decode(h.p256.PEM()); block == nil || len(rest) == 0 {
		t.Error("the chain in PEM is not whole")
	}
}
