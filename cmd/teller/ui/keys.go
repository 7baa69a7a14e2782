package ui

import (
	"image/color"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// keyboard hears a window's keys.
type keyboard interface {
	typedRune(r rune)
	typedKey(k fyne.KeyName, shift bool)
	typedShortcut(name string, paste func() string)
}

// sink is the one thing in a window that has the focus: it hands every key to
// the page. It guards text that is being composed: a letter that went down and
// came back as no character is with the input method, and so are the editing
// keys that follow.
type sink struct {
	widget.BaseWidget
	to        keyboard
	composing bool
	shift     bool
}

func newSink(to keyboard) *sink {
	s := &sink{to: to}
	s.ExtendBaseWidget(s)
	return s
}

// CreateRenderer draws nothing.
func (s *sink) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(canvas.NewRectangle(color.Transparent))
}

func (s *sink) FocusGained() { s.composing, s.shift = false, false }
func (s *sink) FocusLost()   {}

// AcceptsTab: Tab moves between the fields of a page.
func (s *sink) AcceptsTab() bool { return true }

func (s *sink) TypedRune(r rune) {
	s.composing = false
	s.to.typedRune(r)
}

func (s *sink) TypedKey(e *fyne.KeyEvent) {
	if s.composing {
		switch e.Name {
		case fyne.KeyBackspace, fyne.KeyReturn, fyne.KeyEnter, fyne.KeyTab, fyne.KeyEscape, fyne.KeyUp, fyne.KeyDown:
			if e.Name != fyne.KeyBackspace && e.Name != fyne.KeyUp && e.Name != fyne.KeyDown {
				s.composing = false
			}
			return
		}
	}
	s.to.typedKey(e.Name, s.shift)
}

func (s *sink) KeyDown(e *fyne.KeyEvent) {
	switch {
	case e.Name == desktop.KeyShiftLeft || e.Name == desktop.KeyShiftRight:
		s.shift = true
	case len(e.Name) == 1 && e.Name[0] >= 'A' && e.Name[0] <= 'Z':
		s.composing = true
	}
}

func (s *sink) KeyUp(e *fyne.KeyEvent) {
	if e.Name == desktop.KeyShiftLeft || e.Name == desktop.KeyShiftRight {
		s.shift = false
	}
}

func (s *sink) TypedShortcut(c fyne.Shortcut) {
	s.composing = false
	shortcut(s.to, c)
}

func shortcut(to keyboard, c fyne.Shortcut) {
	switch c := c.(type) {
	case *fyne.ShortcutPaste:
		to.typedShortcut("Ctrl V", func() string {
			if c.Clipboard == nil {
				return ""
			}
			return c.Clipboard.Content()
		})
	case *desktop.CustomShortcut:
		if c.Modifier == fyne.KeyModifierControl {
			to.typedShortcut("Ctrl "+capOf(c.KeyName), nil)
		}
	}
}

// listen hands a window's keys to a keyboard, also after a click beside
// everything took the focus away.
func (a *App) listen(w fyne.Window, to keyboard) *sink {
	s := newSink(to)
	c := w.Canvas()
	c.SetOnTypedRune(func(r rune) { to.typedRune(r) })
	c.SetOnTypedKey(func(e *fyne.KeyEvent) { to.typedKey(e.Name, false); c.Focus(s) })
	for _, k := range []fyne.KeyName{fyne.KeyL, fyne.KeyD, fyne.KeyN, fyne.KeyP, fyne.KeyU} {
		c.AddShortcut(&desktop.CustomShortcut{KeyName: k, Modifier: fyne.KeyModifierControl},
			func(x fyne.Shortcut) { shortcut(to, x) })
	}
	if w == a.win {
		a.shell.sink = s
	}
	return s
}

// focus gives the keys back to the page.
func (a *App) focus() {
	if s := a.shell.sink; s != nil {
		a.win.Canvas().Focus(s)
	}
}

func (a *App) typedRune(r rune) {
	defer a.stopwatch(time.Now())
	if n := len(a.over); n > 0 {
		a.over[n-1].rune(r)
		return
	}
	a.page.rune(r)
}

func (a *App) typedKey(k fyne.KeyName, shift bool) {
	defer a.stopwatch(time.Now())
	if n := len(a.over); n > 0 {
		if !a.over[n-1].key(k, shift) {
			a.act(capOf(k))
		}
		return
	}
	if !a.page.key(k, shift) {
		a.act(capOf(k))
	}
}

func (a *App) typedShortcut(name string, paste func() string) {
	if name == "Ctrl V" {
		for _, r := range paste() {
			a.typedRune(r)
		}
		return
	}
	a.act(name)
}

// act does what a key means now.
func (a *App) act(key string) {
	for _, c := range a.live() {
		for _, k := range c.keys {
			if k == key {
				if c.do != nil {
					c.do(key)
				}
				return
			}
		}
	}
}

// stopwatch keeps how long the last keys took.
func (a *App) stopwatch(from time.Time) {
	if len(a.keyTimes) > 200 {
		a.keyTimes = a.keyTimes[:0]
	}
	a.keyTimes = append(a.keyTimes, time.Since(from))
}
