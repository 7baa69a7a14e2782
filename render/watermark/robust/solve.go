package robust

import (
	"math"
	"slices"
)

const (
	// ridge is what a chip pays for being large, in readings.
	ridge = 0.3
	// stiff is what the baseline pays for a bend.
	stiff = 0.01
	// alike is how many neighbouring readings err alike.
	alike = 3.0
	// again: a cell that a line comes back to after so many readings stands
	// among the last rows of the matrix.
	again = 40
)

// order is where in the matrix each unknown stands.
type order struct {
	n, m, w    int
	cell, knot []int
}

func (y *system) order() order {
	o := order{cell: make([]int, len(y.cells)), knot: make([]int, y.knots)}
	first, last := slices.Repeat([]int{-1}, len(y.cells)), make([]int, len(y.cells))
	for i := range y.rows {
		for _, c := range y.rows[i].at {
			if c >= 0 {
				if first[c] < 0 {
					first[c] = i
				}
				last[c] = i
			}
		}
	}
	for i := range o.cell {
		o.cell[i] = -1
	}
	knots := 0 // placed, each beside those before it
	place := func(to int) {
		for ; knots < to; knots++ {
			o.knot[knots] = o.n
			o.n++
		}
	}
	for i := range y.rows {
		for _, c := range y.rows[i].at {
			switch {
			case c < 0:
				place(-c) // with those near no clear reading
			case o.cell[c] < 0 && last[c]-first[c] <= again:
				o.cell[c] = o.n
				o.n++
			}
		}
	}
	place(y.knots)
	for i, k := range o.cell {
		if k < 0 {
			o.cell[i] = o.n + o.m
			o.m++
		}
	}
	all := 0
	for i := range y.rows {
		all += len(y.rows[i].at)
	}
	pos := make([]int, all)
	for i := range y.rows {
		e := &y.rows[i]
		e.pos, pos = pos[:len(e.at)], pos[len(e.at):]
		e.arrange(&o)
	}
	o.width(y)
	return o
}

// arrange sorts the unknowns of a row by their places in the matrix.
func (e *row) arrange(o *order) {
	for j := range e.at {
		c, k, p, i := e.at[j], e.k[j], o.at(e.at[j]), j
		for ; i > 0 && e.pos[i-1] > p; i-- {
			e.at[i], e.k[i], e.pos[i] = e.at[i-1], e.k[i-1], e.pos[i-1]
		}
		e.at[i], e.k[i], e.pos[i] = c, k, p
	}
}

// width finds the width of the band.
func (o *order) width(y *system) {
	see := func(a, b int) {
		if a < o.n && b < o.n {
			o.w = max(o.w, a-b, b-a)
		}
	}
	for i := range y.rows {
		for _, k := range y.rows[i].pos {
			see(k, y.rows[i].pos[0])
		}
	}
	for _, f := range y.first {
		for k := f[0]; k+2 <= f[1]; k++ {
			see(o.knot[k], o.knot[k+1])
			see(o.knot[k], o.knot[k+2])
			see(o.knot[k+1], o.knot[k+2])
		}
	}
}

func (o *order) at(c int) int {
	if c < 0 {
		return o.knot[-1-c]
	}
	return o.cell[c]
}

// equations sums up the rows, divided by the variance of a reading.
func (y *system) equations(o *order, noise float64) (*banded, []float64) {
	a, r := newBanded(o.n, o.m, o.w), make([]float64, o.n+o.m)
	for i := range y.rows {
		e := &y.rows[i]
		for j, p := range e.pos {
			k := e.w * e.k[j] / noise
			r[p] += k * e.y
			if p < o.n {
				to := a.b[p*a.w+a.w:] // less p, the place of column 0
				for l, q := range e.pos[:j+1] {
					to[q] += k * e.k[l]
				}
				continue
			}
			for l, q := range e.pos[:j+1] {
				a.add(p, q, k*e.k[l])
			}
		}
	}
	for _, k := range o.knot {
		a.add(k, k, 1e-3/noise)
	}
	for _, f := range y.first {
		for k := f[0]; k+2 <= f[1]; k++ {
			for i, u := range [3]float64{1, -2, 1} {
				for j, v := range [3]float64{1, -2, 1} {
					a.add(o.knot[k+i], o.knot[k+j], stiff*u*v/noise)
				}
			}
		}
	}
	return a, r
}

// least finds the deviations by least squares, readings that fit badly counting
// less the second time.
func (y *system) least(o *order) []float64 {
	var x []float64
	for range 2 {
		a, r := y.equations(o, 1)
		for _, c := range o.cell {
			a.add(c, c, ridge)
		}
		a.factor()
		x = a.solve(r)
		y.reweigh(x)
	}
	return x
}

func (e *row) residual(x []float64) float64 {
	r := e.y
	for j, p := range e.pos {
		r -= e.k[j] * x[p]
	}
	return r
}

// variance of the readings around x.
func (y *system) variance(x []float64) float64 {
	sum, w := 1e-12, 0.0
	for i := range y.rows {
		r := y.rows[i].residual(x)
		sum += y.rows[i].w * r * r
		w += y.rows[i].w
	}
	return sum / w
}

func (y *system) reweigh(x []float64) {
	res := make([]float64, len(y.rows))
	for i := range y.rows {
		res[i] = math.Abs(y.rows[i].residual(x))
	}
	sorted := slices.Clone(res)
	slices.Sort(sorted)
	limit := 2.5*1.5*sorted[len(sorted)/2] + 1e-6
	for i, r := range res {
		y.rows[i].w = 1
		if r > limit {
			y.rows[i].w = limit / r
		}
	}
}

const (
	// epRounds of the propagation, and how much of a new site is taken.
	epRounds, epQuick = 10, 5
	epTake            = 0.6
)

// odds of each chip given that all are ±a, by expectation propagation (Minka
// 2001; for signs: Céspedes et al. 2014): it knows which chips could all be
// turned at once at little cost. x is where it starts.
func (y *system) odds(o *order, x []float64, rounds int) []float64 {
	n := len(y.cells)
	size := make([]float64, n)
	for i, c := range o.cell {
		size[i] = math.Abs(x[c])
	}
	slices.Sort(size)
	a := max(1e-4, 1.2*size[n/2])
	noise := alike * y.variance(x)
	base := make([]float64, len(y.rows))
	for i := range base {
		base[i] = y.rows[i].w
	}
	slope, bend, llr := make([]float64, n), make([]float64, n), make([]float64, n)
	odd, local := make([]float64, n), make([]float64, n)
	for i := range bend {
		bend[i] = 1 / (a * a)
	}
	for range rounds {
		m, r := y.equations(o, noise)
		for i, c := range o.cell {
			m.add(c, c, bend[i])
			r[c] += slope[i]
		}
		m.factor()
		mean, spread := m.solve(r), m.spread()
		up, down := 0.0, 1e-12
		for i, c := range o.cell {
			out := 1 - spread[c]*bend[i]
			if out < 1e-6 {
				continue
			}
			h := spread[c] / out
			t := h * (mean[c]/spread[c] - slope[i])
			llr[i] = 2 * a * t / h
			sure := math.Tanh(llr[i] / 2)
			u := a * sure
			v := max(a*a-u*u, 0.01*a*a)
			if nb := 1/v - 1/h; nb > 0 {
				bend[i] += epTake * (nb - bend[i])
				slope[i] += epTake * (u/v - t/h - slope[i])
			}
			odd[i] = math.Pow(max(0, math.Abs(t)-a), 2) / h * noise
			up += t * sure / h
			down += sure * sure / h
		}
		a = max(0.8*a, min(1.25*a, up/down))
		y.around(local, odd)
		y.doubt(base, local, noise)
	}
	return llr
}

// around spreads to each cell what its neighbours along the lines have: a line
// whose width changes for other reasons is not to be trusted near there.
func (y *system) around(out, in []float64) {
	clear(out)
	seen := make([]float64, len(out))
	for _, v := range y.visits {
		for i, c := range v {
			for _, o := range v[max(0, i-2):min(len(v), i+3)] {
				out[c] += in[o]
				seen[c]++
			}
		}
	}
	for i, n := range seen {
		if n > 0 {
			out[i] /= n
		}
	}
}

// doubt lets readings of such lines count less.
func (y *system) doubt(base, local []float64, noise float64) {
	for i := range y.rows {
		e := &y.rows[i]
		sum, k := 0.0, 0.0
		for j, c := range e.at {
			if c >= 0 {
				sum += e.k[j] * local[c]
				k += e.k[j]
			}
		}
		e.w = base[i] * noise / (noise + sum/k)
	}
}
