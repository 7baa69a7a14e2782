package sign_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"moqian/sign"
	"moqian/sign/pdf"
)

// golden gives a file of testdata, signed once and for all, so that the workers
// of a fuzzing run know the same roots.
func golden(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func goldenOptions(t testing.TB) sign.Options {
	t.Helper()
	pool := func(name string) *x509.CertPool {
		p := x509.NewCertPool()
		p.AppendCertsFromPEM(golden(t, name))
		return p
	}
	return sign.Options{Roots: pool("root.pem"), TSARoots: pool("tsa.pem"), At: now.Add(time.Hour)}
}

// TestGolden: what an earlier version signed stays valid.
func TestGolden(t *testing.T) {
	for name, level := range map[string]string{"b-b.pdf": "B-B", "b-lta.pdf": "B-LTA"} {
		r := sign.Verify(golden(t, name), goldenOptions(t))
		if r.Verdict != sign.Valid || len(r.Problems) > 0 || r.Signatures[0].Level != level {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

// FuzzVerify: no input panics, and none but the genuine ones is valid.
func FuzzVerify(f *testing.F) {
	o := goldenOptions(f)
	genuine := map[string]bool{}
	for _, name := range []string{"b-b.pdf", "b-lta.pdf"} {
		genuine[string(golden(f, name))] = true
		f.Add(golden(f, name))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r := sign.Verify(b, o)
		if r.Verdict == sign.Valid && !genuine[string(b)] {
			t.Errorf("valid: %+v", r)
		}
		if r.Verdict != sign.Valid && len(r.Problems) == 0 {
			t.Errorf("%s without a reason", r.Verdict)
		}
	})
}

// FuzzCMS puts any bytes into the hole of a signature.
func FuzzCMS(f *testing.F) {
	o, good := goldenOptions(f), golden(f, "b-b.pdf")
	from := bytes.Index(good, []byte("/Contents <")) + len("/Contents <")
	to := from + bytes.IndexByte(good[from:], '>')
	raw, err := hex.DecodeString(string(good[from:to]))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(bytes.TrimRight(raw, "\x00"))
	f.Fuzz(func(t *testing.T, cms []byte) {
		digits := fmt.Sprintf("%X", cms)
		if len(digits) > to-from {
			return
		}
		bad := bytes.Clone(good)
		copy(bad[from:to], digits+strings.Repeat("0", to-from-len(digits)))
		if r := sign.Verify(bad, o); r.Verdict == sign.Valid && !bytes.Equal(bad, good) {
			t.Errorf("valid with another CMS: %X", cms)
		}
	})
}

// TestBadInput: what is broken, huge or out of time is a clear finding.
func TestBadInput(t *testing.T) {
	h := newHall(t)
	good := signed(t, h.bench)
	from, to := holeOf(t, good)
	huge := bytes.Clone(good[:from])
	huge = append(huge, '<')
	huge = append(huge, "3084009896805050"...)
	huge = append(append(huge, bytes.Repeat([]byte("30"), 10<<20)...), '>')
	huge = append(huge, good[to:]...)
	nested := bytes.Clone(good)
	copy(nested[from+1:], strings.Repeat("3080", (to-from-2)/4))
	future := h.options()
	future.At = now.AddDate(-5, 0, 0)
	tests := []struct {
		name string
		file []byte
		o    sign.Options
		want sign.Verdict
		code string
	}{
		{"no bytes", nil, h.options(), sign.Error, "not-pdf"},
		{"header only", []byte("%PDF-1.4\n"), h.options(), sign.Error, "structure"},
		{"10 MB in the hole", huge, h.options(), sign.Invalid, "structure"},
		{"CMS nested without end", nested, h.options(), sign.Invalid, "signature"},
		{"not yet valid", good, future, sign.Untrusted, "chain"},
		{"2 GB stream", regexp.MustCompile(`/Length \d+`).ReplaceAll(good, []byte("/Length 2147483648")), h.options(), sign.Invalid, "structure"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := sign.Verify(tt.file, tt.o)
			if r.Verdict != tt.want || len(r.Problems) == 0 {
				t.Fatalf("%s %v, want %s", r.Verdict, r.Problems, tt.want)
			}
			if c := r.Problems[0].Code; c != tt.code && !(tt.code == "signature" && c == "byte-range") {
				t.Errorf("code %s, want %s", c, tt.code)
			}
			if len(r.Problems[0].Text) > 600 {
				t.Errorf("a problem of %d bytes", len(r.Problems[0].Text))
			}
		})
	}
}

// TestManyRevisions: a chain of updates over many objects is judged in time that
// grows with the file, and refused for what it changes.
func TestManyRevisions(t *testing.T) {
	b := newBench(t)
	w := pdf.NewWriter("1.4")
	root, pages, p := w.Alloc(), w.Alloc(), w.Alloc()
	w.Put(root, pdf.Dict{"Type": pdf.Name("Catalog"), "Pages": pages})
	w.Put(pages, pdf.Dict{"Type": pdf.Name("Pages"), "Kids": pdf.Array{p}, "Count": int64(1)})
	w.Put(p, pdf.Dict{"Type": pdf.Name("Page"), "Parent": pages, "MediaBox": rect(0, 0, 9, 9)})
	for range 2000 {
		w.Put(w.Alloc(), int64(1))
	}
	id := pdf.String("0123456789abcdef")
	file, err := w.Finish(pdf.Dict{"Root": root, "ID": pdf.Array{id, id}})
	if err != nil {
		t.Fatal(err)
	}
	if file, err = sign.Sign(context.Background(), file, sign.Field{Name: "Teller", Time: now}, b.key, 0); err != nil {
		t.Fatal(err)
	}
	for range 60 {
		f, err := pdf.Parse(file)
		if err != nil {
			t.Fatal(err)
		}
		u := pdf.NewUpdate(f)
		u.Put(u.Alloc(), int64(2))
		if file, err = u.Finish(f.Trailer()); err != nil {
			t.Fatal(err)
		}
	}
	if r := sign.Verify(file, b.options()); r.Verdict != sign.Invalid {
		t.Errorf("%s", r.Verdict)
	}
}
