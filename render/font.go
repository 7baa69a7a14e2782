package render

import "fmt"

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

// Fonts is an ordered set: for each face the fonts to try. Missing fallback
// files are not an error until a character needs them.
type Fonts struct{}

// NewFonts takes the two faces of the program and the fallbacks for rare
// characters, tried in order; bold ones first for bold.
func NewFonts(regular, bold Font, fallback ...Fallback) (*Fonts, error) { panic("seam") }

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

// Split sets a text in fonts: runs with their DX for the size in pt. It
// returns the width in mm, or *MissingGlyph.
func (f *Fonts) Split(face Face, size float64, s string) ([]Run, float64, error) { panic("seam") }

// Font gives a loaded font.
func (f *Fonts) Font(id FontID) Font { panic("seam") }
