package ctl

import (
	"net"

	"golang.org/x/sys/unix"
)

// peer is the login of who is at the other end of a socket, as the kernel knows
// it. The socket is 0600: it is this process's own user, or root.
func peer(conn net.Conn) string {
	u, ok := conn.(*net.UnixConn)
	if !ok {
		return SystemUser()
	}
	raw, err := u.SyscallConn()
	if err != nil {
		return SystemUser()
	}
	var cred *unix.Ucred
	var credErr error
	err = raw.Control(func(fd uintptr) {
		cred, credErr = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
	})
	if err != nil || credErr != nil {
		return SystemUser()
	}
	return loginOf(cred.Uid)
}
