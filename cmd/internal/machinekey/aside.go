package machinekey

import (
	"crypto/hmac"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"moqian/cmd/internal/durable"
)

// asideName begins the names of the folders, machine.old.1 and so on, in which
// keys lie that others took the place of. None is ever removed: a key that is
// gone takes every voucher and backup it opened with it.
const asideName = "machine.old"

// inFile is a holder that keeps what it has in a file of the folder.
type inFile interface{ file() string }

// setAside copies what the holders have and is not key into the first free
// folder machine.old.N: files byte for byte, readable or not, other keys through
// their holder. kept is the folder's name, "" where there was nothing to keep.
func (k Keeper) setAside(dir, id string, key []byte) (kept string, err error) {
	for _, h := range k.Holders {
		was, err := other(dir, id, h, key)
		if err == nil && was != nil && kept == "" {
			kept, err = freeFolder(dir)
		}
		if err == nil && was != nil {
			err = put(filepath.Join(dir, kept), h, was)
		}
		clear(was)
		if err != nil {
			return kept, fmt.Errorf("%s: %w", h.Name(), err)
		}
	}
	return kept, nil
}

// other gives what a holder has that is not key: the bytes of its file or a key;
// nil where it has nothing else.
func other(dir, id string, h Holder, key []byte) ([]byte, error) {
	old, getErr := h.Get(dir, id)
	if getErr == nil && hmac.Equal(old, key) {
		clear(old)
		return nil, nil
	}
	f, ok := h.(inFile)
	if !ok {
		return old, nil
	}
	clear(old)
	raw, err := os.ReadFile(filepath.Join(dir, f.file()))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return raw, err
}

// put lays what other gave into the folder.
func put(folder string, h Holder, was []byte) error {
	if f, ok := h.(inFile); ok {
		return durable.WriteFile(filepath.Join(folder, f.file()), was)
	}
	id, err := name(folder)
	if err != nil {
		return err
	}
	return h.Put(folder, id, was)
}

// freeFolder makes machine.old.N with the first N that is free.
func freeFolder(dir string) (string, error) {
	for n := 1; ; n++ {
		folder := fmt.Sprintf("%s.%d", asideName, n)
		err := os.Mkdir(filepath.Join(dir, folder), 0o700)
		if !errors.Is(err, fs.ErrExist) {
			return folder, err
		}
	}
}
