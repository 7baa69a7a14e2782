package padview

import (
	"errors"
	"fmt"
	"image"

	"moqian/pad"
	"moqian/render"
	"moqian/render/form"
	"moqian/render/raster"
)

// Picture is a frame and the keys in it.
type Picture struct {
	Frame pad.Frame
	// Buttons lie inside the frame; none on pictures that only tell something.
	Buttons []pad.Button
}

// Maker makes pictures for one screen. It may be used from several goroutines.
type Maker struct {
	w, h    int
	fonts   *render.Fonts
	english bool
	trial   bool
	text    float64 // height of type in pixels
	bar     float64 // height of the row of keys
	edge    float64 // margin
}

// Options of a Maker.
type Options struct {
	// English texts of our own; entries stay as they are.
	English bool
	// Trial marks each picture TEST.
	Trial bool
}

// smallest screen that this package lays out, in pixels.
const smallestW, smallestH = 240, 90

// pageWidth is the width in pixels from which on a page can be read on a
// screen: 9 pt are 10 pixels then.
const pageWidth = 640

// ErrSmall: the screen has no room for a line of text and the keys.
var ErrSmall = errors.New("the pad's screen is too small to show a voucher")

// New makes a Maker for a screen of w × h pixels. ErrSmall below 240 × 90.
func New(w, h int, fonts *render.Fonts, o Options) (*Maker, error) {
	if w < smallestW || h < smallestH {
		return nil, fmt.Errorf("%w: %d × %d", ErrSmall, w, h)
	}
	text := max(14, float64(h)/18)
	return &Maker{w: w, h: h, fonts: fonts, english: o.English, trial: o.Trial,
		text: text, bar: max(24, float64(h)/6), edge: max(4, float64(w)/50)}, nil
}

// pick gives a text in the maker's language.
func (m *Maker) pick(t form.Text) string {
	if m.english && t.EN != "" {
		return t.EN
	}
	return t.ZH
}

// say is a text of this package's own.
func (m *Maker) say(zh, en string) string { return m.pick(form.Text{ZH: zh, EN: en}) }

// sheet is a picture while it is laid out: a page with one mm a pixel.
type sheet struct {
	m       *Maker
	items   []render.Item
	buttons []pad.Button
	err     error
}

func (m *Maker) sheet() *sheet { return &sheet{m: m} }

// pt turns the height of type from pixels to points of a page with 1 mm a pixel.
func pt(px float64) float64 { return px / render.MMPerPt }

// write puts one line on the sheet: x is its left end, its middle or its right
// end for align 0, 0.5 and 1, y the baseline.
func (s *sheet) write(x, y, px, align float64, face render.Face, c render.Color, text string) {
	runs, width, err := s.m.fonts.Split(face, pt(px), text)
	if err != nil {
		s.err = errors.Join(s.err, err)
		return
	}
	s.items = append(s.items, render.Text{X: x - align*width, Y: y, Size: pt(px), Color: c, Runs: runs})
}

func black() render.Color { return render.Color{} }
func white() render.Color { return render.Color{R: 255, G: 255, B: 255} }

func (s *sheet) rect(x, y, w, h float64, fill, stroke *render.Color, width float64) {
	s.items = append(s.items, render.Rect{X: x, Y: y, W: w, H: h, Fill: fill, Stroke: stroke, Width: width})
}

// wrap breaks a text into lines that fit the screen.
func (s *sheet) wrap(px, width float64, face render.Face, text string) []string {
	lines, err := s.m.fonts.Lines(face, pt(px), width, text)
	s.err = errors.Join(s.err, err)
	return lines
}

// key is a button to be: what it means, what it says, and whether it is the one
// that goes on.
type key struct {
	key    pad.Key
	text   string
	strong bool
}

// keys lays buttons along the lower edge, from the left.
func (s *sheet) keys(list ...key) {
	m := s.m
	gap := m.edge
	w := (float64(m.w) - gap*float64(len(list)+1)) / float64(len(list))
	top := float64(m.h) - m.bar + 2
	h := m.bar - 4
	px := min(m.text, h*0.62)
	b, wh := black(), white()
	for i, k := range list {
		x := gap + float64(i)*(w+gap)
		ink := b
		if k.strong {
			s.rect(x, top, w, h, &b, nil, 0)
			ink = wh
		} else {
			s.rect(x, top, w, h, &wh, &b, max(1, float64(m.h)/240))
		}
		s.write(x+w/2, top+h/2+px*0.36, px, 0.5, render.Bold, ink, k.text)
		s.buttons = append(s.buttons, pad.Button{Key: k.key, X1: int(x), Y1: int(top), X2: int(x + w), Y2: int(top + h)})
	}
}

// head is the line above everything: what this is on the left, which picture of
// how many on the right. It gives the y below it.
func (s *sheet) head(title, right string) float64 {
	m := s.m
	if m.trial {
		title = "TEST 测试 " + title
	}
	px := m.text * 0.85
	y := px * 1.1
	if title != "" {
		s.write(m.edge, y, px, 0, render.Bold, black(), s.cut(px, float64(m.w)*0.72, title))
	}
	if right != "" {
		s.write(float64(m.w)-m.edge, y, px, 1, render.Regular, black(), right)
	}
	b := black()
	s.rect(0, y+px*0.35, float64(m.w), max(1, float64(m.h)/240), &b, nil, 0)
	return y + px*0.5
}

// cut gives the beginning of a text that fits.
func (s *sheet) cut(px, width float64, text string) string {
	if lines := s.wrap(px, width, render.Bold, text); len(lines) > 0 {
		return lines[0]
	}
	return ""
}

// picture paints the sheet.
func (s *sheet) picture() (Picture, error) {
	if s.err != nil {
		return Picture{}, fmt.Errorf("laying out the pad's screen: %w", s.err)
	}
	img, err := raster.Page(render.Page{W: float64(s.m.w), H: float64(s.m.h), Items: s.items}, nil, s.m.fonts, 25.4)
	if err != nil {
		return Picture{}, fmt.Errorf("painting the pad's screen: %w", err)
	}
	return Picture{Frame: frame(img), Buttons: s.buttons}, nil
}

// frame takes red, green and blue of a picture.
func frame(img *image.RGBA) pad.Frame {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	f := pad.Frame{W: w, H: h, Pix: make([]byte, 0, 3*w*h)}
	for y := range h {
		row := img.Pix[y*img.Stride : y*img.Stride+4*w]
		for x := 0; x < 4*w; x += 4 {
			f.Pix = append(f.Pix, row[x], row[x+1], row[x+2])
		}
	}
	return f
}
