package pad_test

import (
	"errors"
	"testing"

	"moqian/pad"
)

// TestInferredSealIsDead: type inference makes a seal without naming its type,
// but cannot put a driver into it.
func TestInferredSealIsDead(t *testing.T) {
	d := inferred(pad.New)
	var c pad.Capture
	if err := c.Record(t.Context(), d, nil); !errors.Is(err, pad.ErrGone) {
		t.Fatalf("Record: %v, want ErrGone", err)
	}
}

func inferred[S, R any](f func(S) R) R {
	var s S
	return f(s)
}
