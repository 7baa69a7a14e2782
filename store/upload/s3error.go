package upload

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/minio/minio-go/v7"
)

// status is the HTTP status of an error, 0 when nobody answered.
func status(err error) int {
	var r minio.ErrorResponse
	if errors.As(err, &r) {
		return r.StatusCode
	}
	return 0
}

// isCode says whether a server's code is one: letters, and a digit or two. What else
// it says could be of a customer.
func isCode(s string) bool {
	digits := 0
	for _, c := range []byte(s) {
		if c >= '0' && c <= '9' {
			digits++
		}
	}
	return plain(s) && len(s) <= 40 && digits <= 2
}

// kind turns what a request ended with into the errors of this package. Who may
// not write today may tomorrow, but only if somebody does something: 403 is a
// refusal. The sentence holds the server's code, not its message, which can say
// anything.
func kind(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	for _, own := range []error{ErrRefused, ErrLater, ErrAbsent, ErrAltered, ErrYoung} {
		if errors.Is(err, own) {
			return err
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if errors.Is(err, errETag) || errors.Is(err, errNoETag) {
		return fmt.Errorf("%w: %w", ErrLater, err)
	}
	var r minio.ErrorResponse
	if !errors.As(err, &r) || r.StatusCode == 0 {
		if strings.Contains(err.Error(), "malformed") { // and quoted
			return fmt.Errorf("%w: what answers does not speak HTTP", ErrUnreachable)
		}
		return fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	code := r.Code
	if !isCode(code) {
		code = http.StatusText(r.StatusCode)
	}
	said := fmt.Sprintf("it answers %d %s", r.StatusCode, code)
	switch {
	case r.Code == "NoSuchKey": // minio-go says so of a bare 404 to HEAD, too
		return fmt.Errorf("%w: %s", ErrAbsent, said)
	case r.StatusCode == http.StatusNotFound && r.Code == "":
		return fmt.Errorf("%w: %s, and not what is missing: it may not be the archive's answer", ErrLater, said)
	case r.Code == "RequestTimeTooSkewed", r.Code == "SlowDown", r.Code == "RequestTimeout":
		return fmt.Errorf("%w: %s", ErrLater, said)
	case r.Code == "BadDigest", r.Code == "InvalidDigest", r.Code == "XAmzContentSHA256Mismatch", r.Code == "IncompleteBody":
		return fmt.Errorf("%w: the bytes changed on the way: %s", ErrLater, said)
	case r.StatusCode == http.StatusRequestTimeout, r.StatusCode == http.StatusTooManyRequests,
		r.StatusCode == http.StatusConflict, r.StatusCode >= 500:
		return fmt.Errorf("%w: %s", ErrLater, said)
	}
	return fmt.Errorf("%w: %s", ErrRefused, said)
}
