//go:build !linux

package store

import "os"

// singly and soon are hints, of which this system takes none.
func singly(*os.File) {}

func soon(*os.File, int64, int64) {}
