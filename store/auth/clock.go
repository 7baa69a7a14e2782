package auth

import (
	"context"
	"fmt"

	"moqian/store"
)

// AllowClock proves a supervisor, who then answers for the clock's being behind
// the log; see store.Audit.AllowClock. The password is wiped. Errors: ErrWrong,
// ErrLocked, ErrRole, store.ErrNotBehind.
func (u *Users) AllowClock(ctx context.Context, supervisor string, password []byte, code string) error {
	defer clear(password)
	const action = "allow clock"
	r, err := u.prove(ctx, supervisor, password, code, action)
	if err != nil {
		return fmt.Errorf("allowing the clock: %w", err)
	}
	e := store.Entry{Actor: r.Name, Action: action, Outcome: "ok"}
	if !r.Role.May(Approve) {
		e.Outcome, e.Detail = "refused", map[string]string{"reason": "role"}
	}
	if err := u.succeed(ctx, r, password, e); err != nil {
		return fmt.Errorf("allowing the clock: %w", err)
	}
	if !r.Role.May(Approve) {
		return fmt.Errorf("allowing the clock: %w", ErrRole)
	}
	return u.s.Audit().AllowClock(ctx, store.Entry{Actor: r.Name})
}
