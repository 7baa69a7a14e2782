package ctl

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"moqian/cmd/internal/station"
	"moqian/store"
)

func (c *Console) logList(ctx context.Context, args []string) error {
	f := c.flags("log list")
	if _, err := c.parse("log list", f, args, 0, 0); err != nil {
		return err
	}
	return c.with(ctx, func(st *station.Station) error {
		all, err := st.Store.Audit().All(ctx)
		if err != nil {
			return err
		}
		if all == nil {
			all = []store.Entry{}
		}
		return c.show(all, func(w io.Writer) {
			for _, e := range all {
				fmt.Fprintf(w, "%s %s %s %s %s\n", e.Time.Format("2006-01-02T15:04:05.000Z07:00"), e.Actor, e.Action, e.Outcome, e.Voucher)
			}
		})
	})
}

// LogVerdict is what log verify prints.
type LogVerdict struct {
	Intact  bool   `json:"intact"`
	Entries int    `json:"entries"`
	Root    string `json:"root"`
	Problem string `json:"problem,omitempty"`
}

func (c *Console) logVerify(ctx context.Context, args []string) error {
	f := c.flags("log verify")
	if _, err := c.parse("log verify", f, args, 0, 0); err != nil {
		return err
	}
	return c.with(ctx, func(st *station.Station) error {
		n, root, err := st.Store.Audit().Verify(ctx)
		v := LogVerdict{Intact: err == nil, Entries: n, Root: hex.EncodeToString(root[:])}
		var wrong *store.LogError
		switch {
		case errors.As(err, &wrong):
			v.Problem = wrong.Error()
		case err != nil:
			return err
		}
		err = c.show(v, func(w io.Writer) {
			if v.Intact {
				fmt.Fprintf(w, "%d entries, intact, root %s\n", v.Entries, v.Root)
			} else {
				fmt.Fprintf(w, "NOT intact: %s\n", v.Problem)
			}
		})
		if err == nil && !v.Intact {
			return answer(exitNo)
		}
		return err
	})
}

func (c *Console) logExport(ctx context.Context, args []string) error {
	f := c.flags("log export")
	format := f.String("format", "jsonl", "jsonl or syslog (RFC 5424)")
	if _, err := c.parse("log export", f, args, 0, 0); err != nil {
		return err
	}
	if *format != "jsonl" && *format != "syslog" {
		return usagef("--format %s: want jsonl or syslog", *format)
	}
	return c.with(ctx, func(st *station.Station) error {
		all, err := st.Store.Audit().All(ctx)
		if err != nil {
			return err
		}
		enc := json.NewEncoder(c.Out)
		enc.SetEscapeHTML(false)
		for _, e := range all {
			if err := enc.Encode(e); err != nil {
				return err
			}
		}
		return nil
	})
}
