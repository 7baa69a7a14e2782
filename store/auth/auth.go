package auth

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"moqian/store"
)

var (
	// ErrWrong: name, password or code is wrong; which one is not told.
	ErrWrong = errors.New("the name, the password or the code is wrong")
	// ErrLocked: too many wrong tries, or locked by a supervisor.
	ErrLocked = errors.New("the account is locked: a supervisor can unlock it")
	// ErrRole: the person's role does not allow it.
	ErrRole = errors.New("only a supervisor may do this")
	// ErrSamePerson: approver and teller are one person.
	ErrSamePerson = errors.New("a second person must approve")
	// ErrExists: the name is taken.
	ErrExists = errors.New("an account of this name exists")
	// ErrUnknown: no account of this name; Login says ErrWrong instead.
	ErrUnknown = errors.New("no account of this name")
	// ErrWeak: the password is shorter than MinPassword bytes or is the name.
	ErrWeak = errors.New("the password needs at least 8 characters and must not be the name")
	// ErrName: a name is 1 to 32 of a-z, 0-9, dot, dash and underscore.
	ErrName = errors.New("an account name has 1 to 32 letters a-z, digits, dots, dashes or underscores")
)

// MinPassword is the least length of a password in bytes.
const MinPassword = 8

// System is who acts when nobody is logged in: the person who has the command
// line of this machine.
const System = "system"

// Account as others see it.
type Account struct {
	Name    string    `json:"name"` // lower case
	Role    Role      `json:"role"`
	Created time.Time `json:"created"`
	Locked  bool      `json:"locked"`
	Tries   int       `json:"tries"` // wrong tries since the last login
}

// Factor is the second factor. Check gives nil for a right code; any error
// counts as a wrong try. It must take the same time for right and wrong codes,
// may not keep the code, and may be called from several goroutines.
type Factor interface {
	Check(account, code string, now time.Time) error
}

// Options of Users.
type Options struct {
	// Cost of new password hashes; zero fields take the value of DefaultCost.
	Cost Cost
	// MaxTries is how many wrong tries lock an account, 5 if zero.
	MaxTries int
	// Now is the clock.
	Now func() time.Time
	// Rand makes salts; nil is crypto/rand.
	Rand io.Reader
	// Factor is the second factor; nil asks for the password alone.
	Factor Factor
}

// Users are the accounts of one workstation. Several goroutines may use it.
type Users struct {
	s *store.Store
	o Options

	login string // see By
}

// OSUser is the detail of a log entry that names the login of the operating
// system for whom System acted.
const OSUser = "os_user"

// By gives the same accounts for somebody at the command line: what System does
// through it is logged with their login of the operating system.
func (u *Users) By(login string) *Users {
	same := *u
	same.login = login
	return &same
}

// New gives the accounts kept in s.
func New(s *store.Store, o Options) (*Users, error) {
	switch {
	case s == nil || o.Now == nil:
		return nil, errors.New("auth: a store and Options.Now are needed")
	case o.MaxTries < 0:
		return nil, fmt.Errorf("auth: Options.MaxTries is %d", o.MaxTries)
	case o.MaxTries == 0:
		o.MaxTries = 5
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	o.Cost = o.Cost.orDefault()
	if err := o.Cost.check(); err != nil {
		return nil, fmt.Errorf("auth: Options.Cost: %w", err)
	}
	return &Users{s: s, o: o}, nil
}

// List gives all accounts by name.
func (u *Users) List(ctx context.Context) ([]Account, error) {
	all, err := u.s.Settings(ctx, keyPrefix)
	if err != nil {
		return nil, fmt.Errorf("listing accounts: %w", err)
	}
	out := []Account{}
	for _, key := range slices.Sorted(maps.Keys(all)) {
		r, err := decodeRecord(all[key])
		if err != nil {
			return nil, fmt.Errorf("account %s: %w", strings.TrimPrefix(key, keyPrefix), err)
		}
		out = append(out, r.Account)
	}
	return out, nil
}

// Find gives an account or ErrUnknown.
func (u *Users) Find(ctx context.Context, name string) (Account, error) {
	r, err := u.record(ctx, name)
	return r.Account, err
}

// canonical makes "T0001" and "t0001" one name, so that one person is not two.
func canonical(name string) (string, error) {
	name = strings.ToLower(strings.TrimSpace(name))
	if len(name) < 1 || len(name) > 32 || name == System {
		return "", ErrName
	}
	for _, c := range []byte(name) {
		if !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || strings.IndexByte("._-", c) >= 0) {
			return "", ErrName
		}
	}
	return name, nil
}
