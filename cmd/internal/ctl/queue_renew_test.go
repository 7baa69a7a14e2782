//go:build virtualpad

package ctl

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"moqian/cmd/internal/trial"
	"moqian/sign/signtest"
	"moqian/store"
)

// A voucher is brought to later levels years after it was sent: each form is an
// object of its own, linked, and the newest is what comes back.
func TestRenew(t *testing.T) {
	dir := t.TempDir()
	a := stamping(t, dir)
	data := filepath.Join(dir, "d")
	revoked := tellersOwn(t, data)
	r, code, stderr := demo(t, dir, time.Now)
	if code != 0 {
		t.Fatal(stderr)
	}
	other, code, stderr := demo(t, dir, time.Now)
	if code != 0 {
		t.Fatal(stderr)
	}
	site, err := trial.Prepare(data, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	site.TSARoots = a.root
	if err := site.Save(filepath.Join(data, "site.json")); err != nil {
		t.Fatal(err)
	}
	must := func(args ...string) string {
		t.Helper()
		code, out, stderr := run(t, dir, time.Now, args...)
		if code != 0 {
			t.Fatalf("%v: %d %s %s", args, code, out, stderr)
		}
		return out
	}
	refused := func(words string, args ...string) {
		t.Helper()
		if code, out, stderr := run(t, dir, time.Now, args...); code != exitNo || !strings.Contains(stderr, words) {
			t.Errorf("%v: %d %s %s, want %q", args, code, out, stderr, words)
		}
	}
	augment := func(level, from, to string) {
		t.Helper()
		must("augment", "--level", level, "--tsa", a.url, "--tsa-roots", a.root, "--crl", a.crl, "--crl", revoked, from, to)
	}
	augment("b-t", r.PDF, "t1.pdf")
	refused("just this form", "queue", "renew", r.Voucher, r.PDF)
	refused("it is voucher", "queue", "renew", other.Voucher, "t1.pdf")
	refused("no such voucher", "queue", "renew", "999990126112899994", "t1.pdf")
	refused("reading the file", "queue", "renew", r.Voucher, "none.pdf")
	spoilt := bytes.Replace(readFile(t, filepath.Join(dir, "t1.pdf")), []byte("/MediaBox"), []byte("/MediaBux"), 1)
	if err := os.WriteFile(filepath.Join(dir, "spoilt.pdf"), spoilt, 0o600); err != nil {
		t.Fatal(err)
	}
	refused("its signature is", "queue", "renew", r.Voucher, "spoilt.pdf")

	must("queue", "renew", r.Voucher, "t1.pdf")
	refused("just this form", "queue", "renew", r.Voucher, "t1.pdf")
	augment("b-t", r.PDF, "t2.pdf")
	refused("no more than", "queue", "renew", r.Voucher, "t2.pdf")
	augment("b-lta", "t1.pdf", "lta.pdf")
	refused("upload first", "queue", "renew", r.Voucher, "lta.pdf")
	if out := must("upload", "--json"); !strings.Contains(out, `"sent": 1`) {
		t.Error(out)
	}
	newest := func(name string, want int) {
		t.Helper()
		var found []store.Item
		if err := json.Unmarshal([]byte(must("queue", "find", "--json", "--archive", r.Voucher)), &found); err != nil {
			t.Fatal(err)
		}
		if len(found) != want || found[want-1].Renews != found[want-2].ID || found[0].Renews != "" {
			t.Errorf("%+v", found)
		}
		must("queue", "fetch", r.Voucher, "back.pdf")
		if !bytes.Equal(readFile(t, filepath.Join(dir, "back.pdf")), readFile(t, filepath.Join(dir, name))) {
			t.Errorf("not %s came back", name)
		}
	}
	newest("t1.pdf", 2)

	// The bytes are gone here; a form before that leads elsewhere is refused.
	must("queue", "verify", "--after", "0s", "--purge", "0s")
	refused("no more than", "queue", "renew", r.Voucher, "t2.pdf")
	must("queue", "renew", r.Voucher, "lta.pdf") // it begins with the whole of t1.pdf
	augment("b-t", other.PDF, "o.pdf")
	must("queue", "renew", other.Voucher, "o.pdf") // its first form is in the archive only
	if out := must("upload", "--json"); !strings.Contains(out, `"sent": 2`) {
		t.Error(out)
	}
	newest("lta.pdf", 3)
	refused("fewer", "queue", "renew", r.Voucher, "t2.pdf")
	if out := must("log", "verify"); !strings.Contains(out, "intact") {
		t.Error(out)
	}
}

// tellersOwn gives a folder the key of an authority that also has a revocation list.
func tellersOwn(t *testing.T, data string) (crl string) {
	t.Helper()
	ca, err := signtest.New("tellers", "TEST", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	key, err := ca.P256("teller", time.Now().Add(-time.Hour), time.Now().AddDate(1, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	p12, err := key.PKCS12(trial.PIN)
	if err != nil {
		t.Fatal(err)
	}
	list, err := ca.CRL(time.Now().Add(-time.Minute), time.Now().AddDate(0, 1, 0), nil)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(data, "trial")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{"root.pem": ca.PEM(), "teller.p12": p12, "teller.crl": list} {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "teller.crl")
}
