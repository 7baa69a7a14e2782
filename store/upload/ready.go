package upload

import (
	"context"
	"errors"

	"moqian/store"
)

// ready makes QUEUED items READY with the bytes they were filed with. It gives those
// that are left to this round: another one may be at work beside it.
func (r *round) ready(ctx context.Context, part []store.Item) ([]store.Item, error) {
	for {
		var finals []store.Final
		var at []int
		for i, it := range part {
			if it.State == store.Queued {
				finals, at = append(finals, store.Final{ID: it.ID}), append(at, i)
			}
		}
		if len(finals) == 0 {
			return part, nil
		}
		now, err := r.w.Outbox.CommitAll(ctx, finals...)
		for i := range now {
			part[at[i]] = now[i]
		}
		if !errors.Is(err, store.ErrState) {
			return part, err
		}
		if part, err = r.untouched(ctx, part); err != nil {
			return part, err
		}
	}
}

// untouched gives the items that are in the state they were in.
func (r *round) untouched(ctx context.Context, part []store.Item) ([]store.Item, error) {
	mine := part[:0]
	for _, it := range part {
		switch now, err := r.w.Outbox.Find(ctx, it.ID); {
		case err != nil:
			return mine, err
		case now.State == it.State:
			mine = append(mine, it)
		default:
			r.leave(it)
		}
	}
	return mine, nil
}

// leave counts an item that another round has taken.
func (r *round) leave(it store.Item) {
	r.count(func() { r.tally.add(it.Bytes, true) })
}
