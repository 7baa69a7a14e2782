package ui

import (
	"time"

	"fyne.io/fyne/v2"

	"moqian/cmd/internal/flow"
	"moqian/cmd/internal/say"
	"moqian/render/form"
)

// input is something that is typed into.
type input interface {
	SetFocus(on bool)
	Type(r rune)
	Key(k fyne.KeyName) bool
}

// inputs are those of a page in reading order; one is current.
type inputs struct {
	all []input
	at  int
	// changed is called after typing, moved after another one became current.
	changed func(i int)
	moved   func(from, to int)
}

func (n *inputs) to(i int) {
	if i < 0 || i >= len(n.all) {
		return
	}
	from := n.at
	n.all[from].SetFocus(false)
	n.at = i
	n.all[i].SetFocus(true)
	if n.moved != nil {
		n.moved(from, i)
	}
}

func (n *inputs) last() bool { return n.at == len(n.all)-1 }

func (n *inputs) rune(r rune) {
	n.all[n.at].Type(r)
	if n.changed != nil {
		n.changed(n.at)
	}
}

// key edits and moves; Enter is the page's.
func (n *inputs) key(k fyne.KeyName, shift bool) bool {
	switch {
	case k == fyne.KeyTab && shift, k == fyne.KeyUp:
		n.to(n.at - 1)
		return true
	case k == fyne.KeyTab, k == fyne.KeyDown:
		n.to(n.at + 1)
		return true
	}
	if !n.all[n.at].Key(k) {
		return false
	}
	if n.changed != nil {
		n.changed(n.at)
	}
	return true
}

// sentence tells an error to people.
func sentence(err error) form.Text { return say.Sentence(err) }

func beijing() *time.Location { return flow.Beijing() }

// group writes a number in groups: 4,4,4,4 or the sizes given.
func group(s string, sizes ...int) string {
	r := []rune(s)
	if len(sizes) == 0 {
		sizes = []int{4}
	}
	var out []rune
	i, n := 0, 0
	for k, c := range r {
		if k > 0 && n == sizes[min(i, len(sizes)-1)] {
			out = append(out, ' ')
			n = 0
			i++
		}
		out = append(out, c)
		n++
	}
	return string(out)
}

// voucherNo is a voucher number as it is shown: 4-4-4-4-2.
func voucherNo(s string) string { return group(s) }

// shortNo is the serial of a voucher number, what people say at the counter.
func shortNo(s string) string {
	if len(s) != 18 {
		return s
	}
	return s[13:17]
}
