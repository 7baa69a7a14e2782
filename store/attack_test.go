package store

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Attackers who touch other things than the texts of the log, see also
// TestAttackers.

// errUndo ends a transaction so that nothing of it stays.
var errUndo = errors.New("undo")

// tryLog changes the sealed log behind the store's back, verifies it, and puts it
// back.
func (s *Store) tryLog(t testing.TB, f func(log *bolt.Bucket) error) (found error) {
	t.Helper()
	err := s.db.Update(func(b *bolt.Tx) error {
		if err := f(b.Bucket([]byte(bucketLog))); err != nil {
			return err
		}
		_, _, found = (&tx{Tx: b, s: s}).verifyLog(ctx)
		return errUndo
	})
	if !errors.Is(err, errUndo) {
		t.Fatal(err)
	}
	return found
}

// Somebody who has the disk and no key at all: he can flip, drop, swap, copy and
// cut what is sealed. 1,000 mutations; Verify alone, without any checkpoint, finds
// each and names the first entry that is touched.
func TestAttackerWithoutAnyKey(t *testing.T) {
	const entries = 40
	s, _ := openSigned(t, t.TempDir(), 8)
	appendEntries(t, s, 0, entries)
	good := make([][]byte, entries)
	if err := s.tryLog(t, func(log *bolt.Bucket) error {
		for i := range good {
			good[i] = bytes.Clone(log.Get(number(int64(i))))
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(3, 4))
	deeds := []struct {
		name string
		do   func(log *bolt.Bucket, i, j int) (first int, err error)
	}{
		{"flip a bit", func(log *bolt.Bucket, i, _ int) (int, error) {
			b := bytes.Clone(good[i])
			b[r.IntN(len(b))] ^= 1 << r.IntN(8)
			return i, log.Put(number(int64(i)), b)
		}},
		{"cut an entry short", func(log *bolt.Bucket, i, _ int) (int, error) {
			return i, log.Put(number(int64(i)), good[i][:r.IntN(len(good[i]))])
		}},
		{"lengthen an entry", func(log *bolt.Bucket, i, _ int) (int, error) {
			return i, log.Put(number(int64(i)), append(bytes.Clone(good[i]), byte(r.IntN(256))))
		}},
		{"drop an entry", func(log *bolt.Bucket, i, _ int) (int, error) { return i, log.Delete(number(int64(i))) }},
		{"swap two", func(log *bolt.Bucket, i, j int) (int, error) {
			return min(i, j), errors.Join(log.Put(number(int64(i)), good[j]), log.Put(number(int64(j)), good[i]))
		}},
		{"put one over another", func(log *bolt.Bucket, i, j int) (int, error) { return i, log.Put(number(int64(i)), good[j]) }},
		{"cut off the end", func(log *bolt.Bucket, i, _ int) (int, error) {
			for k := i; k < entries; k++ {
				if err := log.Delete(number(int64(k))); err != nil {
					return i, err
				}
			}
			return i, nil
		}},
		{"add after the end", func(log *bolt.Bucket, i, _ int) (int, error) {
			return entries, log.Put(number(entries+int64(i)), good[i])
		}},
		{"a key of another length", func(log *bolt.Bucket, i, j int) (int, error) {
			return j + 1, log.Put(append(number(int64(j)), byte(i)), good[i])
		}},
	}
	for n := range 1000 {
		d := deeds[n%len(deeds)]
		i, j := r.IntN(entries), r.IntN(entries-1)
		if j >= i {
			j++
		}
		first := 0
		err := s.tryLog(t, func(log *bolt.Bucket) (err error) { first, err = d.do(log, i, j); return err })
		var e *LogError
		if !errors.As(err, &e) || e.Entry != first+1 {
			t.Fatalf("%s of entry %d: %v", d.name, first+1, err)
		}
	}
	if n := verify(t, s); n != entries {
		t.Errorf("%d entries", n)
	}
}

// Somebody who has the machine key alters hashes of the tree, not the entries.
func TestAlteredHashes(t *testing.T) {
	s, _ := openSigned(t, t.TempDir(), 8)
	appendEntries(t, s, 0, 32)
	for i := range int64(32) {
		for level := range completes(i) {
			err := s.tryLog(t, func(log *bolt.Bucket) error {
				x := &tx{Tx: log.Tx(), s: s}
				r, err := x.record(i)
				if err != nil {
					return err
				}
				r.hashes[level][7] ^= 4
				return x.putRecord(i, r)
			})
			var e *LogError
			if !errors.As(err, &e) || e.Entry != int(i)+1 {
				t.Errorf("hash of level %d of entry %d: %v", level, i+1, err)
			}
		}
	}
	verify(t, s)
}

// Somebody who has the machine key and takes every signature away with what was
// not uploaded yet: one checkpoint that the archive has is enough to see it.
func TestAttackerStripsTheSignatures(t *testing.T) {
	s, v := openSigned(t, t.TempDir(), 8)
	appendEntries(t, s, 0, 30)
	cs, err := s.Audit().Checkpoints(ctx)
	if err != nil {
		t.Fatal(err)
	}
	uploaded := [][]byte{cs[0].Signed, cs[1].Signed} // of 8 and 16 entries
	texts := logTexts(t, s)
	texts[24] = bytes.Replace(texts[24], []byte("t0001"), []byte("t0009"), 1)
	s.rewrite(t, texts)
	if err := s.db.Update(func(b *bolt.Tx) error {
		for _, name := range []string{bucketCheckpoints, bucketSigned} {
			if err := b.DeleteBucket([]byte(name)); err != nil {
				return err
			}
			if _, err := b.CreateBucket([]byte(name)); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	var e *LogError
	if _, err := s.Audit().VerifyAgainst(ctx, v, uploaded...); !errors.As(err, &e) {
		t.Errorf("not found: %v", err)
	} else if !strings.Contains(e.Error(), "signature was removed") {
		t.Errorf("%v", e)
	}
}

// The checkpoint of another workstation, or of another log of this one, is not
// taken for this log's.
func TestCheckpointOfAnother(t *testing.T) {
	s, v := openSigned(t, t.TempDir(), 8)
	appendEntries(t, s, 0, 10)
	other, _ := openSigned(t, t.TempDir(), 8)
	appendEntries(t, other, 50, 8)
	_, err := s.Audit().VerifyAgainst(ctx, v, notes(t, other)...)
	var e *LogError
	if !errors.As(err, &e) || e.Entry != 1 {
		t.Errorf("another log under the same key: %v", err)
	}
	private, public, err := note.GenerateKey(rand.NewChaCha8([32]byte{9}), "moqian/99999-9")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	elsewhere, err := note.NewVerifier(public)
	if err != nil {
		t.Fatal(err)
	}
	c := Checkpoint{Origin: "moqian/01001-1", N: 1}
	forged, err := note.Sign(&note.Note{Text: c.text()}, signer)
	if err != nil {
		t.Fatal(err)
	}
	_, err = OpenCheckpoint(forged, v)
	wantErr(t, "signed by another", err, ErrCheckpoint)
	_, err = OpenCheckpoint(forged, elsewhere)
	wantErr(t, "that says it is of another", err, ErrCheckpoint)
}

func TestParseCheckpoint(t *testing.T) {
	h := base64.StdEncoding.EncodeToString(make([]byte, 32))
	for _, c := range []struct {
		text string
		ok   bool
	}{
		{"o\n0\n" + h + "\n", true}, {"o\n2\n" + h + "\n" + h + "\n", true}, {"o\n1\n" + h + "\n" + h + "\n", true},
		{"o\n0\n" + h + "\n" + h + "\n", false}, // more leaves than entries
		{"o\n0\n" + h, false}, {"o\n0\n", false}, {"", false}, {"\n", false},
		{"o\n-1\n" + h + "\n", false}, {"o\n01\n" + h + "\n", false}, {"o\n+1\n" + h + "\n", false}, {"o\n \n" + h + "\n", false},
		{"o\n99999999999999999999\n" + h + "\n", false}, {"o\n1\n" + h[:42] + "\n", false}, {"o\n1\n" + h + h + "\n", false},
		{"o\n1\n" + strings.Replace(h, "A=", "B=", 1) + "\n", false}, // bits that mean nothing
		{"o\n1\n" + h + "\n\n", false}, {"o\n1\n" + h + "\nnot base64\n", false},
	} {
		got, err := ParseCheckpoint(c.text)
		if (err == nil) != c.ok || err != nil && !errors.Is(err, ErrCheckpoint) {
			t.Errorf("%q: %+v, %v", c.text, got, err)
		}
		if err == nil && got.text() != c.text {
			t.Errorf("%q comes back as %q", c.text, got.text())
		}
	}
	signer, v := keys(t, 1)
	for _, text := range []string{"", "hello", "hello\n\n— moqian/01001-1 AAAA\n"} {
		_, err := OpenCheckpoint([]byte(text), v)
		wantErr(t, fmt.Sprintf("%q", text), err, ErrCheckpoint)
	}
	good, err := note.Sign(&note.Note{Text: Checkpoint{Origin: v.Name(), N: 3, Leaves: make([]tlog.Hash, 2)}.text()}, signer)
	if err != nil {
		t.Fatal(err)
	}
	c, err := OpenCheckpoint(good, v)
	if err != nil || c.First() != 1 {
		t.Fatalf("%+v, %v", c, err)
	}
	for i := range good { // any byte
		bad := bytes.Clone(good)
		bad[i] ^= 1
		if _, err := OpenCheckpoint(bad, v); !errors.Is(err, ErrCheckpoint) {
			t.Errorf("byte %d changed: %v", i, err)
		}
	}
}

// What the store itself says of its signed end is read before it is believed.
func TestDamagedSignedHead(t *testing.T) {
	for _, text := range []string{"", "x", "o\n5\nAAAA\n\n— x y\n"} {
		dir := t.TempDir()
		s, v := openSigned(t, dir, 8)
		appendEntries(t, s, 0, 5)
		if err := s.update(ctx, func(x *tx) error {
			return x.put(bucketSigned, []byte(keySigned), []byte(text))
		}); err != nil {
			t.Fatal(err)
		}
		_, err := s.Audit().VerifyAgainst(ctx, v)
		wantErr(t, "verifying", err, ErrCheckpoint)
		_, err = s.Audit().Checkpoints(ctx)
		wantErr(t, "listing", err, ErrDamaged)
		// The queue goes on all the same: a voucher is worth more than a signature. But
		// what was signed before cannot be told any more, so nothing is signed over it.
		file(t, s, document(1, 100))
		appendEntries(t, s, 6, 1)
		_, err = s.Audit().Checkpoint(ctx)
		wantErr(t, "signing over it", err, ErrUnsigned)
		_, err = s.Audit().VerifyAgainst(ctx, v)
		wantErr(t, "verifying after more work", err, ErrCheckpoint)
	}
}
