package robust

import (
	"math"
	"slices"
)

// banded is a positive definite matrix: its first n rows have w entries left of
// the diagonal, its last m rows are full. So are the equations of chips and
// baseline: along a line each knows its neighbours, and the cells that several
// lines cross come last.
type banded struct {
	n, m, w int
	b       []float64 // n rows of w+1, the diagonal last
	c       []float64 // m rows of n
	d       []float64 // m rows of m
}

func newBanded(n, m, w int) *banded {
	return &banded{n, m, w, make([]float64, n*(w+1)), make([]float64, m*n), make([]float64, m*m)}
}

// add adds v at row i, column j; above the diagonal is not kept.
func (a *banded) add(i, j int, v float64) {
	switch {
	case j > i:
	case i < a.n:
		a.b[i*(a.w+1)+a.w+j-i] += v
	case j < a.n:
		a.c[(i-a.n)*a.n+j] += v
	default:
		a.d[(i-a.n)*a.m+j-a.n] += v
	}
}

// row is the part of row i of the band from column lo to the diagonal.
func (a *banded) row(i int) (lo int, r []float64) {
	lo = max(0, i-a.w)
	return lo, a.b[i*(a.w+1)+a.w+lo-i : (i+1)*(a.w+1)]
}

// factor replaces the matrix by its Cholesky factor; c becomes the factor's
// full rows and d that of the rest.
func (a *banded) factor() {
	for i := range a.n {
		lo, ri := a.row(i)
		for j := lo; j < i; j++ {
			ljo, rj := a.row(j)
			from := max(lo, ljo)
			ri[j-lo] = (ri[j-lo] - dot(ri[from-lo:j-lo], rj[from-ljo:j-ljo])) / rj[j-ljo]
		}
		k := len(ri) - 1
		ri[k] = math.Sqrt(max(1e-12, ri[k]-dot(ri[:k], ri[:k])))
	}
	for p := range a.m {
		a.forward(a.c[p*a.n : (p+1)*a.n])
	}
	for p := range a.m {
		for q := range p + 1 {
			a.d[p*a.m+q] -= dot(a.c[p*a.n:(p+1)*a.n], a.c[q*a.n:(q+1)*a.n])
		}
	}
	factor(a.d, a.m)
}

func dot(x, y []float64) float64 {
	y = y[:len(x)]
	var a, b, c, d float64
	for len(x) >= 4 && len(y) >= 4 {
		a += x[0] * y[0]
		b += x[1] * y[1]
		c += x[2] * y[2]
		d += x[3] * y[3]
		x, y = x[4:], y[4:]
	}
	for i, v := range x {
		a += v * y[i]
	}
	return a + b + (c + d)
}

// forward solves L x = x over the band.
func (a *banded) forward(x []float64) {
	for i := range a.n {
		lo, r := a.row(i)
		k := len(r) - 1
		x[i] = (x[i] - dot(r[:k], x[lo:i])) / r[k]
	}
}

// backward solves Lᵀ x = x over the band.
func (a *banded) backward(x []float64) {
	for i := a.n - 1; i >= 0; i-- {
		lo, r := a.row(i)
		k := len(r) - 1
		x[i] /= r[k]
		for j, v := range r[:k] {
			x[lo+j] -= v * x[i]
		}
	}
}

// solve gives a⁻¹ b after factor.
func (a *banded) solve(b []float64) []float64 {
	x := slices.Clone(b)
	top, end := x[:a.n], x[a.n:]
	a.forward(top)
	for p := range end {
		end[p] -= dot(a.c[p*a.n:(p+1)*a.n], top)
	}
	solveFactored(a.d, end)
	for p, v := range end {
		for j, c := range a.c[p*a.n : (p+1)*a.n] {
			top[j] -= c * v
		}
	}
	a.backward(top)
	return x
}

// spread gives the diagonal of a⁻¹ after factor; it spoils c and d.
func (a *banded) spread() []float64 {
	out := make([]float64, a.n+a.m)
	a.bandSpread(out)
	// The inverse of the rest, then what it adds to the band.
	inv := invertFactored(a.d, a.m)
	for p := range a.m {
		out[a.n+p] = inv[p*a.m+p]
		a.backward(a.c[p*a.n : (p+1)*a.n])
	}
	g := make([]float64, a.m)
	for j := range a.n {
		for p := range g {
			g[p] = a.c[p*a.n+j]
		}
		for p, u := range g {
			if u != 0 {
				out[j] += u * dot(g, inv[p*a.m:(p+1)*a.m])
			}
		}
	}
	return out
}

// bandSpread is the diagonal of the inverse of the band alone (Takahashi 1973):
// z holds the inverse within the band, upper part, as far as it is needed.
func (a *banded) bandSpread(out []float64) {
	w, n := a.w, a.n
	z := make([]float64, n*(w+1)) // z[i][k] = inverse at i, i+k
	col := make([]float64, w+1)   // column i of L below the diagonal
	for i := n - 1; i >= 0; i-- {
		most := min(w, n-1-i)
		diag := a.b[i*(w+1)+w]
		for k := 1; k <= most; k++ {
			col[k] = a.b[(i+k)*(w+1)+w-k] / diag
		}
		to := z[i*(w+1) : (i+1)*(w+1)]
		for l := 1; l <= most; l++ {
			from := z[(i+l)*(w+1):][:most-l+1]
			c, t := col[l:][:len(from)], to[l:][:len(from)]
			s := t[0] - c[0]*from[0]
			for k := 1; k < len(from); k++ {
				t[k] -= c[0] * from[k]
				s -= c[k] * from[k]
			}
			t[0] = s
		}
		s := 1 / (diag * diag)
		for l := 1; l <= most; l++ {
			s -= col[l] * to[l]
		}
		to[0] = s
		out[i] = s
	}
}

// factor is the Cholesky factor of a positive definite a of n rows, in place.
func factor(a []float64, n int) {
	for i := range n {
		ri := a[i*n : i*n+i+1]
		for j := range i {
			ri[j] = (ri[j] - dot(ri[:j], a[j*n:j*n+j])) / a[j*n+j]
		}
		ri[i] = math.Sqrt(max(1e-12, ri[i]-dot(ri[:i], ri[:i])))
	}
}

func solveFactored(a, x []float64) {
	n := len(x)
	for i := range n {
		x[i] = (x[i] - dot(a[i*n:i*n+i], x[:i])) / a[i*n+i]
	}
	for i := n - 1; i >= 0; i-- {
		x[i] /= a[i*n+i]
		for k, v := range a[i*n : i*n+i] {
			x[k] -= v * x[i]
		}
	}
}

func invertFactored(a []float64, n int) []float64 {
	inv := make([]float64, n*n)
	for i := range n {
		inv[i*n+i] = 1
		solveFactored(a, inv[i*n:(i+1)*n])
	}
	return inv
}
