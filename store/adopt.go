package store

import (
	"context"
	"errors"
	"fmt"
)

// Adopt files a voucher of this workstation that the store does not have, for
// example one that was exported before the disk was lost: it takes no new
// number, and the serial it has is never given again. The caller has made sure
// that the document is this workstation's. Errors: ErrDuplicate, ErrFull,
// ErrClock, ErrReserved while a transaction under way has its number.
func (o *Outbox) Adopt(ctx context.Context, f Filing) (Item, error) {
	if err := errors.Join(f.Item.check(), checkBusiness(f.Item.Business)); err != nil {
		return Item{}, fmt.Errorf("adopting: %w", err)
	}
	if f.Serial < 1 || f.Serial > LastSerial || len(f.PDF) == 0 {
		return Item{}, fmt.Errorf("adopting voucher %s: no serial or no document", f.Item.Voucher)
	}
	if err := o.s.room(); err != nil {
		return Item{}, fmt.Errorf("adopting voucher %s: %w", f.Item.Voucher, err)
	}
	f.Item.Bytes, f.Item.SHA256 = len(f.PDF), digest(f.PDF)
	f.Item.State, f.Item.Tries, f.Item.Error, f.Item.Place, f.Item.Fault, f.Item.Renews = Queued, 0, "", "", "", ""
	var it Item
	err := o.s.update(ctx, func(t *tx) error {
		if err := t.raiseSerial(f.Item.Business, f.Serial); err != nil {
			return err
		}
		key := reservation(f.Item.Business, f.Serial)
		if t.has(bucketReserved, key) {
			return fmt.Errorf("%w for it: a transaction under way has it", ErrReserved)
		}
		if err := t.put(bucketReserved, key, nil); err != nil {
			return err
		}
		f.Entry = f.Entry.with("adopt", "ok", f.Item, nil)
		filed, err := t.fileAll([]Filing{f}, func(int) string { return f.Item.SHA256 })
		if err == nil {
			it = filed[0]
		}
		return err
	})
	if err != nil {
		return Item{}, fmt.Errorf("adopting voucher %s: %w", f.Item.Voucher, err)
	}
	return it, nil
}
