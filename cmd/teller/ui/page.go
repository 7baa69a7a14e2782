package ui

import (
	"fyne.io/fyne/v2"
)

// page is one thing the teller does. It is drawn by body whenever it changes.
type page interface {
	// head is code and title of the task bar; an empty title: no task bar.
	head() (code, title string)
	// side is what stands at the right of the task bar, nil: nothing.
	side() fyne.CanvasObject
	body(size fyne.Size) fyne.CanvasObject
	// acts are the keys that work now, in the order they are shown.
	acts() []act
	// rune and key take typing; key says whether it used it. They come before
	// acts.
	rune(r rune)
	key(k fyne.KeyName, shift bool) bool
}

// act is something a key does.
type act struct {
	// keys as they stand on the caps: F5, Enter, Esc, Ctrl N, ↑, PgUp.
	keys []string
	word string
	do   func(key string)
	// right shows it at the right end, quiet in the help only.
	right, quiet bool
}

func on(key, word string, do func()) act {
	return act{keys: []string{key}, word: word, do: func(string) { do() }}
}

func onRight(key, word string, do func()) act {
	c := on(key, word, do)
	c.right = true
	return c
}

func quietly(key, word string, do func()) act {
	c := on(key, word, do)
	c.quiet = true
	return c
}

// overlay lies over the page and takes all keys.
type overlay interface {
	draw(size fyne.Size) fyne.CanvasObject
	acts() []act
	rune(r rune)
	key(k fyne.KeyName, shift bool) bool
}

// capOf is the key cap of a key of the toolkit.
func capOf(k fyne.KeyName) string {
	switch k {
	case fyne.KeyReturn, fyne.KeyEnter:
		return "Enter"
	case fyne.KeyEscape:
		return "Esc"
	case fyne.KeyUp:
		return "↑"
	case fyne.KeyDown:
		return "↓"
	case fyne.KeyLeft:
		return "←"
	case fyne.KeyRight:
		return "→"
	case fyne.KeyPageUp:
		return "PgUp"
	case fyne.KeyPageDown:
		return "PgDn"
	}
	return string(k)
}

// common are the keys that work on every page.
func (a *App) common() []act {
	c := []act{
		onRight("F1", a.t("key.all"), func() { a.help() }),
		quietly("Ctrl L", a.t("key.lang"), a.switchLang),
		quietly("Ctrl D", a.t("key.dark"), a.switchDark),
	}
	if a.user.Name != "" && a.desk != nil {
		c = append(c, quietly("Ctrl N", a.t("key.new"), a.anew))
	}
	if a.user.Name != "" {
		c = append(c, quietly("F12", a.t("key.lock"), a.lock))
	}
	if a.o.Trial != nil && a.o.Trial.Cable != nil {
		c = append(c, quietly("Ctrl U", a.t("key.cable"), a.o.Trial.Cable))
	}
	return c
}

// live are the acts that keys reach now: the page's before the common ones.
func (a *App) live() []act {
	if n := len(a.over); n > 0 {
		return append(a.over[n-1].acts(), a.common()[1:3]...)
	}
	if a.page == nil {
		return nil
	}
	return append(a.page.acts(), a.common()...)
}
