package store

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// ErrCheckpoint: a checkpoint is not what it should be: unreadable, or not
// signed by the key it should be signed by.
var ErrCheckpoint = errors.New("not a checkpoint of this log")

// Checkpoint says what the log was when it had N entries. As text it is the
// checkpoint of C2SP tlog-checkpoint (origin, size, root, one a line), followed
// by one extension line for each entry since the checkpoint before it: the
// hash of its leaf. With these a difference is traced to one entry, and the
// signature covers them. Signed, it is a note of sumdb/note.
type Checkpoint struct {
	Origin string // name of the signer
	N      int64  // entries
	Root   tlog.Hash
	Leaves []tlog.Hash // of the last len(Leaves) entries
}

// First is the index, from 0, of the entry Leaves begins with.
func (c Checkpoint) First() int64 { return c.N - int64(len(c.Leaves)) }

func (c Checkpoint) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%d\n%s\n", c.Origin, c.N, base64.StdEncoding.EncodeToString(c.Root[:]))
	for _, l := range c.Leaves {
		b.WriteString(base64.StdEncoding.EncodeToString(l[:]))
		b.WriteByte('\n')
	}
	return b.String()
}

// ParseCheckpoint reads the text of a checkpoint without looking at signatures.
func ParseCheckpoint(text string) (Checkpoint, error) {
	bad := func(what string) (Checkpoint, error) { return Checkpoint{}, fmt.Errorf("%w: %s", ErrCheckpoint, what) }
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if len(lines) < 3 || !strings.HasSuffix(text, "\n") {
		return bad("too short")
	}
	n, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || n < 0 || strconv.FormatInt(n, 10) != lines[1] || int64(len(lines)-3) > n {
		return bad("its size")
	}
	c := Checkpoint{Origin: lines[0], N: n}
	for i, line := range lines[2:] {
		raw, err := base64.StdEncoding.Strict().DecodeString(line)
		if err != nil || len(raw) != tlog.HashSize {
			return bad("a hash")
		}
		if i == 0 {
			copy(c.Root[:], raw)
			continue
		}
		c.Leaves = append(c.Leaves, tlog.Hash(raw))
	}
	return c, nil
}

// OpenCheckpoint checks the signature of a note and reads it. Errors:
// ErrCheckpoint.
func OpenCheckpoint(signed []byte, v note.Verifier) (Checkpoint, error) {
	var older []note.Verifier
	if k, ok := v.(oneOf); ok {
		v, older = k.Verifier, k.older
	}
	c, err := openCheckpoint(signed, v)
	for i := 0; err != nil && i < len(older); i++ {
		if earlier, wrong := openCheckpoint(signed, older[i]); wrong == nil {
			return earlier, nil
		}
	}
	return c, err
}

// OneOf is the key of a log that had others before: of a workstation whose store was
// restored from the backup of one that is dead. Checkpoints may be of any of them;
// the end of the log, and with it all before, must be signed by the present one.
func OneOf(present note.Verifier, older ...note.Verifier) note.Verifier { return oneOf{present, older} }

type oneOf struct {
	note.Verifier
	older []note.Verifier
}

func openCheckpoint(signed []byte, v note.Verifier) (Checkpoint, error) {
	n, err := note.Open(signed, note.VerifierList(v))
	if err != nil {
		return Checkpoint{}, fmt.Errorf("%w: %w", ErrCheckpoint, err)
	}
	c, err := ParseCheckpoint(n.Text)
	if err == nil && c.Origin != v.Name() {
		err = fmt.Errorf("%w: it is of %q, not %q", ErrCheckpoint, c.Origin, v.Name())
	}
	return c, err
}

// SignedCheckpoint is a checkpoint as it is kept and uploaded.
type SignedCheckpoint struct {
	N      int64  // entries
	Signed []byte // the note
	Place  string // where the archive has it, "" if it has not
}

// Checkpoint makes and keeps a checkpoint of the log as it is, to be uploaded
// like the regular ones. It logs nothing. Errors: ErrUnsigned.
func (a *Audit) Checkpoint(ctx context.Context) (c SignedCheckpoint, err error) {
	err = a.s.update(ctx, func(t *tx) error {
		if t.s.signer == nil {
			return errors.New("there is no checkpoint key")
		}
		h, err := t.head()
		if err != nil {
			return err
		}
		c.N = h.N
		if c.Signed, err = t.get(bucketCheckpoints, number(h.N)); !errors.Is(err, ErrNotFound) {
			return err
		}
		if t.trust(); t.doubt != nil {
			return t.doubt
		}
		leaves, err := t.sinceCheckpoint(h.N)
		if err != nil {
			return err
		}
		if c.Signed, err = t.signed(h.N, leaves); err != nil {
			return err
		}
		if err := t.put(bucketSigned, []byte(keySigned), c.Signed); err != nil {
			return err
		}
		return t.put(bucketCheckpoints, number(h.N), c.Signed)
	})
	if err != nil {
		return c, fmt.Errorf("making a checkpoint: %w", err)
	}
	return c, nil
}

// Checkpoints gives those that are kept, oldest first, and as the last one the
// signed head, if there is one.
func (a *Audit) Checkpoints(ctx context.Context) (all []SignedCheckpoint, err error) {
	err = a.s.view(ctx, func(t *tx) error {
		err := t.each(bucketCheckpoints, func(key, signed []byte) error {
			c := SignedCheckpoint{N: int64(bytesToNumber(key)), Signed: signed}
			place, err := t.get(bucketUploaded, key)
			if err != nil && !errors.Is(err, ErrNotFound) {
				return err
			}
			c.Place = string(place)
			all = append(all, c)
			return nil
		})
		if err != nil {
			return err
		}
		signed, err := t.get(bucketSigned, []byte(keySigned))
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		c, err := t.signedEnd()
		if err != nil {
			return err
		}
		if len(all) == 0 || all[len(all)-1].N != c.N {
			all = append(all, SignedCheckpoint{N: c.N, Signed: signed})
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading checkpoints: %w", err)
	}
	return all, nil
}

// Waiting gives the kept checkpoints that the archive has not, oldest first.
func (a *Audit) Waiting(ctx context.Context) (all []SignedCheckpoint, err error) {
	err = a.s.view(ctx, func(t *tx) error {
		return t.Bucket([]byte(bucketCheckpoints)).ForEach(func(key, _ []byte) error {
			if t.has(bucketUploaded, key) {
				return nil
			}
			signed, err := t.get(bucketCheckpoints, key)
			all = append(all, SignedCheckpoint{N: int64(bytesToNumber(key)), Signed: signed})
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("reading checkpoints: %w", err)
	}
	return all, nil
}

// Uploaded notes where the archive has the checkpoints; it logs nothing, or each
// upload would make another.
func (a *Audit) Uploaded(ctx context.Context, all ...SignedCheckpoint) error {
	err := a.s.update(ctx, func(t *tx) error {
		for _, c := range all {
			if err := t.put(bucketUploaded, number(c.N), []byte(c.Place)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("noting uploaded checkpoints: %w", err)
	}
	return nil
}
