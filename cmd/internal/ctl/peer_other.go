//go:build !linux

package ctl

import "net"

// peer is the login of who is at the other end of a socket: it is 0600, so this
// process's own user.
func peer(net.Conn) string { return SystemUser() }
