package proof

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"moqian/cmd/internal/manifest"
	"moqian/render/ink"
	"moqian/render/pdf"
	object "moqian/sign/pdf"
)

// Ink is one form XObject of ink as it lies on a page.
type Ink struct {
	Form string // resource name
	// Number of the signer from 0, −1 when the name tells none.
	Number int
	Page   int // from 0
	// Matrix takes 1/100 pt of the outlines (over 100) to the page.
	Matrix   [6]float64
	Outlines []ink.Outline
	// Exact: all coordinates are whole 1/100 pt, and the ink is not scaled.
	Exact bool
}

// What is looked at: pages, inks of a foreign file in their order, and strokes
// and curves of one, of which a signature has 100 and 5,000 at most. Drawings and
// charts have more.
const (
	maxInkPages  = 64
	maxInks      = 64
	maxInkParts  = 1000
	maxInkCurves = 50_000
)

// Inks finds the ink of a file: the filled paths of form XObjects that are named
// as render/pdf names them. Where there are none, as in a file that another
// program made, every form (and the page itself) that fills cubics is an ink.
func Inks(f *object.File) ([]Ink, error) {
	pages, err := f.Pages()
	if err != nil {
		return nil, err
	}
	if len(pages) > maxInkPages {
		return nil, fmt.Errorf("ink is looked for in at most %d pages, there are %d", maxInkPages, len(pages))
	}
	var named, others []Ink
	for i := range pages {
		paths, err := object.Paths(f, i)
		if err != nil {
			return nil, fmt.Errorf("page %d: %w", i+1, err)
		}
		for _, k := range gather(paths, i) {
			if k.Number >= 0 {
				named = append(named, k)
			} else if len(others) < maxInks && k.plausible() {
				others = append(others, k)
			}
		}
	}
	if len(named) > 0 {
		return named, nil
	}
	return others, nil
}

// plausible says that it may be handwriting by its size.
func (k Ink) plausible() bool {
	curves := 0
	for _, o := range k.Outlines {
		for _, c := range o.Contours {
			curves += len(c.Curves)
		}
	}
	return len(k.Outlines) <= maxInkParts && curves <= maxInkCurves
}

// gather puts neighbouring filled paths of one form and place together.
func gather(paths []object.Path, page int) []Ink {
	var out []Ink
	for _, p := range paths {
		o, ok := outline(p)
		if !ok {
			continue
		}
		n := len(out) - 1
		if n < 0 || out[n].Form != string(p.Form) || out[n].Matrix != p.Matrix {
			out = append(out, Ink{Form: string(p.Form), Number: number(string(p.Form)), Page: page, Matrix: p.Matrix, Exact: true})
			n++
		}
		k := &out[n]
		k.Outlines = append(k.Outlines, o)
		k.Exact = k.Exact && p.Exact && unscaled(p.Matrix)
	}
	return out
}

func number(form string) int {
	rest, ok := strings.CutPrefix(form, pdf.InkForm)
	n, err := strconv.Atoi(rest)
	if !ok || err != nil || n < 0 {
		return -1
	}
	return n
}

func unscaled(m [6]float64) bool {
	near := func(a, b float64) bool { return math.Abs(a-b) < 1e-6 }
	return near(m[0], 1) && near(m[1], 0) && near(m[2], 0) && near(m[3], 1)
}

// outline turns a filled path of cubics into an outline; a path without cubics
// is a rule, a box or a code, and no ink.
func outline(p object.Path) (ink.Outline, bool) {
	if !p.Fill {
		return ink.Outline{}, false
	}
	var o ink.Outline
	curves := false
	at := func(v [2]int32) ink.Point { return ink.Point{X: v[0], Y: v[1]} }
	var last ink.Point
	for _, s := range p.Segs {
		if s.Op == 'M' {
			last = at(s.P[0])
			o.Contours = append(o.Contours, ink.Contour{Start: last})
			continue
		}
		if len(o.Contours) == 0 {
			return ink.Outline{}, false
		}
		c := &o.Contours[len(o.Contours)-1]
		switch s.Op {
		case 'L':
			c.Curves = append(c.Curves, ink.Curve{A: last, B: at(s.P[0]), P: at(s.P[0])})
			last = at(s.P[0])
		case 'C':
			curves = true
			c.Curves = append(c.Curves, ink.Curve{A: at(s.P[0]), B: at(s.P[1]), P: at(s.P[2])})
			last = at(s.P[2])
		}
	}
	return o, curves
}

// boxTolerance is how far an ink may lie from its recorded box, in µm: the PDF
// has 1/1000 pt, the record 1 µm.
const boxTolerance = 5.0

// inPlace says whether an ink lies where the voucher's data says.
func inPlace(f *object.File, k Ink, s manifest.Signer) bool {
	if k.Page != s.Page || !unscaled(k.Matrix) {
		return false
	}
	pages, err := f.Pages()
	if err != nil {
		return false
	}
	d, err := f.Dict(pages[k.Page])
	if err != nil {
		return false
	}
	media, err := f.Resolve(d["MediaBox"])
	if err != nil {
		return false
	}
	box, ok := media.(object.Array)
	if !ok || len(box) != 4 {
		return false
	}
	const um = 25400.0 / 72
	x, y := k.Matrix[4]*um, (number64(box[3])-k.Matrix[5])*um-float64(s.Box[3])
	// The page's height was rounded to 1/100 pt.
	return math.Abs(x-float64(s.Box[0])) <= boxTolerance && math.Abs(y-float64(s.Box[1])) <= boxTolerance+um/100
}

func number64(o object.Object) float64 {
	switch o := o.(type) {
	case int64:
		return float64(o)
	case float64:
		return o
	}
	return math.NaN()
}
