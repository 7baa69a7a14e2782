package auth

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"moqian/store"
)

const keyPrefix = "account/"

// record is what is stored of an account.
type record struct {
	Account
	Barred bool   `json:"barred"` // by a supervisor; Locked is this or too many tries
	Secret secret `json:"secret"`
}

func decodeRecord(raw []byte) (record, error) {
	var r record
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	err := d.Decode(&r)
	if err == nil {
		if _, end := d.Token(); end != io.EOF {
			err = errors.New("bytes after the end")
		}
	}
	if err == nil {
		err = r.check()
	}
	if err != nil {
		return record{}, fmt.Errorf("%w: an account: %w", store.ErrDamaged, err)
	}
	return r, nil
}

func (r record) check() error {
	if name, err := canonical(r.Name); err != nil || name != r.Name {
		return fmt.Errorf("name %q", r.Name)
	}
	if !r.Role.known() {
		return fmt.Errorf("role %q", r.Role)
	}
	if r.Tries < 0 {
		return fmt.Errorf("%d tries", r.Tries)
	}
	return r.Secret.check()
}

func (u *Users) record(ctx context.Context, name string) (record, error) {
	name, err := canonical(name)
	if err != nil {
		return record{}, ErrUnknown
	}
	raw, found, err := u.s.Setting(ctx, keyPrefix+name)
	if err != nil {
		return record{}, err
	}
	if !found {
		return record{}, ErrUnknown
	}
	return decodeRecord(raw)
}

// amend changes an account and logs it in one transaction; it keeps Locked true
// to its two reasons.
func (u *Users) amend(ctx context.Context, name string, change func(*record) (store.Entry, error)) error {
	return u.s.Amend(ctx, keyPrefix+name, func(old []byte) ([]byte, store.Entry, error) {
		if old == nil {
			return nil, store.Entry{}, ErrUnknown
		}
		r, err := decodeRecord(old)
		if err != nil {
			return nil, store.Entry{}, err
		}
		e, err := change(&r)
		if err != nil {
			return nil, store.Entry{}, err
		}
		r.Locked = r.Barred || r.Tries >= u.o.MaxTries
		value, err := json.Marshal(r)
		return value, e, err
	})
}

// note appends an entry about an account.
func (u *Users) note(ctx context.Context, actor, action, outcome, reason string) error {
	e := store.Entry{Actor: actor, Action: action, Outcome: outcome}
	if reason != "" {
		e.Detail = map[string]string{"reason": reason}
	}
	return u.s.Audit().Append(ctx, e)
}
