// Package durable writes small files so that a power cut leaves the old one or
// the new one. It does not encrypt; what must not lie on a disk in clear is sealed
// before. Start at WriteFile.
package durable

import (
	"errors"
	"os"
	"path/filepath"
)

// WriteFile writes a file whole or not at all, durably, 0600, and its folder
// (0700) if there is none.
func WriteFile(path string, b []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
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
