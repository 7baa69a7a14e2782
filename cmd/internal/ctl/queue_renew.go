package ctl

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"

	"moqian/cmd/internal/proof"
	"moqian/cmd/internal/station"
	"moqian/store"
	"moqian/store/upload"
)

// queueRenew files a later form of a voucher that was sent, for example with a newer
// time stamp; it goes to the archive as an object of its own, linked in the index.
func (c *Console) queueRenew(ctx context.Context, args []string) error {
	var tsa names
	f := c.flags("queue renew")
	f.Var(&tsa, "tsa-roots", "PEM `file` of roots for time stamps; the site's without it")
	l := c.line()
	f.StringVar(&l.Address, "from", "", "archive `URL` for what is no longer here; the site's without it")
	words, err := c.parse("queue renew", f, args, 2, 2)
	if err != nil {
		return err
	}
	pdf, err := readBounded(c.path(words[1]), maxFile)
	if err != nil {
		return no{fmt.Errorf("reading the file: %w", err)}
	}
	o, err := c.verifyOptions(nil, tsa, nil, "")
	if err != nil {
		return err
	}
	return c.with(ctx, func(st *station.Station) error {
		if err := c.stationOptions(ctx, st, &o, true, len(tsa) == 0, true); err != nil {
			return err
		}
		it, err := c.renew(ctx, st, l, words[0], pdf, o)
		if err != nil {
			return err
		}
		return c.show(it, func(w io.Writer) { printRows(w, []store.Item{it}) })
	})
}

func (c *Console) renew(ctx context.Context, st *station.Station, l station.Line, voucher string, pdf []byte, o proof.Options) (store.Item, error) {
	box := st.Store.Outbox()
	first, err := box.Find(ctx, voucher)
	if err != nil {
		return store.Item{}, err
	}
	p := proof.Examine(ctx, pdf, o)
	if _, err := ownVoucher(st, p, o.MarkKeys); err != nil {
		return store.Item{}, no{err}
	}
	if p.Voucher.Number != first.Voucher {
		return store.Item{}, no{fmt.Errorf("it is voucher %s", p.Voucher.Number)}
	}
	forms, err := box.Search(ctx, store.Query{Voucher: first.Voucher})
	if err != nil {
		return store.Item{}, err
	}
	newest := forms[len(forms)-1]
	if slices.ContainsFunc(forms, func(it store.Item) bool { return it.SHA256 == p.SHA256 }) {
		return store.Item{}, no{errors.New("just this form is filed already")}
	}
	if !begins(pdf, newest) {
		held, err := c.held(ctx, st, l, newest)
		if err != nil {
			return store.Item{}, err
		}
		if err := later(p, proof.Examine(ctx, held, proof.Options{Roots: o.Roots, TSARoots: o.TSARoots, At: o.At})); err != nil {
			return store.Item{}, no{err}
		}
	}
	it, err := box.Renew(ctx, newest.ID, pdf, c.by(store.Entry{Action: "renew", Outcome: "ok",
		Voucher: newest.Voucher, Type: newest.Type}))
	if errors.Is(err, store.ErrState) {
		return it, no{fmt.Errorf("the form that it renews has not left yet; upload first: %w", err)}
	}
	return it, err
}

// begins says whether a file begins with the whole document of an item.
func begins(pdf []byte, it store.Item) bool {
	if len(pdf) <= it.Bytes {
		return false
	}
	sum := sha256.Sum256(pdf[:it.Bytes])
	return hex.EncodeToString(sum[:]) == it.SHA256
}

// held is the document of an item, from the archive when its bytes are gone here.
func (c *Console) held(ctx context.Context, st *station.Station, l station.Line, it store.Item) ([]byte, error) {
	pdf, err := st.Store.Outbox().PDF(ctx, it.ID)
	if !errors.Is(err, store.ErrPurged) {
		return pdf, err
	}
	from, err := c.archive(st, l)
	if err != nil {
		return nil, err
	}
	return upload.Fetch(ctx, from, it)
}

// levels of a signature, the least first.
var levels = [...]string{"B-B", "B-T", "B-LT", "B-LTA"}

// later says why a file is no later form of another: the signed bytes of all its
// signatures must be there, and no signature may prove less. What a time stamp
// fills in a signature is not signed by it.
func later(p, old proof.File) error {
	if len(p.Signatures) < len(old.Signatures) || len(old.Signatures) == 0 {
		return errors.New("it has fewer signatures than the form that is filed")
	}
	more := len(p.Signatures) > len(old.Signatures)
	for i, s := range old.Signatures {
		now := p.Signatures[i]
		if s.Range == "" || now.Range != s.Range {
			return fmt.Errorf("what signature %d covers is not what the filed form has", i+1)
		}
		at, was := slices.Index(levels[:], now.Level), slices.Index(levels[:], s.Level)
		if at < was {
			return fmt.Errorf("signature %d is %s, in the filed form %s", i+1, now.Level, s.Level)
		}
		more = more || at > was
	}
	if !more {
		return errors.New("it proves no more than the form that is filed")
	}
	return nil
}
