package auth

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"moqian/store"
)

// restored puts a backup in the place of the desk's store, as the station does.
func (d *desk) restored(t testing.TB, bak string, key []byte, factor func(*store.Store) Factor) {
	t.Helper()
	if err := d.s.Close(); err != nil {
		t.Fatal(err)
	}
	o := store.Options{Key: key, Now: func() time.Time { return d.now }, Merge: Carry}
	if err := store.Restore(ctx, d.dir, bak, o, true, store.Entry{}); err != nil {
		t.Fatal(err)
	}
	d.open(t, factor)
}

// What a supervisor locked after the backup stays locked, a code that was taken is
// not taken again, and passwords, tries and accounts are those of today.
func TestRestoreKeepsAccounts(t *testing.T) {
	factor := func(s *store.Store) Factor { return TOTP{Store: s} }
	d := newDesk(t, factor)
	e, err := d.SetTOTP(ctx, System, "t0001", "x")
	if err != nil {
		t.Fatal(err)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	key := testKey()
	early := filepath.Join(t.TempDir(), "early")
	_, err = d.s.Backup(ctx, early, store.Entry{})
	must(err)
	d.now = d.now.Add(time.Minute)
	code := d.code(t, e.Secret, d.now)
	_, err = d.Login(ctx, "t0001", pw("t0001"), code)
	must(err)
	must(d.Lock(ctx, "s0001", "t0002"))
	must(d.Add(ctx, System, "t0003", Teller, pw("t0003")))
	must(d.Reset(ctx, System, "s0002", []byte("another horse")))
	_, err = d.Login(ctx, "a0001", []byte("wrong wrong"), "")
	wantErr(t, "a wrong password", err, ErrWrong)
	late := filepath.Join(t.TempDir(), "late")
	_, err = d.s.Backup(ctx, late, store.Entry{})
	must(err)
	for _, bak := range []string{early, late} {
		d.restored(t, bak, key, factor)
		_, err = d.Login(ctx, "t0001", pw("t0001"), code)
		wantErr(t, "a code a second time", err, ErrWrong)
		if _, err = d.Login(ctx, "t0002", pw("t0002"), ""); err == nil {
			t.Error("the lock was undone")
		}
		if a, err := d.Find(ctx, "t0002"); err != nil || !a.Locked {
			t.Errorf("%+v, %v", a, err)
		}
		if a, err := d.Find(ctx, "a0001"); err != nil || a.Tries != 1 {
			t.Errorf("%+v, %v", a, err)
		}
		if _, err := d.Find(ctx, "t0003"); err != nil {
			t.Error(err)
		}
		if _, err := d.Login(ctx, "s0002", []byte("another horse"), ""); err != nil {
			t.Errorf("the new password: %v", err)
		}
	}
}

func TestCarry(t *testing.T) {
	gen := func(last string) []byte { return []byte(`{"secret":"AAAA","last":` + last + `,"drift":0}`) }
	for _, c := range []struct {
		name         string
		older, newer []byte
		want         string
		take         bool
	}{
		{"station.mode", []byte("a"), []byte("b"), "", false},
		{"totp/x", gen("9"), gen("5"), string(gen("9")), true},
		{"totp/x", gen("5"), gen("9"), string(gen("9")), true},
		{"totp/x", gen("5"), []byte{}, "", true},
		{"totp/x", nil, gen("5"), string(gen("5")), true},
		{"totp/x", gen("5"), nil, string(gen("5")), true},
		{"totp/x", []byte(`{"secret":"BBBB","last":9,"drift":0}`), gen("5"), string(gen("5")), true},
		{"account/x", nil, []byte("new"), "new", true},
		{"account/x", []byte("old"), nil, "old", true},
	} {
		got, take, err := Carry(c.name, c.older, c.newer)
		if err != nil || take != c.take || string(got) != c.want {
			t.Errorf("%s %s %s: %s %v %v", c.name, c.older, c.newer, got, take, err)
		}
	}
	for _, name := range []string{"totp/x", "account/x"} {
		if _, take, err := Carry(name, []byte("x"), []byte("y")); !errors.Is(err, store.ErrDamaged) || take {
			t.Errorf("%s that cannot be read: %v, %v", name, take, err)
		}
	}
}
