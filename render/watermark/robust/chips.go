package robust

import "math"

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
	at []int
	k  []float64
	y  float64
	w  float64
}

// chips separates the deviations of cells from one another and from the slow
// change of the nib.
func (t *trace) chips(where func(vec) vec, sure bool) []chip {
	sys := system{index: map[int]int{}}
	for _, c := range t.chains {
		sys.chain(c, where)
	}
	o, ok := sys.solvable()
	if !ok {
		return nil
	}
	rounds := epQuick
	if sure {
		rounds = epRounds
	}
	x := sys.least(&o)
	llr := sys.odds(&o, x, rounds)
	var out []chip
	for i, w := range sys.line {
		if w >= leastLine {
			out = append(out, chip{sys.cells[i], x[o.cell[i]], llr[i], w})
		}
	}
	return out
}

// less are the deviations that remain once each cell's level is taken off.
func (t *trace) less(where func(vec) vec, level func(cell int) float64) []chip {
	sys := system{index: map[int]int{}, level: level}
	for _, c := range t.chains {
		sys.chain(c, where)
	}
	o, ok := sys.solvable()
	if !ok {
		return nil
	}
	x := sys.least(&o)
	out := make([]chip, len(sys.cells))
	for i := range out {
		out[i] = chip{cell: sys.cells[i], v: x[o.cell[i]], w: sys.line[i]}
	}
	return out
}

// solvable gives the order of the unknowns, unless there are none or too many.
func (y *system) solvable() (order, bool) {
	if len(y.cells) == 0 {
		return order{}, false
	}
	o := y.order()
	n, m, w := float64(o.n), float64(o.m), float64(o.w+1)
	return o, n*w*w+n*m*m+m*m*m < mostWork
}

type system struct {
	level func(cell int) float64 // nil: nothing is taken off
	index map[int]int
	cells []int
	line  []float64
	rows  []row // knots as −1, −2, …
	knots int
	// first are the first and last knots of each chain.
	first [][2]int
	// visits are the cells of each chain in order.
	visits [][]int
}

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

// chain adds the equations of a chain.
func (y *system) chain(c chain, where func(vec) vec) {
	at := make([]int, len(c))
	clear := 0
	for i, r := range c {
		at[i] = cellAt(where(r.p))
		if r.ok {
			clear++
		}
	}
	if clear < 4 {
		return
	}
	pieces := max(1, int(math.Round(float64(len(c))*pace/knot)))
	first := y.knots
	y.knots += pieces + 3
	y.first = append(y.first, [2]int{first, y.knots - 1})
	n := int(math.Ceil(2.5 * blend / pace))
	var visit []int
	for i, r := range c {
		if !r.ok {
			continue
		}
		if k := y.number(at[i]); len(visit) == 0 || visit[len(visit)-1] != k {
			visit = append(visit, k)
		}
		e := row{y: r.half, w: 1}
		sum, off := 0.0, 0.0
		for k := max(0, i-n); k <= min(len(c)-1, i+n); k++ {
			g := math.Exp(-0.5 * math.Pow(float64(k-i)*pace/blend, 2))
			e.add(y.number(at[k]), g)
			sum += g
			if y.level != nil {
				off += g * y.level(at[k])
			}
		}
		for j := range e.k {
			e.k[j] /= sum
			y.line[e.at[j]] += e.k[j] * pace
		}
		e.y -= off / sum
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
