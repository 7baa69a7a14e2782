package upload

import (
	"context"
	"io"
	"net"
	"sync"
	"time"
)

// Limiter holds all bytes sent through it to a rate, in pieces small enough that
// a line is never taken for long. The zero rate does not limit. It may be shared
// by several archives and goroutines.
type Limiter struct {
	rate  float64 // bytes per second
	now   func() time.Time
	sleep func(context.Context, time.Duration) error

	mu   sync.Mutex
	free time.Time // when the line is free again
}

// NewLimiter limits to rate bytes per second; now is the clock, sleep waits or
// gives the context's error, nil is a real timer.
func NewLimiter(rate int64, now func() time.Time, sleep func(context.Context, time.Duration) error) *Limiter {
	if sleep == nil {
		sleep = pause
	}
	return &Limiter{rate: float64(rate), now: now, sleep: sleep}
}

// slack is how far ahead of the rate a sender may be: what it was late before.
const slack = 50 * time.Millisecond

// Wait takes n bytes of the line and waits until they may be sent.
func (l *Limiter) Wait(ctx context.Context, n int) error {
	if l == nil || l.rate <= 0 || n <= 0 {
		return nil
	}
	l.mu.Lock()
	now := l.now()
	if earliest := now.Add(-slack); l.free.Before(earliest) {
		l.free = earliest
	}
	l.free = l.free.Add(time.Duration(float64(n) / l.rate * float64(time.Second)))
	wait := l.free.Sub(now)
	l.mu.Unlock()
	if wait <= 0 {
		return nil
	}
	return l.sleep(ctx, wait)
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// line is a connection that is given up when nothing moves for the time of
// stall, however long the whole takes, and that keeps to a Limiter.
type line struct {
	net.Conn
	stall time.Duration
	limit *Limiter
}

// piece is the most that is written at once under a limit.
const piece = 16 << 10

func (l *line) Read(b []byte) (int, error) {
	n, err := l.Conn.Read(b)
	if n > 0 {
		l.alive()
	}
	return n, err
}

func (l *line) Write(b []byte) (n int, err error) {
	for len(b) > 0 {
		part := b
		if l.limit != nil && l.limit.rate > 0 {
			part = b[:min(len(b), piece)]
			if err := l.limit.Wait(context.Background(), len(part)); err != nil {
				return n, err
			}
		}
		l.alive()
		m, err := l.Conn.Write(part)
		n += m
		if err != nil {
			return n, err
		}
		b = b[m:]
	}
	l.alive()
	return n, nil
}

// ReadFrom writes what r has. A document that lies in memory goes out as it is,
// without being copied through a buffer in small pieces.
func (l *line) ReadFrom(r io.Reader) (n int64, err error) {
	if all, ok := r.(*io.LimitedReader); ok {
		if whole, ok := all.R.(inMemory); ok && int64(whole.Len()) == all.N {
			n, err = whole.WriteTo(plainWriter{l})
			all.N -= n
			return n, err
		}
	}
	return io.Copy(plainWriter{l}, r)
}

// inMemory is what a bytes.Reader can, and what is made of one.
type inMemory interface {
	io.WriterTo
	Len() int // bytes left
}

// plainWriter hides ReadFrom.
type plainWriter struct{ io.Writer }

// alive moves the deadline of what is under way, reading and writing.
func (l *line) alive() { l.Conn.SetDeadline(time.Now().Add(l.stall)) }
