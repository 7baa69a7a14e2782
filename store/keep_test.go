package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv("MOQIAN_TEST_CHECK"); dir != "" {
		if os.Getenv("MOQIAN_TEST_HANG") != "" {
			time.Sleep(time.Hour)
		}
		os.Exit(CheckChildMain(dir, os.Stderr))
	}
	os.Exit(m.Run())
}

func checkChild(ctx context.Context, dir string, env ...string) error {
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Env = append(append(os.Environ(), "MOQIAN_TEST_CHECK="+dir), env...)
	return CheckChild(ctx, cmd)
}

func TestCheckChild(t *testing.T) {
	dir := t.TempDir()
	if err := checkChild(ctx, dir); err != nil {
		t.Errorf("an empty folder: %v", err)
	}
	s := open(t, dir, newClock().now)
	for i := range 5 {
		file(t, s, document(uint64(i), 50_000))
	}
	wantErr(t, "an open store", checkChild(ctx, dir), ErrLocked)
	s.Close()
	if err := checkChild(ctx, dir); err != nil {
		t.Errorf("a good store: %v", err)
	}
	b := readDB(t, dir)
	for i := 2; i < len(b)/4096; i += 7 {
		bad := bytes.Clone(b)
		copy(bad[i*4096:], document(uint64(i), 4096))
		os.WriteFile(filepath.Join(dir, File), bad, 0o600)
		// A page of noise is found unless it is free or inside a document, which
		// only the key can tell.
		if err := checkChild(ctx, dir); err != nil && !errors.Is(err, ErrDamaged) {
			t.Errorf("noise in page %d: %v", i, err)
		}
	}
	short, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
	defer cancel()
	wantErr(t, "a child that hangs", checkChild(short, dir, "MOQIAN_TEST_HANG=1"), ErrDamaged)
	if err := CheckChild(ctx, exec.Command(filepath.Join(dir, "none"))); err == nil || errors.Is(err, ErrDamaged) {
		t.Errorf("a program that is not there: %v", err)
	}
}

func TestCheckFinds(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(x *tx, it Item) error
	}{
		{"nothing", nil},
		{"a document gone", func(x *tx, it Item) error { return x.deleteDocument(it.ID) }},
		{"a document in the place of another", func(x *tx, it Item) error {
			docs := x.Bucket([]byte(bucketItems))
			first, _ := docs.Cursor().First()
			return docs.Bucket([]byte(it.ID)).Put([]byte(keyBytes), docs.Bucket(first).Get([]byte(keyBytes)))
		}},
		{"a document of nobody", func(x *tx, it Item) error {
			_, err := x.Bucket([]byte(bucketItems)).CreateBucket([]byte("stray"))
			return err
		}},
		{"a row gone", func(x *tx, it Item) error { return x.del(bucketItems, rowKey(it.ID)) }},
		{"a row altered", func(x *tx, it Item) error {
			return x.Bucket([]byte(bucketItems)).Put(rowKey(it.ID), []byte("noise that is long enough for a nonce"))
		}},
		{"a row of another state", func(x *tx, it Item) error {
			r, err := x.row(it.ID)
			r.State = Purged
			return errors.Join(err, x.putRow(r))
		}},
		{"a number gone", func(x *tx, it Item) error {
			return x.del(bucketNumbers, x.s.vault.number(it.Voucher))
		}},
		{"a log entry gone", func(x *tx, it Item) error { return x.del(bucketLog, number(1)) }},
	} {
		s := open(t, t.TempDir(), newClock().now)
		var it Item
		for i := range 4 {
			it, _ = file(t, s, document(uint64(i), 3000))
		}
		if c.spoil != nil {
			if err := s.db.Update(func(b *bolt.Tx) error { return c.spoil(&tx{Tx: b, s: s}, it) }); err != nil {
				t.Fatal(err)
			}
		}
		f, err := s.Check(ctx)
		if c.spoil == nil {
			if err != nil || f.Items != 4 || f.Documents != 4 || f.Bytes != 12_000 || f.Entries != 4 || f.Size == 0 {
				t.Errorf("%+v, %v", f, err)
			}
			continue
		}
		wantErr(t, c.name, err, ErrDamaged)
	}
}

func TestBackupWhileOthersWrite(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, newClock().now)
	for i := range 3 {
		file(t, s, document(uint64(i), 20_000))
	}
	path := filepath.Join(dir, "copy.bak")
	done := make(chan error)
	go func() {
		_, err := s.Backup(ctx, path, Entry{Actor: "s0001"})
		done <- err
	}()
	for i := range 5 {
		file(t, s, document(uint64(10+i), 20_000))
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	_, err := s.Backup(ctx, path, Entry{})
	wantErr(t, "over an older copy", err, os.ErrExist)
	if st, err := os.Stat(path); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", st.Mode(), err)
	}
	fresh := t.TempDir()
	if err := Restore(ctx, fresh, path, Options{Key: testKey(), Now: newClock().now}, false, Entry{Actor: "s0001"}); err != nil {
		t.Fatal(err)
	}
	back := open(t, fresh, newClock().now)
	f, err := back.Check(ctx)
	if err != nil || f.Documents < 3 {
		t.Errorf("%+v, %v", f, err)
	}
	all, err := back.Audit().All(ctx)
	if err != nil || all[len(all)-1].Action != "restore" || all[len(all)-1].Actor != "s0001" {
		t.Errorf("the log ends with %+v, %v", all[len(all)-1], err)
	}
}

func TestRestoreNeverLowers(t *testing.T) {
	dir, clock := t.TempDir(), newClock()
	o := Options{Key: testKey(), Now: clock.now, Wait: 100 * time.Millisecond}
	bak := filepath.Join(t.TempDir(), "bak")
	s := open(t, dir, clock.now)
	file(t, s, document(1, 1000))
	if _, err := s.Backup(ctx, bak, Entry{}); err != nil {
		t.Fatal(err)
	}
	wantErr(t, "while the store is open", Restore(ctx, dir, bak, o, false, Entry{}), ErrLocked)
	var last int
	for range 5 {
		_, last = file(t, s, document(2, 1000))
	}
	s.Close()
	before := readDB(t, dir)
	wantErr(t, "losing vouchers", Restore(ctx, dir, bak, o, false, Entry{}), ErrNewerHere)
	if !bytes.Equal(before, readDB(t, dir)) {
		t.Error("a refused restore changed the store")
	}
	if err := Restore(ctx, dir, bak, o, true, Entry{}); err != nil {
		t.Fatal(err)
	}
	if kept, err := os.ReadFile(filepath.Join(dir, File+".replaced")); err != nil || !bytes.Equal(kept, before) {
		t.Errorf("the replaced store was not kept: %v", err)
	}
	s = open(t, dir, clock.now)
	if _, serial := file(t, s, document(3, 1000)); serial != last+1 {
		t.Errorf("the next number is %d, want %d", serial, last+1)
	}
	s.Close()
	// The store in place cannot be read any more: numbers are passed over.
	b := readDB(t, dir)
	clear(b[:len(b)/2])
	os.WriteFile(filepath.Join(dir, File), b, 0o600)
	if err := Restore(ctx, dir, bak, o, false, Entry{}); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir, clock.now)
	if _, serial := file(t, s, document(4, 1000)); serial <= serialGap {
		t.Errorf("after a damaged store the next number is %d", serial)
	}
	verify(t, s)
	if names, _ := filepath.Glob(filepath.Join(dir, ".restore-*")); len(names) > 0 {
		t.Errorf("%q is left", names)
	}
}

func TestRestoreRefuses(t *testing.T) {
	dir, clock := t.TempDir(), newClock()
	s := open(t, dir, clock.now)
	file(t, s, document(1, 30_000))
	bak := filepath.Join(t.TempDir(), "bak")
	if _, err := s.Backup(ctx, bak, Entry{}); err != nil {
		t.Fatal(err)
	}
	s.Close()
	before := readDB(t, dir)
	good, _ := os.ReadFile(bak)
	key := testKey()
	key[0] ^= 1
	newer := t.TempDir()
	os.WriteFile(filepath.Join(newer, File), good, 0o600)
	raw(t, newer, func(b *bolt.Tx) error {
		return b.Bucket([]byte(bucketMeta)).Put([]byte(keyVersion), binary.BigEndian.AppendUint32(nil, version+1))
	})
	for _, c := range []struct {
		name string
		data []byte
		key  []byte
		want error
	}{
		{"wrong key", good, key, ErrKey},
		{"half a file", good[:len(good)/8&^4095], testKey(), ErrDamaged},
		{"newer", readDB(t, newer), testKey(), ErrNewer},
		{"noise", document(5, 40_960), testKey(), ErrDamaged},
	} {
		path := filepath.Join(t.TempDir(), "bad")
		os.WriteFile(path, c.data, 0o600)
		wantErr(t, c.name, Restore(ctx, dir, path, Options{Key: c.key, Now: clock.now}, true, Entry{}), c.want)
		if !bytes.Equal(before, readDB(t, dir)) {
			t.Fatalf("%s changed the store", c.name)
		}
	}
	if err := Restore(ctx, dir, filepath.Join(dir, "none"), Options{Key: testKey(), Now: clock.now}, true, Entry{}); err == nil {
		t.Error("a backup that is not there was restored")
	}
}

func TestCompact(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, newClock().now)
	var all []Item
	for i := range 30 {
		it, _ := file(t, s, document(uint64(i), 100_000))
		all = append(all, it)
	}
	kept := all[17]
	for i, it := range all {
		if i == 17 {
			continue
		}
		it = inSent(t, s, it)
		for _, st := range []State{Verified, Purged} {
			it.State = st
			if err := s.Outbox().Move(ctx, it, Entry{}); err != nil {
				t.Fatal(err)
			}
		}
	}
	before, after, err := s.Compact(ctx, Entry{Actor: "s0001"})
	if err != nil || after > before/4 || after < 100_000 {
		t.Errorf("%d → %d bytes, %v", before, after, err)
	}
	if pdf, err := s.Outbox().PDF(ctx, kept.ID); err != nil || !bytes.Equal(pdf, document(17, 100_000)) {
		t.Errorf("what was kept: %v", err)
	}
	file(t, s, document(99, 1000))
	if f, err := s.Check(ctx); err != nil || f.Items != 31 {
		t.Errorf("%+v, %v", f, err)
	}
	_, err = Open(dir, Options{Key: testKey(), Now: newClock().now, Wait: 100 * time.Millisecond})
	wantErr(t, "a second Open after compacting", err, ErrLocked)
	s.Close()
	s = open(t, dir, newClock().now)
	if all, err := s.Outbox().List(ctx); err != nil || len(all) != 31 {
		t.Errorf("%d items, %v", len(all), err)
	}
	if _, err := os.Stat(filepath.Join(dir, File+".compact")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a part is left: %v", err)
	}
}

func TestBallast(t *testing.T) {
	dir, clock := t.TempDir(), newClock()
	o := Options{Key: testKey(), Now: clock.now, Ballast: 1 << 20}
	s, err := Open(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	space, err := s.Space()
	if err != nil || space.Ballast != 1<<20 || space.Want != 1<<20 || space.Free == 0 || space.Size == 0 {
		t.Errorf("%+v, %v", space, err)
	}
	if !s.dropBallast() || s.dropBallast() {
		t.Error("the ballast is dropped once")
	}
	if err := s.Ready(ctx); err != nil { // there is room: it is laid again
		t.Errorf("Ready: %v", err)
	}
	s.dropBallast()
	s.floor = 1 << 60
	wantErr(t, "Ready below the floor", s.Ready(ctx), ErrFull)
	_, err = s.Outbox().Reserve(ctx, day)
	wantErr(t, "Reserve below the floor", err, ErrFull)
	s.floor = 0
	serial, err := s.Outbox().Reserve(ctx, day)
	if err != nil {
		t.Fatal(err)
	}
	s.floor = 1 << 60
	if _, err := s.Outbox().File(ctx, item(serial), serial, []byte("%PDF"), Entry{}); err != nil {
		t.Errorf("filing what a customer has signed, below the floor: %v", err)
	}
	s.Close()
}

func TestSearch(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, newClock().now)
	const account = "6222021001112223334"
	var filings []Filing
	for i := range 6 {
		serial, err := s.Outbox().Reserve(ctx, day)
		if err != nil {
			t.Fatal(err)
		}
		f := Filing{Item: item(serial), Serial: serial, PDF: document(uint64(i), 500)}
		f.Item.Teller = fmt.Sprintf("t000%d", i%3)
		if i%2 == 0 {
			f.Accounts = []string{account, "6222021001119999999", "", account}
		}
		filings = append(filings, f)
	}
	items, err := s.Outbox().FileAll(ctx, filings...)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		q    Query
		want int
	}{
		{Query{Voucher: voucher(1)}, 1}, {Query{Date: day}, 6}, {Query{Date: "2026-11-25"}, 0}, {Query{Teller: "t0001"}, 2},
		{Query{Account: account}, 3}, {Query{Account: account, Teller: "t0001"}, 1}, {Query{Account: account[:18]}, 0},
		{Query{Account: "6222021001119999999", Date: day}, 3}, {Query{Voucher: voucher(99)}, 0},
	} {
		found, err := s.Outbox().Search(ctx, c.q)
		if err != nil || len(found) != c.want {
			t.Errorf("%+v: %d, %v, want %d", c.q, len(found), err, c.want)
		}
	}
	if _, err := s.Outbox().Search(ctx, Query{}); err == nil {
		t.Error("a search for nothing found something")
	}
	renewed := inSent(t, s, items[0]) // its accounts are in their index now, the others not yet
	for _, q := range []Query{{Account: account}, {Account: "6222021001119999999"}} {
		if found, err := s.Outbox().Search(ctx, q); err != nil || len(found) != 3 || found[0].ID != items[0].ID || found[2].ID != items[4].ID {
			t.Errorf("%+v: %+v, %v", q, found, err)
		}
	}
	next, err := s.Outbox().Renew(ctx, renewed.ID, []byte("%PDF with a newer time stamp"), Entry{})
	if err != nil || next.State != Ready || next.Renews != renewed.ID || next.Voucher != renewed.Voucher {
		t.Errorf("%+v, %v", next, err)
	}
	if found, err := s.Outbox().Search(ctx, Query{Voucher: renewed.Voucher}); err != nil || len(found) != 2 {
		t.Errorf("with its renewal: %+v, %v", found, err)
	}
	_, err = s.Outbox().Renew(ctx, items[1].ID, []byte("%PDF"), Entry{})
	wantErr(t, "renewing what was never sent", err, ErrState)
	if _, err := s.Check(ctx); err != nil {
		t.Error(err)
	}
	s.Close()
	if bytes.Contains(readDB(t, dir), []byte(account)) {
		t.Error("an account number lies in the file")
	}
}

func inSent(t testing.TB, s *Store, it Item) Item {
	t.Helper()
	if _, err := s.Outbox().CommitAll(ctx, Final{ID: it.ID}); err != nil {
		t.Fatal(err)
	}
	it.State = Sent
	if err := s.Outbox().Move(ctx, it, Entry{}); err != nil {
		t.Fatal(err)
	}
	return it
}

func TestFileAllIsAllOrNone(t *testing.T) {
	s := open(t, t.TempDir(), newClock().now)
	var all []Filing
	for range 3 {
		serial, err := s.Outbox().Reserve(ctx, day)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, Filing{Item: item(serial), Serial: serial, PDF: []byte("%PDF")})
	}
	bad := append(all[:2:2], Filing{Item: all[0].Item, Serial: all[2].Serial, PDF: []byte("%PDF")})
	_, err := s.Outbox().FileAll(ctx, bad...)
	wantErr(t, "one of three twice", err, ErrDuplicate)
	if list, _ := s.Outbox().List(ctx); len(list) != 0 {
		t.Errorf("%d were filed", len(list))
	}
	if _, err := s.Outbox().FileAll(ctx, all...); err != nil {
		t.Error(err)
	}
	if n := verify(t, s); n != 3 {
		t.Errorf("%d entries", n)
	}
}

func TestMoveAllLeavesOut(t *testing.T) {
	s := open(t, t.TempDir(), newClock().now)
	good, queued := inState(t, s, Ready), inState(t, s, Queued)
	good.State, queued.State = Sent, Sent
	refused, err := s.Outbox().MoveAll(ctx, Change{Item: queued}, Change{Item: good}, Change{Item: Item{ID: "none", State: Sent}})
	if err != nil || len(refused) != 2 || !errors.Is(refused[queued.ID], ErrState) || !errors.Is(refused["none"], ErrNotFound) {
		t.Errorf("%v, %v", refused, err)
	}
	if it, _ := s.Outbox().Find(ctx, good.ID); it.State != Sent {
		t.Errorf("the good one is %s", it.State)
	}
	if p, err := s.Outbox().Pending(ctx); err != nil || len(p) != 2 {
		t.Errorf("%d pending, %v", len(p), err)
	}
	good.Fault = "odd"
	refused, err = s.Outbox().MoveAll(ctx, Change{Item: good})
	if err != nil || !errors.Is(refused[good.ID], ErrState) {
		t.Errorf("a fault that is none: %v, %v", refused, err)
	}
	good.Fault, good.Error = FaultRefused, "no"
	if err := s.Outbox().Move(ctx, good, Entry{}); err != nil {
		t.Fatal(err)
	}
	it, err := s.Outbox().Retry(ctx, good.ID, Entry{Actor: "s0001"})
	if err != nil || it.Fault != "" || it.Error != "" || !it.Tried.IsZero() {
		t.Errorf("after Retry: %+v, %v", it, err)
	}
}
