package upload

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"path"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"moqian/store"
)

// S3Options of an archive that speaks the S3 protocol.
type S3Options struct {
	Endpoint string // http://host:port or https://host:port
	Region   string // us-east-1 if empty
	Bucket   string // must exist
	Prefix   string // before every key, "" or a/b; letters, digits, - and _

	AccessKey, SecretKey, SessionToken string

	// TLS holds the roots and, for mTLS, the client certificate; nil is the
	// system's.
	TLS *tls.Config
	// Retain is how long the archive must keep a document, counted from when it
	// was filed, so that a repeat asks for the same; 0 asks for nothing.
	Retain time.Duration
	// Governance asks for governance instead of compliance mode.
	Governance bool
	// AcceptTest lets TEST items in.
	AcceptTest bool
	// Unconditional: the archive is known not to honour If-None-Match, so each
	// document is looked for before it is sent. Nil finds it out with a probe at
	// the first Send.
	Unconditional *bool
	// Limit, if not nil, bounds what is sent.
	Limit *Limiter
	// Stall is how long nothing may move before a connection is given up, 60 s if
	// zero.
	Stall time.Duration
	// Now is the clock.
	Now func() time.Time
}

func (o *S3Options) check() (*url.URL, error) {
	u, err := url.Parse(o.Endpoint)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Path != "" && u.Path != "/" {
		return nil, fmt.Errorf("archive: the endpoint %q is not like https://host:port", o.Endpoint)
	}
	if o.Bucket == "" || o.Now == nil {
		return nil, errors.New("archive: Bucket and Now are needed")
	}
	if o.Retain < 0 || o.Stall < 0 {
		return nil, errors.New("archive: a time is negative")
	}
	o.Prefix = strings.Trim(o.Prefix, "/")
	for _, part := range strings.Split(o.Prefix, "/") {
		if o.Prefix != "" && !plain(part) {
			return nil, fmt.Errorf("archive: the prefix %q has other than letters, digits, - and _", o.Prefix)
		}
	}
	if o.Region == "" {
		o.Region = "us-east-1"
	}
	if o.Stall == 0 {
		o.Stall = time.Minute
	}
	return u, nil
}

// S3 is an archive that speaks the S3 protocol: one PUT for a document, one for
// the index of those sent together, under branch/date/. It relies on as little as it can: the
// digest goes along as SHA-256 and as Content-MD5, because there are servers
// that honour only one; the ETag is compared; a condition is used where a probe
// showed that it works.
type S3 struct {
	o     S3Options
	base  *url.URL // of the endpoint
	core  minio.Core
	sign  *requestSigner
	close func()

	mu     sync.Mutex // guards what follows
	probed bool
	cond   bool // a condition is honoured

	// digest: a wrong x-amz-checksum-sha256 is refused, so that the header, which
	// is signed, guards the body by itself: a server that compares it need not hash
	// the body for the signature as well.
	digest atomic.Bool
}

// NewS3 makes the archive; it connects to nobody yet. Close it after use.
func NewS3(o S3Options) (*S3, error) {
	u, err := o.check()
	if err != nil {
		return nil, err
	}
	door := &doorman{now: o.Now}
	dial := &net.Dialer{Timeout: 10 * time.Second}
	transport := &http.Transport{
		Proxy: http.ProxyFromEnvironment,
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			c, err := dial.DialContext(ctx, network, addr)
			if err != nil {
				return nil, err
			}
			return &line{Conn: c, stall: o.Stall, limit: o.Limit}, nil
		},
		TLSClientConfig:     door.tlsConfig(o.TLS),
		TLSHandshakeTimeout: 20 * time.Second,
		MaxIdleConnsPerHost: 64,
		WriteBufferSize:     2 << 10, // the header; bodies go past it, see line.ReadFrom
		IdleConnTimeout:     30 * time.Second,
		DisableCompression:  true,
	}
	door.next = transport
	s := &S3{o: o, base: u, sign: &requestSigner{
		next: door, access: o.AccessKey, secret: o.SecretKey, token: o.SessionToken, zone: o.Region, now: o.Now,
	}}
	client, err := minio.New(u.Host, &minio.Options{
		Creds:     credentials.NewStatic("", "", "", credentials.SignatureAnonymous), // s.sign signs
		Secure:    u.Scheme == "https",
		Region:    o.Region,
		Transport: s.sign,
		// The bucket in the path: a bank's own server seldom has a name per bucket.
		BucketLookup: minio.BucketLookupPath,
		MaxRetries:   1, // the Worker decides when to try again
	})
	if err != nil {
		return nil, fmt.Errorf("archive: %w", err)
	}
	s.core, s.close = minio.Core{Client: client}, transport.CloseIdleConnections
	if o.Unconditional != nil {
		s.probed, s.cond = true, !*o.Unconditional
	}
	return s, nil
}

// Close gives idle connections up.
func (s *S3) Close() { s.close() }

// Skew is how far the archive's clock is ahead of ours, as of the last answer.
func (s *S3) Skew() time.Duration { return s.sign.Skew() }

// Send writes the document and then its index object. The place of the receipt
// is s3://host/bucket/key.
func (s *S3) Send(ctx context.Context, it store.Item, pdf []byte) (Receipt, error) {
	receipt, err := s.SendDocument(ctx, it, pdf)
	if err == nil {
		err = s.SendIndex(ctx, it)
	}
	if err != nil {
		return Receipt{}, err
	}
	return receipt, nil
}

// SendDocument writes the document only.
func (s *S3) SendDocument(ctx context.Context, it store.Item, pdf []byte) (Receipt, error) {
	if it.Test && !s.o.AcceptTest {
		return Receipt{}, fmt.Errorf("%w: it is marked TEST", ErrRefused)
	}
	sum := sha256.Sum256(pdf)
	if hex.EncodeToString(sum[:]) != it.SHA256 {
		return Receipt{}, fmt.Errorf("%w: the bytes do not fit their digest", ErrRefused)
	}
	key, err := Key(it)
	if err != nil {
		return Receipt{}, err
	}
	cond, err := s.conditional(ctx)
	if err != nil {
		return Receipt{}, err
	}
	already, err := s.once(ctx, object{key, pdf, sum, "application/pdf", s.until(it)}, cond)
	if err != nil {
		return Receipt{}, err
	}
	return Receipt{Place: s.place(key), Already: already}, nil
}

// SendIndex writes an index object; it is kept as long as the youngest of its
// documents. It is the same bytes each time and its key is made from them: where
// a repeat overwrites it, it overwrites it with itself. So it needs no condition
// and nothing is asked first.
func (s *S3) SendIndex(ctx context.Context, items ...store.Item) error {
	key, data, err := pack(items)
	if err != nil {
		return err
	}
	var until time.Time
	for _, it := range items {
		if u := s.until(it); u.After(until) {
			until = u
		}
	}
	if err := s.put(ctx, object{key, data, sha256.Sum256(data), "application/json", until}, false); err != nil {
		return fmt.Errorf("its index: %w", kind(ctx, err))
	}
	return nil
}

// until is how long the archive must keep an item, zero if nothing is asked for.
func (s *S3) until(it store.Item) time.Time {
	if s.o.Retain == 0 {
		return time.Time{}
	}
	return it.Filed.Add(s.o.Retain).UTC().Truncate(time.Second)
}

// Put writes a small object once, to be kept for as long as a document that is filed
// now.
func (s *S3) Put(ctx context.Context, key string, data []byte) (Receipt, error) {
	cond, err := s.conditional(ctx)
	if err != nil {
		return Receipt{}, err
	}
	until := s.until(store.Item{Filed: s.o.Now().Add(s.Skew())})
	already, err := s.once(ctx, object{key, data, sha256.Sum256(data), "application/octet-stream", until}, cond)
	if err != nil {
		return Receipt{}, err
	}
	return Receipt{Place: s.place(key), Already: already}, nil
}

func (s *S3) place(key string) string {
	return "s3://" + path.Join(s.base.Host, s.o.Bucket, s.name(key))
}

// name is the key in the bucket.
func (s *S3) name(key string) string { return path.Join(s.o.Prefix, key) }

// conditional says whether conditions work, by a probe the first time.
func (s *S3) conditional(ctx context.Context) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.probed {
		return s.cond, nil
	}
	cond, err := s.probeCondition(ctx)
	if err != nil {
		return false, err
	}
	digest, err := s.probeDigest(ctx)
	if err != nil {
		return false, err
	}
	s.probed, s.cond = true, cond
	s.digest.Store(digest)
	return cond, nil
}

// again runs an operation once more when the server refused it for our clock,
// which the signer has put right by now.
func (s *S3) again(f func() error) error {
	err := f()
	if minio.ToErrorResponse(err).Code == "RequestTimeTooSkewed" {
		err = f()
	}
	return err
}

// there says whether the archive has just this object. It trusts size and digest
// of a Stat where both are told, else it reads the object. Other bytes are
// ErrRefused.
func (s *S3) there(ctx context.Context, o object) (bool, error) {
	var info minio.ObjectInfo
	err := s.again(func() (err error) {
		opts := minio.StatObjectOptions{Checksum: true}
		info, err = s.core.StatObject(ctx, s.o.Bucket, s.name(o.key), opts)
		return err
	})
	if err != nil {
		return false, kind(ctx, err)
	}
	same := info.Size == int64(len(o.data))
	md5sum := md5.Sum(o.data)
	switch tag := strings.Trim(info.ETag, `"`); {
	case !same:
	case info.ChecksumSHA256 != "":
		same = info.ChecksumSHA256 == base64.StdEncoding.EncodeToString(o.sum[:])
	case len(tag) == 32 && strings.EqualFold(tag, hex.EncodeToString(md5sum[:])):
	default:
		data, err := s.Get(ctx, o.key)
		if err != nil {
			return false, err
		}
		same = bytes.Equal(data, o.data)
	}
	if !same {
		return false, fmt.Errorf("%w: other bytes lie at %s", ErrRefused, s.place(o.key))
	}
	return true, nil
}

// Get reads a whole object.
func (s *S3) Get(ctx context.Context, key string) ([]byte, error) {
	return s.read(ctx, key, func(http.Header) error { return nil })
}

// maxObject is the most that is read back: no voucher is as large.
const maxObject = 256 << 20

// List gives the keys under a prefix.
func (s *S3) List(ctx context.Context, prefix string) ([]string, error) {
	full := s.o.Prefix
	if full != "" {
		full += "/"
	}
	var keys []string
	after := ""
	for {
		var page minio.ListBucketV2Result
		err := s.again(func() (err error) {
			if err := ctx.Err(); err != nil {
				return err
			}
			page, err = s.core.ListObjectsV2(s.o.Bucket, full+prefix, after, "", "", 1000)
			return err
		})
		if err != nil {
			return nil, kind(ctx, err)
		}
		for _, o := range page.Contents {
			keys = append(keys, strings.TrimPrefix(o.Key, full))
			after = o.Key
		}
		if !page.IsTruncated || len(page.Contents) == 0 {
			return keys, nil
		}
	}
}
