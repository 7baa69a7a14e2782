package uploadtest

import (
	"context"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"moqian/store/upload"
)

// Link is a narrow line to a server: what is sent to it passes at rate bytes per
// second, all connections together; answers pass freely. It gives the URL to use
// in the place of the server's.
func Link(t testing.TB, url string, rate int64) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	limit := upload.NewLimiter(rate, time.Now, nil)
	var all sync.WaitGroup
	over, cancel := context.WithCancel(context.Background())
	t.Cleanup(func() {
		cancel()
		l.Close()
		all.Wait()
	})
	all.Go(func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() { pass(over, in, url[len("http://"):], limit) })
		}
	})
	return "http://" + l.Addr().String()
}

// pass carries one connection.
func pass(ctx context.Context, in net.Conn, to string, limit *upload.Limiter) {
	defer in.Close()
	out, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	defer out.Close()
	stop := context.AfterFunc(ctx, func() { in.Close(); out.Close() })
	defer stop()
	// A small buffer: a line has no room for a megabyte.
	in.(*net.TCPConn).SetReadBuffer(16 << 10)
	var both sync.WaitGroup
	both.Go(func() {
		io.Copy(in, out)
		in.Close()
	})
	buf := make([]byte, 4<<10)
	for {
		n, err := in.Read(buf)
		if n > 0 {
			if limit.Wait(ctx, n) != nil {
				break
			}
			if _, err := out.Write(buf[:n]); err != nil {
				break
			}
		}
		if err != nil {
			break
		}
	}
	out.(*net.TCPConn).CloseWrite()
	both.Wait()
}
