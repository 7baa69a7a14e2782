package sign_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"io"
	"testing"

	"moqian/sign"
	"moqian/sign/signtest"
)

// TestRoom: what is kept for a CMS is what it needs and hardly more, for every
// kind of key and chain; a token as large as the one asked for, and a tenth
// larger, goes in.
func TestRoom(t *testing.T) {
	h := newHall(t)
	below, err := h.ca.Below("示例银行签发机构 Issuing CA of some length")
	if err != nil {
		t.Fatal(err)
	}
	from, to := now.AddDate(0, 0, -1), now.AddDate(1, 0, 0)
	keys := map[string]*signtest.Key{}
	for name, ca := range map[string]*signtest.Authority{"": h.ca, ", below": below} {
		if keys["RSA"+name], err = ca.RSA("teller", from, to); err != nil {
			t.Fatal(err)
		}
		for _, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P384()} {
			k, err := ecdsa.GenerateKey(curve, rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			if keys[curve.Params().Name+name], err = ca.Issue("柜员 010023", k, from, to); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, k := range keys {
		t.Run(name, func(t *testing.T) {
			room := sign.Room(k)
			out, err := sign.Sign(context.Background(), page(t, "x"), field(), k, room)
			if err != nil {
				t.Fatal(err)
			}
			at, end := holeOf(t, out)
			spare := len(out[at+1:end-1]) - len(bytes.TrimRight(out[at+1:end-1], "0"))
			if spare > 2*40 {
				t.Errorf("%d of %d bytes stay unused", spare/2, room)
			}
			token, err := h.tsa.Stamp(context.Background(), [32]byte{})
			if err != nil {
				t.Fatal(err)
			}
			size := len(token)
			if out, err = sign.Sign(context.Background(), page(t, "x"), field(), k, sign.Reserve(k, size)); err != nil {
				t.Fatal(err)
			}
			h.augment(t, out, sign.LevelT)
			if out, err = sign.Sign(context.Background(), page(t, "x"), field(), k, sign.Reserve(k, size*3/4)); err != nil {
				t.Fatal(err)
			}
			if _, _, err := sign.Augment(context.Background(), out, h.how(sign.LevelT)); !errors.Is(err, sign.ErrReserve) {
				t.Errorf("a token a third larger than the largest seen: %v", err)
			}
			o := h.how(sign.LevelT)
			o.Over = true
			if out, _, err = sign.Augment(context.Background(), out, o); err != nil {
				t.Fatal(err)
			}
			if r := sign.Verify(out, h.options()); r.Verdict != sign.Valid || r.Signatures[0].TimeSource != "timestamp" {
				t.Errorf("a time stamp over the file in its place: %s, %+v, %v", r.Verdict, r.Signatures, r.Problems)
			}
		})
	}
}

// TestSignedSize: the CMS of a key must fit, whatever its signature's length.
func TestSignedSize(t *testing.T) {
	b := newBench(t)
	for range 50 { // DER of an ECDSA value has 68 to 72 bytes
		k := long{b.key}
		if _, err := sign.Sign(context.Background(), page(t, "x"), field(), k, sign.Room(k)); err != nil {
			t.Fatal(err)
		}
	}
}

// long signs as often as it takes to get the longest value.
type long struct{ *signtest.Key }

func (k long) Sign(_ io.Reader, digest []byte, o crypto.SignerOpts) ([]byte, error) {
	for {
		if v, err := k.Key.Sign(rand.Reader, digest, o); err != nil || len(v) == 72 {
			return v, err
		}
	}
}
