//go:build !windows

package store

import (
	"errors"
	"os"
	"strings"
	"syscall"
)

// diskFull says whether an error of bbolt means that the disk or the quota is
// used up. When the file cannot grow bbolt keeps only the text of the cause.
func diskFull(err error) bool {
	for _, full := range []syscall.Errno{syscall.ENOSPC, syscall.EDQUOT} {
		if errors.Is(err, full) || strings.HasSuffix(err.Error(), full.Error()) {
			return true
		}
	}
	return false
}

// syncDir makes a new name in dir durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
