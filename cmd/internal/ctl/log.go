package ctl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

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
	Entry   int    `json:"entry,omitempty"` // the first that does not stand, from 1
	Problem string `json:"problem,omitempty"`
}

func (c *Console) logVerify(ctx context.Context, args []string) error {
	var notes names
	f := c.flags("log verify")
	f.Var(&notes, "checkpoint", "signed checkpoint `file`, as the archive has it, again for more")
	if _, err := c.parse("log verify", f, args, 0, 0); err != nil {
		return err
	}
	return c.with(ctx, func(st *station.Station) error {
		v, err := c.judgeLog(ctx, st, notes)
		if err != nil {
			return err
		}
		err = c.show(v, func(w io.Writer) {
			if v.Intact {
				fmt.Fprintf(w, "%d entries, intact\n", v.Entries)
			} else {
				fmt.Fprintf(w, "NOT intact: %s\n", v.Problem)
			}
		})
		c.tellTurns(ctx, st)
		if err == nil && !v.Intact {
			return answer(exitNo)
		}
		return err
	})
}

// judgeLog compares the log with its own tree, the checkpoints kept here and
// those given.
func (c *Console) judgeLog(ctx context.Context, st *station.Station, files []string) (LogVerdict, error) {
	log := st.Store.Audit()
	kept, err := log.Checkpoints(ctx)
	if err != nil {
		return LogVerdict{}, err
	}
	var signed [][]byte
	for _, k := range kept {
		signed = append(signed, k.Signed)
	}
	for _, name := range files {
		b, err := os.ReadFile(c.path(name))
		if err != nil {
			return LogVerdict{}, fmt.Errorf("reading a checkpoint: %w", err)
		}
		signed = append(signed, b)
	}
	var n int
	if len(signed) > 0 {
		verifier, verr := st.Verifier()
		if verr != nil {
			return LogVerdict{}, verr
		}
		n, err = log.VerifyAgainst(ctx, verifier, signed...)
	} else {
		n, _, err = log.Verify(ctx)
	}
	v := LogVerdict{Intact: err == nil, Entries: n}
	var wrong *store.LogError
	switch {
	case errors.As(err, &wrong):
		v.Entry, v.Problem = wrong.Entry, wrong.Error()
	case errors.Is(err, store.ErrCheckpoint):
		v.Problem = err.Error()
	case err != nil:
		return v, err
	}
	return v, nil
}

func (c *Console) logExport(ctx context.Context, args []string) error {
	f := c.flags("log export")
	format := f.String("format", "jsonl", "jsonl or syslog (RFC 5424)")
	from := f.Int("from", 1, "first `entry`")
	if _, err := c.parse("log export", f, args, 0, 0); err != nil {
		return err
	}
	kind := store.JSONL
	switch *format {
	case "jsonl":
	case "syslog":
		kind = store.Syslog
	default:
		return usagef("--format %s: want jsonl or syslog", *format)
	}
	return c.with(ctx, func(st *station.Station) error {
		_, err := st.Store.Audit().Export(ctx, c.Out, kind, "ws-"+st.Site.BranchCode+"-"+st.Site.Workstation, *from)
		return err
	})
}

func (c *Console) logCheckpoint(ctx context.Context, args []string) error {
	f := c.flags("log checkpoint")
	if _, err := c.parse("log checkpoint", f, args, 0, 0); err != nil {
		return err
	}
	return c.with(ctx, func(st *station.Station) error {
		k, err := st.Store.Audit().Checkpoint(ctx)
		if err != nil {
			return err
		}
		return c.show(map[string]any{"entries": k.N, "checkpoint": string(k.Signed)}, func(w io.Writer) { w.Write(k.Signed) })
	})
}
