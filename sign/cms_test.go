package sign_test

import (
	"bytes"
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509/pkix"
	"encoding/asn1"
	"slices"
	"strings"
	"testing"
	"time"

	"moqian/sign"
)

func oid(n ...int) asn1.ObjectIdentifier { return n }

// Attributes by their object identifiers (RFC 5652 §11, RFC 5035).
var (
	oidContentType = oid(1, 2, 840, 113549, 1, 9, 3)
	oidDigest      = oid(1, 2, 840, 113549, 1, 9, 4)
	oidTime        = oid(1, 2, 840, 113549, 1, 9, 5)
	oidESS         = oid(1, 2, 840, 113549, 1, 9, 16, 2, 47)
	oidESS1        = oid(1, 2, 840, 113549, 1, 9, 16, 2, 12)
	oidSHA256      = oid(2, 16, 840, 1, 101, 3, 4, 2, 1)
	oidSHA512      = oid(2, 16, 840, 1, 101, 3, 4, 2, 3)
	oidSHA1        = oid(1, 3, 14, 3, 2, 26)
)

func attribute(t *testing.T, kind asn1.ObjectIdentifier, values ...any) sign.Attribute {
	t.Helper()
	var all []byte
	for _, v := range values {
		b, err := asn1.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, b...)
	}
	return sign.Attribute{Type: kind, Values: asn1.RawValue{Tag: asn1.TagSet, IsCompound: true, Bytes: all}}
}

// without leaves attributes of a kind out; in puts others in.
func without(kind asn1.ObjectIdentifier, in ...sign.Attribute) func([]sign.Attribute) []sign.Attribute {
	return func(a []sign.Attribute) []sign.Attribute {
		return append(slices.DeleteFunc(a, func(x sign.Attribute) bool { return x.Type.Equal(kind) }), in...)
	}
}

// signedAgain judges a file whose signature has other signed attributes.
func signedAgain(t *testing.T, h hall, change func([]sign.Attribute) []sign.Attribute) sign.Report {
	t.Helper()
	file, err := sign.Sign(context.Background(), page(t, "x"), field(), h.key, 4000)
	if err != nil {
		t.Fatal(err)
	}
	cms, err := sign.CMSOf(file)
	if err != nil {
		t.Fatal(err)
	}
	if cms, err = sign.ReSign(cms, h.key, change); err != nil {
		t.Fatal(err)
	}
	if file, err = sign.PutCMS(file, cms); err != nil {
		t.Fatal(err)
	}
	return sign.Verify(file, h.options())
}

type essCert struct{ Hash []byte }

type essList struct{ Certs []essCert }

// TestSignedAttributes: signatures that fit, over attributes that do not.
func TestSignedAttributes(t *testing.T) {
	h := newHall(t)
	leaf, root := h.key.Chain()[0].Raw, h.key.Chain()[1].Raw
	sum := func(b []byte) []byte { s := sha256.Sum256(b); return s[:] }
	old := sha1.Sum(leaf)
	ess := func(kind asn1.ObjectIdentifier, hashes ...[]byte) sign.Attribute {
		var l essList
		for _, s := range hashes {
			l.Certs = append(l.Certs, essCert{s})
		}
		return attribute(t, kind, l)
	}
	type named struct {
		Algorithm pkix.AlgorithmIdentifier
		Hash      []byte
	}
	with := func(alg asn1.ObjectIdentifier, hash []byte) sign.Attribute {
		return attribute(t, oidESS, struct{ Certs []named }{[]named{{pkix.AlgorithmIdentifier{Algorithm: alg}, hash}}})
	}
	tests := []struct {
		name   string
		change func([]sign.Attribute) []sign.Attribute
		want   string // empty: valid
	}{
		{"as they were", without(oid(1, 2, 3)), ""},
		{"an attribute of one's own", without(nil, attribute(t, oid(1, 2, 3), "x")), ""},
		{"signing time", without(nil, attribute(t, oidTime, now.UTC())), ""},
		{"certificate and its issuer", without(oidESS, ess(oidESS, sum(leaf), sum(root))), ""},
		{"SHA-256 named", without(oidESS, with(oidSHA256, sum(leaf))), ""},
		{"version 1 beside it", without(nil, ess(oidESS1, old[:])), ""},
		{"none", func([]sign.Attribute) []sign.Attribute { return nil }, "no signed attributes"},
		{"no content type", without(oidContentType), "content-type attribute is missing"},
		{"another content type", without(oidContentType, attribute(t, oidContentType, oid(1, 2, 3))), "content-type attribute is missing or wrong"},
		{"content type twice", without(nil, attribute(t, oidContentType, oid(1, 2, 840, 113549, 1, 7, 1))), "stands twice"},
		{"content type of two values", without(oidContentType, attribute(t, oidContentType, oid(1, 2, 840, 113549, 1, 7, 1), oid(1, 2, 3))), "content-type attribute"},
		{"no digest", without(oidDigest), "not what was signed"},
		{"digest of something else", without(oidDigest, attribute(t, oidDigest, make([]byte, 32))), "not what was signed"},
		{"digest is a number", without(oidDigest, attribute(t, oidDigest, 7)), "not what was signed"},
		{"no signing certificate", without(oidESS), "signing-certificate attribute is missing"},
		{"version 1 alone", without(oidESS, ess(oidESS1, old[:])), "signing-certificate attribute is missing"},
		{"another certificate", without(oidESS, ess(oidESS, sum(root))), "names another certificate"},
		{"issuer first", without(oidESS, ess(oidESS, sum(root), sum(leaf))), "names another certificate"},
		{"another certificate in version 1", without(nil, ess(oidESS1, sum(root)[:20])), "names another certificate"},
		{"no certificate", without(oidESS, ess(oidESS)), "cannot be read"},
		{"a number for it", without(oidESS, attribute(t, oidESS, 7)), "cannot be read"},
		{"SHA-1 named", without(oidESS, with(oidSHA1, old[:])), "weak"},
		{"SHA-512 named, SHA-256 given", without(oidESS, with(oidSHA512, sum(leaf))), "names another certificate"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := signedAgain(t, h, tt.change)
			if tt.want == "" {
				if r.Verdict != sign.Valid || len(r.Problems) > 0 {
					t.Errorf("%s %v", r.Verdict, r.Problems)
				}
				return
			}
			expect(t, r, sign.Invalid, "signature")
			if !strings.Contains(r.Problems[0].Text, tt.want) {
				t.Errorf("%v; want %q", r.Problems, tt.want)
			}
		})
	}
	// A signing time makes it no B-B.
	if r := signedAgain(t, h, without(nil, attribute(t, oidTime, now.UTC()))); r.Signatures[0].Level != "CMS" {
		t.Errorf("level %s", r.Signatures[0].Level)
	}
}

// TestCMSShape: parts of a CMS that no signature covers are not free to change.
func TestCMSShape(t *testing.T) {
	h := newHall(t)
	file, err := sign.Sign(context.Background(), page(t, "x"), field(), h.key, 30000)
	if err != nil {
		t.Fatal(err)
	}
	good, err := sign.CMSOf(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range brokenParts(h) {
		t.Run(tt.name, func(t *testing.T) {
			cms, err := sign.Rewrite(good, tt.do)
			if err != nil {
				t.Fatal(err)
			}
			if tt.name != "empty unsigned attributes" && bytes.Equal(cms, good) {
				t.Fatal("nothing changed")
			}
			bad, err := sign.PutCMS(file, cms)
			if err != nil {
				t.Fatal(err)
			}
			r := sign.Verify(bad, h.options())
			expect(t, r, sign.Invalid, "signature")
			if !strings.Contains(r.Problems[0].Text, tt.want) {
				t.Errorf("%v; want %q", r.Problems, tt.want)
			}
		})
	}
}

// brokenPart changes a CMS; want stands in the problem then.
type brokenPart struct {
	name string
	do   func(*sign.Envelope, *sign.SignerInfo)
	want string
}

func brokenParts(h hall) []brokenPart {
	raw := func(tag int, body ...byte) asn1.RawValue {
		return asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: tag, IsCompound: true, Bytes: body}
	}
	return []brokenPart{
		{"version 2", func(e *sign.Envelope, _ *sign.SignerInfo) { e.Version = 2 }, "RFC 5652"},
		{"signer of version 2", func(_ *sign.Envelope, i *sign.SignerInfo) { i.Version = 2 }, "certificate is missing"},
		{"signer of version 3 by name", func(e *sign.Envelope, i *sign.SignerInfo) { e.Version, i.Version = 3, 3 }, "certificate is missing"},
		{"signer by an unknown key", func(e *sign.Envelope, i *sign.SignerInfo) {
			e.Version, i.Version, i.ID = 3, 3, asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, Bytes: []byte{1, 2}}
		}, "certificate is missing"},
		{"two digest algorithms", func(e *sign.Envelope, _ *sign.SignerInfo) { e.Digests = append(e.Digests, e.Digests[0]) }, "RFC 5652"},
		{"another digest algorithm outside", func(e *sign.Envelope, _ *sign.SignerInfo) { e.Digests[0].Algorithm = oidSHA512 }, "two digest algorithms"},
		{"another digest algorithm inside", func(_ *sign.Envelope, i *sign.SignerInfo) { i.Digest.Algorithm = oidSHA512 }, "two digest algorithms"},
		{"SHA-1", func(e *sign.Envelope, i *sign.SignerInfo) {
			e.Digests[0].Algorithm, i.Digest.Algorithm = oidSHA1, oidSHA1
		}, "not what was signed"},
		{"digest with parameters", func(_ *sign.Envelope, i *sign.SignerInfo) {
			i.Digest.Parameters = asn1.RawValue{FullBytes: []byte{2, 1, 1}}
		}, "weak"},
		{"another content type", func(e *sign.Envelope, _ *sign.SignerInfo) { e.Content.Type = oid(1, 2, 3) }, "RFC 5652"},
		{"content inside", func(e *sign.Envelope, _ *sign.SignerInfo) { e.Content.Data = raw(0, 4, 1, 'x') }, "not detached"},
		{"no certificates", func(e *sign.Envelope, _ *sign.SignerInfo) { e.Certs = asn1.RawValue{} }, "certificate is missing"},
		{"certificates cut", func(e *sign.Envelope, _ *sign.SignerInfo) { e.Certs = raw(0, 0x30, 9, 1) }, "RFC 5652"},
		{"a certificate that is none", func(e *sign.Envelope, _ *sign.SignerInfo) { e.Certs = raw(0, 0x30, 0) }, "cannot be read"},
		{"forty certificates", func(e *sign.Envelope, _ *sign.SignerInfo) { e.Certs = raw(0, bytes.Repeat(h.ca.Root.Raw, 40)...) }, "too many certificates"},
		{"a list that is none", func(e *sign.Envelope, _ *sign.SignerInfo) { e.CRLs = raw(1, 0x30, 0) }, "cannot be read"},
		{"lists cut", func(e *sign.Envelope, _ *sign.SignerInfo) { e.CRLs = raw(1, 0x30, 9, 1) }, "RFC 5652"},
		{"no signer", func(e *sign.Envelope, _ *sign.SignerInfo) { e.Signers = nil }, "0 signers"},
		{"a signer twice", func(e *sign.Envelope, _ *sign.SignerInfo) { e.Signers = append(e.Signers, e.Signers[0]) }, "2 signers"},
		{"another algorithm", func(_ *sign.Envelope, i *sign.SignerInfo) { i.Algorithm.Algorithm = oid(1, 2, 840, 113549, 1, 1, 11) }, "weak or not known"},
		{"algorithm of another digest", func(_ *sign.Envelope, i *sign.SignerInfo) { i.Algorithm.Algorithm = oid(1, 2, 840, 10045, 4, 3, 4) }, "weak or not known"},
		{"another value", func(_ *sign.Envelope, i *sign.SignerInfo) {
			i.Value = append(bytes.Clone(i.Value[:len(i.Value)-1]), i.Value[len(i.Value)-1]^1)
		}, "does not fit"},
		{"no value", func(_ *sign.Envelope, i *sign.SignerInfo) { i.Value = nil }, "does not fit"},
		{"empty unsigned attributes", func(_ *sign.Envelope, i *sign.SignerInfo) { i.Unsigned = raw(1) }, "RFC 5652"},
		{"unsigned attribute of one's own", func(_ *sign.Envelope, i *sign.SignerInfo) {
			i.Unsigned = raw(1, 0x30, 8, 6, 2, 0x2a, 3, 0x31, 2, 5, 0)
		}, "unsigned attribute 1.2.3"},
		{"unsigned attributes cut", func(_ *sign.Envelope, i *sign.SignerInfo) { i.Unsigned = raw(1, 0x30, 9, 1) }, "RFC 5652"},
		{"counter-signature", func(_ *sign.Envelope, i *sign.SignerInfo) {
			i.Unsigned = raw(1, 0x30, 15, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 6, 0x31, 2, 5, 0)
		}, "unsigned attribute 1.2.840.113549.1.9.6"},
		{"a token that is none", func(_ *sign.Envelope, i *sign.SignerInfo) {
			i.Unsigned = raw(1, append([]byte{0x30, 17, 6, 11, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 2, 14, 0x31, 2}, 5, 0)...)
		}, "time stamp"},
	}
}

// TestNotCMS: what is no CMS at all, or more than one.
func TestNotCMS(t *testing.T) {
	h := newHall(t)
	file := signed(t, h.bench)
	good, err := sign.CMSOf(file)
	if err != nil {
		t.Fatal(err)
	}
	for name, cms := range map[string][]byte{
		"empty": {}, "zeros": make([]byte, 8), "a sequence": {0x30, 0}, "a certificate": h.ca.Root.Raw, "cut": good[:len(good)-20],
		"data": {0x30, 15, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1, 0xa0, 2, 4, 0}, "bytes behind it": append(bytes.Clone(good), 1),
		"another one behind it": append(bytes.Clone(good), 0x30, 0), "length of 2 GB": append([]byte{0x30, 0x84, 0x7f, 0xff, 0xff, 0xff}, good[4:]...),
		"length that overflows": append([]byte{0x30, 0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, good[4:]...),
	} {
		bad, err := sign.PutCMS(file, cms)
		if err != nil {
			t.Fatal(err)
		}
		r := sign.Verify(bad, h.options())
		if r.Verdict != sign.Invalid || len(r.Problems) == 0 || r.Signatures[0].Intact {
			t.Errorf("%s: %s %v", name, r.Verdict, r.Problems)
		}
	}
	// What is readable in BER with indefinite lengths is what Java programs write.
	long := append([]byte{0x30, 0x80}, good[4:]...)
	long = append(long, 0, 0)
	ber, err := sign.PutCMS(file, long)
	if err != nil {
		t.Fatal(err)
	}
	if r := sign.Verify(ber, h.options()); r.Verdict != sign.Valid {
		t.Errorf("indefinite length: %s %v", r.Verdict, r.Problems)
	}
}

// TestTokens: time stamps that were made otherwise, read alone.
func TestTokens(t *testing.T) {
	h := newHall(t)
	data := []byte("data")
	sum := sha256.Sum256(data)
	good, err := h.tsa.Stamp(context.Background(), sum)
	if err != nil {
		t.Fatal(err)
	}
	k, err := sign.ReadToken(good, data)
	if err != nil || !k.Time.Equal(now.Add(time.Minute).UTC()) || k.Policy.String() != "1.2.3.4.1" {
		t.Fatalf("%+v, %v", k, err)
	}
	if err := k.Trust(h.tsaRoots, now.Add(time.Hour)); err != nil {
		t.Error(err)
	}
	if err := k.Trust(h.roots, now.Add(time.Hour)); err == nil {
		t.Error("another root vouches for it")
	}
	if err := k.Trust(h.tsaRoots, now.AddDate(20, 0, 0)); err == nil {
		t.Error("it is trusted after its certificate has expired")
	}
	signer, err := h.ca.P256("no TSA", now.Add(-time.Hour), now.AddDate(1, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	wrong := *h.tsa
	wrong.Key = signer
	byOther, err := wrong.Stamp(context.Background(), sum)
	if err != nil {
		t.Fatal(err)
	}
	bare, err := sign.WithoutCertificates(good)
	if err != nil {
		t.Fatal(err)
	}
	noESS, err := sign.ReSign(good, h.tsa.Key, without(oidESS))
	if err != nil {
		t.Fatal(err)
	}
	asData, err := sign.ReSign(good, h.tsa.Key, without(oidContentType, attribute(t, oidContentType, oid(1, 2, 840, 113549, 1, 7, 1))))
	if err != nil {
		t.Fatal(err)
	}
	stamped, err := sign.Rewrite(good, func(_ *sign.Envelope, i *sign.SignerInfo) {
		attr := append([]byte{6, 11, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 2, 14, 0x31, 2}, 5, 0)
		i.Unsigned = asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 1, IsCompound: true, Bytes: append([]byte{0x30, byte(len(attr))}, attr...)}
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name  string
		token []byte
		data  []byte
		want  string
	}{
		{"other data", good, []byte("other"), "over other data"},
		{"nothing", nil, data, "not signed data"},
		{"cut", good[:len(good)-9], data, "not signed data"},
		{"another purpose", byOther, data, "not for time stamping"},
		{"no certificate", bare, data, "certificate is missing"},
		{"no signing certificate", noESS, data, "signing-certificate attribute is missing"},
		{"content type data", asData, data, "content-type"},
		{"with a stamp of its own", stamped, data, "carries another"},
	} {
		if k, err := sign.ReadToken(tt.token, tt.data); err == nil || k != nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v; want %q", tt.name, err, tt.want)
		}
	}
	if _, err := sign.ReadTokenOver(good, sum); err != nil {
		t.Error(err)
	}
	if _, err := sign.ReadTokenOver(good, [32]byte{}); err == nil {
		t.Error("over another digest")
	}
}
