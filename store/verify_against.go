package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// VerifyAgainst is Verify, and then compares the log with signed checkpoints:
// those kept here (Checkpoints) and, above all, those the archive has. It finds
// what somebody with the machine key rewrote, as long as one checkpoint from
// before is among them, and names the first entry that differs: altered,
// removed, moved, or cut off the end. A LogError or ErrCheckpoint.
//
// v says that the log has a checkpoint key: without a signature of its end it does
// not stand. A store that was restored from a backup differs from later checkpoints: its
// log says so in an entry "restore".
func (a *Audit) VerifyAgainst(ctx context.Context, v note.Verifier, notes ...[]byte) (n int, err error) {
	n, _, err = a.Verify(ctx)
	if err != nil {
		return n, err
	}
	var all []Checkpoint
	for i, signed := range notes {
		c, err := OpenCheckpoint(signed, v)
		if err != nil {
			return n, fmt.Errorf("verifying the log: checkpoint %d of %d: %w", i+1, len(notes), err)
		}
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b Checkpoint) int { return int(a.N - b.N) })
	err = a.s.view(ctx, func(t *tx) error {
		// The oldest first: the first that differs has the leaf that differs.
		for _, c := range all {
			if err := t.compare(c); err != nil {
				return err
			}
		}
		return t.signedHead(v)
	})
	if err != nil {
		return n, fmt.Errorf("verifying the log: %w", err)
	}
	return n, nil
}

// signedHead: a log that has a checkpoint key has its end signed from the
// beginning.
func (t *tx) signedHead(v note.Verifier) error {
	h, err := t.head()
	if err != nil {
		return err
	}
	raw, err := t.get(bucketSigned, []byte(keySigned))
	if errors.Is(err, ErrNotFound) {
		return unsignedEnd(h.N)
	}
	if err != nil {
		return err
	}
	if k, ok := v.(oneOf); ok {
		v = k.Verifier
	}
	c, err := OpenCheckpoint(raw, v)
	if err != nil {
		return fmt.Errorf("the signature of the end: %w", err)
	}
	if err := t.compare(c); err != nil {
		return err
	}
	return t.onlyFiled(c.N, h.N)
}

// justFiled says whether entry i is of a voucher that was filed at this place: of
// such entries the signature comes a moment later, and after a crash with the
// next transaction.
func (t *tx) justFiled(i int64) bool {
	logged, err := t.record(i)
	if err != nil {
		return false
	}
	e, err := decodeEntry(logged.text)
	if err != nil {
		return false
	}
	id, err := t.get(bucketNumbers, t.s.vault.number(e.Voucher))
	if err != nil {
		return false
	}
	r, err := t.row(string(id))
	return err == nil && r.Seq == i
}

// compare looks for the first entry in which the log differs from a checkpoint.
func (t *tx) compare(c Checkpoint) error {
	h, err := t.head()
	if err != nil {
		return err
	}
	broken := func(i int64, what string, args ...any) error {
		return &LogError{Entry: int(i) + 1, Of: int(max(c.N, h.N)), What: fmt.Sprintf(what, args...), Cause: ErrDamaged}
	}
	if c.N <= h.N {
		root, err := tlog.TreeHash(c.N, tlog.HashReaderFunc(t.hashes))
		if err != nil {
			return err
		}
		if root == c.Root {
			return nil
		}
	}
	for i := c.First(); i < c.N && i < h.N; i++ {
		want := c.Leaves[i-c.First()]
		have, err := t.leaf(i)
		if err != nil {
			return err
		}
		if have != want {
			return broken(i, "%s", t.fate(c, i, have, want, h.N))
		}
	}
	if h.N < c.N {
		return broken(max(h.N, 0), "and all after it were cut off: the checkpoint of %d entries has them", c.N)
	}
	return broken(c.First()-1, "or one before it differs from the checkpoint of %d entries", c.N)
}

// fate guesses what was done to entry i from where its hash is found now.
func (t *tx) fate(c Checkpoint, i int64, have, want tlog.Hash, n int64) string {
	for j := range c.Leaves {
		if c.Leaves[j] == have && c.First()+int64(j) > i {
			if next, err := t.leaf(i + 1); err == nil && i+1 < n && next == want {
				return "was moved: it changed places with the one after it"
			}
			for k := i + 1; k < n && k < i+int64(len(c.Leaves)); k++ {
				if l, err := t.leaf(k); err == nil && l == want {
					return fmt.Sprintf("was moved: it stands as entry %d now", k+1)
				}
			}
			return "was removed"
		}
	}
	for k := i + 1; k < n && k <= c.N; k++ {
		if l, err := t.leaf(k); err == nil && l == want {
			return fmt.Sprintf("was moved: another stands in its place and it is entry %d now", k+1)
		}
	}
	return "was altered: it is not the one the checkpoint has"
}

func (t *tx) leaf(i int64) (tlog.Hash, error) {
	h, err := t.hashes([]int64{tlog.StoredHashIndex(0, i)})
	if err != nil {
		return tlog.Hash{}, err
	}
	return h[0], nil
}
