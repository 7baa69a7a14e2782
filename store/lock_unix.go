//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package store

import (
	"os"
	"syscall"
)

// unlock gives up the lock on an open file. Closing it is not enough where bbolt
// has mapped it and lost the mapping in a panic: the mapping keeps the lock.
func unlock(f *os.File) {
	_ = syscall.Flock(int(f.Fd()), syscall.LOCK_UN)
}
