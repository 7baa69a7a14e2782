package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/oklog/ulid/v2"
)

var (
	// ErrDuplicate: a voucher of this number has been filed before.
	ErrDuplicate = errors.New("a voucher of this number is in the queue")
	// ErrPurged: the bytes were given up after the archive provably had them.
	ErrPurged = errors.New("the bytes are in the archive only")
)

// Outbox keeps vouchers until the archive provably has them.
type Outbox struct{ s *Store }

// File commits the document, its state and its log entry in one transaction
// and clears the reservation. When it returns nil the voucher is durable; on an
// error nothing of it is stored and the reservation stands. The item given back
// has ID, State, Bytes, SHA256 and Filed. Errors: ErrFull, ErrClock,
// ErrReserved, ErrDuplicate.
func (o *Outbox) File(ctx context.Context, it Item, serial int, pdf []byte, e Entry) (Item, error) {
	if err := it.check(); err != nil {
		return Item{}, fmt.Errorf("filing: %w", err)
	}
	if len(pdf) == 0 {
		return Item{}, fmt.Errorf("filing voucher %s: the document is empty", it.Voucher)
	}
	if err := o.s.room(); err != nil {
		return Item{}, fmt.Errorf("filing voucher %s: %w", it.Voucher, err)
	}
	it.Bytes, it.SHA256 = len(pdf), digest(pdf)
	it.State, it.Tries, it.Error, it.Place = Queued, 0, "", ""
	err := o.s.update(ctx, func(t *tx) (err error) {
		it, err = t.file(it, serial, pdf, e)
		return err
	})
	if err != nil {
		return Item{}, fmt.Errorf("filing voucher %s: %w", it.Voucher, err)
	}
	return it, nil
}

func (t *tx) file(it Item, serial int, pdf []byte, e Entry) (Item, error) {
	now, err := t.clock()
	if err != nil {
		return it, err
	}
	it.Filed = now
	if err := t.release(it.Business, serial); err != nil {
		return it, err
	}
	if t.has(bucketNumbers, t.s.vault.hide(bucketNumbers, it.Voucher)) {
		return it, ErrDuplicate
	}
	id, err := ulid.New(ulid.Timestamp(now), t.s.ids)
	if err != nil {
		return it, fmt.Errorf("making an id: %w", err)
	}
	it.ID = id.String()
	seq, err := t.log(e.with("file", "ok", it, nil))
	if err != nil {
		return it, err
	}
	if err := t.put(bucketNumbers, t.s.vault.hide(bucketNumbers, it.Voucher), []byte(it.ID)); err != nil {
		return it, err
	}
	if err := t.putRow(row{it, seq}); err != nil {
		return it, err
	}
	return it, t.putDocument(it.ID, seq, pdf)
}

// List gives the rows, oldest first.
func (o *Outbox) List(ctx context.Context) ([]Item, error) {
	all := []Item{}
	err := o.s.view(ctx, func(t *tx) error {
		return t.each(bucketRows, func(_, raw []byte) error {
			r, err := decodeRow(raw)
			all = append(all, r.Item)
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("listing the queue: %w", err)
	}
	return all, nil
}

// Find gives the row of an id or a voucher number, or ErrNotFound.
func (o *Outbox) Find(ctx context.Context, key string) (it Item, err error) {
	err = o.s.view(ctx, func(t *tx) error {
		id := []byte(key)
		if digits(key, 18) {
			var err error
			if id, err = t.get(bucketNumbers, t.s.vault.hide(bucketNumbers, key)); err != nil {
				return err
			}
		}
		r, err := t.row(string(id))
		it = r.Item
		return err
	})
	if err != nil {
		return Item{}, fmt.Errorf("finding %s: %w", key, err)
	}
	return it, nil
}

// PDF gives the bytes of an item, after comparing them with its digest; ErrPurged
// when they are no longer here.
func (o *Outbox) PDF(ctx context.Context, id string) (pdf []byte, err error) {
	err = o.s.view(ctx, func(t *tx) error {
		r, err := t.row(id)
		if err != nil {
			return err
		}
		if r.State == Purged {
			return ErrPurged
		}
		pdf, err = t.document(r)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the document %s: %w", id, err)
	}
	return pdf, nil
}

func (t *tx) row(id string) (row, error) {
	if id == "" {
		return row{}, ErrNotFound
	}
	raw, err := t.get(bucketRows, []byte(id))
	if err != nil {
		return row{}, err
	}
	r, err := decodeRow(raw)
	if err == nil && r.ID != id {
		err = fmt.Errorf("%w: row %s says it is %s", ErrDamaged, id, r.ID)
	}
	return r, err
}

func (t *tx) putRow(r row) error {
	raw, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return t.put(bucketRows, []byte(r.ID), raw)
}
