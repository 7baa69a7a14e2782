package platform

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// Free is the room left for us on the disk of a folder, in bytes.
func Free(dir string) (int64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return 0, fmt.Errorf("free space: %w", err)
	}
	return int64(s.Bavail) * s.Bsize, nil
}
