package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"
)

// Rows stand in two buckets: items has those of vouchers that are here, each next
// to its document, and purged the many of those that left. So what waits is found
// without reading what went years ago.

// rowKey is the key of a row. That of the document is the id alone: the two are
// neighbours, mostly on one leaf page.
func rowKey(id string) []byte { return append([]byte(id), 'r') }

func (t *tx) row(id string) (row, error) {
	if id == "" {
		return row{}, ErrNotFound
	}
	in := bucketItems
	raw, err := t.get(in, rowKey(id))
	if errors.Is(err, ErrNotFound) {
		in = bucketPurged
		raw, err = t.get(in, rowKey(id))
	}
	if err != nil {
		return row{}, err
	}
	return rowAt(in, rowKey(id), raw)
}

// rowAt decodes a row and says whether it fits its place.
func rowAt(bucket string, key, raw []byte) (row, error) {
	r, err := decodeRow(raw)
	if err == nil && (!bytes.Equal(rowKey(r.ID), key) || (r.State == Purged) != (bucket == bucketPurged)) {
		err = fmt.Errorf("%w: the row at %s %q is of %s, %s", ErrDamaged, bucket, key, r.ID, r.State)
	}
	return r, err
}

func (t *tx) putRow(r row) error {
	// What could not be read again must not be written.
	if err := r.check(); err != nil {
		return fmt.Errorf("the row of %s: %w", r.ID, err)
	}
	raw, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if r.State != Purged {
		return t.put(bucketItems, rowKey(r.ID), raw)
	}
	if err := t.del(bucketItems, rowKey(r.ID)); err != nil {
		return err
	}
	return t.put(bucketPurged, rowKey(r.ID), raw)
}

// rows goes through the rows of a bucket in the order of their ids.
type rows struct {
	t      *tx
	bucket string
	c      *bolt.Cursor
	begun  bool
}

func (t *tx) rowsOf(bucket string) *rows {
	return &rows{t: t, bucket: bucket, c: t.Bucket([]byte(bucket)).Cursor()}
}

// next gives the next row, or false after the last.
func (rs *rows) next() (r row, more bool, err error) {
	var key, sealed []byte
	for {
		if !rs.begun {
			key, sealed = rs.c.First()
			rs.begun = true
		} else {
			key, sealed = rs.c.Next()
		}
		if key == nil {
			return row{}, false, nil
		}
		if sealed != nil { // nil: the bucket of a document
			break
		}
	}
	raw, err := rs.t.s.vault.open(rs.bucket, key, sealed)
	if err != nil {
		return row{}, false, fmt.Errorf("reading %s %q: %w", rs.bucket, key, err)
	}
	r, err = rowAt(rs.bucket, key, raw)
	return r, err == nil, err
}

func (rs *rows) each(f func(row) error) error {
	for {
		r, more, err := rs.next()
		if err != nil || !more {
			return err
		}
		if err := f(r); err != nil {
			return err
		}
	}
}

// eachRow goes through all rows, of both buckets, oldest first.
func (t *tx) eachRow(f func(row) error) error {
	here, gone := t.rowsOf(bucketItems), t.rowsOf(bucketPurged)
	a, moreA, err := here.next()
	if err != nil {
		return err
	}
	b, moreB, err := gone.next()
	for err == nil && (moreA || moreB) {
		if moreA && (!moreB || a.ID < b.ID) {
			if err = f(a); err == nil {
				a, moreA, err = here.next()
			}
		} else if err = f(b); err == nil {
			b, moreB, err = gone.next()
		}
	}
	return err
}
