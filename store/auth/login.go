package auth

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"moqian/store"
)

// Login proves who somebody is. The password is wiped, whatever the outcome.
// Errors: ErrWrong, ErrLocked. A try is counted, durably, before the password is
// looked at: ending the program in mid-try gains nothing. An unknown name costs
// the same time as a wrong password.
func (u *Users) Login(ctx context.Context, name string, password []byte, code string) (Account, error) {
	defer clear(password)
	r, err := u.prove(ctx, name, password, code, "login")
	if err != nil {
		return Account{}, fmt.Errorf("logging in: %w", err)
	}
	if err := u.succeed(ctx, r, password, store.Entry{Actor: r.Name, Action: "login", Outcome: "ok"}); err != nil {
		return Account{}, fmt.Errorf("logging in: %w", err)
	}
	r.Tries, r.Locked = 0, false
	return r.Account, nil
}

// prove counts a try and checks password and code. The caller ends with succeed.
func (u *Users) prove(ctx context.Context, name string, password []byte, code, action string) (record, error) {
	r, err := u.try(ctx, name, action)
	switch {
	case errors.Is(err, ErrUnknown):
		u.o.Cost.derive(password, make([]byte, saltSize))
		u.checkFactor("", code)
		if err := u.note(ctx, "unknown", action, "refused", "no such account"); err != nil {
			return record{}, err
		}
		return record{}, ErrWrong
	case err != nil:
		return record{}, err
	}
	// Both are checked before either is judged: the time tells nothing.
	right := r.Secret.matches(password)
	factor := u.checkFactor(r.Name, code)
	if right && factor == nil {
		return r, nil
	}
	reason := "password"
	if right {
		reason = "second factor"
	}
	if err := u.note(ctx, r.Name, action, "refused", reason); err != nil {
		return record{}, err
	}
	return record{}, ErrWrong
}

func (u *Users) checkFactor(name, code string) error {
	if u.o.Factor == nil {
		return nil
	}
	return u.o.Factor.Check(name, code, u.o.Now())
}

// try counts one try of an account, or says ErrLocked. The try that reaches
// MaxTries is still looked at; a wrong one leaves the account locked.
func (u *Users) try(ctx context.Context, name, action string) (r record, err error) {
	name, err = canonical(name)
	if err != nil {
		return r, ErrUnknown
	}
	err = u.amend(ctx, name, func(now *record) (store.Entry, error) {
		if now.Locked {
			return store.Entry{}, ErrLocked
		}
		now.Tries++
		r = *now
		return store.Entry{
			Actor: r.Name, Action: action + " try", Outcome: "ok",
			Detail: map[string]string{"try": fmt.Sprint(r.Tries)},
		}, nil
	})
	if errors.Is(err, ErrLocked) {
		if err := u.note(ctx, name, action, "refused", "locked"); err != nil {
			return r, err
		}
	}
	return r, err
}

// succeed ends the count of tries and logs; a hash of an older cost is renewed.
func (u *Users) succeed(ctx context.Context, r record, password []byte, e store.Entry) error {
	fresh := r.Secret
	if fresh.Cost != u.o.Cost {
		var err error
		if fresh, err = u.o.Cost.hash(password, u.o.Rand); err != nil {
			return err
		}
	}
	return u.amend(ctx, r.Name, func(now *record) (store.Entry, error) {
		switch { // what happened while the hash was computed
		case now.Barred:
			return store.Entry{}, ErrLocked
		case !bytes.Equal(now.Secret.Hash, r.Secret.Hash):
			return store.Entry{}, ErrWrong
		}
		now.Tries, now.Secret = 0, fresh
		return e, nil
	})
}
