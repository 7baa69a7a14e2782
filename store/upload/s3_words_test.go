package upload_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"moqian/store"
	"moqian/store/upload"
)

// Whatever answers, its own words stay out of rows and errors.
func TestStrangersWords(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				if r, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
					io.Copy(io.Discard, r.Body)
					io.WriteString(conn, "220 Zhang Sanfeng 6222021001112223334\r\n\r\n")
				}
			}()
		}
	}()
	no := false
	o := newOffice(t, newS3(t, "http://"+l.Addr().String(), func(o *upload.S3Options) { o.Unconditional = &no }))
	id := o.file(t, 1)[0].ID
	r := o.once(t)
	it, err := o.s.Outbox().Find(ctx, id)
	if err != nil || it.Fault != store.FaultUnreachable || r.Why == nil {
		t.Fatalf("%+v, %v", it, err)
	}
	if said := it.Error + r.Why.Error(); strings.Contains(said, "Zhang") || strings.Contains(said, "62220") {
		t.Error(said)
	}
}
