package ui

import (
	"fmt"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"

	"moqian/cmd/internal/flow"
)

// customerWindow is the window on the second screen.
type customerWindow struct {
	a    *App
	win  fyne.Window
	root *fyne.Container
	size fyne.Size
	sink *sink

	key   string // what still shows
	still fyne.CanvasObject
}

// secondScreen says whether the toolkit sees more than one screen.
func secondScreen(fy fyne.App) bool {
	d, ok := fy.Driver().(desktop.Driver)
	return ok && d.HasSecondaryDisplay()
}

func newCustomerWindow(a *App) *customerWindow {
	c := &customerWindow{a: a}
	c.win = c.frame()
	c.win.SetPadded(false)
	c.root = container.New(c)
	c.sink = a.listen(c.win, customerKeys{a})
	c.win.SetContent(c.root)
	c.win.SetCloseIntercept(func() {}) // it goes with the teller's
	c.win.Resize(fyne.NewSize(1280, 800))
	return c
}

// frame makes the window: without a border where its place was given.
func (c *customerWindow) frame() fyne.Window {
	if d, ok := c.a.fy.Driver().(desktop.Driver); ok && c.a.o.Two != nil {
		w := d.CreateSplashWindow()
		w.SetTitle(c.a.t("app.customer"))
		return w
	}
	return c.a.fy.NewWindow(c.a.t("app.customer"))
}

// show puts it on the second screen, then fills that: the position first, since
// the full screen alone lands on the wrong one with some window managers.
func (c *customerWindow) show() {
	c.win.Show()
	w, ok := c.win.(desktop.Window)
	if !ok {
		return
	}
	if at := c.a.o.Two; at != nil {
		k := c.win.Canvas().Scale()
		c.win.Resize(fyne.NewSize(float32(at.W)/k, float32(at.H)/k))
		w.RequestPosition(at.X, at.Y)
		c.win.Canvas().Focus(c.sink)
		c.a.win.RequestFocus()
		return
	}
	if c.a.o.Place == nil {
		w.RequestFullScreenSecondary()
		return
	}
	x, y, known := c.a.o.Place()
	if !known {
		w.RequestFullScreenSecondary()
		return
	}
	w.RequestPosition(x, y)
	c.win.Canvas().Focus(c.sink)
	c.a.goes(func() {
		if c.a.sleep(400 * time.Millisecond) {
			c.a.bridge.later(func() { c.win.SetFullScreen(true) })
		}
		if c.a.sleep(400 * time.Millisecond) { // the new window took the keys
			c.a.bridge.later(func() { c.a.win.RequestFocus(); c.a.focus() })
		}
	})
}

// MinSize lets it be small.
func (c *customerWindow) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(320, 200) }

// Layout builds the view for the window's size.
func (c *customerWindow) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	if size != c.size && size.Width > 10 {
		c.size = size
		c.root.Objects = c.build()
	}
	for _, o := range c.root.Objects {
		o.Move(fyne.NewPos(0, 0))
		o.Resize(size)
	}
}

func (c *customerWindow) build() []fyne.CanvasObject {
	v := c.a.customerFor(c.size, customerInk, true, false)
	if c.a.view.Step == flow.Sign && c.a.sess != nil && !c.a.isLocked() {
		return []fyne.CanvasObject{c.sink, c.frozen(v)}
	}
	c.key = ""
	return []fyne.CanvasObject{c.sink, v.draw(c.size)}
}

// frozen is the view with the open box as a picture, made anew when it changes.
func (c *customerWindow) frozen(v *customerView) fyne.CanvasObject {
	a := c.a
	scale := c.win.Canvas().Scale()
	key := fmt.Sprint(c.size, scale, a.lang, a.view.Signer, a.rec != nil, a.dev != nil, a.busy, a.view.Type.Code)
	if key != c.key {
		c.key, c.still = key, a.freeze(c.size, scale, func() fyne.CanvasObject { return v.draw(c.size) })
	}
	return c.still
}

// redrawCustomer builds the customer's view anew, wherever it is.
func (a *App) redrawCustomer() {
	if c := a.cust; c != nil {
		if c.size.Width > 10 {
			c.root.Objects = c.build()
			c.root.Refresh()
		}
		return
	}
	a.shell.draw()
}

// customerKeys are the keys of the customer's own window.
type customerKeys struct{ a *App }

func (k customerKeys) typedRune(r rune) {
	if r == ' ' {
		k.a.customerKey(fyne.KeyReturn)
	}
	if r >= '1' && r <= '3' {
		k.a.rate(int(r - '0'))
	}
}

func (k customerKeys) typedKey(n fyne.KeyName, _ bool) {
	if !k.a.customerKey(n) && (n == fyne.KeyF3 || n == fyne.KeyF12) {
		k.a.act(capOf(n))
	}
}

func (k customerKeys) typedShortcut(name string, _ func() string) {
	if name == "Ctrl L" || name == "Ctrl U" {
		k.a.act(name)
	}
}

// customerKey is a key of the customer's: in the customer's window, or in the
// pane while the keyboard is handed over.
func (a *App) customerKey(n fyne.KeyName) bool {
	if a.isLocked() {
		return false
	}
	enter := n == fyne.KeyReturn || n == fyne.KeyEnter || n == fyne.KeyPageDown
	switch {
	case a.view.Step == flow.Confirm && enter:
		a.pageDone()
	case a.view.Step == flow.Confirm && n == fyne.KeyPageUp:
		a.pageBack()
	case a.view.Step == flow.Confirm && n == fyne.KeyF2:
		a.enlargeType()
	case a.view.Step == flow.Confirm && n == fyne.KeyEscape:
		a.pageWrong()
	case a.view.Step == flow.Sign && enter:
		a.signedOff()
	case a.view.Step == flow.Sign && n == fyne.KeyF9:
		a.resign()
	default:
		return false
	}
	return true
}
