//go:build virtualpad

package ctl

import (
	"encoding/json"
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
