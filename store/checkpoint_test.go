package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// keys makes a checkpoint key; seed tells keys apart.
func keys(t testing.TB, seed uint64) (note.Signer, note.Verifier) {
	t.Helper()
	private, public, err := note.GenerateKey(rand.NewChaCha8([32]byte{byte(seed)}), "moqian/01001-1")
	if err != nil {
		t.Fatal(err)
	}
	s, err := note.NewSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	v, err := note.NewVerifier(public)
	if err != nil {
		t.Fatal(err)
	}
	return s, v
}

func openSigned(t testing.TB, dir string, every int) (*Store, note.Verifier) {
	t.Helper()
	signer, verifier := keys(t, 1)
	s, err := Open(dir, Options{Key: testKey(), Now: newClock().now, Signer: signer, Every: every})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, verifier
}

func appendEntries(t testing.TB, s *Store, from, n int) {
	t.Helper()
	for i := from; i < from+n; i++ {
		if err := s.Audit().Append(ctx, Entry{Actor: "t0001", Action: "login", Outcome: "ok", Voucher: voucher(i % 9999)}); err != nil {
			t.Fatal(err)
		}
	}
}

func notes(t testing.TB, s *Store) (all [][]byte) {
	t.Helper()
	cs, err := s.Audit().Checkpoints(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cs {
		all = append(all, c.Signed)
	}
	return all
}

func TestCheckpoints(t *testing.T) {
	dir := t.TempDir()
	s, v := openSigned(t, dir, 8)
	appendEntries(t, s, 0, 21)
	cs, err := s.Audit().Checkpoints(ctx)
	if err != nil || len(cs) != 3 || cs[0].N != 8 || cs[1].N != 16 || cs[2].N != 21 {
		t.Fatalf("%+v, %v", cs, err)
	}
	for i, want := range []int{8, 8, 5} {
		c, err := OpenCheckpoint(cs[i].Signed, v)
		if err != nil || len(c.Leaves) != want || c.Origin != v.Name() {
			t.Errorf("checkpoint %d has %d leaves, %v, want %d", i, len(c.Leaves), err, want)
		}
	}
	if n, err := s.Audit().VerifyAgainst(ctx, v, notes(t, s)...); err != nil || n != 21 {
		t.Errorf("%d, %v", n, err)
	}
	waiting, err := s.Audit().Waiting(ctx)
	if err != nil || len(waiting) != 2 {
		t.Fatalf("%d wait, %v", len(waiting), err)
	}
	waiting[0].Place = "there"
	if err := s.Audit().Uploaded(ctx, waiting[0]); err != nil {
		t.Fatal(err)
	}
	made, err := s.Audit().Checkpoint(ctx)
	if err != nil || made.N != 21 {
		t.Errorf("%+v, %v", made, err)
	}
	if again, err := s.Audit().Checkpoint(ctx); err != nil || !bytes.Equal(again.Signed, made.Signed) {
		t.Errorf("a second one at the same place: %v", err)
	}
	if waiting, err := s.Audit().Waiting(ctx); err != nil || len(waiting) != 2 || waiting[1].N != 21 {
		t.Errorf("%+v, %v", waiting, err)
	}
	appendEntries(t, s, 21, 8)
	s.Close()
	s, _ = openSigned(t, dir, 8)
	appendEntries(t, s, 29, 3)
	if n, err := s.Audit().VerifyAgainst(ctx, v, notes(t, s)...); err != nil || n != 32 {
		t.Errorf("after a restart: %d, %v", n, err)
	}
	if cs, _ := s.Audit().Checkpoints(ctx); cs[0].Place != "there" || cs[len(cs)-1].N != 32 {
		t.Errorf("%+v", cs)
	}
	_, other := keys(t, 2)
	_, err = s.Audit().VerifyAgainst(ctx, other, notes(t, s)...)
	wantErr(t, "another key", err, ErrCheckpoint)
}

// Filing leaves the signature to the next transaction, and to Close.
func TestFilingIsSignedLater(t *testing.T) {
	dir := t.TempDir()
	s, v := openSigned(t, dir, 8)
	appendEntries(t, s, 0, 2)
	signedTo := func() int64 {
		cs, err := s.Audit().Checkpoints(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return cs[len(cs)-1].N
	}
	for i := range 4 {
		file(t, s, document(uint64(i), 100))
	}
	if n, err := s.Audit().VerifyAgainst(ctx, v, notes(t, s)...); err != nil || n != 6 || signedTo() != 2 {
		t.Errorf("%d, %v, signed to %d", n, err, signedTo())
	}
	for i := range 3 { // an interval that is full is signed all the same
		file(t, s, document(uint64(i), 100))
	}
	if signedTo() != 8 {
		t.Errorf("signed to %d, want 8", signedTo())
	}
	s.Close()
	s, _ = openSigned(t, dir, 8)
	if n, err := s.Audit().VerifyAgainst(ctx, v, notes(t, s)...); err != nil || n != 9 || signedTo() != 9 {
		t.Errorf("after Close: %d, %v, signed to %d", n, err, signedTo())
	}
	// An entry put after the signed end that filed nothing is found.
	s.rewrite(t, append(logTexts(t, s), []byte(`{"time":"2026-11-24T09:30:00+08:00","actor":"x","action":"file","voucher":"010010326112400997","outcome":"ok"}`)))
	_, err := s.Audit().VerifyAgainst(ctx, v, notes(t, s)...)
	var e *LogError
	if !errors.As(err, &e) || e.Entry != 10 {
		t.Errorf("a forged entry at the end: %v", err)
	}
}

// A store that was begun without a checkpoint key cannot be told from one whose
// signatures somebody took away: it is not signed.
func TestCheckpointsBegunLater(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, newClock().now)
	appendEntries(t, s, 0, 10)
	s.Close()
	s, v := openSigned(t, dir, 8)
	appendEntries(t, s, 10, 1)
	_, err := s.Audit().Checkpoint(ctx)
	wantErr(t, "a checkpoint", err, ErrUnsigned)
	if cs, err := s.Audit().Checkpoints(ctx); err != nil || len(cs) != 0 {
		t.Errorf("%+v, %v", cs, err)
	}
	if _, err := s.Audit().VerifyAgainst(ctx, v); err == nil || !strings.Contains(err.Error(), "signature was removed") {
		t.Errorf("%v", err)
	}
}

// forge is a mutation of the log by somebody who can write the file, has the
// machine key and keeps every stored hash in step. It gives the number of the
// first entry that differs, from 1.
type forge struct {
	name string
	do   func(r *rand.Rand, entries [][]byte) ([][]byte, int)
}

func forges() []forge {
	return []forge{
		{"alter", func(r *rand.Rand, all [][]byte) ([][]byte, int) {
			i := r.IntN(len(all))
			all[i] = bytes.Replace(all[i], []byte(`"actor":"t0001"`), []byte(`"actor":"t0002"`), 1)
			return all, i + 1
		}},
		{"remove", func(r *rand.Rand, all [][]byte) ([][]byte, int) {
			i := r.IntN(len(all))
			return slices.Delete(all, i, i+1), i + 1
		}},
		{"swap", func(r *rand.Rand, all [][]byte) ([][]byte, int) {
			i := r.IntN(len(all) - 1)
			all[i], all[i+1] = all[i+1], all[i]
			return all, i + 1
		}},
		{"move", func(r *rand.Rand, all [][]byte) ([][]byte, int) {
			i := r.IntN(len(all) - 2)
			j := i + 2 + r.IntN(len(all)-i-2)
			e := all[j]
			return slices.Insert(slices.Delete(all, j, j+1), i, e), i + 1
		}},
		{"insert", func(r *rand.Rand, all [][]byte) ([][]byte, int) {
			i := r.IntN(len(all))
			e := bytes.Replace(all[i], []byte(`"login"`), []byte(`"logout"`), 1)
			return slices.Insert(all, i, e), i + 1
		}},
		{"cut off the end", func(r *rand.Rand, all [][]byte) ([][]byte, int) {
			n := r.IntN(len(all))
			return all[:n], n + 1
		}},
	}
}

// rewrite puts entries in the place of the log and makes the tree fit, as the
// program itself would.
func (s *Store) rewrite(t testing.TB, entries [][]byte) {
	t.Helper()
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	must(s.db.Update(func(b *bolt.Tx) error {
		x := &tx{Tx: b, s: s}
		h, err := x.head()
		must(err)
		must(b.DeleteBucket([]byte(bucketLog)))
		_, err = b.CreateBucket([]byte(bucketLog))
		must(err)
		h.N = 0
		for _, text := range entries {
			hashes, err := tlog.StoredHashes(h.N, text, tlog.HashReaderFunc(x.hashes))
			must(err)
			must(x.putRecord(h.N, record{hashes, text}))
			h.N++
		}
		return x.putHead(h)
	}))
}

func logTexts(t testing.TB, s *Store) (all [][]byte) {
	t.Helper()
	err := s.view(ctx, func(x *tx) error {
		return x.each(bucketLog, func(key, plain []byte) error {
			r, err := splitRecord(key, plain)
			all = append(all, bytes.Clone(r.text))
			return err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestAttackers: 1,000 mutations each. The first has the machine key and the
// disk, not the checkpoint key: each is found by what is signed on the disk and
// in the archive. The second has the checkpoint key too and signs his own log:
// each is found that touches an entry before the last uploaded checkpoint. Both
// times the entry is named.
func TestAttackers(t *testing.T) {
	const entries, uploadedAt = 42, 32
	s, v := openSigned(t, t.TempDir(), 8)
	s.db.NoSync = true // thousands of rewrites, and no power cut
	appendEntries(t, s, 0, entries)
	good := logTexts(t, s)
	var uploaded [][]byte
	cs, err := s.Audit().Checkpoints(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cs {
		if c.N <= uploadedAt {
			uploaded = append(uploaded, c.Signed)
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	for _, attacker := range []string{"without the checkpoint key", "with every key"} {
		missed := 0
		for i := range 1000 {
			f := forges()[i%len(forges())]
			texts, first := f.do(r, cloneAll(good))
			s.rewrite(t, texts)
			seen := uploaded
			if attacker == "with every key" {
				if first > uploadedAt {
					continue // after what the archive has: nobody can tell
				}
				s.signAnew(t)
			} else {
				seen = append(slices.Clone(uploaded), notes(t, s)...)
			}
			if !named(t, s, v, seen, first) {
				missed++
				t.Errorf("%s, %s of entry %d was not found or not named", attacker, f.name, first)
			}
			if missed > 3 {
				break
			}
		}
	}
	s.rewrite(t, good)
	s.restoreNotes(t, cs)
	if _, err := s.Audit().VerifyAgainst(ctx, v, uploaded...); err != nil {
		t.Errorf("the true log: %v", err)
	}
}

func cloneAll(all [][]byte) [][]byte {
	out := make([][]byte, len(all))
	for i, b := range all {
		out[i] = bytes.Clone(b)
	}
	return out
}

// named says whether VerifyAgainst fails and names the entry.
func named(t testing.TB, s *Store, v note.Verifier, seen [][]byte, first int) bool {
	t.Helper()
	_, err := s.Audit().VerifyAgainst(ctx, v, seen...)
	var e *LogError
	return errors.As(err, &e) && e.Entry == first
}

// signAnew is what somebody with the checkpoint key does to the store itself.
func (s *Store) signAnew(t testing.TB) {
	t.Helper()
	err := s.db.Update(func(b *bolt.Tx) error {
		x := &tx{Tx: b, s: s}
		b.DeleteBucket([]byte(bucketCheckpoints))
		if _, err := b.CreateBucket([]byte(bucketCheckpoints)); err != nil {
			return err
		}
		b.Bucket([]byte(bucketSigned)).Delete([]byte(keySigned))
		h, err := x.head()
		if err != nil || h.N == 0 {
			return err
		}
		var leaves []tlog.Hash
		for i := range h.N {
			l, err := x.leaf(i)
			if err != nil {
				return err
			}
			leaves = append(leaves, l)
		}
		signed, err := x.signed(h.N, leaves)
		if err != nil {
			return err
		}
		return x.put(bucketSigned, []byte(keySigned), signed)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (s *Store) restoreNotes(t testing.TB, cs []SignedCheckpoint) {
	t.Helper()
	err := s.db.Update(func(b *bolt.Tx) error {
		x := &tx{Tx: b, s: s}
		for _, c := range cs[:len(cs)-1] {
			if err := x.put(bucketCheckpoints, number(c.N), c.Signed); err != nil {
				return err
			}
		}
		return x.put(bucketSigned, []byte(keySigned), cs[len(cs)-1].Signed)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestCheckpointWords(t *testing.T) {
	s, v := openSigned(t, t.TempDir(), 8)
	appendEntries(t, s, 0, 24)
	good, seen := logTexts(t, s), notes(t, s)
	for _, c := range []struct {
		texts [][]byte
		want  string
	}{
		{slices.Delete(cloneAll(good), 9, 10), "log entry 10 of 23 was removed"},
		{good[:20], "log entry 21 of 24 and all after it were cut off"},
		{good[:16], "log entry 17 of 24 and all after it were cut off"},
		{slices.Insert(cloneAll(good), 12, []byte(`{"time":"2026-11-24T09:30:00+08:00","actor":"x","action":"y","outcome":"ok"}`)), "log entry 13 of"},
		{append(cloneAll(good), good[3]), "log entry 25 of 25 was added"},
	} {
		s.rewrite(t, c.texts)
		_, err := s.Audit().VerifyAgainst(ctx, v, seen...)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
}

func FuzzParseCheckpoint(f *testing.F) {
	f.Add("moqian/1\n2\n" + strings.Repeat("A", 43) + "=\n")
	f.Add("a\n1\nb\n")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ParseCheckpoint(text)
		if err == nil && c.text() != text {
			t.Errorf("%q comes back as %q", text, c.text())
		}
	})
}

func TestExport(t *testing.T) {
	s, _ := openSigned(t, t.TempDir(), 8)
	tricky := Entry{Actor: "t0001", Action: "log in", Outcome: "refused", Pad: `a"b]c\d` + "\n<13>1 forged",
		Detail: map[string]string{`k="x]`: "值"}}
	if err := s.Audit().Append(ctx, tricky); err != nil {
		t.Fatal(err)
	}
	appendEntries(t, s, 1, 2500)
	var lines, syslog bytes.Buffer
	for _, c := range []struct {
		f   Format
		out *bytes.Buffer
	}{{JSONL, &lines}, {Syslog, &syslog}} {
		if n, err := s.Audit().Export(ctx, c.out, c.f, "ws 1", 0); err != nil || n != 2501 || strings.Count(c.out.String(), "\n") != 2501 {
			t.Fatalf("%s: %d, %v", c.f, n, err)
		}
	}
	for i, line := range strings.Split(strings.TrimSpace(lines.String()), "\n") {
		var e struct {
			N int `json:"n"`
			Entry
		}
		if err := json.Unmarshal([]byte(line), &e); err != nil || e.N != i+1 || e.Action == "" {
			t.Fatalf("line %d: %s, %v", i+1, line, err)
		}
	}
	first, _, _ := strings.Cut(syslog.String(), "\n")
	want := `<108>1 2026-11-24T09:30:00+08:00 ws_1 moqian - log_in [moqian@32473 n="1" actor="t0001" ` +
		`outcome="refused" pad="a\"b\]c\\d <13>1 forged" d.kx="值"] log in refused`
	want = strings.Replace(want, `outcome="refused" pad="a\"b\]c\\d <13>1 forged"`, `pad="a\"b\]c\\d <13>1 forged" outcome="refused"`, 1)
	if first != want {
		t.Errorf("\n%s, want\n%s", first, want)
	}
	var part bytes.Buffer
	if n, err := s.Audit().Export(ctx, &part, JSONL, "", 2500); err != nil || n != 2 || !strings.HasPrefix(part.String(), `{"n":2500,`) {
		t.Errorf("from 2500: %d, %v, %.40s", n, err, part.String())
	}
	if _, err := s.Audit().Export(ctx, &part, "xml", "", 0); err == nil {
		t.Error("a format that is none was taken")
	}
	if _, err := s.Audit().Export(ctx, failing{}, JSONL, "", 0); err == nil {
		t.Error("a writer that fails went unnoticed")
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, fmt.Errorf("no room") }
