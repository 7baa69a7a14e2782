//go:build virtualpad

package ui

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"os"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"moqian/cmd/internal/flow"
)

// What is printed on a page stands on its leaves, once, and no leaf is higher
// than the customer's screen shows.
func TestLeavesHoldEverything(t *testing.T) {
	b := start(t)
	b.login()
	for _, code := range []string{"2103", "1101"} {
		b.keys(`"`+code+`"`, "F7", "F5")
		if b.view.Step == flow.Approval {
			b.approved()
		}
		if b.view.Step != flow.Confirm || b.reader.n != len(b.leaves)+1 {
			t.Fatalf("%s: step %d, %d leaves", code, b.view.Step, len(b.leaves))
		}
		want, got := 0, 0
		mm := cutSides
		side := int(mm / 25.4 * pageDPI)
		for _, p := range b.pages {
			for y := range p.Bounds().Dy() {
				want += darkIn(p, y, side, p.Bounds().Dx()-side)
			}
		}
		last := 0
		for i, f := range b.leaves {
			r := f.img.Bounds()
			if r.Dy() > int(float64(r.Dx())*shape)+1 || r.Dy() < 20 {
				t.Errorf("%s leaf %d is %v", code, i, r)
			}
			for y := r.Min.Y; y < r.Max.Y; y++ {
				got += darkIn(f.img, y, r.Min.X, r.Max.X)
			}
			if f.last {
				last++
			}
		}
		if want != got || last != len(b.pages) {
			t.Errorf("%s: %d of %d printed pixels on the leaves, %d of %d pages end", code, got, want, last, len(b.pages))
		}
		t.Logf("%s: %d pages, %d leaves", code, len(b.pages), len(b.leaves))
		for i := range b.reader.n {
			if b.lookAt(fmt.Sprintf("leaf-%s-%d", code, i)); i < b.reader.n-1 {
				b.customerKey(fyne.KeyReturn)
			}
		}
		if b.reader.at != b.reader.n-1 || b.view.Page != len(b.pages)-1 {
			t.Errorf("%s: at leaf %d of %d, page %d", code, b.reader.at, b.reader.n, b.view.Page)
		}
		b.keys("Ctrl N", "Enter")
	}
}

func (b *bench) lookAt(name string) {
	if os.Getenv("MOQIAN_UI_SHOTS") == "" {
		return
	}
	for _, s := range []fyne.Size{fyne.NewSize(1280, 800), fyne.NewSize(1024, 600)} {
		w := test.NewTempWindow(b.t, b.customerFor(s, customerInk, true, false).draw(s))
		w.SetPadded(false)
		w.Resize(s)
		save(b.t, fmt.Sprintf("%s-%.0f", name, s.Width), w.Canvas().Capture())
	}
}

// A cut goes between two lines of print, not through one.
func TestCutsBetweenLines(t *testing.T) {
	page := image.NewRGBA(image.Rect(0, 0, 1654, 2339))
	draw.Draw(page, page.Rect, image.White, image.Point{}, draw.Src)
	for y := 100; y < 2200; y += 60 { // lines 30 high, 30 apart
		draw.Draw(page, image.Rect(150, y, 1500, y+30), image.NewUniform(color.Black), image.Point{}, draw.Src)
		draw.Draw(page, image.Rect(151, y+1, 400, y+29), image.White, image.Point{}, draw.Src)
	}
	s := squeeze(page)
	cuts := s.cuts()
	if len(cuts) < 3 {
		t.Fatalf("cuts %v", cuts)
	}
	for _, y := range cuts[1 : len(cuts)-1] {
		if n := s.dark[y]; n != 0 {
			t.Errorf("cut at %d through %d printed pixels", y, n)
		}
	}
	if got := squeeze(image.NewRGBA(image.Rect(0, 0, 4, 4))).cuts(); len(got) < 2 {
		t.Errorf("a tiny page: %v", got)
	}
	white := image.NewRGBA(image.Rect(0, 0, 1654, 2339))
	draw.Draw(white, white.Rect, image.White, image.Point{}, draw.Src)
	if n := len(leavesOf([]image.Image{white, nil})); n != 2 {
		t.Errorf("a white page and none: %d leaves", n)
	}
}
