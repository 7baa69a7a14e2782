package ctl

import (
	"context"
	"fmt"
	"io"

	"moqian/cmd/internal/station"
	"moqian/store/auth"

	"rsc.io/qr"
)

// password comes from a file or the variable MOQIAN_PASSWORD, never by flag.
func (c *Console) password(file string) ([]byte, error) {
	if file == "" {
		if v := c.Getenv("MOQIAN_PASSWORD"); v != "" {
			return []byte(v), nil
		}
		return nil, usagef("no password: --password-file or the variable MOQIAN_PASSWORD")
	}
	return c.secret("password", file)
}

func (c *Console) userAdd(ctx context.Context, args []string) error {
	f := c.flags("user add")
	role := f.String("role", "teller", "teller, supervisor or auditor")
	file := f.String("password-file", "", "`file` with the password")
	words, err := c.parse("user add", f, args, 1, 1)
	if err != nil {
		return err
	}
	if err := knownRole(*role); err != nil {
		return err
	}
	pw, err := c.password(*file)
	if err != nil {
		return err
	}
	return c.with(ctx, func(st *station.Station) error {
		return c.account(ctx, st, words[0], c.users(st).Add(ctx, auth.System, words[0], auth.Role(*role), pw))
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
	return c.with(ctx, func(st *station.Station) error {
		return c.account(ctx, st, words[0], c.users(st).Reset(ctx, auth.System, words[0], pw))
	})
}

func (c *Console) userRole(ctx context.Context, args []string) error {
	f := c.flags("user role")
	words, err := c.parse("user role", f, args, 2, 2)
	if err != nil {
		return err
	}
	if err := knownRole(words[1]); err != nil {
		return err
	}
	return c.with(ctx, func(st *station.Station) error {
		return c.account(ctx, st, words[0], c.users(st).SetRole(ctx, auth.System, words[0], auth.Role(words[1])))
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
			return c.account(ctx, st, words[0], c.users(st).Unlock(ctx, auth.System, words[0]))
		}
		return c.account(ctx, st, words[0], c.users(st).Lock(ctx, auth.System, words[0]))
	})
}

// account ends a command that changed one: what it is now, as JSON only; people
// read no news as good news.
func (c *Console) account(ctx context.Context, st *station.Station, name string, err error) error {
	if err != nil {
		return err
	}
	now, err := st.Users.Find(ctx, name)
	if err != nil {
		return err
	}
	return c.show(now, func(io.Writer) {})
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

func knownRole(r string) error {
	switch auth.Role(r) {
	case auth.Teller, auth.Supervisor, auth.Auditor:
		return nil
	}
	return usagef("role %s: want teller, supervisor or auditor", r)
}

// userTOTP shows a new code generator once, or takes it away, or finds out how
// far its clock is off.
func (c *Console) userTOTP(ctx context.Context, args []string) error {
	f := c.flags("user totp")
	off := f.Bool("off", false, "take the generator away")
	resync := f.Bool("resync", false, "read two codes that follow each other from standard input")
	words, err := c.parse("user totp", f, args, 1, 1)
	if err != nil {
		return err
	}
	var first, second string
	if *resync {
		if _, err := fmt.Fscan(c.In, &first, &second); err != nil {
			return usagef("--resync: want two codes on standard input: %v", err)
		}
	}
	return c.with(ctx, func(st *station.Station) error {
		switch {
		case *off:
			return c.account(ctx, st, words[0], c.users(st).RemoveTOTP(ctx, auth.System, words[0]))
		case *resync:
			return c.account(ctx, st, words[0], c.users(st).Resync(ctx, auth.System, words[0], first, second))
		}
		e, err := c.users(st).SetTOTP(ctx, auth.System, words[0], st.Site.Bank.ZH)
		if err != nil {
			return err
		}
		code, err := qr.Encode(e.URI, qr.M)
		if err != nil {
			return fmt.Errorf("drawing the code: %w", err)
		}
		return c.show(map[string]string{"secret": e.Secret, "uri": e.URI}, func(w io.Writer) {
			drawQR(w, code)
			fmt.Fprintf(w, "%s\nshown once; %s now needs a code of this generator\n", e.Secret, words[0])
		})
	})
}

// drawQR draws dark on light with half blocks, with the quiet zone of 4.
func drawQR(w io.Writer, code *qr.Code) {
	dark := func(x, y int) bool { return code.Black(x-4, y-4) }
	for y := 0; y < code.Size+8; y += 2 {
		for x := range code.Size + 8 {
			fmt.Fprint(w, map[[2]bool]string{{false, false}: "█", {true, false}: "▄", {false, true}: "▀", {true, true}: " "}[[2]bool{dark(x, y), dark(x, y+1)}])
		}
		fmt.Fprintln(w)
	}
}
