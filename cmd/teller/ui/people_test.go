//go:build virtualpad

package ui

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"moqian/cmd/internal/flow"
)

// said is every text on the teller's window.
func (b *bench) said() string {
	b.t.Helper()
	b.redraw()
	var s strings.Builder
	for _, o := range test.LaidOutObjects(b.win.Content()) {
		if x, ok := o.(*canvas.Text); ok && x.Visible() {
			s.WriteString(x.Text + "\n")
		}
	}
	return s.String()
}

func (b *bench) wantSaid(words ...string) {
	b.t.Helper()
	s := strings.ReplaceAll(b.said(), "\n", "")
	for _, w := range words {
		if !strings.Contains(s, strings.ReplaceAll(w, "\n", "")) {
			b.t.Errorf("the window does not say %q", w)
		}
	}
}

// actions of the log, the latest last.
func (b *bench) actions() []string {
	b.t.Helper()
	all, err := b.st.Store.Audit().All(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	var s []string
	for _, e := range all {
		s = append(s, e.Action+" "+e.Outcome)
	}
	return s
}

func (b *bench) logged(want string) bool {
	for _, a := range b.actions() {
		if a == want {
			return true
		}
	}
	return false
}

// A wrong password is told without saying what was wrong, the fifth locks, and
// an unknown name looks exactly like a known one.
func TestWrongPassword(t *testing.T) {
	for _, name := range []string{"t0002", "nobody"} {
		t.Run(name, func(t *testing.T) {
			b := start(t)
			b.keys(`"`+name+`"`, "Enter")
			for i, want := range []string{b.t_("login.bad", "n", 4), b.t_("login.bad", "n", 3), b.t_("login.bad", "n", 2),
				b.t_("login.bad", "n", 1), b.t_("login.lock", "n", 5)} {
				b.keys(`"wrong-word"`, "Enter", `"135790"`)
				if p := b.page.(*login); p.wrong != want {
					t.Fatalf("try %d: %q, want %q", i+1, p.wrong, want)
				}
			}
			b.wantSaid("账号已锁定")
			b.keys(`"moqian-trial"`, "Enter", `"135790"`)
			if _, ok := b.page.(*login); !ok || b.user.Name != "" {
				t.Error("a locked account came in")
			}
			if p := b.page.(*login); p.pw.Text() != "" || p.code.Text() != "" {
				t.Error("password or code stay in the fields")
			}
		})
	}
}

func (b *bench) t_(id string, fill ...any) string { return b.App.t(id, fill...) }

func TestLoginButtonSaysWhatIsMissing(t *testing.T) {
	b := start(t)
	p := b.page.(*login)
	for _, c := range []struct{ keys, want string }{
		{"", b.t_("login.need")}, {`"t0001"`, b.t_("login.need")}, {"Enter", b.t_("login.need")},
		{`"x"`, b.t_("login.off", "n", 6)}, {"Enter", b.t_("login.off", "n", 6)}, {`"1357"`, b.t_("login.off", "n", 2)},
	} {
		if c.keys != "" {
			b.keys(c.keys)
		}
		if got := p.button().Reason; got != c.want {
			t.Errorf("after %s: %q, want %q", c.keys, got, c.want)
		}
	}
	b.wantSaid("t0001", "s0001", "moqian-trial", "135790", "246810", "试用模式 TEST")
	b.keys("Esc")
	if p.code.Text() != "" || p.id.Text() != "t0001" {
		t.Error("Esc clears the current field and no other")
	}
}

func TestWrongPIN(t *testing.T) {
	b := start(t)
	b.keys(`"t0001"`, "Enter", `"moqian-trial"`, "Enter", `"135790"`)
	for i := range maxPINs {
		b.keys(`"111111"`, "Enter")
		want := b.t_("k.pin", "n", maxPINs-1-i)
		if i == maxPINs-1 {
			want = b.t_("k.locked")
		}
		if p := b.page.(*unlock); p.wrong != want {
			t.Fatalf("try %d: %q", i+1, p.wrong)
		}
	}
	b.keys(`"246810"`, "Enter")
	if _, ok := b.page.(*unlock); !ok {
		t.Error("no pause after five wrong PINs")
	}
	if !b.logged("unlock refused") {
		t.Error("wrong PINs are not in the log")
	}
}

// The approver is another person with the right role; a wrong one leaves the
// form where it is.
func TestApproval(t *testing.T) {
	b := start(t)
	b.login()
	b.keys(`"2102"`, "F7", "F5")
	p, ok := b.page.(*approve)
	if !ok {
		t.Fatalf("page %T", b.page)
	}
	b.wantSaid("请复核员在此授权", "¥50,000.00", "经办 t0001")
	for _, c := range []struct{ name, pw, want string }{
		{"t0001", "moqian-trial", b.t_("a.self")},
		{"t0002", "moqian-trial", "只有主管可以复核。"},
		{"s0001", "wrong-word", b.t_("login.bad", "n", 4)},
	} {
		p.id.SetText("")
		p.to(0)
		b.keys(`"`+c.name+`"`, "Enter", `"`+c.pw+`"`, "Enter", `"135790"`)
		if p.wrong != c.want || b.view.Step != flow.Approval {
			t.Errorf("%s: %q at step %v", c.name, p.wrong, b.view.Step)
		}
	}
	p.id.SetText("")
	p.to(0)
	b.approved()
	if b.view.Step != flow.Confirm {
		t.Errorf("step %v: %s", b.view.Step, p.wrong)
	}
}

func TestSendBackNeedsAReason(t *testing.T) {
	b := start(t)
	b.login()
	b.keys(`"2102"`, "F7", "F5", "F9", `"短"`, "Enter")
	if len(b.over) != 1 || b.view.Step != flow.Approval {
		t.Fatal("a reason of one character was taken")
	}
	b.keys(`"金额写错了"`, "Enter")
	if b.view.Step != flow.Entry || !b.logged("sendback refused") {
		t.Errorf("step %v, log %v", b.view.Step, b.actions())
	}
	if e, ok := b.page.(*entryPage); !ok || e.values()["amount"] != "50000.00" {
		t.Error("what was entered is gone")
	}
}

// An edit after the approval asks for another one.
func TestEditVoidsApproval(t *testing.T) {
	b := start(t)
	b.login()
	b.keys(`"2102"`, "F7", "F5")
	b.approved()
	b.keys("Esc")
	if b.view.Step != flow.Entry {
		t.Fatalf("step %v", b.view.Step)
	}
	b.keys("F5")
	if b.view.Step != flow.Approval {
		t.Errorf("step %v after the edit, want another approval", b.view.Step)
	}
}

// F12 keeps everybody out, the work stays.
func TestLock(t *testing.T) {
	b := start(t)
	b.login()
	b.keys(`"2103"`, "F7", "F12")
	if !b.isLocked() {
		t.Fatal("not locked")
	}
	b.keys("Esc", "F5", "F1")
	if !b.isLocked() || b.view.Step != flow.Entry {
		t.Error("a key went through the lock")
	}
	b.keys(`"wrong-word"`, "Enter", `"135790"`)
	if !b.isLocked() {
		t.Error("a wrong password unlocked")
	}
	b.keys(`"moqian-trial"`, "Enter", `"135790"`)
	if b.isLocked() {
		t.Fatal("still locked")
	}
	if e := b.page.(*entryPage); e.values()["amount"] == "" {
		t.Error("the entries are gone")
	}
}

// A letter that went down and came back as no character is with the input
// method, and so are the keys that follow; a character ends that.
func TestComposingIsGuarded(t *testing.T) {
	b := start(t)
	b.login()
	b.keys(`"2103"`, "↓")
	e := b.page.(*entryPage)
	s := b.shell.sink
	s.TypedRune('张')
	if e.values()["payer"] != "张" {
		t.Fatalf("payer %q", e.values()["payer"])
	}
	for _, k := range []fyne.KeyName{fyne.KeyBackspace, fyne.KeyTab, fyne.KeyReturn} {
		s.KeyDown(&fyne.KeyEvent{Name: fyne.KeyS})
		s.TypedKey(&fyne.KeyEvent{Name: k})
		if e.values()["payer"] != "张" || e.in.at != 1 {
			t.Fatalf("%s reached the page while composing: %q, field %d", k, e.values()["payer"], e.in.at)
		}
	}
	s.KeyDown(&fyne.KeyEvent{Name: fyne.KeyS})
	s.TypedRune('三')
	s.TypedKey(&fyne.KeyEvent{Name: fyne.KeyBackspace})
	if e.values()["payer"] != "张" {
		t.Errorf("after the character: %q", e.values()["payer"])
	}
}

// Both languages and both palettes, on every page, at once.
func TestSwitches(t *testing.T) {
	b := start(t)
	b.keys("Ctrl L")
	b.wantSaid("Sign in", "Staff ID")
	b.keys("Ctrl L")
	b.login()
	b.keys("Ctrl L", `"2103"`, "F7")
	b.wantSaid("Amount", "In words", "Show to customer")
	b.keys("Ctrl D")
	if !b.look.P.Dark {
		t.Error("not dark")
	}
	if e := b.page.(*entryPage); e.values()["payer"] != "刘志强" {
		t.Error("a switch lost the entries")
	}
	b.wantSaid("Amount")
	v := b.customerFor(fyne.NewSize(1280, 800), customerInk, true, false)
	if v.l.P.Dark {
		t.Error("the customer's view is dark")
	}
	kept, found, err := b.st.Store.Setting(t.Context(), prefName)
	if err != nil || !found || string(kept) != "en dark" {
		t.Errorf("kept %q, %v, %v", kept, found, err)
	}
}

// Each key that a page takes is on F1's sheet; the sheet closes again.
func TestHelpListsEveryKey(t *testing.T) {
	b := start(t)
	b.login()
	for _, open := range [][]string{{}, {`"2102"`, "F7"}, {"F5"}} {
		b.keys(open...)
		page := b.page
		b.keys("F1")
		s := b.said()
		for _, c := range append(page.acts(), b.common()...) {
			if c.word != "" && !strings.Contains(s, c.word) {
				t.Errorf("%T: F1 does not tell of %v %s", page, c.keys, c.word)
			}
		}
		b.keys("Esc")
		if len(b.over) != 0 || b.page != page {
			t.Errorf("%T: the sheet stays", page)
		}
	}
}
