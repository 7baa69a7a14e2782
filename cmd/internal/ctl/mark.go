package ctl

import (
	"context"
	"fmt"
	"io"

	"moqian/cmd/internal/keyfile"
	"moqian/cmd/internal/manifest"
	"moqian/cmd/internal/markcmd"
	"moqian/cmd/internal/station"
	"moqian/store"
	"moqian/store/auth"
)

func (c *Console) markKeygen(_ context.Context, args []string) error {
	f := c.flags("mark keygen")
	words, err := c.parse("mark keygen", f, args, 1, 1)
	if err != nil {
		return err
	}
	if err := markcmd.Keygen(c.path(words[0])); err != nil {
		return err
	}
	return c.show(map[string]string{"file": c.path(words[0])}, func(w io.Writer) { fmt.Fprintln(w, words[0]) })
}

// markExport and markImport carry a branch's key between head office and the
// workstation; both are logged.
func (c *Console) markExport(ctx context.Context, args []string) error {
	f := c.flags("mark export")
	words, err := c.parse("mark export", f, args, 1, 1)
	if err != nil {
		return err
	}
	return c.with(ctx, func(st *station.Station) error {
		k, err := st.MarkKey(ctx)
		if err != nil {
			return err
		}
		if err := keyfile.Write(c.path(words[0]), k); err != nil {
			return err
		}
		return st.Store.Audit().Append(ctx, store.Entry{Actor: auth.System, Action: "mark-export", Outcome: "ok",
			Detail: map[string]string{"key": manifest.KeyID(k)}})
	})
}

func (c *Console) markImport(ctx context.Context, args []string) error {
	f := c.flags("mark import")
	words, err := c.parse("mark import", f, args, 1, 1)
	if err != nil {
		return err
	}
	k, err := keyfile.Read(c.path(words[0]))
	if err != nil {
		return err
	}
	return c.with(ctx, func(st *station.Station) error {
		if err := st.SetMarkKey(ctx, k); err != nil {
			return err
		}
		return st.Store.Audit().Append(ctx, store.Entry{Actor: auth.System, Action: "mark-import", Outcome: "ok",
			Detail: map[string]string{"key": manifest.KeyID(k)}})
	})
}

func (c *Console) markRead(ctx context.Context, args []string) error {
	f := c.flags("mark read")
	key := f.String("key", "", "key `file` of the mark")
	bound := f.String("context", "", "`file` whose SHA-256 the ink was bound to")
	words, err := c.parse("mark read", f, args, 1, 1)
	if err != nil {
		return err
	}
	r, err := markcmd.Read(ctx, c.path(words[0]), c.path(*key), c.path(*bound))
	if err != nil {
		return err
	}
	err = c.show(r, func(w io.Writer) {
		fmt.Fprintf(w, "binding: %s %s (%d strokes, altered %v)\n", r.Binding.State, r.Binding.Handle, r.Binding.Strokes, r.Binding.Altered)
		fmt.Fprintf(w, "robust:  found %v %s (T %.1f)\n", r.Robust.Found, r.Robust.Handle, r.Robust.T)
	})
	if err == nil && !r.Yes() {
		return answer(exitNo)
	}
	return err
}

func (c *Console) markCheck(ctx context.Context, args []string) error {
	f := c.flags("mark check")
	key := f.String("key", "", "key `file` of the mark")
	handle := f.String("handle", "", "the claim: HEX[,HEX…] or @FILE")
	original := f.String("original", "", "the archived PDF `file`; its lines tell where to measure")
	words, err := c.parse("mark check", f, args, 1, 1)
	if err != nil {
		return err
	}
	if *key == "" || *handle == "" {
		return usagef("want --key KEYFILE and --handle HEX")
	}
	claims := *handle
	if claims[0] == '@' {
		claims = "@" + c.path(claims[1:])
	}
	handles, err := markcmd.Handles(claims)
	if err != nil {
		return usagef("--handle: %v", err)
	}
	list, err := markcmd.Check(ctx, c.path(words[0]), c.path(*key), handles, c.path(*original))
	if err != nil {
		return err
	}
	err = c.show(list, func(w io.Writer) {
		for _, k := range list {
			fmt.Fprintf(w, "%s T %.2f accept %v\n", k.Handle, k.T, k.Accept)
		}
	})
	if err == nil && !markcmd.Any(list) {
		return answer(exitNo)
	}
	return err
}
