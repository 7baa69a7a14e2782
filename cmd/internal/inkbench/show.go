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
// above as the pad reported it and below as ink, into a new .png, .svg or .pdf
// file. It never overwrites a file.
func Show(record io.Reader, id, out string) error {
	kind := strings.ToLower(filepath.Ext(out))
	if kind != ".png" && kind != ".svg" && kind != ".pdf" {
		return fmt.Errorf("picture %s: want a name that ends in .png, .svg or .pdf", filepath.Base(out))
	}
	data, err := io.ReadAll(record)
	if err != nil {
		return err
	}
	t, err := virtual.ReadTrack(data, virtual.ReadOptions{ID: id})
	if err != nil {
		return err
	}
	defer t.Wipe()
	page, after, err := picture(t.Samples, t.Rate)
	if err != nil {
		return err
	}
	b, err := paint(kind, page, after)
	if err != nil {
		return err
	}
	return write(out, b)
}

func write(out string, b []byte) error {
	f, err := os.OpenFile(out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	return errors.Join(err, f.Close())
}

// picture lays the reports above the ink.
func picture(s []pad.Sample, rate float64) (render.Page, render.Ink, error) {
	box := ink.Box{W: showW - 2*showGap, H: showH - 2*showGap}
	k, err := ink.Smooth(s, ink.Params{Nib: ink.Nib{Min: 0.25, Max: 0.9}, Rate: rate})
	if err != nil {
		return render.Page{}, render.Ink{}, err
	}
	defer k.Wipe()
	pl, err := k.Place(box)
	if err != nil {
		return render.Page{}, render.Ink{}, err
	}
	o, err := k.Outlines(box)
	if err != nil {
		return render.Page{}, render.Ink{}, err
	}
	after := render.Ink{Area: render.Area{X: showGap, Y: showH + showGap, W: box.W, H: box.H}, Color: render.Color{B: 60}, Outlines: o}
	page := render.Page{W: showW, H: 2 * showH}
	red := render.Color{R: 180}
	for _, segs := range polylines(s, func(x, y float64) render.Pt {
		x, y = pl.To(x, y)
		return render.Pt{X: showGap + x, Y: showGap + box.H - y}
	}) {
		page.Items = append(page.Items, render.Path{Segs: segs, Stroke: &red, Width: rawWidth})
	}
	return page, after, nil
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

func paint(kind string, p render.Page, k render.Ink) ([]byte, error) {
	switch kind {
	case ".svg":
		return svg(p, k), nil
	case ".pdf":
		return pdf.Write([]render.Page{p}, []render.Ink{k}, nil, pdf.Doc{Title: "ink", Lang: "en", Created: "2000-01-01T00:00:00Z"})
	}
	img, err := raster.Page(p, []render.Ink{k}, nil, showDPI)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = png.Encode(&b, img)
	return b.Bytes(), err
}

// svg writes the page's paths and the ink with exact coordinates.
func svg(p render.Page, k render.Ink) []byte {
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
	fmt.Fprintf(&b, `<g fill="%s" transform="translate(%g %g) scale(%.9g %.9g)">`+"\n", hex(k.Color), k.X, k.Y+k.H, 1/ink.UnitsPerMM, -1/ink.UnitsPerMM)
	for _, o := range k.Outlines {
		b.WriteString(`<path d="`)
		for _, c := range o.Contours {
			fmt.Fprintf(&b, "M%d %d", c.Start.X, c.Start.Y)
			for _, v := range c.Curves {
				fmt.Fprintf(&b, "C%d %d %d %d %d %d", v.A.X, v.A.Y, v.B.X, v.B.Y, v.P.X, v.P.Y)
			}
			b.WriteByte('Z')
		}
		b.WriteString("\"/>\n")
	}
	b.WriteString("</g>\n</svg>\n")
	return b.Bytes()
}

func hex(c render.Color) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }
