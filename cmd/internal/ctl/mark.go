package ctl

import (
	"context"
	"fmt"
	"io"

	"moqian/cmd/internal/markcmd"
)

func (c *Console) markRead(ctx context.Context, args []string) error {
	var public names
	var o markcmd.ReadOptions
	f := c.flags("mark read")
	f.StringVar(&o.Key, "key", "", "key `file` of the mark")
	f.StringVar(&o.Context, "context", "", "`file` whose SHA-256 the ink was bound to")
	f.Var(&public, "public", "PEM `file` of public keys that sign ink, again for more; needs no secret")
	words, err := c.parse("mark read", f, args, 1, 1)
	if err != nil {
		return err
	}
	o = markcmd.ReadOptions{Key: c.path(o.Key), Context: c.path(o.Context), Public: c.paths(public)}
	r, err := markcmd.Read(ctx, c.path(words[0]), o)
	if err != nil {
		return err
	}
	err = c.show(r, func(w io.Writer) {
		fmt.Fprintf(w, "binding: %s %s (%d strokes, altered %v)\n", r.Binding.State, r.Binding.Handle, r.Binding.Strokes, r.Binding.Altered)
		fmt.Fprintf(w, "robust:  found %v %s (T %.1f)\n", r.Robust.Found, r.Robust.Handle, r.Robust.T)
		if p := r.Public; p != nil {
			fmt.Fprintf(w, "public:  %s %s (key %s, room %d bits)\n", p.State, p.Handle, p.Key, p.Room)
		}
	})
	if t := r.Remark(); t != "" {
		fmt.Fprintln(c.Err, t)
	}
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
