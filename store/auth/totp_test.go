package auth

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"moqian/store"
)

func withTOTP(required bool) func(*store.Store) Factor {
	return func(s *store.Store) Factor { return TOTP{Store: s, Required: required} }
}

func (d *desk) code(t testing.TB, secret string, at time.Time) string {
	t.Helper()
	c, err := generator{Secret: secret}.code(at.Unix() / step)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The vectors of RFC 6238, appendix B, for SHA-1; six digits are the last six.
func TestVectors(t *testing.T) {
	g := generator{Secret: base32Text([]byte("12345678901234567890"))}
	for at, want := range map[int64]string{59: "287082", 1111111109: "081804", 1111111111: "050471",
		1234567890: "005924", 2000000000: "279037", 20000000000: "353130"} {
		if got, err := g.code(at / step); err != nil || got != want {
			t.Errorf("at %d: %s, %v, want %s", at, got, err, want)
		}
	}
}

func TestTOTPLogin(t *testing.T) {
	d := newDesk(t, withTOTP(false))
	if _, err := d.Login(ctx, "t0001", pw("t0001"), ""); err != nil {
		t.Errorf("without a generator: %v", err)
	}
	_, err := d.Login(ctx, "t0001", pw("t0001"), "123456")
	wantErr(t, "a code where none is set up", err, ErrWrong)
	e, err := d.SetTOTP(ctx, "s0001", "T0001", "墨签 银行")
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(e.URI)
	if err != nil || u.Scheme != "otpauth" || u.Query().Get("secret") != e.Secret || u.Query().Get("issuer") != "墨签 银行" ||
		strings.Contains(e.URI, "+") {
		t.Errorf("%s, %v", e.URI, err)
	}
	if has, err := d.HasTOTP(ctx, "t0001"); err != nil || !has {
		t.Errorf("HasTOTP: %v, %v", has, err)
	}
	_, err = d.Login(ctx, "t0001", pw("t0001"), "")
	wantErr(t, "no code", err, ErrWrong)
	code := d.code(t, e.Secret, d.now)
	_, err = d.Login(ctx, "t0002", pw("t0002"), code)
	wantErr(t, "the code of another", err, ErrWrong)
	if _, err := d.Login(ctx, "t0001", pw("t0001"), code); err != nil {
		t.Errorf("the right code: %v", err)
	}
	_, err = d.Login(ctx, "t0001", pw("t0001"), code)
	wantErr(t, "the same code again", err, ErrWrong)
	d.now = d.now.Add(step * time.Second)
	_, err = d.Login(ctx, "t0001", pw("t0001"), code)
	wantErr(t, "the same code half a minute later", err, ErrWrong)
	if _, err := d.Login(ctx, "t0001", pw("t0001"), d.code(t, e.Secret, d.now)); err != nil {
		t.Errorf("the next code: %v", err)
	}
}

func TestReplaySurvives(t *testing.T) {
	d := newDesk(t, withTOTP(true))
	_, err := d.Login(ctx, "t0001", pw("t0001"), "")
	wantErr(t, "required and not set up", err, ErrWrong)
	e, err := d.SetTOTP(ctx, System, "t0001", "x")
	if err != nil {
		t.Fatal(err)
	}
	code := d.code(t, e.Secret, d.now)
	_, err = d.Login(ctx, "t0001", []byte("wrong password"), code)
	wantErr(t, "a right code with a wrong password", err, ErrWrong)
	d.s.Close()
	d.open(t, withTOTP(true))
	_, err = d.Login(ctx, "t0001", pw("t0001"), code)
	wantErr(t, "a code that was used, after a restart", err, ErrWrong)
	d.now = d.now.Add(time.Second) // the same step, within it nothing more is taken
	_, err = d.Login(ctx, "t0001", pw("t0001"), code)
	wantErr(t, "the clock moved a little", err, ErrWrong)
}

func TestWindowAndClock(t *testing.T) {
	d := newDesk(t, withTOTP(true))
	e, err := d.SetTOTP(ctx, System, "t0001", "x")
	if err != nil {
		t.Fatal(err)
	}
	real := d.now
	for _, c := range []struct {
		off time.Duration // of the phone's clock
		ok  bool
	}{{-2 * step, false}, {2 * step, false}, {-step, true}, {0, true}, {step, true}} {
		d.now = d.now.Add(10 * time.Minute) // away from what was used
		err := TOTP{Store: d.s, Required: true}.Check("t0001", d.code(t, e.Secret, d.now.Add(c.off*time.Second)), d.now)
		if (err == nil) != c.ok {
			t.Errorf("%v steps off: %v", c.off/step, err)
		}
	}
	// The workstation's clock is a day late: nothing fits until Resync.
	phone := d.now.Add(24 * time.Hour)
	if err := (TOTP{Store: d.s}).Check("t0001", d.code(t, e.Secret, phone), d.now); err == nil {
		t.Error("a code a day ahead was taken")
	}
	wantErr(t, "codes that do not follow each other", d.Resync(ctx, "s0001", "t0001",
		d.code(t, e.Secret, phone), d.code(t, e.Secret, phone)), ErrWrong)
	wantErr(t, "by oneself", d.Resync(ctx, "t0001", "t0001", "1", "2"), ErrRole)
	if err := d.Resync(ctx, "s0001", "t0001", d.code(t, e.Secret, phone.Add(-step*time.Second)), d.code(t, e.Secret, phone)); err != nil {
		t.Fatal(err)
	}
	if err := (TOTP{Store: d.s}).Check("t0001", d.code(t, e.Secret, phone), d.now); err == nil {
		t.Error("a code of Resync was taken again")
	}
	if err := (TOTP{Store: d.s}).Check("t0001", d.code(t, e.Secret, phone.Add(step*time.Second)), d.now.Add(step*time.Second)); err != nil {
		t.Errorf("after Resync: %v", err)
	}
	d.now = real.Add(time.Hour)
	if err := d.RemoveTOTP(ctx, "s0001", "t0001"); err != nil {
		t.Fatal(err)
	}
	wantErr(t, "removing again", d.RemoveTOTP(ctx, "s0001", "t0001"), ErrNoTOTP)
	wantErr(t, "resync of none", d.Resync(ctx, "s0001", "t0001", "1", "2"), ErrNoTOTP)
}

// The clock put back must not make an old code good again.
func TestClockPutBack(t *testing.T) {
	d := newDesk(t, withTOTP(true))
	e, err := d.SetTOTP(ctx, System, "t0001", "x")
	if err != nil {
		t.Fatal(err)
	}
	f := TOTP{Store: d.s}
	used := d.code(t, e.Secret, d.now)
	if err := f.Check("t0001", used, d.now); err != nil {
		t.Fatal(err)
	}
	later := d.now.Add(5 * time.Minute)
	if err := f.Check("t0001", d.code(t, e.Secret, later), later); err != nil {
		t.Fatal(err)
	}
	for _, at := range []time.Time{d.now, later.Add(-time.Minute), later} {
		wantErr(t, "an old code", f.Check("t0001", d.code(t, e.Secret, at), at), ErrWrong)
	}
}

func TestUnknownNamesWriteToo(t *testing.T) {
	d := newDesk(t, withTOTP(true))
	before, _, _ := d.s.Audit().Root(ctx)
	for _, name := range []string{"", "nobody", "t0001"} {
		if err := (TOTP{Store: d.s}).Check(name, "000000", d.now); err == nil {
			t.Errorf("%q was let in", name)
		}
	}
	if after, _, _ := d.s.Audit().Root(ctx); after != before+3 {
		t.Errorf("%d entries, want 3", after-before)
	}
}
