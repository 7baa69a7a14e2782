package ctl

import (
	"context"
	"errors"
	"fmt"
	"io"

	"moqian/cmd/internal/durable"
	"moqian/cmd/internal/proof"
	"moqian/cmd/internal/station"
	"moqian/sign"
	"moqian/store"
	"moqian/store/upload"
)

// queueFetch gets a voucher back from the archive by its index and judges it:
// whoever may write to the archive may write an index too.
func (c *Console) queueFetch(ctx context.Context, args []string) error {
	l := c.line()
	f := c.flags("queue fetch")
	f.StringVar(&l.Address, "from", "", "archive `URL`; the site's without it")
	date := f.String("date", "", "business `date`, which saves a search through the whole branch")
	words, err := c.parse("queue fetch", f, args, 2, 2)
	if err != nil {
		return err
	}
	return c.with(ctx, func(st *station.Station) error {
		from, err := c.archive(st, l)
		if err != nil {
			return err
		}
		file, key, err := fetch(ctx, st, from, words[0], *date)
		if err != nil {
			return err
		}
		o := proof.Options{At: c.Now()}
		if err := c.stationOptions(ctx, st, &o, true, true, true); err != nil {
			return err
		}
		name := c.path(words[1])
		if err := durable.WriteFile(name, file); err != nil {
			return fmt.Errorf("writing the copy: %w", err)
		}
		if err := st.Store.Audit().Append(ctx, c.by(store.Entry{Action: "fetch", Voucher: words[0], Outcome: "ok"})); err != nil {
			return err
		}
		return c.fetched(key, name, file, proof.Examine(ctx, file, o))
	})
}

// fetched shows what came and what it is worth.
func (c *Console) fetched(key, name string, file []byte, p proof.File) error {
	p.File = name
	err := c.show(struct {
		Key   string `json:"key"`
		Bytes int    `json:"bytes"`
		proof.File
	}{key, len(file), p}, func(w io.Writer) {
		fmt.Fprintf(w, "%s: %d bytes, digest as in its key\n", key, len(file))
		printVerdict(w, p)
	})
	if err == nil && p.Verdict != sign.Valid {
		return answer(exitNo)
	}
	return err
}

// fetch finds a voucher in the archive and reads its newest document; the bytes
// are compared with the digest in its key.
func fetch(ctx context.Context, st *station.Station, from upload.Archive, voucher, date string) ([]byte, string, error) {
	found, err := upload.Find(ctx, from, st.Site.BranchCode, store.Query{Voucher: voucher, Date: date})
	if err != nil {
		return nil, "", fmt.Errorf("looking in the archive: %w", err)
	}
	if len(found) == 0 {
		return nil, "", no{fmt.Errorf("the archive has no voucher %s", voucher)}
	}
	newest := found[len(found)-1]
	file, err := upload.Fetch(ctx, from, newest.Item)
	if errors.Is(err, upload.ErrAltered) {
		return nil, "", no{err}
	}
	return file, newest.Key, err
}
