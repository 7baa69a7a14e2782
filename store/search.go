package store

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
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
	take := func(r row) error {
		if q.Matches(r.Item) {
			found = append(found, r.Item)
		}
		return nil
	}
	err := o.s.view(ctx, func(t *tx) error {
		if q.Account != "" {
			return t.eachOfAccount(q.Account, take)
		}
		return t.eachRow(take)
	})
	if err != nil {
		return nil, fmt.Errorf("searching the queue: %w", err)
	}
	return found, nil
}

// hidden gives account numbers as they are kept.
func (t *tx) hidden(accounts []string) (all [][]byte) {
	for _, a := range accounts {
		if a != "" {
			all = append(all, t.s.vault.hide(bucketAccounts, a))
		}
	}
	return all
}

// indexAccounts moves the account numbers of a row into their index.
func (t *tx) indexAccounts(r *row) error {
	for _, hidden := range r.Accounts {
		if err := t.Bucket([]byte(bucketAccounts)).Put(append(hidden, r.ID...), nil); err != nil {
			return err
		}
	}
	r.Accounts = nil
	return nil
}

// eachOfAccount goes through the rows of an account, oldest first: those of its
// index, and those that are QUEUED.
func (t *tx) eachOfAccount(account string, f func(row) error) error {
	prefix := t.s.vault.hide(bucketAccounts, account)
	var all []row
	c := t.Bucket([]byte(bucketAccounts)).Cursor()
	for k, _ := c.Seek(prefix); k != nil && bytes.HasPrefix(k, prefix); k, _ = c.Next() {
		r, err := t.row(string(k[len(prefix):]))
		if err != nil {
			return err
		}
		all = append(all, r)
	}
	err := t.rowsOf(bucketItems).each(func(r row) error {
		if slices.ContainsFunc(r.Accounts, func(a []byte) bool { return bytes.Equal(a, prefix) }) {
			all = append(all, r)
		}
		return nil
	})
	if err != nil {
		return err
	}
	slices.SortFunc(all, func(a, b row) int { return strings.Compare(a.ID, b.ID) })
	// An account that was given twice is one.
	for _, r := range slices.CompactFunc(all, func(a, b row) bool { return a.ID == b.ID }) {
		if err := f(r); err != nil {
			return err
		}
	}
	return nil
}
