//go:build virtualpad

package ui

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"moqian/cmd/internal/flow"
	"moqian/cmd/teller/ui/kit"
	"moqian/pad"
	"moqian/store"
)

// toSign brings a transfer to its open box.
func (b *bench) toSign() {
	b.t.Helper()
	b.login()
	b.keys(`"2103"`, "F7", "F5")
	b.confirmAll()
	if b.view.Step != flow.Sign || b.rec == nil {
		b.t.Fatalf("step %v, page %T", b.view.Step, b.page)
	}
}

// Each key is checked: the sentence stands at the field after it was left, and
// goes as soon as it is right.
func TestEntryChecksEachKey(t *testing.T) {
	b := start(t)
	b.login()
	b.keys(`"2103"`)
	e := b.page.(*entryPage)
	b.keys(`"62170001000012334"`)
	if _, bad := e.problem(0); bad {
		t.Error("a field that is being typed into is called wrong")
	}
	b.keys("Enter")
	if s, bad := e.problem(0); !bad || s == "" {
		t.Error("a wrong account is not told")
	}
	b.keys("↑", `"54"`)
	if _, bad := e.problem(0); bad {
		t.Error("right, and still called wrong")
	}
	for range 30 {
		b.keys("Backspace")
	}
	b.keys(`"6217000100001233453"`, "Enter")
	if _, bad := e.problem(0); bad {
		t.Error("right, and still called wrong")
	}
	b.wantSaid("6217 0001 0000 1233 453", "账号校验通过")
}

func TestEntryFilters(t *testing.T) {
	b := start(t)
	b.login()
	b.keys(`"2103"`)
	e := b.page.(*entryPage)
	for _, c := range []struct{ field, keys, want string }{
		{"payer_account", "62a17 中０1", "621701"},
		{"payer", "刘 a", "刘 a"},
		{"amount", "68,5x00.2.5", "68500.25"},
	} {
		i := slices.IndexFunc(e.rows, func(r *entryRow) bool { return r.f.ID == c.field })
		e.in.to(i)
		b.keys(`"` + c.keys + `"`)
		if got := e.values()[c.field]; got != c.want {
			t.Errorf("%s: %q, want %q", c.field, got, c.want)
		}
	}
	b.wantSaid("人民币陆万捌仟伍佰元零贰角伍分", "68,500.25")
}

// Enter on the last field jumps to the first that is wrong, and says how many.
func TestPushJumpsToTheFirstError(t *testing.T) {
	b := start(t)
	b.login()
	b.keys(`"2103"`, "F5")
	e := b.page.(*entryPage)
	if e.in.at != 0 || b.view.Step != flow.Entry {
		t.Fatalf("at field %d, step %v", e.in.at, b.view.Step)
	}
	if r := e.button(); !r.Alarm || !strings.Contains(r.Reason, "要更正") {
		t.Errorf("the button says %q", r.Reason)
	}
	b.keys("F7")
	if r := e.button(); r.Off() {
		t.Errorf("all is right, and the button says %q", r.Reason)
	}
}

func TestGlyphThatNoFontHas(t *testing.T) {
	b := start(t)
	b.login()
	b.keys(`"2103"`, "F7")
	e := b.page.(*entryPage)
	e.in.to(1)
	e.rows[1].text.SetText("刘\U0003134A强")
	b.keys("F5")
	if b.view.Step != flow.Entry || e.in.at != 1 {
		t.Fatalf("step %v, field %d", b.view.Step, e.in.at)
	}
	if s, bad := e.problem(1); !bad || !strings.Contains(s, "U+3134A") || !strings.Contains(s, "安装") {
		t.Errorf("%q", s)
	}
	e.rows[1].text.SetText("刘志强")
	b.changed()
	b.keys("F5")
	if b.view.Step == flow.Entry {
		t.Error("mended, and still refused")
	}
}

func (b *bench) changed() { b.page.(*entryPage).changed(1) }

func TestChoice(t *testing.T) {
	c := &choice{words: []string{"甲", "乙", "丙"}, multi: true}
	for _, s := range []struct {
		r    rune
		k    fyne.KeyName
		want string
		open bool
	}{
		{' ', "", "", true}, {' ', "", "甲", true}, {0, fyne.KeyDown, "甲", true}, {0, fyne.KeyDown, "甲", true}, {0, fyne.KeyDown, "甲", true},
		{' ', "", "甲、丙", true}, {'2', "", "甲、乙、丙", true}, {'1', "", "乙、丙", true}, {0, fyne.KeyReturn, "乙、丙", false}, {0, fyne.KeyBackspace, "", false},
	} {
		if s.r != 0 {
			c.Type(s.r)
		} else {
			c.Key(s.k)
		}
		if c.text != s.want || c.open != s.open {
			t.Errorf("after %q %s: %q, open %v", s.r, s.k, c.text, c.open)
		}
	}
	one := &choice{words: []string{"甲", "乙"}}
	one.Key(fyne.KeyDown)
	one.Key(fyne.KeyDown)
	if !one.Key(fyne.KeyReturn) || one.text != "乙" || one.open {
		t.Errorf("%q, open %v", one.text, one.open)
	}
	if one.Key(fyne.KeyReturn) || one.Key(fyne.KeyUp) {
		t.Error("a closed choice eats the page's keys")
	}
	one.Type('9')
	if one.text != "乙" {
		t.Error("a number without a word was taken")
	}
}

// The customer says that something is wrong: the teller is told, nothing goes on.
func TestCustomerObjects(t *testing.T) {
	b := start(t)
	b.login()
	b.keys(`"2103"`, "F7", "F5")
	b.customerKey(fyne.KeyEscape)
	if !b.reader.wrong || !b.logged("objection refused") {
		t.Error("not told")
	}
	b.wantSaid("客户按了“信息有误”", "按 Esc 修改")
	b.keys("Esc")
	if b.view.Step != flow.Entry {
		t.Errorf("step %v", b.view.Step)
	}
	if e := b.page.(*entryPage); e.values()["payer"] != "刘志强" {
		t.Error("the entries are gone")
	}
}

// No key of the teller's turns or confirms the customer's pages.
func TestTellerCannotConfirm(t *testing.T) {
	b := start(t)
	b.login()
	b.keys(`"2103"`, "F7", "F5")
	b.keys("Enter", "PgDn", "F5", "F9")
	if b.view.Step != flow.Confirm || b.reader.at != 0 {
		t.Fatalf("step %v, page %d", b.view.Step, b.reader.at)
	}
	b.keys("F11", "Enter")
	if b.reader.at != 1 {
		t.Error("the keyboard was handed over and the customer's Enter does nothing")
	}
	b.keys("PgUp")
	if b.reader.at != 0 || b.reader.reach != 1 {
		t.Error("the customer cannot go back")
	}
	b.keys("Enter")
	if b.reader.at != 1 || b.view.Step != flow.Confirm {
		t.Error("going forward confirms")
	}
	for n := 0; b.view.Step == flow.Confirm && n < 20; n++ {
		b.keys("Enter")
	}
	if b.view.Step != flow.Sign {
		t.Errorf("step %v after the last page", b.view.Step)
	}
}

// The pad is pulled in mid-signature: the ink is gone, the window says what to
// do, and with the cable back in the customer signs again.
func TestPadUnpluggedWhileSigning(t *testing.T) {
	b := start(t)
	b.toSign()
	b.write(1)
	r := b.rec
	b.hand.Unplug()
	err := <-r.done
	if !errors.Is(err, pad.ErrGone) {
		t.Fatalf("recording ended with %v", err)
	}
	b.padFailed(r, err)
	if b.dev != nil || b.rec != nil || b.view.Step != flow.Sign {
		t.Fatalf("pad %v, box %v, step %v", b.dev, b.rec, b.view.Step)
	}
	b.wantSaid("手写屏已拔出", "请插回，客户重新签名", "请先插好手写屏")
	b.plug()
	if b.rec == nil || b.bridge.state().strokes != 0 {
		t.Fatal("the box did not open again, or holds old ink")
	}
	b.write(2)
	b.keys("Enter")
	if b.view.Step != flow.Filed {
		t.Errorf("step %v: %+v", b.view.Step, b.notice)
	}
}

// No surface shows one customer's ink to the next.
func TestInkIsGoneAfterAccept(t *testing.T) {
	b := start(t)
	b.toSign()
	b.write(1)
	b.shot("ink")
	b.keys("Enter")
	if s := b.bridge.state(); s.strokes != 0 || s.samples != 0 {
		t.Errorf("the pen's figures stay: %+v", s)
	}
	b.keys("Enter", `"2103"`, "F7", "F5")
	b.confirmAll()
	if b.rec == nil {
		t.Fatal("the box is not open")
	}
	b.signedOff()
	if b.view.Step != flow.Sign || b.rec == nil {
		t.Error("an empty box was accepted with the ink of the customer before")
	}
}

func TestResign(t *testing.T) {
	b := start(t)
	b.toSign()
	b.write(1)
	if b.page.(*signPage).button().Off() {
		t.Error("the ink rests and cannot be accepted")
	}
	b.keys("F9")
	if b.bridge.state().strokes != 0 || b.rec == nil || !b.logged("resign ok") {
		t.Errorf("strokes %d, log %v", b.bridge.state().strokes, b.actions())
	}
	if r := b.page.(*signPage).button().Reason; r != b.t_("s.empty") {
		t.Errorf("the button says %q", r)
	}
	b.keys("Enter")
	if b.view.Step != flow.Sign {
		t.Error("an empty box was accepted")
	}
}

// The archive is away or refuses: the work goes on, the queue says why and what
// to do, and nothing is lost.
func TestArchiveAwayAndBack(t *testing.T) {
	b := start(t)
	archive := filepath.Join(b.st.Dir, "archive")
	if err := os.RemoveAll(archive); err != nil {
		t.Fatal(err)
	}
	b.toSign()
	b.write(1)
	b.keys("Enter")
	if b.view.Step != flow.Filed || len(b.waiting()) != 1 {
		t.Fatalf("step %v, %d waiting", b.view.Step, len(b.waiting()))
	}
	if !b.offline {
		t.Error("the window does not say that the archive is away")
	}
	b.wantSaid("离线", "网络中断", "可以继续办理")
	b.keys("Enter", "F6")
	b.wantSaid("9002", "转账")
	if err := os.MkdirAll(archive, 0o700); err != nil {
		t.Fatal(err)
	}
	b.keys("F5")
	b.refreshItems()
	if len(b.waiting()) != 0 || b.offline {
		t.Errorf("%d waiting, offline %v: %+v", len(b.waiting()), b.offline, b.notice)
	}
	b.wantSaid("没有待传的凭证")
}

func TestQueueTellsEachFault(t *testing.T) {
	b := start(t)
	b.login()
	for _, f := range []store.Fault{store.FaultRefused, store.FaultLater, store.FaultUnreachable, store.FaultLocal, ""} {
		b.items = []store.Item{{ID: "x", Voucher: "999990126031800017", Type: "2103", State: store.Ready, Fault: f, Bytes: 102400, Filed: b.now}}
		q := &queue{a: b.App}
		q.relook()
		q.fill()
		b.open(q)
		it, ok := q.current()
		if !ok {
			t.Fatal("nothing selected")
		}
		b.wantSaid(b.t_("q.do."+faultKey(it)), "9999 9012 6031 8000 17")
	}
}

// Voiding keeps the voucher, asks for a reason and writes it down.
func TestVoid(t *testing.T) {
	b := start(t)
	b.toSign()
	b.write(1)
	b.keys("Enter", "F9", `"客户改变金额"`, "Enter")
	if !b.page.(*done).void || !b.logged("void ok") {
		t.Errorf("log %v", b.actions())
	}
	if len(b.todays()) != 1 {
		t.Error("the voucher is gone")
	}
}

func TestThanksAndRating(t *testing.T) {
	b := start(t)
	b.toSign()
	b.write(1)
	b.keys("Enter")
	if !b.thanks.on || b.thanks.fact.fen != 3642018 {
		t.Fatalf("%+v", b.thanks)
	}
	if codePicture(b.thanks.result) == nil {
		t.Error("no code for the customer's phone")
	}
	customerKeys{b.App}.typedRune('2')
	if b.thanks.rated != 2 || !b.logged("rating ok") {
		t.Error("the rating is not in the log")
	}
	customerKeys{b.App}.typedRune('3')
	if b.thanks.rated != 2 {
		t.Error("rated twice")
	}
	for range thanksSeconds {
		b.tick()
	}
	if b.thanks.on {
		t.Error("the page stays")
	}
}

// The log page proves the chain, finds and tells everything of an entry.
func TestLogPage(t *testing.T) {
	b := start(t)
	b.login()
	b.keys(`"9004"`)
	p, ok := b.page.(*logPage)
	if !ok || !p.checked || p.err != nil || len(p.all) == 0 {
		t.Fatalf("%T", b.page)
	}
	b.wantSaid("链校验通过")
	n := len(p.shown)
	b.keys(`"unlock"`)
	if len(p.shown) == 0 || len(p.shown) >= n {
		t.Errorf("%d of %d found", len(p.shown), n)
	}
	b.keys("Esc")
	if _, ok := b.page.(*home); !ok {
		t.Error("Esc goes back")
	}
}

func TestSettingsTellFaultsFirst(t *testing.T) {
	b := start(t)
	b.login()
	b.dev, b.padLost = nil, true
	b.o.Floor = 1 << 50
	b.keys(`"9006"`)
	p := b.page.(*settings)
	if p.lines[0].tone != kit.Bad || p.lines[1].tone != kit.Bad || p.lines[len(p.lines)-1].tone != kit.Good {
		t.Errorf("%+v", p.lines)
	}
	b.wantSaid("2 项故障", "请插好 USB 线", "请联系管理员")
}

func TestHomeCodes(t *testing.T) {
	b := start(t)
	b.login()
	h := b.page.(*home)
	b.keys(`"7777"`)
	if h.miss == "" || h.code.Text() != "" {
		t.Error("an unknown code is not told")
	}
	b.keys(`"xjqk"`)
	if b.view.Type == nil || b.view.Type.Code != "2102" {
		t.Error("the initials open nothing")
	}
	b.keys("Esc")
	b.keys(`"zz"`, "Enter")
	if b.view.Type == nil || b.view.Type.Code != "2103" {
		t.Error("two initials and Enter open nothing")
	}
	b.keys(`"1"`, "Esc")
	if len(b.over) != 1 {
		t.Fatal("a filled form was dropped without a question")
	}
	b.keys("Esc")
	if len(b.over) != 0 || b.view.Step != flow.Entry {
		t.Error("Esc stays")
	}
	b.keys("Esc", "Enter")
	if _, ok := b.page.(*home); !ok || b.sess != nil {
		t.Errorf("page %T, session %v", b.page, b.sess)
	}
}
