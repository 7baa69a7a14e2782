//go:build virtualpad

package auth

import (
	"crypto/subtle"
	"time"
)

// TrialCode is the code that Trial takes.
const TrialCode = "135790"

// Trial is the second factor of trial builds: the same code for everybody.
type Trial struct{}

// Check takes TrialCode and nothing else.
func (Trial) Check(_, code string, _ time.Time) error {
	if subtle.ConstantTimeCompare([]byte(code), []byte(TrialCode)) != 1 {
		return ErrWrong
	}
	return nil
}
