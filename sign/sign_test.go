package sign_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"moqian/sign"
	"moqian/sign/pdf"
	"moqian/sign/pfx"
	"moqian/sign/signtest"
)

var now = time.Date(2026, 3, 18, 14, 5, 32, 0, time.FixedZone("CST", 8*3600))

type bench struct {
	ca    *signtest.Authority
	key   *signtest.Key
	roots *x509.CertPool
}

func newBench(t testing.TB) bench {
	t.Helper()
	ca, err := signtest.New("Test Root", "UNIT", now)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ca.P256("teller 010023", now.Add(-time.Minute), now.AddDate(1, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(ca.Root)
	return bench{ca, key, roots}
}

func (b bench) options() sign.Options { return sign.Options{Roots: b.roots, At: now} }

// page is a one-page PDF that shows a text.
func page(t testing.TB, text string) []byte {
	t.Helper()
	w := pdf.NewWriter("1.4")
	root, pages, p, content, font := w.Alloc(), w.Alloc(), w.Alloc(), w.Alloc(), w.Alloc()
	w.Put(root, pdf.Dict{"Type": pdf.Name("Catalog"), "Pages": pages})
	w.Put(pages, pdf.Dict{"Type": pdf.Name("Pages"), "Kids": pdf.Array{p}, "Count": int64(1)})
	w.Put(p, pdf.Dict{
		"Type": pdf.Name("Page"), "Parent": pages, "MediaBox": pdf.Array{int64(0), int64(0), int64(300), int64(100)},
		"Contents": content, "Resources": pdf.Dict{"Font": pdf.Dict{"F": font}},
	})
	w.Put(content, &pdf.Stream{Dict: pdf.Dict{}, Raw: []byte("BT /F 20 Tf 10 50 Td (" + text + ") Tj ET")})
	w.Put(font, pdf.Dict{"Type": pdf.Name("Font"), "Subtype": pdf.Name("Type1"), "BaseFont": pdf.Name("Helvetica")})
	id := pdf.String("0123456789abcdef")
	out, err := w.Finish(pdf.Dict{"Root": root, "ID": pdf.Array{id, id}})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func field() sign.Field {
	return sign.Field{Name: "Teller", Rect: [4]float64{10, 10, 60, 40}, Reason: "现金存款", Location: "营业部", Time: now, Certify: 1}
}

func signed(t testing.TB, b bench) []byte {
	t.Helper()
	out, err := sign.Sign(context.Background(), page(t, "128000.50"), field(), b.key, 0)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestSignVerify(t *testing.T) {
	b := newBench(t)
	rsaKey, err := b.ca.RSA("rsa teller", now.Add(-time.Minute), now.AddDate(1, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	for name, key := range map[string]sign.Key{"P-256": b.key, "RSA": rsaKey} {
		t.Run(name, func(t *testing.T) {
			original := page(t, "128000.50")
			out, err := sign.Sign(context.Background(), original, field(), key, 0)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.HasPrefix(out, original) {
				t.Error("the signature is not an update")
			}
			r := sign.Verify(out, b.options())
			if r.Verdict != sign.Valid || len(r.Signatures) != 1 {
				t.Fatalf("%+v", r)
			}
			s := r.Signatures[0]
			if !s.Intact || !s.WholeFile || s.Level != "B-B" || s.Field != "Teller" || s.SignedAt != "2026-03-18T14:05:32+08:00" {
				t.Errorf("%+v", s)
			}
			d, err := sign.ByteRangeDigest(out)
			if err != nil || fmt.Sprintf("%x", d) != s.Range {
				t.Errorf("digest %x, %v", d, err)
			}
		})
	}
}

func TestOtherVerdicts(t *testing.T) {
	b := newBench(t)
	out := signed(t, b)
	stranger := newBench(t)
	later := sign.Options{Roots: b.roots, At: now.AddDate(2, 0, 0)}
	tests := []struct {
		name string
		file []byte
		o    sign.Options
		want sign.Verdict
	}{
		{"no roots", out, sign.Options{At: now}, sign.Untrusted},
		{"other root", out, stranger.options(), sign.Untrusted},
		{"expired since", out, later, sign.Untrusted},
		{"not signed", page(t, "x"), b.options(), sign.Unsigned},
		{"no PDF", []byte("hello"), b.options(), sign.Error},
		{"empty", nil, b.options(), sign.Error},
	}
	for _, tt := range tests {
		if r := sign.Verify(tt.file, tt.o); r.Verdict != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, r.Verdict, tt.want)
		}
	}
}

func TestErrors(t *testing.T) {
	b := newBench(t)
	ctx := context.Background()
	old := field()
	old.Time = now.AddDate(3, 0, 0)
	if _, err := sign.Sign(ctx, page(t, "x"), old, b.key, 0); !errors.Is(err, sign.ErrExpired) {
		t.Errorf("expired: %v", err)
	}
	if _, err := sign.Sign(ctx, page(t, "x"), field(), b.key, 500); !errors.Is(err, sign.ErrReserve) {
		t.Errorf("reserve: %v", err)
	}
	other, err := b.ca.P256("other", now, now.AddDate(1, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sign.Sign(ctx, page(t, "x"), field(), mixed{b.key, other}, 0); !errors.Is(err, sign.ErrKey) {
		t.Errorf("foreign key: %v", err)
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := sign.Sign(cancelled, page(t, "x"), field(), b.key, 0); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := sign.Sign(ctx, []byte("%PDF-1.4\n"), field(), b.key, 0); err == nil {
		t.Error("a broken file was signed")
	}
}

// mixed signs with one key and shows the certificate of another.
type mixed struct {
	*signtest.Key
	other *signtest.Key
}

func (m mixed) Chain() []*x509.Certificate { return m.other.Chain() }

func TestKeyFile(t *testing.T) {
	b := newBench(t)
	raw, err := b.key.PKCS12("密码123456")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pfx.Load(raw, []byte("654321")); !errors.Is(err, pfx.ErrPassword) {
		t.Errorf("wrong password: %v", err)
	}
	if _, err := pfx.Load([]byte("no file"), nil); err == nil || errors.Is(err, pfx.ErrPassword) {
		t.Errorf("broken file: %v", err)
	}
	k, err := pfx.Load(raw, []byte("密码123456"))
	if err != nil {
		t.Fatal(err)
	}
	out, err := sign.Sign(context.Background(), page(t, "x"), field(), k, 0)
	if err != nil {
		t.Fatal(err)
	}
	if r := sign.Verify(out, b.options()); r.Verdict != sign.Valid {
		t.Errorf("%+v", r)
	}
}

// TestOutsideCheckers asks pdfsig, qpdf and openssl.
func TestOutsideCheckers(t *testing.T) {
	for _, tool := range []string{"pdfsig", "qpdf", "openssl"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("SKIPPED: %s is not installed, its judgement is missing", tool)
		}
	}
	b := newBench(t)
	out := signed(t, b)
	dir := t.TempDir()
	write := func(name string, data []byte) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	file := write("signed.pdf", out)
	if msg, err := exec.Command("qpdf", "--check", file).CombinedOutput(); err != nil {
		t.Errorf("qpdf: %v\n%s", err, msg)
	}
	msg, err := exec.Command("pdfsig", "-nocert", file).CombinedOutput()
	if err != nil || !bytes.Contains(msg, []byte("Signature is Valid")) || !bytes.Contains(msg, []byte("Total document signed")) {
		t.Errorf("pdfsig: %v\n%s", err, msg)
	}
	at := bytes.Index(out, []byte("/Contents <")) + len("/Contents <")
	stop := at + bytes.IndexByte(out[at:], '>')
	var der []byte
	if _, err := fmt.Sscanf(string(out[at:stop]), "%x", &der); err != nil {
		t.Fatal(err)
	}
	content := append(bytes.Clone(out[:at-1]), out[stop+1:]...)
	msg, err = exec.Command("openssl", "cms", "-verify", "-binary", "-cades", "-inform", "DER",
		"-in", write("cms.der", bytes.TrimRight(der, "\x00")), "-content", write("content", content),
		"-CAfile", write("ca.pem", b.ca.PEM()), "-purpose", "any", "-attime", fmt.Sprint(now.Unix()), "-out", os.DevNull).CombinedOutput()
	if err != nil {
		t.Errorf("openssl cms -verify: %v\n%s", err, msg)
	}
}
