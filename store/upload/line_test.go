package upload

import (
	"bytes"
	"context"
	"io"
	"net"
	"testing"
	"time"
)

// sink is a connection that notes how it is written to.
type sink struct {
	net.Conn
	got    bytes.Buffer
	writes []int
	most   int // it takes at most this much, then fails
}

func (s *sink) SetDeadline(time.Time) error { return nil }

func (s *sink) Write(b []byte) (int, error) {
	s.writes = append(s.writes, len(b))
	if left := s.most - s.got.Len(); s.most > 0 && len(b) > left {
		n, _ := s.got.Write(b[:left])
		return n, io.ErrClosedPipe
	}
	return s.got.Write(b)
}

// A document leaves in one write without a limit and in small pieces with one;
// how it is handed over does not change the bytes.
func TestLineWrites(t *testing.T) {
	data := bytes.Repeat([]byte("0123456789"), 10_000)
	slow := NewLimiter(1<<40, time.Now, func(context.Context, time.Duration) error { return nil })
	for _, c := range []struct {
		name   string
		limit  *Limiter
		from   func() io.Reader
		writes int
	}{
		{"in memory", nil, func() io.Reader { return &io.LimitedReader{R: bytes.NewReader(data), N: int64(len(data))} }, 1},
		{"in memory, limited", slow, func() io.Reader { return &io.LimitedReader{R: bytes.NewReader(data), N: int64(len(data))} }, 7},
		{"part of what is in memory", nil, func() io.Reader {
			return &io.LimitedReader{R: bytes.NewReader(append(data, "more"...)), N: int64(len(data))}
		}, 0},
		{"from elsewhere", nil, func() io.Reader { return io.MultiReader(bytes.NewReader(data)) }, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &sink{}
			n, err := (&line{Conn: s, stall: time.Minute, limit: c.limit}).ReadFrom(c.from())
			if err != nil || n != int64(len(data)) || !bytes.Equal(s.got.Bytes(), data) {
				t.Errorf("%d bytes, %d arrived, %v", n, s.got.Len(), err)
			}
			if c.writes > 0 && len(s.writes) != c.writes {
				t.Errorf("written as %v", s.writes)
			}
			for _, w := range s.writes {
				if c.limit != nil && w > piece {
					t.Errorf("a piece of %d", w)
				}
			}
		})
	}
}

// A connection that breaks says how far it came, and the reader agrees.
func TestLineBreaks(t *testing.T) {
	data := make([]byte, 1000)
	from := &io.LimitedReader{R: bytes.NewReader(data), N: 1000}
	s := &sink{most: 300}
	n, err := (&line{Conn: s, stall: time.Minute}).ReadFrom(from)
	if err == nil || n != 300 || s.got.Len() != 300 || from.N != 700 {
		t.Errorf("%d of 1000, %d arrived, %d are left, %v", n, s.got.Len(), from.N, err)
	}
}

func TestOutlive(t *testing.T) {
	over, cancel := context.WithCancel(context.Background())
	late, end := outlive(over, time.Hour)
	cancel()
	if late.Err() != nil {
		t.Error("it ended with the first")
	}
	end()
	if late.Err() == nil {
		t.Error("it outlives its own end")
	}
	over, cancel = context.WithCancel(context.Background())
	late, end = outlive(over, time.Millisecond)
	defer end()
	if late.Err() != nil {
		t.Error("it ended before the first")
	}
	cancel()
	select {
	case <-late.Done():
	case <-time.After(30 * time.Second):
		t.Error("it goes on for ever")
	}
}
