package store

import (
	"os"

	"golang.org/x/sys/unix"
)

// singly tells the system that a file is read a page here and there: reading on
// from each would read all documents.
func singly(f *os.File) { _ = unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_RANDOM) }

// soon tells it that a piece will be read soon, and waits for nothing.
func soon(f *os.File, at, n int64) { _ = unix.Fadvise(int(f.Fd()), at, n, unix.FADV_WILLNEED) }
