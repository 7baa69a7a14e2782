package store

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// ErrState: a voucher cannot go from its state to the one asked for.
var ErrState = errors.New("not possible in this state")

// rank is a state's place in the row, -1 for none.
func (s State) rank() int {
	for i, known := range []State{Queued, Ready, Sent, Verified, Purged} {
		if s == known {
			return i
		}
	}
	return -1
}

// Final are the final bytes of a QUEUED item; a nil PDF means those it was filed
// with.
type Final struct {
	ID    string
	PDF   []byte
	Entry Entry
}

// Commit moves an item from QUEUED to READY with its final bytes (the same
// bytes where nothing was added). After it nothing but these bytes is sent.
func (o *Outbox) Commit(ctx context.Context, id string, pdf []byte, e Entry) error {
	if len(pdf) == 0 {
		return fmt.Errorf("committing %s: the document is empty", id)
	}
	_, err := o.CommitAll(ctx, Final{id, pdf, e})
	return err
}

// CommitAll is Commit for several items in one transaction, all or none. It
// gives the rows as they are now.
func (o *Outbox) CommitAll(ctx context.Context, all ...Final) ([]Item, error) {
	out := make([]Item, len(all))
	err := o.s.update(ctx, func(t *tx) error {
		for i, f := range all {
			it, err := t.commit(f)
			if err != nil {
				return fmt.Errorf("committing %s: %w", f.ID, err)
			}
			out[i] = it
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func (t *tx) commit(f Final) (Item, error) {
	r, err := t.row(f.ID)
	if err != nil {
		return Item{}, err
	}
	if r.State != Queued {
		return r.Item, fmt.Errorf("%w: %s to %s", ErrState, r.State, Ready)
	}
	seq, err := t.log(f.Entry.with("commit", "ok", r.Item, nil))
	if err != nil {
		return r.Item, err
	}
	r.State, r.Error, r.Fault, r.Moved = Ready, "", "", t.s.now().Round(0)
	if f.PDF != nil {
		if sum := digest(f.PDF); sum != r.SHA256 {
			r.Bytes, r.SHA256, r.Seq = len(f.PDF), sum, seq
			if err := t.putDocument(f.ID, seq, f.PDF); err != nil {
				return r.Item, err
			}
		}
	}
	if err := t.indexAccounts(&r); err != nil {
		return r.Item, err
	}
	return r.Item, t.putRow(r)
}

// Change is one step for MoveAll.
type Change struct {
	Item  Item
	Entry Entry
	// From, if set, is the state that the item must still be in: what was found out
	// about it holds for no other. Else the move is ErrState.
	From State
}

// Move records a later state or a failed try. it.State is the state to reach:
// the present one (a try that failed, any state but PURGED), the next of SENT,
// VERIFIED, PURGED, or READY from SENT or VERIFIED when the archive turned out not
// to have it; anything else is ErrState. Of the item only ID, State, Tries, Error, Fault
// and Place are taken. PURGED gives up the bytes.
func (o *Outbox) Move(ctx context.Context, it Item, e Entry) error {
	refused, err := o.MoveAll(ctx, Change{Item: it, Entry: e})
	if err == nil {
		err = refused[it.ID]
	}
	return err
}

// MoveAll makes several moves in one transaction: one wait for the disk instead
// of many. A move that is not possible (ErrState, ErrNotFound) is left out and
// named in refused by its id; any other error undoes all.
func (o *Outbox) MoveAll(ctx context.Context, all ...Change) (refused map[string]error, err error) {
	err = o.s.update(ctx, func(t *tx) error {
		refused = map[string]error{}
		for _, c := range all {
			err := t.move(c)
			switch {
			case errors.Is(err, ErrState), errors.Is(err, ErrNotFound):
				refused[c.Item.ID] = movingError(c, err)
			case err != nil:
				return movingError(c, err)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return refused, nil
}

func movingError(c Change, err error) error {
	return fmt.Errorf("moving %s to %s: %w", c.Item.ID, c.Item.State, err)
}

// move writes nothing when it gives ErrState or ErrNotFound.
func (t *tx) move(c Change) error {
	it := c.Item
	r, err := t.row(it.ID)
	if err != nil {
		return err
	}
	if c.From != "" && r.State != c.From || !mayMove(r.State, it.State) || !it.Fault.known() {
		return fmt.Errorf("%w: %s to %s", ErrState, r.State, it.State)
	}
	outcome := "ok"
	detail := map[string]string{"state": string(it.State)}
	if it.State == r.State || it.State == Ready {
		outcome = "failed"
		r.Tried = t.s.now().Round(0)
		if it.Fault != "" {
			detail["fault"] = string(it.Fault)
		}
	} else {
		r.Moved = t.s.now().Round(0)
	}
	r.State, r.Tries, r.Error, r.Fault, r.Place = it.State, it.Tries, it.Error, it.Fault, it.Place
	if _, err := t.log(c.Entry.with("move", outcome, r.Item, detail)); err != nil {
		return err
	}
	if it.State == Purged {
		if err := t.deleteDocument(r.ID); err != nil {
			return err
		}
	}
	return t.putRow(r)
}

// mayMove: READY is reached from QUEUED by Commit only, because it needs the
// final bytes, and again from SENT and VERIFIED when the archive has forgotten them.
func mayMove(from, to State) bool {
	switch {
	case from == to:
		return from.rank() >= 0 && from != Purged
	case to == Ready:
		return from == Sent || from == Verified
	}
	return to.rank() == from.rank()+1 && to.rank() > Ready.rank()
}

// Retry clears the fault of an item that failed, so that the next round tries it
// again whatever the fault was. It is logged with e.
func (o *Outbox) Retry(ctx context.Context, id string, e Entry) (it Item, err error) {
	err = o.s.update(ctx, func(t *tx) error {
		r, err := t.row(id)
		if err != nil {
			return err
		}
		if r.State == Purged {
			return fmt.Errorf("%w: %s", ErrState, r.State)
		}
		r.Fault, r.Error, r.Tried = "", "", time.Time{}
		it = r.Item
		if _, err := t.log(e.with("retry", "ok", r.Item, nil)); err != nil {
			return err
		}
		return t.putRow(r)
	})
	if err != nil {
		return Item{}, fmt.Errorf("retrying %s: %w", id, err)
	}
	return it, nil
}

// Renew files a later form of a document, for example with a newer time stamp,
// as an item of its own: the same voucher, READY at once, linked to the item it
// renews. That item must have been sent.
func (o *Outbox) Renew(ctx context.Context, id string, pdf []byte, e Entry) (it Item, err error) {
	if len(pdf) == 0 {
		return Item{}, fmt.Errorf("renewing %s: the document is empty", id)
	}
	sum := digest(pdf)
	err = o.s.update(ctx, func(t *tx) error {
		r, err := t.row(id)
		if err != nil {
			return err
		}
		if r.State.rank() < Sent.rank() || sum == r.SHA256 {
			return fmt.Errorf("%w: %s, or the same bytes", ErrState, r.State)
		}
		now, err := t.clock()
		if err != nil {
			return err
		}
		next := Item{
			Voucher: r.Voucher, Type: r.Type, Business: r.Business, Branch: r.Branch, Teller: r.Teller, Test: r.Test,
			State: Ready, Bytes: len(pdf), SHA256: sum, Filed: now, Moved: now, Renews: r.ID,
		}
		fresh, err := t.identify(next, e.with("renew", "ok", next, map[string]string{"renews": r.ID}))
		if err != nil {
			return err
		}
		it = fresh.Item
		document, err := t.s.vault.sealDocument(it.ID, fresh.Seq, pdf, t.borrow(len(pdf)))
		if err != nil {
			return err
		}
		return t.putItem(fresh, document)
	})
	if err != nil {
		return Item{}, fmt.Errorf("renewing %s: %w", id, err)
	}
	return it, nil
}
