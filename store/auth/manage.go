package auth

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"moqian/store"
)

// Add makes an account. by is a supervisor's name or System. The password is
// wiped. Errors: ErrRole, ErrName, ErrWeak, ErrExists.
func (u *Users) Add(ctx context.Context, by, name string, role Role, password []byte) error {
	defer clear(password)
	name, err := canonical(name)
	if err != nil {
		return fmt.Errorf("adding an account: %w", err)
	}
	by, err = u.manager(ctx, by)
	if err == nil && !role.known() {
		err = fmt.Errorf("role %q is none of teller, supervisor, auditor", role)
	}
	if err == nil {
		err = strong(name, password)
	}
	if err != nil {
		return fmt.Errorf("adding account %s: %w", name, err)
	}
	hash, err := u.o.Cost.hash(password, u.o.Rand)
	if err != nil {
		return fmt.Errorf("adding account %s: %w", name, err)
	}
	r := record{Account: Account{Name: name, Role: role, Created: u.o.Now().Round(0)}, Secret: hash}
	err = u.s.Amend(ctx, keyPrefix+name, func(old []byte) ([]byte, store.Entry, error) {
		if old != nil {
			return nil, store.Entry{}, ErrExists
		}
		value, err := json.Marshal(r)
		return value, u.told(by, "add", name, "role", string(role)), err
	})
	if err != nil {
		return fmt.Errorf("adding account %s: %w", name, err)
	}
	return nil
}

// Change gives a person a new password of their own choice after proving the
// old one and the code. Both passwords are wiped.
func (u *Users) Change(ctx context.Context, name string, old []byte, code string, fresh []byte) error {
	defer clear(old)
	defer clear(fresh)
	if err := strong(name, fresh); err != nil {
		return fmt.Errorf("changing the password: %w", err)
	}
	r, err := u.prove(ctx, name, old, code, "password")
	if err != nil {
		return fmt.Errorf("changing the password: %w", err)
	}
	if err := u.succeed(ctx, r, old, u.told(r.Name, "password", r.Name, "", "")); err != nil {
		return fmt.Errorf("changing the password: %w", err)
	}
	return u.set(ctx, r.Name, fresh, u.told(r.Name, "password set", r.Name, "", ""))
}

// Reset gives an account a new password and unlocks it. The password is wiped.
func (u *Users) Reset(ctx context.Context, by, name string, fresh []byte) error {
	defer clear(fresh)
	if err := strong(name, fresh); err != nil {
		return fmt.Errorf("resetting the password of %s: %w", name, err)
	}
	by, err := u.managerOf(ctx, by, &name)
	if err != nil {
		return fmt.Errorf("resetting the password of %s: %w", name, err)
	}
	return u.set(ctx, name, fresh, u.told(by, "reset", name, "", ""))
}

func (u *Users) set(ctx context.Context, name string, fresh []byte, e store.Entry) error {
	hash, err := u.o.Cost.hash(fresh, u.o.Rand)
	if err != nil {
		return fmt.Errorf("setting the password of %s: %w", name, err)
	}
	return u.amend(ctx, name, func(r *record) (store.Entry, error) {
		r.Secret, r.Tries, r.Barred = hash, 0, false
		return e, nil
	})
}

// Lock keeps an account out until Unlock or Reset.
func (u *Users) Lock(ctx context.Context, by, name string) error {
	return u.manage(ctx, by, name, "lock", func(r *record) { r.Barred = true })
}

// Unlock lets it in again and forgets its wrong tries.
func (u *Users) Unlock(ctx context.Context, by, name string) error {
	return u.manage(ctx, by, name, "unlock", func(r *record) { r.Barred, r.Tries = false, 0 })
}

// SetRole gives an account another role.
func (u *Users) SetRole(ctx context.Context, by, name string, role Role) error {
	if !role.known() {
		return fmt.Errorf("role %q is none of teller, supervisor, auditor", role)
	}
	return u.manage(ctx, by, name, "role "+string(role), func(r *record) { r.Role = role })
}

func (u *Users) manage(ctx context.Context, by, name, what string, f func(*record)) error {
	by, err := u.managerOf(ctx, by, &name)
	if err == nil {
		err = u.amend(ctx, name, func(r *record) (store.Entry, error) {
			f(r)
			return u.told(by, what, name, "", ""), nil
		})
	}
	if err != nil {
		return fmt.Errorf("%s of account %s: %w", what, name, err)
	}
	return nil
}

// manager says whether by may manage accounts: a supervisor who is not locked,
// or System.
func (u *Users) manager(ctx context.Context, by string) (string, error) {
	if by == System {
		return by, nil
	}
	r, err := u.record(ctx, by)
	switch {
	case errors.Is(err, ErrUnknown):
		return "", ErrRole
	case err != nil:
		return "", err
	case r.Locked:
		return "", ErrLocked
	case !r.Role.May(Manage):
		return "", ErrRole
	}
	return r.Name, nil
}

// managerOf is manager for somebody else's account: nobody manages their own.
func (u *Users) managerOf(ctx context.Context, by string, name *string) (string, error) {
	of, err := canonical(*name)
	if err != nil {
		return "", ErrUnknown
	}
	*name = of
	if by, err = u.manager(ctx, by); err == nil && by == of {
		err = ErrSamePerson
	}
	return by, err
}

// told is the entry about what was done to an account.
func (u *Users) told(by, what, name, key, value string) store.Entry {
	e := store.Entry{Actor: by, Action: "account " + what, Outcome: "ok", Detail: map[string]string{"account": name}}
	if key != "" {
		e.Detail[key] = value
	}
	if by == System && u.login != "" {
		e.Detail[OSUser] = u.login
	}
	return e
}

func strong(name string, password []byte) error {
	if len(password) < MinPassword || bytes.EqualFold(password, []byte(strings.TrimSpace(name))) {
		return ErrWeak
	}
	return nil
}
