package robust

import (
	"errors"
	"fmt"
	"math"
)

// Gray is an image of a page or a part of one: rows from the top, 0 black, 255
// white.
type Gray struct {
	W, H int
	// DPI is pixels an inch; 0 means 300.
	DPI float64
	Pix []uint8 // W*H
}

// Bounds on images: an A3 page at 600 dpi has 70 million pixels.
const (
	maxPixels = 120 << 20
	minDPI    = 72
	maxDPI    = 2400
	mmPerInch = 25.4
)

// ErrImage says that no image was given, or one that cannot be a scan.
var ErrImage = errors.New("not an image that can be read")

func (g *Gray) check() error {
	switch {
	case g.W < 1 || g.H < 1 || g.W > maxPixels || g.H > maxPixels || g.W*g.H > maxPixels:
		return fmt.Errorf("%w: %d by %d pixels, want 1 to %d in all", ErrImage, g.W, g.H, maxPixels)
	case len(g.Pix) != g.W*g.H:
		return fmt.Errorf("%w: %d pixels where %d by %d belong", ErrImage, len(g.Pix), g.W, g.H)
	case g.DPI != 0 && !(g.DPI >= minDPI && g.DPI <= maxDPI):
		return fmt.Errorf("%w: %v dpi, want %d to %d", ErrImage, g.DPI, minDPI, maxDPI)
	}
	return nil
}

func (g *Gray) dpi() float64 {
	if g.DPI == 0 {
		return 300
	}
	return g.DPI
}

// vec is a place or a direction, mm, y upwards.
type vec struct{ x, y float64 }

func (a vec) add(b vec) vec       { return vec{a.x + b.x, a.y + b.y} }
func (a vec) sub(b vec) vec       { return vec{a.x - b.x, a.y - b.y} }
func (a vec) mul(k float64) vec   { return vec{a.x * k, a.y * k} }
func (a vec) dot(b vec) float64   { return a.x*b.x + a.y*b.y }
func (a vec) cross(b vec) float64 { return a.x*b.y - a.y*b.x }
func (a vec) len() float64        { return math.Sqrt(a.x*a.x + a.y*a.y) }
func (a vec) left() vec           { return vec{-a.y, a.x} }

func (a vec) unit() vec {
	if l := a.len(); l > 0 {
		return a.mul(1 / l)
	}
	return vec{1, 0}
}

// shade is how dark each pixel of a piece of page is: 0 paper, 1 ink.
type shade struct {
	w, h  int
	perMM float64 // pixels
	// at is the place of the lower left corner.
	at vec
	v  []float32
}

// sample reads the shade between pixels; paper lies around it.
func (s *shade) sample(p vec) float64 {
	x := (p.x-s.at.x)*s.perMM - 0.5
	y := float64(s.h) - (p.y-s.at.y)*s.perMM - 0.5
	return s.bilinear(x, y)
}

func (s *shade) bilinear(x, y float64) float64 {
	if !(x >= 0 && y >= 0) {
		return 0
	}
	i, j := int(x), int(y)
	if uint(i) >= uint(s.w-1) || uint(j) >= uint(s.h-1) {
		return 0
	}
	fx, fy := float32(x-float64(i)), float32(y-float64(j))
	r := s.v[j*s.w+i:][:2]
	q := s.v[(j+1)*s.w+i:][:2]
	return float64((r[0]*(1-fx)+r[1]*fx)*(1-fy) + (q[0]*(1-fx)+q[1]*fx)*fy)
}

// place is the middle of a pixel.
func (s *shade) place(x, y float64) vec {
	return vec{s.at.x + (x+0.5)/s.perMM, s.at.y + (float64(s.h)-y-0.5)/s.perMM}
}
