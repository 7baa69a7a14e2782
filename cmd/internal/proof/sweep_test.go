package proof_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"os"
	"testing"
	"time"

	"moqian/sign"
	"moqian/sign/signtest"
)

// TestVoucherSweep turns a bit of a B-LTA voucher: of every 97th byte, of each
// with MOQIAN_TORTURE=1. None stays valid, for the last time stamp covers all of
// the file but its own hole. (All ways to change a small file: TestSweep of
// package sign.)
func TestVoucherSweep(t *testing.T) {
	b := newBench(t)
	stamps, err := signtest.New("TSA Root", "UNIT", now)
	if err != nil {
		t.Fatal(err)
	}
	tsa, err := stamps.TSA("Test TSA", now.Add(-time.Minute), now.AddDate(5, 0, 0), func() time.Time { return now.Add(time.Minute) })
	if err != nil {
		t.Fatal(err)
	}
	o := sign.Options{Roots: x509.NewCertPool(), TSARoots: x509.NewCertPool(), At: now.Add(2 * time.Minute)}
	o.Roots.AddCert(b.ca.Root)
	o.TSARoots.AddCert(stamps.Root)
	var lists []*x509.RevocationList
	for _, a := range []*signtest.Authority{b.ca, stamps} {
		der, err := a.CRL(now.Add(-time.Minute), now.AddDate(0, 1, 0), nil)
		if err != nil {
			t.Fatal(err)
		}
		l, err := sign.ParseCRL(der)
		if err != nil {
			t.Fatal(err)
		}
		lists = append(lists, l)
	}
	good, _, err := sign.Augment(context.Background(), b.signed(t, voucher{code: "2101", serial: 1, dressed: true}), sign.AugmentOptions{
		Level: sign.LevelLTA, Stamper: tsa, Roots: o.Roots, TSARoots: o.TSARoots, CRLs: lists, At: now.Add(time.Minute)})
	if err != nil {
		t.Fatal(err)
	}
	if r := sign.Verify(good, o); r.Verdict != sign.Valid || r.Signatures[0].Level != "B-LTA" {
		t.Fatalf("%+v", r)
	}
	step := 97
	if os.Getenv("MOQIAN_TORTURE") != "" {
		step = 1
	}
	for i := 0; i < len(good); i += step {
		bad := bytes.Clone(good)
		bad[i] ^= 1 << (i % 8)
		if r := sign.Verify(bad, o); r.Verdict == sign.Valid {
			t.Errorf("byte %d of %d (%q) with bit %d turned is valid", i, len(good), good[i], i%8)
		}
	}
}
