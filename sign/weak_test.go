package sign_test

import (
	"context"
	"crypto"
	"crypto/sha1"
	"encoding/asn1"
	"testing"

	"moqian/sign"
	"moqian/sign/signtest"
)

// weakened is a CMS made again with SHA-1, over content or over what is in it.
func weakened(t *testing.T, cms []byte, k *signtest.Key, content []byte) []byte {
	t.Helper()
	cms, err := sign.Rewrite(cms, func(e *sign.Envelope, i *sign.SignerInfo) {
		e.Digests[0].Algorithm, i.Digest.Algorithm = oidSHA1, oidSHA1
		i.Algorithm.Algorithm = oid(1, 2, 840, 10045, 2, 1) // P-256, whatever the digest
		if content == nil {
			if _, err := asn1.Unmarshal(e.Content.Data.Bytes, &content); err != nil {
				t.Fatal(err)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	sum, leaf := sha1.Sum(content), sha1.Sum(k.Chain()[0].Raw)
	change := without(oidDigest, attribute(t, oidDigest, sum[:]))
	ess := without(oidESS, attribute(t, oidESS1, essList{[]essCert{{leaf[:]}}}))
	cms, err = sign.ReSignBy(cms, k, crypto.SHA1, func(a []sign.Attribute) []sign.Attribute { return ess(change(a)) })
	if err != nil {
		t.Fatal(err)
	}
	return cms
}

// weaklySigned is a file whose signature fits, by SHA-1.
func weaklySigned(t *testing.T, h hall) []byte {
	t.Helper()
	file, err := sign.Sign(context.Background(), page(t, "x"), field(), h.key, 4000)
	if err != nil {
		t.Fatal(err)
	}
	cms, err := sign.CMSOf(file)
	if err != nil {
		t.Fatal(err)
	}
	from, to := holeOf(t, file)
	cms = weakened(t, cms, h.key, append(append([]byte{}, file[:from]...), file[to:]...))
	if file, err = sign.PutCMS(file, cms); err != nil {
		t.Fatal(err)
	}
	return file
}

// weakStamper stamps by SHA-1.
type weakStamper struct {
	t *testing.T
	h hall
}

func (s weakStamper) Stamp(ctx context.Context, sum [32]byte) ([]byte, error) {
	token, err := s.h.tsa.Stamp(ctx, sum)
	if err != nil {
		return nil, err
	}
	return weakened(s.t, token, s.h.tsa.Key, nil), nil
}

// TestWeakTimeStamps: one that fits by SHA-1 proves no time, inside a signature
// and over the file; Augment does not take one.
func TestWeakTimeStamps(t *testing.T) {
	h := newHall(t)
	file, err := sign.Sign(context.Background(), page(t, "x"), field(), h.key, 0)
	if err != nil {
		t.Fatal(err)
	}
	how := h.how(sign.LevelT)
	how.Stamper = weakStamper{t, h}
	if _, _, err := sign.Augment(context.Background(), file, how); err == nil {
		t.Error("a weak token was put in")
	}
	good := h.augment(t, file, sign.LevelT)
	if r := sign.Verify(good, h.options()); r.Verdict != sign.Valid || r.Signatures[0].Level != "B-T" {
		t.Fatalf("%+v", r)
	}
	stamped, err := sign.StampIn(good, sign.Field{Name: "Stamp"}, weakStamper{t, h})
	if err != nil {
		t.Fatal(err)
	}
	r := sign.Verify(stamped, h.options())
	expect(t, r, sign.Untrusted, "weak-algorithm")
	if last := r.Signatures[len(r.Signatures)-1]; !last.Intact || last.Chain != "untrusted" || r.Signatures[0].Level != "B-T" {
		t.Errorf("%+v", r.Signatures)
	}
	if r.Law.ContentIntact != sign.NotProvable {
		t.Errorf("%+v", r.Law)
	}
}
