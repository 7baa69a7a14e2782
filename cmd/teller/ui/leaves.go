package ui

import (
	"image"
	"image/draw"
)

// leaf is what the customer reads at a time: a part of a page of the voucher as
// wide as the screen, so that its small print can be read.
type leaf struct {
	img  image.Image
	page int  // of the voucher
	last bool // of its page
}

// What is cut from a page, mm: the margins at the sides, and blank rows beyond
// so many. shape is height over width of a leaf at most.
const (
	cutSides = 12.0
	cutBlank = 5.0
	shape    = 0.41
)

// leavesOf cuts pages painted at pageDPI.
func leavesOf(pages []image.Image) []leaf {
	var all []leaf
	for n, p := range pages {
		if p == nil {
			all = append(all, leaf{nil, n, true})
			continue
		}
		s := squeeze(p)
		cuts := s.cuts()
		for i := range len(cuts) - 1 {
			part := s.img.SubImage(image.Rect(0, cuts[i], s.img.Rect.Dx(), cuts[i+1]))
			all = append(all, leaf{part, n, i == len(cuts)-2})
		}
	}
	return all
}

// squeezed is a page without its side margins and without long blanks; dark is
// how many pixels of each row are printed.
type squeezed struct {
	img  *image.RGBA
	dark []int
}

// printed pixels are darker than this; the watermark of a test is not.
const printed = 150

func squeeze(p image.Image) squeezed {
	b := p.Bounds()
	px := func(mm float64) int { return int(mm / 25.4 * pageDPI) }
	from, to := b.Min.X+px(cutSides), b.Max.X-px(cutSides)
	if to-from < 10 {
		from, to = b.Min.X, b.Max.X
	}
	var rows, dark []int
	blank := px(cutBlank) // nothing of the blank above the first print
	for y := b.Min.Y; y < b.Max.Y; y++ {
		n := darkIn(p, y, from, to)
		if n == 0 {
			blank++
		} else {
			blank = 0
		}
		if blank <= px(cutBlank) {
			rows, dark = append(rows, y), append(dark, n)
		}
	}
	for len(rows) > 0 && dark[len(rows)-1] == 0 {
		rows, dark = rows[:len(rows)-1], dark[:len(dark)-1]
	}
	edge := px(2)
	out := image.NewRGBA(image.Rect(0, 0, to-from, max(1, len(rows)+2*edge)))
	draw.Draw(out, out.Rect, image.White, image.Point{}, draw.Src)
	for i, y := range rows {
		draw.Draw(out, image.Rect(0, i+edge, to-from, i+edge+1), p, image.Pt(from, y), draw.Src)
	}
	s := squeezed{img: out, dark: make([]int, out.Rect.Dy())}
	copy(s.dark[edge:], dark)
	return s
}

func darkIn(p image.Image, y, from, to int) (n int) {
	if rgba, ok := p.(*image.RGBA); ok {
		row := rgba.Pix[rgba.PixOffset(from, y):rgba.PixOffset(to-1, y)]
		for i := 1; i < len(row); i += 4 { // green tells enough
			if row[i] < printed {
				n++
			}
		}
		return n
	}
	for x := from; x < to; x++ {
		if _, g, _, _ := p.At(x, y).RGBA(); g>>8 < printed {
			n++
		}
	}
	return n
}

// cuts are the rows at which a page is parted, its ends among them: parts of
// much the same height, none higher than shape allows, cut where nothing is
// printed or along a rule.
func (s squeezed) cuts() []int {
	w, h := s.img.Rect.Dx(), s.img.Rect.Dy()
	most := int(float64(w) * shape)
	cuts := []int{0}
	for at := 0; h-at > most; {
		parts := (h - at + most - 1) / most
		want := at + (h-at)/parts
		at = s.best(want, at+most*6/10, min(at+most, h-1))
		cuts = append(cuts, at)
	}
	return append(cuts, h)
}

// rule says whether a thin line runs along row y.
func (s squeezed) rule(y int) bool {
	const thick = 8
	long := func(y int) bool { return s.dark[max(0, min(len(s.dark)-1, y))] > s.img.Rect.Dx()*6/10 }
	return long(y) && !long(y-thick) && !long(y+thick)
}

// best row to cut at between from and to: a blank one or a rule near want; else
// the one with the least print.
func (s squeezed) best(want, from, to int) int {
	best, least := to, int(^uint(0)>>1)
	for y := from; y <= to; y++ {
		away := y - want
		if away < 0 {
			away = -away
		}
		price := away + 40*s.dark[y]
		if s.dark[y] == 0 || s.rule(y) {
			price = away
		}
		if price < least {
			best, least = y, price
		}
	}
	return best
}
