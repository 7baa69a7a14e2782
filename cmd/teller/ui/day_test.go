//go:build virtualpad

package ui

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"moqian/cmd/internal/flow"
)

// sign carries one voucher to the end and comes home.
func (b *bench) sign() string {
	b.t.Helper()
	if b.user.Name == "" {
		b.login()
	}
	b.keys(`"2103"`, "F7", "F5")
	b.confirmAll()
	b.write(1)
	b.keys("Enter")
	if b.view.Step != flow.Filed {
		b.t.Fatalf("step %d", b.view.Step)
	}
	return b.view.Result.Item.Voucher
}

// Names, amounts and voids are there after a restart, not in clear on the disk,
// and gone on the next day.
func TestTodayAfterARestart(t *testing.T) {
	b := start(t)
	v := b.sign()
	want := b.today[v]
	if want.name == "" || want.fen == 0 {
		t.Fatalf("%+v", want)
	}
	b.keys("F9", `"写错了金额"`, "Enter", "Enter")
	forget := func() {
		b.today, b.void = map[string]fact{}, map[string]string{}
		b.recall()
	}
	forget()
	if b.today[v] != want || b.void[v] != "写错了金额" {
		t.Errorf("after a restart: %+v, %q", b.today[v], b.void[v])
	}
	files, err := filepath.Glob(filepath.Join(b.st.Dir, "*"))
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err == nil && bytes.Contains(data, []byte(want.name)) {
			t.Errorf("%s holds the name in clear", f)
		}
	}
	b.refreshItems()
	b.keys("Ctrl N")
	b.wantSaid(want.name, "已作废")
	b.shot("home-void")
	b.keys("F3")
	b.wantSaid("已作废", "写错了金额")
	b.shot("list-void")
	b.keys("Ctrl L")
	b.shot("list-void-en")
	b.keys("Ctrl L")
	b.now = b.now.Add(24 * time.Hour)
	forget()
	if len(b.today) != 0 {
		t.Errorf("yesterday's names: %v", b.today)
	}
	b.now = b.now.Add(-24 * time.Hour)
	forget()
	if len(b.today) != 0 {
		t.Error("yesterday's names were only hidden")
	}
}

// The statistics count what the log says and the steps' times, by day.
func TestStats(t *testing.T) {
	b := start(t)
	b.sign()
	b.keys("Enter")
	b.sign()
	b.keys("Enter", `"9003"`)
	p, ok := b.page.(*stats)
	if !ok || p.now.filed != 2 || p.prior.filed != 0 {
		t.Fatalf("%T %+v", b.page, p)
	}
	if p.now.peak() != 14 {
		t.Errorf("the peak is at %d", p.now.peak())
	}
	s, ok := p.times["2103"]
	if !ok || s.N != 2 || s.Sum[0] <= 0 || s.Sum[2] <= 0 || s.Sum[3] <= 0 {
		t.Errorf("times %+v", p.times)
	}
	b.wantSaid("完成凭证", "2 笔", "少用纸张")
	b.shot("stats")
	b.keys("Ctrl L")
	b.shot("stats-en")
	b.keys("Ctrl L", "→")
	if dayOf(p.day) != dayOf(b.now) {
		t.Error("tomorrow was counted")
	}
	b.keys("←")
	if p.now.filed != 0 || len(p.times) != 0 {
		t.Errorf("yesterday: %+v", p.now)
	}
	b.wantSaid("这一天没有凭证")
	b.shot("stats-none")
	b.keys("F2")
	if p.now.filed != 2 {
		t.Error("F2 does not come back to today")
	}
	var name string
	var data []byte
	b.o.Export = func(n string, d []byte) (string, error) { name, data = n, d; return n, nil }
	b.keys("F8")
	if !strings.HasPrefix(name, "statistics-2026-03-18") || !bytes.Contains(data, []byte("filed,2")) {
		t.Errorf("%s %s", name, data)
	}
	// A full day, to be looked at.
	p.times = map[string]stepTimes{"2101": {24, [5]float64{744, 0, 432, 336, 24}}, "2102": {11, [5]float64{418, 132, 264, 209, 11}},
		"2103": {9, [5]float64{468, 0, 261, 144, 9}}, "1101": {4, [5]float64{384, 88, 256, 152, 8}}, "3101": {6, [5]float64{264, 0, 426, 198, 6}}}
	p.now.filed = 54
	for i, n := range []int{3, 9, 12, 7, 4, 6, 8, 5} {
		p.now.hours[9+i] = n
	}
	if code, step, sec := longest(p.times); code != "1101" || step != 0 || int(sec) != 96 {
		t.Errorf("the longest is %s %d %v", code, step, sec)
	}
	b.shot("stats-full")
	b.keys("Ctrl L", "Ctrl D")
	b.shot("stats-full-en-dark")
	b.keys("Esc")
	if _, ok := b.page.(*home); !ok {
		t.Error("Esc goes back")
	}
}

// The log by days: from all to today, back, and not beyond today.
func TestLogByDays(t *testing.T) {
	b := start(t)
	b.login()
	b.now = b.now.Add(24 * time.Hour)
	b.keys("Esc", `"t0001"`, "Enter", `"moqian-trial"`, "Enter", `"135790"`, `"9004"`)
	p, ok := b.page.(*logPage)
	if !ok {
		t.Fatalf("%T", b.page)
	}
	all := len(p.shown)
	b.shot("log")
	b.keys("F2")
	today := len(p.shown)
	b.shot("log-today")
	b.keys("→", "←")
	before := len(p.shown)
	if before == 0 || today+before != all {
		t.Errorf("%d today, %d the day before, %d in all", today, before, all)
	}
	b.keys("←")
	if len(p.shown) != 0 {
		t.Error("entries of a day before the first")
	}
	b.keys("Ctrl L")
	b.shot("log-en")
	b.keys("Ctrl L", "F2")
	if len(p.shown) != all {
		t.Error("F2 does not show all days again")
	}
	var data []byte
	b.o.Export = func(_ string, d []byte) (string, error) { data = d; return "", nil }
	b.keys("F8")
	if bytes.Count(data, []byte("\n")) < all {
		t.Errorf("%d of %d entries exported", bytes.Count(data, []byte("\n")), all)
	}
}

// Ctrl N begins anew from every page; it asks before something is lost.
func TestCtrlN(t *testing.T) {
	b := start(t)
	b.login()
	for _, code := range []string{"9001", "9002", "9003", "9004", "9005", "9006"} {
		b.keys(`"`+code+`"`, "Ctrl N")
		if _, ok := b.page.(*home); !ok {
			t.Fatalf("from %s to %T", code, b.page)
		}
	}
	b.keys(`"2103"`, "Ctrl N")
	if _, ok := b.page.(*home); !ok {
		t.Fatalf("from an empty form to %T", b.page)
	}
	b.keys(`"2103"`, `"1"`, "Ctrl N")
	if len(b.over) != 1 {
		t.Fatal("a filled form was dropped without a question")
	}
	b.keys("Esc", "F7", "F5")
	if b.view.Step != flow.Confirm {
		t.Fatalf("step %d", b.view.Step)
	}
	b.keys("Ctrl N", "Esc")
	if b.view.Step != flow.Confirm || b.sess == nil {
		t.Fatal("Esc did not stay")
	}
	b.keys("Ctrl N", "Enter")
	if _, ok := b.page.(*home); !ok || b.sess != nil {
		t.Fatalf("%T", b.page)
	}
	b.sign()
	b.keys("Ctrl N")
	if _, ok := b.page.(*home); !ok || b.sess != nil || len(b.over) != 0 {
		t.Fatalf("from a finished voucher to %T", b.page)
	}
}
