package auth

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"moqian/store"
)

var ctx = context.Background()

// cheap is a cost for tests.
var cheap = Cost{Time: 1, MemoryK: 64, Threads: 1}

type desk struct {
	*Users
	s   *store.Store
	now time.Time
	dir string
}

func newDesk(t testing.TB, factor func(*store.Store) Factor) *desk {
	t.Helper()
	d := &desk{now: time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC), dir: t.TempDir()}
	d.open(t, factor)
	for _, a := range []struct {
		name string
		role Role
	}{{"t0001", Teller}, {"t0002", Teller}, {"s0001", Supervisor}, {"s0002", Supervisor}, {"a0001", Auditor}} {
		if err := d.Add(ctx, System, a.name, a.role, pw(a.name)); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

func (d *desk) open(t testing.TB, factor func(*store.Store) Factor) {
	t.Helper()
	s, err := store.Open(d.dir, store.Options{Key: testKey(), Now: func() time.Time { return d.now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	o := Options{Cost: cheap, Now: func() time.Time { return d.now }}
	if factor != nil {
		o.Factor = factor(s)
	}
	if d.Users, err = New(s, o); err != nil {
		t.Fatal(err)
	}
	d.s = s
}

func testKey() []byte {
	key := sha256.Sum256([]byte("a machine key for tests"))
	return key[:]
}

func pw(name string) []byte { return []byte("correct horse " + name) }

func wantErr(t testing.TB, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: got error %v, want %v", what, err, want)
	}
}

// actions of the log, without those of adding accounts.
func (d *desk) actions(t testing.TB) []string {
	t.Helper()
	all, err := d.s.Audit().All(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range all {
		if e.Action != "account add" {
			out = append(out, e.Actor+" "+e.Action+" "+e.Outcome)
		}
	}
	return out
}

func TestLogin(t *testing.T) {
	d := newDesk(t, nil)
	for _, c := range []struct {
		name, password string
		want           error
	}{
		{"t0001", "correct horse t0001", nil},
		{" T0001 ", "correct horse t0001", nil},
		{"t0001", "correct horse t0002", ErrWrong},
		{"t0001", "", ErrWrong},
		{"nobody", "correct horse t0001", ErrWrong},
		{"", "x", ErrWrong},
		{"system", "x", ErrWrong},
		{"t0001; drop", "x", ErrWrong},
	} {
		password := []byte(c.password)
		a, err := d.Login(ctx, c.name, password, "")
		if c.want != nil {
			wantErr(t, c.name, err, c.want)
		} else if err != nil || a.Name != "t0001" || a.Role != Teller || a.Tries != 0 {
			t.Errorf("%s: %+v, %v", c.name, a, err)
		}
		if bytes.ContainsAny(password, "correcthorse") {
			t.Errorf("%s: the password was not wiped", c.name)
		}
	}
	got := d.actions(t)
	want := []string{
		"t0001 login try ok", "t0001 login ok", "t0001 login try ok", "t0001 login ok",
		"t0001 login try ok", "t0001 login refused", "t0001 login try ok", "t0001 login refused",
		"unknown login refused", "unknown login refused", "unknown login refused", "unknown login refused",
	}
	if !slices.Equal(got, want) {
		t.Errorf("log\n%q, want\n%q", got, want)
	}
}

func TestLockout(t *testing.T) {
	d := newDesk(t, nil)
	for i := range 5 {
		_, err := d.Login(ctx, "t0001", []byte("wrong password"), "")
		wantErr(t, "a wrong password", err, ErrWrong)
		if i == 2 { // the count survives the end of the program
			d.s.Close()
			d.open(t, nil)
		}
	}
	_, err := d.Login(ctx, "t0001", pw("t0001"), "")
	wantErr(t, "the right password after five wrong ones", err, ErrLocked)
	if a, err := d.Find(ctx, "t0001"); err != nil || !a.Locked || a.Tries != 5 {
		t.Errorf("%+v, %v", a, err)
	}
	if _, err := d.Login(ctx, "t0002", pw("t0002"), ""); err != nil {
		t.Errorf("another teller: %v", err)
	}
	wantErr(t, "unlocking by a teller", d.Unlock(ctx, "t0002", "t0001"), ErrRole)
	wantErr(t, "unlocking oneself", d.Unlock(ctx, "s0001", "s0001"), ErrSamePerson)
	if err := d.Unlock(ctx, "s0001", "t0001"); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Login(ctx, "t0001", pw("t0001"), ""); err != nil {
		t.Errorf("after unlocking: %v", err)
	}
	if err := d.Lock(ctx, "s0001", "t0001"); err != nil {
		t.Fatal(err)
	}
	_, err = d.Login(ctx, "t0001", pw("t0001"), "")
	wantErr(t, "a locked account", err, ErrLocked)
	if err := d.Reset(ctx, "s0001", "t0001", []byte("another password")); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Login(ctx, "t0001", []byte("another password"), ""); err != nil {
		t.Errorf("after a reset: %v", err)
	}
}

func TestManaging(t *testing.T) {
	d := newDesk(t, nil)
	for _, c := range []struct {
		what string
		err  error
		want error
	}{
		{"a name that is taken", d.Add(ctx, "s0001", "T0001", Teller, pw("x")), ErrExists},
		{"a short password", d.Add(ctx, "s0001", "t0003", Teller, []byte("short")), ErrWeak},
		{"the name as password", d.Add(ctx, "s0001", "t00000003", Teller, []byte("T00000003")), ErrWeak},
		{"a bad name", d.Add(ctx, "s0001", "t 3", Teller, pw("x")), ErrName},
		{"the system's name", d.Add(ctx, "s0001", "system", Teller, pw("x")), ErrName},
		{"adding by a teller", d.Add(ctx, "t0001", "t0003", Teller, pw("x")), ErrRole},
		{"adding by an auditor", d.Add(ctx, "a0001", "t0003", Teller, pw("x")), ErrRole},
		{"adding by nobody", d.Add(ctx, "nobody", "t0003", Teller, pw("x")), ErrRole},
		{"locking an unknown", d.Lock(ctx, "s0001", "t0009"), ErrUnknown},
		{"raising oneself", d.SetRole(ctx, "s0001", "s0001", Teller), ErrSamePerson},
	} {
		wantErr(t, c.what, c.err, c.want)
	}
	if err := d.Add(ctx, "s0001", "t0003", "king", pw("x")); err == nil {
		t.Error("a role that is none was taken")
	}
	if err := d.SetRole(ctx, "s0001", "t0001", Supervisor); err != nil {
		t.Fatal(err)
	}
	if err := d.Lock(ctx, "t0001", "s0001"); err != nil {
		t.Errorf("the new supervisor cannot lock: %v", err)
	}
	wantErr(t, "a locked supervisor", d.Unlock(ctx, "s0001", "t0002"), ErrLocked)
	all, err := d.List(ctx)
	if err != nil || len(all) != 5 || all[0].Name != "a0001" || !all[1].Locked {
		t.Errorf("%+v, %v", all, err)
	}
}

func TestChange(t *testing.T) {
	d := newDesk(t, nil)
	wantErr(t, "a wrong old one", d.Change(ctx, "t0001", []byte("wrong password"), "", []byte("a new password")), ErrWrong)
	wantErr(t, "a weak new one", d.Change(ctx, "t0001", pw("t0001"), "", []byte("weak")), ErrWeak)
	if err := d.Change(ctx, "t0001", pw("t0001"), "", []byte("a new password")); err != nil {
		t.Fatal(err)
	}
	_, err := d.Login(ctx, "t0001", pw("t0001"), "")
	wantErr(t, "the old password", err, ErrWrong)
	if _, err := d.Login(ctx, "t0001", []byte("a new password"), ""); err != nil {
		t.Error(err)
	}
}

func TestApproval(t *testing.T) {
	d := newDesk(t, nil)
	form, edited := sha256.Sum256([]byte("form")), sha256.Sum256([]byte("form, edited"))
	for _, c := range []struct {
		who, teller string
		want        error
	}{
		{"t0002", "t0001", ErrRole},
		{"a0001", "t0001", ErrRole},
		{"s0001", "s0001", ErrSamePerson},
		{"S0001", "s0001", ErrSamePerson},
		{"s0001", "nobody", ErrUnknown},
		{"nobody", "t0001", ErrWrong},
	} {
		_, err := d.Approve(ctx, c.who, pw(strings.ToLower(c.who)), "", c.teller, form)
		wantErr(t, c.who+" for "+c.teller, err, c.want)
	}
	_, err := d.Approve(ctx, "s0001", []byte("wrong password"), "", "t0001", form)
	wantErr(t, "a wrong password", err, ErrWrong)
	a, err := d.Approve(ctx, "s0001", pw("s0001"), "", "t0001", form)
	if err != nil || a.Supervisor != "s0001" || a.Teller != "t0001" || !a.At.Equal(d.now) {
		t.Fatalf("%+v, %v", a, err)
	}
	if err := a.Check("T0001", form); err != nil {
		t.Error(err)
	}
	wantErr(t, "an edited form", a.Check("t0001", edited), ErrVoid)
	wantErr(t, "another teller", a.Check("t0002", form), ErrVoid)
	wantErr(t, "no approval", Approval{}.Check("t0001", form), ErrVoid)
	wantErr(t, "no approval for nobody", Approval{}.Check("", [32]byte{}), ErrVoid)
}

func TestRights(t *testing.T) {
	for _, c := range []struct {
		role Role
		may  []Right
	}{
		{Teller, []Right{Sign}},
		{Supervisor, []Right{Sign, Approve, Manage, Keep, ReadLog}},
		{Auditor, []Right{ReadLog}},
		{"", nil}, {"king", nil},
	} {
		for _, what := range []Right{Sign, Approve, Manage, Keep, ReadLog, "", "fly"} {
			if got, want := c.role.May(what), slices.Contains(c.may, what); got != want {
				t.Errorf("%q may %q: %v", c.role, what, got)
			}
		}
	}
}

func TestCostIsRenewed(t *testing.T) {
	d := newDesk(t, nil)
	d.o.Cost = Cost{Time: 2, MemoryK: 64, Threads: 1}
	if _, err := d.Login(ctx, "t0001", pw("t0001"), ""); err != nil {
		t.Fatal(err)
	}
	r, err := d.record(ctx, "t0001")
	if err != nil || r.Secret.Cost != d.o.Cost {
		t.Errorf("the hash has cost %+v, %v", r.Secret.Cost, err)
	}
	if _, err := d.Login(ctx, "t0001", pw("t0001"), ""); err != nil {
		t.Error(err)
	}
}

// Nothing that people typed may lie in the folder in clear: people type their
// password into the field of the name.
func TestNothingTypedIsLogged(t *testing.T) {
	d := newDesk(t, nil)
	for _, typed := range []string{"correct horse t0001", "MySecret.Password1", "张三丰"} {
		d.Login(ctx, typed, []byte(typed), typed)
		d.Approve(ctx, typed, []byte(typed), typed, typed, [32]byte{})
	}
	all, err := d.s.Audit().All(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		for _, v := range append(slices.Collect(values(e.Detail)), e.Actor, e.Action, e.Outcome) {
			if strings.Contains(strings.ToLower(v), "secret") || strings.Contains(v, "horse") || strings.Contains(v, "张") {
				t.Errorf("the log holds %q", v)
			}
		}
	}
	d.s.Close()
	files, _ := filepath.Glob(filepath.Join(d.dir, "*"))
	if len(files) == 0 {
		t.Fatal("no files")
	}
}

func values(m map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for _, v := range m {
			if !yield(v) {
				return
			}
		}
	}
}

func TestNewRefuses(t *testing.T) {
	d := newDesk(t, nil)
	for _, o := range []Options{{}, {Now: time.Now, MaxTries: -1}, {Now: time.Now, Cost: Cost{Time: 1000}}} {
		if _, err := New(d.s, o); err == nil {
			t.Errorf("%+v was taken", o)
		}
	}
	if _, err := New(nil, Options{Now: time.Now}); err == nil {
		t.Error("no store was taken")
	}
}

func FuzzRecord(f *testing.F) {
	f.Add([]byte(`{"name":"t0001","role":"teller","created":"2026-11-24T09:30:00Z","locked":false,"tries":0,"barred":false,"secret":{"cost":{"time":1,"memoryK":64,"threads":1},"salt":"AAAAAAAAAAAAAAAAAAAAAA==","hash":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}}`))
	f.Add([]byte(`{}`))
	f.Add([]byte(`{"secret":{"cost":{"memoryK":4294967295}}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := decodeRecord(raw)
		if err == nil && (r.Secret.Cost.MemoryK > maxMemoryK || r.Name == "" || !r.Role.known()) {
			t.Errorf("%+v was taken", r)
		}
		if _, err := decodeGenerator(raw); err == nil && r.Name != "" {
			t.Error("an account is a code generator too")
		}
	})
}

// BenchmarkHash is what a login costs at the default.
func BenchmarkHash(b *testing.B) {
	for b.Loop() {
		DefaultCost().derive([]byte("correct horse"), make([]byte, saltSize))
	}
}
