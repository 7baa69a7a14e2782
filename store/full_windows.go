package store

import (
	"errors"
	"strings"

	"golang.org/x/sys/windows"
)

// diskFull says whether an error of bbolt means that the disk is used up. When
// the file cannot grow bbolt keeps only the text of the cause.
func diskFull(err error) bool {
	for _, full := range []error{windows.ERROR_DISK_FULL, windows.ERROR_HANDLE_DISK_FULL} {
		if errors.Is(err, full) || strings.HasSuffix(err.Error(), full.Error()) {
			return true
		}
	}
	return false
}

// syncDir does nothing: NTFS logs its names and folders cannot be flushed.
func syncDir(string) error { return nil }
