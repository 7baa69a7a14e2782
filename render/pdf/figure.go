package pdf

import (
	"fmt"
	"math"

	"moqian/render"
	"moqian/sign/pdf"
)

// origin is the first point of a figure: figures of one name differ from each
// other only by where it lies.
func origin(p render.Path) render.Pt {
	for _, s := range p.Segs {
		if s.Op == 'M' {
			return s.P[0]
		}
	}
	return render.Pt{}
}

// figure writes the operators of a path relative to a point, in a space whose
// top lies at height pt; 1/100 pt.
func figure(p render.Path, at render.Pt, height float64) []byte {
	var b []byte
	pt := func(q render.Pt) string {
		return num((q.X-at.X)*ptPerMM, 2) + " " + num(height-(q.Y-at.Y)*ptPerMM, 2)
	}
	if p.Fill != nil {
		b = append(b, rgb(*p.Fill, "rg")...)
	}
	if p.Stroke != nil {
		b = append(b, rgb(*p.Stroke, "RG")...)
		b = fmt.Appendf(b, "%s w\n", num(p.Width*ptPerMM, 3))
	}
	for _, s := range p.Segs {
		switch s.Op {
		case 'M':
			b = fmt.Appendf(b, "%s m\n", pt(s.P[0]))
		case 'L':
			b = fmt.Appendf(b, "%s l\n", pt(s.P[0]))
		case 'C':
			b = fmt.Appendf(b, "%s %s %s c\n", pt(s.P[0]), pt(s.P[1]), pt(s.P[2]))
		case 'Z':
			b = append(b, "h\n"...)
		}
	}
	switch {
	case p.Fill != nil && p.Stroke != nil:
		b = append(b, "B\n"...)
	case p.Fill != nil:
		b = append(b, "f\n"...)
	case p.Stroke != nil:
		b = append(b, "S\n"...)
	default:
		b = append(b, "n\n"...)
	}
	return b
}

// bounds is a box around a figure's points relative to at, with room for its
// line.
func bounds(p render.Path, at render.Pt) pdf.Array {
	lo, hi := [2]float64{math.Inf(1), math.Inf(1)}, [2]float64{math.Inf(-1), math.Inf(-1)}
	for _, s := range p.Segs {
		n := map[byte]int{'M': 1, 'L': 1, 'C': 3}[s.Op]
		for _, q := range s.P[:n] {
			v := [2]float64{(q.X - at.X) * ptPerMM, (at.Y - q.Y) * ptPerMM}
			for i := range 2 {
				lo[i], hi[i] = math.Min(lo[i], v[i]), math.Max(hi[i], v[i])
			}
		}
	}
	room := p.Width*ptPerMM + 1
	return pdf.Array{
		math.Floor(lo[0] - room), math.Floor(lo[1] - room), math.Ceil(hi[0] + room), math.Ceil(hi[1] + room),
	}
}
