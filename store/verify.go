package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// Verify recomputes the tree from the entries and compares every stored hash;
// the error, a LogError, names the first entry that is altered, missing, moved
// or beyond the end. Without a checkpoint kept elsewhere it cannot see that the
// whole file was put back to an older state, nor what somebody with the machine
// key rewrote from the first change to the end.
func (a *Audit) Verify(ctx context.Context) (n int, root [32]byte, err error) {
	err = a.s.view(ctx, func(t *tx) (err error) {
		n, root, err = t.verifyLog(ctx)
		return err
	})
	if err != nil {
		return n, [32]byte{}, fmt.Errorf("verifying the log: %w", err)
	}
	return n, root, nil
}

func (t *tx) verifyLog(ctx context.Context) (n int, root [32]byte, err error) {
	h, err := t.head()
	if err != nil {
		return 0, root, err
	}
	n = int(h.N)
	for i := range h.N {
		if err := ctx.Err(); err != nil {
			return n, root, err
		}
		if err := t.verifyEntry(i, h.N); err != nil {
			return n, root, err
		}
	}
	if err := t.verifyKeys(h.N); err != nil {
		return n, root, err
	}
	root, err = tlog.TreeHash(h.N, tlog.HashReaderFunc(t.hashes))
	return n, root, err
}

// verifyEntry recomputes the hashes that entry i completes. Those of earlier
// entries have been found equal to what is stored, so they are read from there.
func (t *tx) verifyEntry(i, n int64) error {
	broken := func(entry int64, cause error, what string, args ...any) error {
		return &LogError{Entry: int(entry) + 1, Of: int(n), What: fmt.Sprintf(what, args...), Cause: cause}
	}
	r, err := t.record(i)
	switch {
	case errors.Is(err, ErrNotFound):
		return broken(i, ErrDamaged, "is missing")
	case err != nil:
		return broken(i, err, "was altered or moved")
	}
	if _, err := decodeEntry(r.text); err != nil {
		return broken(i, err, "was altered")
	}
	hashes, err := tlog.StoredHashes(i, r.text, tlog.HashReaderFunc(t.hashes))
	if err != nil {
		return broken(i, err, "cannot be hashed")
	}
	at := tlog.StoredHashIndex(0, i)
	for level, want := range hashes {
		switch {
		case r.hashes[level] == want:
		case level == 0:
			return broken(i, ErrDamaged, "was altered: it does not fit its hash")
		default:
			return broken(i, ErrDamaged, "does not fit the tree: hash %d over entries %d to %d is altered",
				at+int64(level), i-1<<level+2, i+1)
		}
	}
	return nil
}

// verifyKeys refuses what stands between the entries, which are all there, and
// after the last.
func (t *tx) verifyKeys(n int64) error {
	c := t.Bucket([]byte(bucketLog)).Cursor()
	i := int64(0)
	for key, _ := c.First(); key != nil; key, _ = c.Next() {
		switch {
		case i == n:
			return &LogError{Entry: int(n) + 1, Of: int(n), What: "stands after the end of the log", Cause: ErrDamaged}
		case !bytes.Equal(key, number(i)):
			return &LogError{Entry: int(i) + 1, Of: int(n), What: "has something before it that is no entry", Cause: ErrDamaged}
		}
		i++
	}
	return nil
}
