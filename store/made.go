package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// MadeFile, beside the store, says that a store was made in this folder. So a
// store that is missing or empty is told from one that never was: a new one in its
// place would give numbers a second time.
const MadeFile = "moqian.made"

// Made says whether a store was made in dir, whether it is still there or not.
func Made(dir string) bool {
	_, err := os.Lstat(filepath.Join(dir, MadeFile))
	return err == nil
}

// ErrGone: a store was made here and is not here any more; it is an ErrDamaged too.
var ErrGone = fmt.Errorf("%w: the file is missing or empty, and there was a store: restore a backup", ErrDamaged)

// gone refuses a folder whose store is missing or empty. It changes nothing.
func gone(dir string) error {
	if size(filepath.Join(dir, File)) > 0 || !Made(dir) {
		return nil
	}
	return ErrGone
}

// mark writes MadeFile, durably. It comes after the schema, so that a crash between
// the two leaves a store without the mark, which the next Open puts there, never a
// mark without a store; and before Open returns, so before any number is given.
func mark(dir string) error {
	if Made(dir) {
		return nil
	}
	return writeFile(filepath.Join(dir, MadeFile), func(f *os.File) error {
		_, err := f.WriteString("a store was made here: without moqian.db, restore a backup\n")
		return err
	})
}

// adopt marks a store that was made before there was a mark, and signs the end of
// its log where that waited for the first entry that was not a voucher. A full disk
// does not keep it from opening: the mark waits for the next start.
func (s *Store) adopt(ctx context.Context) error {
	if Made(s.dir) {
		return nil
	}
	err := mark(s.dir)
	if err != nil && !diskFull(err) {
		return fmt.Errorf("marking the store as made: %w", err)
	}
	if s.signer == nil {
		return nil
	}
	begun := true
	err = s.view(ctx, func(t *tx) error {
		h, err := t.head()
		begun = err != nil || t.lastCheckpoint() > 0 || t.has(bucketSigned, []byte(keySigned)) || t.onlyFiled(0, h.N) != nil
		return nil
	})
	if err == nil && !begun {
		err = s.update(ctx, func(t *tx) error { t.closing, t.first = true, true; return nil })
	}
	if errors.Is(err, ErrFull) {
		return nil
	}
	return err
}
