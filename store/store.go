package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"
	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
	"golang.org/x/mod/sumdb/note"
)

var (
	// ErrLocked: another process has the store open.
	ErrLocked = errors.New("store is in use by another process")
	// ErrNewer: the store was written by a newer version of the program.
	ErrNewer = errors.New("store was written by a newer version")
	// ErrFull: the disk floor is reached or the disk is full; nothing was
	// written and what is stored stays readable.
	ErrFull = errors.New("disk is too full for another voucher")
	// ErrKey: the key does not open this store.
	ErrKey = errors.New("the machine key does not open this store")
	// ErrClock: the clock is more than ClockTolerance behind the last log entry.
	ErrClock = errors.New("the clock is behind the last log entry")
	// ErrNotFound: no such item.
	ErrNotFound = errors.New("no such voucher in the queue")
	// ErrCipher: a document is encrypted with a cipher that was not handed in.
	ErrCipher = errors.New("the cipher of this document is not known here")
	// ErrDamaged: bytes on disk are not what was written: a torn or altered
	// file. Restore a backup.
	ErrDamaged = errors.New("the store is damaged")
)

// File is the name of the store in its folder.
const File = "moqian.db"

// lockWait is how long Open waits for another process to let go where Options.Wait
// does not say. A killed process holds the lock for as long as anybody looks at its
// memory (the lock goes with the mapping, not with the process), its orphaned check
// for as long as it reads: on a busy machine a tenth of a second was not enough.
const lockWait = 5 * time.Second

// Options of a store. Time and randomness come in here.
type Options struct {
	// Key is the 32-byte machine key. Open does not keep it: wipe it after.
	Key []byte
	// Now is the clock.
	Now func() time.Time
	// Wait is how long Open waits for another process to let go of the store before
	// it gives ErrLocked; 5 s if zero.
	Wait time.Duration
	// Floor is the free space in bytes below which Ready and Reserve refuse, so
	// before a customer signs; 0 means none.
	Floor int64
	// Ballast is the size in bytes of a file that takes up room and is given up
	// when the disk is full, so that what has begun can be ended; 0 means none.
	Ballast int64
	// Rand makes ids, nonces and document keys; nil is crypto/rand. Anything
	// predictable breaks the encryption: tests only.
	Rand io.Reader
	// Ciphers may encrypt documents besides AES-256-GCM, which is always known. The
	// first is for fresh documents; with none it is AES-256-GCM.
	Ciphers []Cipher
	// Signer signs checkpoints of the log; nil makes none. Its key should not lie
	// where the machine key lies. Its name tells workstations apart.
	Signer note.Signer
	// Every is how many log entries lie between two checkpoints that are kept and
	// uploaded, 64 if zero. The head of the log is signed with each transaction.
	Every int
	// Merge is asked by Restore about the settings of a store that is replaced and can
	// be read; nil: those of the backup stay.
	Merge Merge
}

func (o *Options) check() error {
	switch {
	case len(o.Key) != keySize:
		return fmt.Errorf("%w: Options.Key has %d bytes, want %d", ErrKey, len(o.Key), keySize)
	case o.Now == nil:
		return errors.New("store: Options.Now is missing")
	case o.Wait < 0:
		return fmt.Errorf("store: Options.Wait is %s", o.Wait)
	case o.Floor < 0:
		return fmt.Errorf("store: Options.Floor is %d", o.Floor)
	case !goodCiphers(o.Ciphers):
		return errors.New("store: Options.Ciphers: each needs a name of its own, of letters, digits and dashes, and New")
	case o.Ballast < 0:
		return fmt.Errorf("store: Options.Ballast is %d", o.Ballast)
	case o.Every < 0:
		return fmt.Errorf("store: Options.Every is %d", o.Every)
	}
	if o.Wait == 0 {
		o.Wait = lockWait
	}
	if o.Every == 0 {
		o.Every = 64
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	return nil
}

func goodCiphers(all []Cipher) bool {
	seen := map[string]bool{}
	for _, c := range all {
		if c.New == nil || !plainName(c.Name) || seen[c.Name] {
			return false
		}
		seen[c.Name] = true
	}
	return true
}

// Store is everything kept on this machine: one bbolt file in dir. It may be
// used from several goroutines.
type Store struct {
	swap  sync.RWMutex // guards db and file, which Compact puts others in the place of
	db    *bolt.DB
	file  *os.File // of db
	dir   string
	vault *vault
	now   func() time.Time
	floor int64
	ids   *ulid.MonotonicEntropy // used inside write transactions only

	buffers     sync.Pool // of *[]byte, see borrow
	ahead, laid int64     // see layAhead; laid is used inside write transactions only

	ballast int64
	signer  note.Signer // nil: no checkpoints
	every   int64

	torn bool // see Torn
}

// Open opens or creates the store in dir. Numbers that were reserved and never
// filed are logged as burnt. A store that was made and is missing or empty now is
// ErrDamaged: only Restore puts one there again. Errors: ErrLocked, ErrNewer, ErrKey
// and ErrDamaged leave the file as it was.
func Open(dir string, o Options) (*Store, error) { return openUsing(dir, o, options()) }

func openUsing(dir string, o Options, bo *bolt.Options) (*Store, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("finding the store's folder: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the store's folder: %w", err)
	}
	v, err := newVault(o.Key, o.Rand, o.Ciphers...)
	if err != nil {
		return nil, err
	}
	if err := gone(dir); err != nil {
		return nil, fmt.Errorf("opening %s: %w", filepath.Join(dir, File), err)
	}
	torn := tornHead(filepath.Join(dir, File))
	bo.Timeout = o.Wait
	db, file, err := openDB(filepath.Join(dir, File), bo)
	if err != nil {
		return nil, err
	}
	s := &Store{db: db, file: file, ahead: aheadMost, dir: dir, vault: v, now: o.Now, floor: o.Floor, ids: ulid.Monotonic(o.Rand, 0),
		ballast: o.Ballast, signer: o.Signer, every: int64(o.Every), torn: torn}
	if err := s.begin(); err != nil {
		db.Close() // not s.Close: that might sign what was just refused
		return nil, err
	}
	s.sweep()
	s.layBallast()
	return s, nil
}

// sweep removes what a restore or a compaction left that was cut off; each may be
// as large as the store. Both work under the lock that is ours now.
func (s *Store) sweep() {
	left, _ := os.ReadDir(s.dir)
	for _, e := range left {
		if strings.HasPrefix(e.Name(), restoring) || e.Name() == File+compacting {
			os.RemoveAll(filepath.Join(s.dir, e.Name()))
		}
	}
}

// begin checks version and key, or writes them into a new file, and burns what
// an earlier run left reserved. A full disk does not keep the store from
// opening: the burning waits for the next start.
func (s *Store) begin() error {
	ctx := context.Background()
	fresh := false
	err := s.view(ctx, func(t *tx) (err error) {
		fresh, err = t.checkSchema()
		return err
	})
	if err != nil {
		return err
	}
	if fresh && Made(s.dir) {
		return fmt.Errorf("opening %s: %w", filepath.Join(s.dir, File), ErrGone)
	}
	if fresh {
		// The name first: a store that has been acknowledged must be found again.
		for _, dir := range []string{s.dir, filepath.Dir(s.dir)} {
			if err := syncDir(dir); err != nil {
				return fmt.Errorf("creating the store: %w", err)
			}
		}
		if err := s.update(ctx, (*tx).createSchema); err != nil {
			return fmt.Errorf("creating the store: %w", err)
		}
		if err := mark(s.dir); err != nil {
			return fmt.Errorf("creating the store: %w", err)
		}
	} else if err := s.migrate(ctx); err != nil {
		return err
	} else if err := s.adopt(ctx); err != nil {
		return err
	}
	if err := s.burnOutstanding(ctx); err != nil && !errors.Is(err, ErrFull) {
		return err
	}
	if !s.torn {
		return nil
	}
	err = s.Audit().Append(ctx, Entry{Actor: "system", Action: "torn", Outcome: "failed", Detail: map[string]string{
		"reason": "one of the two head pages was not whole: the last transaction may be missing",
	}})
	if errors.Is(err, ErrFull) {
		return nil
	}
	return err
}

// Torn says that Open found one of the file's two head pages not whole: what the
// last transaction did may be missing, by a power cut before it was acknowledged or
// by somebody's hand. An entry "torn" of the log says so for ever.
func (s *Store) Torn() bool { return s.torn }

// Close releases it; it waits for transactions under way.
func (s *Store) Close() error {
	unsigned := s.signEnd() // a store that is damaged or closed already must close all the same
	s.swap.RLock()
	defer s.swap.RUnlock()
	if err := s.db.Close(); err != nil {
		return fmt.Errorf("closing the store: %w", err)
	}
	if unsigned != nil && !errors.Is(unsigned, berrors.ErrDatabaseNotOpen) {
		return fmt.Errorf("closing the store: signing the end of the log: %w", unsigned)
	}
	return nil
}

// Outbox of vouchers.
func (s *Store) Outbox() *Outbox { return &Outbox{s} }

// Audit is the operation log.
func (s *Store) Audit() *Audit { return &Audit{s} }

// Ready says whether a signing may begin: disk floor (ErrFull), clock not
// behind the log (ErrClock).
func (s *Store) Ready(ctx context.Context) error {
	if err := s.room(); err != nil {
		return err
	}
	return s.view(ctx, func(t *tx) error {
		_, err := t.clock()
		return err
	})
}

// room says whether the disk is above the floor and the ballast in its place.
func (s *Store) room() error {
	s.layBallast()
	if s.ballast > 0 && size(filepath.Join(s.dir, ballastFile)) < s.ballast {
		return fmt.Errorf("%w: the ballast of %d bytes was given up and does not fit again", ErrFull, s.ballast)
	}
	if s.floor == 0 {
		return nil
	}
	free, err := freeBytes(s.dir)
	if err != nil {
		return fmt.Errorf("asking for free disk space: %w", err)
	}
	if free < s.floor {
		return fmt.Errorf("%w: %d bytes are free, the floor is %d", ErrFull, free, s.floor)
	}
	return nil
}
