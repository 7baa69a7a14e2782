//go:build virtualpad

package ctl

import (
	"encoding/json"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"moqian/cmd/internal/config"
	"moqian/cmd/internal/proof"
	"moqian/cmd/internal/trial"
	"moqian/sign/signtest"
)

// authority is a time-stamping authority that runs, with its root and a list.
type authority struct {
	url, root, crl string
	close          func()
}

func stamping(t *testing.T, dir string) authority {
	t.Helper()
	ca, err := signtest.New("stamps", "TEST", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	tsa, err := ca.TSA("tsa", time.Now().Add(-time.Hour), time.Now().AddDate(1, 0, 0), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	crl, err := ca.CRL(time.Now().Add(-time.Minute), time.Now().AddDate(0, 1, 0), nil)
	if err != nil {
		t.Fatal(err)
	}
	a := authority{root: filepath.Join(dir, "tsa.pem"), crl: filepath.Join(dir, "tsa.crl")}
	if err := os.WriteFile(a.root, ca.PEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(a.crl, crl, 0o600); err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(tsa)
	a.url, a.close = s.URL, s.Close
	t.Cleanup(s.Close)
	return a
}

// verifyFile judges a file and gives its one object.
func verifyFile(t *testing.T, dir string, args ...string) proof.File {
	t.Helper()
	_, out, stderr := run(t, dir, time.Now, append([]string{"verify", "--json"}, args...)...)
	var all []proof.File
	if err := json.Unmarshal([]byte(out), &all); err != nil || len(all) != 1 {
		t.Fatal(out, stderr, err)
	}
	return all[0]
}

// Vouchers get their stamp on the way to the archive; while the authority is
// down they wait and nothing is lost.
func TestStampOnUpload(t *testing.T) {
	dir := t.TempDir()
	a := stamping(t, dir)
	data := filepath.Join(dir, "d")
	site, err := trial.Prepare(data, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	site.TSA, site.TSARoots = a.url, a.root
	if err := site.Save(filepath.Join(data, "site.json")); err != nil {
		t.Fatal(err)
	}
	r, code, stderr := demo(t, dir, time.Now)
	if code != 0 {
		t.Fatal(stderr)
	}
	f := verifyFile(t, dir, "--roots", r.Root, "--tsa-roots", a.root, r.Archive)
	if f.Verdict != "valid" || f.Signatures[0].Level != "B-T" || f.Signatures[0].TimeSource != "timestamp" {
		t.Errorf("%s %+v %v", f.Verdict, f.Signatures, f.Problems)
	}
	usual := len(readFile(t, r.Archive))
	if r, code, stderr = demo(t, dir, time.Now); code != 0 {
		t.Fatal(stderr)
	}
	f = verifyFile(t, dir, "--roots", r.Root, "--tsa-roots", a.root, r.Archive)
	if now := len(readFile(t, r.Archive)); f.Verdict != "valid" || f.Signatures[0].Level != "B-T" || now > usual-3000 {
		t.Errorf("the second voucher keeps room for the usual token, not for the largest seen: %d bytes after %d, %s %v", now, usual, f.Verdict, f.Problems)
	}
	a.close()
	if _, code, stderr := demo(t, dir, time.Now); code != exitEnv || !strings.Contains(stderr, "authority") {
		t.Errorf("authority down: %d %s", code, stderr)
	}
	if code, out, _ := run(t, dir, time.Now, "queue", "list"); code != 0 || strings.Count(out, "QUEUED") != 1 {
		t.Errorf("the queue: %s", out)
	}
	site.TSA = ""
	if err := site.Save(filepath.Join(data, "site.json")); err != nil {
		t.Fatal(err)
	}
	if code, out, stderr := run(t, dir, time.Now, "upload", "--json"); code != 0 || !strings.Contains(out, `"sent": 1`) {
		t.Errorf("%d %s %s", code, out, stderr)
	}
}

// sign takes other PDFs to each level, refuses vouchers and logs each use.
func TestSignOthers(t *testing.T) {
	dir := t.TempDir()
	a := stamping(t, dir)
	r, code, stderr := demo(t, dir, time.Now)
	if code != 0 {
		t.Fatal(stderr)
	}
	plain, err := filler(20000, "999990126112800018")
	if err != nil {
		t.Fatal(err)
	}
	pin := filepath.Join(dir, "pin")
	in := filepath.Join(dir, "in.pdf")
	for name, b := range map[string][]byte{pin: []byte(trial.PIN + "\n"), in: plain} {
		if err := os.WriteFile(name, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	key := filepath.Join(dir, "d", "trial", "teller.p12")
	base := []string{"sign", "--key", key, "--pin-file", pin}
	if code, _, stderr := run(t, dir, time.Now, append(base, r.PDF, "out.pdf")...); code != exitEnv || !strings.Contains(stderr, "this is a voucher") {
		t.Errorf("signed a voucher again: %d %s", code, stderr)
	}
	for _, c := range []struct{ level, want string }{{"b-b", "B-B"}, {"b-t", "B-T"}} {
		args := append(base, "--level", c.level, "--tsa", a.url, "--tsa-roots", a.root, "--reason", "test", "in.pdf", "out.pdf")
		if code, _, stderr := run(t, dir, time.Now, args...); code != 0 {
			t.Fatalf("%s: %d %s", c.level, code, stderr)
		}
		if f := verifyFile(t, dir, "--roots", r.Root, "--tsa-roots", a.root, "out.pdf"); f.Verdict != "valid" || f.Signatures[0].Level != c.want {
			t.Errorf("%s: %s %+v %v", c.level, f.Verdict, f.Signatures, f.Problems)
		}
	}
	if code, _, stderr := run(t, dir, time.Now, append(base, "--level", "b-t", "in.pdf", "out.pdf")...); code != exitUsage || !strings.Contains(stderr, "--tsa") {
		t.Errorf("no authority: %d %s", code, stderr)
	}
	if code, out, _ := run(t, dir, time.Now, "log", "list"); code != 0 || strings.Count(out, " sign ok") != 2 {
		t.Error("the log does not tell of both uses:", out)
	}
}

// An old site file without a level still loads.
func TestSiteDefaults(t *testing.T) {
	if s := config.Default(); s.Level != "b-t" || s.Ballast == 0 {
		t.Errorf("%+v", s)
	}
}

func readFile(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
