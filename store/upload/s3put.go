package upload

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/minio/minio-go/v7"
)

// object is something to be written once.
type object struct {
	key   string
	data  []byte
	sum   [32]byte // SHA-256
	kind  string   // content type
	until time.Time
}

// once writes an object that is not there, and says whether it was. Where a
// condition works the server decides; elsewhere the object is looked for first.
func (s *S3) once(ctx context.Context, o object, cond bool) (already bool, err error) {
	if !cond {
		switch already, err := s.there(ctx, o); {
		case err == nil && already:
			return true, nil
		case err != nil && !errors.Is(err, ErrAbsent):
			return false, err
		}
	}
	err = s.put(ctx, o, cond)
	if cond && status(err) == http.StatusPreconditionFailed {
		already, err := s.there(ctx, o)
		if errors.Is(err, ErrAbsent) {
			return false, fmt.Errorf("%w: it says both that %s is there and that it is not", ErrLater, o.key)
		}
		return already, err
	}
	return false, kind(ctx, err)
}

// errETag: the answer does not fit what was sent.
var errETag = errors.New("the ETag is not that of the bytes that were sent")

// errNoETag: every S3 server gives one; a captive portal does not.
var errNoETag = errors.New("the answer has no ETag: it may not be the archive's")

// put is one PUT. The ETag of the answer is compared where it is an MD5; it is
// not, for example, under the server's own encryption.
func (s *S3) put(ctx context.Context, o object, cond bool) error {
	sum := md5.Sum(o.data)
	h := http.Header{
		"Content-Type": {o.kind},
		"Content-Md5":  {base64.StdEncoding.EncodeToString(sum[:])},
		checksumHeader: {base64.StdEncoding.EncodeToString(o.sum[:])},
	}
	if s.digest.Load() {
		h.Set(payloadHeader, unsigned)
	}
	if !o.until.IsZero() {
		mode := minio.Compliance
		if s.o.Governance {
			mode = minio.Governance
		}
		lock(h, mode, o.until)
	}
	if cond {
		h.Set("If-None-Match", "*")
	}
	return s.again(func() error {
		answer, err := s.write(ctx, o.key, o.data, h.Clone())
		if err != nil {
			return err
		}
		tag := etag(answer)
		if tag == "" {
			return errNoETag
		}
		if len(tag) == 32 && !strings.EqualFold(tag, hex.EncodeToString(sum[:])) {
			return fmt.Errorf("%w: %s, should be %x", errETag, tag, sum)
		}
		return nil
	})
}

// lock asks for an object to be kept until a time.
func lock(h http.Header, mode minio.RetentionMode, until time.Time) {
	h.Set("X-Amz-Object-Lock-Mode", mode.String())
	h.Set("X-Amz-Object-Lock-Retain-Until-Date", until.UTC().Format(time.RFC3339))
}

func etag(answer http.Header) string { return strings.Trim(answer.Get("ETag"), `"`) }

// body is that of one request; its reader is done with it when it is closed.
type body struct {
	bytes.Reader
	once    sync.Once
	reading *sync.WaitGroup
}

func newBody(data []byte, reading *sync.WaitGroup) *body {
	b := &body{reading: reading}
	b.Reset(data)
	reading.Add(1)
	return b
}

// Close may be called more than once.
func (b *body) Close() error {
	b.once.Do(b.reading.Done)
	return nil
}

// maxAnswer is the most that is read of a refusal.
const maxAnswer = 64 << 10

// write is a PUT of bytes with these headers, the signature besides; it gives the
// headers of the answer, or minio's error for a refusal. minio's own PutObject
// looks at the body in ways that cost a tenth of a whole upload.
//
// When it returns nobody reads data any more. That is more than net/http says: its
// transport may read on after an early answer, until it closes the body.
func (s *S3) write(ctx context.Context, key string, data []byte, h http.Header) (http.Header, error) {
	u := *s.base
	u.Path = "/" + path.Join(s.o.Bucket, s.name(key))
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, u.String(), http.NoBody)
	if err != nil {
		return nil, err
	}
	var reading sync.WaitGroup
	defer reading.Wait() // after the answer's body was closed, which ends a request under way
	req.Header, req.ContentLength = h, int64(len(data))
	req.GetBody = func() (io.ReadCloser, error) { return newBody(data, &reading), nil }
	req.Body = newBody(data, &reading)
	resp, err := s.sign.do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusOK {
		_, err := io.Copy(io.Discard, io.LimitReader(resp.Body, maxAnswer))
		return resp.Header, err
	}
	return nil, refusal(resp)
}

// refusal reads an answer that is none of the wanted. What is no error of S3's has
// no code.
func refusal(resp *http.Response) error {
	said, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	r := minio.ErrorResponse{}
	if err != nil || xml.Unmarshal(said, &r) != nil {
		r = minio.ErrorResponse{}
	}
	r.StatusCode = resp.StatusCode
	return r
}
