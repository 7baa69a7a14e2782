package upload_test

import (
	"bufio"
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"moqian/store"
	"moqian/store/upload"
	"moqian/store/upload/uploadtest"
)

// wire is a server that writes down what comes and answers as it is told.
type wire struct {
	*httptest.Server
	answer func(w http.ResponseWriter, r *http.Request, body []byte)

	mu     sync.Mutex // guards what follows
	puts   map[string]http.Header
	bodies map[string][]byte
}

func newWire(t *testing.T, answer func(http.ResponseWriter, *http.Request, []byte)) *wire {
	w := &wire{answer: answer, puts: map[string]http.Header{}, bodies: map[string][]byte{}}
	w.Server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Errorf("reading a body: %v", err)
		}
		if r.Method == http.MethodPut {
			w.mu.Lock()
			w.puts[r.URL.Path], w.bodies[r.URL.Path] = r.Header.Clone(), body
			w.mu.Unlock()
		}
		w.answer(rw, r, body)
	}))
	t.Cleanup(w.Close)
	return w
}

func took(w http.ResponseWriter, _ *http.Request, body []byte) {
	sum := md5.Sum(body)
	w.Header().Set("ETag", `"`+hex.EncodeToString(sum[:])+`"`)
}

// strictly refuses a checksum that does not fit.
func strictly(w http.ResponseWriter, r *http.Request, body []byte) {
	sum := sha256.Sum256(body)
	if c := r.Header.Get("X-Amz-Checksum-Sha256"); c != "" && c != base64.StdEncoding.EncodeToString(sum[:]) {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	took(w, r, body)
}

// All checks go along with each document and each index object, whatever the
// server can do; only the payload in the signature is left out where the checksum
// header is known to guard the body.
func TestWhatGoesOverTheWire(t *testing.T) {
	it, pdf := uploadtest.Item(1, 100_000)
	sum, md5sum := sha256.Sum256(pdf), md5.Sum(pdf)
	for _, c := range []struct {
		name          string
		answer        func(http.ResponseWriter, *http.Request, []byte)
		payload       string
		unconditional bool
	}{
		{"a server that takes anything", took, it.SHA256, false},
		{"a server that compares checksums", strictly, "UNSIGNED-PAYLOAD", false},
		{"nothing is known", took, it.SHA256, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWire(t, func(w http.ResponseWriter, r *http.Request, body []byte) {
				if r.Method == http.MethodHead {
					w.WriteHeader(http.StatusNotFound)
					return
				}
				if r.Header.Get("If-None-Match") == "*" && strings.HasSuffix(r.URL.Path, "probe/condition") {
					w.WriteHeader(http.StatusPreconditionFailed)
					return
				}
				c.answer(w, r, body)
			})
			a := newS3(t, w.URL, func(o *upload.S3Options) {
				o.Retain = 15 * 365 * 24 * time.Hour
				if c.unconditional {
					o.Unconditional = &c.unconditional
				}
			})
			if _, err := a.Send(ctx, it, pdf); err != nil {
				t.Fatal(err)
			}
			key, _ := upload.Key(it)
			path := "/" + uploadtest.Bucket + "/moqian/" + key
			h := w.puts[path]
			if !bytes.Equal(w.bodies[path], pdf) {
				t.Fatalf("%d bytes arrived", len(w.bodies[path]))
			}
			condition := map[bool]string{false: "*", true: ""}[c.unconditional]
			for name, want := range map[string]string{
				"Content-Type": "application/pdf", "Content-Md5": base64.StdEncoding.EncodeToString(md5sum[:]),
				"X-Amz-Checksum-Sha256": base64.StdEncoding.EncodeToString(sum[:]), "X-Amz-Content-Sha256": c.payload,
				"X-Amz-Object-Lock-Mode": "COMPLIANCE", "X-Amz-Object-Lock-Retain-Until-Date": "2041-11-20T09:30:00Z",
				"If-None-Match": condition, "Content-Length": "100000",
			} {
				if got := h.Get(name); got != want {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			}
			signed := h.Get("Authorization")
			for _, name := range []string{"content-md5", "x-amz-checksum-sha256", "x-amz-object-lock-mode", "x-amz-object-lock-retain-until-date"} {
				if !strings.Contains(signed, name) {
					t.Errorf("%s is not signed: %s", name, signed)
				}
			}
			index := w.puts["/"+uploadtest.Bucket+"/moqian/"+upload.IndexKey(key)]
			if index.Get("X-Amz-Object-Lock-Retain-Until-Date") != "2041-11-20T09:30:00Z" || index.Get("Content-Md5") == "" ||
				index.Get("X-Amz-Checksum-Sha256") == "" || index.Get("Content-Type") != "application/json" {
				t.Errorf("the index goes with %v", index)
			}
		})
	}
}

// A pack is kept as long as the youngest of its documents.
func TestPackIsKeptLongest(t *testing.T) {
	w := newWire(t, took)
	no := false
	a := newS3(t, w.URL, func(o *upload.S3Options) { o.Retain, o.Governance, o.Unconditional = 24*time.Hour, true, &no })
	old, _ := uploadtest.Item(1, 10)
	young, _ := uploadtest.Item(2, 10)
	young.Filed = young.Filed.Add(3 * time.Hour)
	if err := a.SendIndex(ctx, young, old); err != nil {
		t.Fatal(err)
	}
	for path, h := range w.puts {
		if until := h.Get("X-Amz-Object-Lock-Retain-Until-Date"); until != "2026-11-25T12:30:00Z" || h.Get("X-Amz-Object-Lock-Mode") != "GOVERNANCE" {
			t.Errorf("%s is kept until %s, %s", path, until, h.Get("X-Amz-Object-Lock-Mode"))
		}
	}
}

// Servers and the boxes before them answer in all kinds of ways.
func TestAnswers(t *testing.T) {
	say := func(status int, body string) func(http.ResponseWriter, *http.Request, []byte) {
		return func(w http.ResponseWriter, _ *http.Request, _ []byte) {
			w.WriteHeader(status)
			io.WriteString(w, body)
		}
	}
	s3 := func(code string) string {
		return `<?xml version="1.0"?><Error><Code>` + code + `</Code><Message>secret words</Message></Error>`
	}
	for _, c := range []struct {
		name   string
		answer func(http.ResponseWriter, *http.Request, []byte)
		want   error
		fault  store.Fault
		words  string
	}{
		{"an S3 refusal", say(403, s3("AccessDenied")), upload.ErrRefused, store.FaultRefused, "403 AccessDenied"},
		{"a page of a proxy", say(403, "<html><body>secret words</body></html>"), upload.ErrRefused, store.FaultRefused, "403 Forbidden"},
		{"nothing but a number", say(403, ""), upload.ErrRefused, store.FaultRefused, "403 Forbidden"},
		{"a redirect", say(307, ""), upload.ErrRefused, store.FaultRefused, "307"},
		{"no such bucket", say(404, s3("NoSuchBucket")), upload.ErrRefused, store.FaultRefused, "NoSuchBucket"},
		{"a bad gateway", say(502, "<html>"), upload.ErrLater, store.FaultLater, "502"},
		{"too many", say(429, ""), upload.ErrLater, store.FaultLater, "429"},
		{"slow down", say(503, s3("SlowDown")), upload.ErrLater, store.FaultLater, "SlowDown"},
		{"somebody else writes", say(409, s3("OperationAborted")), upload.ErrLater, store.FaultLater, "OperationAborted"},
		{"changed on the way", say(400, s3("BadDigest")), upload.ErrLater, store.FaultLater, "changed on the way"},
		{"a very long answer", say(500, strings.Repeat("x", 1<<20)), upload.ErrLater, store.FaultLater, "500"},
		{"an ETag of other bytes", func(w http.ResponseWriter, _ *http.Request, _ []byte) {
			w.Header().Set("ETag", `"00000000000000000000000000000000"`)
		}, upload.ErrLater, store.FaultLater, "ETag"},
		{"an ETag that is no MD5", func(w http.ResponseWriter, _ *http.Request, _ []byte) {
			w.Header().Set("ETag", `"abc-2"`)
		}, nil, "", ""},
		{"the page of a captive portal", say(200, "<html>secret words"), upload.ErrLater, store.FaultLater, "no ETag"},
	} {
		t.Run(c.name, func(t *testing.T) {
			no := false
			a := newS3(t, newWire(t, c.answer).URL, func(o *upload.S3Options) { o.Unconditional = &no })
			it, pdf := uploadtest.Item(3, 50_000)
			_, err := a.SendDocument(ctx, it, pdf)
			if !errors.Is(err, c.want) || upload.FaultOf(err) != c.fault {
				t.Fatalf("%v, fault %q", err, upload.FaultOf(err))
			}
			if err != nil && (!strings.Contains(err.Error(), c.words) || strings.Contains(err.Error(), "secret words")) {
				t.Errorf("it says %q", err)
			}
		})
	}
}

// A server that answers before it has read the document: once the archive has
// returned, the document's room is the next one's, and nothing of that must follow.
func TestEarlyAnswer(t *testing.T) {
	for _, status := range []string{"200 OK", "503 Service Unavailable"} {
		t.Run(status, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			overwritten, late := make(chan struct{}), make(chan int)
			go func() {
				c, err := l.Accept()
				if err != nil {
					late <- -1
					return
				}
				defer c.Close()
				r := bufio.NewReader(c)
				if _, err := http.ReadRequest(r); err != nil {
					late <- -1
					return
				}
				fmt.Fprintf(c, "HTTP/1.1 %s\r\nContent-Length: 2\r\n\r\nno", status)
				<-overwritten
				rest, _ := io.ReadAll(r)
				late <- bytes.Count(rest, []byte("next document"))
			}()
			no := false
			a := newS3(t, "http://"+l.Addr().String(), func(o *upload.S3Options) { o.Unconditional = &no })
			it, pdf := uploadtest.Item(3, 32<<20) // more than sockets hold
			a.SendDocument(ctx, it, pdf)
			for i := 0; i < len(pdf); i += 256 << 10 {
				copy(pdf[i:], "next document")
			}
			close(overwritten)
			if n := <-late; n != 0 {
				t.Errorf("the next document followed %d times", n)
			}
		})
	}
}
