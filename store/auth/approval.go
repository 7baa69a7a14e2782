package auth

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"time"

	"moqian/store"
)

// ErrVoid: the approval was given for another teller or another form; an edited
// form is another form.
var ErrVoid = errors.New("the approval is not for this form")

// Approval is a second person's word for one form as it stood.
type Approval struct {
	Teller     string   // who enters
	Supervisor string   // who approves, another person
	Digest     [32]byte // SHA-256 of the form's canonical text
	At         time.Time
}

// Approve proves the supervisor and gives the approval of a form by its digest.
// It comes before the customer signs. The password is wiped. Errors: ErrWrong,
// ErrLocked, ErrRole, ErrSamePerson, ErrUnknown (the teller). It logs
// "approval"; the voucher it leads to is the caller's entry.
func (u *Users) Approve(ctx context.Context, supervisor string, password []byte, code, teller string, digest [32]byte) (Approval, error) {
	defer clear(password)
	enters, err := u.record(ctx, teller)
	if err != nil {
		return Approval{}, fmt.Errorf("approving for teller %s: %w", teller, err)
	}
	if name, err := canonical(supervisor); err == nil && name == enters.Name {
		if err := u.note(ctx, name, "approval", "refused", "same person"); err != nil {
			return Approval{}, fmt.Errorf("approving: %w", err)
		}
		return Approval{}, fmt.Errorf("approving: %w", ErrSamePerson)
	}
	r, err := u.prove(ctx, supervisor, password, code, "approval")
	if err != nil {
		return Approval{}, fmt.Errorf("approving: %w", err)
	}
	e := store.Entry{
		Actor: r.Name, Action: "approval", Outcome: "ok",
		Detail: map[string]string{"teller": enters.Name, "form": fmt.Sprintf("%x", digest)},
	}
	if !r.Role.May(Approve) {
		e.Outcome, e.Detail["reason"] = "refused", "role"
	}
	if err := u.succeed(ctx, r, password, e); err != nil {
		return Approval{}, fmt.Errorf("approving: %w", err)
	}
	if !r.Role.May(Approve) {
		return Approval{}, fmt.Errorf("approving: %w", ErrRole)
	}
	return Approval{Teller: enters.Name, Supervisor: r.Name, Digest: digest, At: u.o.Now()}, nil
}

// Check says whether the approval is for this teller and this form, else
// ErrVoid. The zero Approval is for nothing.
func (a Approval) Check(teller string, digest [32]byte) error {
	name, err := canonical(teller)
	if err != nil || a.Supervisor == "" || a.Supervisor == a.Teller || a.Teller != name ||
		subtle.ConstantTimeCompare(a.Digest[:], digest[:]) != 1 {
		return ErrVoid
	}
	return nil
}
