package pad

import "math"

// Matrix is a projective map of the plane, row by row.
type Matrix [9]float64

// at maps a point; one on the horizon becomes infinite.
func (m Matrix) at(p Point) Point {
	w := m[6]*p.X + m[7]*p.Y + m[8]
	return Point{(m[0]*p.X + m[1]*p.Y + m[2]) / w, (m[3]*p.X + m[4]*p.Y + m[5]) / w}
}

func (m Matrix) times(n Matrix) (out Matrix) {
	for i := range 3 {
		for j := range 3 {
			for k := range 3 {
				out[3*i+j] += m[3*i+k] * n[3*k+j]
			}
		}
	}
	return out
}

// fitAffine finds six parameters by least squares.
func fitAffine(from, to []Point) (Matrix, error) {
	if len(from) < 3 {
		return Matrix{}, ErrTargets
	}
	n, _ := normalise(from)
	var ax, ay = newNormal(3), newNormal(3)
	for i, p := range from {
		q := n.at(p)
		row := []float64{q.X, q.Y, 1}
		ax.add(row, to[i].X)
		ay.add(row, to[i].Y)
	}
	x, okx := ax.solve()
	y, oky := ay.solve()
	if !okx || !oky {
		return Matrix{}, ErrTargets
	}
	return Matrix{x[0], x[1], x[2], y[0], y[1], y[2], 0, 0, 1}.times(n), nil
}

// fitProjective finds eight parameters by least squares of the linear form,
// weighted twice by the denominator, which makes the error one in mm.
func fitProjective(from, to []Point) (Matrix, error) {
	if len(from) < 4 {
		return Matrix{}, ErrTargets
	}
	n, _ := normalise(from)
	t, back := normalise(to)
	m := Matrix{8: 1}
	for range 3 {
		a := newNormal(8)
		for i := range from {
			p, q := n.at(from[i]), t.at(to[i])
			w := 1 / (m[6]*p.X + m[7]*p.Y + 1)
			if !finite(w) {
				return Matrix{}, ErrTargets
			}
			a.add([]float64{w * p.X, w * p.Y, w, 0, 0, 0, -w * p.X * q.X, -w * p.Y * q.X}, w*q.X)
			a.add([]float64{0, 0, 0, w * p.X, w * p.Y, w, -w * p.X * q.Y, -w * p.Y * q.Y}, w*q.Y)
		}
		v, ok := a.solve()
		if !ok {
			return Matrix{}, ErrTargets
		}
		copy(m[:], v)
	}
	m = back.times(m).times(n)
	scale := m[8]
	for i := range m {
		m[i] /= scale
	}
	return m, nil
}

// normalise maps points to a mean of zero and a spread of one, and back: the
// normal equations of millimetres would lose half the digits.
func normalise(p []Point) (to, back Matrix) {
	var c Point
	for _, q := range p {
		c.X += q.X / float64(len(p))
		c.Y += q.Y / float64(len(p))
	}
	s := 0.0
	for _, q := range p {
		s += dist(q, c) / float64(len(p))
	}
	if s == 0 {
		s = 1
	}
	return Matrix{1 / s, 0, -c.X / s, 0, 1 / s, -c.Y / s, 0, 0, 1}, Matrix{s, 0, c.X, 0, s, c.Y, 0, 0, 1}
}

// normal are the normal equations of a least-squares problem.
type normal struct {
	a [][]float64 // symmetric, with the right side as last column
}

func newNormal(n int) *normal {
	m := &normal{a: make([][]float64, n)}
	for i := range m.a {
		m.a[i] = make([]float64, n+1)
	}
	return m
}

func (m *normal) add(row []float64, v float64) {
	for i, r := range row {
		for j, s := range row {
			m.a[i][j] += r * s
		}
		m.a[i][len(row)] += r * v
	}
}

// solve eliminates with pivots; false when the equations depend on each other.
func (m *normal) solve() ([]float64, bool) {
	a, n := m.a, len(m.a)
	for c := range n {
		best := c
		for r := c + 1; r < n; r++ {
			if math.Abs(a[r][c]) > math.Abs(a[best][c]) {
				best = r
			}
		}
		a[c], a[best] = a[best], a[c]
		if math.Abs(a[c][c]) < 1e-9 {
			return nil, false
		}
		for r := range n {
			if r == c {
				continue
			}
			f := a[r][c] / a[c][c]
			for k := c; k <= n; k++ {
				a[r][k] -= f * a[c][k]
			}
		}
	}
	out := make([]float64, n)
	for i := range out {
		out[i] = a[i][n] / a[i][i]
	}
	return out, true
}
