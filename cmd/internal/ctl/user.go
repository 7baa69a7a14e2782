package ctl

import (
	"context"
	"fmt"
	"io"
	"os"

	"moqian/cmd/internal/station"
	"moqian/store/auth"
)

// password comes from a file or the variable MOQIAN_PASSWORD, never by flag.
func (c *Console) password(file string) ([]byte, error) {
	if file == "" {
		if v := c.Getenv("MOQIAN_PASSWORD"); v != "" {
			return []byte(v), nil
		}
		return nil, usagef("no password: --password-file or the variable MOQIAN_PASSWORD")
	}
	b, err := os.ReadFile(c.path(file))
	if err != nil {
		return nil, fmt.Errorf("reading the password: %w", err)
	}
	for len(b) > 0 && (b[len(b)-1] == '\n' || b[len(b)-1] == '\r') {
		b = b[:len(b)-1]
	}
	return b, nil
}

func (c *Console) userAdd(ctx context.Context, args []string) error {
	f := c.flags("user add")
	role := f.String("role", "teller", "teller or supervisor")
	file := f.String("password-file", "", "`file` with the password")
	words, err := c.parse("user add", f, args, 1, 1)
	if err != nil {
		return err
	}
	if *role != string(auth.Teller) && *role != string(auth.Supervisor) {
		return usagef("--role %s: want teller or supervisor", *role)
	}
	pw, err := c.password(*file)
	if err != nil {
		return err
	}
	return c.with(ctx, func(st *station.Station) error {
		return st.Users.Add(ctx, auth.System, words[0], auth.Role(*role), pw)
	})
}

func (c *Console) userPasswd(ctx context.Context, args []string) error {
	f := c.flags("user passwd")
	file := f.String("password-file", "", "`file` with the new password")
	words, err := c.parse("user passwd", f, args, 1, 1)
	if err != nil {
		return err
	}
	pw, err := c.password(*file)
	if err != nil {
		return err
	}
	return c.with(ctx, func(st *station.Station) error { return st.Users.Reset(ctx, auth.System, words[0], pw) })
}

func (c *Console) userRole(ctx context.Context, args []string) error {
	f := c.flags("user role")
	words, err := c.parse("user role", f, args, 2, 2)
	if err != nil {
		return err
	}
	if words[1] != string(auth.Teller) && words[1] != string(auth.Supervisor) {
		return usagef("role %s: want teller or supervisor", words[1])
	}
	return c.with(ctx, func(st *station.Station) error {
		return st.Users.SetRole(ctx, auth.System, words[0], auth.Role(words[1]))
	})
}

func (c *Console) userLock(ctx context.Context, args []string) error {
	f := c.flags("user lock")
	off := f.Bool("off", false, "let the account in again")
	words, err := c.parse("user lock", f, args, 1, 1)
	if err != nil {
		return err
	}
	return c.with(ctx, func(st *station.Station) error {
		if *off {
			return st.Users.Unlock(ctx, auth.System, words[0])
		}
		return st.Users.Lock(ctx, auth.System, words[0])
	})
}

func (c *Console) userList(ctx context.Context, args []string) error {
	f := c.flags("user list")
	if _, err := c.parse("user list", f, args, 0, 0); err != nil {
		return err
	}
	return c.with(ctx, func(st *station.Station) error {
		all, err := st.Users.List(ctx)
		if err != nil {
			return err
		}
		if all == nil {
			all = []auth.Account{}
		}
		return c.show(all, func(w io.Writer) {
			for _, a := range all {
				locked := ""
				if a.Locked {
					locked = " locked"
				}
				fmt.Fprintf(w, "%s %s%s\n", a.Name, a.Role, locked)
			}
		})
	})
}
