//go:build cgo

package usb

import (
	"context"

	"github.com/google/gousb"

	"moqian/pad/usb/internal/wire"
)

// stream reads reports with several transfers in flight.
//
// It is stopped by cancelling the read in progress: that read takes back and
// frees every transfer before it returns its error. Closing gousb's stream
// would not: on an idle pad its transfers stay in flight.
type stream struct {
	rs   *gousb.ReadStream
	ctx  context.Context
	stop context.CancelFunc
	buf  []byte
	over bool
}

// Stream begins to read reports of up to size bytes. Each transfer has room
// for whole packets: a device that sends more than was asked for breaks it.
func (t *transport) Stream(size int) (wire.Stream, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return nil, wire.ErrGone
	}
	packet := t.in.Desc.MaxPacketSize
	size = (size + packet - 1) / packet * packet
	rs, err := t.in.NewStream(size, depth)
	if err != nil {
		return nil, translate(err)
	}
	s := &stream{rs: rs, buf: make([]byte, size)}
	s.ctx, s.stop = context.WithCancel(context.Background())
	return s, nil
}

func (s *stream) Read(b []byte) (int, error) {
	if s.over {
		return 0, wire.ErrClosed
	}
	n, err := s.rs.ReadContext(s.ctx, s.buf)
	if err != nil {
		s.over = true
		clear(s.buf)
		if s.ctx.Err() != nil {
			return 0, wire.ErrClosed
		}
		return 0, translate(err)
	}
	n = copy(b, s.buf[:n])
	clear(s.buf[:n])
	return n, nil
}

func (s *stream) Stop() { s.stop() }
