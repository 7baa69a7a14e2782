package robust

import (
	"math"
	"math/rand/v2"
	"testing"

	"moqian/render/ink"
)

// round is a circle of lines, counter-clockwise or not.
func round(x, y, r float64, turn float64) (out []vec) {
	for i := range 400 {
		s, c := math.Sincos(turn * 2 * math.Pi * float64(i) / 400)
		out = append(out, vec{x + r*c, y + r*s})
	}
	return out
}

func box(x, y, w, h float64) []vec { return []vec{{x, y}, {x + w, y}, {x + w, y + h}, {x, y + h}} }

func (s *shade) area() (a float64) {
	for _, v := range s.v {
		a += float64(v)
	}
	return a / s.perMM / s.perMM
}

func TestPaintAreas(t *testing.T) {
	disc := math.Pi * 9
	for _, c := range []struct {
		name    string
		strokes [][][]vec
		want    float64
	}{
		{"disc", [][][]vec{{round(5, 5, 3, 1)}}, disc},
		{"disc clockwise", [][][]vec{{round(5, 5, 3, -1)}}, disc},
		{"ring", [][][]vec{{round(5, 5, 3, 1), round(5, 5, 2, -1)}}, disc - math.Pi*4},
		{"nonzero, not even-odd", [][][]vec{{round(5, 5, 3, 1), round(5, 5, 2, 1)}}, disc},
		{"two strokes apart", [][][]vec{{round(5, 5, 3, 1)}, {round(15, 5, 3, 1)}}, 2 * disc},
		{"the same stroke twice", [][][]vec{{box(0, 0, 4, 4)}, {box(0, 0, 4, 4)}}, 16},
		{"box off the pixels", [][][]vec{{box(0.013, 0.017, 2.5, 1.3)}}, 3.25},
		{"a line has none", [][][]vec{{{{1, 1}, {4, 4}}}}, 0},
		{"a point has none", [][][]vec{{{{1, 1}}}}, 0},
		{"nothing", nil, 0},
		{"larger than a page", [][][]vec{{box(0, 0, 500, 1)}}, 0},
		{"lost", [][][]vec{{{{math.NaN(), 0}, {1, 1}, {0, math.Inf(1)}}}}, 0},
	} {
		s := paint(c.strokes, 300/mmPerInch, 1)
		if got := s.area(); math.Abs(got-c.want) > 0.04+0.009*c.want { // pixels at an edge that is drawn twice count double
			t.Errorf("%s: %.3f mm², want %.3f", c.name, got, c.want)
		}
	}
}

// TestPaintAgainstPoints: a pixel is the share of points of it that lie in the
// polygon.
func TestPaintAgainstPoints(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for range 10 {
		a, b, c := vec{r.Float64() * 5, r.Float64() * 5}, vec{r.Float64() * 5, r.Float64() * 5}, vec{r.Float64() * 5, r.Float64() * 5}
		s := paint([][][]vec{{{a, b, c}}}, 4, 1)
		in := func(p vec) bool {
			x, y, z := b.sub(a).cross(p.sub(a)) > 0, c.sub(b).cross(p.sub(b)) > 0, a.sub(c).cross(p.sub(c)) > 0
			return x == y && y == z
		}
		for y := range s.h {
			for x := range s.w {
				n := 0
				for v := range 20 {
					for u := range 20 {
						n += count1(in(s.place(float64(x)-0.475+float64(u)/20, float64(y)-0.475+float64(v)/20)))
					}
				}
				if want := float64(n) / 400; math.Abs(float64(s.v[y*s.w+x])-want) > 0.15 {
					t.Fatalf("pixel %d,%d is %.2f, want %.2f", x, y, s.v[y*s.w+x], want)
				}
			}
		}
	}
}

// TestFlatten: the lines that stand for a curve keep within 2 µm of it and end
// where it ends.
func TestFlatten(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	for range 50 {
		c := ink.Contour{Start: ink.Point{X: r.Int32N(900), Y: r.Int32N(900)}}
		for range 3 {
			p := func() ink.Point { return ink.Point{X: r.Int32N(900), Y: r.Int32N(900)} }
			c.Curves = append(c.Curves, ink.Curve{A: p(), B: p(), P: p()})
		}
		b := curves(c)
		lines := flatten(b)
		if lines[0] != point(c.Start) || lines[len(lines)-1].sub(point(c.Curves[2].P)).len() > 1e-12 {
			t.Fatal("the ends moved")
		}
		for i := range b {
			for u := 0.0; u <= 1; u += 0.05 {
				p, near := b[i].at(u), 1e9
				for k := 1; k < len(lines); k++ {
					d := lines[k].sub(lines[k-1])
					v := max(0, min(1, p.sub(lines[k-1]).dot(d)/max(1e-12, d.dot(d))))
					near = min(near, lines[k-1].add(d.mul(v)).sub(p).len())
				}
				if near > 0.005 { // wild curves bend more than a nib's edge
					t.Fatalf("%.4f mm off", near)
				}
			}
		}
	}
	if flatten(nil) != nil {
		t.Error("lines of no curve")
	}
}

func TestBezierSlope(t *testing.T) {
	b := bezier{{0, 0}, {0, 0}, {3, 1}, {3, 1}} // both controls on their ends
	for _, u := range []float64{0, 1} {
		if d := b.slope(u); d.len() < 0.1 || math.Abs(d.unit().cross(vec{3, 1}.unit())) > 1e-9 {
			t.Errorf("slope at %g: %v", u, d)
		}
	}
	c := bezier{{0, 0}, {1, 2}, {3, 2}, {4, 0}}
	for u := 0.1; u < 1; u += 0.2 {
		h := 1e-6
		d := c.at(u + h).sub(c.at(u - h)).mul(1 / (6 * h))
		if d.sub(c.slope(u)).len() > 1e-6 {
			t.Errorf("slope at %g: %v, want %v", u, c.slope(u), d)
		}
	}
}

func TestSample(t *testing.T) {
	s := &shade{w: 3, h: 2, perMM: 2, at: vec{10, 20}, v: []float32{0, 0.5, 1, 0.2, 0.4, 0.6}}
	for _, c := range []struct {
		x, y, want float64 // pixels from the middle of the first
	}{{0, 0, 0}, {1, 0, 0.5}, {0.5, 0, 0.25}, {1, 0.5, 0.45}, {0.5, 0.5, 0.275}, {-1, 0, 0}, {2.5, 0, 0}, {0, 9, 0}} {
		if got := s.sample(s.place(c.x, c.y)); math.Abs(got-c.want) > 1e-6 {
			t.Errorf("at %g, %g: %g, want %g", c.x, c.y, got, c.want)
		}
	}
}

func TestHull(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	for n := range 40 {
		var pts []vec
		for range n {
			pts = append(pts, vec{float64(r.IntN(12)), float64(r.IntN(12))})
		}
		all := append([]vec(nil), pts...)
		h := convex(pts)
		if n < 3 {
			if len(h) != n {
				t.Errorf("hull of %d points has %d", n, len(h))
			}
			continue
		}
		for i := range h {
			a, b := h[i], h[(i+1)%len(h)]
			for _, p := range all {
				if b.sub(a).cross(p.sub(a)) < -1e-9 && len(h) > 2 {
					t.Fatalf("%v lies outside %v", p, h)
				}
			}
		}
		for _, angle := range []float64{0, 0.03, -1} {
			lo, hi := vec{1e9, 1e9}, vec{-1e9, -1e9}
			for _, p := range all {
				q := spin(p, angle, 1.01)
				lo, hi = vec{min(lo.x, q.x), min(lo.y, q.y)}, vec{max(hi.x, q.x), max(hi.y, q.y)}
			}
			if m := middle(h, angle, 1.01); m.sub(lo.add(hi).mul(0.5)).len() > 1e-9 {
				t.Fatalf("middle %v", m)
			}
		}
	}
}

func TestSpin(t *testing.T) {
	if p := spin(vec{0, 2}, math.Pi/2, 2); p.sub(vec{1, 0}).len() > 1e-12 {
		t.Errorf("a quarter turn back and half the size: %v", p)
	}
}

func TestVec(t *testing.T) {
	if (vec{}).unit() != (vec{1, 0}) {
		t.Error("no direction must still be one")
	}
	a := vec{3, 4}
	if a.len() != 5 || a.unit().sub(vec{0.6, 0.8}).len() > 1e-12 || a.left() != (vec{-4, 3}) || a.cross(vec{1, 0}) != -4 || a.dot(vec{2, 1}) != 10 {
		t.Error(a.len(), a.unit(), a.left(), a.cross(vec{1, 0}), a.dot(vec{2, 1}))
	}
}
