package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// migrate brings an older store up to this version, step by step, in one
// transaction: after a crash it is either the old one or the new one. What the
// steps did is an entry of the log.
func (s *Store) migrate(ctx context.Context) error {
	return s.update(ctx, func(t *tx) error {
		from := t.version()
		if from == version {
			return nil
		}
		for v := from; v < version; v++ {
			if err := t.step(v); err != nil {
				return fmt.Errorf("bringing the store from version %d to %d: %w", v, v+1, err)
			}
		}
		if err := t.putVersion(); err != nil {
			return err
		}
		_, err := t.log(Entry{Actor: "system", Action: "migrate", Outcome: "ok", Detail: map[string]string{
			"from": fmt.Sprint(from), "to": fmt.Sprint(version),
		}})
		return err
	})
}

func (t *tx) step(from uint32) error {
	for _, b := range buckets() {
		if since(b) == from+1 {
			if _, err := t.CreateBucketIfNotExists([]byte(b)); err != nil {
				return err
			}
		}
	}
	if from != 2 {
		return nil
	}
	for _, f := range []func() error{t.gatherItems, t.gatherLog, t.partSigned} {
		if err := f(); err != nil {
			return err
		}
	}
	return nil
}

// gatherItems brings rows and documents together and puts voucher numbers into
// their order. What a Check would complain of, it complains of afterwards too.
func (t *tx) gatherItems() error {
	docs, items := t.Bucket([]byte(oldDocs)), t.Bucket([]byte(bucketItems))
	var ids [][]byte
	err := docs.ForEachBucket(func(id []byte) error { ids = append(ids, bytes.Clone(id)); return nil })
	for i := 0; err == nil && i < len(ids); i++ {
		err = docs.MoveBucket(ids[i], items)
	}
	var all []row
	if err == nil {
		err = t.eachRowEver(func(r row) error { all = append(all, r); return nil })
	}
	if err == nil {
		err = t.DeleteBucket([]byte(bucketNumbers))
	}
	if err == nil {
		_, err = t.CreateBucket([]byte(bucketNumbers))
	}
	for i := 0; err == nil && i < len(all); i++ {
		r := all[i]
		if err = t.putRow(r); err == nil && r.Renews == "" {
			err = t.put(bucketNumbers, t.s.vault.number(r.Voucher), []byte(r.ID))
		}
	}
	for _, b := range []string{oldRows, oldDocs, oldOpen} {
		if err == nil && t.Bucket([]byte(b)) != nil {
			err = t.DeleteBucket([]byte(b))
		}
	}
	return err
}

// gatherLog puts the hashes of the log to its entries. It mends nothing: what was
// altered or is missing stays so, for Verify to name.
func (t *tx) gatherLog() error {
	h, err := t.head()
	if err != nil {
		return err
	}
	for i := range h.N {
		text, err := t.get(bucketLog, number(i))
		if err != nil {
			continue
		}
		r := record{make([]tlog.Hash, completes(i)), text}
		for level := range r.hashes {
			if raw, err := t.get(oldHashes, number(tlog.StoredHashIndex(0, i)+int64(level))); err == nil {
				copy(r.hashes[level][:], raw)
			}
		}
		if err := t.putRecord(i, r); err != nil {
			return err
		}
	}
	return t.DeleteBucket([]byte(oldHashes))
}

// partSigned moves the signed head, which is long, away from meta.
func (t *tx) partSigned() error {
	signed, err := t.get(bucketMeta, []byte(keySigned))
	if err != nil {
		return nil // there is none, or Verify will miss it
	}
	if err := t.put(bucketSigned, []byte(keySigned), signed); err != nil {
		return err
	}
	return t.del(bucketMeta, []byte(keySigned))
}

// eachRowEver is eachRow, for a store of an older version too.
func (t *tx) eachRowEver(f func(row) error) error {
	if t.version() >= 3 {
		return t.eachRow(f)
	}
	return t.each(oldRows, func(_, raw []byte) error {
		r, err := decodeRow(raw)
		if err == nil {
			err = f(r)
		}
		return err
	})
}

func (t *tx) version() uint32 {
	raw := t.Bucket([]byte(bucketMeta)).Get([]byte(keyVersion))
	if len(raw) != 4 {
		return 0
	}
	return binary.BigEndian.Uint32(raw)
}

func (t *tx) putVersion() error {
	return t.Bucket([]byte(bucketMeta)).Put([]byte(keyVersion), binary.BigEndian.AppendUint32(nil, version))
}
