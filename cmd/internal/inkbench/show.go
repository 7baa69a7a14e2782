//go:build virtualpad

package inkbench

import (
	"bytes"
	"errors"
	"fmt"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"

	"moqian/pad"
	"moqian/pad/virtual"
	"moqian/render"
	"moqian/render/ink"
	"moqian/render/pdf"
	"moqian/render/raster"
)

const (
	// The picture: two boxes, before above after, on one page, mm.
	showW, showH, showGap = 150.0, 65.0, 5.0
	showDPI               = 300
	// rawWidth mm of the line through the reports.
	rawWidth = 0.2
)

// Show draws one record of a file of handwriting (the first if id is empty),
// above as the pad reported it and below as ink, into a .png, .svg or .pdf file
// that only this user may read. An older file of that name is replaced.
func Show(record io.Reader, id, out string) error {
	data, err := io.ReadAll(record)
	if err != nil {
		return err
	}
	v := view{page: render.Page{W: showW, H: 2 * showH}, box: ink.Box{W: showW - 2*showGap, H: showH - 2*showGap}}
	if err := v.add(data, id, render.Pt{X: showGap, Y: showGap}, render.Pt{X: showGap, Y: showH + showGap}); err != nil {
		return err
	}
	return v.write(out)
}

// Sheet draws many records of a file, one below the other on one page: on the
// left as the pad reported them, on the right as ink.
func Sheet(record io.Reader, ids []string, out string) error {
	data, err := io.ReadAll(record)
	if err != nil {
		return err
	}
	defer clear(data)
	v := view{page: render.Page{W: 3*showGap + 2*sheetW, H: float64(len(ids)) * sheetH}, box: ink.Box{W: sheetW, H: sheetH - 2}}
	for i, id := range ids {
		y := sheetH*float64(i) + 1
		if err := v.add(bytes.Clone(data), id, render.Pt{X: showGap, Y: y}, render.Pt{X: 2*showGap + sheetW, Y: y}); err != nil {
			return fmt.Errorf("record %q: %w", id, err)
		}
	}
	return v.write(out)
}

// sheetW, sheetH mm: room for one drawing on a sheet.
const sheetW, sheetH = 90.0, 40.0

// view is a page of reports and inks.
type view struct {
	page render.Page
	box  ink.Box
	inks []render.Ink
}

func (v *view) write(out string) error {
	b, err := paint(strings.ToLower(filepath.Ext(out)), v.page, v.inks)
	if err != nil {
		return fmt.Errorf("picture %s: %w", filepath.Base(out), err)
	}
	return os.WriteFile(out, b, 0o600)
}

// add lays a record's reports at one place and its ink at another. It
// overwrites data.
func (v *view) add(data []byte, id string, before, after render.Pt) error {
	t, err := virtual.ReadTrack(data, virtual.ReadOptions{ID: id})
	if err != nil {
		return err
	}
	defer t.Wipe()
	k, err := ink.Smooth(t.Samples, ink.Params{Nib: ink.Nib{Min: 0.25, Max: 0.9}, Rate: t.Rate})
	if err != nil {
		return err
	}
	defer k.Wipe()
	pl, err := k.Place(v.box)
	if err != nil {
		return err
	}
	o, err := k.Outlines(v.box)
	if err != nil {
		return err
	}
	v.inks = append(v.inks, render.Ink{Area: render.Area{X: after.X, Y: after.Y, W: v.box.W, H: v.box.H}, Color: render.Color{B: 60}, Outlines: o})
	red := render.Color{R: 180}
	for _, segs := range polylines(t.Samples, func(x, y float64) render.Pt {
		x, y = pl.To(x, y)
		return render.Pt{X: before.X + x, Y: before.Y + v.box.H - y}
	}) {
		v.page.Items = append(v.page.Items, render.Path{Segs: segs, Stroke: &red, Width: rawWidth})
	}
	return nil
}

// polylines joins the reports of each stroke; a dot becomes a short line.
func polylines(s []pad.Sample, at func(x, y float64) render.Pt) (out [][]render.Seg) {
	var cur []render.Seg
	end := func() {
		if len(cur) == 1 {
			p := cur[0].P[0]
			cur = append(cur, render.Seg{Op: 'L', P: [3]render.Pt{{X: p.X + rawWidth, Y: p.Y}}})
		}
		if cur != nil {
			out = append(out, cur)
		}
		cur = nil
	}
	for _, v := range s {
		if v.Phase != pad.Down {
			end()
			continue
		}
		op := byte('L')
		if cur == nil {
			op = 'M'
		}
		cur = append(cur, render.Seg{Op: op, P: [3]render.Pt{at(v.X, v.Y)}})
	}
	end()
	return out
}

func paint(kind string, p render.Page, inks []render.Ink) ([]byte, error) {
	switch kind {
	case ".svg":
		return svg(p, inks), nil
	case ".pdf":
		return pdf.Write([]render.Page{p}, inks, nil, pdf.Doc{Title: "ink", Lang: "en", Created: "2000-01-01T00:00:00Z"})
	case ".png":
		img, err := raster.Page(p, inks, nil, showDPI)
		if err != nil {
			return nil, err
		}
		var b bytes.Buffer
		err = png.Encode(&b, img)
		return b.Bytes(), err
	}
	return nil, errors.New("want a name that ends in .png, .svg or .pdf")
}

// svg writes the page's paths and the inks with exact coordinates.
func svg(p render.Page, inks []render.Ink) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%gmm" height="%gmm" viewBox="0 0 %g %g">`+"\n", p.W, p.H, p.W, p.H)
	for _, it := range p.Items {
		path, ok := it.(render.Path)
		if !ok {
			continue
		}
		fmt.Fprintf(&b, `<path fill="none" stroke="%s" stroke-width="%g" stroke-linejoin="round" d="`, hex(*path.Stroke), path.Width)
		for _, s := range path.Segs {
			fmt.Fprintf(&b, "%c%.3f %.3f", s.Op, s.P[0].X, s.P[0].Y)
		}
		b.WriteString("\"/>\n")
	}
	for _, k := range inks {
		svgInk(&b, k)
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

// svgInk writes the integers of the outlines under one transformation.
func svgInk(b *bytes.Buffer, k render.Ink) {
	fmt.Fprintf(b, `<g fill="%s" transform="translate(%g %g) scale(%.9g %.9g)">`+"\n", hex(k.Color), k.X, k.Y+k.H, 1/ink.UnitsPerMM, -1/ink.UnitsPerMM)
	for _, o := range k.Outlines {
		b.WriteString(`<path d="`)
		for _, c := range o.Contours {
			fmt.Fprintf(b, "M%d %d", c.Start.X, c.Start.Y)
			for _, v := range c.Curves {
				fmt.Fprintf(b, "C%d %d %d %d %d %d", v.A.X, v.A.Y, v.B.X, v.B.Y, v.P.X, v.P.Y)
			}
			b.WriteByte('Z')
		}
		b.WriteString("\"/>\n")
	}
	b.WriteString("</g>\n")
}

func hex(c render.Color) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }
