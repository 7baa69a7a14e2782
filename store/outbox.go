package store

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"

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

// Filing is one voucher to file.
type Filing struct {
	Item   Item
	Serial int // reserved before
	PDF    []byte
	Entry  Entry
	// Accounts are the account numbers of the voucher in clear, for Search. They
	// are kept as keyed hashes only, on this machine only.
	Accounts []string
}

// File commits the document, its state and its log entry in one transaction
// and clears the reservation. When it returns nil the voucher is durable; on an
// error nothing of it is stored and the reservation stands. The item given back
// has ID, State, Bytes, SHA256 and Filed. Errors: ErrFull, ErrClock,
// ErrReserved, ErrDuplicate. The disk floor is not asked for: the customer has
// signed, and the room below the floor is there for this moment.
func (o *Outbox) File(ctx context.Context, it Item, serial int, pdf []byte, e Entry) (Item, error) {
	all, err := o.FileAll(ctx, Filing{Item: it, Serial: serial, PDF: pdf, Entry: e})
	if err != nil {
		return Item{}, err
	}
	return all[0], nil
}

// FileAll is File for several vouchers in one transaction: all or none. Digests
// and encryption are spread over the processors: a customer waits.
func (o *Outbox) FileAll(ctx context.Context, all ...Filing) ([]Item, error) {
	for i := range all {
		f := &all[i]
		if err := f.Item.check(); err != nil {
			return nil, fmt.Errorf("filing: %w", err)
		}
		if len(f.PDF) == 0 {
			return nil, fmt.Errorf("filing voucher %s: the document is empty", f.Item.Voucher)
		}
		it := &f.Item
		it.Bytes, it.SHA256 = len(f.PDF), ""
		it.State, it.Tries, it.Error, it.Place, it.Fault, it.Renews = Queued, 0, "", "", "", ""
	}
	sums := make([]string, len(all))
	digests := begin(len(all), func(i int) { sums[i] = digest(all[i].PDF) })
	defer digests.Wait()
	var out []Item
	err := o.s.update(ctx, func(t *tx) (err error) {
		t.hurry = true
		out, err = t.fileAll(all, func(i int) string { digests.Wait(); return sums[i] })
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("filing: %w", err)
	}
	return out, nil
}

// begin runs f for 0 to n-1, on as many goroutines as there are processors.
func begin(n int, f func(i int)) *sync.WaitGroup {
	var all sync.WaitGroup
	workers := min(n, runtime.GOMAXPROCS(0))
	for w := range workers {
		all.Go(func() {
			for i := w; i < n; i += workers {
				f(i)
			}
		})
	}
	return &all
}

// fileAll gives each its number, id and log entry, encrypts them all, then stores
// them.
func (t *tx) fileAll(all []Filing, sum func(i int) string) ([]Item, error) {
	rows := make([]row, len(all))
	for i, f := range all {
		r, err := t.admit(f)
		if err != nil {
			return nil, fmt.Errorf("voucher %s: %w", f.Item.Voucher, err)
		}
		rows[i] = r
	}
	documents, failed := make([]sealed, len(all)), make([]error, len(all))
	room := make([][]byte, len(all))
	for i := range all {
		room[i] = t.borrow(len(all[i].PDF))
	}
	begin(len(all), func(i int) {
		documents[i], failed[i] = t.s.vault.sealDocument(rows[i].ID, rows[i].Seq, all[i].PDF, room[i])
	}).Wait()
	out := make([]Item, len(all))
	for i := range rows {
		if failed[i] != nil {
			return nil, failed[i]
		}
		rows[i].SHA256, rows[i].Accounts = sum(i), t.hidden(all[i].Accounts)
		if err := t.putItem(rows[i], documents[i]); err != nil {
			return nil, err
		}
		out[i] = rows[i].Item
	}
	return out, nil
}

// admit takes a voucher's number, gives it an id and logs it.
func (t *tx) admit(f Filing) (row, error) {
	it := f.Item
	now, err := t.clock()
	if err != nil {
		return row{}, err
	}
	it.Filed, it.Moved, it.SHA256 = now, now, ""
	if err := t.release(it.Business, f.Serial); err != nil {
		return row{}, err
	}
	number := t.s.vault.number(it.Voucher)
	if t.has(bucketNumbers, number) {
		return row{}, ErrDuplicate
	}
	r, err := t.identify(it, f.Entry.with("file", "ok", it, nil))
	if err != nil {
		return r, err
	}
	return r, t.put(bucketNumbers, number, []byte(r.ID))
}

// identify gives an item its id and, with the entry, its place in the log.
func (t *tx) identify(it Item, e Entry) (row, error) {
	id, err := ulid.New(ulid.Timestamp(it.Filed), t.s.ids)
	if err != nil {
		return row{}, fmt.Errorf("making an id: %w", err)
	}
	it.ID = id.String()
	seq, err := t.log(e)
	return row{Item: it, Seq: seq}, err
}

// putItem stores the row and the encrypted document of a fresh item.
func (t *tx) putItem(r row, s sealed) error {
	if err := t.putRow(r); err != nil {
		return err
	}
	return t.putSealed(r.ID, s)
}

// List gives the rows, oldest first.
func (o *Outbox) List(ctx context.Context) ([]Item, error) {
	all := []Item{}
	err := o.s.view(ctx, func(t *tx) error {
		return t.eachRow(func(r row) error { all = append(all, r.Item); return nil })
	})
	if err != nil {
		return nil, fmt.Errorf("listing the queue: %w", err)
	}
	return all, nil
}

// Pending gives the rows that are not PURGED, oldest first: what is still here.
func (o *Outbox) Pending(ctx context.Context) ([]Item, error) {
	all := []Item{}
	err := o.s.view(ctx, func(t *tx) error {
		return t.rowsOf(bucketItems).each(func(r row) error { all = append(all, r.Item); return nil })
	})
	if err != nil {
		return nil, fmt.Errorf("listing what waits: %w", err)
	}
	return all, nil
}

// Find gives the row of an id or a voucher number, or ErrNotFound.
func (o *Outbox) Find(ctx context.Context, key string) (it Item, err error) {
	err = o.s.view(ctx, func(t *tx) error {
		id := []byte(key)
		if digits(key, 18) {
			var err error
			if id, err = t.get(bucketNumbers, t.s.vault.number(key)); err != nil {
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
func (o *Outbox) PDF(ctx context.Context, id string) ([]byte, error) {
	return o.bytes(ctx, id, func(t *tx) ([]byte, error) {
		r, err := t.row(id)
		if err != nil {
			return nil, err
		}
		if r.State == Purged {
			return nil, ErrPurged
		}
		return t.document(r)
	})
}

// Bytes is PDF for a caller that compares the bytes with the digest itself, as
// archives do before they send: hashing a document once is enough. They are as
// they were encrypted, at this place, all the same.
func (o *Outbox) Bytes(ctx context.Context, id string) ([]byte, error) {
	return o.BytesInto(ctx, id, nil)
}

// BytesInto is Bytes for a sender of thousands, who need not make room for each:
// they stand in into, whose content is lost, where they fit there.
func (o *Outbox) BytesInto(ctx context.Context, id string, into []byte) ([]byte, error) {
	return o.bytes(ctx, id, func(t *tx) ([]byte, error) { return t.bytes(id, into) })
}

func (o *Outbox) bytes(ctx context.Context, id string, read func(*tx) ([]byte, error)) (pdf []byte, err error) {
	err = o.s.view(ctx, func(t *tx) (err error) {
		pdf, err = read(t)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the document %s: %w", id, err)
	}
	return pdf, nil
}

// bytes reads of the row no more than it must.
func (t *tx) bytes(id string, into []byte) ([]byte, error) {
	raw, err := t.get(bucketItems, rowKey(id))
	if errors.Is(err, ErrNotFound) && id != "" && t.has(bucketPurged, rowKey(id)) {
		return nil, ErrPurged
	}
	if err != nil {
		return nil, err
	}
	seq, err := seqOf(raw)
	if err != nil {
		return nil, err
	}
	return t.decrypt(id, seq, into)
}
