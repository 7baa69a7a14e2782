package ui

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"moqian/cmd/teller/ui/kit"
	"moqian/render/form"
)

func (p *signPage) body(size fyne.Size) fyne.CanvasObject {
	return p.a.columns(size, p.stage, p.panel)
}

// stage is the ink: the teller's mirror, or with one screen the customer's
// own box.
func (p *signPage) stage(fyne.Size) fyne.CanvasObject {
	a, l := p.a, p.a.look
	s := a.bridge.state()
	name, role := a.signer(a.view.Signer)
	who := a.t("s.who", "r", a.pick(role), "s", name, "n", a.view.Signer+1, "m", len(a.signers()))
	tag := l.Tag(a.t("s.ready"), kit.Neutral, "regular-pen-nib")
	switch {
	case a.busy:
		tag = l.Tag(a.t("s.busy"), kit.Act, "bold-circle-notch")
	case a.rec == nil:
		tag = l.Tag(a.t("s.closed"), kit.Look2, "bold-pause")
	case s.down:
		tag = l.Tag(a.t("s.writing"), kit.Act, "regular-pen-nib")
	case s.strokes > 0:
		tag = l.Tag(a.t("s.rest"), kit.Good, "")
	}
	head := l.Head([]fyne.CanvasObject{l.Bold(a.t("s.title"), 15, l.P.Ink), l.Text(who, 13, l.P.Ink2)}, tag)
	var foot fyne.CanvasObject
	foot, p.stats, p.bar = p.foot()
	mid := l.Stage(kit.Sized(func(size fyne.Size) fyne.CanvasObject { return p.box(size) }))
	return l.Card(container.NewBorder(head, foot, nil, nil, mid))
}

func (p *signPage) foot() (fyne.CanvasObject, *fyne.Container, *kit.Progress) {
	a, l := p.a, p.a.look
	p.stats = kit.H(28)
	p.bar = l.NewProgress()
	p.fillStats()
	row := kit.H(0, kit.Grow(a.living(p.stats)), l.Text(a.t("s.press"), 13, l.P.Ink2), kit.Blank(10, 0), kit.Fix(160, 8, a.living(p.bar.Container)))
	return kit.V(0, l.Rule(), kit.Fix(0, 55, kit.Inset(0, 24, 0, 24, row))), p.stats, p.bar
}

// box draws the signature box in its own proportions.
func (p *signPage) box(size fyne.Size) fyne.CanvasObject {
	a, l := p.a, p.a.look
	if a.oneWindow() {
		return a.mirror(size, 12)
	}
	at := boxOf(a.view)
	w := size.Width - 48
	h := w * float32(at.H/at.W)
	if h > size.Height-40 {
		h = size.Height - 40
		w = h * float32(at.W/at.H)
	}
	paper := l.Box(l.P.Paper, l.P.Accent, 2, 4)
	line := canvas.NewRectangle(l.P.Halo)
	note := l.Text(a.t("s.box", "w", fmt.Sprint(at.W), "h", fmt.Sprint(at.H)), 13, kit.Light().Ink3)
	free := kit.Free(kit.At(0, 0, w, h, paper), kit.At(40, h*0.84, w-80, 1, line),
		kit.At(40, h*0.84+8, 200, 20, note), kit.At(2, 2, w-4, h-4, a.living(a.ink[tellerInk])))
	return kit.Center(kit.Fix(w, h, free))
}

// signers of the form, none once it is filed.
func (a *App) signers() []form.Signer {
	if a.view.Filled.Type() == nil {
		return nil
	}
	return a.view.Filled.Signers()
}

// signer's name and role.
func (a *App) signer(i int) (string, form.Text) {
	s := a.signers()
	if i >= len(s) {
		return "", form.Text{}
	}
	v, _ := a.view.Filled.Value(s[i].NameField)
	return v.Shown, s[i].Role
}

func (p *signPage) panel(size fyne.Size) fyne.CanvasObject {
	a, l := p.a, p.a.look
	return kit.V(16, p.signers(), kit.Grow(p.checks(size.Width-40)),
		kit.Fix(0, 48, l.Button(kit.Button{Text: a.t("s.clear"), Key: "F9", Do: a.resign})),
		kit.Fix(0, 48, l.Button(p.button())))
}

func (p *signPage) button() kit.Button {
	a := p.a
	s := a.bridge.state()
	last := a.view.Signer+1 >= len(a.signers())
	b := kit.Button{Text: a.t("s.next"), Key: "Enter", Kind: kit.Primary, Do: a.accept, Focus: true}
	if last {
		b.Text = a.t("s.accept")
	}
	switch {
	case a.busy:
		b.Text, b.Busy = a.t("s.busy"), true
	case a.dev == nil:
		b.Reason = a.t("s.nopad")
	case a.rec == nil:
		b.Reason = a.t("s.notopen")
	case s.strokes == 0:
		b.Reason = a.t("s.empty")
	case s.down || !s.rests():
		b.Reason = a.t("s.off")
	}
	return b
}

func (p *signPage) signers() fyne.CanvasObject {
	a, l := p.a, p.a.look
	v := kit.V(0, l.Head([]fyne.CanvasObject{l.Bold(a.t("s.signers"), 15, l.P.Ink)}))
	for i := range a.signers() {
		name, role := a.signer(i)
		n := string(rune('1' + i))
		ground := fyne.CanvasObject(kit.Blank(0, 0))
		dot := l.Dot(n, 28, l.P.Surface, l.P.Edge, l.P.Ink3, false)
		state := fyne.CanvasObject(l.Text(a.t("s.waits"), 13, l.P.Ink2))
		switch {
		case i < a.view.Signer:
			dot = kit.Fix(28, 28, kit.Stack(l.Dot("", 28, l.P.Soft, nil, l.P.Accent, false), kit.Center(l.Icon("bold-check", 14, l.P.Accent))))
			state = l.Tag(a.t("s.signed"), kit.Good, "")
		case i == a.view.Signer:
			ground = kit.Stack(canvas.NewRectangle(l.P.Soft), kit.H(0, kit.FixFill(3, 0, canvas.NewRectangle(l.P.Accent)), kit.Gap()))
			dot = l.Dot(n, 28, l.P.Accent, nil, l.P.OnAccent, true)
			state = l.Text(a.t("s.now"), 13, l.P.Accent)
		}
		row := kit.H(12, dot, kit.V(0, l.Bold(name, 15, l.P.Ink), l.Text(a.pick(role), 13, l.P.Ink2)), kit.Gap(), state)
		v.Add(kit.Fix(0, 60, kit.Stack(ground, kit.Inset(0, 20, 0, 20, row))))
		v.Add(l.Rule())
	}
	return l.Card(kit.Inset(1, 1, 1, 1, v))
}

// checks is one sentence or two about the ink.
func (p *signPage) checks(width float32) fyne.CanvasObject {
	a, l := p.a, p.a.look
	s := a.bridge.state()
	v := kit.V(0, l.Bold(a.t("s.checks"), 15, l.P.Ink), kit.Blank(0, 8))
	switch {
	case a.dev == nil:
		v.Add(l.Check(kit.Bad, a.t("p.none"), a.t("p.none.do"), width))
	case s.strokes == 0:
		v.Add(l.Check(kit.Neutral, a.t("s.begin"), "", width))
	default:
		if s.strokes < 3 && !s.down {
			v.Add(l.Check(kit.Look2, a.t("s.few", "n", s.strokes), "", width))
		} else {
			v.Add(l.Check(kit.Good, a.t("s.in"), "", width))
		}
		if s.lost > s.samples/50 {
			v.Add(l.Check(kit.Look2, a.t("s.gaps", "n", s.lost), "", width))
		} else {
			v.Add(l.Check(kit.Good, a.t("s.whole"), "", width))
		}
	}
	v.Add(kit.Inset(8, 0, 8, 0, l.Rule()))
	v.Add(l.Para(a.t("s.ram"), 13, l.P.Ink2, width))
	return l.Card(kit.Inset(16, 20, 16, 20, v))
}

// tick keeps button and checks in step with the pen, but not while it writes:
// a redrawn page costs the customer's ink a frame or two.
func (p *signPage) tick() {
	if !p.a.bridge.state().down {
		p.a.shell.draw()
	}
}
