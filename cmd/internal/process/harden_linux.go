package process

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// Harden sets the core limit to 0 and makes the process not dumpable
// (prctl(2) PR_SET_DUMPABLE, which also refuses ptrace by the same user).
func Harden() error {
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}); err != nil {
		return fmt.Errorf("core limit: %w", err)
	}
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil {
		return fmt.Errorf("dumpable: %w", err)
	}
	return nil
}
