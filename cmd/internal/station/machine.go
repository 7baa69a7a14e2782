package station

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"moqian/store"
)

// KeyFile is the machine key in the folder itself, 0600: it protects a stolen
// disk of backups, not a stolen workstation.
func KeyFile(dir string, fresh bool) ([]byte, error) {
	path := filepath.Join(dir, "machine.key")
	b, err := os.ReadFile(path)
	switch {
	case err == nil:
		key, err := hex.DecodeString(strings.TrimSpace(string(b)))
		clear(b)
		if err != nil || len(key) != 32 {
			return nil, fmt.Errorf("%w: machine.key is not 64 hex digits", store.ErrKey)
		}
		return key, nil
	case !errors.Is(err, os.ErrNotExist):
		return nil, fmt.Errorf("reading the machine key: %w", err)
	case !fresh:
		return nil, fmt.Errorf("%w: machine.key is missing", store.ErrKey)
	}
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return nil, err
	}
	text := []byte(hex.EncodeToString(key) + "\n")
	defer clear(text)
	if err := writeNew(path, text); err != nil {
		return nil, fmt.Errorf("keeping the machine key: %w", err)
	}
	return key, nil
}

// writeNew writes a file whole or not at all, durably, 0600.
func writeNew(path string, b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
