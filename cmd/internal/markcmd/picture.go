package markcmd

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/png"

	"moqian/render/watermark/robust"
)

const (
	// mostMemory for a picture and its grey values, in bytes: an A3 page at
	// 600 dpi has 70 million pixels, 5 bytes each in colour.
	mostMemory = 384 << 20
	// mostPixels is what package robust reads.
	mostPixels = 120 << 20
	// usualDPI is taken where a picture states no resolution.
	usualDPI = 300
)

// gray decodes a PNG into grey values over white; its resolution comes from the
// chunk pHYs.
func gray(b []byte) (*robust.Gray, error) {
	c, err := png.DecodeConfig(bytes.NewReader(b))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInput, err)
	}
	if most := min(mostPixels, mostMemory/(1+depth(c.ColorModel))); c.Width < 1 || c.Height < 1 || c.Width > most/c.Height {
		return nil, fmt.Errorf("%w: the picture has %d by %d pixels, at most %d in all are read", ErrInput, c.Width, c.Height, most)
	}
	m, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInput, err)
	}
	g := &robust.Gray{W: c.Width, H: c.Height, DPI: resolution(b)}
	g.Pix = levels(m)
	return g, nil
}

// depth is the bytes of a pixel as it is decoded.
func depth(m color.Model) int {
	switch m {
	case color.NRGBA64Model, color.RGBA64Model:
		return 8
	case color.NRGBAModel, color.RGBAModel:
		return 4
	case color.Gray16Model:
		return 2
	}
	return 1
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
			table[i] = level(c.RGBA())
		}
		for y := range r.Dy() {
			for _, v := range m.Pix[y*m.Stride : y*m.Stride+r.Dx()] {
				out = append(out, table[v])
			}
		}
	case *image.RGBA:
		for y := range r.Dy() {
			for x := range r.Dx() {
				out = append(out, level(m.RGBAAt(r.Min.X+x, r.Min.Y+y).RGBA()))
			}
		}
	case *image.NRGBA:
		for y := range r.Dy() {
			for x := range r.Dx() {
				out = append(out, level(m.NRGBAAt(r.Min.X+x, r.Min.Y+y).RGBA()))
			}
		}
	default:
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x < r.Max.X; x++ {
				out = append(out, level(m.At(x, y).RGBA()))
			}
		}
	}
	return out
}

// level of a premultiplied colour of 16 bits.
func level(r, g, b, a uint32) uint8 {
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
