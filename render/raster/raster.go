// Package raster paints pages into pixels, for the screens, the pad and the
// printer. It paints exactly the items that render/pdf paints and decides
// nothing about them, except that rules and code modules are put on whole
// pixels so that they stay sharp at low resolutions.
//
// Start at Page. Places are mm from the page's upper left corner, as in
// package render; ink is in 1/100 pt from the lower left corner of its area.
package raster

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"

	"moqian/render"
	"moqian/render/ink"
)

// maxSide bounds the picture: A4 at 1200 dpi has 14,032 pixels.
const maxSide = 20000

// Page paints a page and the ink that lies on it (Ink.Page is ignored: pass
// only this page's) at the given resolution, on white. An error means a
// picture without size or larger than 20,000 pixels a side, or a run in a font
// that lacks its character.
func Page(p render.Page, inks []render.Ink, fonts *render.Fonts, dpi float64) (*image.RGBA, error) {
	scale := dpi / 25.4
	w, h := math.Round(p.W*scale), math.Round(p.H*scale)
	if !(w >= 1 && h >= 1 && w <= maxSide && h <= maxSide) {
		return nil, fmt.Errorf("a page of %g × %g mm cannot be painted at %g dpi", p.W, p.H, dpi)
	}
	img := image.NewRGBA(image.Rect(0, 0, int(w), int(h)))
	draw.Draw(img, img.Bounds(), image.White, image.Point{}, draw.Src)
	pt := &painter{img: img, fonts: fonts, scale: scale}
	if err := pt.items(p.Items); err != nil {
		return nil, err
	}
	for _, k := range inks {
		pt.ink(k)
	}
	return img, nil
}

type painter struct {
	img   *image.RGBA
	fonts *render.Fonts
	scale float64 // pixels a mm

	// room that fill uses again and again
	flat   []contour
	counts []int
	pool   []crossing
	lines  [][]crossing
}

func (p *painter) items(items []render.Item) error {
	for _, it := range items {
		var err error
		switch it := it.(type) {
		case render.Text:
			err = p.text(it)
		case render.Line:
			p.line(it)
		case render.Rect:
			p.rect(it)
		case render.Path:
			p.path(it)
		case render.Modules:
			p.modules(it)
		case render.Span:
			err = p.items(it.Items)
		case render.Group:
			err = p.items(it.Flat())
		default:
			err = fmt.Errorf("internal error: unknown page item %T", it)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func solid(c render.Color) color.RGBA { return color.RGBA{c.R, c.G, c.B, 255} }

// thickening is the stroke around outlines of fonts without a bold face, em.
const thickening = 0.03

func (p *painter) text(t render.Text) error {
	em := t.Size * render.MMPerPt * p.scale
	sin, cos := math.Sincos(t.Angle * math.Pi / 180)
	squeeze := t.Squeeze
	if squeeze == 0 {
		squeeze = 1
	}
	for _, run := range t.Runs {
		x := run.DX * p.scale
		for _, r := range run.Text {
			g, err := p.fonts.Glyph(run.Font, r)
			if err != nil {
				return fmt.Errorf("painting text: %w", err)
			}
			f := figure{flat: p.flat[:0]}
			f.add(g.Segs, func(q render.Pt) (float64, float64) {
				gx, gy := x+q.X*em*squeeze, q.Y*em
				return t.X*p.scale + gx*cos - gy*sin, t.Y*p.scale + gx*sin + gy*cos
			})
			p.fill(f.flat, solid(t.Color))
			if run.Thick {
				p.fill(outlined(f.flat, thickening*em), solid(t.Color))
			}
			p.flat = f.flat
			x += g.Advance * em * squeeze
		}
	}
	return nil
}

func (p *painter) path(it render.Path) {
	var f figure
	f.add(it.Segs, func(q render.Pt) (float64, float64) { return q.X * p.scale, q.Y * p.scale })
	if it.Fill != nil {
		p.fill(f.flat, solid(*it.Fill))
	}
	if it.Stroke != nil && it.Width > 0 {
		p.fill(outlined(f.flat, it.Width*p.scale), solid(*it.Stroke))
	}
}

func (p *painter) ink(k render.Ink) {
	x0, y0 := k.X, k.Y+k.H
	at := func(q ink.Point) point {
		return point{(x0 + float64(q.X)/ink.UnitsPerMM) * p.scale, (y0 - float64(q.Y)/ink.UnitsPerMM) * p.scale}
	}
	for _, o := range k.Outlines {
		var f figure
		for _, c := range o.Contours {
			f.move(at(c.Start))
			for _, cv := range c.Curves {
				f.curve(at(cv.A), at(cv.B), at(cv.P))
			}
			f.close()
		}
		p.fill(f.flat, solid(k.Color))
	}
}
