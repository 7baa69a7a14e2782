package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// ErrUnsigned: the log is not the one that was signed last, so it is not signed
// any more: somebody rewrote it. Verify names the entry.
var ErrUnsigned = errors.New("the log is not the one that was signed last")

// sign ends a transaction that logged something: it signs the head, and keeps
// the checkpoint where an interval is full. Filing, for which a customer waits,
// leaves the signature to the next transaction, at the latest to Close
// (BenchmarkFile: 0.14 ms). A log that is not the one signed before is not signed;
// the work is kept all the same, and Verify goes on to name what was done to it.
func (t *tx) sign() error {
	if t.s.signer == nil || len(t.leaves) == 0 && !t.closing {
		return nil
	}
	h, err := t.head()
	if err != nil {
		return err
	}
	if t.hurry && h.N-t.lastCheckpoint() < t.s.every && t.has(bucketSigned, []byte(keySigned)) {
		return nil
	}
	if t.trust(); t.doubt != nil {
		return nil
	}
	leaves, err := t.sinceCheckpoint(h.N)
	if err != nil {
		return err
	}
	signed, err := t.signed(h.N, leaves)
	if err != nil {
		return err
	}
	if int64(len(leaves)) >= t.s.every {
		if err := t.put(bucketCheckpoints, number(h.N), signed); err != nil {
			return err
		}
	}
	return t.put(bucketSigned, []byte(keySigned), signed)
}

// trust finds out, once in a transaction and before it changed a row, whether the
// log as it was before is the one our key signed last, with nothing after it but
// vouchers that were filed since; if not, doubt says why. Without it one honest
// entry would have us sign whatever somebody with the machine key made of the log.
func (t *tx) trust() {
	if t.trusted {
		return
	}
	t.trusted = true
	if err := t.standsAsSigned(); err != nil {
		t.doubt = fmt.Errorf("%w: %w", ErrUnsigned, err)
	}
}

func (t *tx) standsAsSigned() error {
	h, err := t.head()
	if err != nil {
		return err
	}
	before := h.N - int64(len(t.leaves))
	raw, err := t.get(bucketSigned, []byte(keySigned))
	switch {
	case errors.Is(err, ErrNotFound) && t.first:
		return nil
	case errors.Is(err, ErrNotFound):
		return unsignedEnd(before)
	}
	if err != nil {
		return err
	}
	c, err := t.ownCheckpoint(raw)
	if err != nil {
		return err
	}
	if c.N > before {
		return &LogError{Entry: int(before) + 1, Of: int(c.N), What: "and all after it were cut off", Cause: ErrDamaged}
	}
	if err := t.compare(c); err != nil {
		return err
	}
	return t.onlyFiled(c.N, before)
}

// unsignedEnd tells that a log of n entries has no signature though there is a key.
func unsignedEnd(n int64) error {
	if n == 0 {
		return fmt.Errorf("%w: all entries were removed, and the signature of the end", ErrCheckpoint)
	}
	return &LogError{Entry: int(n), Of: int(n), What: "is the last and its signature was removed", Cause: ErrDamaged}
}

// onlyFiled refuses entries from one to before another that filed no voucher: they
// would have been signed at once.
func (t *tx) onlyFiled(from, to int64) error {
	for i := from; i < to; i++ {
		if !t.justFiled(i) {
			return &LogError{Entry: int(i) + 1, Of: int(to), What: "was added: the signed end is before it", Cause: ErrDamaged}
		}
	}
	return nil
}

// ownCheckpoint reads a checkpoint that our key signed. Its signatures (Ed25519)
// have nothing random: what it signed it signs the same way again.
func (t *tx) ownCheckpoint(signed []byte) (Checkpoint, error) {
	text, _, _ := bytes.Cut(signed, []byte("\n\n"))
	c, err := ParseCheckpoint(string(text) + "\n")
	if err != nil {
		return c, err
	}
	again, err := note.Sign(&note.Note{Text: c.text()}, t.s.signer)
	if err != nil {
		return c, fmt.Errorf("signing a checkpoint: %w", err)
	}
	if !bytes.Equal(again, signed) {
		return c, fmt.Errorf("%w: its end is not signed by our key", ErrCheckpoint)
	}
	return c, nil
}

// sinceCheckpoint gives the leaves between the last kept checkpoint and n. Most
// of them stand in the head signed last; what is not there is read.
func (t *tx) sinceCheckpoint(n int64) ([]tlog.Hash, error) {
	from := t.lastCheckpoint()
	if from > n {
		return nil, fmt.Errorf("%w: a checkpoint stands after the end of the log", ErrDamaged)
	}
	fresh := n - int64(len(t.leaves))
	if from >= fresh {
		return t.leaves[from-fresh:], nil
	}
	var out []tlog.Hash
	if c, err := t.signedEnd(); err == nil && c.N == fresh && c.First() <= from {
		out = c.Leaves[from-c.First():]
	}
	if out == nil {
		for i := from; i < fresh; i++ {
			h, err := t.hashes([]int64{tlog.StoredHashIndex(0, i)})
			if err != nil {
				return nil, err
			}
			out = append(out, h[0])
		}
	}
	return append(out[:len(out):len(out)], t.leaves...), nil
}

// lastCheckpoint is the size of the log at the last kept one.
func (t *tx) lastCheckpoint() int64 {
	last, _ := t.Bucket([]byte(bucketCheckpoints)).Cursor().Last()
	return int64(bytesToNumber(last))
}

// signEnd signs the head if the last transaction left that to Close.
func (s *Store) signEnd() error {
	if s.signer == nil {
		return nil
	}
	behind := false
	err := s.view(context.Background(), func(t *tx) error {
		h, err := t.head()
		if err != nil || h.N == 0 {
			return err
		}
		c, err := t.signedEnd()
		behind = c.N < h.N
		return err
	})
	if err != nil || !behind {
		return err
	}
	return s.update(context.Background(), func(t *tx) error { t.closing = true; return nil })
}

// signedEnd reads the head that was signed last, without its signature; the zero
// Checkpoint if there is none.
func (t *tx) signedEnd() (Checkpoint, error) {
	signed, err := t.get(bucketSigned, []byte(keySigned))
	if errors.Is(err, ErrNotFound) {
		return Checkpoint{}, nil
	}
	if err != nil {
		return Checkpoint{}, err
	}
	text, _, _ := bytes.Cut(signed, []byte("\n\n"))
	c, err := ParseCheckpoint(string(text) + "\n")
	if err != nil {
		return c, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return c, nil
}

func (t *tx) signed(n int64, leaves []tlog.Hash) ([]byte, error) {
	root, err := tlog.TreeHash(n, tlog.HashReaderFunc(t.hashes))
	if err != nil {
		return nil, fmt.Errorf("computing the root of the log: %w", err)
	}
	c := Checkpoint{Origin: t.s.signer.Name(), N: n, Root: root, Leaves: leaves}
	signed, err := note.Sign(&note.Note{Text: c.text()}, t.s.signer)
	if err != nil {
		return nil, fmt.Errorf("signing a checkpoint: %w", err)
	}
	return signed, nil
}
