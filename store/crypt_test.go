package store

import (
	"bytes"
	"crypto/cipher"
	"encoding/json"
	"errors"
	"testing"

	"golang.org/x/crypto/chacha20poly1305"
	"golang.org/x/mod/sumdb/tlog"
)

var xchacha = Cipher{Name: "xchacha20", New: chacha20poly1305.NewX}

func openCiphers(t *testing.T, dir string, all ...Cipher) *Store {
	t.Helper()
	s, err := Open(dir, Options{Key: testKey(), Now: newClock().now, Ciphers: all})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestCiphersHandedIn(t *testing.T) {
	dir := t.TempDir()
	s := openCiphers(t, dir)
	old, _ := file(t, s, document(1, 5000))
	s.Close()
	s = openCiphers(t, dir, xchacha)
	fresh, _ := file(t, s, document(2, 5000))
	for id, want := range map[string][]byte{old.ID: document(1, 5000), fresh.ID: document(2, 5000)} {
		if got, err := s.Outbox().PDF(ctx, id); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %v", id, err)
		}
	}
	if err := s.Outbox().Commit(ctx, old.ID, []byte("%PDF stamped"), Entry{}); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Outbox().PDF(ctx, old.ID); err != nil || string(got) != "%PDF stamped" {
		t.Errorf("encrypted anew: %q, %v", got, err)
	}
	if _, err := s.Check(ctx); err != nil {
		t.Error(err)
	}
	s.Close()
	s = openCiphers(t, dir)
	for _, id := range []string{old.ID, fresh.ID} {
		_, err := s.Outbox().PDF(ctx, id)
		wantErr(t, "without the cipher", err, ErrCipher)
	}
	s.Close()
	refusing := Cipher{Name: "none", New: func([]byte) (cipher.AEAD, error) { return nil, errors.New("no such hardware") }}
	s = openCiphers(t, dir, refusing, xchacha)
	serial, err := s.Outbox().Reserve(ctx, day)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Outbox().File(ctx, item(serial), serial, []byte("%PDF"), Entry{}); err == nil {
		t.Error("a cipher that cannot be made encrypted something")
	}
	if _, err := s.Outbox().PDF(ctx, fresh.ID); err != nil {
		t.Errorf("another cipher: %v", err)
	}
}

func TestCiphersAreChecked(t *testing.T) {
	for _, all := range [][]Cipher{{{Name: "x"}}, {{Name: "", New: AES().New}}, {{Name: "a b", New: AES().New}}, {xchacha, xchacha}} {
		if s, err := Open(t.TempDir(), Options{Key: testKey(), Now: newClock().now, Ciphers: all}); err == nil {
			s.Close()
			t.Errorf("%+v was taken", all)
		}
	}
}

// A value opens at its own place only, and not when a bit of it is changed.
func TestValuesAreBound(t *testing.T) {
	v, err := newVault(testKey(), bytes.NewReader(document(3, 4096)))
	if err != nil {
		t.Fatal(err)
	}
	value, err := v.seal("rows", []byte("a"), []byte("plain"))
	if err != nil {
		t.Fatal(err)
	}
	for _, place := range [][2]string{{"rows", "b"}, {"row", "sa"}, {"docs", "a"}, {"rows", ""}} {
		if _, err := v.open(place[0], []byte(place[1]), value); !errors.Is(err, ErrDamaged) {
			t.Errorf("it opens at %q: %v", place, err)
		}
	}
	for i := range value {
		bad := bytes.Clone(value)
		bad[i] ^= 1
		if _, err := v.open("rows", []byte("a"), bad); !errors.Is(err, ErrDamaged) {
			t.Errorf("byte %d changed: %v", i, err)
		}
	}
	doc, err := v.sealDocument("id", 7, []byte("%PDF"), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		id  string
		seq int64
	}{{"id", 8}, {"ie", 7}} {
		if _, err := v.openDocument(c.id, c.seq, doc, nil); !errors.Is(err, ErrDamaged) {
			t.Errorf("a document opens as %v: %v", c, err)
		}
	}
	for i := range doc.data {
		bad := sealed{doc.cipher, bytes.Clone(doc.data)}
		bad.data[i] ^= 0x80
		if _, err := v.openDocument("id", 7, bad, nil); !errors.Is(err, ErrDamaged) {
			t.Errorf("byte %d of a document changed: %v", i, err)
		}
	}
	if _, err := newVault(testKey(), bytes.NewReader(nil)); err != nil {
		t.Fatal(err)
	}
	empty, _ := newVault(testKey(), bytes.NewReader(nil))
	if _, err := empty.seal("rows", nil, nil); err == nil {
		t.Error("a source of randomness that has ended made a nonce")
	}
}

func FuzzStored(f *testing.F) {
	it := item(1)
	it.ID, it.State, it.Bytes, it.SHA256 = "01KB000000000000000000000X", Ready, 4, digest([]byte("%PDF"))
	good, _ := json.Marshal(row{Item: it, Seq: 3})
	f.Add(good)
	f.Add([]byte(`{"time":"2026-11-24T09:30:00Z","actor":"x","action":"file","outcome":"ok"}`))
	f.Add([]byte("\x05hello"))
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Fuzz(func(t *testing.T, raw []byte) {
		if r, err := decodeRow(raw); err == nil && (r.State.rank() < 0 || r.Bytes <= 0 || r.Item.check() != nil) {
			t.Errorf("the row %+v was taken", r)
		}
		if e, err := decodeEntry(raw); err == nil && e.Action == "" {
			t.Error("an entry without an action was taken")
		}
		for _, i := range []int64{0, 1, 6, 7} {
			r, err := splitRecord(number(i), raw)
			if err == nil && len(r.hashes)*tlog.HashSize+len(r.text) != len(raw) {
				t.Errorf("entry %d: %d hashes and %d bytes of %d", i, len(r.hashes), len(r.text), len(raw))
			}
		}
		if name, value, err := decodeSetting(raw); err == nil && len(name)+len(value) > len(raw) {
			t.Error("a setting is longer than its bytes")
		}
	})
}
