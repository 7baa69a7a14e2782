package main

import (
	"bufio"
	"crypto/md5"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"
)

// twice starts an archive that answers each request twice, the second time with
// what nobody may see, and puts its address into the variable TWICE.
func twice(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: twice")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	var all sync.WaitGroup
	all.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() { answerTwice(conn) })
		}
	})
	ts.Defer(func() { l.Close(); all.Wait() })
	ts.Setenv("TWICE", l.Addr().String())
}

// answerTwice serves one connection until the other side leaves it.
func answerTwice(conn net.Conn) {
	defer conn.Close()
	in := bufio.NewReader(conn)
	for {
		req, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return
		}
		status := "200 OK"
		if req.Method != http.MethodPut {
			status = "404 Not Found"
		}
		answer := fmt.Sprintf("HTTP/1.1 %s\r\nETag: \"%x\"\r\nContent-Length: 0\r\n", status, md5.Sum(body))
		if _, err := io.WriteString(conn, answer+"\r\n"+answer+"X-Who: Zhang Sanfeng 6222021001112223334\r\n\r\n"); err != nil {
			return
		}
	}
}
