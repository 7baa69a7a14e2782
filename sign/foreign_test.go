package sign_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"moqian/sign"
	"moqian/sign/signtest"
)

// foreignKeys are keys of kinds that this program does not sign with.
func foreignKeys(t *testing.T, b bench) map[string]*signtest.Key {
	t.Helper()
	out := map[string]*signtest.Key{}
	for name, make := range map[string]func() (crypto.Signer, error){
		"RSA":      func() (crypto.Signer, error) { return rsa.GenerateKey(rand.Reader, 2048) },
		"RSA-1024": func() (crypto.Signer, error) { return rsa.GenerateKey(rand.Reader, 1024) },
		"P-256":    func() (crypto.Signer, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) },
		"P-384":    func() (crypto.Signer, error) { return ecdsa.GenerateKey(elliptic.P384(), rand.Reader) },
		"P-521":    func() (crypto.Signer, error) { return ecdsa.GenerateKey(elliptic.P521(), rand.Reader) },
	} {
		k, err := make()
		if err != nil {
			t.Fatal(err)
		}
		if out[name], err = b.ca.Issue(name+" signer", k, now.AddDate(0, 0, -1), now.AddDate(1, 0, 0)); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// opensslSigned is a file whose CMS openssl made.
func opensslSigned(t *testing.T, b bench, key *signtest.Key, args ...string) []byte {
	t.Helper()
	out, err := sign.Sign(context.Background(), page(t, "128000.50"), field(), b.key, 9000)
	if err != nil {
		t.Fatal(err)
	}
	from, to := holeOf(t, out)
	dir := t.TempDir()
	raw, err := x509.MarshalPKCS8PrivateKey(key.Signer)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"content": append(bytes.Clone(out[:from]), out[to:]...), "cert.pem": key.PEM(),
		"key.pem": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw}),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	all := append([]string{"cms", "-sign", "-binary", "-outform", "DER", "-in", filepath.Join(dir, "content"), "-out", filepath.Join(dir, "cms"),
		"-signer", filepath.Join(dir, "cert.pem"), "-inkey", filepath.Join(dir, "key.pem")}, args...)
	if msg, err := exec.Command("openssl", all...).CombinedOutput(); err != nil {
		t.Fatalf("openssl %v: %v\n%s", args, err, msg)
	}
	der, err := os.ReadFile(filepath.Join(dir, "cms"))
	if err != nil {
		t.Fatal(err)
	}
	digits := fmt.Sprintf("%x", der)
	copy(out[from+1:], digits+strings.Repeat("0", to-from-2-len(digits)))
	return out
}

// TestForeignCMS: what openssl signs is judged by its algorithms and form.
func TestForeignCMS(t *testing.T) {
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("SKIPPED: openssl is not installed, CMS of another program are not judged")
	}
	b := newBench(t)
	keys := foreignKeys(t, b)
	tests := []struct {
		name, key, args string
		want            sign.Verdict
	}{
		{"RSA SHA-256", "RSA", "-cades -md sha256", sign.Valid},
		{"RSA SHA-384", "RSA", "-cades -md sha384", sign.Valid},
		{"RSA SHA-512", "RSA", "-cades -md sha512", sign.Valid},
		{"RSA-PSS", "RSA", "-cades -md sha256 -keyopt rsa_padding_mode:pss", sign.Valid},
		{"RSA-PSS SHA-512", "RSA", "-cades -md sha512 -keyopt rsa_padding_mode:pss", sign.Valid},
		{"P-256", "P-256", "-cades -md sha256", sign.Valid},
		{"P-384 SHA-384", "P-384", "-cades -md sha384", sign.Valid},
		{"P-521 SHA-512", "P-521", "-cades -md sha512", sign.Valid},
		{"no attributes", "RSA", "-noattr -md sha256", sign.Invalid},
		{"no signing certificate", "RSA", "-md sha256", sign.Invalid},
		{"no certificate", "RSA", "-cades -md sha256 -nocerts", sign.Invalid},
		{"SHA-1", "RSA", "-cades -md sha1", sign.Untrusted},
		{"SHA-1, P-256", "P-256", "-cades -md sha1", sign.Untrusted},
		{"SHA-1, RSA-PSS", "RSA", "-cades -md sha1 -keyopt rsa_padding_mode:pss", sign.Untrusted},
		{"MD5", "RSA", "-cades -md md5", sign.Invalid},
		{"SHA-224", "RSA", "-cades -md sha224", sign.Invalid},
		{"RSA of 1024 bits", "RSA-1024", "-cades -md sha256", sign.Untrusted},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			file := opensslSigned(t, b, keys[tt.key], strings.Fields(tt.args)...)
			r := sign.Verify(file, b.options())
			if r.Verdict != tt.want {
				t.Errorf("%s %v", r.Verdict, r.Problems)
			}
			if tt.want == sign.Untrusted {
				expect(t, r, tt.want, "weak-algorithm")
				if !r.Signatures[0].Intact || r.Law.ContentIntact != sign.NotProvable || r.Law.SignatureIntact != sign.NotProvable {
					t.Errorf("%+v", r)
				}
				bad := bytes.Clone(file)
				bad[bytes.Index(bad, []byte("128000.50"))] = '9'
				expect(t, sign.Verify(bad, b.options()), sign.Invalid, "signature")
			}
			if tt.want == sign.Valid && r.Signatures[0].Signatory != tt.key+" signer" {
				t.Errorf("%+v", r.Signatures[0])
			}
		})
	}
}

// TestTwoSigners in one CMS: PDF allows one.
func TestTwoSigners(t *testing.T) {
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("SKIPPED: openssl is not installed, a CMS of two signers is not judged")
	}
	b := newBench(t)
	keys := foreignKeys(t, b)
	dir := t.TempDir()
	raw, err := x509.MarshalPKCS8PrivateKey(keys["P-256"].Signer)
	if err != nil {
		t.Fatal(err)
	}
	cert, key := filepath.Join(dir, "c2.pem"), filepath.Join(dir, "k2.pem")
	if err := os.WriteFile(cert, keys["P-256"].PEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	r := sign.Verify(opensslSigned(t, b, keys["RSA"], "-cades", "-md", "sha256", "-signer", cert, "-inkey", key), b.options())
	if r.Verdict != sign.Invalid {
		t.Errorf("%+v", r)
	}
}

// TestUsage: certificates that are not for signing documents are not trusted.
func TestUsage(t *testing.T) {
	h := newHall(t)
	out, err := sign.Sign(context.Background(), page(t, "x"), field(), h.tsa.Key, 0)
	if err != nil {
		t.Fatal(err)
	}
	o := h.options()
	o.Roots = h.tsaRoots
	r := sign.Verify(out, o)
	if r.Verdict != sign.Untrusted || r.Problems[0].Code != "key-usage" {
		t.Errorf("signed with a TSA's key: %+v", r)
	}
}

// TestForeignPDF signs and augments what qpdf writes.
func TestForeignPDF(t *testing.T) {
	if _, err := exec.LookPath("qpdf"); err != nil {
		t.Skip("SKIPPED: qpdf is not installed, its files are not signed")
	}
	h := newHall(t)
	for _, args := range []string{"--object-streams=generate", "--linearize", "--linearize --object-streams=generate", "--qdf"} {
		t.Run(args, func(t *testing.T) {
			dir := t.TempDir()
			from, to := filepath.Join(dir, "in.pdf"), filepath.Join(dir, "out.pdf")
			if err := os.WriteFile(from, page(t, "128000.50"), 0o600); err != nil {
				t.Fatal(err)
			}
			if msg, err := exec.Command("qpdf", append(strings.Fields(args), from, to)...).CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, msg)
			}
			file, err := os.ReadFile(to)
			if err != nil {
				t.Fatal(err)
			}
			for i, name := range []string{"One", "Two"} {
				if file, err = sign.Sign(context.Background(), file, sign.Field{Name: name, Time: now, Rect: [4]float64{10, 10, 60, 40}}, h.key, 0); err != nil {
					t.Fatalf("signature %d: %v", i+1, err)
				}
			}
			file = h.augment(t, file, sign.LevelLTA)
			r := sign.Verify(file, h.options())
			if r.Verdict != sign.Valid || len(r.Signatures) != 3 {
				t.Errorf("%+v", r)
			}
			if err := os.WriteFile(to, file, 0o600); err != nil {
				t.Fatal(err)
			}
			if msg, err := exec.Command("qpdf", "--check", to).CombinedOutput(); err != nil {
				t.Errorf("qpdf: %v\n%s", err, msg)
			}
			if fools, ran := askPdfsig(t, file); ran && !fools {
				t.Error("pdfsig finds no valid signature")
			}
		})
	}
}
