package proof

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"moqian/cmd/internal/manifest"
	"moqian/render/ink"
	"moqian/render/pdf"
	object "moqian/sign/pdf"
)

// Ink is what may be the ink of one signer: the paths with cubics of one form as
// it lies on a page, or of any other place that draws.
type Ink struct {
	Form string // resource name
	// Where it was found, in words.
	Where string
	// Number of the signer from 0, −1 when the name tells none.
	Number int
	Page   int // from 0; −1 for what lies on no page by itself
	// Matrix takes 1/100 pt of the outlines (over 100) to the page.
	Matrix   [6]float64
	Outlines []ink.Outline
	// Exact: all coordinates are whole 1/100 pt, and the ink is not scaled.
	Exact bool

	figures []object.Figure
}

// What is looked at: strokes and curves of one ink, of which a signature has 100
// and 5,000 at most (drawings and charts have more; of them only the strokes that
// name a voucher are read), and inks of a file. Fewer curves than leastInkCurves
// hold no handle, however they are marked.
const (
	maxInks        = 64
	maxInkParts    = 1000
	maxInkCurves   = 50_000
	leastInkCurves = 20
)

// Inks finds the ink of a file: what is drawn by form XObjects that are named as
// render/pdf names them. Where there are none, as in a file that another program
// made, everything that draws cubics and is not too large for handwriting is ink.
func Inks(f *object.File) ([]Ink, error) {
	named, others, err := inks(f, 1)
	if err != nil || len(named) > 0 {
		return named, err
	}
	var out []Ink
	for _, k := range others {
		if len(out) < maxInks && k.Plausible() {
			out = append(out, k)
		}
	}
	return out, nil
}

// AllInks finds the forms that are named as ink, in order, and everything else
// that draws cubics, wherever that is: a stolen ink may lie beside the voucher's
// own, in the page, an annotation, a pattern. It gives what it could read beside
// an error, so that an error is never less ink in silence.
func AllInks(f *object.File) (named, others []Ink, err error) { return inks(f, leastInkCurves) }

// inks passes over others with fewer cubics than least.
func inks(f *object.File, least int) (named, others []Ink, err error) {
	figures, err := object.Figures(f)
	for _, k := range gather(figures, least) {
		if k.Number >= 0 {
			named = append(named, k)
		} else {
			others = append(others, k)
		}
	}
	return named, others, err
}

// curves of all its strokes.
func (k Ink) curves() int {
	n := 0
	for _, o := range k.Outlines {
		for _, c := range o.Contours {
			n += len(c.Curves)
		}
	}
	return n
}

// Plausible says that it may be handwriting by its size.
func (k Ink) Plausible() bool { return len(k.Outlines) <= maxInkParts && k.curves() <= maxInkCurves }

// kin is what the paths of one ink have in common: the run of the content
// stream, and a matrix that differs in its place alone.
type kin struct {
	run        int
	a, b, c, d float32
}

// gather puts the paths with cubics together that may be one ink, of least cubics
// in all or named.
func gather(figures []object.Figure, least int) []Ink {
	var out []Ink
	at := map[kin]int{}
	for _, g := range figures {
		if !curved(g) {
			continue
		}
		m := g.Matrix
		id := kin{g.Run, float32(m[0]), float32(m[1]), float32(m[2]), float32(m[3])}
		i, ok := at[id]
		if !ok {
			i = len(out)
			at[id] = i
			out = append(out, Ink{Form: string(g.Form), Where: g.Where, Number: number(string(g.Form)), Page: g.Page})
		}
		out[i].figures = append(out[i].figures, g)
	}
	var all []Ink
	for _, k := range out {
		if k.Number < 0 && !k.enough(least) {
			continue
		}
		k.draw()
		if all = append(all, k); !k.Plausible() {
			all = append(all, k.apart(least)...)
		}
	}
	return all
}

// apart parts what is too large for one ink by places, if it has several: a
// signature beside a chart has its own as a rule.
func (k Ink) apart(least int) []Ink {
	var out []Ink
	for i, g := range k.figures {
		if i == 0 || g.Matrix != k.figures[i-1].Matrix {
			out = append(out, Ink{Form: k.Form, Where: k.Where, Number: k.Number, Page: k.Page})
		}
		last := &out[len(out)-1]
		last.figures = append(last.figures, g)
	}
	if len(out) == 1 {
		return nil
	}
	out = slices.DeleteFunc(out, func(k Ink) bool { return !k.enough(least) })
	for i := range out {
		out[i].draw()
	}
	return out
}

// enough says that there are so many cubics.
func (k Ink) enough(least int) bool {
	n := 0
	for _, g := range k.figures {
		for _, s := range g.Steps {
			if s.Op == 'C' {
				if n++; n >= least {
					return true
				}
			}
		}
	}
	return false
}

// curved says that a path has a cubic; one without is a rule, a box or a code,
// and no ink.
func curved(g object.Figure) bool {
	return len(g.Steps) > 0 && g.Steps[0].Op == 'M' && slices.ContainsFunc(g.Steps, func(s object.Step) bool { return s.Op == 'C' })
}

// draw makes the outlines as they lie on the page, in 1/100 pt.
func (k *Ink) draw() {
	k.Exact = true
	for i, g := range k.figures {
		p := g.Path()
		if i == 0 {
			k.Matrix = p.Matrix
		}
		if p.Matrix != k.Matrix {
			// Others' cm before each stroke: all from the first one's place.
			k.Outlines, k.Exact = k.lattice(100), false
			return
		}
		k.Outlines = append(k.Outlines, outline(p))
		k.Exact = k.Exact && p.Exact && unscaled(p.Matrix)
	}
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

// outline turns a path into an outline.
func outline(p object.Path) ink.Outline {
	var b pen
	for _, s := range p.Segs {
		var q [3]ink.Point
		for i, v := range s.P {
			q[i] = ink.Point{X: v[0], Y: v[1]}
		}
		b.step(s.Op, q)
	}
	return b.Outline
}

// pen draws an outline.
type pen struct {
	ink.Outline
	last ink.Point
}

func (b *pen) step(op byte, q [3]ink.Point) {
	if op == 'M' || len(b.Contours) == 0 {
		b.last = q[0]
		b.Contours = append(b.Contours, ink.Contour{Start: b.last})
		return
	}
	c := &b.Contours[len(b.Contours)-1]
	switch op {
	case 'L':
		c.Curves = append(c.Curves, ink.Curve{A: b.last, B: q[0], P: q[0]})
		b.last = q[0]
	case 'C':
		c.Curves = append(c.Curves, ink.Curve{A: q[0], B: q[1], P: q[2]})
		b.last = q[2]
	}
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
