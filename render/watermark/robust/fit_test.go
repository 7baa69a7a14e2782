package robust

import (
	"math"
	"math/rand/v2"
	"testing"

	"moqian/render/ink"
)

// edgeOf is a contour ready to be fitted, its points moved by f along the way
// out.
func edgeOf(c ink.Contour, f func(i int) float64) *edge {
	e := outlineEdge(curves(c), c.Curves, -1)
	e.moved = make([]vec, len(e.p))
	for i := range e.p {
		e.moved[i] = e.p[i].add(e.out[i].mul(f(i)))
	}
	return &e
}

// circle is four cubics.
func circle(x, y, r float64) ink.Contour {
	const k = 0.5523
	at := func(a, b float64) ink.Point { return integer(vec{x + r*a, y + r*b}) }
	return ink.Contour{Start: at(1, 0), Curves: []ink.Curve{
		{A: at(1, k), B: at(k, 1), P: at(0, 1)}, {A: at(-k, 1), B: at(-1, k), P: at(-1, 0)},
		{A: at(-1, -k), B: at(-k, -1), P: at(0, -1)}, {A: at(k, -1), B: at(1, -k), P: at(1, 0)},
	}}
}

// far is how far points lie from a contour at most, mm.
func far(pts []vec, c ink.Contour) (worst float64) {
	lines := flatten(curves(c))
	for _, p := range pts {
		near := math.Inf(1)
		for k := 1; k < len(lines); k++ {
			d := lines[k].sub(lines[k-1])
			v := max(0, min(1, p.sub(lines[k-1]).dot(d)/max(1e-12, d.dot(d))))
			near = min(near, lines[k-1].add(d.mul(v)).sub(p).len())
		}
		worst = max(worst, near)
	}
	return worst
}

// TestFitKeepsTolerance: the fitted curves run through the moved points but for
// tolerance and the integers, close, and are few.
func TestFitKeepsTolerance(t *testing.T) {
	square := contourOf(box(3, 3, 6, 4))
	for _, c := range []struct {
		name string
		c    ink.Contour
		f    func(i int) float64
		most int // curves
	}{
		{"circle, grown", circle(10, 10, 4), func(int) float64 { return 0.01 }, 12},
		{"circle, waves", circle(10, 10, 4), func(i int) float64 { return 0.012 * math.Sin(float64(i)/4) }, 70},
		{"circle, a dent", circle(10, 10, 4), func(i int) float64 { return -0.015 * math.Exp(-math.Pow(float64(i-100)/5, 2)) }, 20},
		{"square, grown", square, func(int) float64 { return 0.012 }, 24},
		{"square, waves", square, func(i int) float64 { return 0.012 * math.Sin(float64(i)/4) }, 70},
	} {
		e := edgeOf(c.c, c.f)
		out := e.fit(nil)
		if d := far(e.moved, out); d > tolerance+0.003 {
			t.Errorf("%s: %.4f mm off", c.name, d)
		}
		if n := len(out.Curves); n == 0 || n > c.most || out.Curves[n-1].P != out.Start {
			t.Errorf("%s: %d curves, the last ends at %v, start %v", c.name, n, out.Curves[n-1].P, out.Start)
		}
	}
}

// TestFitKeepsCurves: what did not move stays to the unit, before, between and
// behind what did.
func TestFitKeepsCurves(t *testing.T) {
	c := contourOf(round(10, 10, 4, 1)[:400:400])
	e := edgeOf(c, func(i int) float64 {
		if i > 60 && i < 120 || i > 300 && i < 340 {
			return 0.012
		}
		return 0
	})
	out := e.fit(nil)
	have := map[ink.Curve]bool{}
	for _, k := range out.Curves {
		have[k] = true
	}
	kept := 0
	for _, k := range c.Curves {
		kept += count1(have[k])
	}
	if moved := len(c.Curves) - kept; kept == 0 || moved < 60 || moved > 110 {
		t.Errorf("%d of %d curves stay", kept, len(c.Curves))
	}
	if len(out.Curves) >= len(c.Curves) {
		t.Errorf("%d curves became %d", len(c.Curves), len(out.Curves))
	}
}

func TestFitOfNearlyNothing(t *testing.T) {
	for _, c := range []ink.Contour{{}, {Start: ink.Point{X: 5, Y: 5}}, contourOf([]vec{{1, 1}, {1, 1}}), contourOf([]vec{{1, 1}, {1.01, 1}})} {
		out := edgeOf(c, func(int) float64 { return 0.01 }).fit(nil)
		for _, k := range out.Curves {
			if point(k.P).len() > 3 {
				t.Errorf("%+v became %+v", c, out)
			}
		}
	}
}

// TestUnrest: it is the most by which rounding and the lowest bits can move a
// point across the line.
func TestUnrest(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 1))
	for range 300 {
		p := vec{r.Float64() * 20, r.Float64() * 20}
		s, c := math.Sincos(r.Float64() * 7)
		f := fitter{pts: []vec{p}, out: []vec{{c, s}}, anchor: ink.Point{X: r.Int32N(5000), Y: r.Int32N(5000)}}
		worst := 0.0
		q := integer(p)
		for k := range 4 {
			m := ink.Point{X: f.anchor.X + (q.X-f.anchor.X)&^1 + int32(k&1), Y: f.anchor.Y + (q.Y-f.anchor.Y)&^1 + int32(k>>1)}
			d := vec{float64(m.X) - p.x*ink.UnitsPerMM, float64(m.Y) - p.y*ink.UnitsPerMM}
			worst = max(worst, math.Abs(d.dot(f.out[0])))
		}
		if u := f.unrest(0); u < worst-1e-9 || u > worst+1.5 {
			t.Fatalf("unrest %.3f, worst %.3f", u, worst)
		}
	}
}

// TestCubicFindsCubics: points of one cubic are one cubic.
func TestCubicFindsCubics(t *testing.T) {
	b := bezier{{0, 0}, {1, 0.6}, {2, 0.7}, {3, 0.1}}
	var f fitter
	for i := range 60 {
		f.pts = append(f.pts, b.at(float64(i)/59))
	}
	got, ok := f.cubic(0, 59)
	if !ok {
		t.Fatal("not within tolerance")
	}
	for u := 0.0; u <= 1; u += 0.1 {
		near := math.Inf(1)
		for v := 0.0; v <= 1; v += 0.001 {
			near = min(near, got.at(v).sub(b.at(u)).len())
		}
		if near > tolerance+0.001 {
			t.Errorf("at %g: %.4f off", u, near)
		}
	}
	if got, ok := f.cubic(3, 4); !ok || got[0] != f.pts[3] || got[3] != f.pts[4] {
		t.Error("two points are a line")
	}
}
