package store

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	bolt "go.etcd.io/bbolt"
)

// compacting ends the name of the file that will be the store.
const compacting = ".compact"

// Compact rewrites the store without the room of purged documents, while the
// store stays open; others wait for it. A crash leaves the old or the new file.
// It needs as much free disk as the documents take. Sizes are of the file before
// and after. Errors: ErrFull, ErrDamaged.
func (s *Store) Compact(ctx context.Context, e Entry) (before, after int64, err error) {
	err = s.Audit().Append(ctx, e.with("compact", "ok", Item{}, nil))
	if err == nil {
		if before, after, err = s.compact(); err != nil {
			s.logFailed(ctx, e.with("compact", "", Item{}, nil))
		}
	}
	if err != nil {
		return 0, 0, fmt.Errorf("compacting: %w", err)
	}
	return before, after, nil
}

func (s *Store) compact() (before, after int64, err error) {
	s.swap.Lock()
	defer s.swap.Unlock()
	path := filepath.Join(s.dir, File)
	part := path + compacting
	os.Remove(part) // of a run that was cut off
	before = size(path)
	fresh, file, err := openBolt(part, options())
	if err != nil {
		os.Remove(part)
		return 0, 0, err
	}
	err = guard(func() error { return bolt.Compact(fresh, s.db, 1<<20) })
	if err == nil {
		err = checkPages(fresh)
	}
	if err == nil {
		err = fresh.Sync()
	}
	if err == nil {
		err = os.Rename(part, path)
	}
	if err != nil {
		fresh.Close()
		os.Remove(part)
		if diskFull(err) {
			err = fmt.Errorf("%w: %w", ErrFull, err)
		}
		return 0, 0, err
	}
	// The new file is locked by fresh already: nobody gets in between.
	old := s.db
	s.db, s.file, s.laid = fresh, file, 0
	old.Close()
	if err := syncDir(s.dir); err != nil {
		return 0, 0, err
	}
	return before, size(path), nil
}

func size(path string) int64 {
	st, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return st.Size()
}
