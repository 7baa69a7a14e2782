package robust

import (
	"math"
	"slices"
)

// chip is what the readings say about a cell.
type chip struct {
	cell int
	v    float64 // by how much half the width deviates, mm
	w    float64 // weight: mm of line
}

const (
	// knot is the distance of the knots of the baseline, mm.
	knot = 1.7
	// blend is the σ with which the width changes from cell to cell, mm.
	blend = 0.10
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
// change of the nib, by least squares.
func (t *trace) chips(where func(vec) vec) []chip {
	sys := system{index: map[int]int{}}
	for _, c := range t.chains {
		sys.chain(c, where)
	}
	n := len(sys.cells)
	if n == 0 {
		return nil
	}
	x := sys.solve()
	out := make([]chip, n)
	for i := range out {
		out[i] = chip{sys.cells[i], x[i], sys.line[i]}
	}
	return slices.DeleteFunc(out, func(c chip) bool { return c.w < leastLine })
}

type system struct {
	index map[int]int
	cells []int
	line  []float64
	rows  []row // knots as −1, −2, …
	knots int
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
	y.knots += pieces + 1
	n := int(math.Ceil(2.5 * blend / pace))
	for i, r := range c {
		if !r.ok {
			continue
		}
		e := row{y: r.half, w: 1}
		sum := 0.0
		for k := max(0, i-n); k <= min(len(c)-1, i+n); k++ {
			g := math.Exp(-0.5 * math.Pow(float64(k-i)*pace/blend, 2))
			e.add(y.number(at[k]), g)
			sum += g
		}
		for j := range e.k {
			e.k[j] /= sum
			y.line[e.at[j]] += e.k[j] * pace
		}
		u := float64(i) / float64(len(c)-1) * float64(pieces)
		k := min(int(u), pieces-1)
		e.add(-1-first-k, 1-(u-float64(k)))
		e.add(-1-first-k-1, u-float64(k))
		y.rows = append(y.rows, e)
	}
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

// solve finds chips and knots, twice: the second time readings that fit badly
// count less.
func (y *system) solve() []float64 {
	n := len(y.cells)
	size := n + y.knots
	var x []float64
	for range 2 {
		a, b := make([]float64, size*size), make([]float64, size)
		id := func(i int) int {
			if i < 0 {
				return n - 1 - i
			}
			return i
		}
		for _, e := range y.rows {
			for i, p := range e.at {
				p = id(p)
				b[p] += e.w * e.k[i] * e.y
				for j, q := range e.at {
					a[p*size+id(q)] += e.w * e.k[i] * e.k[j]
				}
			}
		}
		for i := range size {
			if i < n {
				a[i*size+i] += 1.0
			} else {
				a[i*size+i] += 1e-3
			}
		}
		x = cholesky(a, b)
		y.reweigh(x, id)
	}
	return x
}

func (y *system) reweigh(x []float64, id func(int) int) {
	res := make([]float64, len(y.rows))
	for i, e := range y.rows {
		r := e.y
		for j, p := range e.at {
			r -= e.k[j] * x[id(p)]
		}
		res[i] = math.Abs(r)
	}
	order := slices.Clone(res)
	slices.Sort(order)
	limit := 2.5*1.5*order[len(order)/2] + 1e-6
	for i, r := range res {
		y.rows[i].w = 1
		if r > limit {
			y.rows[i].w = limit / r
		}
	}
}

// cholesky solves a x = b for a positive definite a, which it overwrites.
func cholesky(a, b []float64) []float64 {
	n := len(b)
	for i := range n {
		ri := a[i*n : i*n+i+1]
		for j := range i + 1 {
			rj := a[j*n : j*n+j+1]
			s := ri[j]
			for k, v := range rj[:j] {
				s -= ri[k] * v
			}
			if i == j {
				ri[i] = math.Sqrt(max(s, 1e-12))
			} else {
				ri[j] = s / rj[j]
			}
		}
	}
	x := slices.Clone(b)
	for i := range n {
		for k := range i {
			x[i] -= a[i*n+k] * x[k]
		}
		x[i] /= a[i*n+i]
	}
	for i := n - 1; i >= 0; i-- {
		for k := i + 1; k < n; k++ {
			x[i] -= a[k*n+i] * x[k]
		}
		x[i] /= a[i*n+i]
	}
	return x
}
