package auth

import (
	"bytes"
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"

	"moqian/store"
)

// ErrNoTOTP: the account has no code generator.
var ErrNoTOTP = errors.New("the account has no second factor")

// TOTP is the second factor of RFC 6238: six digits, SHA-1, 30 seconds, as every
// phone and token can. A code is taken once: the last counter that was used is
// kept, and neither it nor an earlier one is taken again, whatever the clock
// does. The clock of a workstation that is offline may be wrong: Resync finds out
// by how much, for one account.
type TOTP struct {
	Store *store.Store
	// Required refuses accounts that have no generator; else their password is
	// enough, with no code at all.
	Required bool
	// Window is how many steps of 30 s a code may be early or late, 1 if zero.
	Window int
}

const (
	totpPrefix = "totp/"
	step       = 30 // seconds
	// resyncSteps is how far Resync looks: a day to each side.
	resyncSteps = 24 * 60 * 60 / step
)

// generator is what is stored of an account's code generator.
type generator struct {
	Secret string `json:"secret"` // base32, of 20 bytes
	Last   int64  `json:"last"`   // counter of the last code that was taken
	Drift  int64  `json:"drift"`  // steps the generator is ahead of our clock
}

func decodeGenerator(raw []byte) (g generator, err error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&g); err != nil || g.Secret == "" || g.Last < 0 {
		return generator{}, fmt.Errorf("%w: a code generator", store.ErrDamaged)
	}
	return g, nil
}

// Check takes a code of the account once. Right or wrong, and for a name that is
// no account, it writes to the store: the time tells nothing, and the log tells.
func (f TOTP) Check(account, code string, now time.Time) error {
	name, err := canonical(account)
	actor := name
	if err != nil {
		name, actor = "?", "unknown"
	}
	taken := ErrWrong
	err = f.Store.Amend(context.Background(), totpPrefix+name, func(old []byte) ([]byte, store.Entry, error) {
		e := store.Entry{Actor: actor, Action: "second factor", Outcome: "refused"}
		if len(old) == 0 {
			if !f.Required && code == "" && name != "?" {
				taken, e.Outcome = nil, "ok"
				e.Detail = map[string]string{"reason": "none set up"}
			}
			return []byte{}, e, nil
		}
		g, err := decodeGenerator(old)
		if err != nil {
			return nil, e, err
		}
		if c, ok := g.find(code, now, f.window(), g.Last+1); ok {
			taken, e.Outcome, g.Last = nil, "ok", c
		}
		value, err := json.Marshal(g)
		return value, e, err
	})
	if err != nil {
		return fmt.Errorf("checking a code: %w", err)
	}
	return taken
}

func (f TOTP) window() int64 {
	if f.Window <= 0 {
		return 1
	}
	return int64(f.Window)
}

// find looks for the code among the counters around now, none below least. It
// compares with all of them, whichever fits.
func (g generator) find(code string, now time.Time, window, least int64) (counter int64, ok bool) {
	at := now.Unix()/step + g.Drift
	for c := at - window; c <= at+window; c++ {
		want, err := g.code(c)
		if err == nil && c >= least && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			counter, ok = c, true
		}
	}
	return counter, ok
}

func (g generator) code(counter int64) (string, error) {
	if counter < 0 {
		return "", errors.New("a counter below zero")
	}
	return hotp.GenerateCodeCustom(g.Secret, uint64(counter), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
}

// Enrolment is what a generator is set up with. It is shown once and not kept by
// the caller.
type Enrolment struct {
	Secret string // base32, to be typed in
	URI    string // otpauth://…, to be shown as a QR code
}

// SetTOTP gives an account a new code generator; one it had is void. issuer is
// what the generator shows, the bank's name. by is a supervisor, not the person
// themself, or System. Errors: ErrRole, ErrSamePerson, ErrUnknown.
func (u *Users) SetTOTP(ctx context.Context, by, name, issuer string) (Enrolment, error) {
	by, err := u.managerOf(ctx, by, &name)
	if err == nil {
		_, err = u.record(ctx, name)
	}
	if err != nil {
		return Enrolment{}, fmt.Errorf("setting up the second factor of %s: %w", name, err)
	}
	raw := make([]byte, 20)
	if _, err := io.ReadFull(u.o.Rand, raw); err != nil {
		return Enrolment{}, fmt.Errorf("making a secret: %w", err)
	}
	g := generator{Secret: base32Text(raw)}
	clear(raw)
	err = u.s.Amend(ctx, totpPrefix+name, func([]byte) ([]byte, store.Entry, error) {
		value, err := json.Marshal(g)
		return value, u.told(by, "second factor set", name, "", ""), err
	})
	if err != nil {
		return Enrolment{}, fmt.Errorf("setting up the second factor of %s: %w", name, err)
	}
	q := url.Values{"secret": {g.Secret}, "issuer": {issuer}, "digits": {"6"}, "period": {"30"}, "algorithm": {"SHA1"}}
	uri := url.URL{Scheme: "otpauth", Host: "totp", Path: "/" + issuer + ":" + name,
		RawQuery: strings.ReplaceAll(q.Encode(), "+", "%20")}
	return Enrolment{Secret: g.Secret, URI: uri.String()}, nil
}

// RemoveTOTP takes an account's code generator away.
func (u *Users) RemoveTOTP(ctx context.Context, by, name string) error {
	by, err := u.managerOf(ctx, by, &name)
	if err == nil {
		err = u.s.Amend(ctx, totpPrefix+name, func(old []byte) ([]byte, store.Entry, error) {
			if len(old) == 0 {
				return nil, store.Entry{}, ErrNoTOTP
			}
			return []byte{}, u.told(by, "second factor removed", name, "", ""), nil
		})
	}
	if err != nil {
		return fmt.Errorf("removing the second factor of %s: %w", name, err)
	}
	return nil
}

// HasTOTP says whether an account has a code generator.
func (u *Users) HasTOTP(ctx context.Context, name string) (bool, error) {
	name, err := canonical(name)
	if err != nil {
		return false, ErrUnknown
	}
	raw, _, err := u.s.Setting(ctx, totpPrefix+name)
	return len(raw) > 0, err
}

// Resync takes two codes that follow each other and finds, within a day, how far
// the generator and this clock are apart. Both codes are used up. by is as for
// SetTOTP. Errors: ErrWrong, ErrNoTOTP.
func (u *Users) Resync(ctx context.Context, by, name, first, second string) error {
	by, err := u.managerOf(ctx, by, &name)
	if err == nil {
		err = u.s.Amend(ctx, totpPrefix+name, func(old []byte) ([]byte, store.Entry, error) {
			if len(old) == 0 {
				return nil, store.Entry{}, ErrNoTOTP
			}
			g, err := decodeGenerator(old)
			if err != nil {
				return nil, store.Entry{}, err
			}
			now := u.o.Now().Unix() / step
			at, ok := g.pair(now, first, second)
			if !ok {
				return nil, store.Entry{}, ErrWrong
			}
			g.Drift, g.Last = at-now, at
			value, err := json.Marshal(g)
			return value, u.told(by, "second factor resync", name, "steps", fmt.Sprint(g.Drift)), err
		})
	}
	if err != nil {
		return fmt.Errorf("bringing the second factor of %s in step: %w", name, err)
	}
	return nil
}

// pair looks for two codes that follow each other, the nearest to now first.
func (g generator) pair(now int64, first, second string) (at int64, ok bool) {
	for d := int64(0); d <= resyncSteps; d++ {
		for _, c := range []int64{now + d, now - d} {
			if c-1 <= g.Last {
				continue
			}
			a, errA := g.code(c - 1)
			b, errB := g.code(c)
			if errA == nil && errB == nil && a == first && b == second {
				return c, true
			}
		}
	}
	return 0, false
}
