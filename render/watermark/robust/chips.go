package robust

import (
	"math"
	"slices"
)

// chip is what the readings say about a cell.
type chip struct {
	cell int
	v    float64 // by how much half the width deviates, mm
	llr  float64 // log of the odds that it is wider rather than narrower
	w    float64 // mm of line
}

const (
	// knot is the distance of the knots of the baseline, mm.
	knot = 2
	// blend is the σ with which the width changes from cell to cell, mm.
	blend = 0.10
	// mostWork multiplications solve the equations: a moment. A signature takes
	// less than half a million, a net of lines more than this.
	mostWork = 1e7
	// leastLine is the length of clear line that makes a chip, mm.
	leastLine = 0.16
)

// row is an equation: half a width is a sum of chips and baseline knots.
type row struct {
	at  []int // cells by their numbers, knots as −1, −2, …
	pos []int // the same by their places in the matrix, rising
	k   []float64
	y   float64
	w   float64
}

// chips separates the deviations of cells from one another and from the slow
// change of the nib.
func (t *trace) chips(where func(vec) vec, sure bool) []chip {
	sys, o := t.system(where)
	return sys.chips(o, sure)
}

// system is the equations of a trace; nil where there are none, or too many.
func (t *trace) system(where func(vec) vec) (*system, *order) {
	sys := &system{index: map[int]int{}}
	for _, c := range t.chains {
		sys.chain(c, where)
	}
	if len(sys.cells) == 0 {
		return nil, nil
	}
	o := sys.order()
	if n, m, w := float64(o.n), float64(o.m), float64(o.w+1); n*w*w+n*m*m+m*m*m >= mostWork {
		return nil, nil
	}
	return sys, &o
}

func (y *system) chips(o *order, sure bool) []chip {
	if y == nil {
		return nil
	}
	rounds := epQuick
	if sure {
		rounds = epRounds
	}
	z := *y
	z.rows = slices.Clone(y.rows)
	x := z.least(o)
	llr := z.odds(o, x, rounds)
	var out []chip
	for i, w := range y.line {
		if w >= leastLine {
			out = append(out, chip{y.cells[i], x[o.cell[i]], llr[i], w})
		}
	}
	return out
}

// less are the deviations that remain once each cell's level is taken off.
func (y *system) less(o *order, level func(cell int) float64) []chip {
	if y == nil {
		return nil
	}
	z := *y
	z.rows = slices.Clone(y.rows)
	off := make([]float64, len(y.cells))
	for i, c := range y.cells {
		off[i] = level(c)
	}
	for i := range z.rows {
		e := &z.rows[i]
		for j, c := range e.at {
			if c >= 0 {
				e.y -= e.k[j] * off[c]
			}
		}
	}
	x := z.least(o)
	out := make([]chip, len(y.cells))
	for i := range out {
		out[i] = chip{cell: y.cells[i], v: x[o.cell[i]], w: y.line[i]}
	}
	return out
}

type system struct {
	index map[int]int
	cells []int
	line  []float64
	rows  []row
	knots int
	// first are the first and last knots of each chain.
	first [][2]int
	// visits are the cells of each chain in order.
	visits [][]int
}

// number is that of a cell, a new one at the first time.
func (y *system) number(cell int) int {
	i, ok := y.index[cell]
	if !ok {
		i = len(y.cells)
		y.index[cell] = i
		y.cells = append(y.cells, cell)
		y.line = append(y.line, 0)
	}
	return i
}

// cells are those of the readings of a chain.
func (c chain) cells(where func(vec) vec) []int {
	at := make([]int, len(c))
	for i := range c {
		at[i] = cellAt(where(c[i].p))
	}
	return at
}

// blending is how much a reading has of the levels of those so far away.
func blending() []float64 {
	out := make([]float64, 1+int(math.Ceil(2.5*blend/pace)))
	for k := range out {
		out[k] = math.Exp(-0.5 * math.Pow(float64(k)*pace/blend, 2))
	}
	return out
}

// numbers numbers the cells within n readings of the clear ones of a chain.
func (y *system) numbers(c chain, at []int, n int) []int {
	out := slices.Repeat([]int{-1}, len(c))
	for i, r := range c {
		if !r.ok {
			continue
		}
		if out[i] < 0 {
			out[i] = y.number(at[i])
		}
		for k := max(0, i-n); k <= min(len(c)-1, i+n); k++ {
			if out[k] < 0 {
				out[k] = y.number(at[k])
			}
		}
	}
	return out
}

// chain adds the equations of a chain.
func (y *system) chain(c chain, where func(vec) vec) {
	clear := 0
	for _, r := range c {
		if r.ok {
			clear++
		}
	}
	if clear < 4 {
		return
	}
	at := c.cells(where)
	pieces := max(1, int(math.Round(float64(len(c))*pace/knot)))
	first := y.knots
	y.knots += pieces + 3
	y.first = append(y.first, [2]int{first, y.knots - 1})
	near := blending()
	n := len(near) - 1
	number := y.numbers(c, at, n)
	most := 2*n + 1 + 4 // unknowns of a row
	ats, ks := make([]int, clear*most), make([]float64, clear*most)
	y.rows = slices.Grow(y.rows, clear)
	var visit []int
	for i, r := range c {
		if !r.ok {
			continue
		}
		if k := number[i]; len(visit) == 0 || visit[len(visit)-1] != k {
			visit = append(visit, k)
		}
		e := row{y: r.half, w: 1, at: ats[:0:most], k: ks[:0:most]}
		ats, ks = ats[most:], ks[most:]
		sum := 0.0
		for k := max(0, i-n); k <= min(len(c)-1, i+n); k++ {
			g := near[max(k-i, i-k)]
			e.add(number[k], g)
			sum += g
		}
		for j := range e.k {
			e.k[j] /= sum
			y.line[e.at[j]] += e.k[j] * pace
		}
		u := float64(i) / float64(len(c)-1) * float64(pieces)
		k := min(int(u), pieces-1)
		for j, b := range spline(u - float64(k)) {
			e.add(-1-first-k-j, b)
		}
		y.rows = append(y.rows, e)
	}
	y.visits = append(y.visits, visit)
}

// spline is the values of the four cubic B-splines over a piece.
func spline(u float64) [4]float64 {
	v := 1 - u
	return [4]float64{v * v * v / 6, (3*u*u*u - 6*u*u + 4) / 6, (3*v*v*v - 6*v*v + 4) / 6, u * u * u / 6}
}

func (e *row) add(at int, k float64) {
	for i, a := range e.at {
		if a == at {
			e.k[i] += k
			return
		}
	}
	e.at, e.k = append(e.at, at), append(e.k, k)
}
