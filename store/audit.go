package store

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/bits"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// Audit is the operation log: a transparency log (sumdb/tlog, RFC 6962) whose
// leaves are written in the same transaction as what they tell. A leaf is the
// hash of an entry's JSON. Entry.Time is the store's clock, whatever the caller
// put there.
type Audit struct{ s *Store }

// head of the log: how many entries it has and the latest time among them.
type head struct {
	N      int64     `json:"n"`
	Latest time.Time `json:"latest"`
}

// LogError names the first entry of the log that does not stand as written.
type LogError struct {
	Entry int    // counted from 1
	Of    int    // entries the log should have
	What  string // what is wrong with it
	Cause error
}

func (e *LogError) Error() string {
	return fmt.Sprintf("log entry %d of %d %s", e.Entry, e.Of, e.What)
}

// Unwrap gives the cause, if there is one.
func (e *LogError) Unwrap() error { return e.Cause }

// Append writes one entry. It needs an Action; the time is set here.
func (a *Audit) Append(ctx context.Context, e Entry) error {
	err := a.s.update(ctx, func(t *tx) error {
		_, err := t.log(e)
		return err
	})
	if err != nil {
		return fmt.Errorf("logging %s: %w", e.Action, err)
	}
	return nil
}

// All gives the entries in order.
func (a *Audit) All(ctx context.Context) ([]Entry, error) {
	var all []Entry
	err := a.s.view(ctx, func(t *tx) error {
		return t.each(bucketLog, func(key, plain []byte) error {
			r, err := splitRecord(key, plain)
			if err != nil {
				return err
			}
			e, err := decodeEntry(r.text)
			all = append(all, e)
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("reading the log: %w", err)
	}
	return all, nil
}

// Root gives the number of entries and the root of their tree, from the stored
// hashes: what a checkpoint signs.
func (a *Audit) Root(ctx context.Context) (n int, root [32]byte, err error) {
	err = a.s.view(ctx, func(t *tx) error {
		h, err := t.head()
		if err != nil {
			return err
		}
		n = int(h.N)
		root, err = tlog.TreeHash(h.N, tlog.HashReaderFunc(t.hashes))
		return err
	})
	if err != nil {
		return 0, root, fmt.Errorf("computing the root of the log: %w", err)
	}
	return n, root, nil
}

// log appends an entry and its hashes; it gives the entry's index from 0.
func (t *tx) log(e Entry) (int64, error) {
	if e.Action == "" {
		return 0, errors.New("a log entry without an action")
	}
	if t.s.signer != nil && !t.hurry {
		t.trust()
	}
	h, err := t.head()
	if err != nil {
		return 0, err
	}
	e.Time = h.stamp(t.s.now())
	text, err := json.Marshal(e)
	if err != nil {
		return 0, fmt.Errorf("writing a log entry: %w", err)
	}
	hashes, err := tlog.StoredHashes(h.N, text, tlog.HashReaderFunc(t.hashes))
	if err != nil {
		return 0, fmt.Errorf("hashing a log entry: %w", err)
	}
	if err := t.putRecord(h.N, record{hashes, text}); err != nil {
		return 0, err
	}
	index := h.N
	t.leaves = append(t.leaves, hashes[0])
	h.N++
	if e.Time.After(h.Latest) {
		h.Latest = e.Time
	}
	return index, t.putHead(h)
}

func (t *tx) hashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		level, n := tlog.SplitStoredHashIndex(index)
		r, err := t.record((n+1)<<level - 1)
		if err != nil {
			return nil, fmt.Errorf("hash %d of the log: %w", index, err)
		}
		out[i] = r.hashes[level]
	}
	return out, nil
}

// record is what is stored of an entry: its JSON, and the hashes of the tree that
// it completes, its leaf first.
type record struct {
	hashes []tlog.Hash
	text   []byte
}

// completes says how many hashes entry i completes.
func completes(i int64) int { return bits.TrailingZeros64(uint64(i)+1) + 1 }

func (t *tx) putRecord(i int64, r record) error {
	plain := make([]byte, 0, len(r.hashes)*tlog.HashSize+len(r.text))
	for _, h := range r.hashes {
		plain = append(plain, h[:]...)
	}
	return t.put(bucketLog, number(i), append(plain, r.text...))
}

func (t *tx) record(i int64) (record, error) {
	plain, err := t.get(bucketLog, number(i))
	if err != nil {
		return record{}, err
	}
	return splitRecord(number(i), plain)
}

func splitRecord(key, plain []byte) (record, error) {
	n := completes(int64(bytesToNumber(key)))
	if len(key) != 8 || len(plain) < n*tlog.HashSize {
		return record{}, fmt.Errorf("%w: a log entry of %d bytes", ErrDamaged, len(plain))
	}
	r := record{make([]tlog.Hash, n), plain[n*tlog.HashSize:]}
	for i := range r.hashes {
		copy(r.hashes[i][:], plain[i*tlog.HashSize:])
	}
	return r, nil
}

func (t *tx) head() (h head, err error) {
	if t.end != nil {
		return *t.end, nil
	}
	raw, err := t.get(bucketMeta, []byte(keyHead))
	if err != nil {
		return h, fmt.Errorf("%w: the head of the log: %w", ErrDamaged, err)
	}
	if err := json.Unmarshal(raw, &h); err != nil || h.N < 0 {
		return h, fmt.Errorf("%w: the head of the log", ErrDamaged)
	}
	t.end = &h
	return h, nil
}

func (t *tx) putHead(h head) error {
	t.end = &h
	raw, err := json.Marshal(h)
	if err != nil {
		return err
	}
	return t.put(bucketMeta, []byte(keyHead), raw)
}

// number is an index as a key that sorts.
func number(n int64) []byte { return binary.BigEndian.AppendUint64(nil, uint64(n)) }

// with gives a copy of e with the fields the caller left empty filled in, and
// with what the store knows in its detail.
func (e Entry) with(action, outcome string, it Item, detail map[string]string) Entry {
	for _, f := range []struct {
		to   *string
		from string
	}{{&e.Action, action}, {&e.Outcome, outcome}, {&e.Voucher, it.Voucher}, {&e.Type, it.Type}, {&e.Actor, "system"}} {
		if *f.to == "" {
			*f.to = f.from
		}
	}
	if len(detail) > 0 {
		own := maps.Clone(e.Detail)
		if own == nil {
			own = map[string]string{}
		}
		maps.Copy(own, detail)
		e.Detail = own
	}
	return e
}

func bytesToNumber(key []byte) uint64 {
	if len(key) != 8 {
		return 0
	}
	return binary.BigEndian.Uint64(key)
}
