//go:build cgo && linux

package usb

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"moqian/pad/usb/internal/wire"
)

// The middle layer of the tests: real gousb and libusb on a USB file system
// that umockdev plays from a capture. The capture is taken from the driver
// itself, while it talks to an emulated pad through a recorder.

// capture is a usbmon capture in the making (pcap, link type 220).
type capture struct {
	buf  bytes.Buffer
	next uint64
	open []uint64 // interrupt transfers waiting, oldest first
	size int
}

const (
	mockBus, mockDevice = 1, 2
	linkUSBMapped       = 220
	intr, control       = 1, 2
)

func newCapture() *capture {
	c := &capture{next: 1}
	for _, v := range []uint32{0xa1b2c3d4, 4<<16 | 2, 0, 0, 1 << 16, linkUSBMapped} {
		_ = binary.Write(&c.buf, binary.LittleEndian, v)
	}
	return c
}

// packet is one record of a capture.
type packet struct {
	id           uint64
	kind         byte // S is a submission, C a completion
	transfer, ep uint8
	status       int32
	urbLen       int
	setup, data  []byte
}

func (c *capture) event(p packet) {
	h := make([]byte, 64)
	le := binary.LittleEndian
	le.PutUint64(h, p.id)
	h[8], h[9], h[10], h[11] = p.kind, p.transfer, p.ep, mockDevice
	le.PutUint16(h[12:], mockBus)
	h[14] = '-'
	if p.setup != nil {
		h[14] = 0
		copy(h[40:48], p.setup)
	}
	le.PutUint64(h[16:], 1)
	le.PutUint32(h[28:], uint32(p.status))
	le.PutUint32(h[32:], uint32(p.urbLen))
	le.PutUint32(h[36:], uint32(len(p.data)))
	n := uint32(len(h) + len(p.data))
	for _, v := range []uint32{1, 0, n, n} {
		_ = binary.Write(&c.buf, le, v)
	}
	c.buf.Write(h)
	c.buf.Write(p.data)
}

const inProgress = -115

// control is one whole class request on endpoint 0: kind and request, the
// report's id, what was sent, what came back.
func (c *capture) control(kind, request, id byte, length int, sent, answer []byte, status int32) {
	n := c.next
	c.next++
	setup := []byte{kind, request, id, 3, 0, 0, byte(length), byte(length >> 8)}
	c.event(packet{id: n, kind: 'S', transfer: control, ep: kind & 0x80, status: inProgress, urbLen: length, setup: setup, data: sent})
	done := len(answer)
	if sent != nil && status == 0 {
		done = length
	}
	c.event(packet{id: n, kind: 'C', transfer: control, ep: kind & 0x80, status: status, urbLen: done, data: answer})
}

func (c *capture) submit() {
	c.event(packet{id: c.next, kind: 'S', transfer: intr, ep: 0x81, status: inProgress, urbLen: c.size})
	c.open = append(c.open, c.next)
	c.next++
}

func (c *capture) stream(size int) {
	c.size, c.open = size, nil
	for range depth {
		c.submit()
	}
}

func (c *capture) report(b []byte) {
	id := c.open[0]
	c.open = c.open[1:]
	c.event(packet{id: id, kind: 'C', transfer: intr, ep: 0x81, urbLen: len(b), data: b})
	c.submit()
}

// unplug completes the oldest transfer with ENODEV.
func (c *capture) unplug() {
	c.event(packet{id: c.open[0], kind: 'C', transfer: intr, ep: 0x81, status: -19})
	c.open = nil
}

// recorder is a bus whose transports write down what passes.
type recorder struct {
	wire.Bus
	c *capture
}

func (r recorder) Open(ctx context.Context, p wire.Port) (wire.Transport, error) {
	t, err := r.Bus.Open(ctx, p)
	return &tape{t, r.c}, err
}

type tape struct {
	wire.Transport
	c *capture
}

// status as the kernel would say it.
func status(err error) int32 {
	if err != nil {
		return -32
	}
	return 0
}

func (t *tape) GetFeature(b []byte) (int, error) {
	id := b[0]
	n, err := t.Transport.GetFeature(b)
	t.c.control(typeGetClass, reqGetReport, id, len(b), nil, b[:n], status(err))
	return n, err
}

func (t *tape) SetFeature(b []byte) error {
	err := t.Transport.SetFeature(b)
	t.c.control(typeSetClass, reqSetReport, b[0], len(b), b, nil, status(err))
	return err
}

func (t *tape) Stream(size int) (wire.Stream, error) {
	s, err := t.Transport.Stream(size)
	t.c.stream((size + 63) / 64 * 64)
	return &reel{s, t.c}, err
}

type reel struct {
	wire.Stream
	c *capture
}

func (r *reel) Read(b []byte) (int, error) {
	n, err := r.Stream.Read(b)
	switch {
	case err == nil:
		r.c.report(b[:n])
	case strings.Contains(err.Error(), wire.ErrGone.Error()):
		r.c.unplug()
	}
	return n, err
}

// deviceFile describes the pad to umockdev.
func deviceFile(device, config []byte) string {
	device = bytes.Clone(device)
	device[16] = 0 // no serial number string: its reading is gousb's, not in the capture
	hex := strings.ToUpper(fmt.Sprintf("%x%x", device, config))
	return fmt.Sprintf(`P: /devices/pci0000:00/0000:00:14.0/usb1/1-1
N: bus/usb/001/002=%s
E: BUSNUM=001
E: DEVNAME=/dev/bus/usb/001/002
E: DEVNUM=002
E: DEVTYPE=usb_device
E: MAJOR=189
E: MINOR=1
E: SUBSYSTEM=usb
A: bConfigurationValue=1\n
A: busnum=1\n
A: devnum=2\n
A: speed=12\n
H: descriptors=%s

`, hex, hex)
}

// underMock runs one test of this binary below umockdev-run and gives what it
// printed.
func underMock(t *testing.T, test string, device string, c *capture) string {
	t.Helper()
	tool, err := exec.LookPath("umockdev-run")
	if err != nil {
		t.Skip("NOT TESTED: gousb over a played USB capture. umockdev-run is missing (apt: umockdev libumockdev0 libpcap0.8)")
	}
	dir := t.TempDir()
	dev, pcap := filepath.Join(dir, "pad.umockdev"), filepath.Join(dir, "pad.pcap")
	for name, b := range map[string][]byte{dev: []byte(device), pcap: c.buf.Bytes()} {
		if err := os.WriteFile(name, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), tool, "--device="+dev, "--pcap=/sys/devices/pci0000:00/0000:00:14.0/usb1/1-1="+pcap, "--",
		os.Args[0], "-test.run=^"+test+"$", "-test.v", "-test.timeout=5m")
	cmd.Env = append(os.Environ(), "MOQIAN_UNDER_MOCK=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}

// inside skips a test that only makes sense below umockdev-run.
func inside(t *testing.T) {
	t.Helper()
	if os.Getenv("MOQIAN_UNDER_MOCK") == "" {
		t.Skip("runs below umockdev-run only, started by another test")
	}
}
