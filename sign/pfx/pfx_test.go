package pfx_test

import (
	"crypto"
	"crypto/sha256"
	"errors"
	"testing"
	"time"

	"moqian/sign/pfx"
	"moqian/sign/signtest"
)

// TestLoad opens files of both key kinds, with the chain over an authority below
// a root.
func TestLoad(t *testing.T) {
	now := time.Date(2026, 3, 18, 14, 5, 32, 0, time.UTC)
	root, err := signtest.New("Root", "UNIT", now)
	if err != nil {
		t.Fatal(err)
	}
	below, err := root.Below("Issuing")
	if err != nil {
		t.Fatal(err)
	}
	for name, issue := range map[string]func(string, time.Time, time.Time) (*signtest.Key, error){"RSA": below.RSA, "P-256": below.P256} {
		key, err := issue(name, now, now.AddDate(1, 0, 0))
		if err != nil {
			t.Fatal(err)
		}
		raw, err := key.PKCS12("口令1")
		if err != nil {
			t.Fatal(err)
		}
		for _, wrong := range []string{"", "口令2"} {
			if _, err := pfx.Load(raw, []byte(wrong)); !errors.Is(err, pfx.ErrPassword) {
				t.Errorf("%s, password %q: %v", name, wrong, err)
			}
		}
		k, err := pfx.Load(raw, []byte("口令1"))
		if err != nil {
			t.Fatal(err)
		}
		if c := k.Chain(); len(c) != 3 || c[0].Subject.CommonName != name || !c[2].Equal(root.Root) {
			t.Errorf("%s: a chain of %d", name, len(c))
		}
		d := sha256.Sum256(nil)
		if _, err := k.Sign(nil, d[:], crypto.SHA256); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte("\x30\x80"))
	f.Fuzz(func(_ *testing.T, b []byte) {
		if len(b) < 4096 { // iterations of a real file cost time
			_, _ = pfx.Load(b, []byte("x"))
		}
	})
}
