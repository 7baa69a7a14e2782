//go:build virtualpad

package ctl

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"moqian/store/auth"
)

// With --json each command on accounts prints one document: the account as it is
// now. Without it they say nothing.
func TestUserJSON(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "p"), []byte("a long password 1\n"))
	for _, c := range []struct {
		line   string
		role   auth.Role
		locked bool
	}{
		{"add --password-file p u0001", auth.Teller, false},
		{"role u0001 auditor", auth.Auditor, false},
		{"lock u0001", auth.Auditor, true},
		{"lock --off u0001", auth.Auditor, false},
		{"passwd --password-file p u0001", auth.Auditor, false},
	} {
		args := append([]string{"user"}, strings.Fields(c.line)...)
		code, stdout, stderr := run(t, dir, time.Now, append(args, "--json")...)
		var got auth.Account
		if err := json.Unmarshal([]byte(stdout), &got); code != 0 || err != nil || got.Name != "u0001" || got.Role != c.role || got.Locked != c.locked {
			t.Errorf("user %s: %d %q %s %v", c.line, code, stdout, stderr, err)
		}
	}
	if code, stdout, _ := run(t, dir, time.Now, "user", "lock", "u0001"); code != 0 || stdout != "" {
		t.Errorf("without --json: %d %q", code, stdout)
	}
}

// What a person can mend has a next step.
func TestHintsOfTheFolder(t *testing.T) {
	dir := t.TempDir()
	if code, _, stderr := run(t, dir, time.Now, "user", "list"); code != 0 {
		t.Fatal(stderr)
	}
	write(t, filepath.Join(dir, "file"), nil)
	for _, c := range []struct{ line, hint string }{
		{"backup missing/b", "hint: check the path"},
		{"restore missing", "hint: check the path"},
		{"--data file queue list", "hint: check the path"},
		{"queue list", "hint: find out who could read it, then chmod 600 machine.key"},
	} {
		if c.line == "queue list" {
			if err := os.Chmod(filepath.Join(dir, "d", "machine.key"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		code, _, stderr := run(t, dir, time.Now, strings.Fields(c.line)...)
		if code != exitEnv || !strings.Contains(stderr, c.hint) {
			t.Errorf("%s: %d %s", c.line, code, stderr)
		}
	}
}

// What is done at the command line is logged with the login that did it, over
// the socket of a running program with that of who is at its other end.
func TestWhoIsLogged(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "p"), []byte("a long password 1\n"))
	if code, _, stderr := run(t, dir, time.Now, "queue", "fill", "--count", "1", "--size", "20000"); code != 0 {
		t.Fatal(stderr)
	}
	c := &Console{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard, Getenv: func(string) string { return "" }, Now: time.Now, Dir: dir, User: "wang"}
	for _, line := range []string{"user add --password-file p u0001", "user lock u0001", "user totp u0001", "user totp --off u0001",
		"backup b", "restore b", "compact"} {
		if code := c.Run(context.Background(), append([]string{"--data", "d"}, strings.Fields(line)...)); code != 0 {
			t.Fatalf("%s: %d", line, code)
		}
	}
	var out bytes.Buffer
	c.Out, c.User = &out, ""
	if code := c.Run(context.Background(), []string{"--data", "d", "log", "export"}); code != 0 {
		t.Fatal(code)
	}
	want := map[string]bool{"account add": true, "account lock": true, "account second factor set": true, "account second factor removed": true, "restore": true, "compact": true}
	for line := range strings.Lines(out.String()) {
		var e struct {
			Actor, Action string
			Detail        map[string]string
		}
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		if e.Detail[auth.OSUser] == "wang" && e.Actor == auth.System {
			delete(want, e.Action)
		}
	}
	if len(want) > 0 {
		t.Errorf("logged without who: %v\n%s", want, out.String())
	}
}
