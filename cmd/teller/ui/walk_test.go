//go:build virtualpad

package ui

import (
	"testing"

	"moqian/cmd/internal/flow"
)

// Every business type goes from login to the queue by keys alone.
func TestWalk(t *testing.T) {
	for _, code := range []string{"2101", "2102", "2103", "1101", "3101"} {
		t.Run(code, func(t *testing.T) {
			b := start(t)
			b.login()
			b.keys(`"`+code+`"`, "F7", "F5")
			b.shot(code + "-2")
			if b.view.Step == flow.Approval {
				b.approved()
			}
			if b.view.Step != flow.Confirm {
				t.Fatalf("step %v, page %T: %v", b.view.Step, b.page, b.notice)
			}
			b.shot(code + "-3")
			b.confirmAll()
			for i := range len(b.view.Filled.Signers()) {
				b.write(uint64(i + 1))
				b.shot(code + "-4")
				b.keys("Enter")
			}
			if b.view.Step != flow.Filed {
				t.Fatalf("step %v, page %T: %+v", b.view.Step, b.page, b.notice)
			}
			b.shot(code + "-5")
			b.keys("Enter", "F6")
			b.shot(code + "-6")
			if _, ok := b.page.(*queue); !ok {
				t.Fatalf("page %T", b.page)
			}
			if n := len(b.todays()); n != 1 {
				t.Errorf("%d vouchers today", n)
			}
		})
	}
}

// The second customer of the day sees pages too, and not the first one's.
func TestSecondCustomersPages(t *testing.T) {
	b := start(t)
	b.login()
	for i, code := range []string{"2103", "2101"} {
		b.keys(`"`+code+`"`, "F7", "F5")
		if b.view.Step == flow.Approval {
			b.approved()
		}
		if len(b.pages) != 1 || b.pages[0] == nil {
			t.Fatalf("customer %d: pages %v", i+1, b.pages)
		}
		dark := 0
		up, _ := halves(b.pages[0])
		for y := up.Bounds().Min.Y; y < up.Bounds().Max.Y; y += 3 {
			for x := up.Bounds().Min.X; x < up.Bounds().Max.X; x += 3 {
				if r, _, _, _ := up.At(x, y).RGBA(); r < 0x4000 {
					dark++
				}
			}
		}
		if dark < 1000 {
			t.Errorf("customer %d: an empty page (%d dark pixels)", i+1, dark)
		}
		b.confirmAll()
		for i := range len(b.view.Filled.Signers()) {
			b.write(uint64(i + 1))
			b.keys("Enter")
		}
		b.keys("Enter")
	}
}
