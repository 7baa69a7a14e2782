package store

import (
	"bytes"
	"context"
	"fmt"
)

// Query says which vouchers are wanted; empty fields do not matter, at least
// one must be set.
type Query struct {
	Voucher string // 18 digits
	Date    string // business date 2006-01-02
	Teller  string
	Account string // an account number in clear; it is compared as a keyed hash
}

// Empty says whether nothing is asked for.
func (q Query) Empty() bool { return q == Query{} }

// Matches says whether an item fits all of the query but its Account, which
// only the store can tell.
func (q Query) Matches(it Item) bool {
	return (q.Voucher == "" || q.Voucher == it.Voucher) &&
		(q.Date == "" || q.Date == it.Business) &&
		(q.Teller == "" || q.Teller == it.Teller)
}

// Search gives the items that fit, oldest first, renewals too.
func (o *Outbox) Search(ctx context.Context, q Query) ([]Item, error) {
	if q.Empty() {
		return nil, fmt.Errorf("searching the queue: nothing was asked for")
	}
	found := []Item{}
	take := func(r row, err error) error {
		if err == nil && q.Matches(r.Item) {
			found = append(found, r.Item)
		}
		return err
	}
	err := o.s.view(ctx, func(t *tx) error {
		if q.Account != "" {
			return t.eachOfAccount(q.Account, func(id string) error { return take(t.row(id)) })
		}
		return t.eachRow(func(r row) error { return take(r, nil) })
	})
	if err != nil {
		return nil, fmt.Errorf("searching the queue: %w", err)
	}
	return found, nil
}

// putAccounts notes under which accounts an item can be found.
func (t *tx) putAccounts(id string, accounts []string) error {
	for _, a := range accounts {
		if a == "" {
			continue
		}
		key := append(t.s.vault.hide(bucketAccounts, a), id...)
		if err := t.Bucket([]byte(bucketAccounts)).Put(key, nil); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) eachOfAccount(account string, f func(id string) error) error {
	prefix := t.s.vault.hide(bucketAccounts, account)
	c := t.Bucket([]byte(bucketAccounts)).Cursor()
	for k, _ := c.Seek(prefix); k != nil && bytes.HasPrefix(k, prefix); k, _ = c.Next() {
		if err := f(string(k[len(prefix):])); err != nil {
			return err
		}
	}
	return nil
}
