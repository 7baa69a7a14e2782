//go:build virtualpad

package ctl

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A small file system: the floor refuses before the customer signs, a full disk
// refuses with a sentence, nothing half-made is left, and with room again it
// goes on.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=44m"); err != nil {
		t.Skipf("NOT TESTED: a full disk, for want of the right to mount: %v", err)
	}
	defer func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	}()
	if _, code, stderr := demo(t, dir, time.Now); code != 0 {
		t.Fatal(stderr)
	}
	ballast := filepath.Join(dir, "ballast")
	for _, size := range []int64{12 << 20, 40 << 20, 42 << 20} {
		fill(t, ballast, size)
		_, code, stderr := demo(t, dir, time.Now)
		if code != exitEnv || !strings.Contains(stderr, "disk") && !strings.Contains(stderr, "space") {
			t.Errorf("%d MB taken: status %d, %s", size>>20, code, stderr)
		}
		if code, _, stderr := run(t, dir, time.Now, "check"); code != 0 && !strings.Contains(stderr, "full") {
			t.Errorf("%d MB taken: check: %s", size>>20, stderr)
		}
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
	}
	if _, code, stderr := demo(t, dir, time.Now); code != 0 {
		t.Error("with room again:", stderr)
	}
	if code, out, _ := run(t, dir, time.Now, "queue", "list"); code != 0 || strings.Count(out, "TEST") != 2 {
		t.Errorf("the queue holds %q", out)
	}
	if code, _, stderr := run(t, dir, time.Now, "log", "verify"); code != 0 {
		t.Error(stderr)
	}
}

// fill takes size bytes of the file system, or what there is.
func fill(t *testing.T, path string, size int64) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	block := make([]byte, 1<<20)
	for n := int64(0); n < size; n += int64(len(block)) {
		if _, err := f.Write(block); err != nil {
			return
		}
	}
}
