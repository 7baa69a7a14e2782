package store

import (
	"context"
	"errors"
	"fmt"
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

// Commit moves an item from QUEUED to READY with its final bytes (the same
// bytes where nothing was added). After it nothing but these bytes is sent.
func (o *Outbox) Commit(ctx context.Context, id string, pdf []byte, e Entry) error {
	if len(pdf) == 0 {
		return fmt.Errorf("committing %s: the document is empty", id)
	}
	sum := digest(pdf)
	err := o.s.update(ctx, func(t *tx) error {
		r, err := t.row(id)
		if err != nil {
			return err
		}
		if r.State != Queued {
			return fmt.Errorf("%w: %s to %s", ErrState, r.State, Ready)
		}
		seq, err := t.log(e.with("commit", "ok", r.Item, nil))
		if err != nil {
			return err
		}
		r.State, r.Error = Ready, ""
		if sum != r.SHA256 {
			r.Bytes, r.SHA256, r.Seq = len(pdf), sum, seq
			if err := t.putDocument(id, seq, pdf); err != nil {
				return err
			}
		}
		return t.putRow(r)
	})
	if err != nil {
		return fmt.Errorf("committing %s: %w", id, err)
	}
	return nil
}

// Move records a later state or a failed try. it.State is the state to reach:
// the present one (a try that failed, any state but PURGED) or the next of SENT,
// VERIFIED, PURGED; anything else is ErrState. Of the item only ID, State, Tries,
// Error and Place are taken. PURGED gives up the bytes.
func (o *Outbox) Move(ctx context.Context, it Item, e Entry) error {
	err := o.s.update(ctx, func(t *tx) error {
		r, err := t.row(it.ID)
		if err != nil {
			return err
		}
		if !mayMove(r.State, it.State) {
			return fmt.Errorf("%w: %s to %s", ErrState, r.State, it.State)
		}
		if it.State == Purged {
			if err := t.deleteDocument(r.ID); err != nil {
				return err
			}
		}
		outcome := "ok"
		if it.State == r.State {
			outcome = "failed"
		}
		r.State, r.Tries, r.Error, r.Place = it.State, it.Tries, it.Error, it.Place
		if _, err := t.log(e.with("move", outcome, r.Item, map[string]string{"state": string(it.State)})); err != nil {
			return err
		}
		return t.putRow(r)
	})
	if err != nil {
		return fmt.Errorf("moving %s to %s: %w", it.ID, it.State, err)
	}
	return nil
}

// mayMove: READY is reached by Commit only, because it needs the final bytes.
func mayMove(from, to State) bool {
	if from == to {
		return from.rank() >= 0 && from != Purged
	}
	return to.rank() == from.rank()+1 && to.rank() > Ready.rank()
}
