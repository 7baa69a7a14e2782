package station

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"moqian/store/upload"
)

// ErrNoArchive: no archive is named.
var ErrNoArchive = errors.New("no archive is configured")

// ErrAddress: an archive's address is neither of a folder nor of S3.
var ErrAddress = errors.New("an archive is dir:PATH or s3://BUCKET/PREFIX?endpoint=http://HOST:PORT&region=R")

// Line is how an archive is spoken to.
type Line struct {
	// Address is dir:PATH or s3://BUCKET/PREFIX?endpoint=URL&region=R; empty: the
	// site's.
	Address string
	// Limit in bytes a second and Workers at a time; 0: the site's.
	Limit   int64
	Workers int
	// Getenv gives the access key of an S3 archive.
	Getenv func(string) string
}

// Archive opens the archive of a line.
func (st *Station) Archive(l Line) (upload.Archive, error) {
	address := l.Address
	if address == "" {
		address = st.Site.Archive
	}
	limit := l.Limit
	if limit == 0 {
		limit = st.Site.Limit
	}
	var limiter *upload.Limiter
	if limit > 0 {
		limiter = upload.NewLimiter(limit, st.now, nil)
	}
	switch {
	case address == "":
		return nil, ErrNoArchive
	case strings.HasPrefix(address, "dir:"):
		return st.folder(strings.TrimPrefix(address, "dir:"), limiter)
	case strings.HasPrefix(address, "s3:"):
		return st.s3(address, l.Getenv, limiter)
	}
	return nil, fmt.Errorf("%w: %q", ErrAddress, address)
}

func (st *Station) folder(dir string, limit *upload.Limiter) (upload.Archive, error) {
	if st.Trial {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("making the trial archive: %w", err)
		}
	}
	return upload.Folder{Dir: dir, AcceptTest: st.acceptTest(), Limit: limit}, nil
}

func (st *Station) acceptTest() bool { return st.Trial || st.Site.AcceptTest }

func (st *Station) s3(address string, getenv func(string) string, limit *upload.Limiter) (upload.Archive, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return nil, ErrAddress
	}
	q := u.Query()
	for name := range q {
		if name != "endpoint" && name != "region" {
			return nil, fmt.Errorf("%w: unknown parameter %q", ErrAddress, name)
		}
	}
	secure, err := st.tls()
	if err != nil {
		return nil, err
	}
	return upload.NewS3(upload.S3Options{Endpoint: q.Get("endpoint"), Region: q.Get("region"),
		Bucket: u.Host, Prefix: strings.Trim(u.Path, "/"),
		AccessKey: getenv("AWS_ACCESS_KEY_ID"), SecretKey: getenv("AWS_SECRET_ACCESS_KEY"),
		SessionToken: getenv("AWS_SESSION_TOKEN"), TLS: secure,
		Retain: time.Duration(st.Site.RetainDays) * 24 * time.Hour, AcceptTest: st.acceptTest(), Limit: limit, Now: st.now})
}

// tls is the site's client certificate and roots, nil when it names none.
func (st *Station) tls() (*tls.Config, error) {
	if st.Site.ClientCert == "" && st.Site.CA == "" {
		return nil, nil
	}
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if st.Site.ClientCert != "" {
		pair, err := tls.LoadX509KeyPair(st.Site.ClientCert, st.Site.ClientKey)
		if err != nil {
			return nil, fmt.Errorf("the archive's client certificate: %w", err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	if st.Site.CA != "" {
		pool, err := Pool(st.Site.CA)
		if err != nil {
			return nil, err
		}
		c.RootCAs = pool
	}
	return c, nil
}

// Worker empties the queue into an archive, the checkpoints of the log too;
// vouchers get their time stamp on the way.
func (st *Station) Worker(to upload.Archive, l Line) (*upload.Worker, error) {
	finalise, err := st.Finalise()
	if err != nil {
		return nil, err
	}
	workers := l.Workers
	if workers == 0 {
		workers = st.Site.Workers
	}
	return &upload.Worker{Outbox: st.Store.Outbox(), Sender: to, Finalise: finalise, Now: st.now, Workers: workers,
		Audit: st.Store.Audit(), Branch: st.Site.BranchCode, Origin: st.origin()}, nil
}

// origin names this workstation in checkpoints.
func (st *Station) origin() string { return "moqian-" + st.Site.BranchCode + "-" + st.Site.Workstation }
