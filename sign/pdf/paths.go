package pdf

import (
	"fmt"
	"math"
)

// Path is one painted path of a page, in the coordinates of the content stream
// that draws it.
type Path struct {
	// Form is the resource name of the form XObject that draws it, empty for
	// the page's own content.
	Form Name
	// Matrix takes its coordinates to the page: a b c d e f of ISO 32000-1
	// §8.3.4, in pt.
	Matrix [6]float64
	// Segs in 1/100 pt. Exact says that each coordinate of the file is a whole
	// number of these units. What a form does by itself, its /Matrix and cm
	// before the path, is in Segs and not in Matrix as long as it only moves and
	// scales evenly: a form may shorten its numbers so.
	Segs  []Seg
	Exact bool
	// Fill says that the path is filled by the nonzero rule.
	Fill bool
}

// Seg is a step of a path: Op 'M' and 'L' use P[0], 'C' uses all, 'Z' none.
type Seg struct {
	Op byte
	P  [3][2]int32
}

// Paths gives the paths of a page (from 0) in painting order, through form
// XObjects and matrices. ErrBudget: the page draws more than is looked at.
func Paths(f *File, page int) ([]Path, error) {
	pages, err := f.Pages()
	if err != nil {
		return nil, err
	}
	if page < 0 || page >= len(pages) {
		return nil, fmt.Errorf("no page %d", page+1)
	}
	p := newPainter(f)
	err = p.page(pages[page], page)
	var out []Path
	for _, d := range p.out {
		if d.Paint != "W" {
			out = append(out, d.Path())
		}
	}
	return out, err
}

// Path is a figure in whole 1/100 pt.
func (d Figure) Path() Path {
	k, x, y, rest := 1.0, 0.0, 0.0, d.place.own
	if o := d.place.own; o[0] == o[3] && o[0] > 0 && o[1] == 0 && o[2] == 0 {
		k, x, y, rest = o[0], o[4], o[5], identity()
	}
	p := Path{Form: d.Form, Matrix: multiply(rest, d.place.at), Exact: true, Fill: d.Paint == "f" || d.Paint == "F", Segs: make([]Seg, len(d.Steps))}
	for i, s := range d.Steps {
		p.Segs[i].Op = s.Op
		for j := range points(s.Op) {
			p.Segs[i].P[j] = [2]int32{p.hundredth(k*s.P[j][0] + x), p.hundredth(k*s.P[j][1] + y)}
		}
	}
	return p
}

// points is how many points a step has.
func points(op byte) int {
	switch op {
	case 'M', 'L':
		return 1
	case 'C':
		return 3
	}
	return 0
}

// hundredth turns pt into 1/100 pt and notes when that is not exact.
func (p *Path) hundredth(v float64) int32 {
	u := math.Round(v * 100)
	if math.Abs(u-v*100) > 1e-6 || math.Abs(u) > math.MaxInt32 {
		p.Exact = false
		u = math.Max(math.MinInt32, math.Min(math.MaxInt32, u))
	}
	return int32(u)
}

func identity() [6]float64 { return [6]float64{1, 0, 0, 1, 0, 0} }

// multiply is a × b for the matrices of ISO 32000-1 §8.3.4.
func multiply(a, b [6]float64) [6]float64 {
	return [6]float64{
		a[0]*b[0] + a[1]*b[2], a[0]*b[1] + a[1]*b[3],
		a[2]*b[0] + a[3]*b[2], a[2]*b[1] + a[3]*b[3],
		a[4]*b[0] + a[5]*b[2] + b[4], a[4]*b[1] + a[5]*b[3] + b[5],
	}
}

// inverse of a matrix, if it has one.
func inverse(m [6]float64) ([6]float64, bool) {
	det := m[0]*m[3] - m[1]*m[2]
	if det == 0 || math.IsNaN(det) || math.IsInf(det, 0) {
		return m, false
	}
	a, b, c, d := m[3]/det, -m[1]/det, -m[2]/det, m[0]/det
	return [6]float64{a, b, c, d, -m[4]*a - m[5]*c, -m[4]*b - m[5]*d}, true
}
