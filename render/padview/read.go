package padview

import (
	"fmt"
	"image"
	"image/draw"
	"math"

	"moqian/pad"
	"moqian/render"
	"moqian/render/form"
	"moqian/render/raster"
)

// Pages are the pictures that a customer reads before signing, those of the
// voucher's first page (with the elements of the business before it), of its
// second, and so on: one list for each of pages. The last picture of each list
// has the key "confirm", the others "next"; all have "cancel". Errors are those
// of fonts: *render.MissingGlyph.
func (m *Maker) Pages(f form.Filled, pages []render.Page) ([][]Picture, error) {
	if f.Type() == nil || len(pages) == 0 {
		return nil, fmt.Errorf("internal error: no voucher to show on a pad")
	}
	room := m.room()
	lists := make([][]piece, len(pages))
	for i, p := range pages {
		var lines []line
		if i == 0 {
			lines = m.elements(f)
		}
		if m.w < pageWidth {
			if i == 0 {
				lines = append(lines, m.others(f, len(pages))...)
			} else {
				lines = append(lines, m.words(p)...)
			}
		}
		text, err := m.paginate(lines, room)
		if err != nil {
			return nil, err
		}
		lists[i] = text
		if m.w >= pageWidth {
			cuts, err := m.cuts(p, room)
			if err != nil {
				return nil, err
			}
			lists[i] = append(lists[i], cuts...)
		}
	}
	return m.finish(m.pick(f.Type().Name), lists)
}

// room is the height between head and keys in pixels.
func (m *Maker) room() float64 { return float64(m.h) - m.bar - m.sheet().head("", "") - 2 }

// piece is the content of one picture: lines of text, or a part of a page.
type piece struct {
	lines []line
	img   *image.RGBA
	from  int // row of img
}

// line is one line of text.
type line struct {
	text  string
	px    float64
	face  render.Face
	fresh bool // begins an entry: a picture may begin here
}

func (l line) height() float64 { return l.px * 1.35 }

// finish puts head and keys on every piece.
func (m *Maker) finish(title string, lists [][]piece) ([][]Picture, error) {
	total, n := 0, 0
	for _, l := range lists {
		total += len(l)
	}
	out := make([][]Picture, len(lists))
	for i, list := range lists {
		for j, p := range list {
			n++
			s := m.sheet()
			y := s.head(title, fmt.Sprintf("%d/%d", n, total))
			for _, l := range p.lines {
				y += l.height()
				s.write(m.edge, y-l.px*0.3, l.px, 0, l.face, black(), l.text)
			}
			forward := key{pad.KeyNext, m.say("下一页", "Next"), true}
			if j == len(list)-1 {
				forward = key{pad.KeyConfirm, m.say("确认无误", "Confirm"), true}
			}
			s.keys(key{pad.KeyCancel, m.say("信息有误", "Wrong"), false}, forward)
			pic, err := s.picture()
			if err != nil {
				return nil, err
			}
			if p.img != nil {
				m.paste(&pic.Frame, p)
			}
			out[i] = append(out[i], pic)
		}
	}
	return out, nil
}

// elements are what a customer must have read: names, accounts, business and
// amount, in large print.
func (m *Maker) elements(f form.Filled) []line {
	t := f.Type()
	var out []line
	for _, d := range t.Fields {
		v, ok := f.Value(d.ID)
		if !d.Bold || !ok {
			continue
		}
		if d.ID == t.Amount {
			out = append(out, line{m.pick(d.Label), m.text, render.Regular, true},
				line{v.Shown, m.text * 1.7, render.Bold, false}, line{form.Words(f.Fen()), m.text * 1.1, render.Bold, false})
			continue
		}
		out = append(out, line{m.pick(d.Label), m.text * 0.9, render.Regular, true}, line{v.Line(), m.text * 1.15, render.Bold, false})
	}
	return out
}

// others are all entries that are no elements, and what the customer declares.
func (m *Maker) others(f form.Filled, pages int) []line {
	var out []line
	for _, d := range f.Type().Fields {
		if v, ok := f.Value(d.ID); ok && !d.Bold {
			out = append(out, line{m.pick(d.Label) + "：" + v.Line(), m.text, render.Regular, true})
		}
	}
	if st := m.pick(f.Statement(pages)); st != "" {
		out = append(out, line{st, m.text, render.Regular, true})
	}
	return out
}

// paginate wraps lines and deals them out to pictures; an entry begins a new
// picture rather than being torn, unless it is higher than one.
func (m *Maker) paginate(lines []line, room float64) ([]piece, error) {
	s := m.sheet()
	var out []piece
	var cur piece
	used := 0.0
	for i := 0; i < len(lines); {
		j := i + 1
		for j < len(lines) && !lines[j].fresh {
			j++
		}
		entry := m.broken(s, lines[i:j])
		high := 0.0
		for _, l := range entry {
			high += l.height()
		}
		if used > 0 && used+high > room {
			out, cur, used = append(out, cur), piece{}, 0
		}
		for _, l := range entry {
			if used > 0 && used+l.height() > room {
				out, cur, used = append(out, cur), piece{}, 0
			}
			cur.lines = append(cur.lines, l)
			used += l.height()
		}
		i = j
	}
	if len(cur.lines) > 0 {
		out = append(out, cur)
	}
	return out, s.err
}

// broken are the lines of one entry, each no wider than the screen.
func (m *Maker) broken(s *sheet, entry []line) (out []line) {
	for _, l := range entry {
		for _, part := range s.wrap(l.px, float64(m.w)-2*m.edge, l.face, l.text) {
			out = append(out, line{text: part, px: l.px, face: l.face})
		}
	}
	return out
}

// cuts are a page at the screen's width, in pieces of the room's height that
// overlap by two lines of print.
func (m *Maker) cuts(p render.Page, room float64) ([]piece, error) {
	img, err := raster.Page(p, nil, m.fonts, float64(m.w)/p.W*25.4)
	if err != nil {
		return nil, fmt.Errorf("painting a page for the pad: %w", err)
	}
	high := img.Rect.Dy()
	step := room - 10*float64(m.w)/p.W // 10 mm
	n := max(1, int(math.Ceil((float64(high)-room)/step))+1)
	out := make([]piece, n)
	for i := range out {
		from := int(float64(i) * step)
		out[i] = piece{img: img, from: max(0, min(from, high-int(room)))}
	}
	return out, nil
}

// paste copies a piece of a page below the head.
func (m *Maker) paste(f *pad.Frame, p piece) {
	top := int(m.sheet().head("", "")) + 1
	end := m.h - int(m.bar)
	row := image.NewRGBA(image.Rect(0, 0, m.w, 1))
	for y := top; y < end && p.from+y-top < p.img.Rect.Dy(); y++ {
		draw.Draw(row, row.Rect, p.img, image.Pt(0, p.from+y-top), draw.Src)
		for x := range m.w {
			copy(f.Pix[3*(y*m.w+x):], row.Pix[4*x:4*x+3])
		}
	}
}
