package robust

import (
	"cmp"
	"slices"
)

// mostRuns bounds the dark runs of an image; a page of print has 300,000, a
// photograph at 600 dpi some millions.
const mostRuns = 6 << 20

// run is a row of dark pixels, x1 the first that is light.
type run struct{ y, x0, x1, of int32 }

// blob is a connected set of dark pixels.
type blob struct {
	x0, y0, x1, y1 int32 // the box, last excluded
	area           int
	runs           []run
}

func (b *blob) w() int { return int(b.x1 - b.x0) }
func (b *blob) h() int { return int(b.y1 - b.y0) }

// inside says whether b lies within o, off its edge.
func (b *blob) inside(o *blob) bool {
	return b.x0 > o.x0 && b.y0 > o.y0 && b.x1 < o.x1 && b.y1 < o.y1
}

// blobs finds the connected sets of pixels darker than split, or nothing where
// there are too many for print.
func (g *Gray) blobs(split uint8) []blob {
	runs := g.runs(split)
	if runs == nil {
		return nil
	}
	root := func(i int32) int32 {
		for runs[i].of != i {
			runs[i].of = runs[runs[i].of].of
			i = runs[i].of
		}
		return i
	}
	above, here := 0, 0 // the runs of the row before begin at above
	for i := range runs {
		if runs[i].y != runs[here].y {
			above, here = here, i
			if runs[above].y != runs[here].y-1 {
				above = here
			}
		}
		for j := above; j < here; j++ {
			if runs[j].x0 <= runs[i].x1 && runs[i].x0 <= runs[j].x1 {
				a, b := root(int32(i)), root(int32(j))
				runs[max(a, b)].of = min(a, b)
			}
			if runs[j].x1 > runs[i].x1 {
				break
			}
		}
		for above < here && runs[above].x1 < runs[i].x0 {
			above++
		}
	}
	for i := range runs {
		runs[i].of = root(int32(i))
	}
	slices.SortStableFunc(runs, func(a, b run) int { return cmp.Compare(a.of, b.of) })
	var out []blob
	for i := 0; i < len(runs); {
		j := i
		b := blob{x0: runs[i].x0, y0: runs[i].y, x1: runs[i].x1, y1: runs[i].y + 1}
		for ; j < len(runs) && runs[j].of == runs[i].of; j++ {
			r := &runs[j]
			b.x0, b.x1, b.y1 = min(b.x0, r.x0), max(b.x1, r.x1), max(b.y1, r.y+1)
			b.area += int(r.x1 - r.x0)
		}
		b.runs = runs[i:j:j]
		out = append(out, b)
		i = j
	}
	return out
}

func (g *Gray) runs(split uint8) []run {
	var runs []run
	for y := range g.H {
		row := g.Pix[y*g.W : (y+1)*g.W]
		for x := 0; x < len(row); x++ {
			if row[x] >= split {
				continue
			}
			r := run{y: int32(y), x0: int32(x), of: int32(len(runs))}
			for x < len(row) && row[x] < split {
				x++
			}
			r.x1 = int32(x)
			if runs = append(runs, r); len(runs) > mostRuns {
				return nil
			}
		}
	}
	return runs
}
