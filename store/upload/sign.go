package upload

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// requestSigner is an http.RoundTripper that signs S3 requests (AWS Signature Version
// 4, with the payload's SHA-256 where it is known) and follows the server's
// clock. minio-go signs with the machine's own clock and hashes the payload
// again, so it is used without credentials and signs nothing.
type requestSigner struct {
	next                        http.RoundTripper
	access, secret, token, zone string // zone is the region
	now                         func() time.Time

	mu   sync.Mutex
	skew time.Duration // the server's clock less ours
	day  string        // for which key was derived
	key  []byte
}

// emptySHA256 is the digest of no bytes.
const emptySHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

const (
	payloadHeader = "X-Amz-Content-Sha256"
	// checksumHeader tells the server the digest of the body, and the signer as
	// well, so that nobody here hashes twice.
	checksumHeader = "X-Amz-Checksum-Sha256"
)

// skewStep is how far clocks may differ before it matters: servers refuse about
// 15 minutes; the Date header has whole seconds.
const skewStep = 2 * time.Second

// RoundTrip signs, sends and learns the server's time from its answer.
func (s *requestSigner) RoundTrip(req *http.Request) (*http.Response, error) {
	return s.do(req.Clone(req.Context()))
}

// do is RoundTrip for a request that may be changed.
func (s *requestSigner) do(req *http.Request) (*http.Response, error) {
	s.sign(req, s.now().Add(s.Skew()).UTC())
	resp, err := s.next.RoundTrip(req)
	if err == nil {
		s.learn(resp)
	}
	return resp, err
}

// Skew is the server's clock less ours, zero while they agree.
func (s *requestSigner) Skew() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.skew
}

// learn takes the time from a response. Small differences are the time a
// response takes.
func (s *requestSigner) learn(resp *http.Response) {
	date, err := http.ParseTime(resp.Header.Get("Date"))
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		return
	}
	d := date.Sub(s.now())
	switch {
	case d.Abs() <= skewStep:
		s.skew = 0
	case (d - s.skew).Abs() > skewStep:
		s.skew = d
	}
}

const signTime = "20060102T150405Z"

func (s *requestSigner) sign(req *http.Request, now time.Time) {
	stamp := now.Format(signTime)
	h := req.Header
	h.Set("X-Amz-Date", stamp)
	if s.token != "" {
		h.Set("X-Amz-Security-Token", s.token)
	}
	h.Set(payloadHeader, payload(req))
	headers, names := canonicalHeaders(req)
	canonical := strings.Join([]string{
		req.Method, req.URL.EscapedPath(), strings.ReplaceAll(req.URL.Query().Encode(), "+", "%20"),
		headers, names, h.Get(payloadHeader),
	}, "\n")
	scope := stamp[:8] + "/" + s.zone + "/s3/aws4_request"
	sum := sha256.Sum256([]byte(canonical))
	text := "AWS4-HMAC-SHA256\n" + stamp + "\n" + scope + "\n" + hex.EncodeToString(sum[:])
	h.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+s.access+"/"+scope+
		", SignedHeaders="+names+", Signature="+hex.EncodeToString(mac(s.signingKey(stamp[:8]), text)))
}

// unsigned says that the signature does not cover the body itself.
const unsigned = "UNSIGNED-PAYLOAD"

// payload is what the signature says of the body: what the caller has set, else
// its digest where it is known.
func payload(req *http.Request) string {
	if set := req.Header.Get(payloadHeader); set == unsigned {
		return set
	}
	if req.Body == nil || req.ContentLength == 0 {
		return emptySHA256
	}
	if sum, err := base64.StdEncoding.DecodeString(req.Header.Get(checksumHeader)); err == nil && len(sum) == sha256.Size {
		return hex.EncodeToString(sum)
	}
	return unsigned
}

// canonicalHeaders gives the header lines and their names. Headers that proxies
// change are not signed.
func canonicalHeaders(req *http.Request) (lines, names string) {
	host := req.Host
	if host == "" {
		host = req.URL.Host
	}
	all := []string{"host"}
	for name := range req.Header {
		lower := strings.ToLower(name)
		if strings.HasPrefix(lower, "x-amz-") || lower == "content-md5" || lower == "content-type" {
			all = append(all, lower)
		}
	}
	slices.Sort(all)
	var b bytes.Buffer
	for _, name := range all {
		value := host
		if name != "host" {
			value = strings.Join(strings.Fields(strings.Join(req.Header.Values(name), ",")), " ")
		}
		b.WriteString(name + ":" + value + "\n")
	}
	return b.String(), strings.Join(all, ";")
}

// signingKey is derived once a day.
func (s *requestSigner) signingKey(day string) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.day != day {
		k := mac([]byte("AWS4"+s.secret), day)
		for _, part := range []string{s.zone, "s3", "aws4_request"} {
			k = mac(k, part)
		}
		s.day, s.key = day, k
	}
	return s.key
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}
