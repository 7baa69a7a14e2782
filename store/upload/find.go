package upload

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"moqian/store"
)

// Find looks through the index objects of a branch for what fits the query, in
// the order of keys: of a voucher and its renewals the newest comes last. Account
// is known at the workstation only, so a query with one finds nothing here:
// ErrRefused. With a date one folder is looked at; without, all of the branch,
// which takes long in a large archive. An index object that is not what was
// written is ErrAltered only where it leaves a document without an index; what
// the others tell is given all the same.
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
	all, err := readIndexes(ctx, a, keys)
	found := slices.DeleteFunc(all, func(f Found) bool { return !q.Matches(f.Item) })
	if err != nil {
		return found, fmt.Errorf("searching the archive: %w", err)
	}
	return found, nil
}

// readIndexes gives what the index objects among keys tell of the documents among
// them, ordered by their keys.
func readIndexes(ctx context.Context, a Archive, keys []string) ([]Found, error) {
	bare := map[string]bool{} // documents, and whether no index was seen yet
	for _, key := range keys {
		if _, ok := ItemOfKey(key); ok {
			bare[key] = true
		}
	}
	all, seen := []Found{}, map[Found]bool{}
	var broken error
	for _, key := range keys {
		if _, ok := bare[documentOf(key)]; !ok && !isPack(key) {
			continue // not an index, or one without its document
		}
		entries, err := readIndex(ctx, a, key)
		switch {
		case errors.Is(err, ErrAltered), errors.Is(err, ErrAbsent):
			broken = errors.Join(broken, err)
			continue
		case err != nil:
			return all, err
		}
		for _, f := range entries {
			if _, there := bare[f.Key]; there && !seen[f] {
				all, seen[f], bare[f.Key] = append(all, f), true, false
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Found) int { return strings.Compare(a.Key, b.Key) })
	for _, lacking := range bare {
		if lacking && broken != nil {
			return all, broken
		}
	}
	return all, nil
}

func readIndex(ctx context.Context, a Archive, key string) ([]Found, error) {
	raw, err := a.Get(ctx, key)
	if err == nil {
		var entries []Found
		if entries, err = ReadIndex(key, raw); err == nil {
			return entries, nil
		}
	}
	return nil, fmt.Errorf("%s: %w", key, err)
}

// Fetch reads the document of an item back and compares its SHA-256 with the
// item's. Errors: ErrAbsent, ErrAltered, and those of Archive.
func Fetch(ctx context.Context, a Archive, it store.Item) ([]byte, error) {
	return fetch(ctx, a.Get, it)
}

func fetch(ctx context.Context, get func(context.Context, string) ([]byte, error), it store.Item) ([]byte, error) {
	key, err := Key(it)
	if err != nil {
		return nil, err
	}
	pdf, err := get(ctx, key)
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
