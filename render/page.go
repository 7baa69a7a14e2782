package render

import "moqian/render/ink"

// Color is DeviceRGB, 8 bits each.
type Color struct{ R, G, B uint8 }

// Page is a list of items in painting order. All lengths are mm, the origin is
// the top left corner, Y downwards; sizes of type are points. Screen, pad
// display, print and PDF paint the same list: what is seen is what is signed.
type Page struct {
	W, H  float64
	Items []Item
}

// Item is one of Text, Line, Rect, Path, Modules, Span, Group.
type Item interface{ item() }

// Text is one line of type at a fixed place; layout is over, nothing wraps.
type Text struct {
	X, Y  float64 // left end of the baseline
	Size  float64 // pt
	Color Color
	Angle float64 // degrees clockwise around X, Y
	Runs  []Run   // in reading order
	// Squeeze is the width of the letters against their height; 0 means 1.
	Squeeze float64
	// Mute marks letters that are a picture, as on a seal: copying and searching
	// do not find them.
	Mute bool
}

// Run is a piece of a Text set in one font.
type Run struct {
	Font FontID
	Text string
	DX   float64 // mm from Text.X along the baseline
	// Thick: the slot is bold and the font has no bold face; painters fill and
	// stroke the outline by 0.03 em.
	Thick bool
}

// Line is a straight rule.
type Line struct {
	X1, Y1, X2, Y2 float64
	Width          float64
	Color          Color
	Dash           []float64 // mm on, mm off; nil: solid
}

// Rect is a rectangle, filled or framed or both.
type Rect struct {
	X, Y, W, H float64
	Fill       *Color
	Stroke     *Color
	Width      float64 // of the frame, centred on the edge
}

// Path is a filled or stroked figure: seals, ticks, logos.
type Path struct {
	Segs   []Seg
	Fill   *Color // nonzero rule
	Stroke *Color
	Width  float64
}

// Seg is a step of a path: Op 'M', 'L' use P[0]; 'C' uses P[0..2]; 'Z' none.
type Seg struct {
	Op byte
	P  [3]Pt
}

// Pt is a point on the page in mm.
type Pt struct{ X, Y float64 }

// Modules is a matrix code: N*N modules of Size mm, true = dark.
type Modules struct {
	X, Y, Size float64
	N          int
	Dark       []bool
}

// Span groups items whose text stands for Actual when it is copied or searched
// (PDF ActualText).
type Span struct {
	Actual string
	Items  []Item
}

// Group shifts items: their origin lies at X, Y of what holds it. Equal groups
// in several places are cheap in a file.
type Group struct {
	X, Y  float64
	Items []Item
}

func (Text) item()    {}
func (Line) item()    {}
func (Rect) item()    {}
func (Path) item()    {}
func (Modules) item() {}
func (Span) item()    {}
func (Group) item()   {}

// Area is a rectangle on a page.
type Area struct {
	Page       int // from 0
	X, Y, W, H float64
}

// Ink is a signature in its place: Outlines are relative to the lower left
// corner of the area.
type Ink struct {
	Area
	Color    Color
	Outlines []ink.Outline
}

// Sheet is a laid-out document.
type Sheet struct {
	Pages []Page
	Boxes []Area // signature boxes, one a signer, in order
	Seal  Area   // place of the signatory's signature field
}
