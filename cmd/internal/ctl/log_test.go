//go:build virtualpad

package ctl

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// log verify asks the archive too, and what was put back to an older state as a
// whole, which nothing on the disk can tell, is found with its checkpoints.
func TestLogVerifyAgainstArchive(t *testing.T) {
	dir := t.TempDir()
	do := func(want int, words ...string) string {
		t.Helper()
		code, out, stderr := run(t, dir, time.Now, words...)
		if code != want {
			t.Fatalf("%q: %d %s%s", words, code, out, stderr)
		}
		return out
	}
	do(0, "queue", "fill", "--count", "1", "--size", "20000")
	path := filepath.Join(dir, "d", "moqian.db")
	older, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	do(0, "user", "lock", "t0002")
	do(0, "log", "checkpoint")
	do(0, "upload", "--to", "dir:a")
	if out := do(0, "log", "verify", "--from", "dir:a"); !strings.Contains(out, "1 checkpoints of the archive") {
		t.Error(out)
	}
	if err := os.WriteFile(path, older, 0o600); err != nil {
		t.Fatal(err)
	}
	do(0, "log", "verify")
	if out := do(1, "log", "verify", "--from", "dir:a"); !strings.Contains(out, "NOT intact") {
		t.Error(out)
	}
	do(1, "log", "verify", "--json", "--from", "dir:a")
	do(0, "backup", "bak")
	do(0, "restore", "bak")
	do(0, "log", "verify")
	if out := do(1, "log", "verify", "--from", "dir:a"); !strings.Contains(out, "a backup of") {
		t.Error(out)
	}
}

// doctor compares the log with what was signed, not with its own tree only.
func TestDoctorSeesTheLog(t *testing.T) {
	dir := t.TempDir()
	run(t, dir, time.Now, "queue", "fill", "--count", "1", "--size", "20000")
	_, out, _ := run(t, dir, time.Now, "doctor")
	if !strings.Contains(out, "entries, intact") {
		t.Error(out)
	}
	key := filepath.Join(dir, "d", "checkpoint.key")
	if err := os.Remove(key); err != nil {
		t.Fatal(err)
	}
	run(t, dir, time.Now, "user", "lock", "t0002") // and nobody to sign it
	if _, out, _ = run(t, dir, time.Now, "doctor"); !strings.Contains(out, "NOT intact: log entry") {
		t.Error(out)
	}
	if err := os.Remove(filepath.Join(dir, "d", "checkpoint.pub")); err != nil {
		t.Fatal(err)
	}
	if code, out, _ := run(t, dir, time.Now, "log", "verify"); code != 1 || !strings.Contains(out, "key of its checkpoints is gone") {
		t.Errorf("without any key: %d %s", code, out)
	}
	if code, _, stderr := run(t, dir, time.Now, "log", "checkpoint"); code == 0 {
		t.Error(stderr)
	}
}
