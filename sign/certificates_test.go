package sign_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"math/big"
	"strings"
	"testing"
	"time"

	"moqian/sign"
	"moqian/sign/pdf"
	"moqian/sign/signtest"
)

const day = 24 * time.Hour

// TestCertificates: whose certificate makes a signature trusted, and when.
func TestCertificates(t *testing.T) {
	b := newBench(t)
	year := 365 * day
	keep := func(*x509.Certificate) {}
	usage := func(u x509.KeyUsage) func(*x509.Certificate) { return func(c *x509.Certificate) { c.KeyUsage = u } }
	purpose := func(u ...x509.ExtKeyUsage) func(*x509.Certificate) {
		return func(c *x509.Certificate) { c.ExtKeyUsage = u }
	}
	other := func(id ...int) func(*x509.Certificate) {
		return func(c *x509.Certificate) { c.UnknownExtKeyUsage = []asn1.ObjectIdentifier{id} }
	}
	tests := []struct {
		name     string
		from, to time.Duration // of the certificate
		at       time.Duration // of judgement
		change   func(*x509.Certificate)
		code     string // empty: trusted
		text     string
	}{
		{"in its time", -day, year, 0, keep, "", ""},
		{"on its last day", -day, year, year - time.Minute, keep, "", ""},
		{"expired", -day, year, year + time.Hour, keep, "chain", "has expired"},
		{"not yet valid", -time.Minute, year, -2 * time.Minute, keep, "chain", "not yet valid"},
		{"clock behind by years", -day, year, -3 * year, keep, "chain", "not yet valid"},
		{"clock ahead by years", -day, year, 9 * year, keep, "chain", "has expired"},
		{"non-repudiation alone", -day, year, 0, usage(x509.KeyUsageContentCommitment), "", ""},
		{"no usage said", -day, year, 0, usage(0), "", ""},
		{"for ciphers", -day, year, 0, usage(x509.KeyUsageKeyEncipherment | x509.KeyUsageDataEncipherment), "key-usage", "key usage"},
		{"for key agreement", -day, year, 0, usage(x509.KeyUsageKeyAgreement), "key-usage", "key usage"},
		{"for certificates", -day, year, 0, usage(x509.KeyUsageCertSign), "key-usage", "key usage"},
		{"an authority", -day, year, 0, func(c *x509.Certificate) { c.IsCA, c.BasicConstraintsValid = true, true }, "key-usage", "authority's"},
		{"for servers", -day, year, 0, purpose(x509.ExtKeyUsageServerAuth), "key-usage", "extended key usage"},
		{"for time stamps", -day, year, 0, purpose(x509.ExtKeyUsageTimeStamping), "key-usage", "extended key usage"},
		{"for answers on revocation", -day, year, 0, purpose(x509.ExtKeyUsageOCSPSigning), "key-usage", "extended key usage"},
		{"for mail", -day, year, 0, purpose(x509.ExtKeyUsageEmailProtection), "", ""},
		{"for clients and servers", -day, year, 0, purpose(x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth), "", ""},
		{"for anything", -day, year, 0, purpose(x509.ExtKeyUsageAny), "", ""},
		{"for documents", -day, year, 0, other(1, 3, 6, 1, 5, 5, 7, 3, 36), "", ""},
		{"for documents by Adobe", -day, year, 0, other(1, 2, 840, 113583, 1, 1, 5), "", ""},
		{"for something unknown", -day, year, 0, other(1, 2, 3, 4), "key-usage", "extended key usage"},
		{"unknown critical extension", -day, year, 0, func(c *x509.Certificate) {
			c.ExtraExtensions = append(c.ExtraExtensions, critical())
		}, "chain", "unhandled critical extension"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			key, err := b.ca.IssueWith("signer", k, now.Add(tt.from), now.Add(tt.to), tt.change)
			if err != nil {
				t.Fatal(err)
			}
			out, err := sign.Sign(context.Background(), page(t, "x"), field(), key, 0)
			if err != nil {
				t.Fatal(err)
			}
			r := sign.Verify(out, sign.Options{Roots: b.roots, At: now.Add(tt.at)})
			if !r.Signatures[0].Intact || r.Signatures[0].Signatory != "signer" {
				t.Errorf("%+v", r.Signatures[0])
			}
			if tt.code == "" {
				if r.Verdict != sign.Valid || r.Signatures[0].Chain != "trusted" {
					t.Errorf("%s %v", r.Verdict, r.Problems)
				}
				return
			}
			expect(t, r, sign.Untrusted, tt.code)
			if !strings.Contains(r.Problems[0].Text, tt.text) {
				t.Errorf("%v; want %q", r.Problems, tt.text)
			}
		})
	}
}

// TestKeys: which keys sign, and which are refused before anything is written.
func TestKeys(t *testing.T) {
	b := newBench(t)
	tests := []struct {
		name string
		make func() (crypto.Signer, error)
		ok   bool
	}{
		{"P-256", func() (crypto.Signer, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) }, true},
		{"P-224", func() (crypto.Signer, error) { return ecdsa.GenerateKey(elliptic.P224(), rand.Reader) }, false},
		{"RSA-2048", func() (crypto.Signer, error) { return rsa.GenerateKey(rand.Reader, 2048) }, true},
		{"RSA-1024", func() (crypto.Signer, error) { return rsa.GenerateKey(rand.Reader, 1024) }, false},
		{"Ed25519", func() (crypto.Signer, error) { _, k, err := ed25519.GenerateKey(rand.Reader); return k, err }, false},
	}
	for _, tt := range tests {
		k, err := tt.make()
		if err != nil {
			t.Fatal(err)
		}
		key, err := b.ca.Issue(tt.name, k, now.Add(-day), now.Add(day))
		if err != nil {
			t.Fatal(err)
		}
		out, err := sign.Sign(context.Background(), page(t, "x"), field(), key, 0)
		if (err == nil) != tt.ok || err != nil && out != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		if tt.ok {
			if r := sign.Verify(out, b.options()); r.Verdict != sign.Valid || !strings.Contains(r.Signatures[0].Algorithm, strings.TrimPrefix(tt.name, "RSA-")) {
				t.Errorf("%s: %s %+v", tt.name, r.Verdict, r.Signatures)
			}
		}
	}
}

// TestAnswers: OCSP answers in the file count as lists do.
func TestAnswers(t *testing.T) {
	h := newHall(t)
	leaf, stamps := h.key.Chain()[0], h.tsa.Key.Chain()[0]
	answer := func(a *signtest.Authority, c *x509.Certificate, revoked time.Duration) []byte {
		at := time.Time{}
		if revoked != 0 {
			at = now.Add(revoked)
		}
		der, err := a.Answer(c, now, now.Add(day), at)
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	for _, tt := range []struct {
		name       string
		answers    [][]byte
		want       sign.Verdict
		revocation string
	}{
		{"good", [][]byte{answer(h.ca, leaf, 0)}, sign.Valid, sign.RevocationGood},
		{"good, of both", [][]byte{answer(h.ca, leaf, 0), answer(h.stampCA, stamps, 0)}, sign.Valid, sign.RevocationGood},
		{"of another", [][]byte{answer(h.ca, h.ca.Root, 0)}, sign.Valid, sign.RevocationUnknown},
		{"revoked before", [][]byte{answer(h.ca, leaf, -time.Hour)}, sign.Untrusted, sign.RevocationRevoked},
		{"revoked after", [][]byte{answer(h.ca, leaf, 2*time.Hour)}, sign.Valid, sign.RevocationUnknown},
		{"two that disagree", [][]byte{answer(h.ca, leaf, 0), answer(h.ca, leaf, -time.Hour)}, sign.Untrusted, sign.RevocationRevoked},
		{"the time stamp's certificate revoked", [][]byte{answer(h.stampCA, stamps, -time.Hour)}, sign.Untrusted, sign.RevocationUnknown},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file := withStore(t, h, func(w *pdf.Writer, d pdf.Dict) {
				var refs pdf.Array
				for _, a := range tt.answers {
					r := w.Alloc()
					w.Put(r, &pdf.Stream{Dict: pdf.Dict{}, Raw: a})
					refs = append(refs, r)
				}
				d["OCSPs"] = refs
			})
			r := sign.Verify(file, h.options())
			if r.Verdict != tt.want || r.Signatures[0].Revocation != tt.revocation {
				t.Errorf("%s, %s, %v", r.Verdict, r.Signatures[0].Revocation, r.Problems)
			}
		})
	}
}

// TestIssuers: what happens to the authority between root and signatory.
func TestIssuers(t *testing.T) {
	h := newHall(t)
	below, err := h.ca.Below("Issuing CA")
	if err != nil {
		t.Fatal(err)
	}
	key, err := below.P256("teller", now.Add(-day), now.Add(365*day))
	if err != nil {
		t.Fatal(err)
	}
	file, err := sign.Sign(context.Background(), page(t, "x"), field(), key, 0)
	if err != nil {
		t.Fatal(err)
	}
	alone, err := sign.Sign(context.Background(), page(t, "x"), field(), shortChain{key}, 0)
	if err != nil {
		t.Fatal(err)
	}
	revoked := h.crl(t, h.ca, map[*big.Int]time.Time{below.Root.SerialNumber: now.Add(-time.Hour)})
	stranger := newBench(t)
	tests := []struct {
		name string
		file []byte
		o    func(*sign.Options)
		want sign.Verdict
		code string
	}{
		{"whole chain", file, func(*sign.Options) {}, sign.Valid, ""},
		{"issuer as the root", file, func(o *sign.Options) { o.Roots = x509.NewCertPool(); o.Roots.AddCert(below.Root) }, sign.Valid, ""},
		{"issuer left out", alone, func(*sign.Options) {}, sign.Untrusted, "chain"},
		{"issuer left out, and the root", alone, func(o *sign.Options) { o.Roots = x509.NewCertPool(); o.Roots.AddCert(below.Root) }, sign.Valid, ""},
		{"issuer revoked", file, func(o *sign.Options) { o.CRLs = []*x509.RevocationList{revoked} }, sign.Untrusted, "revoked"},
		{"another root", file, func(o *sign.Options) { o.Roots = stranger.roots }, sign.Untrusted, "chain"},
		{"no root", file, func(o *sign.Options) { o.Roots = nil }, sign.Untrusted, "chain"},
		{"the leaf as a root", file, func(o *sign.Options) { o.Roots = x509.NewCertPool(); o.Roots.AddCert(key.Chain()[0]) }, sign.Valid, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := h.options()
			tt.o(&o)
			r := sign.Verify(tt.file, o)
			if r.Verdict != tt.want || tt.code != "" && r.Problems[0].Code != tt.code {
				t.Errorf("%s %v", r.Verdict, r.Problems)
			}
		})
	}
}

// shortChain shows the leaf alone.
type shortChain struct{ *signtest.Key }

func (k shortChain) Chain() []*x509.Certificate { return k.Key.Chain()[:1] }

// TestSignRefuses: files and wishes that Sign does not serve, and why.
func TestSignRefuses(t *testing.T) {
	b := newBench(t)
	good := page(t, "x")
	with := func(change func(w *pdf.Writer, c, tr pdf.Dict)) []byte { return catalogued(t, change) }
	far := field()
	far.Page = 3
	before := field()
	before.Page = -1
	prepared := field()
	prepared.Certify, prepared.Prepare = 2, []sign.Field{{Name: "Supervisor", Page: 7}}
	tests := []struct {
		name string
		file []byte
		f    sign.Field
		want error  // or
		text string // in the error
	}{
		{"no file", nil, field(), nil, "not a PDF"},
		{"garbage", []byte("garbage"), field(), nil, "not a PDF"},
		{"cut", good[:300], field(), nil, "reading the file"},
		{"bytes behind the end", append(bytes.Clone(good), "junk"...), field(), nil, "follow the end"},
		{"encrypted", with(func(_ *pdf.Writer, _, tr pdf.Dict) { tr["Encrypt"] = pdf.Dict{} }), field(), nil, "encrypted"},
		{"XFA", with(func(_ *pdf.Writer, c, _ pdf.Dict) { c["AcroForm"] = pdf.Dict{"XFA": pdf.Array{}} }), field(), nil, "XFA"},
		{"fields are no list", with(func(_ *pdf.Writer, c, _ pdf.Dict) { c["AcroForm"] = pdf.Dict{"Fields": pdf.Name("X")} }), field(), nil, "not a list"},
		{"no such page", good, far, nil, "no page 4"},
		{"page before the first", good, before, nil, "no page 0"},
		{"prepared on no page", good, prepared, nil, "no page 8"},
		{"certified twice", signed(t, b), sign.Field{Name: "Again", Time: now, Certify: 1}, sign.ErrForbidden, "only the first"},
		{"forbidden by P=1", signed(t, b), sign.Field{Name: "Again", Time: now}, sign.ErrForbidden, "P=1"},
		{"name taken", signed(t, b), sign.Field{Name: "Teller", Time: now}, nil, "of this name"},
		{"damaged signature inside", bytes.Replace(signed(t, b), []byte("/V "), []byte("/X "), 1), sign.Field{Name: "Again", Time: now}, nil, "not sound"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out, err := sign.Sign(context.Background(), tt.file, tt.f, b.key, 0)
			if err == nil || out != nil || tt.want != nil && !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.text) {
				t.Errorf("%v; want %q", err, tt.text)
			}
		})
	}
}

// critical is an extension that nobody knows and everybody must heed.
func critical() pkix.Extension {
	return pkix.Extension{Id: []int{1, 2, 3, 4}, Critical: true, Value: []byte{5, 0}}
}
