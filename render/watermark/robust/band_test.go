package robust

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestBandedAgainstDense(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, c := range []struct{ n, m, w int }{{1, 0, 0}, {5, 0, 2}, {9, 3, 4}, {30, 7, 6}, {0, 4, 0}, {3, 2, 5}} {
		size := c.n + c.m
		full := make([]float64, size*size)
		a := newBanded(c.n, c.m, c.w)
		put := func(i, j int, v float64) {
			full[i*size+j] += v
			if i != j {
				full[j*size+i] += v
			}
			a.add(i, j, v)
		}
		for i := range size {
			put(i, i, 10+float64(size))
			for j := range i {
				if i >= c.n || i-j <= c.w {
					put(i, j, r.NormFloat64())
				}
			}
		}
		b := make([]float64, size)
		for i := range b {
			b[i] = r.NormFloat64()
		}
		factor(full, size)
		want := append([]float64(nil), b...)
		solveFactored(full, want)
		inv := invertFactored(full, size)
		a.factor()
		got := a.solve(b)
		spread := a.spread()
		for i := range got {
			if math.Abs(got[i]-want[i]) > 1e-9 || math.Abs(spread[i]-inv[i*size+i]) > 1e-9 {
				t.Fatalf("%v: row %d: %g %g, want %g %g", c, i, got[i], spread[i], want[i], inv[i*size+i])
			}
		}
	}
}
