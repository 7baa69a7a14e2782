package pdf

import (
	"math"
	"testing"

	"moqian/render"
)

// dense are points along a contour, closely spaced.
func dense(c contour) (out []point) {
	closed := append(c[:len(c):len(c)], c[0])
	for i := 1; i < len(closed); {
		j := i
		for !closed[j].on {
			j++
		}
		from, to := closed[i-1], closed[j]
		const steps = 32
		for k := range steps {
			t := float64(k) / steps
			if j == i {
				out = append(out, point{x: from.x + t*(to.x-from.x), y: from.y + t*(to.y-from.y)})
			} else {
				out = append(out, spline{from, closed[i:j], to}.at(t))
			}
		}
		i = j + 1
	}
	return out
}

// farthest is how far the points of one contour lie from those of another.
func farthest(a, b []point) float64 {
	worst := 0.0
	for _, p := range a {
		best := math.Inf(1)
		for i := range b {
			best = math.Min(best, away(p, b[i], b[(i+1)%len(b)]))
		}
		worst = math.Max(worst, best)
	}
	return worst
}

// converted is a cubic as converters to TrueType write it: n equal pieces.
func converted(c [4]point, n int) spline {
	s := spline{from: c[0], to: c[3]}
	for i := range n {
		a, b := float64(i)/float64(n), float64(i+1)/float64(n)
		pa, da := bezier(c, a)
		pb, db := bezier(c, b)
		h := (b - a) / 4
		s.ctrls = append(s.ctrls, point{x: (pa.x+pb.x)/2 + h*(da.x-db.x), y: (pa.y+pb.y)/2 + h*(da.y-db.y)})
	}
	return s
}

func TestSplineGetsFewerPieces(t *testing.T) {
	arch := [4]point{{x: 0, y: 0, on: true}, {x: 0, y: 55}, {x: 45, y: 100}, {x: 100, y: 100, on: true}}
	wave := [4]point{{x: 0, y: 0, on: true}, {x: 100, y: 200}, {x: 200, y: -200}, {x: 300, y: 0, on: true}}
	for _, c := range []struct {
		name      string
		cubic     [4]point
		pieces    int
		tolerance float64
		want      int
	}{
		{"a quarter of a circle", arch, 4, 2, 2},
		{"the same, roughly", arch, 4, 10, 1},
		{"the same, exactly", arch, 4, 0.01, 4},
		{"nearly straight, without a spike", [4]point{{x: 0, on: true}, {x: 40, y: 1}, {x: 60, y: -1}, {x: 100, on: true}}, 3, 2, 2},
		{"a wave keeps its turn", wave, 6, 2, 5},
		{"one piece stays", arch, 1, 5, 1},
	} {
		s := converted(c.cubic, c.pieces)
		got := s.fewer(c.tolerance)
		if len(got) != c.want {
			t.Errorf("%s: %d pieces of %d, want %d", c.name, len(got), c.pieces, c.want)
		}
		less := contour(append(append([]point{s.from}, got...), s.to))
		full := contour(append(append([]point{s.from}, s.ctrls...), s.to))
		if d := farthest(dense(full), dense(less)); d > c.tolerance*1.2 {
			t.Errorf("%s: lies %.2f off, %.2f are allowed", c.name, d, c.tolerance)
		}
	}
}

func TestMeet(t *testing.T) {
	for _, c := range []struct {
		name       string
		a, b, c, d point
		want       point
		ok         bool
	}{
		{"square", point{}, point{x: 1}, point{x: 5, y: 5}, point{x: 5, y: 4}, point{x: 5}, true},
		{"parallel", point{}, point{x: 1}, point{y: 1}, point{x: 1, y: 1}, point{}, false},
		{"behind", point{x: 9}, point{x: 10}, point{x: 5, y: 5}, point{x: 5, y: 4}, point{x: 5}, false},
	} {
		if p, ok := meet(c.a, c.b, c.c, c.d); ok != c.ok || dist(p, c.want) > 1e-9 {
			t.Errorf("%s: %v %v", c.name, p, ok)
		}
	}
}

func TestAway(t *testing.T) {
	a, b := point{}, point{x: 10}
	for _, c := range []struct {
		p    point
		want float64
	}{{point{x: 5, y: 3}, 3}, {point{x: 14, y: 3}, 5}, {point{x: -10, y: 2}, 2}, {point{x: 10}, 0}} {
		if got := away(c.p, a, b); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%v: %g, want %g", c.p, got, c.want)
		}
	}
	if got := away(point{x: 3, y: 4}, a, a); got != 5 {
		t.Errorf("from a point: %g", got)
	}
}

// Points half-way between their controls go, corners and the first stay.
func TestImpliedPointsGo(t *testing.T) {
	c := contour{{0, 0, true}, {0, 10, false}, {10, 20, true}, {20, 30, false}, {30, 30, true}, {30, 0, true}}
	if got := shown([]contour{c.implied(0.5)}); got != "0,0 0,10~ 20,30~ 30,30 30,0" {
		t.Errorf("got %s", got)
	}
	c[2].x = 12
	if got := c.implied(0.5); len(got) != 6 {
		t.Errorf("a point off the middle went: %s", shown([]contour{got}))
	}
}

func TestStraightLinesStay(t *testing.T) {
	c := contour{{0, 0, true}, {0, 100, true}, {100, 100, true}, {100, 0, true}}
	if got := shown([]contour{c.simplified(5)}); got != "0,0 0,100 100,100 100,0" {
		t.Errorf("got %s", got)
	}
}

// Real glyphs: the outline that a file embeds lies within simplification and
// grid of the font's, and a third of the points is gone.
func TestCompactGlyphsKeepTheirShape(t *testing.T) {
	for _, name := range []string{"NotoSansSC-Regular", "NotoSansSC-Bold", "NotoSerifSC-Bold-GB2312"} {
		font, err := newFace(render.Font{Name: name, Data: asset(t, "fonts/"+name+".ttf")})
		if err != nil {
			t.Fatal(err)
		}
		before, after := 0, 0
		for _, r := range "国强贰龄鑫@&8¥" {
			gid, err := font.sf.GlyphIndex(&font.buf, r)
			if err != nil || gid == 0 {
				continue
			}
			full, err := font.contours(uint16(gid), 0)
			if err != nil {
				t.Fatal(err)
			}
			g, err := font.glyphOf(r)
			if err != nil {
				t.Fatal(err)
			}
			small := reread(t, g)
			if len(small) != len(full) {
				t.Fatalf("%s %c: %d contours, want %d", name, r, len(small), len(full))
			}
			unit := float64(font.upem) / grid
			for i := range full {
				before, after = before+len(full[i]), after+len(small[i])
				for k := range small[i] {
					small[i][k].x, small[i][k].y = small[i][k].x*unit, small[i][k].y*unit
				}
				em := float64(font.upem)
				if d := farthest(dense(small[i]), dense(full[i])); d > (2*slack+0.75/grid)*em {
					t.Errorf("%s %c: contour %d lies %.1f/1000 em off", name, r, i, d/em*1000)
				}
			}
		}
		if after > before*4/5 {
			t.Errorf("%s: %d points of %d are left", name, after, before)
		}
	}
}

// reread reads a compact glyph as a font's reader does.
func reread(t *testing.T, g glyph) []contour {
	t.Helper()
	cs, err := madeFont(appendGlyph(nil, g, g.box)).contours(0, 0)
	if err != nil {
		t.Fatal(err)
	}
	return cs
}
