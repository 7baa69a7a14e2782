//go:build virtualpad

package ui

import (
	"image"
	"os"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"moqian/cmd/teller/ui/kit"
)

// The customer's view fits every size, as window, mirror and pane, in every
// step.
func TestCustomerViewSizes(t *testing.T) {
	b := start(t)
	look := func(where string) {
		t.Helper()
		for _, s := range []fyne.Size{fyne.NewSize(1280, 800), fyne.NewSize(1024, 600), fyne.NewSize(1920, 1080), fyne.NewSize(326, 204)} {
			w := test.NewTempWindow(t, b.customerFor(s, customerInk, true, false).draw(s))
			w.SetPadded(false)
			w.Resize(s)
			if got := w.Content().MinSize(); got.Width > s.Width+1 || got.Height > s.Height+1 {
				t.Errorf("%s at %v needs %v", where, s, got)
			}
			if os.Getenv("MOQIAN_UI_SHOTS") != "" {
				save(t, where+"-"+digits(int(s.Width)), w.Canvas().Capture())
			}
			w.SetContent(kit.Blank(1, 1))
		}
	}
	look("idle")
	b.login()
	b.keys(`"1101"`, "F7", "F5")
	b.approved()
	look("elements")
	b.customerKey(fyne.KeyReturn)
	look("sheet")
	b.confirmAll()
	b.write(1)
	look("sign")
	b.keys("Enter")
	b.write(2)
	b.keys("Enter")
	look("thanks")
}

// While a box is open the page is one picture; its buttons and its ink still
// live.
func TestFreeze(t *testing.T) {
	b := start(t)
	b.toSign()
	size := fyne.NewSize(1280, 800)
	v := b.customerFor(size, customerInk, true, false)
	still := b.freeze(size, 1, func() fyne.CanvasObject { return v.draw(size) }).(*fyne.Container)
	taps, inks := 0, 0
	for _, o := range still.Objects {
		switch o.(type) {
		case *kit.Tap:
			taps++
		case *kit.InkView:
			inks++
		}
	}
	if inks != 1 || taps < 2 {
		t.Errorf("%d ink surfaces, %d buttons over the picture", inks, taps)
	}
	if b.freezing != nil {
		t.Error("still freezing")
	}
}

func TestFittedIsKept(t *testing.T) {
	b := start(t)
	img := image.NewRGBA(image.Rect(0, 0, 400, 400))
	one := b.fitted(img, fyne.NewSize(100, 50))
	if one.Bounds().Dx() != 50 || one.Bounds().Dy() != 50 {
		t.Errorf("%v", one.Bounds())
	}
	if b.fitted(img, fyne.NewSize(100, 50)) != one {
		t.Error("scaled twice")
	}
	if b.fitted(img, fyne.NewSize(800, 800)) != image.Image(img) {
		t.Error("enlarged")
	}
	for i := range 2 * mostFits {
		b.fitted(img, fyne.NewSize(float32(20+i), 300))
	}
	if len(b.fits) > mostFits+1 {
		t.Errorf("%d pictures are kept", len(b.fits))
	}
}

func TestNoticeGoes(t *testing.T) {
	b := start(t)
	b.login()
	b.say(kit.Good, "fill-check-circle", "好了", "不必操作", time.Second)
	b.wantSaid("好了")
	b.now = b.now.Add(time.Minute)
	b.tick()
	if b.notice != nil {
		t.Error("the banner stays")
	}
}

// Large type: asked for by the customer, larger, still inside its place, and the
// next customer begins with the normal one.
func TestLargeType(t *testing.T) {
	b := start(t)
	b.login()
	b.keys(`"1101"`, "F7", "F5")
	b.approved()
	tallest := func() (most float32) {
		s := fyne.NewSize(1280, 800)
		w := test.NewTempWindow(t, b.customerFor(s, customerInk, true, false).draw(s))
		w.SetPadded(false)
		w.Resize(s)
		kit.Walk(w.Content(), func(o fyne.CanvasObject, at fyne.Position) {
			if c, ok := o.(*canvas.Text); ok {
				most = max(most, c.TextSize)
				if at.X+c.MinSize().Width > s.Width || at.Y+c.MinSize().Height > s.Height {
					t.Errorf("%q ends outside", c.Text)
				}
			}
		})
		if os.Getenv("MOQIAN_UI_SHOTS") != "" {
			save(t, "large-"+digits(int(most)), w.Canvas().Capture())
		}
		return most
	}
	normal := tallest()
	b.customerKey(fyne.KeyF2)
	if large := tallest(); large < normal*1.1 {
		t.Errorf("%v, large %v", normal, large)
	}
	b.customerKey(fyne.KeyF2)
	if tallest() != normal {
		t.Error("F2 does not go back")
	}
	b.customerKey(fyne.KeyF2)
	b.keys("Esc")
	b.begin("2103")
	if b.large {
		t.Error("the next customer has large type")
	}
}
