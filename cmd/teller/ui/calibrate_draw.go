package ui

import (
	"fmt"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"moqian/cmd/teller/ui/kit"
	"moqian/cmd/teller/wizard"
	"moqian/pad"
)

func (p *calibrate) side() fyne.CanvasObject {
	a, l := p.a, p.a.look
	if p.w == nil {
		return nil
	}
	if p.sum {
		return l.Text(a.t("g.sum"), 15, l.P.Ink2)
	}
	return l.Text(a.t("g.of", "n", int(p.view().Step)+1, "m", int(wizard.Steps)), 15, l.P.Ink2)
}

func (p *calibrate) body(size fyne.Size) fyne.CanvasObject {
	a, l := p.a, p.a.look
	if p.w == nil {
		return kit.Inset(20, 24, 20, 24, l.Card(kit.Center(kit.V(16, kit.Middle(l.Icon("bold-plugs", 36, l.P.Ink2)),
			kit.Middle(l.Bold(a.t("p.none"), 18, l.P.Ink)), kit.Middle(l.Text(a.t("p.none.do"), 15, l.P.Ink2))))))
	}
	w := float32(340)
	if size.Width >= 1500 {
		w = 400
	}
	return kit.Inset(20, 24, 20, 24, kit.H(20, kit.FixFill(208, 0, p.steps()), kit.Grow(kit.Sized(p.stage)), kit.FixFill(w, 0, kit.Sized(p.panel))))
}

// steps is the list at the left.
func (p *calibrate) steps() fyne.CanvasObject {
	a, l, v := p.a, p.a.look, p.view()
	i := p.dev.Info()
	text := kit.V(2, l.Text(a.t("g.pad"), 13, l.P.Ink2), l.Text(l.Fit(i.Maker+" "+i.Model, 13, false, 168), 13, l.P.Ink2))
	if i.Serial != "" {
		text.Add(l.Text(l.Fit(a.t("g.serial", "s", i.Serial), 13, false, 168), 13, l.P.Ink2))
	}
	col := kit.V(0, kit.Inset(16, 20, 12, 20, text))
	for s := range wizard.Steps {
		now := s == v.Step && !p.sum
		ground := fyne.CanvasObject(kit.Blank(0, 0))
		word := l.Text(p.stepName(s), 15, l.P.Ink2)
		if now {
			ground = kit.Stack(canvas.NewRectangle(l.P.Soft), kit.H(0, kit.FixFill(3, 0, canvas.NewRectangle(l.P.Accent)), kit.Gap()))
			word = l.Bold(p.stepName(s), 15, l.P.Ink)
		}
		mark := l.Dot(fmt.Sprint(int(s)+1), 20, l.P.Surface, l.P.Edge, l.P.Ink3, false)
		if r := v.All[s]; r != nil {
			mark = verdictIcon(l, r.Verdict, 20)
			word.Color = l.P.Ink
		} else if now {
			mark = l.Dot(fmt.Sprint(int(s)+1), 20, l.P.Accent, nil, l.P.OnAccent, true)
		}
		row := kit.NewTap(kit.Fix(0, 44, kit.Stack(ground, kit.Inset(0, 20, 0, 20, kit.H(12, mark, word)))), func(fyne.Position) {
			p.to(s)
			a.shell.draw()
		})
		col.Add(row)
	}
	_, n := v.Verdict()
	last := a.t("g.never")
	if p.before != nil {
		last = a.t("g.last", "t", p.before.Made.In(beijing()).Format("2006-01-02"))
	}
	col.Add(kit.Inset(16, 20, 12, 20, kit.V(2, l.Text(a.t("g.measured", "n", n), 13, l.P.Ink2), l.Text(last, 13, l.P.Ink2))))
	return l.Card(kit.Inset(0, 1, 0, 1, col))
}

func verdictIcon(l kit.Look, v pad.Verdict, size float32) fyne.CanvasObject {
	switch v {
	case pad.Pass:
		return l.Icon("fill-check-circle", size, l.P.OK)
	case pad.Remarks:
		return l.Icon("fill-warning", size, l.P.Warn)
	}
	return l.Icon("fill-x-circle", size, l.P.Err)
}

// verdictWord is a verdict in words.
func (p *calibrate) verdictWord(v pad.Verdict) string {
	switch v {
	case pad.Pass:
		return p.a.t("g.pass")
	case pad.Remarks:
		return p.a.t("g.remarks")
	}
	return p.a.t("g.fail")
}

// stage is the middle: the pad's surface while it is measured, the picture of
// the result after it.
func (p *calibrate) stage(size fyne.Size) fyne.CanvasObject {
	a, l, v := p.a, p.a.look, p.view()
	if p.sum {
		return p.summary(size)
	}
	title, more := p.stepName(v.Step), a.t("g.what."+fmt.Sprint(int(v.Step)+1))
	right := fyne.CanvasObject(kit.Blank(0, 0))
	if v.Step == wizard.Geometry {
		right = l.Text(a.t("g.median"), 13, l.P.Ink2)
		if v.Result != nil {
			more = a.t("g.arrows")
		}
	}
	head := l.Head([]fyne.CanvasObject{l.Bold(title, 15, l.P.Ink), l.Text(l.Fit(more, 13, false, size.Width-260), 13, l.P.Ink2)}, right)
	return l.HeadCard(head, l.Stage(kit.Sized(func(s fyne.Size) fyne.CanvasObject {
		if r := v.Result; r != nil && r.Plot != nil {
			return p.plot(v.Step, r, s)
		}
		return p.surface(v, s)
	})))
}

// plot is a histogram or the pressure curve.
func (p *calibrate) plot(step wizard.Step, r *wizard.Result, size fyne.Size) fyne.CanvasObject {
	a, l := p.a, p.a.look
	s := fyne.NewSize(min(size.Width-80, 760), min(size.Height-110, 360))
	under := a.t("g.plot." + fmt.Sprint(int(step)+1))
	var pic fyne.CanvasObject
	if r.Plot.Curve != nil {
		var knots [][2]float64
		var words []string
		names := []string{a.t("g.num.onset"), a.t("g.num.median"), a.t("g.num.p95")}
		for i, k := range r.Plot.Curve {
			knots = append(knots, [2]float64{k.In, k.Out})
			if i < len(names) && i < len(r.Plot.Curve)-1 {
				words = append(words, fmt.Sprintf("%s %.0f%%", names[i], 100*k.In))
			}
		}
		pic = l.Curve(knots, words, s)
	} else {
		pic = l.Histogram(r.Plot.Bars, kit.Axes{From: r.Plot.From, To: r.Plot.To, Unit: r.Plot.Unit}, r.Plot.Limit,
			a.t("g.limit", "x", fmt.Sprintf("%g", r.Plot.Limit)), s)
	}
	box := kit.Stack(l.Box(l.P.Surface, l.P.Line, 1, 4), kit.Inset(14, 24, 18, 24, kit.V(10, l.Text(under, 13, l.P.Ink2), pic)))
	return kit.Center(box)
}

// surface is the pad in its own proportions with what the pen is to do and has
// done.
func (p *calibrate) surface(v wizard.View, size fyne.Size) fyne.CanvasObject {
	a, l := p.a, p.a.look
	i := p.dev.Info()
	w := size.Width - 72
	h := w * float32(i.Height/i.Width)
	if most := size.Height - 96; h > most {
		h, w = most, most*float32(i.Width/i.Height)
	}
	mm := w / float32(i.Width)
	all := []fyne.CanvasObject{kit.At(0, 0, w, h, l.Box(kit.Light().Paper, l.P.Edge, 1, 4))}
	light := l
	light.P = kit.Light() // the surface is paper
	if r := v.Result; r != nil {
		all = append(all, p.arrows(light, r, mm)...)
		if r.Reached[2] > r.Reached[0] {
			reached := light.Box(light.P.Soft, light.P.Accent, 1, 0)
			all = append(all, kit.At(float32(r.Reached[0])*mm, float32(r.Reached[1])*mm, float32(r.Reached[2]-r.Reached[0])*mm, float32(r.Reached[3]-r.Reached[1])*mm, reached))
		}
	} else {
		all = append(all, p.toDo(light, v, mm)...)
	}
	p.ink.Pen = nil
	if a.o.Trial != nil && a.o.Trial.Pen != nil && v.Result == nil {
		p.ink.Pen = func(x, y float32, down bool) {
			force := 0.5
			if !down {
				force = 0
			}
			a.o.Trial.Pen(float64(x)*i.Width+i.Width/2, float64(y)*i.Width+i.Height/2, force, down)
		}
	}
	if v.Result == nil || v.Step == wizard.Speed || v.Step == wizard.Lift {
		all = append(all, kit.At(0, 0, w, h, p.ink))
	}
	left := fyne.CanvasObject(kit.Blank(0, 0))
	if v.Result != nil && v.Step == wizard.Geometry {
		long := 25 * mm // 1 mm of error
		left = kit.H(12, kit.Fix(long, 12, kit.Free(l.Line(0, 6, long, 6, 2, l.P.Ink2), l.Line(0, 1, 0, 11, 2, l.P.Ink2), l.Line(long, 1, long, 11, 2, l.P.Ink2))),
			l.Text(a.t("g.scale"), 13, l.P.Ink2))
	}
	foot := kit.Fix(w, 20, kit.H(0, left, kit.Gap(), l.Text(a.t("g.size", "w", fmt.Sprintf("%.0f", i.Width), "h", fmt.Sprintf("%.0f", i.Height)), 13, l.P.Ink2)))
	return kit.Center(kit.V(14, kit.Fix(w, h, kit.Free(all...)), foot))
}

// toDo marks on the surface what the pen is to do.
func (p *calibrate) toDo(l kit.Look, v wizard.View, mm float32) []fyne.CanvasObject {
	i := p.dev.Info()
	w, h := float32(i.Width)*mm, float32(i.Height)*mm
	var all []fyne.CanvasObject
	switch v.Step {
	case wizard.Geometry:
		for n := range wizard.Targets {
			t := wizard.Target(i, n)
			x, y := float32(t.X)*mm, float32(t.Y)*mm
			switch {
			case n < v.Part/wizard.Taps:
				all = append(all, kit.At(x-10, y-10, 20, 20, l.Icon("fill-check-circle", 20, l.P.OK)))
			case v.Target != nil && *v.Target == t:
				ring := l.Box(l.P.Soft, l.P.Accent, 2, 22)
				all = append(all, kit.At(x-22, y-22, 44, 44, ring))
				all = append(all, l.Cross(x, y, l.P.Accent)...)
				word := l.Bold(fmt.Sprintf("%d / %d", v.Part%wizard.Taps, wizard.Taps), 13, l.P.Accent)
				at := x + 30
				if at+word.MinSize().Width > w {
					at = x - 30 - word.MinSize().Width
				}
				all = append(all, kit.At(at, y-10, word.MinSize().Width, 19, word))
			default:
				all = append(all, l.Cross(x, y, l.P.Edge)...)
			}
		}
	case wizard.Rest:
		for n, x := range []float32{0.25, 0.5, 0.75} {
			c := l.P.Edge
			if n == v.Part {
				c = l.P.Accent
			}
			if n < v.Part {
				all = append(all, kit.At(w*x-10, h/2-10, 20, 20, l.Icon("fill-check-circle", 20, l.P.OK)))
				continue
			}
			all = append(all, l.Cross(w*x, h/2, c)...)
		}
	case wizard.Reach:
		all = append(all, dashedBox(l, 4, 4, w-4, h-4)...)
	case wizard.Pressure, wizard.Speed:
		all = append(all, l.Line(w*0.1, h*0.72, w*0.9, h*0.72, 1, l.P.Halo))
	}
	return all
}

func dashedBox(l kit.Look, x0, y0, x1, y1 float32) []fyne.CanvasObject {
	all := l.Dashed(x0, y0, x1, y0, l.P.Accent)
	all = append(all, l.Dashed(x1, y0, x1, y1, l.P.Accent)...)
	all = append(all, l.Dashed(x0, y1, x1, y1, l.P.Accent)...)
	return append(all, l.Dashed(x0, y0, x0, y1, l.P.Accent)...)
}

// arrows are the errors left at the crosses, 25 times as long.
func (p *calibrate) arrows(l kit.Look, r *wizard.Result, mm float32) []fyne.CanvasObject {
	var all []fyne.CanvasObject
	i := p.dev.Info()
	for _, e := range r.Arrows {
		x, y := float32(e.At.X)*mm, float32(e.At.Y)*mm
		c := l.P.Accent
		word := l.Text(fmt.Sprintf("%.2f mm", e.Length()), 13, l.P.Ink2)
		switch {
		case e.Length() > 0.5:
			c = l.P.Err
			word = l.Bold(word.Text, 13, c)
		case e.Length() > 0.4:
			c = l.P.Warn
			word = l.Bold(word.Text, 13, c)
		}
		all = append(all, l.Cross(x, y, l.P.Edge)...)
		k := 25 * mm
		if long := float32(e.Length()) * k; long > 60 { // a long arrow says enough
			k *= 60 / long
		}
		all = append(all, l.Arrow(x, y, x+float32(e.Off.X)*k, y+float32(e.Off.Y)*k, c)...)
		dx, dy := float32(16), float32(18)
		if e.At.X > 0.7*i.Width {
			dx = -16 - word.MinSize().Width
		}
		if e.At.Y > 0.7*i.Height {
			dy = -36
		}
		all = append(all, kit.At(x+dx, y+dy, word.MinSize().Width, 19, word))
	}
	return all
}

// panel is what to do, or what came of it, and the next step.
func (p *calibrate) panel(size fyne.Size) fyne.CanvasObject {
	a, l, v := p.a, p.a.look, p.view()
	w := size.Width - 40
	col := kit.V(16)
	switch {
	case p.sum:
		col.Add(p.verdict(w))
		col.Add(kit.Grow(p.compare(w)))
	case v.Result != nil:
		col.Add(p.result(v.Result, w))
		col.Add(kit.Grow(p.advice(v, w)))
	default:
		col.Add(kit.Grow(p.doing(v, w)))
	}
	if !p.sum {
		col.Add(kit.Fix(0, 48, l.Button(kit.Button{Text: a.t("g.redo"), Key: "F9", Do: p.redo})))
	}
	word, reason := p.next()
	col.Add(kit.Fix(0, 56, l.Button(kit.Button{Text: word, Key: "Enter", Kind: kit.Primary, Focus: true, Reason: reason, Do: p.enter})))
	return col
}

// doing tells what the pen is to do and how far it is.
func (p *calibrate) doing(v wizard.View, w float32) fyne.CanvasObject {
	a, l := p.a, p.a.look
	n := fmt.Sprint(int(v.Step) + 1)
	col := kit.V(0, l.Bold(a.t("g.do"), 15, l.P.Ink), kit.Blank(0, 8), l.Para(a.t("g.do."+n), 15, l.P.Ink, w), kit.Blank(0, 16))
	bar := l.NewProgress()
	bar.Set(float32(v.Share))
	col.Add(kit.H(12, kit.Grow(kit.V(0, kit.Gap(), kit.Fix(0, 8, bar.Container), kit.Gap())), l.Text(fmt.Sprintf("%.0f%%", math.Floor(100*v.Share)), 13, l.P.Ink2)))
	if v.Parts > 0 {
		col.Add(kit.Blank(0, 8))
		part := min(v.Part+1, v.Parts)
		if v.Step == wizard.Lift {
			part = v.Part
		}
		col.Add(l.Text(a.t("g.part."+n, "n", part, "m", v.Parts), 15, l.P.Ink2))
	}
	if v.Stray {
		col.Add(kit.Blank(0, 8))
		col.Add(l.Check(kit.Look2, a.t("g.stray"), a.t("g.stray.do"), w))
	}
	if a.o.Trial != nil {
		col.Add(kit.Blank(0, 12))
		col.Add(l.Rule())
		col.Add(kit.Blank(0, 10))
		col.Add(l.Para(a.t("g.trial"), 13, l.P.Ink2, w))
	}
	return l.Card(kit.Inset(16, 20, 16, 20, col))
}

// result is the verdict of a step with its figures.
func (p *calibrate) result(r *wizard.Result, w float32) fyne.CanvasObject {
	a, l := p.a, p.a.look
	col := kit.V(0, kit.Inset(2, 0, 10, 0, kit.H(10, verdictIcon(l, r.Verdict, 28), l.Bold(p.verdictWord(r.Verdict), 20, l.P.Ink))))
	for i, f := range r.Facts {
		if i > 0 {
			col.Add(l.Rule())
		}
		value := f.Value
		if f.Name == "model" {
			value = a.t("g.model." + f.Value)
		}
		limit := f.Limit
		if limit == "" {
			limit = a.t("g.noted")
		}
		size := float32(15)
		if l.Width(value, size, true) > w-200 {
			size = 13
		}
		col.Add(kit.Fix(0, 36, kit.H(8, l.Text(l.Fit(a.t("g.num."+f.Name), 15, false, w-170), 15, l.P.Ink2), kit.Gap(),
			l.Bold(value, size, l.P.Ink), kit.Fix(76, 0, kit.H(0, kit.Gap(), l.Text(limit, 13, l.P.Ink2))))))
	}
	return l.Card(kit.Inset(14, 20, 10, 20, col))
}

// advice is what to do about a result.
func (p *calibrate) advice(v wizard.View, w float32) fyne.CanvasObject {
	a, l := p.a, p.a.look
	n := fmt.Sprint(int(v.Step) + 1)
	text := a.t("g.fine." + n)
	if v.Result.Verdict != pad.Pass {
		text = a.t("g.bad." + n)
	}
	return l.Card(kit.Inset(16, 20, 16, 20, kit.V(8, l.Bold(a.t("g.note"), 15, l.P.Ink), l.Para(text, 15, l.P.Ink2, w))))
}

// summary lists the eight verdicts.
func (p *calibrate) summary(size fyne.Size) fyne.CanvasObject {
	a, l, v := p.a, p.a.look, p.view()
	t := kit.Table{RowH: 44, Selected: -1, Columns: []kit.Column{
		{Title: a.t("g.th.step"), Width: 170}, {Title: a.t("g.th.numbers")}, {Title: a.t("th.result"), Width: 170}}}
	for s := range wizard.Steps {
		words, mark := "—", fyne.CanvasObject(l.Text(a.t("g.notyet"), 15, l.P.Ink3))
		if r := v.All[s]; r != nil {
			words = ""
			for _, f := range r.Facts[:min(2, len(r.Facts))] {
				words += a.t("g.num."+f.Name) + " " + f.Value + "　"
			}
			mark = kit.H(8, verdictIcon(l, r.Verdict, 20), l.Text(p.verdictWord(r.Verdict), 15, l.P.Ink))
		}
		t.Rows = append(t.Rows, []kit.Cell{{Text: p.stepName(s)}, {Text: l.Fit(words, 15, false, size.Width-400)}, {Obj: mark}})
	}
	head := l.Head([]fyne.CanvasObject{l.Bold(a.t("g.sum"), 15, l.P.Ink)})
	return l.HeadCard(head, kit.Inset(0, 1, 1, 1, kit.Sized(func(s fyne.Size) fyne.CanvasObject { return l.Table(t, s) })))
}

// verdict of the whole.
func (p *calibrate) verdict(w float32) fyne.CanvasObject {
	a, l, v := p.a, p.a.look, p.view()
	worst, n := v.Verdict()
	_, ok := p.w.Calibration()
	text := a.t("g.sum.ok")
	if !ok {
		worst, text = pad.Fail, a.t("g.keep.no.more")
	} else if worst != pad.Pass {
		text = a.t("g.sum.bad")
	}
	return l.Card(kit.Inset(14, 20, 16, 20, kit.V(8, kit.H(10, verdictIcon(l, worst, 28), l.Bold(p.verdictWord(worst), 20, l.P.Ink)),
		l.Text(a.t("g.measured", "n", n), 15, l.P.Ink2), l.Para(text, 15, l.P.Ink2, w))))
}

// compare puts this calibration beside the one that was kept before.
func (p *calibrate) compare(w float32) fyne.CanvasObject {
	a, l := p.a, p.a.look
	col := kit.V(0, l.Bold(a.t("g.compare"), 15, l.P.Ink), kit.Blank(0, 6))
	line := func(name, was, now string) {
		col.Add(kit.Fix(0, 34, kit.H(8, l.Text(name, 15, l.P.Ink2), kit.Gap(), l.Text(was, 15, l.P.Ink2),
			kit.Fix(110, 0, kit.H(0, kit.Gap(), l.Bold(now, 15, l.P.Ink))))))
		col.Add(l.Rule())
	}
	mm := func(c *pad.Calibration, f func(*pad.Calibration) float64) string {
		if c == nil {
			return "—"
		}
		return fmt.Sprintf("%.3f mm", f(c))
	}
	var now *pad.Calibration
	if c, ok := p.w.Calibration(); ok {
		now = &c
	}
	line("", a.t("g.was"), a.t("g.now"))
	for _, x := range []struct {
		name string
		f    func(*pad.Calibration) float64
	}{{"g.num.rms", func(c *pad.Calibration) float64 { return c.Fit.RMS }}, {"g.num.max", func(c *pad.Calibration) float64 { return c.Fit.Max }},
		{"g.num.loo", func(c *pad.Calibration) float64 { return c.Fit.LeaveOneOut }}, {"g.num.noise", func(c *pad.Calibration) float64 { return c.NoiseMM }}} {
		line(a.t(x.name), mm(p.before, x.f), mm(now, x.f))
	}
	return l.Card(kit.Inset(16, 20, 16, 20, col))
}
