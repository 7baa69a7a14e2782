package upload

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
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
	s.mu.Lock()
	s.probed, s.cond = true, a.Conditional
	s.mu.Unlock()
	if !a.Conditional {
		a.Notes = append(a.Notes, "conditions are not honoured: each document is looked for before it is sent")
	}
	wrong := sha256.Sum256([]byte("something else"))
	md5Wrong := md5.Sum([]byte("something else"))
	md5Right := md5.Sum([]byte(probeBytes))
	if a.MD5, err = s.refuses(ctx, "probe/md5", md5Wrong[:], nil); err != nil {
		return a, fmt.Errorf("probing the archive: %w", err)
	}
	if a.SHA256, err = s.refuses(ctx, "probe/sha256", md5Right[:], wrong[:]); err != nil {
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

// refuses says whether a write with a wrong digest is refused.
func (s *S3) refuses(ctx context.Context, key string, md5sum, sum []byte) (bool, error) {
	opts := minio.PutObjectOptions{ContentType: "text/plain", DisableContentSha256: true, UserMetadata: map[string]string{}}
	if sum != nil {
		opts.UserMetadata[checksumHeader] = base64.StdEncoding.EncodeToString(sum)
	}
	err := s.again(func() error {
		_, err := s.core.PutObject(ctx, s.o.Bucket, s.name(key), strings.NewReader(probeBytes), int64(len(probeBytes)),
			base64.StdEncoding.EncodeToString(md5sum), "", opts)
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
	key := s.name("probe/lock-" + s.o.Now().UTC().Format("20060102T150405"))
	opts := minio.PutObjectOptions{ContentType: "text/plain", DisableContentSha256: true}
	if s.o.Retain > 0 {
		opts.Mode = minio.Governance
		opts.RetainUntilDate = s.o.Now().Add(s.Skew() + time.Minute).UTC().Truncate(time.Second)
	}
	sum := md5.Sum([]byte(probeBytes))
	info, err := s.core.PutObject(ctx, s.o.Bucket, key, bytes.NewReader([]byte(probeBytes)), int64(len(probeBytes)),
		base64.StdEncoding.EncodeToString(sum[:]), "", opts)
	if status(err) == http.StatusBadRequest && s.o.Retain > 0 {
		a.Notes = append(a.Notes, "the bucket keeps no retain-until: it was made without object lock, and refuses documents that ask for it")
		return nil
	}
	if err != nil {
		return kind(ctx, err)
	}
	a.ETag = strings.EqualFold(strings.Trim(info.ETag, `"`), hex.EncodeToString(sum[:]))
	a.Versioning = info.VersionID != "" && info.VersionID != "null"
	st, err := s.core.StatObject(ctx, s.o.Bucket, key, minio.StatObjectOptions{})
	if err != nil {
		return kind(ctx, err)
	}
	a.Lock = st.Metadata.Get("X-Amz-Object-Lock-Mode") != ""
	if s.o.Retain > 0 && !a.Lock {
		a.Notes = append(a.Notes, "retain-until is not kept: nothing stops a later deletion in the archive")
	}
	return nil
}
