package tsa_test

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"moqian/sign"
	"moqian/sign/signtest"
	"moqian/sign/tsa"
)

var now = time.Date(2026, 3, 18, 14, 5, 32, 0, time.UTC)

func clock() time.Time { return now }

// authority is a TSA behind HTTP and a client that trusts it.
func authority(t *testing.T) (*signtest.TSA, *tsa.Client, *http.ServeMux) {
	t.Helper()
	ca, err := signtest.New("TSA Root", "UNIT", now)
	if err != nil {
		t.Fatal(err)
	}
	a, err := ca.TSA("TSA", now.Add(-time.Minute), now.AddDate(1, 0, 0), clock)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/", a)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	roots := x509.NewCertPool()
	roots.AddCert(ca.Root)
	return a, &tsa.Client{URL: server.URL, Roots: roots, Now: clock}, mux
}

func TestStamp(t *testing.T) {
	_, c, _ := authority(t)
	data := []byte("data")
	token, err := c.Stamp(context.Background(), sha256.Sum256(data))
	if err != nil {
		t.Fatal(err)
	}
	k, err := sign.ReadToken(token, data)
	if err != nil || !k.Time.Equal(now) || k.TSA.Subject.CommonName != "TSA" {
		t.Errorf("%+v, %v", k, err)
	}
	if _, err := sign.ReadToken(token, []byte("other")); err == nil {
		t.Error("the token is over other data too")
	}
}

// TestMisbehaviour: an authority that is down, slow, refusing or lying.
func TestMisbehaviour(t *testing.T) {
	plain := func(status int, kind, body string) func(*signtest.TSA, *tsa.Client, *http.ServeMux) {
		return func(_ *signtest.TSA, c *tsa.Client, mux *http.ServeMux) {
			mux.HandleFunc("/odd", func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", kind)
				w.WriteHeader(status)
				_, _ = w.Write([]byte(body))
			})
			c.URL += "/odd"
		}
	}
	const reply = "application/timestamp-reply"
	tests := []struct {
		name   string
		change func(*signtest.TSA, *tsa.Client, *http.ServeMux)
		want   error
	}{
		{"down", func(_ *signtest.TSA, c *tsa.Client, _ *http.ServeMux) { c.URL = "http://127.0.0.1:1" }, tsa.ErrUnavailable},
		{"no address", func(_ *signtest.TSA, c *tsa.Client, _ *http.ServeMux) { c.URL = "::" }, tsa.ErrUnavailable},
		{"slow", func(_ *signtest.TSA, c *tsa.Client, mux *http.ServeMux) {
			mux.HandleFunc("/slow", func(_ http.ResponseWriter, r *http.Request) {
				// A server notices that the client left only once the body is read.
				_, _ = io.Copy(io.Discard, r.Body)
				<-r.Context().Done()
			})
			c.URL += "/slow"
			c.Timeout = 50 * time.Millisecond
		}, tsa.ErrUnavailable},
		{"overloaded", plain(503, reply, ""), tsa.ErrUnavailable},
		{"forbidden", plain(403, reply, ""), tsa.ErrRefused},
		{"refusing", func(a *signtest.TSA, _ *tsa.Client, _ *http.ServeMux) { a.Status = 2 }, tsa.ErrRefused},
		{"a web page", plain(200, "text/html", "<html>"), tsa.ErrLying},
		{"garbage", plain(200, reply, "garbage"), tsa.ErrLying},
		{"no token", plain(200, reply, "\x30\x05\x30\x03\x02\x01\x00"), tsa.ErrLying},
		{"endless", plain(200, reply, string(make([]byte, 70<<10))), tsa.ErrLying},
		{"other digest", func(a *signtest.TSA, _ *tsa.Client, _ *http.ServeMux) { a.Digest = make([]byte, 32) }, tsa.ErrLying},
		{"other request", func(a *signtest.TSA, _ *tsa.Client, _ *http.ServeMux) { a.Nonce = []byte{1} }, tsa.ErrLying},
		{"bad signature", func(a *signtest.TSA, _ *tsa.Client, _ *http.ServeMux) {
			a.Sent = func(b []byte) []byte { b[len(b)-1] ^= 1; return b }
		}, tsa.ErrLying},
		{"clock off by years", func(a *signtest.TSA, _ *tsa.Client, _ *http.ServeMux) {
			a.Now = func() time.Time { return now.AddDate(-3, 0, 0) }
		}, tsa.ErrLying},
		{"stranger", func(_ *signtest.TSA, c *tsa.Client, _ *http.ServeMux) { c.Roots = x509.NewCertPool() }, tsa.ErrLying},
		{"not for time stamps", func(a *signtest.TSA, _ *tsa.Client, _ *http.ServeMux) {
			ca, _ := signtest.New("x", "UNIT", now)
			a.Key, _ = ca.P256("signer", now.Add(-time.Minute), now.AddDate(1, 0, 0))
		}, tsa.ErrLying},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, c, mux := authority(t)
			tt.change(a, c, mux)
			token, err := c.Stamp(context.Background(), [32]byte{1})
			if token != nil || !errors.Is(err, tt.want) {
				t.Errorf("%d bytes, %v; want %v", len(token), err, tt.want)
			}
		})
	}
}

func TestCancel(t *testing.T) {
	_, c, _ := authority(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := c.Stamp(ctx, [32]byte{}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func FuzzReadToken(f *testing.F) {
	ca, err := signtest.New("TSA Root", "UNIT", now)
	if err != nil {
		f.Fatal(err)
	}
	a, err := ca.TSA("TSA", now, now.AddDate(1, 0, 0), clock)
	if err != nil {
		f.Fatal(err)
	}
	token, err := a.Stamp(context.Background(), sha256.Sum256(nil))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(token)
	f.Fuzz(func(t *testing.T, b []byte) {
		if k, err := sign.ReadToken(b); err == nil && string(b) != string(token) && k.Time.Equal(now) && k.TSA.Equal(a.Key.Chain()[0]) {
			// The value of an ECDSA signature has a twin (n − s); nothing else may vary.
			t.Logf("another reading of the token: %x", b)
		}
	})
}
