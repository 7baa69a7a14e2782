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

// renewing is a folder whose vouchers are brought to later levels.
type renewing struct {
	*testing.T
	dir, revoked string
	stamps       authority
}

func (n renewing) must(args ...string) string {
	n.Helper()
	code, out, stderr := run(n.T, n.dir, time.Now, args...)
	if code != 0 {
		n.Fatalf("%v: %d %s %s", args, code, out, stderr)
	}
	return out
}

func (n renewing) refused(words, voucher, file string) {
	n.Helper()
	if code, out, stderr := run(n.T, n.dir, time.Now, "queue", "renew", voucher, file); code != exitNo || !strings.Contains(stderr, words) {
		n.Errorf("%s: %d %s %s, want %q", file, code, out, stderr, words)
	}
}

func (n renewing) augment(level, from, to string) {
	n.Helper()
	n.must("augment", "--level", level, "--tsa", n.stamps.url, "--tsa-roots", n.stamps.root,
		"--crl", n.stamps.crl, "--crl", n.revoked, from, to)
}

func (n renewing) upload(want string) {
	n.Helper()
	if out := n.must("upload", "--json"); !strings.Contains(out, want) {
		n.Errorf("%s, want %s", out, want)
	}
}

// newest compares what the archive gives with a file, the last of some linked forms.
func (n renewing) newest(voucher, name string, forms int) {
	n.Helper()
	var found []store.Item
	if err := json.Unmarshal([]byte(n.must("queue", "find", "--json", "--archive", voucher)), &found); err != nil {
		n.Fatal(err)
	}
	if len(found) != forms || found[forms-1].Renews != found[forms-2].ID || found[0].Renews != "" {
		n.Errorf("%+v", found)
	}
	n.must("queue", "fetch", voucher, "back.pdf")
	if !bytes.Equal(readFile(n.T, filepath.Join(n.dir, "back.pdf")), readFile(n.T, filepath.Join(n.dir, name))) {
		n.Errorf("not %s came back", name)
	}
}

func (n renewing) demo() DemoResult {
	n.Helper()
	r, code, stderr := demo(n.T, n.dir, time.Now)
	if code != 0 {
		n.Fatal(stderr)
	}
	return r
}

// A voucher is brought to later levels years after it was sent: each form is an
// object of its own, linked, and the newest is what comes back.
func TestRenew(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "d")
	n := renewing{t, dir, tellersOwn(t, data), stamping(t, dir)}
	r, other := n.demo(), n.demo()
	site, err := trial.Prepare(data, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	site.TSARoots = n.stamps.root
	if err := site.Save(filepath.Join(data, "site.json")); err != nil {
		t.Fatal(err)
	}
	n.augment("b-t", r.PDF, "t1.pdf")
	n.refused("just this form", r.Voucher, r.PDF)
	n.refused("it is voucher", other.Voucher, "t1.pdf")
	n.refused("no such voucher", "999990126112899994", "t1.pdf")
	n.refused("reading the file", r.Voucher, "none.pdf")
	spoilt := bytes.Replace(readFile(t, filepath.Join(dir, "t1.pdf")), []byte("/MediaBox"), []byte("/MediaBux"), 1)
	if err := os.WriteFile(filepath.Join(dir, "spoilt.pdf"), spoilt, 0o600); err != nil {
		t.Fatal(err)
	}
	n.refused("its signature is", r.Voucher, "spoilt.pdf")

	n.must("queue", "renew", r.Voucher, "t1.pdf")
	n.refused("just this form", r.Voucher, "t1.pdf")
	n.augment("b-t", r.PDF, "t2.pdf")
	n.refused("no more than", r.Voucher, "t2.pdf")
	n.augment("b-lta", "t1.pdf", "lta.pdf")
	n.refused("upload first", r.Voucher, "lta.pdf")
	n.upload(`"sent": 1`)
	n.newest(r.Voucher, "t1.pdf", 2)

	// The bytes are gone here; what came before still stands in the archive.
	n.must("queue", "verify", "--after", "0s", "--purge", "0s")
	n.refused("no more than", r.Voucher, "t2.pdf")
	n.must("queue", "renew", r.Voucher, "lta.pdf") // it begins with the whole of t1.pdf
	n.augment("b-t", other.PDF, "o.pdf")
	n.must("queue", "renew", other.Voucher, "o.pdf") // its first form is in the archive only
	n.upload(`"sent": 2`)
	n.newest(r.Voucher, "lta.pdf", 3)
	n.refused("fewer", r.Voucher, "t2.pdf")
	if out := n.must("log", "verify"); !strings.Contains(out, "intact") {
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
