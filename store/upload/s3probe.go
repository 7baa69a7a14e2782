package upload

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
)

// probeBytes is what a probe writes.
const probeBytes = "moqian archive probe\n"

// probeCondition finds out whether a second write to a key is refused. It uses
// one key for ever: after the first probe of all nothing is written where
// conditions work.
func (s *S3) probeCondition(ctx context.Context) (bool, error) {
	o := object{"probe/condition", []byte(probeBytes), sha256.Sum256([]byte(probeBytes)), "text/plain", time.Time{}}
	for range 2 {
		err := s.put(ctx, o, true)
		switch status(err) {
		case http.StatusPreconditionFailed:
			return true, nil
		case http.StatusNotImplemented, http.StatusBadRequest:
			return false, nil // it does not know the header
		}
		if err != nil {
			return false, kind(ctx, err)
		}
	}
	return false, nil
}

// Probe finds out what the archive can do. Objects under "probe/" stay; with a
// retention of a minute if the archive keeps one.
func (s *S3) Probe(ctx context.Context) (a Abilities, err error) {
	a = Abilities{Kind: "s3"}
	if a.Conditional, err = s.probeCondition(ctx); err != nil {
		return a, fmt.Errorf("probing the archive: %w", err)
	}
	digest, err := s.probeDigest(ctx)
	if err != nil {
		return a, fmt.Errorf("probing the archive: %w", err)
	}
	s.mu.Lock()
	s.probed, s.cond = true, a.Conditional
	s.mu.Unlock()
	s.digest.Store(digest)
	if !a.Conditional {
		a.Notes = append(a.Notes, "conditions are not honoured: each document is looked for before it is sent")
	}
	wrong := sha256.Sum256([]byte("something else"))
	md5Wrong := md5.Sum([]byte("something else"))
	if a.MD5, err = s.refuses(ctx, http.Header{"Content-Md5": {base64.StdEncoding.EncodeToString(md5Wrong[:])}}); err != nil {
		return a, fmt.Errorf("probing the archive: %w", err)
	}
	if a.SHA256, err = s.refuses(ctx, http.Header{checksumHeader: {base64.StdEncoding.EncodeToString(wrong[:])}}); err != nil {
		return a, fmt.Errorf("probing the archive: %w", err)
	}
	if !a.SHA256 {
		a.Notes = append(a.Notes, "a wrong SHA-256 is accepted: Content-MD5 guards the way there, the later reading back the rest")
	}
	if err := s.probeStat(ctx, &a); err != nil {
		return a, fmt.Errorf("probing the archive: %w", err)
	}
	a.Skew = s.Skew()
	if a.Skew.Abs() > 5*time.Minute {
		a.Notes = append(a.Notes, fmt.Sprintf("the clocks differ by %s: requests are signed with the archive's time", a.Skew.Round(time.Second)))
	}
	return a, nil
}

// probeDigest finds out whether the checksum header alone guards the body.
func (s *S3) probeDigest(ctx context.Context) (bool, error) {
	wrong := sha256.Sum256([]byte("something else"))
	return s.refuses(ctx, http.Header{checksumHeader: {base64.StdEncoding.EncodeToString(wrong[:])}, payloadHeader: {unsigned}})
}

// refuses says whether a write is refused for a header that does not fit the body.
func (s *S3) refuses(ctx context.Context, wrong http.Header) (bool, error) {
	sum := md5.Sum([]byte(probeBytes))
	h := http.Header{"Content-Type": {"text/plain"}, "Content-Md5": {base64.StdEncoding.EncodeToString(sum[:])}}
	maps.Copy(h, wrong)
	err := s.again(func() error {
		_, err := s.write(ctx, "probe/digest", []byte(probeBytes), h.Clone())
		return err
	})
	switch {
	case err == nil:
		return false, nil
	case status(err) == http.StatusBadRequest:
		return true, nil
	}
	return false, kind(ctx, err)
}

// probeStat looks at what is told of an object: ETag, retention, versions.
func (s *S3) probeStat(ctx context.Context, a *Abilities) error {
	key := "probe/lock-" + s.o.Now().UTC().Format("20060102T150405")
	sum := md5.Sum([]byte(probeBytes))
	h := http.Header{"Content-Type": {"text/plain"}, "Content-Md5": {base64.StdEncoding.EncodeToString(sum[:])}}
	if s.o.Retain > 0 {
		lock(h, minio.Governance, s.o.Now().Add(s.Skew()+time.Minute))
	}
	answer, err := s.write(ctx, key, []byte(probeBytes), h)
	if status(err) == http.StatusBadRequest && s.o.Retain > 0 {
		a.Notes = append(a.Notes, "the bucket keeps no retain-until: it was made without object lock, and refuses documents that ask for it")
		return nil
	}
	if err != nil {
		return kind(ctx, err)
	}
	a.ETag = strings.EqualFold(etag(answer), hex.EncodeToString(sum[:]))
	version := answer.Get("X-Amz-Version-Id")
	a.Versioning = version != "" && version != "null"
	st, err := s.core.StatObject(ctx, s.o.Bucket, s.name(key), minio.StatObjectOptions{})
	if err != nil {
		return kind(ctx, err)
	}
	a.Lock = st.Metadata.Get("X-Amz-Object-Lock-Mode") != ""
	if s.o.Retain > 0 && !a.Lock {
		a.Notes = append(a.Notes, "retain-until is not kept: nothing stops a later deletion in the archive")
	}
	return nil
}
