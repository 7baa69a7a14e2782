//go:build virtualpad

package ctl

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"moqian/cmd/internal/machinekey"
	"moqian/cmd/internal/station"
	"moqian/cmd/internal/trial"
	"moqian/store/auth"
)

// run executes a command line in a folder and gives its status and outputs.
func run(t *testing.T, dir string, now func() time.Time, args ...string) (int, string, string) {
	t.Helper()
	var out, stderr bytes.Buffer
	c := &Console{In: strings.NewReader(""), Out: &out, Err: &stderr, Getenv: func(string) string { return "" }, Now: now, Dir: dir}
	code := c.Run(context.Background(), append([]string{"--data", "d"}, args...))
	return code, out.String(), stderr.String()
}

func demo(t *testing.T, dir string, now func() time.Time, args ...string) (DemoResult, int, string) {
	t.Helper()
	code, out, stderr := run(t, dir, now, append([]string{"demo", "--fast", "--json"}, args...)...)
	var r DemoResult
	if code == 0 {
		if err := json.Unmarshal([]byte(out), &r); err != nil {
			t.Fatal(err)
		}
	}
	return r, code, stderr
}

func TestDemoJSON(t *testing.T) {
	dir := t.TempDir()
	r, code, stderr := demo(t, dir, time.Now)
	if code != 0 || r.Verify.Verdict != "valid" || r.Strokes != 15 || r.Voucher == "" || len(r.Steps) < 8 {
		t.Fatalf("%d %s %+v", code, stderr, r)
	}
	for _, p := range []string{r.PDF, r.Archive, r.Root} {
		if _, err := os.Stat(p); err != nil || !filepath.IsAbs(p) {
			t.Errorf("path %q: %v", p, err)
		}
	}
}

// An expired certificate keeps the box closed; a clock set back as well.
func TestTimes(t *testing.T) {
	dir := t.TempDir()
	if _, code, stderr := demo(t, dir, time.Now); code != 0 {
		t.Fatal(stderr)
	}
	later := func() time.Time { return time.Now().AddDate(7, 0, 0) }
	if _, code, stderr := demo(t, dir, later); code != exitEnv || !strings.Contains(stderr, "certificate is not valid") || !strings.Contains(stderr, "hint:") {
		t.Errorf("expired: %d %s", code, stderr)
	}
	if _, code, stderr := demo(t, dir, time.Now); code != exitEnv || !strings.Contains(stderr, "clock is behind") || !strings.Contains(stderr, "allow-clock") {
		t.Errorf("clock set back: %d %s", code, stderr)
	}

	// A supervisor lets the work go on; verifying tells where time goes back.
	write(t, filepath.Join(dir, "p"), []byte(trial.Password))
	write(t, filepath.Join(dir, "c"), []byte(auth.TrialCode))
	allow := func(user string) (int, string, string) {
		return run(t, dir, time.Now, "log", "allow-clock", "--user", user, "--password-file", "p", "--code-file", "c")
	}
	if code, _, stderr := allow("t0001"); code == 0 {
		t.Errorf("a teller allowed it: %s", stderr)
	}
	if code, _, stderr := allow("s0001"); code != 0 {
		t.Errorf("a supervisor: %d %s", code, stderr)
	}
	if _, code, stderr := demo(t, dir, time.Now); code != 0 {
		t.Errorf("after it: %d %s", code, stderr)
	}
	if code, stdout, stderr := run(t, dir, time.Now, "log", "verify"); code != 0 || !strings.Contains(stdout, "intact") || !strings.Contains(stderr, "s0001 let the clock go back") {
		t.Errorf("log verify: %d %s%s", code, stdout, stderr)
	}
}

// Two processes never share a store; the second is told what to do.
func TestTwoAtOnce(t *testing.T) {
	dir := t.TempDir()
	if _, code, stderr := demo(t, dir, time.Now); code != 0 {
		t.Fatal(stderr)
	}
	site, err := trial.Prepare(filepath.Join(dir, "d"), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	st, err := station.Open(context.Background(), station.Options{Dir: filepath.Join(dir, "d"), Site: site, Trial: true,
		MachineKey: machinekey.Keeper{Holders: []machinekey.Holder{machinekey.File{}}}.MachineKey, Factor: auth.Trial{}})
	if err != nil {
		t.Fatal(err)
	}
	code, _, stderr := run(t, dir, time.Now, "queue", "list")
	if code != exitEnv || !strings.Contains(stderr, "in use by another process") || !strings.Contains(stderr, "hint: close the other program") {
		t.Errorf("%d %s", code, stderr)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := run(t, dir, time.Now, "queue", "list"); code != 0 {
		t.Error(stderr)
	}
}

// A folder of trial mode is not opened as production's, nor the other way.
func TestModesApart(t *testing.T) {
	dir := t.TempDir()
	if _, code, stderr := demo(t, dir, time.Now); code != 0 {
		t.Fatal(stderr)
	}
	site, err := trial.Prepare(filepath.Join(dir, "d"), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	_, err = station.Open(context.Background(), station.Options{Dir: filepath.Join(dir, "d"), Site: site, MachineKey: machinekey.Keeper{Holders: []machinekey.Holder{machinekey.File{}}}.MachineKey})
	if !errors.Is(err, station.ErrMode) {
		t.Errorf("production opened a trial folder: %v", err)
	}
}

// A lost or wrong machine key changes nothing.
func TestWrongMachineKey(t *testing.T) {
	dir := t.TempDir()
	if _, code, stderr := demo(t, dir, time.Now); code != 0 {
		t.Fatal(stderr)
	}
	key := filepath.Join(dir, "d", "machine.key")
	right, err := os.ReadFile(key)
	if err != nil {
		t.Fatal(err)
	}
	db, err := os.ReadFile(filepath.Join(dir, "d", "moqian.db"))
	if err != nil {
		t.Fatal(err)
	}
	for _, spoil := range []func() error{
		func() error { return os.WriteFile(key, []byte(strings.Repeat("00", 32)), 0o600) },
		func() error { return os.WriteFile(key, []byte("nonsense"), 0o600) },
		func() error { return os.Remove(key) },
	} {
		if err := spoil(); err != nil {
			t.Fatal(err)
		}
		code, _, stderr := run(t, dir, time.Now, "queue", "list")
		if code != exitEnv || !strings.Contains(stderr, "machine") {
			t.Errorf("%d %s", code, stderr)
		}
	}
	after, err := os.ReadFile(filepath.Join(dir, "d", "moqian.db"))
	if err != nil || !bytes.Equal(db, after) {
		t.Error("a wrong key changed the store")
	}
	if err := os.WriteFile(key, right, 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := run(t, dir, time.Now, "queue", "list"); code != 0 {
		t.Error(stderr)
	}
}
