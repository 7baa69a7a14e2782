package sign_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"testing"
	"time"

	"moqian/sign"
	"moqian/sign/signtest"
)

// subtree is a name constraint by a directory name: permitted (0) or excluded (1).
func subtree(t *testing.T, tag int, name pkix.Name) pkix.Extension {
	t.Helper()
	der, err := asn1.Marshal(name.ToRDNSequence())
	if err != nil {
		t.Fatal(err)
	}
	wrap := func(class, tag int, b []byte) []byte {
		out, err := asn1.Marshal(asn1.RawValue{Class: class, Tag: tag, IsCompound: true, Bytes: b})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	base := wrap(asn1.ClassContextSpecific, 4, der)
	tree := wrap(asn1.ClassUniversal, asn1.TagSequence, base)
	return pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 30}, Value: wrap(asn1.ClassUniversal, asn1.TagSequence, wrap(asn1.ClassContextSpecific, tag, tree))}
}

// TestAuthorities: what the authority between root and signatory may certify.
func TestAuthorities(t *testing.T) {
	b := newBench(t)
	cn, other := pkix.Name{Country: []string{"cn"}}, pkix.Name{Country: []string{"DE"}} // all subjects are CN's
	purpose := func(u ...x509.ExtKeyUsage) func(*x509.Certificate) {
		return func(c *x509.Certificate) { c.ExtKeyUsage = u }
	}
	critical := func(e pkix.Extension) pkix.Extension {
		e.Critical = true
		return e
	}
	names := func(e ...pkix.Extension) func(*x509.Certificate) {
		return func(c *x509.Certificate) { c.ExtraExtensions = e }
	}
	for _, tt := range []struct {
		name   string
		change func(*x509.Certificate)
		want   sign.Verdict
	}{
		{"anything", func(*x509.Certificate) {}, sign.Valid},
		{"for mail", purpose(x509.ExtKeyUsageEmailProtection), sign.Valid},
		{"for any purpose", purpose(x509.ExtKeyUsageAny), sign.Valid},
		{"for servers", purpose(x509.ExtKeyUsageServerAuth), sign.Untrusted},
		{"for servers and time stamps", purpose(x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageTimeStamping), sign.Untrusted},
		{"for this country", names(subtree(t, 0, cn)), sign.Valid},
		{"for another country", names(subtree(t, 0, other)), sign.Untrusted},
		{"for this country, critical", names(critical(subtree(t, 0, cn))), sign.Valid},
		{"for another country, critical", names(critical(subtree(t, 0, other))), sign.Untrusted},
		{"not for this country, critical", names(critical(subtree(t, 1, cn))), sign.Untrusted},
		{"for names of an unknown kind, critical", names(critical(pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 30},
			Value: []byte{0x30, 8, 0xa0, 6, 0x30, 4, 0x88, 2, 0x2a, 3}})), sign.Untrusted},
		{"not for another country", names(subtree(t, 1, other)), sign.Valid},
		{"not for this country", names(subtree(t, 1, cn)), sign.Untrusted},
	} {
		t.Run(tt.name, func(t *testing.T) {
			below, err := b.ca.BelowWith("Authority", tt.change)
			if err != nil {
				t.Fatal(err)
			}
			key, err := below.P256("signer", now.Add(-time.Minute), now.AddDate(1, 0, 0))
			if err != nil {
				t.Fatal(err)
			}
			out, err := sign.Sign(context.Background(), page(t, "x"), field(), key, 0)
			if err != nil {
				t.Fatal(err)
			}
			r := sign.Verify(out, b.options())
			if r.Verdict != tt.want {
				t.Errorf("%s %v", r.Verdict, r.Problems)
			}
			if tt.want != sign.Valid {
				expect(t, r, tt.want, "chain")
			}
		})
	}
}

// TestOwnRoot: a certificate that is itself given as a root is trusted, as
// openssl's self-signed ones are even though they say CA:TRUE; its usages count.
func TestOwnRoot(t *testing.T) {
	for name, tt := range map[string]struct {
		usage x509.KeyUsage
		given bool
		want  sign.Verdict
	}{
		"authority, no usage said":  {0, true, sign.Valid},
		"authority that signs":      {x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature, true, sign.Valid},
		"authority for others only": {x509.KeyUsageCertSign, true, sign.Untrusted},
		"authority not given":       {0, false, sign.Untrusted},
	} {
		t.Run(name, func(t *testing.T) {
			k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			ca, err := signtest.SelfSigned("Own", k, now, tt.usage)
			if err != nil {
				t.Fatal(err)
			}
			out, err := sign.Sign(context.Background(), page(t, "x"), field(), ca, 0)
			if err != nil {
				t.Fatal(err)
			}
			o := sign.Options{Roots: x509.NewCertPool(), At: now}
			if tt.given {
				o.Roots.AddCert(ca.Chain()[0])
			}
			r := sign.Verify(out, o)
			if r.Verdict != tt.want {
				t.Errorf("%s %v", r.Verdict, r.Problems)
			}
			if r.Signatures[0].Revocation != sign.RevocationUnknown {
				t.Errorf("revocation %s", r.Signatures[0].Revocation)
			}
		})
	}
}

// TestOwnRootWithIssuers: a signatory's certificate is given as a root, alone or
// beside its real one, and the signature holds its issuers too.
func TestOwnRootWithIssuers(t *testing.T) {
	b, stranger := newBench(t), newBench(t)
	below, err := b.ca.Below("Authority")
	if err != nil {
		t.Fatal(err)
	}
	key, err := below.P256("signer", now.Add(-time.Minute), now.AddDate(1, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	file, err := sign.Sign(context.Background(), page(t, "x"), field(), key, 8000)
	if err != nil {
		t.Fatal(err)
	}
	alone, both := x509.NewCertPool(), x509.NewCertPool()
	for _, p := range []*x509.CertPool{alone, both} {
		p.AddCert(key.Chain()[0])
	}
	both.AddCert(b.ca.Root)
	for name, roots := range map[string]*x509.CertPool{"alone": alone, "beside its root": both, "its root": b.roots} {
		if r := sign.Verify(file, sign.Options{Roots: roots, At: now}); r.Verdict != sign.Valid || len(r.Problems) > 0 {
			t.Errorf("%s: %s %v", name, r.Verdict, r.Problems)
		}
	}
	cms, err := sign.CMSOf(file)
	if err != nil {
		t.Fatal(err)
	}
	if cms, err = bagged(cms, stranger.key.Chain()[0].Raw); err != nil {
		t.Fatal(err)
	}
	if file, err = sign.PutCMS(file, cms); err != nil {
		t.Fatal(err)
	}
	expect(t, sign.Verify(file, sign.Options{Roots: alone, At: now}), sign.Untrusted, "stray-certificate")
}

// TestStampRoots: where roots for time stamps are given, no other root vouches
// for one; where none are, those of signatories do.
func TestStampRoots(t *testing.T) {
	h := newHall(t)
	file := h.augment(t, signed(t, h.bench), sign.LevelT)
	both := x509.NewCertPool()
	both.AddCert(h.ca.Root)
	both.AddCert(h.stampCA.Root)
	for _, tt := range []struct {
		name   string
		stamps *x509.CertPool
		want   sign.Verdict
	}{{"none", nil, sign.Valid}, {"theirs", h.tsaRoots, sign.Valid}, {"others", h.roots, sign.Untrusted}, {"empty", x509.NewCertPool(), sign.Untrusted}} {
		r := sign.Verify(file, sign.Options{Roots: both, TSARoots: tt.stamps, At: h.options().At})
		if r.Verdict != tt.want || tt.want == sign.Valid && r.Signatures[0].Level != "B-T" || tt.want != sign.Valid && r.Signatures[0].Level != "B-B" {
			t.Errorf("%s: %s %+v %v", tt.name, r.Verdict, r.Signatures, r.Problems)
		}
	}
}

// TestStampsAlone: a time stamp says when, and not who: such a file is unsigned.
func TestStampsAlone(t *testing.T) {
	h := newHall(t)
	file, err := sign.StampIn(page(t, "128000.50"), sign.Field{Name: "Stamp"}, h.tsa)
	if err != nil {
		t.Fatal(err)
	}
	r := sign.Verify(file, h.options())
	expect(t, r, sign.Unsigned, "unsigned")
	if r.Law != (sign.Law{Exclusive: sign.NotProvable, Control: sign.NotProvable, SignatureIntact: sign.NotProvable, ContentIntact: sign.NotProvable}) {
		t.Errorf("%+v", r.Law)
	}
	if len(r.Signatures) != 1 || r.Signatures[0].Chain != "trusted" {
		t.Errorf("%+v", r.Signatures)
	}
	bad := bytes.Replace(file, []byte("128000.50"), []byte("928000.50"), 1)
	expect(t, sign.Verify(bad, h.options()), sign.Invalid, "signature")
}

// TestListInCMS: a revocation list in the signature itself, which its digest
// does not cover, must be somebody's whom we know.
func TestListInCMS(t *testing.T) {
	h, stranger := newHall(t), newBench(t)
	answer := func(id asn1.ObjectIdentifier, raw []byte) []byte {
		kind, err := asn1.Marshal(id)
		if err != nil {
			t.Fatal(err)
		}
		out, err := asn1.Marshal(asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 1, IsCompound: true, Bytes: append(kind, raw...)})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	ocsp := asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 16, 2}
	for name, tt := range map[string]struct {
		list []byte
		want sign.Verdict
	}{
		"the authority's":       {h.crls[0].Raw, sign.Valid},
		"with a bit turned":     {turned(h.crls[0].Raw), sign.Untrusted},
		"a stranger's":          {h.crl(t, stranger.ca, nil).Raw, sign.Untrusted},
		"a list of version one": {oldList(t, h.ca), sign.Untrusted},
		"an answer":             {answer(ocsp, answerOf(t, h.ca, h.key)), sign.Valid},
		"an answer, bit turned": {answer(ocsp, turned(answerOf(t, h.ca, h.key))), sign.Untrusted},
		"a stranger's answer":   {answer(ocsp, answerOf(t, stranger.ca, stranger.key)), sign.Untrusted},
		"no answer":             {answer(ocsp, []byte{0x30, 0}), sign.Untrusted},
		"something unknown":     {answer(asn1.ObjectIdentifier{1, 2, 3}, []byte{0x30, 0}), sign.Untrusted},
	} {
		t.Run(name, func(t *testing.T) {
			file, err := sign.Sign(context.Background(), page(t, "x"), field(), h.key, 8000)
			if err != nil {
				t.Fatal(err)
			}
			cms, err := sign.CMSOf(file)
			if err != nil {
				t.Fatal(err)
			}
			if cms, err = sign.Rewrite(cms, func(e *sign.Envelope, _ *sign.SignerInfo) {
				e.CRLs = asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 1, IsCompound: true, Bytes: tt.list}
			}); err != nil {
				t.Fatal(err)
			}
			if file, err = sign.PutCMS(file, cms); err != nil {
				t.Fatal(err)
			}
			r := sign.Verify(file, h.options())
			if r.Verdict != tt.want {
				t.Errorf("%s %v", r.Verdict, r.Problems)
			}
			if tt.want != sign.Valid {
				expect(t, r, tt.want, "stray-certificate")
			} else if name == "an answer" && r.Signatures[0].Revocation != sign.RevocationGood {
				t.Errorf("revocation %s", r.Signatures[0].Revocation)
			}
		})
	}
}
