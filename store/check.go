package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	bolt "go.etcd.io/bbolt"
)

// CheckFile reads the structure of the store file in dir without a key and
// without changing it: every page, the free ones too. A corrupt file can make
// bbolt run in circles or end the program, so a program that must live calls
// CheckChild instead. A missing file is good where there never was one. Errors: ErrDamaged, ErrLocked.
func CheckFile(dir string) error {
	path := filepath.Join(dir, File)
	if err := gone(dir); err != nil {
		return fmt.Errorf("checking %s: %w", path, err)
	}
	st, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) || err == nil && st.Size() == 0 {
		return nil
	}
	if err != nil {
		return fmt.Errorf("checking the store: %w", err)
	}
	if err := inspect(path, lockWait); err != nil {
		return fmt.Errorf("checking %s: %w", path, err)
	}
	return nil
}

// checkPages is bbolt's own check of an open file, which finds pages used twice
// or by nobody.
func checkPages(db *bolt.DB) error {
	return guard(func() error {
		return db.View(func(t *bolt.Tx) error {
			var first error
			for err := range t.Check() {
				if first == nil {
					first = fmt.Errorf("%w: %w", ErrDamaged, err)
				}
			}
			return first
		})
	})
}

// Exit codes of a child that ran CheckChildMain.
const (
	childGood    = 0
	childDamaged = 21
	childLocked  = 22
	childOther   = 23
	childGone    = 24
)

// CheckChildMain is what the child process of CheckChild does: CheckFile, with
// the reason on w and the exit code for the parent.
func CheckChildMain(dir string, w io.Writer) (exit int) {
	err := CheckFile(dir)
	switch {
	case err == nil:
		return childGood
	case errors.Is(err, ErrGone):
		exit = childGone
	case errors.Is(err, ErrDamaged):
		exit = childDamaged
	case errors.Is(err, ErrLocked):
		exit = childLocked
	default:
		exit = childOther
	}
	fmt.Fprintln(w, err)
	return exit
}

// CheckChild runs cmd, which must end in CheckChildMain, and gives its finding
// as CheckFile would. A child that is killed by the file or does not end before
// ctx does counts as ErrDamaged: opening the file here would do the same to us.
// Where the system can (Linux), the child ends when this process is killed: an
// orphan would keep the store locked for as long as it reads.
//
//	cmd := exec.CommandContext(ctx, self, "check-child", dir)
//	err := store.CheckChild(ctx, cmd)
func CheckChild(ctx context.Context, cmd *exec.Cmd) error {
	var words strings.Builder
	cmd.Stderr = &words
	err := runBound(cmd)
	said := firstLine(words.String())
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("%w: the check did not end in time", ErrDamaged)
	case !errors.As(err, &exit):
		return fmt.Errorf("starting the check of the store: %w", err)
	}
	switch exit.ExitCode() {
	case childLocked:
		return fmt.Errorf("%w: %s", ErrLocked, said)
	case childOther:
		return fmt.Errorf("checking the store: %s", said)
	case childGone:
		return ErrGone
	case childDamaged:
		return fmt.Errorf("%w: %s", ErrDamaged, strings.TrimPrefix(said, "checking "))
	default:
		return fmt.Errorf("%w: the check ended with %s: %s", ErrDamaged, exit, said)
	}
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line[:min(len(line), 300)]
}

// Findings of a Check.
type Findings struct {
	Items     int   `json:"items"`     // rows
	Documents int   `json:"documents"` // bytes still here and equal to their digests
	Bytes     int64 `json:"bytes"`     // of them
	Entries   int   `json:"entries"`   // of the log
	Size      int64 `json:"size"`      // of the file
	Free      int64 `json:"free"`      // bytes of it that Compact would give back, about
}

// Check reads everything: pages, each row and its document, voucher numbers, the
// log. The error, which wraps ErrDamaged, names the first thing that is wrong;
// what was counted until then is given with it.
func (s *Store) Check(ctx context.Context) (f Findings, err error) {
	s.swap.RLock()
	err = checkPages(s.db)
	s.swap.RUnlock()
	if err == nil {
		f.Entries, _, err = s.Audit().Verify(ctx)
	}
	if err == nil {
		err = s.checkRows(ctx, &f)
	}
	if err != nil {
		return f, fmt.Errorf("checking the store: %w", err)
	}
	return f, nil
}

func (s *Store) checkRows(ctx context.Context, f *Findings) error {
	return s.view(ctx, func(t *tx) error {
		f.Size = t.Size()
		f.Free = int64(t.DB().Stats().FreePageN) * int64(t.DB().Info().PageSize)
		err := t.eachRow(func(r row) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			f.Items++
			if r.Seq >= int64(f.Entries) {
				return fmt.Errorf("%w: the row %s does not fit the log", ErrDamaged, r.ID)
			}
			if err := t.checkNumber(r); err != nil || r.State == Purged {
				return err
			}
			if _, err := t.document(r); err != nil {
				return fmt.Errorf("voucher %s: %w", r.Voucher, err)
			}
			f.Documents++
			f.Bytes += int64(r.Bytes)
			return nil
		})
		if err != nil {
			return err
		}
		return t.Bucket([]byte(bucketItems)).ForEachBucket(func(id []byte) error {
			if !t.has(bucketItems, rowKey(string(id))) {
				return fmt.Errorf("%w: document %s belongs to no row", ErrDamaged, id)
			}
			return nil
		})
	})
}

func (t *tx) checkNumber(r row) error {
	id, err := t.get(bucketNumbers, t.s.vault.number(r.Voucher))
	if err != nil {
		return fmt.Errorf("%w: voucher number %s is not in the index: %w", ErrDamaged, r.Voucher, err)
	}
	if r.Renews == "" && string(id) != r.ID {
		return fmt.Errorf("%w: voucher number %s leads to %s", ErrDamaged, r.Voucher, id)
	}
	return nil
}
