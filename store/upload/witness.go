package upload

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"
)

// ErrYoung: by its own clock the archive has had the object for less time than
// was asked for.
var ErrYoung = errors.New("the archive has not had it long enough")

// Witness is an archive that tells what it has by its own word alone: neither our
// clock nor what another archive has or lacks counts. Folder and S3 are. Of one
// that is not, the age of a document is told by our clock.
type Witness interface {
	// Own says whether the place of a receipt for a key is in this archive.
	Own(place, key string) bool
	// GetAged is Get for an object that has been there for least by the archive's
	// clock, which has whole seconds; else ErrYoung. Below a second nothing is asked.
	GetAged(ctx context.Context, key string, least time.Duration) ([]byte, error)
}

// own says whether an item was sent to this archive; rows of the first versions
// have no place.
func own(a Archive, place, key string) bool {
	w, ok := a.(Witness)
	return !ok || place == "" || w.Own(place, key)
}

// Own compares the host, the bucket and the prefix: two servers may have buckets of
// one name. Places of the first versions have no host.
func (s *S3) Own(place, key string) bool {
	return place == s.place(key) || place == "s3://"+path.Join(s.o.Bucket, s.name(key))
}

// GetAged compares Last-Modified with the Date of the same answer, before the bytes
// come.
func (s *S3) GetAged(ctx context.Context, key string, least time.Duration) (data []byte, err error) {
	return s.read(ctx, key, func(h http.Header) error {
		if least < time.Second {
			return nil
		}
		now, err := http.ParseTime(h.Get("Date"))
		since, bad := http.ParseTime(h.Get("Last-Modified"))
		if err != nil || bad != nil {
			return fmt.Errorf("%w: it does not say how long it has had %s", ErrLater, key)
		}
		return old(now.Sub(since), least)
	})
}

func old(age, least time.Duration) error {
	if age < least {
		return fmt.Errorf("%w: %v of %v", ErrYoung, age.Round(time.Second), least)
	}
	return nil
}

// read is a GET; check may refuse the answer by its header. An answer without an
// ETag is somebody else's, such as the page of a captive portal.
func (s *S3) read(ctx context.Context, key string, check func(http.Header) error) (data []byte, err error) {
	err = s.again(func() error {
		resp, err := s.ask(ctx, http.MethodGet, key)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		switch {
		case resp.StatusCode != http.StatusOK:
			return refusal(resp)
		case etag(resp.Header) == "":
			return errNoETag
		case resp.ContentLength < 0 || resp.ContentLength > maxObject:
			return fmt.Errorf("%w: %s has %d bytes", ErrAltered, key, resp.ContentLength)
		}
		if err := check(resp.Header); err != nil {
			return err
		}
		data = make([]byte, resp.ContentLength)
		_, err = io.ReadFull(resp.Body, data)
		return err
	})
	if err != nil {
		return nil, kind(ctx, err)
	}
	return data, nil
}

// ask sends a request without a body.
func (s *S3) ask(ctx context.Context, method, key string) (*http.Response, error) {
	u := *s.base
	u.Path = "/" + path.Join(s.o.Bucket, s.name(key))
	req, err := http.NewRequestWithContext(ctx, method, u.String(), http.NoBody)
	if err != nil {
		return nil, err
	}
	return s.sign.do(req)
}

// Own compares the folders themselves: a share may have two names.
func (f Folder) Own(place, key string) bool {
	root, ok := strings.CutSuffix(filepath.ToSlash(place), "/"+key)
	name, err := f.name(key)
	if !ok || err != nil {
		return false
	}
	if place == name {
		return true
	}
	there, errThere := os.Stat(filepath.FromSlash(root))
	here, errHere := os.Stat(f.Dir)
	return errThere == nil && errHere == nil && os.SameFile(there, here)
}

// GetAged compares the file's time with that of the file system and with our
// clock's, whichever is earlier.
func (f Folder) GetAged(ctx context.Context, key string, least time.Duration) ([]byte, error) {
	if least >= time.Second {
		if err := f.aged(key, least); err != nil {
			return nil, folderError(err)
		}
	}
	return f.Get(ctx, key)
}

func (f Folder) aged(key string, least time.Duration) error {
	name, err := f.name(key)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	if err := f.mounted(); err != nil {
		return err
	}
	st, err := os.Stat(name)
	if err != nil {
		return err
	}
	if err := old(time.Since(st.ModTime()), least); err != nil {
		return err
	}
	now, err := f.clock()
	if err != nil {
		return fmt.Errorf("asking the folder for its time: %w", err)
	}
	return old(now.Sub(st.ModTime()), least)
}

// clock is the time that the file system gives a file that is made now.
func (f Folder) clock() (time.Time, error) {
	tmp, err := os.CreateTemp(f.Dir, ".clock-*.tmp")
	if err != nil {
		return time.Time{}, err
	}
	st, err := tmp.Stat()
	if err := errors.Join(err, tmp.Close(), os.Remove(tmp.Name())); err != nil {
		return time.Time{}, err
	}
	return st.ModTime(), nil
}
