package ctl

import (
	"context"
	"fmt"
	"io"

	"moqian/cmd/internal/station"
	"moqian/store"
	"moqian/store/auth"
)

func (c *Console) queueList(ctx context.Context, args []string) error {
	f := c.flags("queue list")
	if _, err := c.parse("queue list", f, args, 0, 0); err != nil {
		return err
	}
	return c.with(ctx, func(st *station.Station) error {
		rows, err := st.Store.Outbox().List(ctx)
		if err != nil {
			return err
		}
		if rows == nil {
			rows = []store.Item{}
		}
		return c.show(rows, func(w io.Writer) { printRows(w, rows) })
	})
}

func printRows(w io.Writer, rows []store.Item) {
	for _, r := range rows {
		test := ""
		if r.Test {
			test = " TEST"
		}
		fmt.Fprintf(w, "%s %-8s %8d %s %s%s %s\n", r.Voucher, r.State, r.Bytes, r.Business, r.Teller, test, r.Error)
	}
}

func (c *Console) queueShow(ctx context.Context, args []string) error {
	f := c.flags("queue show")
	words, err := c.parse("queue show", f, args, 1, 1)
	if err != nil {
		return err
	}
	return c.with(ctx, func(st *station.Station) error {
		it, err := st.Store.Outbox().Find(ctx, words[0])
		if err != nil {
			return err
		}
		return c.show(it, func(w io.Writer) {
			printRows(w, []store.Item{it})
			fmt.Fprintf(w, "id %s\nsha256 %s\nfiled %s\nplace %s\n", it.ID, it.SHA256, it.Filed.Format("2006-01-02T15:04:05Z07:00"), it.Place)
		})
	})
}

// queueRetry forgets the failure of a voucher, so that the next upload tries it.
func (c *Console) queueRetry(ctx context.Context, args []string) error {
	f := c.flags("queue retry")
	words, err := c.parse("queue retry", f, args, 1, 1)
	if err != nil {
		return err
	}
	return c.with(ctx, func(st *station.Station) error {
		it, err := st.Store.Outbox().Find(ctx, words[0])
		if err != nil {
			return err
		}
		it.Error, it.Tries = "", 0
		if err := st.Store.Outbox().Move(ctx, it, store.Entry{Actor: auth.System, Action: "retry",
			Voucher: it.Voucher, Type: it.Type, Outcome: "ok"}); err != nil {
			return err
		}
		return c.show(it, func(w io.Writer) { fmt.Fprintf(w, "%s will be tried again\n", it.Voucher) })
	})
}

func (c *Console) queueExport(ctx context.Context, args []string) error {
	f := c.flags("queue export")
	words, err := c.parse("queue export", f, args, 2, 2)
	if err != nil {
		return err
	}
	return c.with(ctx, func(st *station.Station) error {
		it, err := st.Store.Outbox().Find(ctx, words[0])
		if err != nil {
			return err
		}
		pdf, err := st.Store.Outbox().PDF(ctx, it.ID)
		if err != nil {
			return err
		}
		if err := writeFile(c.path(words[1]), pdf); err != nil {
			return fmt.Errorf("writing the copy: %w", err)
		}
		return st.Store.Audit().Append(ctx, store.Entry{Actor: auth.System, Action: "export",
			Voucher: it.Voucher, Type: it.Type, Outcome: "ok"})
	})
}
