package store

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	bolt "go.etcd.io/bbolt"
)

// spoil makes the store's file missing, empty, or a database with nothing in it.
func spoils(t testing.TB) map[string]func(path string) {
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	return map[string]func(path string){
		"missing": func(path string) { must(os.Remove(path)) },
		"empty":   func(path string) { must(os.Truncate(path, 0)) },
		"bare": func(path string) {
			must(os.Remove(path))
			db, err := bolt.Open(path, 0o600, nil)
			must(err)
			must(db.Close())
		},
	}
}

// A store that was there is not taken for one that never was: refused, nothing
// changed, and after a restore no number is given twice.
func TestStoreThatIsGone(t *testing.T) {
	for name, spoil := range spoils(t) {
		dir := t.TempDir()
		s := open(t, dir, newClock().now)
		bak := filepath.Join(t.TempDir(), "bak")
		if _, err := s.Backup(ctx, bak, Entry{}); err != nil {
			t.Fatal(err)
		}
		for i := range 3 {
			file(t, s, document(uint64(i), 1000))
		}
		s.Close()
		path := filepath.Join(dir, File)
		spoil(path)
		before, wasErr := os.ReadFile(path)
		for range 2 {
			_, err := Open(dir, Options{Key: testKey(), Now: newClock().now})
			wantErr(t, name+": opening", err, ErrDamaged)
			if name != "bare" { // pages that are whole: only opening tells
				wantErr(t, name+": checking", CheckFile(dir), ErrDamaged)
			}
		}
		if after, err := os.ReadFile(path); len(after) != len(before) || (err == nil) != (wasErr == nil) {
			t.Errorf("%s: %d bytes before, %d after, %v", name, len(before), len(after), err)
		}
		if err := Restore(ctx, dir, bak, Options{Key: testKey(), Now: newClock().now}, false, Entry{}); err != nil {
			t.Fatalf("%s: restoring: %v", name, err)
		}
		s = open(t, dir, newClock().now)
		if n, err := s.Outbox().Reserve(ctx, day); err != nil || n != serialGap+1 {
			t.Errorf("%s: the next number is %d, %v", name, n, err)
		}
		s.Close()
	}
}

// A folder in which no store was ever finished opens as a new one: empty, with an
// empty file, with a database whose first transaction was cut off.
func TestStoreThatNeverWas(t *testing.T) {
	for name, spoil := range spoils(t) {
		dir := t.TempDir()
		path := filepath.Join(dir, File)
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		spoil(path)
		if err := CheckFile(dir); err != nil || Made(dir) {
			t.Errorf("%s: %v", name, err)
		}
		s := open(t, dir, newClock().now)
		file(t, s, document(1, 100))
		s.Close()
		st, err := os.Stat(filepath.Join(dir, MadeFile))
		if err != nil || st.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, st, err)
		}
	}
}

// A store that was made before there was a mark gets one, and its log a signature
// if it had not begun with them; a log that has entries of more than vouchers and no
// signature is not signed.
func TestStoreOfBeforeTheMark(t *testing.T) {
	dir := t.TempDir()
	s, v := openSigned(t, dir, 8)
	file(t, s, document(1, 100))
	unmark := func() {
		t.Helper()
		s.stripSignatures(t)
		s.db.Close()
		if err := os.Remove(filepath.Join(dir, MadeFile)); err != nil {
			t.Fatal(err)
		}
		s, _ = openSigned(t, dir, 8)
		if !Made(dir) {
			t.Error("it was not marked")
		}
	}
	unmark()
	if n, err := s.Audit().VerifyAgainst(ctx, v, notes(t, s)...); err != nil || n != 1 {
		t.Errorf("%d, %v", n, err)
	}
	appendEntries(t, s, 0, 1)
	unmark()
	_, err := s.Audit().VerifyAgainst(ctx, v, notes(t, s)...)
	var e *LogError
	if !errors.As(err, &e) {
		t.Errorf("%v", err)
	}
	s.Close()
}

// The mark must be on the disk before the store opens: where it cannot be written a
// new store is not begun.
func TestMarkThatFails(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, MadeFile+".part", "x"), 0o700); err != nil {
		t.Fatal(err)
	}
	if s, err := Open(dir, Options{Key: testKey(), Now: newClock().now}); err == nil {
		s.Close()
		t.Error("it opened")
	}
}
