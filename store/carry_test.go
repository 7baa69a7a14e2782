package store

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
)

// Vouchers that left for the archive after the backup are listed and found again
// after a restore, by number and account, and their numbers stay taken.
func TestRestoreKeepsWhatLeft(t *testing.T) {
	const account = "6222021001112223334"
	for _, renewed := range []bool{false, true} {
		dir := t.TempDir()
		s := open(t, dir, newClock().now)
		file(t, s, document(9, 100))
		bak := filepath.Join(t.TempDir(), "bak")
		if _, err := s.Backup(ctx, bak, Entry{}); err != nil {
			t.Fatal(err)
		}
		serial, err := s.Outbox().Reserve(ctx, day)
		if err != nil {
			t.Fatal(err)
		}
		f := Filing{Item: item(serial), Serial: serial, PDF: document(1, 500), Accounts: []string{account}}
		filed, err := s.Outbox().FileAll(ctx, f)
		if err != nil {
			t.Fatal(err)
		}
		gone := []Item{inSent(t, s, filed[0])}
		if renewed {
			it, err := s.Outbox().Renew(ctx, gone[0].ID, document(2, 600), Entry{})
			if err != nil {
				t.Fatal(err)
			}
			it.State = Sent
			if err := s.Outbox().Move(ctx, it, Entry{}); err != nil {
				t.Fatal(err)
			}
			gone = append(gone, it)
		}
		for _, it := range gone {
			for _, it.State = range []State{Verified, Purged} {
				it.Place = "archive/" + it.ID
				if err := s.Outbox().Move(ctx, it, Entry{}); err != nil {
					t.Fatal(err)
				}
			}
		}
		s.Close()
		if err := Restore(ctx, dir, bak, Options{Key: testKey(), Now: newClock().now}, false, Entry{}); err != nil {
			t.Fatal(err)
		}
		s = open(t, dir, newClock().now)
		all, err := s.Outbox().List(ctx)
		if err != nil || len(all) != 1+len(gone) || all[1].State != Purged || all[1].Place != "archive/"+all[1].ID {
			t.Errorf("%+v, %v", all, err)
		}
		if it, err := s.Outbox().Find(ctx, filed[0].Voucher); err != nil || it.ID != filed[0].ID {
			t.Errorf("by number: %+v, %v", it, err)
		}
		if found, err := s.Outbox().Search(ctx, Query{Account: account}); err != nil || len(found) != 1 || found[0].ID != filed[0].ID {
			t.Errorf("by account: %+v, %v", found, err)
		}
		_, err = s.Outbox().Adopt(ctx, f)
		wantErr(t, "its number again", err, ErrDuplicate)
		if f, err := s.Check(ctx); err != nil || f.Items != 1+len(gone) {
			t.Errorf("%+v, %v", f, err)
		}
		if e := last(t, s); e.Action != "restore" || e.Detail["purged"] == "" || e.Detail["lost"] != "0" {
			t.Errorf("%+v", e)
		}
		s.Close()
	}
}

// Merge is asked about each setting of the replaced store, and told which value is
// of the newer store.
func TestRestoreMergesSettings(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, newClock().now)
	set := func(name, value string) {
		t.Helper()
		if err := s.SetSetting(ctx, name, []byte(value)); err != nil {
			t.Fatal(err)
		}
	}
	backup := func() string {
		t.Helper()
		path := filepath.Join(t.TempDir(), "bak")
		if _, err := s.Backup(ctx, path, Entry{}); err != nil {
			t.Fatal(err)
		}
		return path
	}
	set("a", "one")
	set("b", "one")
	early := backup()
	set("a", "two")
	set("c", "two")
	appendEntries(t, s, 0, 9)
	late := backup()
	merge := func(name string, older, newer []byte) ([]byte, bool, error) {
		return []byte(string(older) + "," + string(newer)), name != "b", nil
	}
	restore := func(path string, want map[string]string) {
		t.Helper()
		s.Close()
		if err := Restore(ctx, dir, path, Options{Key: testKey(), Now: newClock().now, Merge: merge}, true, Entry{}); err != nil {
			t.Fatal(err)
		}
		s = open(t, dir, newClock().now)
		for name, value := range want {
			if got, _, err := s.Setting(ctx, name); err != nil || string(got) != value {
				t.Errorf("%s is %q, %v, want %q", name, got, err, value)
			}
		}
	}
	restore(early, map[string]string{"a": "one,two", "b": "one", "c": ",two"})
	restore(late, map[string]string{"a": "one,two,two", "b": "one", "c": ",two,two"})
	merge = func(string, []byte, []byte) ([]byte, bool, error) { return nil, false, errors.New("no") }
	s.Close()
	if err := Restore(ctx, dir, early, Options{Key: testKey(), Now: newClock().now, Merge: merge}, true, Entry{}); err == nil {
		t.Error("a merge that fails was not heard")
	}
}

// The backup of a workstation that is dead is restored on another one, whose
// checkpoint key is another: the log is signed anew, and says so; what the old key
// signed is verified with the old key. Nothing else is taken for an old key's.
func TestRestoreUnderAnotherKey(t *testing.T) {
	dir, there := t.TempDir(), t.TempDir()
	s, old := openSigned(t, dir, 8)
	appendEntries(t, s, 0, 20)
	bak := filepath.Join(t.TempDir(), "bak")
	if _, err := s.Backup(ctx, bak, Entry{}); err != nil {
		t.Fatal(err)
	}
	uploaded := notes(t, s)
	s.Close()
	signer, v := keys(t, 2)
	o := Options{Key: testKey(), Now: newClock().now, Signer: signer, Every: 8}
	if err := Restore(ctx, there, bak, o, false, Entry{}); err != nil {
		t.Fatal(err)
	}
	s, err := Open(there, o)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if e := last(t, s); e.Action != "restore" || !strings.HasPrefix(e.Detail["signed"], "anew") {
		t.Errorf("%+v", e)
	}
	appendEntries(t, s, 20, 10)
	all := append(uploaded, notes(t, s)...)
	if n, err := s.Audit().VerifyAgainst(ctx, OneOf(v, old), all...); err != nil || n != 32 {
		t.Errorf("%d, %v", n, err)
	}
	_, err = s.Audit().VerifyAgainst(ctx, v, all...)
	wantErr(t, "without the old key", err, ErrCheckpoint)
	_, err = s.Audit().VerifyAgainst(ctx, OneOf(old, v), all...)
	wantErr(t, "the end signed by an old key", err, ErrCheckpoint)
	texts := logTexts(t, s)
	texts[4] = []byte(strings.Replace(string(texts[4]), "t0001", "t0009", 1))
	s.rewrite(t, texts)
	appendEntries(t, s, 30, 1)
	var e *LogError
	if _, err := s.Audit().VerifyAgainst(ctx, OneOf(v, old), all...); !errors.As(err, &e) || e.Entry != 5 {
		t.Errorf("entry 5 altered: %v", err)
	}
}

// The backup of this workstation that somebody rewrote is not signed by restoring it.
func TestRestoreOfAForgedBackup(t *testing.T) {
	dir := t.TempDir()
	s, v := openSigned(t, dir, 8)
	appendEntries(t, s, 0, 20)
	bak := filepath.Join(t.TempDir(), "bak")
	texts := logTexts(t, s)
	texts[18] = []byte(strings.Replace(string(texts[18]), "t0001", "t0009", 1))
	s.rewrite(t, texts)
	if _, err := s.Backup(ctx, bak, Entry{}); err != nil {
		t.Fatal(err)
	}
	s.Close()
	signer, _ := keys(t, 1)
	o := Options{Key: testKey(), Now: newClock().now, Signer: signer, Every: 8}
	if err := Restore(ctx, dir, bak, o, true, Entry{}); err != nil {
		t.Fatal(err)
	}
	s, _ = openSigned(t, dir, 8)
	defer s.Close()
	var e *LogError
	if _, err := s.Audit().VerifyAgainst(ctx, v, notes(t, s)...); !errors.As(err, &e) || e.Entry != 19 {
		t.Errorf("%v", err)
	}
}
