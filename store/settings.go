package store

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// Setting gives a stored value; found is false when there is none. Names and
// values are encrypted.
func (s *Store) Setting(ctx context.Context, name string) (value []byte, found bool, err error) {
	err = s.view(ctx, func(t *tx) (err error) {
		value, found, err = t.setting(name)
		return err
	})
	if err != nil {
		return nil, false, fmt.Errorf("reading setting %s: %w", name, err)
	}
	return value, found, nil
}

// SetSetting stores a value, empty ones too.
func (s *Store) SetSetting(ctx context.Context, name string, value []byte) error {
	err := s.update(ctx, func(t *tx) error { return t.setSetting(name, value) })
	if err != nil {
		return fmt.Errorf("writing setting %s: %w", name, err)
	}
	return nil
}

// Settings gives all whose name begins with prefix, by name.
func (s *Store) Settings(ctx context.Context, prefix string) (map[string][]byte, error) {
	all := map[string][]byte{}
	err := s.view(ctx, func(t *tx) error {
		return t.each(bucketSettings, func(_, raw []byte) error {
			name, value, err := decodeSetting(raw)
			if err == nil && strings.HasPrefix(name, prefix) {
				all[name] = value
			}
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("reading settings %s: %w", prefix, err)
	}
	return all, nil
}

// Amend changes a setting and logs the change in one transaction. change gets
// the old value, nil when there is none, and gives the new one and the entry;
// an error from it leaves everything as it was and is given back. It must not
// use the store and must be quick: it runs while nobody else can write.
func (s *Store) Amend(ctx context.Context, name string, change func(old []byte) (value []byte, e Entry, err error)) error {
	err := s.update(ctx, func(t *tx) error {
		old, _, err := t.setting(name)
		if err != nil {
			return err
		}
		value, e, err := change(old)
		if err != nil {
			return err
		}
		if _, err := t.log(e); err != nil {
			return err
		}
		return t.setSetting(name, value)
	})
	if err != nil {
		return fmt.Errorf("changing setting %s: %w", name, err)
	}
	return nil
}

// Tripwire notes the digest of a capture together with the voucher that used
// it. When the digest was there before, seen is true and first is the voucher
// that had it: the same pen reports twice mean a replay. The digest is kept as
// a keyed hash only.
func (s *Store) Tripwire(ctx context.Context, digest, voucher string) (first string, seen bool, err error) {
	if digest == "" {
		return "", false, errors.New("tripwire: the digest is empty")
	}
	key := s.vault.hide(bucketSeen, digest)
	err = s.update(ctx, func(t *tx) error {
		raw, err := t.get(bucketSeen, key)
		if errors.Is(err, ErrNotFound) {
			return t.put(bucketSeen, key, []byte(voucher))
		}
		first, seen = string(raw), err == nil
		return err
	})
	if err != nil {
		return "", false, fmt.Errorf("looking for the capture in earlier vouchers: %w", err)
	}
	return first, seen, nil
}

func (t *tx) setting(name string) (value []byte, found bool, err error) {
	raw, err := t.get(bucketSettings, t.s.vault.hide(bucketSettings, name))
	if errors.Is(err, ErrNotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	_, value, err = decodeSetting(raw)
	return value, err == nil, err
}

// setSetting stores name and value together: the bucket key hides the name.
func (t *tx) setSetting(name string, value []byte) error {
	raw := binary.AppendUvarint(nil, uint64(len(name)))
	raw = append(append(raw, name...), value...)
	return t.put(bucketSettings, t.s.vault.hide(bucketSettings, name), raw)
}

func decodeSetting(raw []byte) (name string, value []byte, err error) {
	n, size := binary.Uvarint(raw)
	if size <= 0 || n > uint64(len(raw)-size) {
		return "", nil, fmt.Errorf("%w: a setting", ErrDamaged)
	}
	raw = raw[size:]
	return string(raw[:n]), raw[n:], nil
}
