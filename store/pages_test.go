package store

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"
)

// pagesOf makes a store of several levels and gives its file and page size.
func pagesOf(t testing.TB) (dir string, b []byte, size int) {
	t.Helper()
	dir = t.TempDir()
	s := open(t, dir, newClock().now)
	for i := range 40 {
		file(t, s, document(uint64(i), 300+200*i))
	}
	size = s.db.Info().PageSize
	s.Close()
	b, err := os.ReadFile(filepath.Join(dir, File))
	if err != nil {
		t.Fatal(err)
	}
	return dir, b, size
}

// branch finds a branch page in use with two children or more: the offset of its
// elements.
func branch(t testing.TB, path string, b []byte, size int) int {
	t.Helper()
	for at := 2 * size; at+size <= len(b); at += size {
		le := binary.LittleEndian
		if le.Uint64(b[at:]) == uint64(at/size) && le.Uint16(b[at+8:]) == branchPage && le.Uint16(b[at+10:]) >= 2 {
			bad := bytes.Clone(b)
			le.PutUint64(bad[at:], 3) // one that is free may say what it likes
			os.WriteFile(path, bad, 0o600)
			if reach(path) != nil {
				return at + pageHeader
			}
		}
	}
	t.Fatal("this store has no branch page: nothing was tested")
	return 0
}

func TestReach(t *testing.T) {
	dir, good, size := pagesOf(t)
	path := filepath.Join(dir, File)
	if err := reach(path); err != nil {
		t.Fatalf("a good file: %v", err)
	}
	at := branch(t, path, good, size)
	le := binary.LittleEndian
	for _, c := range []struct {
		name  string
		spoil func(b []byte)
	}{
		{"a page used twice", func(b []byte) { copy(b[at+elementSize+8:at+elementSize+16], b[at+8:at+16]) }},
		{"a circle", func(b []byte) { le.PutUint64(b[at+8:], uint64(at/size)) }},
		{"a page far outside", func(b []byte) { le.PutUint64(b[at+8:], 1<<60) }},
		{"the first head page as a child", func(b []byte) { le.PutUint64(b[at+8:], 0) }},
		{"too many elements", func(b []byte) { le.PutUint16(b[at-pageHeader+10:], 60000) }},
		{"an overflow beyond the file", func(b []byte) { le.PutUint32(b[at-pageHeader+12:], 1<<31) }},
		{"no kind", func(b []byte) { le.PutUint16(b[at-pageHeader+8:], 0x40) }},
		{"another page's id", func(b []byte) { le.PutUint64(b[at-pageHeader:], 3) }},
		{"no head pages", func(b []byte) { clear(b[:2*size]) }},
	} {
		bad := bytes.Clone(good)
		c.spoil(bad)
		os.WriteFile(path, bad, 0o600)
		wantErr(t, c.name, reach(path), ErrDamaged)
		_, err := Open(dir, Options{Key: testKey(), Now: newClock().now})
		wantErr(t, "opening with "+c.name, err, ErrDamaged)
		if now, _ := os.ReadFile(path); !bytes.Equal(now, bad) {
			t.Errorf("%s: opening changed the file", c.name)
		}
	}
	// One head page lost is no loss: the other counts.
	one := bytes.Clone(good)
	clear(one[:size])
	os.WriteFile(path, one, 0o600)
	if err := reach(path); err != nil {
		t.Errorf("with one head page: %v", err)
	}
}

// Any page of any noise: it never crashes and never runs for ever.
func FuzzReach(f *testing.F) {
	dir, good, size := pagesOf(f)
	path := filepath.Join(dir, File)
	f.Add(uint16(3), uint16(8), []byte{1, 0})
	f.Add(uint16(5), uint16(16), []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, page, offset uint16, noise []byte) {
		b := bytes.Clone(good)
		at := (int(page)*size + int(offset)%size) % len(b)
		copy(b[at:], noise)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		reach(path)
	})
}

// A flipped bit in the newest head page takes the last transaction away; the store
// opens, says so once, and its log for ever.
func TestTornHead(t *testing.T) {
	dir := t.TempDir()
	s, v := openSigned(t, dir, 8)
	if s.Torn() {
		t.Error("a new one is torn")
	}
	appendEntries(t, s, 0, 5)
	s.Close()
	b := readDB(t, dir)
	size := os.Getpagesize()
	newest := 0
	if binary.LittleEndian.Uint64(b[size+pageHeader+48:]) > binary.LittleEndian.Uint64(b[pageHeader+48:]) {
		newest = size
	}
	b[newest+pageHeader+20] ^= 1
	if err := os.WriteFile(filepath.Join(dir, File), b, 0o600); err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		s, _ = openSigned(t, dir, 8)
		if s.Torn() != (i == 0) {
			t.Errorf("opening %d: torn is %v", i+1, s.Torn())
		}
		if e := last(t, s); e.Action != "torn" {
			t.Errorf("opening %d: the log ends with %+v", i+1, e)
		}
		if n, err := s.Audit().VerifyAgainst(ctx, v, notes(t, s)...); err != nil || n != 5 {
			t.Errorf("%d entries, %v", n, err)
		}
		s.Close()
	}
}
