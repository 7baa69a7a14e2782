package usbip

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"testing"
	"time"

	"moqian/pad/usb/internal/emu"
)

// kernel is the other end of a connection.
type kernel struct {
	t *testing.T
	net.Conn
}

func connect(t *testing.T, g Gadget) (*kernel, *Server) {
	a, b := net.Pipe()
	s := Serve(b, g)
	t.Cleanup(func() { _ = a.Close(); _ = s.Close() })
	if err := a.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return &kernel{t, a}, s
}

func (k *kernel) submit(seq, dir, ep uint32, length int, setup []byte, data []byte) {
	b := make([]byte, headerSize)
	for i, v := range []uint32{cmdSubmit, seq, 0x10002, dir, ep, 0, uint32(length)} {
		binary.BigEndian.PutUint32(b[4*i:], v)
	}
	copy(b[40:], setup)
	if _, err := k.Write(append(b, data...)); err != nil {
		k.t.Fatal(err)
	}
}

func (k *kernel) unlink(seq, victim uint32) {
	b := make([]byte, headerSize)
	for i, v := range []uint32{cmdUnlink, seq, 0x10002, 0, 0, victim} {
		binary.BigEndian.PutUint32(b[4*i:], v)
	}
	if _, err := k.Write(b); err != nil {
		k.t.Fatal(err)
	}
}

func (k *kernel) answer(in bool) (command, seq uint32, status int32, data []byte) {
	b := make([]byte, headerSize)
	if _, err := io.ReadFull(k, b); err != nil {
		k.t.Fatal(err)
	}
	be := binary.BigEndian
	if in && be.Uint32(b) == retSubmit {
		data = make([]byte, be.Uint32(b[24:]))
		if _, err := io.ReadFull(k, data); err != nil {
			k.t.Fatal(err)
		}
	}
	return be.Uint32(b), be.Uint32(b[4:]), int32(be.Uint32(b[20:])), data
}

func TestTransfers(t *testing.T) {
	g := emu.NewPen(nil)
	k, s := connect(t, g)
	k.submit(1, 1, 0, 18, []byte{0x80, 6, 0, 1, 0, 0, 18, 0}, nil)
	if c, seq, st, data := k.answer(true); c != retSubmit || seq != 1 || st != 0 || !bytes.Equal(data, g.DeviceDescriptor()) {
		t.Errorf("device descriptor: %d %d %d %x", c, seq, st, data)
	}
	k.submit(2, 1, 0, 7, []byte{0xA1, 1, 3, 3, 0, 0, 7, 0}, nil)
	if _, seq, st, _ := k.answer(true); seq != 2 || st != ePipe {
		t.Errorf("an unknown report is no stall: %d %d", seq, st)
	}
	k.submit(3, 1, 1, 16, nil, nil)
	k.submit(4, 1, 1, 16, nil, nil)
	g.Pen(true, true, 1, 2, 3)
	if _, seq, st, data := k.answer(true); seq != 3 || st != 0 || len(data) != 10 || data[0] != 7 {
		t.Errorf("report: %d %d %x", seq, st, data)
	}
	k.unlink(5, 4)
	if c, seq, st, _ := k.answer(false); c != retUnlink || seq != 5 || st != eConnreset {
		t.Errorf("unlink: %d %d %d", c, seq, st)
	}
	k.unlink(6, 4)
	if _, _, st, _ := k.answer(false); st != 0 {
		t.Errorf("a second unlink: %d", st)
	}
	if now, most := s.Pending(); now != 0 || most < 1 {
		t.Errorf("pending %d, most %d", now, most)
	}
	if n := s.Submitted(); n != 2 {
		t.Errorf("%d interrupt transfers, want 2", n)
	}
	g.SetFaults(emu.Faults{Hang: 50 * time.Millisecond})
	k.submit(20, 1, 0, 7, []byte{0xA1, 1, 3, 3, 0, 0, 7, 0}, nil)
	k.unlink(21, 20)
	if c, seq, st, _ := k.answer(false); c != retUnlink || seq != 21 || st != eConnreset {
		t.Errorf("unlink of a hung control request: %d %d %d", c, seq, st)
	}
	k.submit(7, 0, 2, 3, nil, []byte{1, 2, 3})
	if _, _, st, _ := k.answer(false); st != ePipe {
		t.Errorf("an endpoint that is not there: %d", st)
	}
	k.submit(8, 1, 1, maxTransfer+1, nil, nil)
	if _, err := k.Read(make([]byte, 1)); err == nil {
		t.Error("an impossible transfer is answered")
	}
}
