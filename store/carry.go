package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// remains is what can still be read of a store that is replaced.
type remains struct {
	found    bool           // there was one
	known    bool           // it could be read, serials are complete
	serials  map[string]int // business date → last serial given
	seen     map[string][]byte
	rows     []row
	accounts map[string][][]byte // id → keys of the account index
	settings map[string][]byte
	entries  int
}

// leftBehind reads the counters and rows of the store in dir as far as they can
// be read. It changes nothing.
func leftBehind(dir string, o Options) (r remains, err error) {
	path := filepath.Join(dir, File)
	if st, err := os.Stat(path); err != nil || st.Size() == 0 {
		return r, nil
	}
	r.found, r.serials, r.seen = true, map[string]int{}, map[string][]byte{}
	r.accounts, r.settings = map[string][][]byte{}, map[string][]byte{}
	v, err := newVault(o.Key, o.Rand, o.Ciphers...)
	if err != nil {
		return r, err
	}
	// Following damaged pages may never end.
	if reach(path) != nil {
		return r, nil
	}
	db, _, err := openBolt(path, reading(lockWait))
	if err != nil {
		return r, nil
	}
	defer db.Close()
	s := &Store{db: db, vault: v, now: o.Now}
	r.known = nil == s.view(context.Background(), func(t *tx) error {
		for _, read := range []func(*tx) error{r.readLog, r.readCounters, r.readRows, r.readSettings} {
			if err := read(t); err != nil {
				return err
			}
		}
		return nil
	})
	return r, nil
}

func (r *remains) readLog(t *tx) error {
	if _, err := t.checkSchema(); err != nil {
		return err
	}
	h, err := t.head()
	r.entries = int(h.N)
	return err
}

func (r *remains) readCounters(t *tx) error {
	err := t.each(bucketSerials, func(key, _ []byte) error {
		n, err := t.lastSerial(string(key))
		r.serials[string(key)] = n
		return err
	})
	if err != nil {
		return err
	}
	return t.each(bucketSeen, func(key, voucher []byte) error {
		r.seen[string(key)] = voucher
		return nil
	})
}

func (r *remains) readRows(t *tx) error {
	err := t.eachRowEver(func(row row) error { r.rows = append(r.rows, row); return nil })
	index := t.Bucket([]byte(bucketAccounts)) // version 1 had none
	if err != nil || index == nil {
		return err
	}
	return index.ForEach(func(key, _ []byte) error {
		if len(key) > hiddenSize {
			id := string(key[hiddenSize:])
			r.accounts[id] = append(r.accounts[id], bytes.Clone(key))
		}
		return nil
	})
}

func (r *remains) readSettings(t *tx) error {
	return t.each(bucketSettings, func(_, raw []byte) error {
		name, value, err := decodeSetting(raw)
		if err == nil {
			r.settings[name] = bytes.Clone(value)
		}
		return err
	})
}

// carryOver raises the counters to what the replaced store had and logs.
func (s *Store) carryOver(ctx context.Context, left remains, merge Merge, lose bool, e Entry) error {
	return s.update(ctx, func(t *tx) error {
		lost := 0
		for _, r := range left.rows {
			if r.State != Purged && !t.knows(r.ID) {
				lost++
			}
		}
		if lost > 0 && !lose {
			return fmt.Errorf("%w: %d of them", ErrNewerHere, lost)
		}
		h, err := t.head()
		if err != nil {
			return err
		}
		detail := map[string]string{"entries": strconv.FormatInt(h.N, 10)}
		if err := t.carryCounters(left); err != nil {
			return err
		}
		if left.known {
			if err := t.carrySettings(left, merge, h.N); err != nil {
				return err
			}
		}
		gone, err := t.carryPurged(left, h.N)
		if err != nil {
			return err
		}
		switch {
		case left.known:
			detail["replaced_entries"], detail["lost"] = strconv.Itoa(left.entries), strconv.Itoa(lost)
			detail["purged"] = strconv.Itoa(gone)
		default:
			detail["skipped"] = strconv.Itoa(serialGap)
			if err := t.skipSerials(h); err != nil {
				return err
			}
		}
		if t.signAnew() {
			detail["signed"] = "anew: the end of the backup's log was not signed by this workstation's key"
		}
		_, err = t.log(e.with("restore", "ok", Item{}, detail))
		return err
	})
}

// knows says whether there is a row of an id, whatever its state.
func (t *tx) knows(id string) bool {
	return t.has(bucketItems, rowKey(id)) || t.has(bucketPurged, rowKey(id))
}

func (t *tx) carryCounters(left remains) error {
	for day, n := range left.serials {
		if err := t.raiseSerial(day, n); err != nil {
			return err
		}
	}
	for key, voucher := range left.seen {
		if !t.has(bucketSeen, []byte(key)) {
			if err := t.put(bucketSeen, []byte(key), voucher); err != nil {
				return err
			}
		}
	}
	return nil
}

// carryPurged takes over the rows of vouchers that the backup lacks and that are in
// the archive only, with their numbers and accounts, or nobody would find them
// again. They belong to entry at of the log, that of the restore.
func (t *tx) carryPurged(left remains, at int64) (n int, err error) {
	for _, r := range left.rows {
		number := t.s.vault.number(r.Voucher)
		if r.State != Purged || t.knows(r.ID) || r.Renews == "" && t.has(bucketNumbers, number) {
			continue
		}
		r.Seq = at
		if err := t.putRow(r); err != nil {
			return n, err
		}
		if !t.has(bucketNumbers, number) {
			if err := t.put(bucketNumbers, number, []byte(r.ID)); err != nil {
				return n, err
			}
		}
		for _, key := range left.accounts[r.ID] {
			if err := t.Bucket([]byte(bucketAccounts)).Put(key, nil); err != nil {
				return n, err
			}
		}
		n++
	}
	return n, nil
}

// Merge decides about a setting that the backup or the store that it replaces has:
// older and newer are the two values, nil where there is none. take is false where
// the backup's value stays.
type Merge func(name string, older, newer []byte) (value []byte, take bool, err error)

// carrySettings asks merge about every setting of the replaced store. Which store is
// the newer one is told by the length of its log; the backup's has entries.
func (t *tx) carrySettings(left remains, merge Merge, entries int64) error {
	if merge == nil {
		return nil
	}
	for name, replaced := range left.settings {
		backup, _, err := t.setting(name)
		if err != nil {
			return err
		}
		older, newer := backup, replaced
		if entries > int64(left.entries) {
			older, newer = replaced, backup
		}
		value, take, err := merge(name, older, newer)
		if err == nil && take {
			err = t.setSetting(name, value)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// signAnew lets the end of a log be signed that our key did not sign before, and
// says whether it is one. A log that it signed must still be the same.
func (t *tx) signAnew() bool {
	if t.s.signer == nil {
		return false
	}
	raw, err := t.get(bucketSigned, []byte(keySigned))
	if err == nil {
		_, err = t.ownCheckpoint(raw)
	}
	if !errors.Is(err, ErrNotFound) && !errors.Is(err, ErrCheckpoint) {
		return false
	}
	t.trusted, t.doubt = true, nil
	return true
}
