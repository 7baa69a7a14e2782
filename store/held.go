package store

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	bolt "go.etcd.io/bbolt"
)

// Held is the file of a store that nobody else can open for writing until it is
// let go. It changes nothing: it is for who must know which key is the store's
// before that key is touched.
type Held struct {
	db   *bolt.DB
	path string
}

// Hold takes the lock on the store in dir; wait is how long for, as in Options.
// A folder without a store is os.ErrNotExist. Errors: ErrLocked, ErrDamaged.
func Hold(dir string, wait time.Duration) (*Held, error) {
	path := filepath.Join(dir, File)
	st, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("looking at the store: %w", err)
	}
	if st.Size() == 0 {
		return nil, fmt.Errorf("looking at %s: %w: the file is empty", path, ErrDamaged)
	}
	if wait == 0 {
		wait = lockWait
	}
	db, _, err := openBolt(path, reading(wait))
	if err != nil {
		return nil, fmt.Errorf("looking at %s: %w", path, err)
	}
	return &Held{db, path}, nil
}

// Opens says whether key is the store's: nil, ErrKey, or, where the file cannot
// tell, ErrDamaged or ErrNewer.
func (h *Held) Opens(key []byte) error {
	if len(key) != keySize {
		return fmt.Errorf("%w: it has %d bytes, want %d", ErrKey, len(key), keySize)
	}
	v, err := newVault(key, rand.Reader)
	if err != nil {
		return err
	}
	if err := reach(h.path); err != nil { // following damaged pages may never end
		return fmt.Errorf("looking at %s: %w", h.path, err)
	}
	return guard(func() error {
		return h.db.View(func(b *bolt.Tx) error {
			fresh, err := (&tx{Tx: b, s: &Store{db: h.db, vault: v}}).checkSchema()
			if err == nil && fresh {
				return fmt.Errorf("%w: the file holds no store", ErrDamaged)
			}
			return err
		})
	})
}

// Close lets the store go.
func (h *Held) Close() error {
	if err := h.db.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
		return fmt.Errorf("letting the store go: %w", err)
	}
	return nil
}
