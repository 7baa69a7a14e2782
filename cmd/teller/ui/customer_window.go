package ui

import (
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
}

// secondScreen says whether the toolkit sees more than one screen.
func secondScreen(fy fyne.App) bool {
	d, ok := fy.Driver().(desktop.Driver)
	return ok && d.HasSecondaryDisplay()
}

func newCustomerWindow(a *App) *customerWindow {
	c := &customerWindow{a: a}
	c.win = a.fy.NewWindow(a.t("app.customer"))
	c.win.SetPadded(false)
	c.root = container.New(c)
	c.win.SetContent(c.root)
	c.win.SetCloseIntercept(func() {}) // it goes with the teller's
	c.win.Resize(fyne.NewSize(1280, 800))
	c.sink = a.listen(c.win, customerKeys{a})
	return c
}

// show puts it on the second screen, then fills that: the position first, since
// the full screen alone lands on the wrong one with some window managers.
func (c *customerWindow) show() {
	c.win.Show()
	w, ok := c.win.(desktop.Window)
	if !ok {
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
	c.a.goes(func() {
		if c.a.sleep(400 * time.Millisecond) {
			c.a.bridge.later(func() { c.win.SetFullScreen(true) })
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
	return []fyne.CanvasObject{c.sink, v.draw(c.size)}
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
