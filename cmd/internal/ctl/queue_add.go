package ctl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"moqian/cmd/internal/manifest"
	"moqian/cmd/internal/proof"
	"moqian/cmd/internal/station"
	"moqian/render/form"
	"moqian/render/watermark"
	"moqian/sign"
	"moqian/store"
)

// queueAdd takes vouchers of this workstation in that its store has lost. One
// that does not verify as its own is refused, and nothing of it is kept.
func (c *Console) queueAdd(ctx context.Context, args []string) error {
	f := c.flags("queue add")
	files, err := c.parse("queue add", f, args, 1, -1)
	if err != nil {
		return err
	}
	return c.with(ctx, func(st *station.Station) error {
		var rows []store.Item
		for _, name := range files {
			it, err := c.addOne(ctx, st, name)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			rows = append(rows, it)
		}
		return c.show(rows, func(w io.Writer) { printRows(w, rows) })
	})
}

func (c *Console) addOne(ctx context.Context, st *station.Station, name string) (store.Item, error) {
	pdf, err := readBounded(c.path(name), maxFile)
	if err != nil {
		return store.Item{}, fmt.Errorf("reading it: %w", err)
	}
	roots, err := st.Roots()
	if err != nil {
		return store.Item{}, err
	}
	o := proof.Options{Roots: roots, At: c.Now()}
	if err := stationMarks(ctx, st, &o, true); err != nil {
		return store.Item{}, err
	}
	p := proof.Examine(ctx, pdf, o)
	number, err := ownVoucher(st, p, o.MarkKeys)
	if err != nil {
		return store.Item{}, no{err}
	}
	v := p.Voucher
	it, err := st.Store.Outbox().Adopt(ctx, store.Filing{Serial: number.Serial, PDF: pdf,
		Item: store.Item{Voucher: v.Number, Type: v.Type, Business: v.Business, Branch: v.Branch, Teller: v.Teller, Test: v.Test},
		Entry: c.by(store.Entry{Action: "adopt", Outcome: "ok", Voucher: v.Number, Type: v.Type,
			Detail: map[string]string{"sha256": p.SHA256}})})
	if errors.Is(err, store.ErrDuplicate) {
		err = no{err}
	}
	return it, err
}

// ownVoucher says why a file is not a voucher of this workstation.
func ownVoucher(st *station.Station, p proof.File, keys []watermark.Key) (form.Number, error) {
	switch {
	case p.Verdict != sign.Valid:
		return form.Number{}, fmt.Errorf("its signature is %s", p.Verdict)
	case p.Voucher == nil:
		return form.Number{}, fmt.Errorf("it is no voucher")
	case p.Voucher.Branch != st.Site.BranchCode || p.Voucher.Workstation != st.Site.Workstation:
		return form.Number{}, fmt.Errorf("it is a voucher of branch %s, workstation %s", p.Voucher.Branch, p.Voucher.Workstation)
	case p.Voucher.Test != st.Trial:
		return form.Number{}, fmt.Errorf("trial and production do not mix")
	}
	// A workstation that lost its store has a new key of marks; the signature
	// stands for the ink then.
	known := slices.ContainsFunc(keys, func(k watermark.Key) bool { return manifest.KeyID(k) == p.Voucher.MarkKey })
	if s := p.Mark.Binding.State; known && s != watermark.Match && s != watermark.Unchecked {
		return form.Number{}, fmt.Errorf("the mark of its ink says %s", s)
	}
	return form.ParseNumber(p.Voucher.Number)
}
