package robust

import (
	"math"
	"slices"
	"testing"

	"moqian/render/ink"
)

func TestBridge(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"nothing to do", "10 11 12 13 14 15 16 17", "10 11 12 13 14 15 16 17"},
		{"one", "10 -1 12 13 14 15 16 17", "10 11 12 13 14 15 16 17"},
		{"two", "10 -1 -1 13 14 15 16 17", "10 11 12 13 14 15 16 17"},
		{"around the start", "-1 11 12 13 14 15 16 10", "10.5 11 12 13 14 15 16 10"},
		{"too long", "10 -1 -1 -1 -1 -1 16 17", "10 -1 -1 -1 -1 -1 16 17"},
		{"to another line", "10 -1 900 901 902 903 904 905", "10 -1 900 901 902 903 904 905"},
		{"none", "-1 -1 -1", "-1 -1 -1"},
	} {
		e := edge{at: numbers(c.in)}
		e.p = make([]vec, len(e.at))
		e.bridge()
		if !slices.Equal(e.at, numbers(c.want)) {
			t.Errorf("%s: %v, want %s", c.name, e.at, c.want)
		}
	}
}

// contourOf is a polygon in mm as a contour whose curves are straight.
func contourOf(p []vec) ink.Contour {
	c := ink.Contour{Start: integer(p[0])}
	for i := range p {
		a, b := p[i], p[(i+1)%len(p)]
		c.Curves = append(c.Curves, ink.Curve{A: integer(a.add(b.sub(a).mul(1.0 / 3))), B: integer(a.add(b.sub(a).mul(2.0 / 3))), P: integer(b)})
	}
	return c
}

func outlineOf(p ...[]vec) (o ink.Outline) {
	for _, c := range p {
		o.Contours = append(o.Contours, contourOf(c))
	}
	return o
}

func shapeOf(in []ink.Outline) (*shape, *trace) {
	s := paint(polygonsOf(in), loopDPI/mmPerInch, 1)
	t := s.lines()
	return newShape(in, s, t), t
}

// TestEdgesFindTheirLine: both edges of a bar belong to it, whichever way the
// contour runs, and both move outwards.
func TestEdgesFindTheirLine(t *testing.T) {
	p := bar(vec{3, 3}, vec{15, 5}, 0.5)
	back := slices.Clone(p)
	slices.Reverse(back)
	for name, o := range map[string]ink.Outline{"one way": outlineOf(p), "other way": outlineOf(back)} {
		sh, tr := shapeOf([]ink.Outline{o})
		e := &sh.strokes[0][0]
		found := 0
		for i, at := range e.at {
			found += count1(at >= 0)
			if at >= 0 {
				r := tr.chains[0][int(at+0.5)]
				if e.out[i].dot(e.p[i].sub(r.p)) <= 0 {
					t.Fatalf("%s: the way out at %v leads in", name, e.p[i])
				}
			}
		}
		if found*10 < len(e.at)*8 {
			t.Errorf("%s: %d of %d points found their line", name, found, len(e.at))
		}
		before := paint(sh.polygonsBare(), loopDPI/mmPerInch, 1).area()
		sh.move(sh.wave(func(q vec) vec { return q }, func(int) float64 { return 0.02 }))
		if after := paint(sh.polygons(), loopDPI/mmPerInch, 1).area(); after < before+0.3 {
			t.Errorf("%s: %.3f mm² became %.3f", name, before, after)
		}
	}
}

// polygonsBare are the edges before they move.
func (s *shape) polygonsBare() [][][]vec {
	s.move(make([]float64, max(1, s.size)))
	return s.polygons()
}

// TestOneEdgeAlone: where only one edge of a line shows, neither moves.
func TestOneEdgeAlone(t *testing.T) {
	// A bar whose lower edge lies hidden in another for half its length.
	in := []ink.Outline{outlineOf(bar(vec{3, 3}, vec{19, 3}, 0.5)), outlineOf(box(11, 2.4, 6, 0.7))}
	sh, tr := shapeOf(in)
	free := 0.0
	for c, from := range sh.start {
		for i, r := range tr.chains[c] {
			if r.p.x > 12 && r.p.x < 16 && sh.free[from+i] > 0 && math.Abs(r.half-0.25) > 0.1 {
				t.Errorf("free at %v, half %.3f", r.p, r.half)
			}
			free += sh.free[from+i]
		}
	}
	if free < 50 {
		t.Errorf("%.0f free readings in all", free)
	}
}

// TestWaveFades: at its ends and where the edges are bound a line keeps its
// width, and the wave has no jumps.
func TestWaveFades(t *testing.T) {
	sh, tr := shapeOf([]ink.Outline{outlineOf(bar(vec{3, 3}, vec{15, 5}, 0.5))})
	w := sh.wave(func(q vec) vec { return q }, func(c int) float64 { return 0.015 * float64(1-2*(c%2)) })
	if len(w) != sh.size || len(tr.chains) != 1 {
		t.Fatal(len(w), sh.size)
	}
	most := 0.0
	for i, v := range w {
		most = max(most, math.Abs(v))
		if i > 0 && math.Abs(v-w[i-1]) > 0.013 {
			t.Errorf("a jump from %.4f to %.4f", w[i-1], v)
		}
	}
	if w[0] != 0 || w[len(w)-1] != 0 || most > 0.015+1e-9 || most < 0.012 {
		t.Errorf("ends %g %g, most %g", w[0], w[len(w)-1], most)
	}
}

// TestStillInkStays: ink that does not move keeps its curves to the unit.
func TestStillInkStays(t *testing.T) {
	in := scrawl(t)
	sh, _ := shapeOf(in)
	sh.move(make([]float64, sh.size))
	for i, o := range sh.outlines() {
		if len(o.Contours) != len(in[i].Contours) {
			t.Fatalf("stroke %d has %d contours", i, len(o.Contours))
		}
		for k, c := range o.Contours {
			if !sameCurves(c, in[i].Contours[k]) {
				t.Errorf("stroke %d: contour %d changed", i, k)
			}
		}
	}
}

// sameCurves says whether two contours are the same but for where they begin.
func sameCurves(a, b ink.Contour) bool {
	n := len(a.Curves)
	for shift := range n {
		if n == len(b.Curves) && slices.Equal(append(slices.Clone(b.Curves[shift:]), b.Curves[:shift]...), a.Curves) {
			return true
		}
	}
	return false
}

func TestPolygonArea(t *testing.T) {
	if a := polygonArea(box(1, 1, 3, 2)); math.Abs(a-6) > 1e-12 {
		t.Error(a)
	}
	if a := polygonArea(round(0, 0, 1, -1)); math.Abs(a+math.Pi) > 0.001 {
		t.Error(a)
	}
}
