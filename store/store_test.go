package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"
)

const day = "2026-11-24"

var ctx = context.Background()

// clockAt is a clock that tests set.
type clockAt struct{ t time.Time }

func (c *clockAt) now() time.Time { return c.t }

func newClock() *clockAt {
	return &clockAt{time.Date(2026, 11, 24, 9, 30, 0, 0, time.FixedZone("CST", 8*3600))}
}

func testKey() []byte {
	sum := sha256.Sum256([]byte("a machine key for tests"))
	return sum[:]
}

func open(t testing.TB, dir string, now func() time.Time) *Store {
	t.Helper()
	s, err := Open(dir, Options{Key: testKey(), Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// voucher is the number of a serial, with the layout of real ones.
func voucher(serial int) string { return fmt.Sprintf("0100103261124%04d7", serial) }

func item(serial int) Item {
	return Item{Voucher: voucher(serial), Type: "2101", Business: day, Branch: "01001", Teller: "t0001", Test: true}
}

// document is n bytes that look like a PDF and differ by seed.
func document(seed uint64, n int) []byte {
	b := make([]byte, n)
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], seed)
	rand.NewChaCha8(key).Read(b)
	copy(b, fmt.Sprintf("%%PDF-1.7 of %d", seed))
	return b
}

// file reserves and files one voucher.
func file(t testing.TB, s *Store, pdf []byte) (Item, int) {
	t.Helper()
	serial, err := s.Outbox().Reserve(ctx, day)
	if err != nil {
		t.Fatal(err)
	}
	it, err := s.Outbox().File(ctx, item(serial), serial, pdf, Entry{Actor: "t0001"})
	if err != nil {
		t.Fatal(err)
	}
	return it, serial
}

func wantErr(t testing.TB, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: got error %v, want %v", what, err, want)
	}
}

func verify(t testing.TB, s *Store) int {
	t.Helper()
	n, root, err := s.Audit().Verify(ctx)
	if err != nil {
		t.Fatal(err)
	}
	m, again, err := s.Audit().Root(ctx)
	if err != nil || m != n || again != root {
		t.Fatalf("Root gives %d %x, %v; Verify %d %x", m, again, err, n, root)
	}
	return n
}

func TestFileFindRead(t *testing.T) {
	dir, clock := t.TempDir(), newClock()
	s := open(t, dir, clock.now)
	pdf := document(1, 40_000)
	it, _ := file(t, s, pdf)
	sum := sha256.Sum256(pdf)
	if it.State != Queued || it.Bytes != len(pdf) || it.SHA256 != hex.EncodeToString(sum[:]) || !it.Filed.Equal(clock.t) {
		t.Errorf("filed item is %+v", it)
	}
	s.Close()
	s = open(t, dir, clock.now)
	for _, key := range []string{it.ID, it.Voucher} {
		got, err := s.Outbox().Find(ctx, key)
		if err != nil || got.ID != it.ID || got.Voucher != it.Voucher || !got.Filed.Equal(it.Filed) {
			t.Errorf("Find(%s) = %+v, %v", key, got, err)
		}
	}
	got, err := s.Outbox().PDF(ctx, it.ID)
	if err != nil || !bytes.Equal(got, pdf) {
		t.Errorf("PDF: %d bytes, %v", len(got), err)
	}
	for _, key := range []string{"", "x", "01J00000000000000000000000", voucher(9999)} {
		_, err := s.Outbox().Find(ctx, key)
		wantErr(t, "Find("+key+")", err, ErrNotFound)
	}
	if all, err := s.Audit().All(ctx); err != nil || len(all) != 1 || all[0].Action != "file" ||
		all[0].Voucher != it.Voucher || all[0].Outcome != "ok" || all[0].Actor != "t0001" || !all[0].Time.Equal(clock.t) {
		t.Errorf("log: %+v, %v", all, err)
	}
	verify(t, s)
}

func TestListIsInOrderOfFiling(t *testing.T) {
	s := open(t, t.TempDir(), newClock().now) // the clock stands: all in one millisecond
	var want []string
	for i := range 50 {
		it, _ := file(t, s, document(uint64(i), 100))
		want = append(want, it.ID)
	}
	all, err := s.Outbox().List(ctx)
	if err != nil || len(all) != len(want) {
		t.Fatalf("%d items, %v", len(all), err)
	}
	for i, it := range all {
		if it.ID != want[i] || it.Voucher != voucher(i+1) {
			t.Fatalf("row %d is %s %s", i, it.ID, it.Voucher)
		}
	}
}

func TestFileRefuses(t *testing.T) {
	s := open(t, t.TempDir(), newClock().now)
	_, used := file(t, s, []byte("%PDF"))
	serial, err := s.Outbox().Reserve(ctx, day)
	if err != nil {
		t.Fatal(err)
	}
	with := func(f func(*Item)) Item { it := item(serial); f(&it); return it }
	for _, c := range []struct {
		name   string
		it     Item
		serial int
		pdf    string
		want   error // nil: any
	}{
		{"the same voucher again", item(used), serial, "%PDF", ErrDuplicate},
		{"a filed serial again", item(serial), used, "%PDF", ErrReserved},
		{"a serial never reserved", item(serial), 77, "%PDF", ErrReserved},
		{"serial 0", item(serial), 0, "%PDF", ErrReserved},
		{"serial beyond 16 bits", item(serial), serial + 1<<16, "%PDF", ErrReserved},
		{"another date's serial", with(func(it *Item) { it.Business = "2026-11-25" }), serial, "%PDF", ErrReserved},
		{"an empty document", item(serial), serial, "", nil},
		{"a short number", with(func(it *Item) { it.Voucher = "123" }), serial, "%PDF", nil},
		{"no date", with(func(it *Item) { it.Business = "24.11.2026" }), serial, "%PDF", nil},
		{"a branch that climbs", with(func(it *Item) { it.Branch = "../x" }), serial, "%PDF", nil},
	} {
		_, err := s.Outbox().File(ctx, c.it, c.serial, []byte(c.pdf), Entry{})
		if err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if n := verify(t, s); n != 1 {
		t.Errorf("refusals left %d entries in the log, want 1", n)
	}
	if _, err := s.Outbox().File(ctx, item(serial), serial, []byte("%PDF"), Entry{}); err != nil {
		t.Errorf("after the refusals: %v", err)
	}
}

func TestStates(t *testing.T) {
	s := open(t, t.TempDir(), newClock().now)
	all := []State{Queued, Ready, Sent, Verified, Purged}
	steps := map[[2]State]bool{{Ready, Sent}: true, {Sent, Verified}: true, {Verified, Purged}: true,
		{Sent, Ready}: true, {Verified, Ready}: true} // what the archive lost
	for _, st := range all[:4] {
		steps[[2]State{st, st}] = true // a failed try
	}
	for _, from := range all {
		for _, to := range append(all, "", "LOST") {
			it := inState(t, s, from)
			it.State, it.Tries, it.Error = to, 3, "no line"
			err := s.Outbox().Move(ctx, it, Entry{})
			if ok := steps[[2]State{from, to}]; ok != (err == nil) {
				t.Errorf("%s to %q: %v", from, to, err)
			} else if !ok {
				wantErr(t, fmt.Sprintf("%s to %q", from, to), err, ErrState)
			}
			if now, err := s.Outbox().Find(ctx, it.ID); err != nil {
				t.Error(err)
			} else if ok := steps[[2]State{from, to}]; ok && (now.State != to || now.Tries != 3) || !ok && now.State != from {
				t.Errorf("%s to %q left %s, %d tries", from, to, now.State, now.Tries)
			}
		}
		it := inState(t, s, from)
		if err := s.Outbox().Commit(ctx, it.ID, []byte("%PDF final"), Entry{}); (err == nil) != (from == Queued) {
			t.Errorf("Commit from %s: %v", from, err)
		}
	}
	verify(t, s)
}

// inState files a voucher and moves it there.
func inState(t *testing.T, s *Store, to State) Item {
	t.Helper()
	it, _ := file(t, s, []byte("%PDF first"))
	if to == Queued {
		return it
	}
	if err := s.Outbox().Commit(ctx, it.ID, []byte("%PDF second, stamped"), Entry{}); err != nil {
		t.Fatal(err)
	}
	for _, st := range []State{Sent, Verified, Purged} {
		if st.rank() <= to.rank() {
			it.State = st
			if err := s.Outbox().Move(ctx, it, Entry{}); err != nil {
				t.Fatal(err)
			}
		}
	}
	it, err := s.Outbox().Find(ctx, it.ID)
	if err != nil {
		t.Fatal(err)
	}
	return it
}

func TestCommitAndPurgeBytes(t *testing.T) {
	s := open(t, t.TempDir(), newClock().now)
	it := inState(t, s, Ready)
	pdf, err := s.Outbox().PDF(ctx, it.ID)
	if err != nil || string(pdf) != "%PDF second, stamped" || it.Bytes != len(pdf) || it.SHA256 != digest(pdf) {
		t.Errorf("after Commit: %q, %v, %+v", pdf, err, it)
	}
	gone := inState(t, s, Purged)
	_, err = s.Outbox().PDF(ctx, gone.ID)
	wantErr(t, "PDF of a purged voucher", err, ErrPurged)
	if _, err := s.Outbox().Find(ctx, gone.Voucher); err != nil {
		t.Errorf("the row of a purged voucher: %v", err)
	}
	s.view(ctx, func(tx *tx) error {
		if tx.Bucket([]byte(bucketItems)).Bucket([]byte(gone.ID)) != nil {
			t.Error("the bytes of a purged voucher are still here")
		}
		return nil
	})
}

func TestClosedStore(t *testing.T) {
	s := open(t, t.TempDir(), newClock().now)
	s.Close()
	if _, err := s.Outbox().List(ctx); err == nil {
		t.Error("List on a closed store succeeded")
	}
	if _, err := s.Outbox().Reserve(ctx, day); err == nil {
		t.Error("Reserve on a closed store succeeded")
	}
}

func TestCancelledContext(t *testing.T) {
	s := open(t, t.TempDir(), newClock().now)
	c, cancel := context.WithCancel(ctx)
	cancel()
	_, err := s.Outbox().Reserve(c, day)
	wantErr(t, "Reserve", err, context.Canceled)
}

// raw opens the file behind the store's back.
func raw(t testing.TB, dir string, f func(*bolt.Tx) error) {
	t.Helper()
	db, err := bolt.Open(filepath.Join(dir, File), 0o600, &bolt.Options{Timeout: time.Second, NoFreelistSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Update(f); err != nil {
		t.Fatal(err)
	}
}

func readDB(t *testing.T, dir string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, File))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestOpenRefusesAndChangesNothing(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(t *testing.T, dir string, o *Options)
		want  error
	}{
		{"newer version", func(t *testing.T, dir string, _ *Options) {
			raw(t, dir, func(b *bolt.Tx) error {
				return b.Bucket([]byte(bucketMeta)).Put([]byte(keyVersion), []byte{0, 0, 0, version + 1})
			})
		}, ErrNewer},
		{"newer version, other key", func(t *testing.T, dir string, o *Options) {
			raw(t, dir, func(b *bolt.Tx) error {
				return b.Bucket([]byte(bucketMeta)).Put([]byte(keyVersion), []byte{0, 0, 0, version + 1})
			})
			o.Key[0] ^= 1
		}, ErrNewer},
		{"wrong key", func(_ *testing.T, _ string, o *Options) { o.Key[31] ^= 0x80 }, ErrKey},
		{"short key", func(_ *testing.T, _ string, o *Options) { o.Key = o.Key[:16] }, ErrKey},
		{"not a store", func(t *testing.T, dir string, _ *Options) {
			raw(t, dir, func(b *bolt.Tx) error {
				for _, name := range buckets() {
					b.DeleteBucket([]byte(name))
				}
				_, err := b.CreateBucket([]byte("recipes"))
				return err
			})
		}, ErrDamaged},
		{"half a file", func(t *testing.T, dir string, _ *Options) {
			b := readDB(t, dir)
			if err := os.Truncate(filepath.Join(dir, File), int64(len(b)/8)&^4095); err != nil {
				t.Fatal(err)
			}
		}, ErrDamaged},
		{"a few bytes", func(t *testing.T, dir string, _ *Options) {
			os.WriteFile(filepath.Join(dir, File), []byte("hello"), 0o600)
		}, ErrDamaged},
		{"zeroed pages", func(t *testing.T, dir string, _ *Options) {
			b := readDB(t, dir)
			clear(b[2*os.Getpagesize():])
			os.WriteFile(filepath.Join(dir, File), b, 0o600)
		}, ErrDamaged},
		{"a list of free pages that is none", func(t *testing.T, dir string, _ *Options) {
			path := filepath.Join(dir, File)
			db, err := bolt.Open(path, 0o600, nil) // it writes one
			if err != nil {
				t.Fatal(err)
			}
			size := db.Info().PageSize
			db.Close()
			b := readDB(t, dir)
			for page := range 2 {
				free := int(binary.LittleEndian.Uint64(b[page*size+pageHeader+32:]))
				if free > 1 && free < len(b)/size {
					binary.LittleEndian.PutUint16(b[free*size+8:], leafPage)
				}
			}
			os.WriteFile(path, b, 0o600)
		}, ErrDamaged},
		{"noise in the pages", func(t *testing.T, dir string, _ *Options) {
			b := readDB(t, dir)
			copy(b[2*os.Getpagesize():], document(9, len(b)))
			os.WriteFile(filepath.Join(dir, File), b, 0o600)
		}, ErrDamaged},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, clock := t.TempDir(), newClock()
			s := open(t, dir, clock.now)
			for i := range 5 {
				file(t, s, document(uint64(i), 50_000))
			}
			s.Outbox().Reserve(ctx, day) // something to burn at the next Open
			s.Close()
			o := Options{Key: testKey(), Now: clock.now}
			c.spoil(t, dir, &o)
			before := readDB(t, dir)
			s, err := Open(dir, o)
			if err == nil {
				s.Close()
			}
			wantErr(t, "Open", err, c.want)
			if !bytes.Equal(before, readDB(t, dir)) {
				t.Error("the file was changed")
			}
			if err != nil && strings.Contains(err.Error(), string(testKey())) {
				t.Error("the error shows the key")
			}
			// A failed Open must not keep the lock.
			_, err = Open(dir, o)
			wantErr(t, "Open again", err, c.want)
		})
	}
}

func TestPermissions(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	open(t, dir, newClock().now)
	for path, want := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, File): 0o600} {
		if st, err := os.Stat(path); err != nil || st.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", path, st.Mode(), err)
		}
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for _, o := range []Options{{Key: testKey()}, {Key: testKey(), Now: time.Now, Floor: -1}, {Now: time.Now}} {
		dir := t.TempDir()
		if s, err := Open(dir, o); err == nil {
			s.Close()
			t.Errorf("Open with %+v succeeded", o)
		}
		if names, _ := os.ReadDir(dir); len(names) > 0 {
			t.Error("a refused Open left a file")
		}
	}
}

// BytesInto stands in the room that it is given, or in more.
func TestBytesInto(t *testing.T) {
	s := open(t, t.TempDir(), newClock().now)
	var room []byte
	for i, size := range []int{1000, 60_000, 20, 59_000} {
		pdf := document(uint64(i), size)
		it, _ := file(t, s, pdf)
		got, err := s.Outbox().BytesInto(ctx, it.ID, room)
		if err != nil || !bytes.Equal(got, pdf) {
			t.Fatalf("%d bytes: %d, %v", size, len(got), err)
		}
		if cap(room) >= size && &got[0] != &room[:1][0] {
			t.Errorf("%d bytes in %d: other room was made", size, cap(room))
		}
		room = got
	}
	it, _ := file(t, s, document(9, 1000))
	it = inSent(t, s, it)
	for _, state := range []State{Verified, Purged} {
		it.State = state
		if err := s.Outbox().Move(ctx, it, Entry{}); err != nil {
			t.Fatal(err)
		}
	}
	_, err := s.Outbox().BytesInto(ctx, it.ID, room)
	wantErr(t, "a purged one", err, ErrPurged)
}
