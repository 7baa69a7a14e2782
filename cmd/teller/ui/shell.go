package ui

import (
	"fmt"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"moqian/cmd/teller/ui/kit"
)

// shell is what stands around every page: ribbon, top bar, banner, task bar,
// key bar.
type shell struct {
	a    *App
	root *fyne.Container
	bar  *fyne.Container
	sink *sink
	size fyne.Size

	key   string // what still shows
	still fyne.CanvasObject
}

func newShell(a *App) *shell {
	s := &shell{a: a}
	s.root = container.New(s)
	return s
}

// MinSize lets the window be small.
func (s *shell) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(800, 500) }

// Layout builds the page for the window's size.
func (s *shell) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	if size != s.size && size.Width > 10 {
		s.size = size
		s.root.Objects = s.build()
	}
	for _, o := range s.root.Objects {
		o.Move(fyne.NewPos(0, 0))
		o.Resize(size)
	}
}

func (s *shell) draw() {
	defer s.a.retitle()
	if s.size.Width < 10 {
		return
	}
	s.root.Objects = s.build()
	s.root.Refresh()
}

// build is the window's content: as a picture while a box is open.
func (s *shell) build() []fyne.CanvasObject {
	a := s.a
	if _, signing := a.page.(*signPage); !signing || a.rec == nil || len(a.over) > 0 || a.inline {
		s.key = ""
		return s.page()
	}
	pen := a.bridge.state()
	if s.key != "" && pen.strokes > 0 && !pen.rests() {
		return []fyne.CanvasObject{s.sink, s.still} // never a pause in mid-signature
	}
	b := (&signPage{a: a}).button()
	key := fmt.Sprint(s.size, a.win.Canvas().Scale(), a.lang, a.look.P.Dark, a.where(), a.handed, a.busy, a.dev != nil, a.offline,
		len(a.waiting()), a.o.Now().Minute(), pen.strokes > 0 && !pen.down, pen.strokes < 3, b.Reason, a.notice)
	if key != s.key {
		s.key = key
		s.still = a.freeze(s.size, a.win.Canvas().Scale(), func() fyne.CanvasObject { return stack(s.page()[1:]...) })
	}
	return []fyne.CanvasObject{s.sink, s.still}
}

// page is the page with everything around it.
func (s *shell) page() []fyne.CanvasObject {
	a, l := s.a, s.a.look
	rows := []fyne.CanvasObject{}
	add := func(o fyne.CanvasObject) { rows = append(rows, o) }
	if a.o.Trial != nil {
		add(l.Ribbon(a.t("trial.what"), a.t("trial.more")))
	}
	if a.user.Name != "" {
		s.bar = stack(s.topBar())
		add(s.bar)
	}
	if b := s.banner(); b != nil {
		add(b)
	}
	if code, title := a.page.head(); title != "" {
		side := a.page.side()
		if side == nil {
			side = kit.Blank(0, 0)
		}
		add(l.TaskBar(code, title, side))
	}
	add(kit.Grow(kit.Sized(a.page.body)))
	add(s.keys())
	var all []fyne.CanvasObject
	if s.sink != nil {
		all = append(all, s.sink)
	} else {
		all = append(all, kit.Blank(0, 0))
	}
	all = append(all, canvas.NewRectangle(l.P.Ground), kit.V(0, rows...))
	for _, o := range a.over {
		all = append(all, canvas.NewRectangle(l.P.Dim), o.draw(s.size))
	}
	return all
}

// top redraws the bar with the clock.
func (s *shell) top() {
	if s.bar == nil || s.a.user.Name == "" || s.key != "" {
		return
	}
	s.bar.Objects = []fyne.CanvasObject{s.topBar()}
	s.bar.Refresh()
}

func (s *shell) topBar() fyne.CanvasObject {
	a := s.a
	net := kit.Chip{Icon: "regular-cloud-check", Text: a.t("top.online")}
	if a.offline {
		net = kit.Chip{Icon: "regular-cloud-slash", Text: a.t("top.offline"), Fault: true}
	}
	p := kit.Chip{Icon: "regular-pen-nib", Text: a.t("top.pad")}
	if a.dev == nil {
		p = kit.Chip{Icon: "bold-plugs", Text: a.t("top.nopad"), Fault: true}
	}
	n := len(a.waiting())
	q := kit.Chip{Icon: "regular-tray-arrow-up", Text: a.t("top.queue", "n", n), Dim: n == 0}
	user := a.user.Name + " " + a.t("role."+string(a.user.Role))
	branch := a.pick(a.o.Bank) + " " + a.pick(a.o.Branch) + "　" + a.t("app.window", "n", a.o.Window)
	return a.look.TopBar(a.t("app.name"), branch, user, a.o.Now().In(beijing()).Format("15:04"), []kit.Chip{net, p, q})
}

func (s *shell) keys() fyne.CanvasObject {
	var left, right []kit.Hint
	acts := s.a.page.acts()
	if n := len(s.a.over); n > 0 {
		acts = s.a.over[n-1].acts()
	}
	for _, c := range append(append([]act{}, acts...), s.a.common()...) {
		h := kit.Hint{Keys: c.keys, Word: c.word}
		switch {
		case c.quiet:
		case c.right:
			right = append(right, h)
		default:
			left = append(left, h)
		}
	}
	// The way back stands at the very end.
	for i := 0; i+1 < len(right); i++ {
		if right[i].Keys[0] != "F1" && right[len(right)-1].Keys[0] == "F1" {
			right[i], right[len(right)-1] = right[len(right)-1], right[i]
		}
	}
	return s.a.look.KeyBar(left, right, s.size.Width)
}

// notice is the banner of the moment.
type notice struct {
	tone       kit.Tone
	icon       string
	what, todo string
	until      time.Time // zero: until something else is said
}

// say shows a sentence under the top bar; d 0: until it is replaced.
func (a *App) say(t kit.Tone, icon, what, todo string, d time.Duration) {
	n := &notice{tone: t, icon: icon, what: what, todo: todo}
	if d > 0 {
		n.until = a.o.Now().Add(d)
	}
	a.notice = n
	a.shell.draw()
}

// hush takes the banner away.
func (a *App) hush() {
	if a.notice != nil {
		a.notice = nil
	}
}

func (s *shell) banner() fyne.CanvasObject {
	a := s.a
	if n := a.notice; n != nil {
		return a.look.Banner(n.tone, n.icon, n.what, n.todo, "", s.size.Width)
	}
	switch {
	case a.user.Name == "":
		return nil
	case a.dev == nil && a.padLost:
		return a.look.Banner(kit.Bad, "bold-plugs", a.t("p.none"), a.t("p.none.do"), a.t("p.wait"), s.size.Width)
	case a.offline:
		return a.look.Banner(kit.Look2, "regular-cloud-slash", a.t("q.off"), a.t("q.off.do"),
			a.t("q.off.since", "t", a.offAt.In(beijing()).Format("15:04")), s.size.Width)
	}
	return nil
}
