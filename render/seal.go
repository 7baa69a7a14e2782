package render

import (
	"errors"
	"fmt"
	"math"
	"unicode/utf8"
)

// Words in the middle of the seals.
const (
	sealBusiness = "业务专用章"
	sealReceipt  = "回单专用章"
	sealTrial    = "测试专用章"
)

// Geometry of the teller's e-seal in mm around its centre, radius 18.
const (
	sealRing      = 17.4 // centre of the ring's line
	sealRingWidth = 1.2
	sealArc       = 13.9 // radius of the arc text's glyph centres
	sealArcEm     = 4.2
	sealStarY     = -4.0
	sealStarR     = 4.0
	sealStarInner = 0.381966 // of the outer radius: a regular pentagram
	sealSqueeze   = 0.55     // narrowest width of an arc character
	latinMiddle   = 0.36     // middle of digits and brackets above the baseline, em
	arcMax        = 23
)

// SealText is what an e-seal says. Without Arc no seal is drawn.
type SealText struct {
	Arc    string // bank and branch, at most 23 characters
	Number string // (1)
}

// sealCutter makes the items of a seal around the origin: figures as paths, the
// letters as mute text in the font that seals are cut in.
type sealCutter struct {
	font  FontID // that seals are cut in
	fonts *Fonts // whose bold face has the characters that font lacks
	items []Item
	err   error
}

// seal draws the e-seal around x, y. Ring, star and arc text are one group,
// equal in every seal of the document.
func (c *canvas) seal(r *reader, x, y float64, centre string) {
	if r.Seal.Arc == "" {
		return
	}
	if r.Header.Trial {
		centre = sealTrial
	}
	c.what = "seal"
	font, err := c.fonts.extra(r.SealFont)
	if err != nil {
		c.fail(err)
		return
	}
	common := sealCutter{font: font, fonts: c.fonts}
	own := common
	common.figure(append(ring(), star()...))
	common.arc([]rune(r.Seal.Arc))
	own.middle(beijing(r.Header.Time).Format("2006.01.02"), centre, r.Seal.Number)
	c.fail(errors.Join(common.err, own.err))
	c.add(Group{X: x, Y: y, Items: common.items}, Group{X: x, Y: y, Items: own.items})
}

func (s *sealCutter) figure(segs []Seg) {
	s.items = append(s.items, Path{Segs: segs, Fill: rgbp(sealRed)})
}

// advance of a character in em and the font that has it.
func (s *sealCutter) advance(char rune) (FontID, float64) {
	id := s.font
	if !s.fonts.has(id, char) {
		cells, err := s.fonts.measure(Bold, string(char))
		if err != nil {
			s.fail(err)
			return id, 0
		}
		return cells[0].font, cells[0].advance
	}
	g, err := s.fonts.Glyph(id, char)
	s.fail(err)
	return id, g.Advance
}

func (s *sealCutter) fail(err error) {
	if s.err == nil {
		s.err = err
	}
}

// put adds a character with its centre at x, y, squeezed to sx of its width and
// turned clockwise by angle (radians).
func (s *sealCutter) put(char rune, em, sx, x, y, angle float64) {
	id, advance := s.advance(char)
	mid := midline
	if char < 0x80 {
		mid = latinMiddle
	}
	sin, cos := math.Sincos(angle)
	dx, dy := -advance/2*em*sx, mid*em
	t := Text{X: x + dx*cos - dy*sin, Y: y + dx*sin + dy*cos, Size: em / MMPerPt, Color: rgb(sealRed),
		Angle: angle * 180 / math.Pi, Mute: true, Runs: []Run{{Font: id, Text: string(char)}}}
	if sx != 1 {
		t.Squeeze = sx
	}
	s.items = append(s.items, t)
}

// ring is a filled band: two circles of opposite sense.
func ring() []Seg {
	return append(circle(sealRing+sealRingWidth/2, 1), circle(sealRing-sealRingWidth/2, -1)...)
}

// circle around the origin, clockwise for sense 1, in four cubics.
func circle(r, sense float64) []Seg {
	const k = 0.5522847498 // of a quarter circle's control arms
	at := func(x, y float64) Pt { return Pt{x * r, y * r * sense} }
	return []Seg{
		{Op: 'M', P: [3]Pt{at(1, 0)}},
		{Op: 'C', P: [3]Pt{at(1, k), at(k, 1), at(0, 1)}},
		{Op: 'C', P: [3]Pt{at(-k, 1), at(-1, k), at(-1, 0)}},
		{Op: 'C', P: [3]Pt{at(-1, -k), at(-k, -1), at(0, -1)}},
		{Op: 'C', P: [3]Pt{at(k, -1), at(1, -k), at(1, 0)}},
		{Op: 'Z'},
	}
}

func star() []Seg {
	var segs []Seg
	for i := range 10 {
		r, op := sealStarR, byte('L')
		if i%2 == 1 {
			r *= sealStarInner
		}
		if i == 0 {
			op = 'M'
		}
		sin, cos := math.Sincos(float64(i) * math.Pi / 5)
		segs = append(segs, Seg{Op: op, P: [3]Pt{{r * sin, sealStarY - r*cos}}})
	}
	return append(segs, Seg{Op: 'Z'})
}

// arc sets the text around the upper part of the ring.
func (s *sealCutter) arc(text []rune) {
	n := len(text)
	step := 24 * math.Pi / 180
	if n > 1 {
		step = min(step, 236*math.Pi/180/float64(n-1))
	}
	squeeze := min(1, (step*sealArc-0.25)/sealArcEm)
	if n > arcMax || squeeze < sealSqueeze {
		s.fail(fmt.Errorf("%w: %d characters around the seal, %d have room", ErrTooLong, n, arcMax))
		return
	}
	for i, r := range text {
		a := (float64(i) - float64(n-1)/2) * step
		sin, cos := math.Sincos(a)
		s.put(r, sealArcEm, squeeze, sealArc*sin, -sealArc*cos, a)
	}
}

// middle sets date between its bars, words and number.
func (s *sealCutter) middle(date, words, number string) {
	for _, y := range []float64{1.3, 4.75} {
		s.figure(rectangle(-8.6, y-0.1, 17.2, 0.2))
	}
	s.line(date, 2.9, 3.0)
	m := utf8.RuneCountInString(words)
	pitch := min(3.5, 16.5/float64(max(1, m)))
	for i, r := range []rune(words) {
		s.put(r, 3.3, min(1, pitch/3.3), (float64(i)-float64(m-1)/2)*pitch, 7.6, 0)
	}
	s.line(number, 2.9, 12.1)
}

// line sets Latin text around x = 0 by its own widths.
func (s *sealCutter) line(text string, em, y float64) {
	w := 0.0
	for _, r := range text {
		_, advance := s.advance(r)
		w += advance * em
	}
	x := -w / 2
	for _, r := range text {
		_, advance := s.advance(r)
		s.put(r, em, 1, x+advance*em/2, y, 0)
		x += advance * em
	}
}
