package store

import (
	"bytes"
	"compress/gzip"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	bolt "go.etcd.io/bbolt"
	"golang.org/x/mod/sumdb/tlog"
)

// testdata/version2.db.gz was written by the program of version 2, with the key
// and the clock of these tests: 40 vouchers of which each fifth went as far as
// QUEUED, READY, SENT, VERIFIED, PURGED, every fourth under an account, a renewal
// of the third, a setting, a capture, checkpoints of 8 entries, the first of them
// uploaded, and a number that is reserved.
const (
	oldEntries = 121
	oldRoot    = "2a2ac25d5ce4117ff6ef34546ed89d287d12127558690829564c813fe1c587e3"
	oldAccount = "6222021001112223334"
)

// version2 lays the old store into a folder.
func version2(t testing.TB, dir string) {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", "version2.db.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, File), b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// toVersion1 takes from a store of version 2 what came with it.
func toVersion1(t testing.TB, dir string) {
	t.Helper()
	raw(t, dir, func(b *bolt.Tx) error {
		for _, name := range []string{oldOpen, bucketAccounts, bucketCheckpoints, bucketUploaded} {
			if err := b.DeleteBucket([]byte(name)); err != nil {
				return err
			}
		}
		meta := b.Bucket([]byte(bucketMeta))
		if err := meta.Delete([]byte(keySigned)); err != nil {
			return err
		}
		return meta.Put([]byte(keyVersion), []byte{0, 0, 0, 1})
	})
}

func TestMigrationFromVersion2(t *testing.T) {
	dir := t.TempDir()
	version2(t, dir)
	key := testKey()
	key[0] ^= 1
	before := readDB(t, dir)
	_, err := Open(dir, Options{Key: key, Now: newClock().now})
	wantErr(t, "migrating with a wrong key", err, ErrKey)
	if !bytes.Equal(before, readDB(t, dir)) {
		t.Error("it was changed")
	}
	s, v := openSigned(t, dir, 8)
	migrated(t, s, 2)
	if _, err := s.Audit().VerifyAgainst(ctx, v, notes(t, s)...); err != nil {
		t.Errorf("against its checkpoints: %v", err)
	}
	if cs, err := s.Audit().Checkpoints(ctx); err != nil || cs[0].Place != "there" || cs[1].Place != "" {
		t.Errorf("%+v, %v", cs[:2], err)
	}
	if found, err := s.Outbox().Search(ctx, Query{Account: oldAccount}); err != nil || len(found) != 10 {
		t.Errorf("%d found under the account, %v", len(found), err)
	}
	s.Close()
	s, _ = openSigned(t, dir, 8)
	if all, err := s.Audit().All(ctx); err != nil || len(all) != oldEntries+3 { // with what migrated has filed
		t.Errorf("opening it again logged something: %d entries, %v", len(all), err)
	}
}

func TestMigrationFromVersion1(t *testing.T) {
	dir := t.TempDir()
	version2(t, dir)
	toVersion1(t, dir)
	s := open(t, dir, newClock().now)
	migrated(t, s, 1)
	if found, err := s.Outbox().Search(ctx, Query{Account: oldAccount}); err != nil || len(found) != 0 {
		t.Errorf("%d found under the account, %v", len(found), err)
	}
}

// migrated compares with what was put in, and goes on working.
func migrated(t *testing.T, s *Store, from byte) {
	t.Helper()
	all, err := s.Audit().All(ctx)
	if err != nil || len(all) != oldEntries+2 || all[oldEntries].Action != "migrate" ||
		all[oldEntries].Detail["from"] != string('0'+from) || all[oldEntries+1].Action != "burn" {
		t.Fatalf("the log ends with %+v, %v", all[max(0, len(all)-2):], err)
	}
	s.view(ctx, func(x *tx) error {
		root, err := tlog.TreeHash(oldEntries, tlog.HashReaderFunc(x.hashes))
		if err != nil || hex.EncodeToString(root[:]) != oldRoot {
			t.Errorf("the root of the log is %x, %v", root[:], err)
		}
		return nil
	})
	f, err := s.Check(ctx)
	if err != nil || f.Items != 41 || f.Documents != 33 {
		t.Errorf("%+v, %v", f, err)
	}
	list, err := s.Outbox().List(ctx)
	if err != nil || len(list) != 41 {
		t.Fatalf("%d rows, %v", len(list), err)
	}
	for i, it := range list[:40] {
		want := []State{Queued, Ready, Sent, Verified, Purged}[i%5]
		if it.Voucher != voucher(i+1) || it.State != want {
			t.Errorf("row %d is %s %s", i, it.Voucher, it.State)
		}
		pdf, err := s.Outbox().PDF(ctx, it.ID)
		switch size := 300 + 7*i; {
		case want == Purged:
			wantErr(t, it.Voucher, err, ErrPurged)
			continue
		case i == 3:
			size = 6000
			fallthrough
		default:
			good := document(uint64(i), size)
			if i%5 == 2 {
				good = document(uint64(1000+i), 400)
			}
			if err != nil || !bytes.Equal(pdf, good) {
				t.Errorf("%s: %v", it.Voucher, err)
			}
		}
	}
	if r := list[40]; r.Renews != list[2].ID || r.State != Ready {
		t.Errorf("the renewal is %+v", r)
	}
	if it, err := s.Outbox().Find(ctx, voucher(3)); err != nil || it.ID != list[2].ID {
		t.Errorf("a renewed voucher is found as %+v, %v", it, err)
	}
	if p, err := s.Outbox().Pending(ctx); err != nil || len(p) != 33 {
		t.Errorf("%d wait, %v", len(p), err)
	}
	if nib, found, err := s.Setting(ctx, "nib"); err != nil || !found || string(nib) != "0.7" {
		t.Errorf("%q %v %v", nib, found, err)
	}
	if first, seen, err := s.Tripwire(ctx, "capture", voucher(2)); err != nil || !seen || first != voucher(1) {
		t.Errorf("%q %v %v", first, seen, err)
	}
	if _, serial := file(t, s, document(99, 500)); serial != 42 {
		t.Errorf("the next serial is %d", serial)
	}
	if _, err := s.Outbox().Adopt(ctx, Filing{Item: item(7), Serial: 7, PDF: []byte("%PDF")}); err == nil {
		t.Error("a number that is used was adopted")
	}
	s.view(ctx, func(x *tx) error {
		for _, b := range []string{oldRows, oldDocs, oldOpen, oldHashes} {
			if x.Bucket([]byte(b)) != nil {
				t.Errorf("the bucket %s is left", b)
			}
		}
		return nil
	})
}

// What was done to an old store is found after the migration as it would have
// been before, and does not keep it from opening.
func TestMigrationHidesNothing(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(b *bolt.Tx) error
		entry int // 0: not of the log
	}{
		{"an entry gone", func(b *bolt.Tx) error { return b.Bucket([]byte(bucketLog)).Delete(number(20)) }, 21},
		{"an entry altered", func(b *bolt.Tx) error { return b.Bucket([]byte(bucketLog)).Put(number(30), document(1, 200)) }, 31},
		{"an entry in the place of another", func(b *bolt.Tx) error {
			log := b.Bucket([]byte(bucketLog))
			return log.Put(number(40), log.Get(number(41)))
		}, 41},
		{"a hash gone", func(b *bolt.Tx) error {
			return b.Bucket([]byte(oldHashes)).Delete(number(tlog.StoredHashIndex(0, 50)))
		}, 51},
		{"a hash of hashes gone", func(b *bolt.Tx) error {
			return b.Bucket([]byte(oldHashes)).Delete(number(tlog.StoredHashIndex(2, 3)))
		}, 16},
		{"an entry after the end", func(b *bolt.Tx) error {
			return b.Bucket([]byte(bucketLog)).Put(number(500), document(1, 200))
		}, oldEntries + 3},
		{"a document gone", func(b *bolt.Tx) error {
			docs := b.Bucket([]byte(oldDocs))
			id, _ := docs.Cursor().First()
			return docs.DeleteBucket(id)
		}, 0},
		{"a document of nobody", func(b *bolt.Tx) error {
			_, err := b.Bucket([]byte(oldDocs)).CreateBucket([]byte("stray"))
			return err
		}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			version2(t, dir)
			raw(t, dir, c.spoil)
			s, err := Open(dir, Options{Key: testKey(), Now: newClock().now})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			_, err = s.Check(ctx)
			wantErr(t, "Check", err, ErrDamaged)
			var e *LogError
			if _, _, err := s.Audit().Verify(ctx); c.entry == 0 && err != nil || c.entry > 0 && (!errors.As(err, &e) || e.Entry != c.entry) {
				t.Errorf("Verify: %v, want entry %d", err, c.entry)
			}
		})
	}
}

// A backup of an older version is restored, and an older store that is replaced
// gives up its numbers.
func TestRestoreAcrossVersions(t *testing.T) {
	old := t.TempDir()
	version2(t, old)
	dir := t.TempDir()
	o := Options{Key: testKey(), Now: newClock().now}
	if err := Restore(ctx, dir, filepath.Join(old, File), o, false, Entry{}); err != nil {
		t.Fatal(err)
	}
	s := open(t, dir, newClock().now)
	if f, err := s.Check(ctx); err != nil || f.Items != 41 {
		t.Errorf("%+v, %v", f, err)
	}
	s.Close()
	// An empty store takes the place of the old one, which has vouchers.
	empty := t.TempDir()
	s = open(t, empty, newClock().now)
	bak := filepath.Join(t.TempDir(), "bak")
	if _, err := s.Backup(ctx, bak, Entry{}); err != nil {
		t.Fatal(err)
	}
	s.Close()
	wantErr(t, "losing what is in an old store", Restore(ctx, old, bak, o, false, Entry{}), ErrNewerHere)
	if err := Restore(ctx, old, bak, o, true, Entry{}); err != nil {
		t.Fatal(err)
	}
	s = open(t, old, newClock().now)
	if _, serial := file(t, s, document(1, 100)); serial != 42 {
		t.Errorf("the next serial is %d, want 42", serial)
	}
}
