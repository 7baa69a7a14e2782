package store

import (
	"os/exec"
	"runtime"
	"syscall"
)

// runBound runs a command that dies when this process does. The signal comes when
// the thread ends that started the child (prctl(2), PR_SET_PDEATHSIG), so that
// thread is held meanwhile.
func runBound(cmd *exec.Cmd) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	return cmd.Run()
}
