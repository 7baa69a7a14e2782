//go:build virtualpad

package ctl

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"moqian/cmd/internal/machinekey"
	"moqian/cmd/internal/station"
	"moqian/cmd/internal/trial"
	"moqian/store/auth"
)

// While a teller program owns the store, tellerctl works through its socket.
func TestSocket(t *testing.T) {
	dir := t.TempDir()
	if _, code, stderr := demo(t, dir, time.Now); code != 0 {
		t.Fatal(stderr)
	}
	data := filepath.Join(dir, "d")
	site, err := trial.Prepare(data, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	st, err := station.Open(context.Background(), station.Options{Dir: data, Site: site, Trial: true,
		MachineKey: machinekey.Keeper{Holders: []machinekey.Holder{machinekey.File{}}}.MachineKey, Factor: auth.Trial{}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	var served error
	var wg sync.WaitGroup
	wg.Go(func() { served = Serve(ctx, st, time.Now) })
	sock := filepath.Join(data, socketName)
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if c, err := net.Dial("unix", sock); err == nil {
			c.Close()
			break
		}
	}
	if i, err := os.Stat(sock); err != nil || i.Mode().Perm() != 0o600 {
		t.Fatal(i, err)
	}
	if code, out, stderr := run(t, dir, time.Now, "queue", "list"); code != 0 || !strings.Contains(out, "SENT") {
		t.Errorf("%d %s %s", code, out, stderr)
	}
	if code, _, stderr := run(t, dir, time.Now, "queue", "show", "77"); code != exitNo || !strings.Contains(stderr, "no such voucher") {
		t.Errorf("%d %s", code, stderr)
	}
	if code, _, stderr := run(t, dir, time.Now, "--config", "other.json", "queue", "list"); code != exitUsage || !strings.Contains(stderr, "leave --config out") {
		t.Errorf("another configuration than the running program's: %d %s", code, stderr)
	}
	if code, _, stderr := run(t, dir, time.Now, "backup", "b1"); code != 0 {
		t.Error(stderr)
	}
	if _, err := os.Stat(filepath.Join(dir, "b1")); err != nil {
		t.Error("a relative path is not the caller's:", err)
	}
	if code, _, stderr := run(t, dir, time.Now, "queue", "fill"); code != 0 {
		t.Error(stderr)
	}
	if code, _, stderr := run(t, dir, time.Now, "upload", "--to", "dir:other"); code != 0 {
		t.Error(stderr)
	}
	if _, err := os.Stat(filepath.Join(dir, "other", "99999")); err != nil {
		t.Error("a relative archive is not the caller's:", err)
	}
	if _, code, stderr := demo(t, dir, time.Now); code != 0 {
		t.Error(stderr)
	}
	if code, _, stderr := run(t, dir, time.Now, "restore", "b1"); code != exitEnv || !strings.Contains(stderr, "another process") {
		t.Errorf("restored under a running program: %d %s", code, stderr)
	}
	if err := Serve(ctx, st, time.Now); err == nil {
		t.Error("two listen on one folder")
	}
	stop()
	wg.Wait()
	if served != nil {
		t.Error(served)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := run(t, dir, time.Now, "queue", "list"); code != 0 {
		t.Error("after the program ended:", stderr)
	}
}
