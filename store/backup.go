package store

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// Backup writes a copy of the store, as it is at this moment, to a new file at
// path while others go on reading and writing. It is encrypted like the store:
// the machine key opens it, or the escrow copy of that key. The file appears
// whole or not at all; one that exists is not overwritten (os.ErrExist). The
// copy is checked before it counts. The log of the store and of the copy say so.
func (s *Store) Backup(ctx context.Context, path string, e Entry) (size int64, err error) {
	if _, err := os.Lstat(path); err == nil {
		return 0, fmt.Errorf("backing up: %s: %w", path, os.ErrExist)
	}
	if err := s.Audit().Append(ctx, e.with("backup", "ok", Item{}, nil)); err != nil {
		return 0, fmt.Errorf("backing up: %w", err)
	}
	err = writeFile(path, func(f *os.File) error {
		return s.view(ctx, func(t *tx) error {
			size, err = t.WriteTo(f)
			return err
		})
	})
	if err == nil {
		if err = inspect(path, lockWait); err != nil {
			os.Remove(path)
		}
	}
	if err != nil {
		if diskFull(err) {
			err = fmt.Errorf("%w: %w", ErrFull, err)
		}
		s.logFailed(ctx, e.with("backup", "", Item{}, nil))
		return 0, fmt.Errorf("backing up: %w", err)
	}
	return size, nil
}

// logFailed takes back what the log says of something that is logged before it is
// done. Where it cannot be written the error that the caller gets must do.
func (s *Store) logFailed(ctx context.Context, e Entry) {
	e.Outcome = "failed"
	_ = s.Audit().Append(context.WithoutCancel(ctx), e)
}

// writeFile makes a new file: written under another name, synced, then named.
func writeFile(path string, fill func(*os.File) error) error {
	f, err := os.OpenFile(path+".part", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	err = fill(f)
	if err == nil {
		err = f.Sync()
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
		return err
	}
	return syncDir(filepath.Dir(path))
}
