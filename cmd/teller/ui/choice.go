package ui

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"moqian/cmd/teller/ui/kit"
)

// choice is an input of given words. Closed, ↓ or Space opens it and a digit
// takes a word; open, ↑ ↓ move, Enter takes, Space ticks where several may be
// chosen, Esc closes.
type choice struct {
	words []string
	multi bool
	text  string // as form takes it: words with 、 between them
	open  bool
	at    int
	focus bool
}

func (c *choice) SetFocus(on bool) {
	c.focus = on
	if !on {
		c.open = false
	}
}

func (c *choice) picked() []string {
	if c.text == "" {
		return nil
	}
	return strings.Split(c.text, "、")
}

// marks says which words are ticked; nil where only one may be.
func (c *choice) marks() []bool {
	if !c.multi {
		return nil
	}
	on := make([]bool, len(c.words))
	for i, w := range c.words {
		on[i] = slices.Contains(c.picked(), w)
	}
	return on
}

// take chooses a word, or ticks it.
func (c *choice) take(i int) {
	if i < 0 || i >= len(c.words) {
		return
	}
	c.at = i
	if !c.multi {
		c.text, c.open = c.words[i], false
		return
	}
	on := c.marks()
	on[i] = !on[i]
	var w []string
	for k, t := range on {
		if t {
			w = append(w, c.words[k])
		}
	}
	c.text = strings.Join(w, "、")
}

// Type opens on Space and takes a word by its number.
func (c *choice) Type(r rune) {
	switch {
	case r == ' ' && !c.open:
		c.unfold()
	case r == ' ' && c.multi:
		c.take(c.at)
	case r >= '1' && r <= '9':
		c.take(int(r - '1'))
	}
}

func (c *choice) unfold() {
	c.open = true
	c.at = max(0, slices.Index(c.words, c.text))
}

// Key handles what belongs to the list; false leaves the key to the page.
func (c *choice) Key(k fyne.KeyName) bool {
	switch {
	case k == fyne.KeyDelete || k == fyne.KeyBackspace:
		c.text = ""
	case !c.open && k == fyne.KeyDown:
		c.unfold()
	case !c.open:
		return false
	case k == fyne.KeyDown:
		c.at = min(len(c.words)-1, c.at+1)
	case k == fyne.KeyUp:
		c.at = max(0, c.at-1)
	case k == fyne.KeyEscape:
		c.open = false
	case k == fyne.KeyReturn || k == fyne.KeyEnter:
		if !c.multi {
			c.take(c.at)
			return true
		}
		c.open = false
	default:
		return false
	}
	return true
}

var _ input = (*choice)(nil)
var _ input = (*kit.Field)(nil)
