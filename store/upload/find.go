package upload

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"moqian/store"
)

// Found is a document that an archive's index knows.
type Found struct {
	Key   string     `json:"key"`  // of the document
	Item  store.Item `json:"item"` // ID, Branch, Business, SHA256, Voucher, Teller, Renews
	Index Index      `json:"index"`
}

// Find looks through the index objects of a branch for what fits the query.
// Account is known at the workstation only, so a query with one finds nothing
// here: ErrRefused. With a date one folder is looked at; without, all of the
// branch, which takes long in a large archive.
func Find(ctx context.Context, a Archive, branch string, q store.Query) ([]Found, error) {
	switch {
	case q.Account != "":
		return nil, fmt.Errorf("%w: accounts are not in the archive's index", ErrRefused)
	case q.Empty() || !plain(branch):
		return nil, errors.New("searching the archive: a branch, and a voucher, date or teller are needed")
	}
	prefix := branch + "/"
	if q.Date != "" {
		prefix += q.Date + "/"
	}
	keys, err := a.List(ctx, prefix)
	if err != nil {
		return nil, fmt.Errorf("searching the archive: %w", err)
	}
	documents := map[string]string{} // index key → document key
	for _, key := range keys {
		if strings.HasSuffix(key, ".pdf") {
			documents[IndexKey(key)] = key
		}
	}
	found := []Found{}
	for _, key := range keys {
		it, ok := ItemOfKey(documents[key])
		if !ok {
			continue // not an index, or one without its document
		}
		f, err := readIndex(ctx, a, key, it)
		if err != nil {
			return found, fmt.Errorf("searching the archive: %s: %w", key, err)
		}
		if q.Matches(f.Item) {
			f.Key = documents[key]
			found = append(found, f)
		}
	}
	return found, nil
}

func readIndex(ctx context.Context, a Archive, key string, it store.Item) (Found, error) {
	raw, err := a.Get(ctx, key)
	if err != nil {
		return Found{}, err
	}
	ix, err := decodeIndex(raw)
	if err != nil {
		return Found{}, err
	}
	it.Voucher, it.Teller, it.Renews = ix.Voucher, ix.Teller, ix.Renews
	return Found{Item: it, Index: ix}, nil
}

// maxIndex is the most an index object has; real ones have about 80 bytes.
const maxIndex = 4 << 10

func decodeIndex(raw []byte) (ix Index, err error) {
	if len(raw) > maxIndex {
		return ix, fmt.Errorf("%w: an index of %d bytes", ErrAltered, len(raw))
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	if err := d.Decode(&ix); err != nil {
		return Index{}, fmt.Errorf("%w: an index: %w", ErrAltered, err)
	}
	return ix, nil
}

// Fetch reads the document of an item back and compares its SHA-256 with the
// item's. Errors: ErrAbsent, ErrAltered, and those of Archive.
func Fetch(ctx context.Context, a Archive, it store.Item) ([]byte, error) {
	key, err := Key(it)
	if err != nil {
		return nil, err
	}
	pdf, err := a.Get(ctx, key)
	if err != nil {
		return nil, fmt.Errorf("fetching %s: %w", key, err)
	}
	if sum := sha256.Sum256(pdf); hex.EncodeToString(sum[:]) != it.SHA256 {
		return nil, fmt.Errorf("fetching %s: %w: %d bytes of SHA-256 %x", key, ErrAltered, len(pdf), sum[:8])
	}
	return pdf, nil
}

// checkpointDir is where the checkpoints of a workstation's log lie.
func checkpointDir(branch, origin string) string {
	name := strings.Map(func(r rune) rune {
		if plain(string(r)) {
			return r
		}
		return '-'
	}, origin)
	return branch + "/log/" + name + "/"
}

// Checkpoints fetches the signed checkpoints that the archive has of a
// workstation's log, oldest first: what store.Audit.VerifyAgainst compares with.
func Checkpoints(ctx context.Context, a Archive, branch, origin string) ([][]byte, error) {
	keys, err := a.List(ctx, checkpointDir(branch, origin))
	if err != nil {
		return nil, fmt.Errorf("fetching checkpoints: %w", err)
	}
	var all [][]byte
	for _, key := range keys {
		signed, err := a.Get(ctx, key)
		if err != nil {
			return nil, fmt.Errorf("fetching checkpoint %s: %w", key, err)
		}
		all = append(all, signed)
	}
	return all, nil
}

// SendCheckpoints uploads the checkpoints that wait and notes where they lie.
func SendCheckpoints(ctx context.Context, a Archive, log *store.Audit, branch, origin string) (n int, err error) {
	waiting, err := log.Waiting(ctx)
	if err != nil {
		return 0, err
	}
	var sent []store.SignedCheckpoint
	for _, c := range waiting {
		sum := sha256.Sum256(c.Signed)
		key := fmt.Sprintf("%s%012d-%x.note", checkpointDir(branch, origin), c.N, sum)
		receipt, failed := a.Put(ctx, key, c.Signed)
		if failed != nil {
			err = fmt.Errorf("sending the checkpoint of %d entries: %w", c.N, failed)
			break
		}
		c.Place = receipt.Place
		sent = append(sent, c)
	}
	if len(sent) > 0 {
		if noting := log.Uploaded(ctx, sent...); noting != nil {
			return 0, noting
		}
	}
	return len(sent), err
}
