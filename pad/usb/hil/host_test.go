//go:build hil && linux && amd64 && cgo

package hil

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

const (
	// exitOK and exitFailed are what the guest writes to QEMU's exit port;
	// QEMU's own status is twice that plus one, and its start-up failure is 1.
	exitOK, exitFailed = 0x10, 0x11
	// patience for the whole machine: an emulated one on a busy host is slow.
	patience        = 10 * time.Minute
	patienceTorture = 60 * time.Minute
)

// TestInQEMU boots the machine; the guest runs every other test.
func TestInQEMU(t *testing.T) {
	qemu, err := exec.LookPath("qemu-system-x86_64")
	if err != nil {
		t.Skip("NOT TESTED: the driver on a real kernel's USB stack. qemu-system-x86_64 is missing (apt: qemu-system-x86 xz-utils)")
	}
	k, err := findKernel(t)
	if err != nil {
		t.Skipf("NOT TESTED: the driver on a real kernel's USB stack. No kernel to boot: %v", err)
	}
	initrd, err := image(k)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "initrd")
	if err := os.WriteFile(file, initrd, 0o600); err != nil {
		t.Fatal(err)
	}
	limit, env := patience, "MOQIAN_GUEST=1"
	if os.Getenv("MOQIAN_TORTURE") != "" {
		limit, env = patienceTorture, "MOQIAN_GUEST=1 MOQIAN_TORTURE=1"
	}
	m := machine{qemu: qemu, kernel: k.vmlinux, initrd: file, limit: limit, env: env}
	t.Run("vhci", func(t *testing.T) {
		t.Parallel()
		// The guest's clock counts its instructions and jumps over idleness: it
		// neither waits for the kernel's delays nor runs on while the host gives
		// the machine no time, which made time-outs of nothing.
		out, err := m.run(t, "^TestGuest[^Q]", "-icount", "shift=4,sleep=off")
		report(t, err, out, 11)
	})
	t.Run("tablet", func(t *testing.T) {
		t.Parallel()
		// The host moves this pen, so this machine keeps the host's time.
		qmp := filepath.Join(dir, "qmp")
		wiggle, quiet := context.WithCancel(t.Context())
		wiggled := make(chan error, 1)
		go func() { wiggled <- wiggleTablet(wiggle, qmp) }()
		out, err := m.run(t, "^TestGuestQ", "-device", "qemu-xhci", "-device", "usb-wacom-tablet", "-qmp", "unix:"+qmp+",server=on,wait=off")
		quiet()
		hand := <-wiggled
		report(t, err, out, 1)
		if t.Failed() && hand != nil {
			t.Logf("QEMU's tablet: %v", hand)
		}
	})
}

// machine is what the guests have in common.
type machine struct {
	qemu, kernel, initrd, env string
	limit                     time.Duration
}

// run boots a guest that runs the tests matching a pattern, and gives what it
// said. The guest does not outlive the thread that waits for it.
func (m machine) run(t *testing.T, tests string, more ...string) (string, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	ctx, stop := context.WithTimeout(t.Context(), m.limit)
	defer stop()
	args := []string{"-machine", "q35,accel=tcg", "-cpu", "max", "-m", "768M", "-smp", "1", "-nodefaults", "-no-reboot", "-display", "none",
		"-serial", "stdio", "-net", "none", "-kernel", m.kernel, "-initrd", m.initrd,
		"-append", "console=ttyS0 quiet loglevel=3 panic=-1 mitigations=off cryptomgr.notests rdinit=/init " + m.env + " -- -test.v -test.run=" + tests + " -test.timeout=" + (100 * m.limit).String(),
		"-device", "isa-debug-exit,iobase=0xf4,iosize=0x04"}
	cmd := exec.CommandContext(ctx, m.qemu, append(args, more...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	if s := cmd.ProcessState; s != nil {
		t.Logf("the machine took %.1f s of processor time", (s.UserTime() + s.SystemTime()).Seconds())
	}
	return out.String(), err
}

// report shows what the guest said and takes its verdict on so many tests.
func report(t *testing.T, err error, out string, want int) {
	t.Helper()
	passed := strings.Count(out, "--- PASS: TestGuest")
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != exitOK<<1|1 {
		t.Fatalf("the machine ended with %v\n%s", err, out)
	}
	for _, l := range strings.Split(out, "\n") {
		l = strings.TrimSpace(l)
		if strings.HasPrefix(l, "---") || strings.Contains(l, "_test.go") {
			t.Log(l)
		}
	}
	if passed != want || strings.Contains(out, "--- FAIL") || strings.Contains(out, "--- SKIP") {
		t.Errorf("%d tests passed in the guest\n%s", passed, out)
	}
}

// wiggleTablet moves the pen of QEMU's own tablet until the context ends.
func wiggleTablet(ctx context.Context, socket string) error {
	var conn net.Conn
	for conn == nil {
		var err error
		if conn, err = net.Dial("unix", socket); err != nil {
			select {
			case <-ctx.Done():
				return err
			case <-time.After(50 * time.Millisecond):
			}
		}
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	in := bufio.NewReader(conn)
	if _, err := in.ReadBytes('\n'); err != nil {
		return err
	}
	ask := func(command string, args any) error {
		b, err := json.Marshal(map[string]any{"execute": command, "arguments": args})
		if err != nil {
			return err
		}
		if _, err := conn.Write(append(b, '\n')); err != nil {
			return err
		}
		_, err = in.ReadBytes('\n')
		return err
	}
	if err := ask("qmp_capabilities", map[string]any{}); err != nil {
		return err
	}
	for i := 0; ctx.Err() == nil; i++ {
		axis := func(name string, v int) any {
			return map[string]any{"type": "abs", "data": map[string]any{"axis": name, "value": v}}
		}
		events := []any{axis("x", (i*321)%32767), axis("y", (i*123)%32767),
			map[string]any{"type": "btn", "data": map[string]any{"button": "left", "down": i%20 < 15}}}
		if err := ask("input-send-event", map[string]any{"events": events}); err != nil {
			return fmt.Errorf("sending events: %w", err)
		}
		time.Sleep(30 * time.Millisecond)
	}
	return nil
}
