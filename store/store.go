package store

import (
	"context"
	"errors"
	"time"
)

var (
	// ErrLocked: another process has the store open.
	ErrLocked = errors.New("store is in use by another process")
	// ErrNewer: the store was written by a newer version of the program.
	ErrNewer = errors.New("store was written by a newer version")
	// ErrFull: the disk floor is reached; nothing was written.
	ErrFull = errors.New("disk is too full for another voucher")
	// ErrKey: the key does not open this store.
	ErrKey = errors.New("the machine key does not open this store")
	// ErrClock: the clock is behind the last log entry.
	ErrClock = errors.New("the clock is behind the last log entry")
	// ErrNotFound: no such item.
	ErrNotFound = errors.New("no such voucher in the queue")
)

// Options of a store. Time and randomness come in here.
type Options struct {
	// Key is the 32-byte machine key.
	Key []byte
	// Now is the clock.
	Now func() time.Time
	// Floor is the free space in bytes below which File and Reserve refuse.
	Floor int64
}

// Store is everything kept on this machine: one bbolt file in dir.
type Store struct{}

// Open opens or creates the store in dir. Numbers that were reserved and never
// filed are logged as burnt.
func Open(dir string, o Options) (*Store, error) { panic("seam") }

// Close releases it.
func (s *Store) Close() error { panic("seam") }

// Outbox of vouchers.
func (s *Store) Outbox() *Outbox { panic("seam") }

// Audit is the operation log.
func (s *Store) Audit() *Audit { panic("seam") }

// Ready says whether a signing may begin: disk floor, clock not behind the log.
func (s *Store) Ready(ctx context.Context) error { panic("seam") }

// Outbox keeps vouchers until the archive provably has them.
type Outbox struct{}

// Reserve takes the next serial of the business date (2006-01-02), 1 to 9999,
// durably: it is never given again. A reserved serial ends in File or Burn.
func (o *Outbox) Reserve(ctx context.Context, business string) (int, error) { panic("seam") }

// Burn logs that a reserved serial will not be used.
func (o *Outbox) Burn(ctx context.Context, business string, serial int, e Entry) error { panic("seam") }

// File commits the document, its state and its log entry in one transaction
// and clears the reservation. When it returns nil the voucher is durable.
func (o *Outbox) File(ctx context.Context, it Item, serial int, pdf []byte, e Entry) (Item, error) {
	panic("seam")
}

// List gives the rows, oldest first.
func (o *Outbox) List(ctx context.Context) ([]Item, error) { panic("seam") }

// Find gives the row of an id or a voucher number.
func (o *Outbox) Find(ctx context.Context, key string) (Item, error) { panic("seam") }

// PDF gives the bytes of an item.
func (o *Outbox) PDF(ctx context.Context, id string) ([]byte, error) { panic("seam") }

// Commit moves an item to READY with its final bytes.
func (o *Outbox) Commit(ctx context.Context, id string, pdf []byte, e Entry) error { panic("seam") }

// Move records a later state (SENT, VERIFIED, PURGED) or a failed try.
func (o *Outbox) Move(ctx context.Context, it Item, e Entry) error { panic("seam") }

// Audit is the operation log: a transparency log (sumdb/tlog) whose leaves are
// written in the same transaction as what they tell.
type Audit struct{}

// Append writes one entry.
func (a *Audit) Append(ctx context.Context, e Entry) error { panic("seam") }

// All gives the entries in order.
func (a *Audit) All(ctx context.Context) ([]Entry, error) { panic("seam") }

// Verify recomputes the tree; the error names the first entry that fails.
func (a *Audit) Verify(ctx context.Context) (n int, root [32]byte, err error) { panic("seam") }
