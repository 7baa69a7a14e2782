//go:build unix

package pdf

import (
	"syscall"
	"time"
)

// cpu is the processor time of this process, which other programs on the
// machine do not add to.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
