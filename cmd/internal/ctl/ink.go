//go:build virtualpad

package ctl

import (
	"context"

	"moqian/cmd/internal/inkbench"
)

func (c *Console) inkBench(ctx context.Context, args []string) error {
	f := c.flags("ink bench")
	if _, err := c.parse("ink bench", f, args, 0, 0); err != nil {
		return err
	}
	return inkbench.Bench(ctx, c.In, c.Out)
}
