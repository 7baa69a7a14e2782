package ctl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
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
	Intact   bool   `json:"intact"`
	Entries  int    `json:"entries"`
	Entry    int    `json:"entry,omitempty"` // the first that does not stand, from 1
	Problem  string `json:"problem,omitempty"`
	Archived int    `json:"archived,omitempty"` // checkpoints of the archive that were compared
	// Unsigned: there is no checkpoint key, so nothing but the tree was compared.
	Unsigned bool `json:"unsigned,omitempty"`
}

// String is the verdict in a line.
func (v LogVerdict) String() string {
	switch {
	case !v.Intact:
		return "NOT intact: " + v.Problem
	case v.Unsigned:
		return fmt.Sprintf("%d entries, intact, but nothing signs them: there is no checkpoint key", v.Entries)
	}
	if v.Archived > 0 {
		return fmt.Sprintf("%d entries, intact; so say %d checkpoints of the archive", v.Entries, v.Archived)
	}
	return fmt.Sprintf("%d entries, intact", v.Entries)
}

func (c *Console) logVerify(ctx context.Context, args []string) error {
	var notes names
	f := c.flags("log verify")
	f.Var(&notes, "checkpoint", "signed checkpoint `file`, as the archive has it, again for more")
	inArchive := f.Bool("archive", false, "compare with the checkpoints that the archive has, too")
	l := c.line()
	f.StringVar(&l.Address, "from", "", "the archive's `URL` for --archive, which it implies; the site's without it")
	if _, err := c.parse("log verify", f, args, 0, 0); err != nil {
		return err
	}
	return c.with(ctx, func(st *station.Station) error {
		var archived [][]byte
		if *inArchive || l.Address != "" {
			from, err := c.archive(st, l)
			if err != nil {
				return err
			}
			if archived, err = st.ArchivedCheckpoints(ctx, from); err != nil {
				return err
			}
		}
		v, err := c.judgeLog(ctx, st, notes, archived...)
		if err != nil {
			return err
		}
		err = c.show(v, func(w io.Writer) {
			fmt.Fprintln(w, v)
		})
		if err == nil && !v.Intact {
			return answer(exitNo)
		}
		return err
	})
}

// logCheck is doctor's line about the log.
func (c *Console) logCheck(ctx context.Context, st *station.Station) Check {
	v, err := c.judgeLog(ctx, st, nil)
	if err != nil || v.Intact {
		return verdict("log", v.String(), err)
	}
	return Check{Name: "log", What: v.String(), Mend: "keep the folder as it is and call the auditor"}
}

// judgeLog compares the log with its own tree, the checkpoints kept here and
// those given.
func (c *Console) judgeLog(ctx context.Context, st *station.Station, files []string, archived ...[]byte) (LogVerdict, error) {
	log := st.Store.Audit()
	kept, err := log.Checkpoints(ctx)
	if errors.Is(err, store.ErrDamaged) {
		return LogVerdict{Problem: err.Error()}, nil
	}
	if err != nil {
		return LogVerdict{}, err
	}
	signed := archived
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
	verifier, missing := st.Verifiers(ctx)
	switch {
	case missing == nil:
		n, err = log.VerifyAgainst(ctx, verifier, signed...)
	case !errors.Is(missing, fs.ErrNotExist):
		return LogVerdict{}, missing
	case len(signed) > 0 || st.Signed(ctx):
		return LogVerdict{Archived: len(archived), Problem: "the log was signed, and the key of its checkpoints is gone from the folder"}, nil
	default: // a store that was begun without a checkpoint key
		n, _, err = log.Verify(ctx)
	}
	v := LogVerdict{Intact: err == nil, Entries: n, Archived: len(archived), Unsigned: missing != nil}
	var wrong *store.LogError
	switch {
	case errors.As(err, &wrong):
		v.Entry, v.Problem = wrong.Entry, wrong.Error()+restoredAt(ctx, log)
	case errors.Is(err, store.ErrCheckpoint):
		v.Problem = err.Error()
	case err != nil:
		return v, err
	}
	return v, nil
}

// restoredAt tells whoever judges that a backup was restored: checkpoints made
// between that backup and then are of entries that were given up.
func restoredAt(ctx context.Context, log *store.Audit) string {
	all, err := log.All(ctx)
	if err != nil {
		return ""
	}
	for i := len(all) - 1; i >= 0; i-- {
		if e := all[i]; e.Action == "restore" {
			return fmt.Sprintf(" (entry %d says that a backup of %s entries was restored: checkpoints made after that backup and before differ)",
				i+1, e.Detail["entries"])
		}
	}
	return ""
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
