package ctl

import (
	"context"
	"fmt"
	"io"
	"time"

	"moqian/cmd/internal/station"
	"moqian/store"
)

// logAllowClock lets a supervisor answer for the clock's being behind the log:
// something was logged while it ran ahead, and it is right now.
func (c *Console) logAllowClock(ctx context.Context, args []string) error {
	f := c.flags("log allow-clock")
	user := f.String("user", "", "the supervisor's `name`")
	file := f.String("password-file", "", "`file` with the supervisor's password")
	codeFile := f.String("code-file", "", "`file` with the code of the generator; without it MOQIAN_CODE")
	if _, err := c.parse("log allow-clock", f, args, 0, 0); err != nil {
		return err
	}
	if *user == "" {
		return usagef("want --user NAME, a supervisor")
	}
	pw, err := c.password(*file)
	if err != nil {
		return err
	}
	code := []byte(c.Getenv("MOQIAN_CODE"))
	if *codeFile != "" {
		if code, err = c.secret("code", *codeFile); err != nil {
			return err
		}
	}
	return c.with(ctx, func(st *station.Station) error {
		if err := st.Users.AllowClock(ctx, *user, pw, string(code)); err != nil {
			return err
		}
		return c.show(map[string]bool{"allowed": true}, func(w io.Writer) {
			fmt.Fprintln(w, "allowed and logged: times count from now")
		})
	})
}

// tellTurns says on standard error where a supervisor has let the clock go back:
// an intact log is not in the order of time there.
func (c *Console) tellTurns(ctx context.Context, st *station.Station) {
	all, err := st.Store.Audit().All(ctx)
	if err != nil {
		return // verifying says what is wrong
	}
	for i, e := range all {
		if e.Action == store.SetBack {
			fmt.Fprintf(c.Err, "note: entry %d, %s: %s let the clock go back from %s\n", i+1, e.Time.Format(time.RFC3339), e.Actor, e.Detail["from"])
		}
	}
}
