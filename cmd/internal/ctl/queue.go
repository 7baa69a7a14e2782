package ctl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"moqian/cmd/internal/durable"
	"moqian/cmd/internal/station"
	"moqian/store"
	"moqian/store/upload"
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

// queueFind finds vouchers again. An account is a secret of the customer's, so
// it comes by file or standard input, not as a word that others can list.
func (c *Console) queueFind(ctx context.Context, args []string) error {
	f := c.flags("queue find")
	var q store.Query
	f.StringVar(&q.Voucher, "voucher", "", "voucher `number`")
	f.StringVar(&q.Date, "date", "", "business `date` 2006-01-02")
	f.StringVar(&q.Teller, "teller", "", "teller's `account`")
	account := f.String("account-file", "", "`file` with an account number, - for standard input")
	inArchive := f.Bool("archive", false, "look in the archive's index too (not by account)")
	l := c.line()
	f.StringVar(&l.Address, "from", "", "the archive's `URL` for --archive, which it implies; the site's without it")
	words, err := c.parse("queue find", f, args, 0, 1)
	if err != nil {
		return err
	}
	if len(words) > 0 {
		if q.Voucher != "" && q.Voucher != words[0] {
			return usagef("two vouchers are named; name one")
		}
		q.Voucher = words[0]
	}
	if *account != "" {
		b, err := c.secretLine(*account)
		if err != nil {
			return err
		}
		q.Account = b
	}
	if _, err := time.Parse(time.DateOnly, q.Date); q.Date != "" && err != nil {
		return usagef("--date %s: want a date like 2026-01-28", q.Date)
	}
	if q.Empty() {
		return usagef("name a voucher, date, teller or account; tellerctl queue find --help shows how")
	}
	return c.with(ctx, func(st *station.Station) error {
		rows, err := st.Store.Outbox().Search(ctx, q)
		if err != nil {
			return err
		}
		if *inArchive || l.Address != "" {
			if rows, err = c.alsoArchived(ctx, st, l, q, rows); err != nil {
				return err
			}
		}
		if rows == nil {
			rows = []store.Item{}
		}
		if err := c.show(rows, func(w io.Writer) { printRows(w, rows) }); err != nil || len(rows) > 0 {
			return err
		}
		fmt.Fprintln(c.Err, "tellerctl: queue find: nothing fits")
		return answer(exitNo)
	})
}

// alsoArchived adds what only the archive has; its state is ARCHIVE.
func (c *Console) alsoArchived(ctx context.Context, st *station.Station, l station.Line, q store.Query, rows []store.Item) ([]store.Item, error) {
	a, err := c.archive(st, l)
	if err != nil {
		return nil, err
	}
	found, err := upload.Find(ctx, a, st.Site.BranchCode, q)
	if err != nil {
		return nil, fmt.Errorf("looking in the archive: %w", err)
	}
	here := map[string]bool{}
	for _, r := range rows {
		here[r.ID] = true
	}
	for _, f := range found {
		if !here[f.Item.ID] {
			f.Item.State, f.Item.Place = "ARCHIVE", f.Key
			rows = append(rows, f.Item)
		}
	}
	return rows, nil
}

func (c *Console) secretLine(file string) (string, error) {
	if file == "-" {
		b, err := io.ReadAll(io.LimitReader(c.In, 256))
		return strings.TrimSpace(string(b)), err
	}
	b, err := readBounded(c.path(file), 256)
	return strings.TrimSpace(string(b)), err
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
		it, err = st.Store.Outbox().Retry(ctx, it.ID, c.by(store.Entry{Action: "retry",
			Voucher: it.Voucher, Type: it.Type, Outcome: "ok"}))
		if err != nil {
			return err
		}
		return c.show(it, func(w io.Writer) { fmt.Fprintf(w, "%s will be tried again\n", it.Voucher) })
	})
}

// exported is a copy that was written.
type exported struct {
	Voucher string `json:"voucher"`
	ID      string `json:"id"`
	File    string `json:"file"`
	Bytes   int    `json:"bytes"`
	SHA256  string `json:"sha256"`
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
		if errors.Is(err, store.ErrPurged) {
			return no{fmt.Errorf("%w; queue fetch gets it from there", err)}
		}
		if err != nil {
			return err
		}
		name := c.path(words[1])
		if err := durable.WriteFile(name, pdf); err != nil {
			return fmt.Errorf("writing the copy: %w", err)
		}
		if err := st.Store.Audit().Append(ctx, c.by(store.Entry{Action: "export",
			Voucher: it.Voucher, Type: it.Type, Outcome: "ok"})); err != nil {
			return err
		}
		return c.show(exported{it.Voucher, it.ID, name, len(pdf), it.SHA256}, func(io.Writer) {})
	})
}
