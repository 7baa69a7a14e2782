package upload

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"

	"moqian/store"
)

// Index is what the archive's index holds of a document, by which it is found
// again; nothing of the customer. A document that is sent alone has an object of
// its own beside it, with just this:
//
//	01001/2026-11-24/01KB…-5891b5….json
//
// Documents of a branch and a business date that are sent together share one, a
// pack: a JSON array, a line for each, with the key of the document besides. Its
// name has the id of the first document and the SHA-256 of its own bytes:
//
//	01001/2026-11-24/index-01KB…-e258d2….json
type Index struct {
	Voucher string `json:"voucher"`
	Date    string `json:"date"` // business date
	Teller  string `json:"teller"`
	// Renews is the id of the document that this one renews: a later form of the
	// same voucher with, for example, a newer time stamp.
	Renews string `json:"renews,omitempty"`
}

// packed is a line of a pack. Id and SHA-256 of the document are in its key.
type packed struct {
	Index
	Key string `json:"key"`
}

// Found is a document that an archive's index knows.
type Found struct {
	Key   string     `json:"key"`  // of the document
	Item  store.Item `json:"item"` // ID, Branch, Business, SHA256, Voucher, Teller, Renews
	Index Index      `json:"index"`
}

// MostPacked is the most documents that share an index object.
const MostPacked = 1000

const (
	// maxIndex is the most an index object of one document has; real ones have
	// about 80 bytes, or 220 for each in a pack.
	maxIndex = 4 << 10
	maxPack  = 4 << 20
)

// IndexKey is the place of the index object of a document that was sent alone.
func IndexKey(key string) string { return strings.TrimSuffix(key, ".pdf") + ".json" }

// documentOf is the document whose own index object a key would be.
func documentOf(key string) string { return strings.TrimSuffix(key, ".json") + ".pdf" }

const packPrefix = "index-"

// isPack says whether a key is that of a pack.
func isPack(key string) bool {
	name := path.Base(key)
	return strings.HasPrefix(name, packPrefix) && strings.HasSuffix(name, ".json")
}

func packKey(first string, data []byte) string {
	id, _, _ := strings.Cut(path.Base(first), "-")
	return fmt.Sprintf("%s/%s%s-%x.json", path.Dir(first), packPrefix, id, sha256.Sum256(data))
}

func indexOf(it store.Item) Index { return Index{it.Voucher, it.Business, it.Teller, it.Renews} }

// pack gives the index object of some documents of one branch and date, and its
// place. The order of the items does not matter.
func pack(items []store.Item) (key string, data []byte, err error) {
	lines := make([]packed, len(items))
	for i, it := range items {
		key, err := Key(it)
		if err != nil {
			return "", nil, err
		}
		lines[i] = packed{indexOf(it), key}
	}
	slices.SortFunc(lines, func(a, b packed) int { return strings.Compare(a.Key, b.Key) })
	lines = slices.Compact(lines)
	switch n := len(lines); {
	case n == 0 || n > MostPacked || path.Dir(lines[0].Key) != path.Dir(lines[n-1].Key):
		return "", nil, fmt.Errorf("%w: an index of %d documents, or of several branches or dates", ErrRefused, n)
	case n == 1:
		data, err = json.Marshal(lines[0].Index)
		return IndexKey(lines[0].Key), data, err
	}
	b := bytes.NewBufferString("[\n")
	for i, l := range lines {
		line, err := json.Marshal(l)
		if err != nil {
			return "", nil, err
		}
		if i > 0 {
			b.WriteString(",\n")
		}
		b.Write(line)
	}
	b.WriteString("\n]\n")
	return packKey(lines[0].Key, b.Bytes()), b.Bytes(), nil
}

// ReadIndex gives the documents that an index object tells of, in the order of
// their keys; it does not look whether the archive has them. Anything else than
// what SendIndex wrote under the key is ErrAltered.
func ReadIndex(key string, data []byte) ([]Found, error) {
	if !isPack(key) {
		it, ok := ItemOfKey(documentOf(key))
		var ix Index
		if !ok {
			return nil, fmt.Errorf("%w: %s is no index", ErrAltered, key)
		}
		if err := decode(data, maxIndex, &ix); err != nil {
			return nil, fmt.Errorf("%w: an index of %d bytes: %w", ErrAltered, len(data), err)
		}
		return []Found{found(documentOf(key), it, ix)}, nil
	}
	var lines []packed
	if err := decode(data, maxPack, &lines); err != nil {
		return nil, fmt.Errorf("%w: an index of %d bytes: %w", ErrAltered, len(data), err)
	}
	if len(lines) == 0 || packKey(lines[0].Key, data) != key {
		return nil, fmt.Errorf("%w: an index whose bytes do not fit its name", ErrAltered)
	}
	all := make([]Found, len(lines))
	for i, l := range lines {
		it, ok := ItemOfKey(l.Key)
		if !ok || path.Dir(l.Key) != path.Dir(key) {
			return nil, fmt.Errorf("%w: an index that tells of %q", ErrAltered, l.Key)
		}
		all[i] = found(l.Key, it, l.Index)
	}
	return all, nil
}

func found(key string, it store.Item, ix Index) Found {
	it.Voucher, it.Teller, it.Renews = ix.Voucher, ix.Teller, ix.Renews
	return Found{Key: key, Item: it, Index: ix}
}

func decode(data []byte, most int, into any) error {
	if len(data) > most {
		return errors.New("too many")
	}
	return json.Unmarshal(data, into)
}

// shelves remember what the packs of each branch and date say, for as long as a
// run of Verify takes.
type shelves struct {
	archive Archive

	mu    sync.Mutex // guards what follows
	known map[string]*shelf
}

// shelf is what the packs of a folder say, as far as they were read.
type shelf struct {
	lines  map[packed]bool
	unread []string
}

// check says whether the archive's index has an item: without it nobody finds the
// document. Sending again mends it.
func (s *shelves) check(ctx context.Context, it store.Item) error {
	key, err := Key(it)
	if err != nil {
		return err
	}
	found, missed := s.look(ctx, path.Dir(key), packed{indexOf(it), key})
	if found {
		return nil
	}
	own, err := readIndex(ctx, s.archive, IndexKey(key))
	switch {
	case err == nil && own[0].Index == indexOf(it):
		return nil
	case missed != nil: // it may stand there
		err = missed
	case err == nil:
		err = ErrAltered
	}
	return fmt.Errorf("its index: %w", err)
}

// look reads the packs in a folder, each once, until one has the line. Those that are
// broken tell nothing. What cannot be read now is tried again for as long as others
// can: where every third answer fails, a document that waits alone would never hear
// of all packs in one go. It matters only when no other pack has the line.
func (s *shelves) look(ctx context.Context, folder string, line packed) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, err := s.shelf(ctx, folder)
	if err != nil {
		return false, err
	}
	var missed error
	for before := len(f.unread) + 1; !f.lines[line] && 0 < len(f.unread) && len(f.unread) < before && ctx.Err() == nil; {
		before = len(f.unread)
		missed = s.readOnce(ctx, f, line)
	}
	if f.lines[line] {
		return true, nil
	}
	return false, missed
}

// shelf lists the packs of a folder, once.
func (s *shelves) shelf(ctx context.Context, folder string) (*shelf, error) {
	if f := s.known[folder]; f != nil {
		return f, nil
	}
	keys, err := s.archive.List(ctx, folder+"/"+packPrefix)
	if err != nil {
		return nil, err
	}
	if s.known == nil {
		s.known = map[string]*shelf{}
	}
	s.known[folder] = &shelf{map[packed]bool{}, keys}
	return s.known[folder], nil
}

// readOnce tries each unread pack of a shelf once, until one has the line; the error
// is why one was not read.
func (s *shelves) readOnce(ctx context.Context, f *shelf, line packed) (missed error) {
	for range len(f.unread) {
		if f.lines[line] || ctx.Err() != nil {
			break
		}
		key := f.unread[0]
		f.unread = f.unread[1:]
		entries, err := readIndex(ctx, s.archive, key)
		if err != nil && !errors.Is(err, ErrAltered) && !errors.Is(err, ErrAbsent) {
			f.unread, missed = append(f.unread, key), err
		}
		for _, e := range entries {
			f.lines[packed{e.Index, e.Key}] = true
		}
	}
	return missed
}
