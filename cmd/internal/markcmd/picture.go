package markcmd

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"

	"moqian/render/watermark/robust"
)

const (
	// mostPixels of a picture: an A3 page at 600 dpi has 70 million.
	mostPixels = 100 << 20
	// usualDPI is taken where a picture states no resolution.
	usualDPI = 300
)

// errPicture: the file is no picture that can be read.
var errPicture = errors.New("not a PNG picture that can be read")

// gray decodes a PNG into grey values over white; its resolution comes from the
// chunk pHYs.
func gray(b []byte) (*robust.Gray, error) {
	c, err := png.DecodeConfig(bytes.NewReader(b))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errPicture, err)
	}
	if c.Width < 1 || c.Height < 1 || c.Width > mostPixels/c.Height {
		return nil, fmt.Errorf("%w: %d by %d pixels, at most %d in all", errPicture, c.Width, c.Height, mostPixels)
	}
	m, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errPicture, err)
	}
	g := &robust.Gray{W: c.Width, H: c.Height, DPI: resolution(b)}
	g.Pix = levels(m)
	return g, nil
}

// levels are the grey values of an image over white paper.
func levels(m image.Image) []uint8 {
	r := m.Bounds()
	out := make([]uint8, 0, r.Dx()*r.Dy())
	switch m := m.(type) {
	case *image.Gray:
		for y := range r.Dy() {
			out = append(out, m.Pix[y*m.Stride:y*m.Stride+r.Dx()]...)
		}
	case *image.Paletted:
		var table [256]uint8
		for i, c := range m.Palette {
			table[i] = level(c)
		}
		for y := range r.Dy() {
			for _, v := range m.Pix[y*m.Stride : y*m.Stride+r.Dx()] {
				out = append(out, table[v])
			}
		}
	default:
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x < r.Max.X; x++ {
				out = append(out, level(m.At(x, y)))
			}
		}
	}
	return out
}

func level(c color.Color) uint8 {
	r, g, b, a := c.RGBA() // premultiplied
	y := (19595*r + 38470*g + 7471*b + 1<<15) >> 16
	return uint8((y + 0xffff - a) >> 8)
}

// resolution is dpi by pHYs, or the usual one: where none is stated, where the
// pixels are not square, and where it cannot be true.
func resolution(b []byte) float64 {
	const head = 8
	for at := head; at+12 <= len(b); {
		n := int(binary.BigEndian.Uint32(b[at:]))
		kind := string(b[at+4 : at+8])
		if n < 0 || n > len(b)-at-12 || kind == "IDAT" {
			break
		}
		if kind == "pHYs" && n == 9 && b[at+16] == 1 {
			x, y := binary.BigEndian.Uint32(b[at+8:]), binary.BigEndian.Uint32(b[at+12:])
			if dpi := float64(x) * 0.0254; x == y && dpi >= 72 && dpi <= 2400 {
				return dpi
			}
		}
		at += 12 + n
	}
	return usualDPI
}
