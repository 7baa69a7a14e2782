package ctl

import (
	"maps"
	"os/user"
	"strconv"

	"moqian/cmd/internal/station"
	"moqian/store"
	"moqian/store/auth"
)

// SystemUser is the login that this process runs as, for Console.User.
func SystemUser() string {
	me, err := user.Current()
	if err != nil {
		return ""
	}
	return me.Username
}

// loginOf names a user of the system by number, as the number if it has no name.
func loginOf(uid uint32) string {
	id := strconv.FormatUint(uint64(uid), 10)
	if u, err := user.LookupId(id); err == nil {
		return u.Username
	}
	return id
}

// by is an entry of something that was asked for here: the actor is the system,
// the login says who.
func (c *Console) by(e store.Entry) store.Entry {
	e.Actor = auth.System
	if c.User == "" {
		return e
	}
	detail := map[string]string{auth.OSUser: c.User}
	maps.Copy(detail, e.Detail)
	e.Detail = detail
	return e
}

// users are the accounts, managed in the name of who asks.
func (c *Console) users(st *station.Station) *auth.Users { return st.Users.By(c.User) }
