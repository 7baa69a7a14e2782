//go:build hil && linux && amd64 && cgo

package hil

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"moqian/pad"
	"moqian/pad/usb"
	"moqian/pad/usb/internal/emu"
	"moqian/pad/usb/internal/usbip"
)

// long is for waits that only a hung test sees the end of.
const long = 2 * time.Minute

// TestMain is the first process of the guest, or an ordinary test's.
func TestMain(m *testing.M) {
	if os.Getpid() != 1 || os.Getenv("MOQIAN_GUEST") == "" {
		os.Exit(m.Run())
	}
	code := exitFailed
	if err := boot(); err != nil {
		fmt.Println("guest does not start:", err)
	} else if m.Run() == 0 {
		code = exitOK
	}
	if err := powerOff(byte(code)); err != nil {
		fmt.Println("guest does not stop:", err)
	}
	select {} // the machine ends first
}

// boot mounts what the tests need and loads the modules.
func boot() error {
	for _, m := range []struct{ kind, at string }{{"proc", "/proc"}, {"sysfs", "/sys"}, {"devtmpfs", "/dev"}} {
		if err := unix.Mount(m.kind, m.at, m.kind, 0, ""); err != nil {
			return fmt.Errorf("mounting %s: %w", m.at, err)
		}
	}
	list, err := os.ReadFile("/modules/list")
	if err != nil {
		return err
	}
	for _, path := range strings.Fields(string(list)) {
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if err := unix.InitModule(b, ""); err != nil && err != unix.EEXIST {
			return fmt.Errorf("loading %s: %w", path, err)
		}
	}
	return nil
}

// powerOff writes to QEMU's exit port.
func powerOff(code byte) error {
	f, err := os.OpenFile("/dev/port", os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteAt([]byte{code}, 0xf4)
	return err
}

// inGuest skips a test that needs the guest's kernel.
func inGuest(t *testing.T) {
	t.Helper()
	if os.Getenv("MOQIAN_GUEST") == "" {
		t.Skip("runs inside QEMU, started by TestInQEMU")
	}
}

const vhci = "/sys/devices/platform/vhci_hcd.0"

// cable is an emulated pad plugged into the guest's kernel.
type cable struct {
	server *usbip.Server
	port   int
	out    bool
}

// nextPort goes round the eight ports: one that was just left may still be
// busy in the kernel.
func plug(t *testing.T, g usbip.Gadget, port int) *cable {
	t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.SetNonblock(fds[0], true); err != nil {
		t.Fatal(err)
	}
	c := &cable{server: usbip.Serve(os.NewFile(uintptr(fds[0]), "cable"), g), port: port}
	attach := fmt.Sprintf("%d %d %d %d", port, fds[1], 1<<16|2, 3)
	for end := time.Now().Add(long); ; {
		err = os.WriteFile(vhci+"/attach", []byte(attach), 0)
		if err == nil || time.Now().After(end) {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if err != nil {
		t.Fatalf("plugging in: %v", err)
	}
	if err := unix.Close(fds[1]); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.unplug)
	return c
}

// unplug pulls the cable; twice is once.
func (c *cable) unplug() {
	if c.out {
		return
	}
	c.out = true
	_ = os.WriteFile(vhci+"/detach", []byte(fmt.Sprint(c.port)), 0) // a cable that is out already
	_ = c.server.Close()
}

// only takes pads with this product id.
func only(vid, pid uint16) func(v, p uint16) bool {
	return func(v, p uint16) bool { return v == vid && p == pid }
}

func options(g interface{ Identity() emu.Identity }, enc usb.Policy) usb.Options {
	id := g.Identity()
	return usb.Options{Encryption: enc, PrivateKey: keyOfGuest, Only: only(id.VID, id.PID), Poll: 20 * time.Millisecond}
}

func keyOfGuest() (*rsa.PrivateKey, error) {
	b, err := os.ReadFile(guestKey)
	if err != nil {
		return nil, err
	}
	return x509.ParsePKCS1PrivateKey(b)
}

// opened waits for the pad to be picked up.
func opened(t *testing.T, p *usb.Pads) *pad.Device {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), long)
	defer stop()
	d, err := p.Next(ctx)
	if err != nil {
		t.Fatalf("no pad: %v (%v)", err, p.Why())
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// pen430 plugs a STU-430 in and opens it.
func pen430(t *testing.T, enc usb.Policy) (*emu.STU, *cable, *pad.Device) {
	t.Helper()
	g := emu.NewSTU(emu.Model430(), rand.Reader)
	c := plug(t, g, 0)
	return g, c, opened(t, usb.New(options(g, enc)))
}

// taken is one finished capture.
type taken struct {
	samples []pad.Sample
	ev      pad.Evidence
	err     error
}

// record runs write once the pad's stream is up, and ends the capture when all
// that was written has been read and n samples have come or no more come.
func record(t *testing.T, d *pad.Device, c *cable, write func(), n int) taken {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var k pad.Capture
	seen := make(chan int, 1<<16)
	done := make(chan error, 1)
	count := 0
	before := c.server.Submitted()
	go func() { done <- k.Record(ctx, d, func(s pad.Sample) { count += 1 + s.Lost; seen <- count }) }()
	up := make(chan struct{})
	go func() {
		defer close(up)
		for ctx.Err() == nil {
			if c.server.Submitted() >= before+8 {
				time.Sleep(40 * time.Millisecond) // past what the driver takes for left-overs
				return
			}
			time.Sleep(2 * time.Millisecond)
		}
	}()
	select {
	case err := <-done:
		stop()
		<-up
		return taken{err: err}
	case <-up:
	case <-time.After(long):
		t.Fatal("the stream does not start")
	}
	write()
	for end := time.After(long); n > 0; {
		select {
		case got := <-seen:
			if got >= n {
				n = 0
			}
		case err := <-done:
			return taken{err: err}
		case <-end:
			t.Fatal("the samples do not come")
		}
	}
	if n == 0 {
		stop()
	}
	select {
	case err := <-done:
		if err != nil {
			return taken{err: err}
		}
	case <-time.After(long):
		t.Fatal("Record does not return")
	}
	s, ev, err := k.Take()
	return taken{s, ev, err}
}

func hidraws(t *testing.T, vid uint16, pid uint16) int {
	t.Helper()
	found, err := filepath.Glob(fmt.Sprintf("/sys/bus/hid/devices/*:%04X:%04X.*/hidraw/hidraw*", vid, pid))
	if err != nil {
		t.Fatal(err)
	}
	return len(found)
}

func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(long); !ok(); {
		if time.Now().After(end) {
			t.Fatalf("%s did not come", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// asUser runs one test of this binary as a user without rights.
func asUser() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 1000, Gid: 1000}}
}
