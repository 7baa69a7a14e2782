package machinekey

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"moqian/cmd/internal/durable"
)

// File keeps the key in machine.key in the folder itself, 64 hex digits, 0600.
// It guards backups and archives of the folder that leave the file out, not a
// stolen disk.
type File struct{}

const keyFile = "machine.key"

// ErrExposed: others than the owner may read the key's file.
var ErrExposed = errors.New("others may read the machine key's file")

// Name is "file".
func (File) Name() string { return "file" }

func (File) file() string { return keyFile }

// Get reads the file; one that others may read is refused.
func (File) Get(dir, _ string) ([]byte, error) {
	path := filepath.Join(dir, keyFile)
	st, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNone
	}
	if err != nil {
		return nil, err
	}
	if open := st.Mode().Perm() & 0o077; open != 0 && os.PathSeparator == '/' {
		return nil, fmt.Errorf("%w: %s is %s", ErrExposed, keyFile, st.Mode().Perm())
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	defer clear(text)
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != Size {
		clear(key)
		return nil, fmt.Errorf("%s is not %d hex digits", keyFile, 2*Size)
	}
	return key, nil
}

// Put writes the file.
func (File) Put(dir, _ string, key []byte) error {
	text := append(hex.AppendEncode(nil, key), '\n')
	defer clear(text)
	return durable.WriteFile(filepath.Join(dir, keyFile), text)
}

// Forget removes the file after writing over it; flash may keep a copy.
func (File) Forget(dir, _ string) error {
	path := filepath.Join(dir, keyFile)
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return ErrNone
	}
	if err != nil {
		return err
	}
	_, err = f.Write(make([]byte, 2*Size+1))
	return errors.Join(err, f.Sync(), f.Close(), os.Remove(path))
}
