package store

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// ballastFile takes up room that is given back when the disk is full: so that
// what has begun can be ended, and vouchers can leave for the archive.
const ballastFile = "ballast"

// layBallast makes the file again when it is missing and there is room for it
// above the floor. Its bytes are random: zeros would take no room on some file
// systems. Failing to make it is not an error: Space tells.
func (s *Store) layBallast() {
	path := filepath.Join(s.dir, ballastFile)
	if s.ballast == 0 || size(path) >= s.ballast {
		return
	}
	if free, err := freeBytes(s.dir); err != nil || free < s.floor+2*s.ballast {
		return
	}
	err := writeFile(path, func(f *os.File) error {
		_, err := io.CopyN(f, rand.Reader, s.ballast)
		return err
	})
	if err != nil {
		os.Remove(path)
	}
}

// dropBallast gives the room back; false if there was none.
func (s *Store) dropBallast() bool {
	path := filepath.Join(s.dir, ballastFile)
	if size(path) == 0 {
		return false
	}
	return os.Remove(path) == nil
}

// Space is how much room the store has, in bytes.
type Space struct {
	Free    int64 `json:"free"`    // on the disk, for this user
	Floor   int64 `json:"floor"`   // below this no signing begins
	Ballast int64 `json:"ballast"` // laid aside for the case that the disk is full
	Want    int64 `json:"want"`    // what should be laid aside
	Size    int64 `json:"size"`    // of the store's file
}

// Space tells how much room there is; for doctor.
func (s *Store) Space() (Space, error) {
	free, err := freeBytes(s.dir)
	if err != nil && !errors.Is(err, errors.ErrUnsupported) {
		return Space{}, fmt.Errorf("asking for free disk space: %w", err)
	}
	return Space{
		Free: free, Floor: s.floor, Want: s.ballast,
		Ballast: size(filepath.Join(s.dir, ballastFile)),
		Size:    size(filepath.Join(s.dir, File)),
	}, nil
}
