package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	bolt "go.etcd.io/bbolt"
)

// ErrNewerHere: the store in place has vouchers that the backup lacks.
var ErrNewerHere = errors.New("the store has vouchers that the backup does not have")

// restoring begins the name of the folder in which a restore is prepared.
const restoring = ".restore-"

// serialGap is how many numbers of a day are passed over when the store that is
// replaced cannot say how many it gave.
const serialGap = 1000

// Restore puts the backup at path in the place of the store in dir, which must
// not be open. Nothing is changed before the backup has been opened with the key
// and checked. The store that was there is kept beside it as moqian.db.replaced, or
// where there is one from before, with the next number: moqian.db.replaced.2.
//
// Counters are never lowered: a voucher number that the replaced store gave is
// not given again, a capture that it saw stays known to Tripwire, vouchers that left
// for the archive stay listed and found, and what Options.Merge says of settings
// holds. Where that store can no longer be read, 1000 numbers are passed over on each
// day since the backup. If it can be read and has vouchers that are not PURGED and
// that the backup lacks, Restore refuses with ErrNewerHere, unless lose is set. The
// restored log ends with an entry that tells all this.
//
// A backup whose log another key signed, that of a workstation that is dead, or none,
// is signed anew, and the entry says so. Errors: ErrLocked, ErrKey, ErrNewer,
// ErrDamaged, ErrFull.
func Restore(ctx context.Context, dir, path string, o Options, lose bool, e Entry) (err error) {
	if err := o.check(); err != nil {
		return err
	}
	fail := func(err error) error { return fmt.Errorf("restoring %s: %w", path, err) }
	work, err := os.MkdirTemp(dir, restoring)
	if err != nil {
		return fail(err)
	}
	defer os.RemoveAll(work)
	old, err := lockReplaced(filepath.Join(dir, File), o.Wait)
	if err != nil {
		return fail(err)
	}
	if old != nil {
		defer old.Close()
	}
	if err := copyFile(path, filepath.Join(work, File)); err != nil {
		return fail(err)
	}
	if err := holdsStore(filepath.Join(work, File)); err != nil {
		return fail(err)
	}
	o.Floor, o.Ballast = 0, 0
	s, err := Open(work, o)
	if err != nil {
		return fail(err)
	}
	defer s.Close()
	if _, err := s.Check(ctx); err != nil {
		return fail(err)
	}
	left, err := leftBehind(dir, o)
	if err != nil {
		return fail(err)
	}
	if err := s.carryOver(ctx, left, o.Merge, lose, e); err != nil {
		return fail(err)
	}
	if err := s.Close(); err != nil {
		return fail(err)
	}
	if err := swapIn(dir, filepath.Join(work, File)); err != nil {
		return fail(err)
	}
	if err := mark(dir); err != nil {
		return fail(err)
	}
	return nil
}

// lockReplaced makes sure that nobody has the store to be replaced open. A
// damaged one cannot be locked through bbolt: nobody can have it open either.
func lockReplaced(path string, wait time.Duration) (*bolt.DB, error) {
	if st, err := os.Stat(path); err != nil || st.Size() == 0 {
		return nil, nil
	}
	db, _, err := openBolt(path, reading(wait))
	if errors.Is(err, ErrLocked) {
		return nil, err
	}
	return db, nil
}

// holdsStore refuses a file in which Open would begin an empty store.
func holdsStore(path string) error {
	if size(path) == 0 {
		return fmt.Errorf("%w: the file is empty", ErrDamaged)
	}
	if err := inspect(path, lockWait); err != nil {
		return err
	}
	db, _, err := openBolt(path, reading(lockWait))
	if err != nil {
		return err
	}
	defer db.Close()
	return db.View(func(t *bolt.Tx) error {
		if t.Bucket([]byte(bucketMeta)) == nil {
			return fmt.Errorf("%w: the file holds no store", ErrDamaged)
		}
		return nil
	})
}

func copyFile(from, to string) error {
	src, err := os.Open(from)
	if err != nil {
		return err
	}
	defer src.Close()
	return writeFile(to, func(f *os.File) error {
		_, err := f.ReadFrom(src)
		if err != nil && diskFull(err) {
			return fmt.Errorf("%w: %w", ErrFull, err)
		}
		return err
	})
}

// skipSerials passes over numbers on every day from the one before the backup's
// last entry to tomorrow: a business date need not be the clock's date.
func (t *tx) skipSerials(h head) error {
	now := t.s.now()
	begin := h.Latest
	if h.N == 0 || begin.After(now) {
		begin = now
	}
	for day := begin.AddDate(0, 0, -1); !day.After(now.AddDate(0, 0, 1)); day = day.AddDate(0, 0, 1) {
		date := day.In(now.Location()).Format("2006-01-02")
		n, err := t.lastSerial(date)
		if err != nil {
			return err
		}
		if err := t.raiseSerial(date, min(n+serialGap, LastSerial)); err != nil {
			return err
		}
	}
	return nil
}

// swapIn renames the restored file into place and keeps the one that was there.
func swapIn(dir, fresh string) error {
	path := filepath.Join(dir, File)
	if _, err := os.Lstat(path); err == nil {
		if err := setAside(path); err != nil {
			return err
		}
	}
	if err := os.Rename(fresh, path); err != nil {
		return err
	}
	return syncDir(dir)
}

// setAside gives the file at path a second name that nothing has yet.
func setAside(path string) error {
	for n := 1; ; n++ {
		kept := replacedName(path, n)
		err := os.Link(path, kept)
		if err == nil {
			return nil
		}
		if _, there := os.Lstat(kept); there == nil {
			continue
		}
		// No hard links here: copy, then renaming over path still is one step.
		return copyFile(path, kept)
	}
}

// replacedName is the name of the nth store that was replaced, from 1.
func replacedName(path string, n int) string {
	if n == 1 {
		return path + ".replaced"
	}
	return path + ".replaced." + strconv.Itoa(n)
}

// Replaced gives the names of the stores that restores replaced in dir.
func Replaced(dir string) (names []string) {
	for n := 1; ; n++ {
		name := replacedName(File, n)
		if _, err := os.Lstat(filepath.Join(dir, name)); err != nil {
			return names
		}
		names = append(names, name)
	}
}
