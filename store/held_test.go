package store

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Who holds a store learns which key is its own, keeps others from opening it
// and changes nothing.
func TestHold(t *testing.T) {
	dir := t.TempDir()
	if _, err := Hold(dir, time.Millisecond); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a folder without a store: %v", err)
	}
	s := open(t, dir, newClock().now)
	file(t, s, document(1, 100))
	_, err := Hold(dir, time.Millisecond)
	wantErr(t, "Hold of an open store", err, ErrLocked)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(filepath.Join(dir, File))
	if err != nil {
		t.Fatal(err)
	}
	h, err := Hold(dir, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Opens(testKey()); err != nil {
		t.Errorf("its own key: %v", err)
	}
	for _, key := range [][]byte{nil, testKey()[1:], bytes.Repeat([]byte{9}, keySize)} {
		wantErr(t, "Opens with another key", h.Opens(key), ErrKey)
	}
	_, err = Open(dir, Options{Key: testKey(), Now: newClock().now, Wait: time.Millisecond})
	wantErr(t, "Open while it is held", err, ErrLocked)
	if err := errors.Join(h.Close(), h.Close()); err != nil {
		t.Error(err)
	}
	if after, err := os.ReadFile(filepath.Join(dir, File)); err != nil || !bytes.Equal(before, after) {
		t.Errorf("it changed the store: %v", err)
	}
}

// A file that cannot tell says so.
func TestHoldOfADamagedStore(t *testing.T) {
	for name, text := range map[string][]byte{"empty": nil, "short": []byte("bolt"), "something else": bytes.Repeat([]byte{7}, 20000)} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, File), text, 0o600); err != nil {
			t.Fatal(err)
		}
		h, err := Hold(dir, time.Millisecond)
		if err == nil {
			err = errors.Join(h.Opens(testKey()), h.Close())
		}
		wantErr(t, name, err, ErrDamaged)
	}
}
