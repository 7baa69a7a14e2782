//go:build !linux

package store

import "os/exec"

// runBound runs a command; here it may outlive this process.
func runBound(cmd *exec.Cmd) error { return cmd.Run() }
