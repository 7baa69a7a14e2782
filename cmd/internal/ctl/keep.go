package ctl

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"

	"moqian/cmd/internal/station"
	"moqian/store"
	"moqian/store/auth"
)

func (c *Console) backup(ctx context.Context, args []string) error {
	f := c.flags("backup")
	words, err := c.parse("backup", f, args, 1, 1)
	if err != nil {
		return err
	}
	return c.with(ctx, func(st *station.Station) error {
		size, err := st.Store.Backup(ctx, c.path(words[0]), store.Entry{Actor: auth.System, Action: "backup", Outcome: "ok"})
		if err != nil {
			return err
		}
		return c.show(map[string]any{"file": c.path(words[0]), "bytes": size},
			func(w io.Writer) { fmt.Fprintf(w, "%s, %d bytes, checked\n", words[0], size) })
	})
}

func (c *Console) restore(ctx context.Context, args []string) error {
	f := c.flags("restore")
	lose := f.Bool("lose", false, "give up vouchers that the backup lacks")
	words, err := c.parse("restore", f, args, 1, 1)
	if err != nil {
		return err
	}
	if c.Station != nil {
		return fmt.Errorf("restoring: %w", store.ErrLocked)
	}
	dir, err := c.folder()
	if err != nil {
		return err
	}
	site, err := c.site(dir)
	if err != nil {
		return err
	}
	before := len(store.Replaced(dir))
	if err := station.Restore(ctx, c.options(dir, site), c.path(words[0]), *lose); err != nil {
		return err
	}
	after := store.Replaced(dir)
	return c.show(map[string]bool{"restored": true}, func(w io.Writer) {
		fmt.Fprint(w, "restored")
		if len(after) > before {
			fmt.Fprintf(w, "; the store that was there is kept as %s", after[len(after)-1])
		}
		fmt.Fprintln(w)
	})
}

func (c *Console) check(ctx context.Context, args []string) error {
	f := c.flags("check")
	if _, err := c.parse("check", f, args, 0, 0); err != nil {
		return err
	}
	return c.with(ctx, func(st *station.Station) error {
		found, err := st.Store.Check(ctx)
		if err != nil {
			return fmt.Errorf("checking: %w", err)
		}
		return c.show(found, func(w io.Writer) {
			fmt.Fprintf(w, "%d vouchers, %d documents (%d bytes), %d log entries: all as written\n",
				found.Items, found.Documents, found.Bytes, found.Entries)
		})
	})
}

func (c *Console) compact(ctx context.Context, args []string) error {
	f := c.flags("compact")
	if _, err := c.parse("compact", f, args, 0, 0); err != nil {
		return err
	}
	return c.with(ctx, func(st *station.Station) error {
		before, after, err := st.Store.Compact(ctx, store.Entry{Actor: auth.System, Action: "compact", Outcome: "ok"})
		if err != nil {
			return fmt.Errorf("compacting: %w", err)
		}
		return c.show(map[string]int64{"before": before, "after": after},
			func(w io.Writer) { fmt.Fprintf(w, "%d bytes before, %d after\n", before, after) })
	})
}

// checkWord is the command of the child process that looks at a store first.
const checkWord = "check-child"

// ChildCheck gives the check of a store's file in a process of its own, by this
// same program; nil where the program does not know its own path.
func ChildCheck() func(ctx context.Context, dir string) error {
	self, err := os.Executable()
	if err != nil {
		return nil
	}
	return childCheck(self)
}

func childCheck(self string) func(ctx context.Context, dir string) error {
	return func(ctx context.Context, dir string) error {
		return store.CheckChild(ctx, exec.CommandContext(ctx, self, checkWord, dir))
	}
}

// CheckChildMain is the whole program when its arguments are those of
// ChildCheck; ok is false when they are not.
func CheckChildMain(args []string) (exit int, ok bool) {
	if len(args) != 2 || args[0] != checkWord {
		return 0, false
	}
	return store.CheckChildMain(args[1], os.Stderr), true
}
