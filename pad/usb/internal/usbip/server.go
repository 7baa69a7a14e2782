// Package usbip offers an emulated pad to a kernel over the USB/IP protocol
// (Documentation/usb/usbip_protocol.rst of Linux, version 1.1.1, the part after
// the import): the kernel's vhci_hcd takes one end of a socket and sees a device
// on a bus. For tests.
//
// Start with [Serve]. It knows transfers, not pads, and nothing of the driver.
package usbip

import (
	"encoding/binary"
	"errors"
	"io"
	"os"
	"sync"

	"moqian/pad/usb/internal/emu"
)

// Commands of the protocol.
const (
	cmdSubmit = 1
	cmdUnlink = 2
	retSubmit = 3
	retUnlink = 4
)

// headerSize of every message.
const headerSize = 48

// Errors as the kernel counts them.
const (
	ePipe      = -32
	eConnreset = -104 // the transfer was unlinked
	eShutdown  = -108
)

// maxTransfer bounds what the peer may ask for.
const maxTransfer = 1 << 20

// Gadget is the device at the other end.
type Gadget interface {
	Control(s emu.Setup, data []byte) ([]byte, bool)
	Out(ep byte, data []byte) bool
	Next(stop <-chan struct{}) ([]byte, bool)
	Gone() <-chan struct{}
}

// submit is one transfer that the kernel wants done.
type submit struct {
	seq, dir, ep uint32
	length       int
	setup        emu.Setup
	data         []byte
}

// Server is one connection.
type Server struct {
	g    Gadget
	conn io.ReadWriteCloser

	// write is held from the look at open to the end of the message: after a
	// transfer was unlinked nobody may answer it, the kernel would hang up.
	write sync.Mutex

	mu      sync.Mutex      // guards what follows
	open    map[uint32]bool // transfers without an answer
	waiting []submit        // interrupt IN transfers, oldest first
	arrived chan struct{}
	most    int
	ever    int // interrupt IN transfers submitted

	stop chan struct{}
	done sync.WaitGroup
}

// Serve answers until the connection ends. Wait for it with Close.
func Serve(conn io.ReadWriteCloser, g Gadget) *Server {
	s := &Server{g: g, conn: conn, open: map[uint32]bool{}, arrived: make(chan struct{}, 1), stop: make(chan struct{})}
	controls := make(chan submit, 64)
	s.done.Add(3)
	go func() { defer s.done.Done(); s.controls(controls) }()
	go func() { defer s.done.Done(); s.interrupts() }()
	go func() {
		defer s.done.Done()
		defer close(s.stop)
		defer close(controls)
		s.read(controls)
		_ = s.conn.Close() // the peer, or nonsense from it, ended the connection
	}()
	return s
}

// Close ends the connection and waits.
func (s *Server) Close() error {
	err := s.conn.Close()
	s.done.Wait()
	if errors.Is(err, os.ErrClosed) {
		return nil // the peer was first
	}
	return err
}

// Pending is how many interrupt transfers wait for a report now, and the most
// that ever did.
func (s *Server) Pending() (now, most int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.waiting), s.most
}

// Submitted is how many interrupt transfers the kernel has handed over so far.
func (s *Server) Submitted() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ever
}

// read takes messages until the peer is gone.
func (s *Server) read(controls chan<- submit) {
	head := make([]byte, headerSize)
	for {
		if _, err := io.ReadFull(s.conn, head); err != nil {
			return
		}
		be := binary.BigEndian
		command, seq := be.Uint32(head), be.Uint32(head[4:])
		switch command {
		case cmdUnlink:
			s.unlink(seq, be.Uint32(head[20:]))
		case cmdSubmit:
			u, err := s.parse(head)
			if err != nil {
				return
			}
			s.mu.Lock()
			s.open[u.seq] = true
			s.mu.Unlock()
			if u.ep&0x0f != 0 && u.dir == 1 {
				s.wait(u)
				continue
			}
			select {
			case controls <- u:
			case <-s.g.Gone():
				s.answer(u, eShutdown, nil)
			}
		default:
			return
		}
	}
}

var errTransfer = errors.New("impossible transfer")

func (s *Server) parse(head []byte) (submit, error) {
	be := binary.BigEndian
	u := submit{seq: be.Uint32(head[4:]), dir: be.Uint32(head[12:]), ep: be.Uint32(head[16:]), length: int(be.Uint32(head[24:]))}
	if u.length < 0 || u.length > maxTransfer {
		return u, errTransfer
	}
	b := head[40:48]
	le := binary.LittleEndian
	u.setup = emu.Setup{Type: b[0], Request: b[1], Value: le.Uint16(b[2:]), Index: le.Uint16(b[4:]), Length: le.Uint16(b[6:])}
	if u.dir == 0 && u.length > 0 {
		u.data = make([]byte, u.length)
		if _, err := io.ReadFull(s.conn, u.data); err != nil {
			return u, err
		}
	}
	return u, nil
}

// wait queues an interrupt IN transfer.
func (s *Server) wait(u submit) {
	s.mu.Lock()
	s.waiting = append(s.waiting, u)
	s.most = max(s.most, len(s.waiting))
	s.ever++
	s.mu.Unlock()
	select {
	case s.arrived <- struct{}{}:
	default:
	}
}

// unlink takes a transfer back, unless it was answered already.
func (s *Server) unlink(seq, victim uint32) {
	s.write.Lock()
	defer s.write.Unlock()
	status := int32(0)
	if s.close(victim) {
		status = eConnreset
	}
	b := make([]byte, headerSize)
	binary.BigEndian.PutUint32(b, retUnlink)
	binary.BigEndian.PutUint32(b[4:], seq)
	binary.BigEndian.PutUint32(b[20:], uint32(status))
	s.send(b)
}

// close strikes a transfer off the list; false when it was not on it.
func (s *Server) close(seq uint32) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	was := s.open[seq]
	delete(s.open, seq)
	for i := range s.waiting {
		if s.waiting[i].seq == seq {
			s.waiting = append(s.waiting[:i:i], s.waiting[i+1:]...)
			break
		}
	}
	return was
}

// controls works off endpoint 0 and the OUT endpoints, in order.
func (s *Server) controls(in <-chan submit) {
	for u := range in {
		if u.ep != 0 {
			if !s.g.Out(byte(u.ep), u.data) {
				s.answer(u, ePipe, nil)
				continue
			}
			s.answer(u, 0, u.data)
			continue
		}
		b, ok := s.g.Control(u.setup, u.data)
		switch {
		case !ok:
			s.answer(u, ePipe, nil)
		case u.dir == 1:
			s.answer(u, 0, b[:min(len(b), u.length)])
		default:
			s.answer(u, 0, u.data)
		}
	}
}

// interrupts gives each report to the oldest waiting transfer.
func (s *Server) interrupts() {
	for {
		if !s.someoneWaits() {
			return
		}
		b, ok := s.g.Next(s.stop)
		if !ok {
			return
		}
		for {
			u, found := s.oldest()
			if found && s.answer(u, 0, b[:min(len(b), u.length)]) {
				break
			}
			if !s.someoneWaits() { // unlinked meanwhile: the report stays for the next
				return
			}
		}
	}
}

// someoneWaits blocks until a transfer waits; false at the end.
func (s *Server) someoneWaits() bool {
	for {
		s.mu.Lock()
		n := len(s.waiting)
		s.mu.Unlock()
		if n > 0 {
			return true
		}
		select {
		case <-s.arrived:
		case <-s.stop:
			return false
		}
	}
}

func (s *Server) oldest() (submit, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.waiting) == 0 {
		return submit{}, false
	}
	return s.waiting[0], true
}

// answer completes a transfer, unless it was unlinked: then it says false. IN
// transfers carry their data.
func (s *Server) answer(u submit, status int32, data []byte) bool {
	b := make([]byte, headerSize, headerSize+len(data))
	be := binary.BigEndian
	be.PutUint32(b, retSubmit)
	be.PutUint32(b[4:], u.seq)
	be.PutUint32(b[20:], uint32(status))
	be.PutUint32(b[24:], uint32(len(data)))
	if u.dir == 1 {
		b = append(b, data...)
	}
	s.write.Lock()
	defer s.write.Unlock()
	if !s.close(u.seq) {
		return false
	}
	s.send(b)
	return true
}

// send writes a message with write held.
func (s *Server) send(b []byte) { _, _ = s.conn.Write(b) } // a peer that is gone ends the reader
