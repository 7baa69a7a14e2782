package ink

import "math"

// A true track to judge by, as the outside judge makes it: a record's stroke
// without what no hand does (above 22 Hz), and the quintic spline through it,
// with not-a-knot ends.

// truth is one stroke as a curve in time.
type truth struct {
	x, y, p bspline
	t0, t1  float64
}

// newTruth lays the curve through places at rising times; p is the pressure.
func newTruth(c []mark, p []float64) truth {
	t, x, y := make([]float64, len(c)), make([]float64, len(c)), make([]float64, len(c))
	for i, m := range c {
		t[i], x[i], y[i] = m.t, m.x, m.y
	}
	k := 5
	for k >= len(c) {
		k -= 2
	}
	return truth{interpolate(t, x, max(k, 0)), interpolate(t, y, max(k, 0)), interpolate(t, p, min(1, len(c)-1)), t[0], t[len(t)-1]}
}

func (k *truth) at(t float64) mark { return mark{t, k.x.at(t), k.y.at(t)} }

// dense samples the curve about 0.1 mm apart.
func (k *truth) dense() []mark {
	n := max(2, int((k.t1-k.t0)*4000))
	c := make([]mark, n)
	for i := range c {
		c[i] = k.at(k.t0 + (k.t1-k.t0)*float64(i)/float64(n-1))
	}
	return evenly(c)
}

// lowPass runs a second order Butterworth filter of the cut-off in shares of
// the rate over v, forth and back.
func lowPass(v []float64, cut float64) []float64 {
	const pad = 12
	n := len(v)
	e := make([]float64, 0, n+2*pad)
	for i := range pad {
		e = append(e, 2*v[0]-v[pad-i])
	}
	e = append(e, v...)
	for i := range pad {
		e = append(e, 2*v[n-1]-v[n-2-i])
	}
	for range 2 {
		butter(e, math.Tan(math.Pi*cut))
		for i, j := 0, len(e)-1; i < j; i, j = i+1, j-1 {
			e[i], e[j] = e[j], e[i]
		}
	}
	return e[pad : pad+n]
}

// butter filters in place, from rest at the first value.
func butter(v []float64, k float64) {
	d := 1 + math.Sqrt2*k + k*k
	b := k * k / d
	a1, a2 := 2*(k*k-1)/d, (1-math.Sqrt2*k+k*k)/d
	x1, x2, y1, y2 := v[0], v[0], v[0], v[0]
	for i, x := range v {
		y := b*(x+2*x1+x2) - a1*y1 - a2*y2
		x2, x1, y2, y1 = x1, x, y1, y
		v[i] = y
	}
}

// bspline is a spline of degree k with clamped knots.
type bspline struct {
	k int
	t []float64
	c []float64
}

// interpolate makes the spline of odd degree k (or 0) through v at x.
func interpolate(x, v []float64, k int) bspline {
	n := len(x)
	s := bspline{k: k}
	for range k + 1 {
		s.t = append(s.t, x[0])
	}
	half := (k + 1) / 2
	if n > k+1 {
		s.t = append(s.t, x[half:n-half]...)
	}
	for range k + 1 {
		s.t = append(s.t, x[n-1])
	}
	if k == 0 {
		s.c = v[:1]
		return s
	}
	rows := make([][]float64, n)
	first := make([]int, n)
	for i := range x {
		first[i], rows[i] = s.basis(x[i])
	}
	s.c = solveBanded(rows, first, v)
	return s
}

// basis gives the k+1 basis functions that are not zero at x and the number of
// the first.
func (s *bspline) basis(x float64) (int, []float64) {
	j := s.k
	for j < len(s.t)-s.k-2 && x >= s.t[j+1] {
		j++
	}
	b := make([]float64, s.k+1)
	b[0] = 1
	for d := 1; d <= s.k; d++ {
		save := 0.0
		for r := range d {
			right, left := s.t[j+r+1], s.t[j+1-d+r]
			u := b[r] / (right - left)
			b[r] = save + (right-x)*u
			save = (x - left) * u
		}
		b[d] = save
	}
	return j - s.k, b
}

func (s *bspline) at(x float64) float64 {
	if s.k == 0 {
		return s.c[0]
	}
	i, b := s.basis(math.Max(s.t[0], math.Min(s.t[len(s.t)-1], x)))
	sum := 0.0
	for j, v := range b {
		sum += v * s.c[i+j]
	}
	return sum
}

// solveBanded solves for c where row i is zero but for rows[i] from column
// first[i]: the matrix of a spline, which needs no pivots.
func solveBanded(rows [][]float64, first []int, v []float64) []float64 {
	n := len(v)
	const reach = 6
	a := make([][]float64, n)
	c := append([]float64(nil), v...)
	for i := range a {
		a[i] = make([]float64, n+reach)
		copy(a[i][first[i]:], rows[i])
	}
	for i := range n {
		for j := i + 1; j < min(n, i+reach); j++ {
			f := a[j][i] / a[i][i]
			if f == 0 {
				continue
			}
			for k := i; k < min(n, i+2*reach); k++ {
				a[j][k] -= f * a[i][k]
			}
			c[j] -= f * c[i]
		}
	}
	for i := n - 1; i >= 0; i-- {
		for k := i + 1; k < min(n, i+2*reach); k++ {
			c[i] -= a[i][k] * c[k]
		}
		c[i] /= a[i][i]
	}
	return c
}
