package auth

import (
	"slices"
	"testing"
	"time"

	"moqian/store"
)

// oneCode is a factor that takes one code.
type oneCode string

func (c oneCode) Check(_, code string, _ time.Time) error {
	if code != string(c) {
		return ErrWrong
	}
	return nil
}

// A supervisor only, proven as for an approval; each try stands in the log.
func TestAllowClock(t *testing.T) {
	const code = "135790"
	d := newDesk(t, func(*store.Store) Factor { return oneCode(code) })
	d.now = d.now.Add(25 * time.Hour)
	if _, err := d.Login(ctx, "t0001", pw("t0001"), code); err != nil {
		t.Fatal(err)
	}
	d.now = d.now.Add(-25 * time.Hour)
	for _, c := range []struct {
		who, password, code string
		want                error
	}{
		{"t0001", "t0001", code, ErrRole},
		{"s0001", "t0001", code, ErrWrong},
		{"s0001", "s0001", "000000", ErrWrong},
		{"nobody", "s0001", code, ErrWrong},
		{"s0001", "s0001", code, nil},
		{"s0001", "s0001", code, store.ErrNotBehind},
	} {
		password := pw(c.password)
		wantErr(t, c.who+" "+c.code, d.AllowClock(ctx, c.who, password, c.code), c.want)
		if slices.ContainsFunc(password, func(b byte) bool { return b != 0 }) {
			t.Error("the password was not wiped")
		}
		ready := d.s.Ready(ctx)
		if allowed := c.want == nil || c.want == store.ErrNotBehind; allowed != (ready == nil) {
			t.Errorf("%s: ready %v", c.who, ready)
		}
	}
	got := d.actions(t)
	for _, want := range []string{"t0001 allow clock refused", "s0001 allow clock refused", "s0001 allow clock ok", "s0001 " + store.SetBack + " ok"} {
		if !slices.Contains(got, want) {
			t.Errorf("not logged: %s in %q", want, got)
		}
	}
}
