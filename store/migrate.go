package store

import (
	"context"
	"encoding/binary"
	"fmt"
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
	if from != 1 {
		return nil
	}
	var open []string
	err := t.each(bucketRows, func(_, raw []byte) error {
		r, err := decodeRow(raw)
		if err == nil && r.State != Purged {
			open = append(open, r.ID)
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, id := range open {
		if err := t.Bucket([]byte(bucketOpen)).Put([]byte(id), nil); err != nil {
			return err
		}
	}
	return nil
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
