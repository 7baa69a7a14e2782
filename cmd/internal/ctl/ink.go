//go:build virtualpad

package ctl

import (
	"context"
	"fmt"
	"os"
	"strings"

	"moqian/cmd/internal/inkbench"
)

func (c *Console) inkBench(ctx context.Context, args []string) error {
	f := c.flags("ink bench")
	if _, err := c.parse("ink bench", f, args, 0, 0); err != nil {
		return err
	}
	return inkbench.Bench(ctx, c.In, c.Out)
}

func (c *Console) inkLive(ctx context.Context, args []string) error {
	f := c.flags("ink live")
	if _, err := c.parse("ink live", f, args, 0, 0); err != nil {
		return err
	}
	return inkbench.Live(ctx, c.In, c.Out)
}

func (c *Console) inkShow(_ context.Context, args []string) error {
	f := c.flags("ink show")
	id := f.String("id", "", "the record's `id`; the first without it; several with commas make a sheet")
	words, err := c.parse("ink show", f, args, 2, 2)
	if err != nil {
		return err
	}
	record, err := os.Open(c.path(words[0]))
	if err != nil {
		return fmt.Errorf("reading the record: %w", err)
	}
	defer record.Close()
	if ids := strings.Split(*id, ","); len(ids) > 1 {
		return inkbench.Sheet(record, ids, c.path(words[1]))
	}
	return inkbench.Show(record, *id, c.path(words[1]))
}
