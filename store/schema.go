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
//	3  items and purged in the place of rows, docs and open; the hashes of the
//	   log with its entries; voucher numbers in order; signed apart from meta
const version = 3

// The buckets. Keys are in clear unless said otherwise; values are sealed,
// except the version, which must be readable by a program that has no key.
//
// What is written together lies together: each leaf page that a commit touches,
// and each branch page above it, is a write of its own to somewhere on the disk.
// Filing touches the root page, in which meta and reserved fit, and the ends of
// items, numbers and log: with the branches 7 pages besides the document, where
// version 2 had 15 and two more for each account (BenchmarkFile).
const (
	bucketMeta     = "meta"     // version; check, sealed; head of the log
	bucketItems    = "items"    // what is here: id → bucket of one document, id "r" → row; see document.go
	bucketPurged   = "purged"   // id "r" → row of a PURGED item
	bucketNumbers  = "numbers"  // partly hidden voucher number → id
	bucketSerials  = "serials"  // business date → last serial given
	bucketReserved = "reserved" // business date + serial → nothing
	bucketLog      = "log"      // index → hashes of sumdb/tlog that the entry completes, entry
	bucketSettings = "settings" // hidden name → name and value
	bucketSeen     = "seen"     // hidden capture digest → voucher number

	bucketAccounts    = "accounts"    // hidden account number + id → nothing, in clear; of items past QUEUED
	bucketCheckpoints = "checkpoints" // size of the log → signed note
	bucketUploaded    = "uploaded"    // size of the log → place of its checkpoint in the archive
	bucketSigned      = "signed"      // the signed head of the log
)

// Buckets of older versions.
const (
	oldRows   = "rows"   // 1, 2: id → row
	oldDocs   = "docs"   // 1, 2: id → bucket of one document
	oldOpen   = "open"   // 2: id of an item that is not PURGED → nothing
	oldHashes = "hashes" // 1, 2: stored hash index → hash
)

func buckets() []string {
	return []string{
		bucketMeta, bucketItems, bucketPurged, bucketNumbers, bucketSerials,
		bucketReserved, bucketLog, bucketSettings, bucketSeen,
		bucketAccounts, bucketCheckpoints, bucketUploaded, bucketSigned,
	}
}

// since says in which version a bucket came.
func since(bucket string) uint32 {
	switch bucket {
	case bucketAccounts, bucketCheckpoints, bucketUploaded:
		return 2
	case bucketItems, bucketPurged, bucketSigned:
		return 3
	}
	return 1
}

// oldBuckets are those that a version had and this one has not.
func oldBuckets(v uint32) []string {
	switch v {
	case 1:
		return []string{oldRows, oldDocs, oldHashes}
	case 2:
		return []string{oldRows, oldDocs, oldHashes, oldOpen}
	}
	return nil
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
	want := oldBuckets(v)
	for _, b := range buckets() {
		if since(b) <= v {
			want = append(want, b)
		}
	}
	for _, b := range want {
		if t.Bucket([]byte(b)) == nil {
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
	t.closing, t.first = true, true // the end of a log is signed from its beginning
	return t.putVersion()
}
