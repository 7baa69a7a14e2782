package proof_test

import (
	"context"
	"crypto/x509"
	"os"
	"strings"
	"testing"

	"moqian/cmd/internal/proof"
	"moqian/sign"
)

// TestWeakAlgorithm: of a signature that fits by SHA-1 (testdata, signed once
// and for all) nobody is told that it proves anything, nor that there is none.
func TestWeakAlgorithm(t *testing.T) {
	file, err := os.ReadFile("testdata/weak.pdf")
	if err != nil {
		t.Fatal(err)
	}
	pem, err := os.ReadFile("testdata/weak-root.pem")
	roots := x509.NewCertPool()
	if err != nil || !roots.AppendCertsFromPEM(pem) {
		t.Fatal("no root", err)
	}
	f := proof.Examine(context.Background(), file, proof.Options{Roots: roots, At: now})
	if f.Verdict != sign.Untrusted || !f.Signatures[0].Intact || !strings.Contains(codes(f), "weak-algorithm") {
		t.Fatalf("%s %v %v", f.Verdict, f.Signatures, f.Problems)
	}
	for _, c := range f.Findings {
		if c.State != sign.NotProvable {
			t.Errorf("%+v", c)
		}
		if c.Condition != "control" && (!strings.Contains(c.EN, "too weak") || !strings.Contains(c.ZH, "强度不足")) {
			t.Errorf("%+v", c)
		}
	}
}
