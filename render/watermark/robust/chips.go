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
	if len(sys.cells) == 0 {
		return nil
	}
	v, llr := sys.solve(sure)
	var out []chip
	for i, w := range sys.line {
		if w >= leastLine {
			out = append(out, chip{sys.cells[i], v[i], llr[i], w})
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
	if len(sys.cells) == 0 {
		return nil
	}
	v, _ := sys.solve(false)
	out := make([]chip, len(v))
	for i := range out {
		out[i] = chip{cell: sys.cells[i], v: v[i], w: sys.line[i]}
	}
	return out
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

// solve finds the deviations by least squares, readings that fit badly
// counting less the second time, and then the odds of each chip; sure asks for
// better odds at ten times the price.
func (y *system) solve(sure bool) (v, llr []float64) {
	for round := range 2 {
		q := y.normal()
		v = cholesky(q.ridged(), q.r)
		if y.reweigh(q.full(v)); round == 1 {
			f := q.meanField(v, y)
			if llr = f.llr; sure {
				y.doubt(&f)
				llr = y.normal().propagate(f.a, f.noise)
			}
		}
	}
	return v, llr
}

// quadratic is the squared error as a function of the n chips, ½ xᵀSx − rᵀx,
// the baseline being what suits each x best: b = g − Bx.
type quadratic struct {
	n    int
	s, r []float64
	b, g []float64
}

const ridge = 0.3

func (q *quadratic) ridged() []float64 {
	a := slices.Clone(q.s)
	for i := range q.n {
		a[i*q.n+i] += ridge
	}
	return a
}

// full is chips and baseline.
func (q *quadratic) full(x []float64) []float64 {
	out := slices.Clone(x)
	for k, g := range q.g {
		for i, v := range q.b[k*q.n : (k+1)*q.n] {
			g -= v * x[i]
		}
		out = append(out, g)
	}
	return out
}

// normal sums up the equations and eliminates the baseline.
func (y *system) normal() *quadratic {
	n, m := len(y.cells), y.knots
	q := &quadratic{n: n, s: make([]float64, n*n), r: make([]float64, n), b: make([]float64, m*n), g: make([]float64, m)}
	kk := make([]float64, m*m)
	for _, e := range y.rows {
		for i, p := range e.at {
			k := e.w * e.k[i]
			if p >= 0 {
				q.r[p] += k * e.y
				for j, o := range e.at {
					if o >= 0 {
						q.s[p*n+o] += k * e.k[j]
					}
				}
				continue
			}
			p = -1 - p
			q.g[p] += k * e.y
			for j, o := range e.at {
				if o >= 0 {
					q.b[p*n+o] += k * e.k[j]
				} else {
					kk[p*m-1-o] += k * e.k[j]
				}
			}
		}
	}
	c := slices.Clone(q.b)
	for i := range m {
		kk[i*m+i] += 1e-3
	}
	for _, f := range y.first {
		bend(kk, m, f[0], f[1])
	}
	solveMany(kk, q.b, q.g, n)
	for k := range m {
		for i, v := range c[k*n : (k+1)*n] {
			if v == 0 {
				continue
			}
			q.r[i] -= v * q.g[k]
			for j, u := range q.b[k*n : (k+1)*n] {
				q.s[i*n+j] -= v * u
			}
		}
	}
	return q
}

// stiff is the price of a bend of the baseline.
const stiff = 0.01

// bend adds the price of the second differences of knots.
func bend(kk []float64, m, first, last int) {
	for k := first + 1; k < last; k++ {
		for i, a := range [3]float64{1, -2, 1} {
			for j, b := range [3]float64{1, -2, 1} {
				kk[(k-1+i)*m+k-1+j] += stiff * a * b
			}
		}
	}
}

const (
	// alike is how many neighbouring readings err alike.
	alike = 3.0
	// sweeps of the mean field.
	sweeps = 16
)

// field is what the mean field found.
type field struct {
	llr, local []float64
	a, noise   float64 // amplitude, variance of a reading
}

// meanField finds the odds of each chip given that all chips are ±a: the mean
// of the other chips stands for them. v is where it starts.
func (q *quadratic) meanField(v []float64, y *system) field {
	n := q.n
	size := make([]float64, n)
	for i, x := range v {
		size[i] = math.Abs(x)
	}
	slices.Sort(size)
	a := max(1e-4, 1.2*size[n/2])
	noise := alike * y.variance(q.full(v))
	m, llr := slices.Clone(v), make([]float64, n)
	for i := range m {
		m[i] = max(-a, min(a, m[i]))
	}
	odd, local := make([]float64, n), make([]float64, n)
	for k := range sweeps {
		for i := range n {
			f := q.r[i]
			for j, s := range q.s[i*n : (i+1)*n] {
				f -= s * m[j]
			}
			d := q.s[i*n+i]
			f += d * m[i]
			odd[i] = d * math.Pow(max(0, math.Abs(f/(d+ridge))-a), 2)
			llr[i] = 2 * a * f / (noise + local[i])
			m[i] = a * math.Tanh(llr[i]/2)
		}
		y.around(local, odd)
		if k >= 2 {
			a = q.amplitude(m, a)
		}
	}
	return field{llr, local, a, noise}
}

// doubt lets readings of lines whose width changes otherwise count less.
func (y *system) doubt(f *field) {
	for i := range y.rows {
		e := &y.rows[i]
		local, sum := 0.0, 0.0
		for j, c := range e.at {
			if c >= 0 {
				local += e.k[j] * f.local[c]
				sum += e.k[j]
			}
		}
		e.w *= f.noise / (f.noise + local/sum)
	}
}

// rounds of the propagation, and how much of a new site is taken.
const (
	epRounds = 8
	epTake   = 0.5
)

// propagate finds the odds of each chip by expectation propagation (Minka 2001;
// for signs: Céspedes et al. 2014): unlike the mean field it knows which chips
// could all be turned at once at little cost.
func (q *quadratic) propagate(a, noise float64) []float64 {
	n := q.n
	slope, bend := make([]float64, n), make([]float64, n)
	llr := make([]float64, n)
	for i := range bend {
		bend[i] = 1 / (a * a)
	}
	m := make([]float64, n*n)
	b := make([]float64, n)
	for range epRounds {
		for i, s := range q.s {
			m[i] = s / noise
		}
		for i := range n {
			m[i*n+i] += bend[i]
			b[i] = q.r[i]/noise + slope[i]
		}
		mean, spread := posterior(m, b)
		for i := range n {
			out := 1 - spread[i]*bend[i]
			if out < 1e-6 {
				continue
			}
			h := spread[i] / out
			t := h * (mean[i]/spread[i] - slope[i])
			llr[i] = 2 * a * t / h
			u := a * math.Tanh(llr[i]/2)
			v := max(a*a-u*u, 0.01*a*a)
			if nb := 1/v - 1/h; nb > 0 {
				bend[i] += epTake * (nb - bend[i])
				slope[i] += epTake * (u/v - t/h - slope[i])
			}
		}
	}
	return llr
}

// posterior gives a⁻¹b and the diagonal of a⁻¹; it overwrites a.
func posterior(a, b []float64) (mean, spread []float64) {
	n := len(b)
	mean = cholesky(a, b)
	spread = make([]float64, n)
	// Row j of the inverse of the factor's transpose, below the diagonal.
	col := make([]float64, n)
	for j := range n {
		clear(col)
		col[j] = 1 / a[j*n+j]
		sum := col[j] * col[j]
		for i := j + 1; i < n; i++ {
			s := 0.0
			for k, v := range a[i*n+j : i*n+i] {
				s += v * col[j+k]
			}
			if s != 0 {
				col[i] = -s / a[i*n+i]
				sum += col[i] * col[i]
			}
		}
		spread[j] = sum
	}
	return mean, spread
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

// amplitude is the a that suits the signs best.
func (q *quadratic) amplitude(m []float64, a float64) float64 {
	up, down := 0.0, 1e-12
	for i, x := range m {
		up += q.r[i] * x
		for j, s := range q.s[i*q.n : (i+1)*q.n] {
			down += x * s * m[j]
		}
	}
	return max(0.5*a, min(2*a, a*up/down))
}

func (e *row) residual(x []float64, n int) float64 {
	r := e.y
	for j, p := range e.at {
		if p < 0 {
			p = n - 1 - p
		}
		r -= e.k[j] * x[p]
	}
	return r
}

// variance of the readings around the chips and baseline x.
func (y *system) variance(x []float64) float64 {
	sum, w := 1e-12, 0.0
	for i := range y.rows {
		r := y.rows[i].residual(x, len(y.cells))
		sum += y.rows[i].w * r * r
		w += y.rows[i].w
	}
	return sum / w
}

func (y *system) reweigh(x []float64) {
	res := make([]float64, len(y.rows))
	for i := range y.rows {
		res[i] = math.Abs(y.rows[i].residual(x, len(y.cells)))
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

// factor is the Cholesky factor of a positive definite a of n rows, in place.
func factor(a []float64, n int) {
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
}

// cholesky solves a x = b for a positive definite a, which it overwrites.
func cholesky(a, b []float64) []float64 {
	n := len(b)
	factor(a, n)
	x := slices.Clone(b)
	for i := range n {
		for k, v := range a[i*n : i*n+i] {
			x[i] -= v * x[k]
		}
		x[i] /= a[i*n+i]
	}
	for i := n - 1; i >= 0; i-- {
		x[i] /= a[i*n+i]
		for k, v := range a[i*n : i*n+i] {
			x[k] -= v * x[i]
		}
	}
	return x
}

// solveMany replaces the rows of b (n wide) and g by a⁻¹b and a⁻¹g.
func solveMany(a, b, g []float64, n int) {
	m := len(g)
	factor(a, m)
	less := func(i, k int, v float64) {
		if v == 0 {
			return
		}
		to, from := b[i*n:(i+1)*n], b[k*n:(k+1)*n]
		for j, x := range from {
			to[j] -= v * x
		}
		g[i] -= v * g[k]
	}
	scale := func(i int) {
		d := 1 / a[i*m+i]
		for j := range n {
			b[i*n+j] *= d
		}
		g[i] *= d
	}
	for i := range m {
		for k := range i {
			less(i, k, a[i*m+k])
		}
		scale(i)
	}
	for i := m - 1; i >= 0; i-- {
		for k := i + 1; k < m; k++ {
			less(i, k, a[k*m+i])
		}
		scale(i)
	}
}
