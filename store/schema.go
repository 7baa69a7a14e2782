package store

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// version of what the buckets hold. A store of a higher one is not touched, one
// of a lower one is brought up by Open (migrate.go).
//
//	1  the first
//	2  open, accounts, checkpoints, uploaded; rows with fault, moved, renews
const version = 2

// The buckets. Keys are in clear unless said otherwise; values are sealed,
// except the version, which must be readable by a program that has no key.
const (
	bucketMeta     = "meta"     // version; check, sealed; head of the log
	bucketRows     = "rows"     // id → row
	bucketDocs     = "docs"     // id → bucket of one document, see document.go
	bucketNumbers  = "numbers"  // hidden voucher number → id
	bucketSerials  = "serials"  // business date → last serial given
	bucketReserved = "reserved" // business date + serial → nothing
	bucketLog      = "log"      // index → entry
	bucketHashes   = "hashes"   // stored hash index of sumdb/tlog → hash
	bucketSettings = "settings" // hidden name → name and value
	bucketSeen     = "seen"     // hidden capture digest → voucher number

	bucketOpen        = "open"        // id of an item that is not PURGED → nothing, in clear
	bucketAccounts    = "accounts"    // hidden account number + id → nothing, in clear
	bucketCheckpoints = "checkpoints" // size of the log → signed note
	bucketUploaded    = "uploaded"    // size of the log → place of its checkpoint in the archive
)

func buckets() []string {
	return []string{
		bucketMeta, bucketRows, bucketDocs, bucketNumbers, bucketSerials,
		bucketReserved, bucketLog, bucketHashes, bucketSettings, bucketSeen,
		bucketOpen, bucketAccounts, bucketCheckpoints, bucketUploaded,
	}
}

// since says in which version a bucket came.
func since(bucket string) uint32 {
	switch bucket {
	case bucketOpen, bucketAccounts, bucketCheckpoints, bucketUploaded:
		return 2
	}
	return 1
}

const (
	keyVersion = "version"
	keyCheck   = "check"
	keyHead    = "head"
	keySigned  = "signed" // checkpoint of the last transaction
	checkText  = "moqian store"
)

// checkSchema says whether the file is a new one, and refuses one of a newer
// version or another key.
func (t *tx) checkSchema() (fresh bool, err error) {
	meta := t.Bucket([]byte(bucketMeta))
	if meta == nil {
		if k, _ := t.Cursor().First(); k != nil {
			return false, fmt.Errorf("%w: the file holds something else", ErrDamaged)
		}
		return true, nil
	}
	raw := meta.Get([]byte(keyVersion))
	if len(raw) != 4 {
		return false, fmt.Errorf("%w: no version", ErrDamaged)
	}
	v := binary.BigEndian.Uint32(raw)
	switch {
	case v > version:
		return false, fmt.Errorf("%w: version %d, this program knows %d", ErrNewer, v, version)
	case v < 1:
		return false, fmt.Errorf("%w: version %d", ErrDamaged, v)
	}
	if text, err := t.get(bucketMeta, []byte(keyCheck)); errors.Is(err, ErrNotFound) {
		return false, fmt.Errorf("%w: no check value", ErrDamaged)
	} else if err != nil || string(text) != checkText {
		return false, ErrKey
	}
	for _, b := range buckets() {
		if since(b) <= v && t.Bucket([]byte(b)) == nil {
			return false, fmt.Errorf("%w: no bucket %s", ErrDamaged, b)
		}
	}
	return false, nil
}

func (t *tx) createSchema() error {
	for _, b := range buckets() {
		if _, err := t.CreateBucketIfNotExists([]byte(b)); err != nil {
			return err
		}
	}
	if err := t.put(bucketMeta, []byte(keyCheck), []byte(checkText)); err != nil {
		return err
	}
	if err := t.putHead(head{}); err != nil {
		return err
	}
	return t.putVersion()
}
