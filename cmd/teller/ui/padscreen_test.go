//go:build virtualpad

package ui

import (
	"testing"

	"moqian/cmd/internal/flow"
	"moqian/pad"
)

// The pad's keys lead from the first page to the voucher: its confirm stands for
// the elements and the page, clear empties the box, cancel at the box goes back
// to the entry.
func TestPadKeys(t *testing.T) {
	b := start(t)
	b.login()
	b.keys(`"2103"`, "F7", "F5")
	b.padKey(nil, pad.KeyCancel)
	if !b.reader.wrong {
		t.Fatal("the customer's objection is not heard")
	}
	b.padKey(nil, pad.KeyConfirm)
	if b.view.Step != flow.Confirm {
		t.Fatal("a page was confirmed after the objection")
	}
	b.keys("Esc", "F5")
	if b.view.Step != flow.Confirm {
		t.Fatalf("step %v", b.view.Step)
	}
	b.padKey(nil, pad.KeyClear) // means nothing while reading
	for range len(b.view.Pages) {
		b.padKey(nil, pad.KeyConfirm)
	}
	if b.view.Step != flow.Sign || b.rec == nil {
		t.Fatalf("step %v after all pages", b.view.Step)
	}
	first := b.rec.box
	b.write(1)
	b.padKey(nil, pad.KeyClear)
	if b.rec == nil || b.rec.box == first || b.bridge.state().strokes != 0 {
		t.Fatal("clear did not begin anew")
	}
	b.write(2)
	b.padKey(nil, pad.KeyCancel)
	if b.view.Step != flow.Entry || b.rec != nil {
		t.Fatalf("step %v after the customer declined", b.view.Step)
	}
	b.keys("F5")
	for range len(b.view.Pages) {
		b.padKey(nil, pad.KeyConfirm)
	}
	b.write(3)
	b.padKey(new(flow.PadScreen), pad.KeyConfirm) // of a pad that was pulled
	if b.view.Step != flow.Sign {
		t.Fatal("a key of another pad counts")
	}
	b.padKey(nil, pad.KeyConfirm)
	if b.view.Step != flow.Filed {
		t.Fatalf("step %v, %+v", b.view.Step, b.notice)
	}
}

// With a customer's window, or where the site says so, the pad's screen stays
// as it is.
func TestPadScreenStaysOff(t *testing.T) {
	b := start(t)
	b.login()
	b.inline = false
	defer func() { b.inline = true }()
	b.o.PadScreenOff = true
	b.startPadScreen()
	if b.own.at() != nil {
		t.Error("it leads although the site says off")
	}
	b.o.PadScreenOff = false
	b.cust = &customerWindow{}
	b.startPadScreen()
	if b.own.at() != nil {
		t.Error("it leads beside a customer's window")
	}
	b.cust = nil
	b.startPadScreen() // the software pad has no screen
	if b.own.at() != nil {
		t.Error("a pad without a screen leads")
	}
}
