package store

import (
	"bytes"
	"context"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"
)

// calls is every exported method that uses the file, each so that it would
// succeed on an open store with a voucher in state SENT and one QUEUED.
func calls(s *Store, sent, queued Item, dir string) map[string]func(context.Context) error {
	o, a := s.Outbox(), s.Audit()
	moved := sent
	moved.State = Verified
	return map[string]func(context.Context) error{
		"Ready":   func(c context.Context) error { return s.Ready(c) },
		"Reserve": func(c context.Context) error { _, err := o.Reserve(c, day); return err },
		"Burn":    func(c context.Context) error { return o.Burn(c, day, 3, Entry{}) },
		"File":    func(c context.Context) error { _, err := o.File(c, item(4), 4, []byte("%PDF"), Entry{}); return err },
		"Adopt": func(c context.Context) error {
			_, err := o.Adopt(c, Filing{Item: item(90), Serial: 90, PDF: []byte("%PDF")})
			return err
		},
		"Commit":      func(c context.Context) error { return o.Commit(c, queued.ID, []byte("%PDF final"), Entry{}) },
		"Move":        func(c context.Context) error { return o.Move(c, moved, Entry{}) },
		"Retry":       func(c context.Context) error { _, err := o.Retry(c, sent.ID, Entry{}); return err },
		"Renew":       func(c context.Context) error { _, err := o.Renew(c, sent.ID, []byte("%PDF new"), Entry{}); return err },
		"List":        func(c context.Context) error { _, err := o.List(c); return err },
		"Pending":     func(c context.Context) error { _, err := o.Pending(c); return err },
		"Find":        func(c context.Context) error { _, err := o.Find(c, sent.Voucher); return err },
		"Search":      func(c context.Context) error { _, err := o.Search(c, Query{Date: day}); return err },
		"Search2":     func(c context.Context) error { _, err := o.Search(c, Query{Account: "1"}); return err },
		"PDF":         func(c context.Context) error { _, err := o.PDF(c, sent.ID); return err },
		"Bytes":       func(c context.Context) error { _, err := o.Bytes(c, sent.ID); return err },
		"Append":      func(c context.Context) error { return a.Append(c, Entry{Action: "x"}) },
		"All":         func(c context.Context) error { _, err := a.All(c); return err },
		"Root":        func(c context.Context) error { _, _, err := a.Root(c); return err },
		"Verify":      func(c context.Context) error { _, _, err := a.Verify(c); return err },
		"Checkpoint":  func(c context.Context) error { _, err := a.Checkpoint(c); return err },
		"Checkpoints": func(c context.Context) error { _, err := a.Checkpoints(c); return err },
		"Waiting":     func(c context.Context) error { _, err := a.Waiting(c); return err },
		"Uploaded":    func(c context.Context) error { return a.Uploaded(c, SignedCheckpoint{N: 1, Place: "x"}) },
		"Export":      func(c context.Context) error { _, err := a.Export(c, io.Discard, JSONL, "ws", 1); return err },
		"Setting":     func(c context.Context) error { _, _, err := s.Setting(c, "x"); return err },
		"SetSetting":  func(c context.Context) error { return s.SetSetting(c, "x", nil) },
		"Settings":    func(c context.Context) error { _, err := s.Settings(c, ""); return err },
		"Amend": func(c context.Context) error {
			return s.Amend(c, "x", func([]byte) ([]byte, Entry, error) { return nil, Entry{Action: "x"}, nil })
		},
		"Tripwire": func(c context.Context) error { _, _, err := s.Tripwire(c, "aa", voucher(1)); return err },
		"Backup":   func(c context.Context) error { _, err := s.Backup(c, filepath.Join(dir, "bak"), Entry{}); return err },
		"Check":    func(c context.Context) error { _, err := s.Check(c); return err },
		"Compact":  func(c context.Context) error { _, _, err := s.Compact(c, Entry{}); return err },
	}
}

// ready makes a store for calls: vouchers 1 SENT and 2 QUEUED, numbers 3 and 4
// reserved.
func ready(t *testing.T, dir string) (s *Store, sent, queued Item) {
	t.Helper()
	s, _ = openSigned(t, dir, 64)
	sent = inState(t, s, Sent)
	queued, _ = file(t, s, document(2, 500))
	for range 2 {
		if _, err := s.Outbox().Reserve(ctx, day); err != nil {
			t.Fatal(err)
		}
	}
	return s, sent, queued
}

func TestEveryCallSucceedsOnce(t *testing.T) {
	s, sent, queued := ready(t, t.TempDir())
	for name, call := range calls(s, sent, queued, t.TempDir()) {
		if name == "Adopt" || name == "Compact" || name == "Move" { // they stand in the way of others
			continue
		}
		if err := call(ctx); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A context that has ended: nothing is done, and the error says why.
func TestEveryCallHeedsItsContext(t *testing.T) {
	dir := t.TempDir()
	s, sent, queued := ready(t, dir)
	before := readDB(t, dir)
	over, cancel := context.WithCancel(ctx)
	cancel()
	for name, call := range calls(s, sent, queued, t.TempDir()) {
		if err := call(over); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if !bytes.Equal(before, readDB(t, dir)) {
		t.Error("the file was changed")
	}
}

// A store that is closed: an error, no panic, and no half a file somewhere.
func TestEveryCallOnAClosedStore(t *testing.T) {
	s, sent, queued := ready(t, t.TempDir())
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, call := range calls(s, sent, queued, dir) {
		if err := call(ctx); err == nil {
			t.Errorf("%s succeeded", name)
		}
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("%v is left", left)
	}
	if err := s.Close(); err != nil {
		t.Errorf("closing again: %v", err)
	}
}

// Ids that are none, and items that could not be read back if they were written.
func TestWrongItems(t *testing.T) {
	s, sent, queued := ready(t, t.TempDir())
	o := s.Outbox()
	for _, id := range []string{"", "x", "01J00000000000000000000000", sent.ID + "r", sent.ID[:25], voucher(77)} {
		_, err := o.PDF(ctx, id)
		wantErr(t, "PDF", err, ErrNotFound)
		_, err = o.Bytes(ctx, id)
		wantErr(t, "Bytes", err, ErrNotFound)
		_, err = o.Retry(ctx, id, Entry{})
		wantErr(t, "Retry", err, ErrNotFound)
		_, err = o.Renew(ctx, id, []byte("%PDF"), Entry{})
		wantErr(t, "Renew", err, ErrNotFound)
		wantErr(t, "Commit", o.Commit(ctx, id, []byte("%PDF"), Entry{}), ErrNotFound)
		wantErr(t, "Move", o.Move(ctx, Item{ID: id, State: Sent}, Entry{}), ErrNotFound)
	}
	_, err := o.Renew(ctx, sent.ID, nil, Entry{})
	if err == nil {
		t.Error("an empty renewal was taken")
	}
	if err := o.Commit(ctx, queued.ID, nil, Entry{}); err == nil {
		t.Error("an empty final document was taken")
	}
	same, err := o.PDF(ctx, sent.ID)
	if err != nil {
		t.Fatal(err)
	}
	_, err = o.Renew(ctx, sent.ID, same, Entry{})
	wantErr(t, "renewing with the same bytes", err, ErrState)
	n := verify(t, s)
	bad := sent
	bad.Tries = -1
	if err := o.Move(ctx, bad, Entry{}); err == nil {
		t.Error("a count of tries below zero was stored")
	}
	if got, err := o.Find(ctx, sent.ID); err != nil || got.Tries != 0 {
		t.Errorf("after that: %+v, %v", got, err)
	}
	if after := verify(t, s); after != n {
		t.Errorf("refusals left %d entries", after-n)
	}
	if _, err := s.Audit().Checkpoint(ctx); err != nil {
		t.Error(err)
	}
	if err := s.Audit().Append(ctx, Entry{}); err == nil {
		t.Error("an entry without an action was taken")
	}
}

func TestCheckpointWithoutAKey(t *testing.T) {
	s := open(t, t.TempDir(), newClock().now)
	file(t, s, document(1, 100))
	if c, err := s.Audit().Checkpoint(ctx); err == nil {
		t.Errorf("it made %+v", c)
	}
	if cs, err := s.Audit().Checkpoints(ctx); err != nil || len(cs) != 0 {
		t.Errorf("%+v, %v", cs, err)
	}
}

// Close signs the end of the log, but not of a store that Open has refused.
func TestRefusedIsNotSigned(t *testing.T) {
	dir := t.TempDir()
	s, _ := openSigned(t, dir, 64)
	file(t, s, document(1, 100)) // Close is to sign it
	s.db.Close()
	raw(t, dir, func(b *bolt.Tx) error {
		return b.Bucket([]byte(bucketMeta)).Put([]byte(keyVersion), []byte{0, 0, 0, version + 1})
	})
	before := readDB(t, dir)
	signer, _ := keys(t, 1)
	_, err := Open(dir, Options{Key: testKey(), Now: newClock().now, Signer: signer})
	wantErr(t, "a newer store", err, ErrNewer)
	if !bytes.Equal(before, readDB(t, dir)) {
		t.Error("it was changed")
	}
}

// Each exported error has its sentence, where people are spoken to.
func TestEveryErrorIsExplained(t *testing.T) {
	explain, err := os.ReadFile(filepath.Join("..", "cmd", "internal", "say", "say.go"))
	if err != nil {
		t.Fatal(err)
	}
	paths, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, path := range paths {
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			v, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			for _, name := range v.Names {
				if strings.HasPrefix(name.Name, "Err") {
					found++
					if !strings.Contains(string(explain), "{store."+name.Name+",") {
						t.Errorf("%s has no sentence", name.Name)
					}
				}
			}
			return true
		})
	}
	if found < 15 {
		t.Errorf("%d errors found in the source", found)
	}
}

// The room that is written ahead is there before a customer signs, is bounded, is
// not counted as the store's, and is left alone when the disk is nearly full.
func TestLayAhead(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, time.Now)
	path := filepath.Join(dir, File)
	var end int64
	grown := 0
	for i := range 60 {
		serial, err := s.Outbox().Reserve(ctx, day)
		if err != nil {
			t.Fatal(err)
		}
		before := size(path)
		if _, err := s.Outbox().File(ctx, item(serial), serial, document(uint64(i), 50_000), Entry{}); err != nil {
			t.Fatal(err)
		}
		if size(path) != before && i > 10 {
			grown++
		}
		s.view(ctx, func(x *tx) error { end = x.Size(); return nil })
	}
	if grown > 0 {
		t.Errorf("filing made the file longer %d times", grown)
	}
	if ahead := size(path) - end; ahead < 0 || ahead > 2*aheadMost {
		t.Errorf("%d bytes are laid ahead of %d", ahead, end)
	}
	if _, err := s.Check(ctx); err != nil {
		t.Error(err)
	}
	s.floor = 1 << 60 // nobody may sign, and what is free stays free
	s.laid = 0
	s.update(ctx, func(x *tx) error { x.layAhead(); return nil })
	if s.laid != 0 {
		t.Error("room was laid ahead below the floor")
	}
	s.floor = 0
	if _, after, err := s.Compact(ctx, Entry{}); err != nil || after > end+aheadMost {
		t.Errorf("compacted to %d bytes, %v", after, err)
	}
	file(t, s, document(1, 50_000))
	s.Close()
	if err := CheckFile(dir); err != nil {
		t.Error(err)
	}
}
