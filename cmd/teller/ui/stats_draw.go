package ui

import (
	"fmt"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"moqian/cmd/teller/ui/kit"
)

func (p *stats) body(size fyne.Size) fyne.CanvasObject {
	bars := kit.Sized(p.hours)
	steps := kit.Sized(p.steps)
	w := (size.Width - 48) * 0.4
	return kit.Inset(20, 24, 20, 24, kit.V(16, kit.Fix(0, 124, p.cards()), kit.Grow(kit.H(16, kit.FixFill(w, 0, bars), kit.Grow(steps)))))
}

// cards are the four figures of the day.
func (p *stats) cards() fyne.CanvasObject {
	a, l := p.a, p.a.look
	card := func(what, value, unit, more string) fyne.CanvasObject {
		return kit.Grow(l.Card(kit.Inset(12, 20, 12, 20, kit.V(2, l.Text(what, 15, l.P.Ink2),
			kit.H(6, l.Bold(value, 32, l.P.Ink), kit.End(kit.Inset(0, 0, 8, 0, l.Text(unit, 15, l.P.Ink2)))), l.Text(more, 13, l.P.Ink2)))))
	}
	each, n := mean(p.times)
	took, more := "—", a.t("k.took.none")
	if n > 0 {
		took, more = clockOf(each), a.t("k.took.of", "n", n)
	}
	return kit.H(16, card(a.t("k.filed"), fmt.Sprint(p.now.filed), a.t("k.pieces"), a.t("k.prior", "n", p.prior.filed)),
		card(a.t("k.took"), took, "", more),
		card(a.t("k.again.n"), fmt.Sprint(p.now.resigned+p.now.void), a.t("k.times"), a.t("k.again.of", "n", p.now.resigned, "v", p.now.void)),
		card(a.t("k.paper"), fmt.Sprint(p.now.filed*copiesOfPaper), a.t("k.sheets"), a.t("k.paper.of", "n", copiesOfPaper)))
}

// hours are the bars of the day.
func (p *stats) hours(size fyne.Size) fyne.CanvasObject {
	a, l := p.a, p.a.look
	head := l.Head([]fyne.CanvasObject{l.Bold(a.t("k.hours"), 15, l.P.Ink)}, l.Text(a.t("k.pieces"), 13, l.P.Ink2))
	if p.now.filed == 0 {
		return l.HeadCard(head, kit.Center(l.Text(a.t("k.none"), 15, l.P.Ink2)))
	}
	from, to := p.now.span()
	peak := p.now.peak()
	w, h := size.Width-40, size.Height-48-64
	step := w / float32(to-from+1)
	var all []fyne.CanvasObject
	for i := from; i <= to; i++ {
		n := p.now.hours[i]
		x := float32(i-from)*step + step*0.13
		wide := step * 0.74
		c, ink := color.Color(l.P.Soft), l.P.Ink
		if !l.P.Dark {
			c = kit.Series(3)
		}
		if i == peak {
			c, ink = l.P.Accent, l.P.Accent
		}
		high := (h - 24) * float32(n) / float32(p.now.hours[peak])
		if n > 0 {
			r := canvas.NewRectangle(c)
			r.TopLeftCornerRadius, r.TopRightCornerRadius = 3, 3
			all = append(all, kit.At(x, h-high, wide, high, r))
			word := l.Text(fmt.Sprint(n), 15, ink)
			word.TextStyle.Bold = i == peak
			all = append(all, kit.At(x+(wide-word.MinSize().Width)/2, h-high-24, word.MinSize().Width, 22, word))
		}
		if step > 44 || (i-from)%2 == 0 {
			word := l.Text(a.t("k.hour", "h", i), 13, l.P.Ink2)
			all = append(all, kit.At(x+(wide-word.MinSize().Width)/2, h+8, word.MinSize().Width, 20, word))
		}
	}
	all = append(all, l.Line(0, h, w, h, 1, l.P.Edge))
	return l.HeadCard(head, kit.Inset(16, 20, 12, 20, kit.Fix(w, h+32, kit.Free(all...))))
}

// steps are the mean seconds of each step, stacked, by business.
func (p *stats) steps(size fyne.Size) fyne.CanvasObject {
	a, l := p.a, p.a.look
	head := l.Head([]fyne.CanvasObject{l.Bold(a.t("k.steps"), 15, l.P.Ink)}, l.Text(a.t("k.bybiz"), 13, l.P.Ink2))
	if len(p.times) == 0 {
		return l.HeadCard(head, kit.Center(l.Text(a.t("k.took.none"), 15, l.P.Ink2)))
	}
	legend := kit.H(20)
	for i := range 5 {
		legend.Add(kit.H(6, kit.Fix(12, 12, l.Box(kit.Series(i), nil, 0, 2)), l.Text(a.t("step."+fmt.Sprint(i+1)), 13, l.P.Ink)))
	}
	most := 0.0
	for _, s := range p.times {
		sum := 0.0
		for _, x := range s.Sum {
			sum += x
		}
		most = max(most, sum/float64(max(1, s.N)))
	}
	col := kit.V(0, kit.Inset(14, 20, 10, 20, legend))
	room := size.Width - 40 - 230 - 60
	high := min(50, max(30, (size.Height-160)/float32(len(p.times))))
	for _, c := range codes(p.times) {
		col.Add(kit.Fix(0, high, kit.Inset(0, 20, 0, 20, p.stack(c, room, most))))
	}
	col.Add(kit.Gap())
	col.Add(kit.Inset(0, 20, 0, 20, l.Rule()))
	code, step, longestFor := longest(p.times)
	col.Add(kit.Inset(12, 20, 14, 20, kit.H(10, l.Icon("regular-lightbulb", 20, l.P.Ink2), l.Text(l.Fit(a.t("k.finding", "b", a.bizName(code), "s", a.t("step."+fmt.Sprint(step+1)),
		"n", seconds(longestFor)), 15, false, size.Width-80), 15, l.P.Ink2))))
	return l.HeadCard(head, col)
}

// stack is the row of a business.
func (p *stats) stack(code string, room float32, most float64) fyne.CanvasObject {
	a, l := p.a, p.a.look
	s := p.times[code]
	row := kit.H(2)
	sum := 0.0
	for i, x := range s.Sum {
		m := x / float64(max(1, s.N))
		sum += m
		w := room * float32(m/max(0.001, most))
		if w < 2 {
			continue
		}
		ink := kit.Light().Ink
		if i == 0 {
			ink = kit.Light().Surface
		}
		word := ""
		if w >= 26 {
			word = seconds(m)
		}
		row.Add(kit.Fix(w, 28, kit.Stack(canvas.NewRectangle(kit.Series(i)), kit.Center(l.Text(word, 13, ink)))))
	}
	row.Add(kit.Blank(6, 0))
	row.Add(l.Bold(seconds(sum), 15, l.P.Ink))
	return kit.H(0, kit.Fix(160, 0, kit.H(0, l.Text(l.Fit(a.bizName(code), 15, false, 156), 15, l.P.Ink), kit.Gap())),
		kit.Fix(70, 0, kit.H(0, l.Text(a.t("k.n", "n", s.N), 13, l.P.Ink2), kit.Gap())), row)
}

// seconds as they are read: tenths below ten.
func seconds(s float64) string {
	if s < 10 {
		return fmt.Sprintf("%.1f", s)
	}
	return fmt.Sprintf("%.0f", s)
}
