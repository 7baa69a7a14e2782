package auth

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"moqian/store"
)

// Passwords are wiped whatever happens to the call.
func TestPasswordsAreWiped(t *testing.T) {
	d := newDesk(t, nil)
	for _, c := range []struct {
		name string
		do   func(a, b []byte)
	}{
		{"Add", func(a, _ []byte) { d.Add(ctx, "s0001", "t0100", Teller, a) }},
		{"Add refused", func(a, _ []byte) { d.Add(ctx, "t0001", "t0101", Teller, a) }},
		{"Add of a bad name", func(a, _ []byte) { d.Add(ctx, "s0001", "", Teller, a) }},
		{"Change", func(a, b []byte) { d.Change(ctx, "t0001", a, "", b) }},
		{"Change to a weak one", func(a, _ []byte) { d.Change(ctx, "t0001", a, "", a[:3]) }},
		{"Reset", func(a, _ []byte) { d.Reset(ctx, "s0001", "t0002", a) }},
		{"Reset refused", func(a, _ []byte) { d.Reset(ctx, "t0001", "t0002", a) }},
		{"Login", func(a, _ []byte) { d.Login(ctx, "t0002", a, "") }},
		{"Approve", func(a, _ []byte) { d.Approve(ctx, "s0001", a, "", "t0002", [32]byte{}) }},
		{"Approve of an unknown", func(a, _ []byte) { d.Approve(ctx, "s0001", a, "", "t0999", [32]byte{}) }},
	} {
		a, b := []byte("a password of mine"), []byte("another of my own")
		c.do(a, b)
		if strings.Trim(string(a), "\x00") != "" || c.name == "Change" && strings.Trim(string(b), "\x00") != "" {
			t.Errorf("%s left %q %q", c.name, a, b)
		}
	}
}

// The name is no password, however it is written.
func TestWeakPasswords(t *testing.T) {
	d := newDesk(t, nil)
	if err := d.Add(ctx, System, "longname1", Teller, pw("longname1")); err != nil {
		t.Fatal(err)
	}
	for _, weak := range []string{"", "1234567", "longname1", "LONGNAME1", "LongName1"} {
		for _, name := range []string{"longname1", "LongName1", " longname1 "} {
			wantErr(t, "resetting to "+weak, d.Reset(ctx, "s0001", name, []byte(weak)), ErrWeak)
			wantErr(t, "changing to "+weak, d.Change(ctx, name, pw("longname1"), "", []byte(weak)), ErrWeak)
		}
		err := d.Add(ctx, "s0001", "LONGNAME1", Teller, []byte(weak))
		wantErr(t, "adding with "+weak, err, ErrWeak)
	}
	if a, err := d.Login(ctx, "longname1", pw("longname1"), ""); err != nil || a.Tries != 0 {
		t.Errorf("weak ones counted as tries: %+v, %v", a, err)
	}
	for _, strong := range []string{"12345678", "longname12", "密码密码"} {
		if err := d.Reset(ctx, "s0001", "longname1", []byte(strong)); err != nil {
			t.Errorf("%s: %v", strong, err)
		}
	}
}

// Who may do what to whom, every call that manages, every role.
func TestWhoMayManage(t *testing.T) {
	for _, c := range []struct {
		by   string
		want error
	}{
		{System, nil}, {"s0001", nil}, {" S0001 ", nil}, {"t0002", ErrRole}, {"a0001", ErrRole}, {"nobody", ErrRole}, {"", ErrRole}, {"SYSTEM", ErrRole},
		{"t0001", ErrRole}, // oneself
	} {
		d := newDesk(t, nil)
		for name, do := range map[string]func() error{
			"add":         func() error { return d.Add(ctx, c.by, "t0100", Teller, pw("t0100")) },
			"lock":        func() error { return d.Lock(ctx, c.by, "t0001") },
			"unlock":      func() error { return d.Unlock(ctx, c.by, "t0001") },
			"role":        func() error { return d.SetRole(ctx, c.by, "t0001", Auditor) },
			"reset":       func() error { return d.Reset(ctx, c.by, "t0001", []byte("another password")) },
			"set code":    func() error { _, err := d.SetTOTP(ctx, c.by, "t0001", "x"); return err },
			"resync":      func() error { return d.Resync(ctx, c.by, "t0001", "1", "2") },
			"remove code": func() error { return d.RemoveTOTP(ctx, c.by, "t0001") },
		} {
			err := do()
			if name == "resync" && c.want == nil {
				if !errors.Is(err, ErrWrong) && !errors.Is(err, ErrNoTOTP) {
					t.Errorf("%s by %q: %v", name, c.by, err)
				}
				continue
			}
			if name == "remove code" && errors.Is(err, ErrNoTOTP) && c.want == nil {
				continue
			}
			if c.want == nil && err != nil || c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("%s by %q: %v, want %v", name, c.by, err, c.want)
			}
		}
	}
	d := newDesk(t, nil)
	for name, err := range map[string]error{
		"lock": d.Lock(ctx, "s0001", "S0001"), "unlock": d.Unlock(ctx, "s0001", " s0001"), "role": d.SetRole(ctx, "s0001", "s0001", Auditor),
		"reset": d.Reset(ctx, "s0001", "s0001", []byte("another password")),
	} {
		wantErr(t, name+" of oneself", err, ErrSamePerson)
	}
	_, err := d.SetTOTP(ctx, "s0001", "s0001", "x")
	wantErr(t, "a code generator of oneself", err, ErrSamePerson)
	for name, err := range map[string]error{
		"lock": d.Lock(ctx, "s0001", "nobody"), "unlock": d.Unlock(ctx, System, "nobody"), "reset": d.Reset(ctx, "s0001", "nobody", pw("x")),
		"role": d.SetRole(ctx, "s0001", "nobody", Teller), "a bad name": d.Lock(ctx, "s0001", "no body"),
	} {
		wantErr(t, name+" of an unknown", err, ErrUnknown)
	}
	if err := d.SetRole(ctx, "s0001", "t0001", "king"); err == nil {
		t.Error("a role that is none was given")
	}
	if _, err := d.Find(ctx, "nobody"); !errors.Is(err, ErrUnknown) {
		t.Errorf("finding an unknown: %v", err)
	}
	if _, err := d.HasTOTP(ctx, "no body"); !errors.Is(err, ErrUnknown) {
		t.Errorf("the code generator of a bad name: %v", err)
	}
}

// A supervisor who is locked while logged in manages and approves nothing more.
func TestLockedSupervisor(t *testing.T) {
	d := newDesk(t, nil)
	if err := d.Lock(ctx, "s0002", "s0001"); err != nil {
		t.Fatal(err)
	}
	wantErr(t, "adding", d.Add(ctx, "s0001", "t0100", Teller, pw("x")), ErrLocked)
	_, err := d.Approve(ctx, "s0001", pw("s0001"), "", "t0001", [32]byte{1})
	wantErr(t, "approving", err, ErrLocked)
	if err := d.Reset(ctx, "s0002", "s0001", []byte("another password")); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Approve(ctx, "s0001", []byte("another password"), "", "t0001", [32]byte{1}); err != nil {
		t.Errorf("after a reset: %v", err)
	}
}

// Twenty tries at once with wrong passwords: the account locks, no try is free.
func TestTriesAtOnce(t *testing.T) {
	d := newDesk(t, nil)
	var all sync.WaitGroup
	outcomes := make([]error, 20)
	for i := range outcomes {
		all.Go(func() { _, outcomes[i] = d.Login(ctx, "t0001", []byte(fmt.Sprint("wrong password ", i)), "") })
	}
	all.Wait()
	wrong, locked := 0, 0
	for _, err := range outcomes {
		switch {
		case errors.Is(err, ErrWrong):
			wrong++
		case errors.Is(err, ErrLocked):
			locked++
		default:
			t.Error(err)
		}
	}
	if wrong != 5 || locked != 15 {
		t.Errorf("%d were looked at, %d refused", wrong, locked)
	}
	if a, err := d.Find(ctx, "t0001"); err != nil || !a.Locked || a.Tries != 5 {
		t.Errorf("%+v, %v", a, err)
	}
}

// What lies in the settings is read before it is believed; a damaged account is
// nobody's way in, and the others work.
func TestDamagedAccounts(t *testing.T) {
	d := newDesk(t, nil)
	good, _, err := d.s.Setting(ctx, keyPrefix+"t0001")
	if err != nil {
		t.Fatal(err)
	}
	change := func(f func(*record)) []byte {
		var r record
		if err := json.Unmarshal(good, &r); err != nil {
			t.Fatal(err)
		}
		f(&r)
		b, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for name, bad := range map[string][]byte{
		"nothing": {}, "noise": []byte("\x00\xff"), "two": append(bytes.Clone(good), good...), "half": good[:len(good)/2],
		"another role":      change(func(r *record) { r.Role = "king" }),
		"another name":      change(func(r *record) { r.Name = "T0001" }),
		"no name":           change(func(r *record) { r.Name = "" }),
		"a short salt":      change(func(r *record) { r.Secret.Salt = r.Secret.Salt[:8] }),
		"an empty hash":     change(func(r *record) { r.Secret.Hash = nil }),
		"a cost of a day":   change(func(r *record) { r.Secret.Cost.Time = 1 << 30 }),
		"a cost of a house": change(func(r *record) { r.Secret.Cost.MemoryK = 1 << 31 }),
		"no threads":        change(func(r *record) { r.Secret.Cost.Threads = 0 }),
		"tries below zero":  change(func(r *record) { r.Tries = -5 }),
	} {
		if err := d.s.SetSetting(ctx, keyPrefix+"t0001", bad); err != nil {
			t.Fatal(err)
		}
		_, err := d.Login(ctx, "t0001", pw("t0001"), "")
		wantErr(t, name+": logging in", err, store.ErrDamaged)
		_, err = d.List(ctx)
		wantErr(t, name+": listing", err, store.ErrDamaged)
		wantErr(t, name+": locking", d.Lock(ctx, "s0001", "t0001"), store.ErrDamaged)
		wantErr(t, name+": managing", d.Lock(ctx, "t0001", "t0002"), store.ErrDamaged)
		if _, err := d.Login(ctx, "t0002", pw("t0002"), ""); err != nil {
			t.Errorf("%s: another: %v", name, err)
		}
	}
	if err := d.s.SetSetting(ctx, keyPrefix+"t0001", good); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Login(ctx, "t0001", pw("t0001"), ""); err != nil {
		t.Error(err)
	}
}

func TestDamagedGenerators(t *testing.T) {
	d := newDesk(t, withTOTP(true))
	for _, bad := range []string{"x", "{}", `{"secret":"","last":0,"drift":0}`, `{"secret":"AAAA","last":-1,"drift":0}`, `{"secret":"AAAA","odd":1}`} {
		if err := d.s.SetSetting(ctx, totpPrefix+"t0001", []byte(bad)); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Login(ctx, "t0001", pw("t0001"), "000000"); err == nil {
			t.Errorf("%s let somebody in", bad)
		}
		wantErr(t, bad, d.Resync(ctx, "s0001", "t0001", "1", "2"), store.ErrDamaged)
		if err := d.Unlock(ctx, "s0001", "t0001"); err != nil {
			t.Fatal(err)
		}
	}
	// A secret that is no base32 fits no code, the empty one neither.
	if err := d.s.SetSetting(ctx, totpPrefix+"t0001", []byte(`{"secret":"1!","last":0,"drift":0}`)); err != nil {
		t.Fatal(err)
	}
	for _, code := range []string{"", "000000"} {
		_, err := d.Login(ctx, "t0001", pw("t0001"), code)
		wantErr(t, "a secret that is none", err, ErrWrong)
	}
	if _, err := d.SetTOTP(ctx, "s0001", "t0001", "x"); err != nil {
		t.Errorf("setting it up anew: %v", err)
	}
	if err := d.s.SetSetting(ctx, totpPrefix+"t0002", nil); err != nil {
		t.Fatal(err)
	}
	if has, err := d.HasTOTP(ctx, "t0002"); err != nil || has {
		t.Errorf("%v, %v", has, err)
	}
}

// Window widens what is taken, and never takes a code twice.
func TestWindow(t *testing.T) {
	d := newDesk(t, withTOTP(true))
	e, err := d.SetTOTP(ctx, System, "t0001", "x")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		window int
		off    time.Duration
		ok     bool
	}{{3, 3, true}, {3, 4, false}, {-1, 1, true}, {-1, 2, false}, {10, -10, true}, {10, -11, false}} {
		d.now = d.now.Add(time.Hour)
		f := TOTP{Store: d.s, Window: c.window}
		code := d.code(t, e.Secret, d.now.Add(c.off*step*time.Second))
		if err := f.Check("t0001", code, d.now); (err == nil) != c.ok {
			t.Errorf("window %d, %d steps off: %v", c.window, c.off, err)
		}
		wantErr(t, "again", f.Check("t0001", code, d.now), ErrWrong)
	}
}

// An approval is bound to both people and to the form, and no field can be left
// out.
func TestApprovalIsBound(t *testing.T) {
	form := [32]byte{1, 2, 3}
	good := Approval{Teller: "t0001", Supervisor: "s0001", Digest: form}
	if err := good.Check("T0001 ", form); err != nil {
		t.Error(err)
	}
	for name, a := range map[string]Approval{
		"no supervisor": {Teller: "t0001", Digest: form}, "no teller": {Supervisor: "s0001", Digest: form},
		"one person": {Teller: "t0001", Supervisor: "t0001", Digest: form}, "no form": {Teller: "t0001", Supervisor: "s0001"},
	} {
		wantErr(t, name, a.Check("t0001", form), ErrVoid)
	}
	for i := range form {
		edited := form
		edited[i] ^= 1
		wantErr(t, fmt.Sprintf("byte %d edited", i), good.Check("t0001", edited), ErrVoid)
	}
	for _, teller := range []string{"", "s0001", "t00011", "system", "t 0001"} {
		wantErr(t, teller, good.Check(teller, form), ErrVoid)
	}
}

// A failed approval is in the log with its reason, under the supervisor's name.
func TestApprovalIsLogged(t *testing.T) {
	d := newDesk(t, nil)
	d.Approve(ctx, "t0002", pw("t0002"), "", "t0001", [32]byte{})
	d.Approve(ctx, "s0001", pw("s0001"), "", "s0001", [32]byte{})
	d.Approve(ctx, "s0001", []byte("wrong password"), "", "t0001", [32]byte{})
	d.Approve(ctx, "s0001", pw("s0001"), "", "t0001", [32]byte{})
	want := []string{"t0002 approval try ok", "t0002 approval refused", "s0001 approval refused", "s0001 approval try ok",
		"s0001 approval refused", "s0001 approval try ok", "s0001 approval ok"}
	if got := d.actions(t); !slices.Equal(got, want) {
		t.Errorf("log\n%q, want\n%q", got, want)
	}
}

// A source of randomness that has run dry makes no account and no secret.
func TestNoRandomness(t *testing.T) {
	d := newDesk(t, nil)
	u, err := New(d.s, Options{Cost: cheap, Now: func() time.Time { return d.now }, Rand: bytes.NewReader(nil)})
	if err != nil {
		t.Fatal(err)
	}
	if err := u.Add(ctx, System, "t0100", Teller, pw("t0100")); err == nil {
		t.Error("an account was added")
	}
	if err := u.Reset(ctx, System, "t0001", []byte("another password")); err == nil {
		t.Error("a password was set")
	}
	if _, err := u.SetTOTP(ctx, System, "t0001", "x"); err == nil {
		t.Error("a secret was made")
	}
	u.o.Cost = Cost{Time: 2, MemoryK: 64, Threads: 1}
	if _, err := u.Login(ctx, "t0001", pw("t0001"), ""); err == nil {
		t.Error("a hash was renewed")
	}
	if _, err := d.Login(ctx, "t0001", pw("t0001"), ""); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}
