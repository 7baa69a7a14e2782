package render

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// MMPerPt is the length of a point in mm.
const MMPerPt = 25.4 / 72

// FontGrid is the number of units to the em that advances are rounded to, here
// and in the fonts that PDF files embed, so that layout, screen and file agree.
const FontGrid = 200

// FontID names a loaded font inside Fonts.
type FontID int

// Face is what a text asks for.
type Face uint8

const (
	Regular Face = iota
	Bold
)

// Font is a TrueType file.
type Font struct {
	Name string // PostScript-like, without spaces: NotoSansSC-Bold
	Data []byte
}

// Source loads a font; it is called once, and only when a character needs it.
type Source func() (Font, error)

// Fallback is a font for characters that the program's own faces lack.
type Fallback struct {
	Face Face
	Load Source
}

// MissingGlyph stops a voucher: no font has the character.
type MissingGlyph struct{ Char rune }

func (e *MissingGlyph) Error() string {
	return fmt.Sprintf("no font has the character %c (U+%04X)", e.Char, e.Char)
}

// Fonts is an ordered set: for each face the fonts to try. Missing fallback
// files are not an error until a character needs them. It is safe for use by
// several goroutines; a fallback loads while the others wait.
type Fonts struct {
	mu     sync.Mutex // guards all below
	slots  []slot
	order  [2][]FontID // by Face: fonts in the order they are tried
	cells  map[cellKey]cell
	glyphs map[glyphKey]Glyph
}

// slot is a font that may not be loaded yet.
type slot struct {
	face Face
	load Source // nil once called
	err  error
	font Font
	sf   *sfnt.Font
	buf  sfnt.Buffer
}

type cellKey struct {
	face Face
	char rune
}

// cell says which font sets a character and how wide it is.
type cell struct {
	font    FontID
	advance float64 // em
	thick   bool
}

// maxCells bounds the memory of measured characters; a bank's day uses fewer.
const maxCells = 20000

// NewFonts takes the two faces of the program and the fallbacks for rare
// characters, tried in order; bold ones first for bold.
func NewFonts(regular, bold Font, fallback ...Fallback) (*Fonts, error) {
	f := &Fonts{cells: map[cellKey]cell{}, glyphs: map[glyphKey]Glyph{}}
	for face, file := range []Font{regular, bold} {
		s, err := parseFont(file)
		if err != nil {
			return nil, err
		}
		f.slots = append(f.slots, slot{face: Face(face), font: file, sf: s})
	}
	for _, fb := range fallback {
		f.slots = append(f.slots, slot{face: fb.Face, load: fb.Load})
	}
	for _, face := range []Face{Regular, Bold} {
		f.order[face] = append(f.withFace(face), f.withFace(1-face)...)
	}
	return f, nil
}

// extra makes a font known that is no face of text, as the one that seals are
// cut in, and gives its id; the same font gets the same id.
func (f *Fonts) extra(font Font) (FontID, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := len(f.slots) - 1; i >= 0; i-- {
		if o := f.slots[i].font; o.Name == font.Name && same(o.Data, font.Data) {
			return FontID(i), nil
		}
	}
	sf, err := parseFont(font)
	if err != nil {
		return 0, err
	}
	f.slots = append(f.slots, slot{font: font, sf: sf, face: Bold})
	return FontID(len(f.slots) - 1), nil
}

// same compares font files; most often they are one slice.
func same(a, b []byte) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0] || bytes.Equal(a, b))
}

// has says whether a loaded font has a character.
func (f *Fonts) has(id FontID, char rune) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := &f.slots[id]
	gid, err := s.sf.GlyphIndex(&s.buf, char)
	return err == nil && gid != 0
}

func (f *Fonts) withFace(face Face) (ids []FontID) {
	for i := range f.slots {
		if f.slots[i].face == face {
			ids = append(ids, FontID(i))
		}
	}
	return ids
}

func parseFont(file Font) (*sfnt.Font, error) {
	s, err := sfnt.Parse(file.Data)
	if err != nil {
		return nil, fmt.Errorf("reading font %s: %w", file.Name, err)
	}
	return s, nil
}

// Font gives a loaded font; the zero Font when id was not handed out by Split.
func (f *Fonts) Font(id FontID) Font {
	f.mu.Lock()
	defer f.mu.Unlock()
	if id < 0 || int(id) >= len(f.slots) {
		return Font{}
	}
	return f.slots[id].font
}

// open loads slot id when it must.
func (f *Fonts) open(id FontID) error {
	s := &f.slots[id]
	if s.load == nil {
		return s.err
	}
	file, err := s.load()
	s.load = nil
	if err == nil {
		s.sf, err = parseFont(file)
	}
	if err != nil {
		s.err = fmt.Errorf("fallback font: %w", err)
		return s.err
	}
	s.font = file
	return nil
}

// cell finds the first font of the face's order that has the character.
func (f *Fonts) cell(face Face, char rune) (cell, error) {
	key := cellKey{face, char}
	if c, ok := f.cells[key]; ok {
		return c, nil
	}
	var broken []error
	for _, id := range f.order[face] {
		if err := f.open(id); err != nil {
			broken = append(broken, err)
			continue
		}
		s := &f.slots[id]
		gid, err := s.sf.GlyphIndex(&s.buf, char)
		if err != nil || gid == 0 {
			continue
		}
		adv, err := s.advance(gid)
		if err != nil {
			return cell{}, err
		}
		c := cell{font: id, advance: adv, thick: face == Bold && s.face != Bold}
		if len(f.cells) >= maxCells {
			clear(f.cells)
		}
		f.cells[key] = c
		return c, nil
	}
	return cell{}, errors.Join(append([]error{&MissingGlyph{Char: char}}, broken...)...)
}

// advance reads the hmtx width in em, on the grid; kerning is never applied.
func (s *slot) advance(gid sfnt.GlyphIndex) (float64, error) {
	upem := fixed.I(int(s.sf.UnitsPerEm()))
	a, err := s.sf.GlyphAdvance(&s.buf, gid, upem, font.HintingNone)
	if err != nil {
		return 0, fmt.Errorf("font %s: width of glyph %d: %w", s.font.Name, gid, err)
	}
	return math.Round(float64(a)/float64(upem)*FontGrid) / FontGrid, nil
}

// measure looks each character of a text up.
func (f *Fonts) measure(face Face, s string) ([]cell, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	cells := make([]cell, 0, len(s))
	for _, r := range s {
		c, err := f.cell(face, r)
		if err != nil {
			return nil, err
		}
		cells = append(cells, c)
	}
	return cells, nil
}

// Split sets a text in fonts: runs with their DX for the size in pt. It
// returns the width in mm, or *MissingGlyph.
func (f *Fonts) Split(face Face, size float64, s string) ([]Run, float64, error) {
	cells, err := f.measure(face, s)
	if err != nil {
		return nil, 0, err
	}
	runs, width := split([]rune(s), cells, size)
	return runs, width, nil
}

// split groups neighbours of the same font into runs.
func split(chars []rune, cells []cell, size float64) (runs []Run, width float64) {
	em := size * MMPerPt
	start, dx := 0, 0.0
	for i, c := range cells {
		width += c.advance * em
		if i == len(cells)-1 || cells[i+1].font != c.font {
			runs = append(runs, Run{Font: c.font, Text: string(chars[start : i+1]), DX: dx, Thick: c.thick})
			start, dx = i+1, width
		}
	}
	return runs, width
}
