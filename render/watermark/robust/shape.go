package robust

import (
	"math"
	"slices"

	"moqian/render/ink"
)

// edgeStep is the distance of the points of an outline that move, mm.
const edgeStep = 0.05

// edge is a contour as points with the direction that leads out of the ink.
type edge struct {
	p, out []vec
	corner []bool
	at     []float64 // index into wave of each point, below 0: stays
	moved  []vec
	// from is the first point of each curve.
	from  []int
	curve []ink.Curve
}

// shape is an ink whose edges can be moved.
type shape struct {
	strokes [][]edge
	trace   *trace
	start   []int // of each chain in the wave
	size    int   // of the wave
	// free is 1 where both edges of the line can move, less near where not.
	free []float64
}

func newShape(in []ink.Outline, drawn *shade, t *trace) *shape {
	s := &shape{trace: t}
	for _, c := range t.chains {
		s.start = append(s.start, s.size)
		s.size += len(c)
	}
	near := newFinder(t, s.start)
	spoiled := make([]bool, s.size)
	for _, o := range in {
		var edges []edge
		turn := -1.0
		area := 0.0
		var all [][]bezier
		for _, c := range o.Contours {
			b := curves(c)
			all = append(all, b)
			if a := polygonArea(flatten(b)); math.Abs(a) > math.Abs(area) {
				area = a
			}
		}
		if area < 0 {
			turn = 1
		}
		for k, b := range all {
			e := outlineEdge(b, o.Contours[k].Curves, turn)
			e.at = make([]float64, len(e.p))
			for i := range e.p {
				e.at[i] = near.find(e.p[i], e.out[i])
			}
			e.bridge()
			for i, at := range e.at {
				if at < 0 && drawn.sample(e.p[i].add(e.out[i].mul(beyond))) < 0.95 {
					near.spoil(e.p[i], e.out[i], spoiled)
				}
			}
			edges = append(edges, e)
		}
		s.strokes = append(s.strokes, edges)
	}
	s.pair(spoiled)
	return s
}

// bridge finds the places of a few points that belong to no reading by those
// around them.
func (e *edge) bridge() {
	n := len(e.p)
	for i := range n {
		if e.at[i] < 0 || e.at[(i+1)%n] >= 0 {
			continue
		}
		gap := 2
		for gap <= bridged && e.at[(i+gap)%n] < 0 {
			gap++
		}
		from, to := e.at[i], e.at[(i+gap)%n]
		if gap > bridged || math.Abs(to-from) > 2*float64(gap)*edgeStep/pace {
			continue
		}
		for k := 1; k < gap; k++ {
			e.at[(i+k)%n] = from + (to-from)*float64(k)/float64(gap)
		}
	}
}

// beyond an edge there is paper at this distance, mm, or else it does not show.
const beyond = 0.04

// bridged is the longest gap that is bridged, in points.
const bridged = 5

// pair finds where the line has both edges: only there may they move, or its
// middle would. At spoiled readings an edge will stay.
func (s *shape) pair(spoiled []bool) {
	seen := [2][]bool{make([]bool, s.size), make([]bool, s.size)}
	flat := slices.Concat(s.trace.chains...)
	for _, edges := range s.strokes {
		for _, e := range edges {
			for i, at := range e.at {
				if at < 0 {
					continue
				}
				k := int(at + 0.5)
				side := 0
				if e.p[i].sub(flat[k].p).dot(flat[k].n) < 0 {
					side = 1
				}
				seen[side][k] = true
			}
		}
	}
	both := make([]float64, s.size)
	s.free = make([]float64, s.size)
	for c, from := range s.start {
		n := len(s.trace.chains[c])
		has := func(side, i int) bool {
			for k := max(0, i-1); k <= min(n-1, i+1); k++ {
				if seen[side][from+k] {
					return true
				}
			}
			return false
		}
		for i := range n {
			if has(0, i) && has(1, i) && !spoiled[from+i] && s.trace.chains[c].bend(i) > bent {
				both[from+i] = 1
			}
		}
		for i := range n {
			far := pairFade
			for k := max(0, i-pairFade); k <= min(n-1, i+pairFade); k++ {
				if both[from+k] == 0 {
					far = min(far, max(k-i, i-k))
				}
			}
			s.free[from+i] = float64(max(0, far-1)) / (pairFade - 1)
		}
	}
}

// bend is the cosine of the turn of a line within its own width.
func (c chain) bend(i int) float64 {
	k := 1 + int(c[i].half/pace)
	return c[max(0, i-k)].n.dot(c[min(len(c)-1, i+k)].n)
}

// bent: at a sharper turn the edges of a line do not move alike.
const bent = 0.7

// pairFade is over how many readings the movement fades to nothing.
const pairFade = 4

func polygonArea(p []vec) (a float64) {
	for i := range p {
		a += p[i].cross(p[(i+1)%len(p)]) / 2
	}
	return a
}

func outlineEdge(b []bezier, curves []ink.Curve, turn float64) edge {
	var e edge
	var last vec
	for i := range b {
		n := max(1, min(400, int(math.Round(b[i].length()/edgeStep))))
		if b[i].length() < 1e-9 {
			continue
		}
		e.from, e.curve = append(e.from, len(e.p)), append(e.curve, curves[i])
		from := b[i].slope(0).unit()
		for j := range n {
			d := b[i].slope(float64(j) / float64(n)).unit()
			sharp := false
			if j == 0 && len(e.p) > 0 && last.dot(from) < corner {
				sharp = true
				d = last.add(from).unit()
			}
			e.p = append(e.p, b[i].at(float64(j)/float64(n)))
			e.out = append(e.out, d.left().mul(turn))
			e.corner = append(e.corner, sharp)
		}
		last = b[i].slope(1).unit()
	}
	if len(e.p) > 0 && last.dot(b[0].slope(0).unit()) < corner {
		e.corner[0] = true
		e.out[0] = last.add(b[0].slope(0).unit()).unit().left().mul(turn)
	}
	return e
}

// finder knows which readings of the line lie near a place.
type finder struct {
	t     *trace
	start []int
	// The readings, chain and place in it, by squares, row after row: those of
	// square i stand from from[i] to from[i+1].
	x, y int // the first square
	w, h int
	from []int32
	ids  [][2]int32
}

// finderCell is the side of a square, mm.
const finderCell = 0.4

func newFinder(t *trace, start []int) *finder {
	f := &finder{t: t, start: start}
	lo, hi := vec{math.Inf(1), math.Inf(1)}, vec{math.Inf(-1), math.Inf(-1)}
	for _, c := range t.chains {
		for i := range c {
			p := c[i].p
			lo, hi = vec{min(lo.x, p.x), min(lo.y, p.y)}, vec{max(hi.x, p.x), max(hi.y, p.y)}
		}
	}
	if !(hi.x >= lo.x) {
		return f
	}
	f.x, f.y = f.square(lo)
	f.w, f.h = f.square(hi)
	f.w, f.h = f.w+1, f.h+1
	f.from = make([]int32, f.w*f.h+2)
	for _, c := range t.chains {
		for i := range c {
			x, y := f.square(c[i].p)
			f.from[y*f.w+x+2]++
		}
	}
	for i := 2; i < len(f.from); i++ {
		f.from[i] += f.from[i-1]
	}
	f.ids = make([][2]int32, f.from[len(f.from)-1])
	for i, c := range t.chains {
		for j := range c {
			x, y := f.square(c[j].p)
			k := &f.from[y*f.w+x+1]
			f.ids[*k] = [2]int32{int32(i), int32(j)}
			*k++
		}
	}
	return f
}

// square is the column and the row of a place, from the first square.
func (f *finder) square(p vec) (x, y int) {
	return int(math.Floor(p.x/finderCell)) - f.x, int(math.Floor(p.y/finderCell)) - f.y
}

// near are the readings in the squares around a place, row by row.
func (f *finder) near(p vec) (out [3][][2]int32) {
	x, y := f.square(p)
	first, last := max(0, x-1), min(f.w-1, x+1)
	for d := range out {
		if row := y - 1 + d; row >= 0 && row < f.h && first <= last {
			out[d] = f.ids[f.from[row*f.w+first]:f.from[row*f.w+last+1]]
		}
	}
	return out
}

// find gives the place in the wave of the reading whose edge q is.
func (f *finder) find(q, out vec) float64 {
	best, at := 0.12, -1.0
	for _, row := range f.near(q) {
		for _, id := range row {
			c := f.t.chains[id[0]]
			r := &c[id[1]]
			d := q.sub(r.p)
			along := d.dot(vec{r.n.y, -r.n.x})
			if math.Abs(along) > pace {
				continue
			}
			far := d.len()
			if far == 0 || d.dot(out) < 0.8*far {
				continue
			}
			if miss := math.Abs(far-r.half) + 0.5*math.Abs(along); miss < best {
				best = miss
				u := float64(id[1]) + along/pace
				at = float64(f.start[id[0]]) + max(0, min(float64(len(c)-1), u))
			}
		}
	}
	return at
}

// spoil marks the readings whose edge q may be.
func (f *finder) spoil(q, out vec, spoiled []bool) {
	for _, row := range f.near(q) {
		for _, id := range row {
			r := &f.t.chains[id[0]][id[1]]
			d := q.sub(r.p)
			along, far := d.dot(vec{r.n.y, -r.n.x}), d.len()
			if d.dot(out) > 0.5*far && math.Abs(along) < pace && math.Abs(far-r.half) < 0.16 {
				spoiled[f.start[id[0]]+int(id[1])] = true
			}
		}
	}
}

// wave is by how much the edges move at each reading, mm.
func (s *shape) wave(where func(vec) vec, level func(cell int) float64) []float64 {
	out := make([]float64, 0, s.size)
	near := blending()
	n := len(near) - 1
	for _, c := range s.trace.chains {
		raw := make([]float64, len(c))
		at := c.cells(where)
		for i, cell := range at {
			if i > 0 && cell == at[i-1] {
				raw[i] = raw[i-1]
			} else {
				raw[i] = level(cell)
			}
		}
		for i := range c {
			sum, w := 0.0, 0.0
			for k := max(0, i-n); k <= min(len(c)-1, i+n); k++ {
				g := near[max(k-i, i-k)]
				sum, w = sum+g*raw[k], w+g
			}
			end := float64(min(i, len(c)-1-i)) * pace
			out = append(out, sum/w*min(1, end/0.15)*s.free[len(out)])
		}
	}
	return out
}

// move displaces the edges by a wave.
func (s *shape) move(wave []float64) {
	for _, edges := range s.strokes {
		for i := range edges {
			e := &edges[i]
			n := len(e.p)
			d := make([]float64, n)
			for j, at := range e.at {
				if at >= 0 {
					k := min(int(at), len(wave)-1)
					m := min(k+1, len(wave)-1)
					d[j] = wave[k] + (wave[m]-wave[k])*(at-float64(k))
				}
			}
			e.moved = make([]vec, n)
			for j := range e.p {
				v := 0.0
				for o := -2; o <= 2; o++ {
					v += d[((j+o)%n+n)%n] * [5]float64{0.1, 0.2, 0.4, 0.2, 0.1}[o+2]
				}
				e.moved[j] = e.p[j].add(e.out[j].mul(v))
			}
		}
	}
}

// polygons are the moved edges.
func (s *shape) polygons() [][][]vec {
	out := make([][][]vec, len(s.strokes))
	for i, edges := range s.strokes {
		for _, e := range edges {
			out[i] = append(out[i], e.moved)
		}
	}
	return out
}

// outlines fits curves to the moved edges.
func (s *shape) outlines() []ink.Outline {
	out := make([]ink.Outline, len(s.strokes))
	for i, edges := range s.strokes {
		var anchor *ink.Point
		for k := range edges {
			c := edges[k].fit(anchor)
			if out[i].Contours = append(out[i].Contours, c); k == 0 {
				anchor = &c.Start
			}
		}
	}
	return out
}
