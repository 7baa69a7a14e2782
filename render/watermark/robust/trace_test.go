package robust

import (
	"math"
	"testing"
)

// bar is a line of a width from a to b, mm, with round ends.
func bar(a, b vec, width float64) []vec {
	d := b.sub(a).unit()
	n := d.left().mul(width / 2)
	var out []vec
	for i := range 21 {
		s, c := math.Sincos(math.Pi * float64(i) / 20)
		out = append(out, b.sub(n.mul(c)).add(d.mul(s*width/2)))
	}
	for i := range 21 {
		s, c := math.Sincos(math.Pi * float64(i) / 20)
		out = append(out, a.add(n.mul(c)).sub(d.mul(s*width/2)))
	}
	return out
}

// TestWidths: the width of an even line is read to the µm at all angles, widths
// and resolutions, and its middle too.
func TestWidths(t *testing.T) {
	for _, dpi := range []float64{150, 300, 600} {
		for _, width := range []float64{0.3, 0.5, 0.85} {
			for deg := 3.0; deg < 180; deg += 29 {
				s, c := math.Sincos(deg * math.Pi / 180)
				a, b := vec{10, 10}, vec{10 + 12*c, 10 + 12*s}
				tr := paint([][][]vec{{bar(a, b, width)}}, dpi/mmPerInch, 1).lines()
				if len(tr.chains) != 1 {
					t.Fatalf("%g dpi, %g mm, %g°: %d lines", dpi, width, deg, len(tr.chains))
				}
				sum, off, n := 0.0, 0.0, 0.0
				for _, r := range tr.chains[0] {
					if r.ok {
						sum += r.half
						off = max(off, math.Abs(r.p.sub(a).cross(b.sub(a).unit())))
						n++
					}
				}
				// Ink drawn at 150 dpi is blurred by a sixth of a millimetre.
				if n < 120 || math.Abs(sum/n-width/2) > 0.002 || off > 0.016 {
					t.Errorf("%g dpi, %g mm, %g°: %.0f readings of %.4f, %.4f off the middle", dpi, width, deg, n, 2*sum/n, off)
				}
			}
		}
	}
}

// TestCrossing: where lines cross and end nothing is clear, in between all is.
func TestCrossing(t *testing.T) {
	s := paint([][][]vec{{bar(vec{0, 0}, vec{12, 0}, 0.5)}, {bar(vec{6, -5}, vec{6, 5}, 0.5)}}, 300/mmPerInch, 1)
	tr := s.lines()
	if len(tr.chains) != 4 {
		t.Fatalf("%d lines, want 4", len(tr.chains))
	}
	clear := 0
	for _, c := range tr.chains {
		for _, r := range c {
			far := r.p.sub(vec{6, 0}).len()
			end := min(r.p.sub(vec{0, 0}).len(), r.p.sub(vec{12, 0}).len(), r.p.sub(vec{6, 5}).len(), r.p.sub(vec{6, -5}).len())
			if r.ok && (far < 0.3 || end < 0.1) {
				t.Errorf("clear at %v", r.p)
			}
			if !r.ok && far > 1 && end > 0.6 {
				t.Errorf("not clear at %v", r.p)
			}
			clear += count1(r.ok)
		}
	}
	if clear < 200 {
		t.Errorf("%d clear readings", clear)
	}
	if math.Abs(tr.length-21) > 2 {
		t.Errorf("%.1f mm of line", tr.length)
	}
}

// TestNeighbour: a line beside is not part of the width.
func TestNeighbour(t *testing.T) {
	alone := paint([][][]vec{{bar(vec{0, 0}, vec{12, 0}, 0.5)}}, 300/mmPerInch, 1)
	both := paint([][][]vec{{bar(vec{0, 0}, vec{12, 0}, 0.5)}, {bar(vec{0, 0.8}, vec{12, 0.8}, 0.5)}}, 300/mmPerInch, 1)
	for x := 2.0; x < 10; x += 0.7 {
		l0, r0, _ := alone.edges(vec{x, 0}, vec{0, 1})
		l1, r1, ok := both.edges(vec{x, 0}, vec{0, 1})
		if !ok || math.Abs(l0-l1) > 0.004 || math.Abs(r0-r1) > 1e-6 {
			t.Errorf("at %g: %.4f %.4f beside another line %.4f %.4f %v", x, l0, r0, l1, r1, ok)
		}
	}
	merged := paint([][][]vec{{bar(vec{0, 0}, vec{12, 0}, 0.5)}, {bar(vec{0, 0.585}, vec{12, 0.585}, 0.5)}}, 300/mmPerInch, 1)
	if _, _, ok := merged.edges(vec{6, 0}, vec{0, 1}); ok {
		t.Error("an edge is clear where two lines all but touch")
	}
}

// TestBend: the turn of a line within its width.
func TestBend(t *testing.T) {
	straight := paint([][][]vec{{bar(vec{0, 0}, vec{12, 3}, 0.5)}}, 300/mmPerInch, 1).lines().chains[0]
	if b := straight.bend(len(straight) / 2); b < 0.99 {
		t.Errorf("a straight line bends: %.3f", b)
	}
	ring := [][][]vec{{round(0, 0, 0.7, 1), round(0, 0, 0.3, -1)}}
	for _, c := range paint(ring, 600/mmPerInch, 1).lines().chains {
		if b := c.bend(len(c) / 2); b > bent {
			t.Errorf("a ring of half a millimetre does not bend: %.3f", b)
		}
	}
}

// TestThinKeepsLines: thinning leaves lines one pixel wide that hold together.
func TestThinKeepsLines(t *testing.T) {
	for name, strokes := range map[string][][][]vec{
		"bar":    {{bar(vec{0, 0}, vec{9, 4}, 0.7)}},
		"ring":   {{round(5, 5, 3, 1), round(5, 5, 2.4, -1)}},
		"cross":  {{bar(vec{0, 0}, vec{9, 4}, 0.7)}, {bar(vec{5, -2}, vec{3, 6}, 0.4)}},
		"zigzag": {{bar(vec{0, 0}, vec{4, 4}, 0.5)}, {bar(vec{4, 4}, vec{8, 0}, 0.5)}},
	} {
		s := paint(strokes, 600/mmPerInch, 1)
		m := s.mask(1)
		before := pieces(m)
		m.thin(m.ink(), 999)
		if after := pieces(m); before != 1 || after != 1 {
			t.Errorf("%s: %d pieces became %d", name, before, after)
		}
		turn := m.turn()
		for i, v := range m.b {
			if v == 1 && m.around(i, &turn) == 255 {
				t.Errorf("%s: ink all around a pixel is left", name)
				break
			}
		}
	}
}

func pieces(m *bitmap) int {
	g := &Gray{W: m.w, H: m.h}
	for _, v := range m.b {
		g.Pix = append(g.Pix, 255-255*v)
	}
	return len(g.blobs(128))
}

// TestMaskIsFiner: a coarse image is cut on a finer grid where its edge lies.
func TestMaskIsFiner(t *testing.T) {
	s := paint([][][]vec{{round(5, 5, 2, 1)}}, 150/mmPerInch, 1)
	for _, f := range []int{1, 2, 4} {
		m := s.mask(f)
		n := 0
		for _, v := range m.b {
			n += int(v)
		}
		area := float64(n) / math.Pow(s.perMM*float64(f), 2)
		if math.Abs(area-4*math.Pi) > 0.35 {
			t.Errorf("%d times as fine: %.2f mm², want %.2f", f, area, 4*math.Pi)
		}
		sum := vec{}
		for i, v := range m.b {
			if v == 1 {
				sum = sum.add(s.spot(m, i, f))
			}
		}
		if mid := sum.mul(1 / float64(n)); mid.sub(vec{5, 5}).len() > 0.02 {
			t.Errorf("%d times as fine: the middle is at %v", f, mid)
		}
	}
}

func TestPaths(t *testing.T) {
	for _, c := range []struct {
		name, picture string
		paths, open   int
		cycles        int
	}{
		{"line", ".......\n.#####.\n.......", 1, 2, 0},
		{"ring", ".......\n..###..\n.#...#.\n.#...#.\n..###..\n.......", 1, 2, 1},
		{"fork", "...........\n.#.......#.\n..#.....#..\n...#...#...\n....#.#....\n.....#.....\n.....#.....\n.....#.....\n.....#.....\n...........", 3, 3, 0},
	} {
		g := grayOf(c.picture)
		m := &bitmap{w: g.W, h: g.H}
		for _, v := range g.Pix {
			m.b = append(m.b, uint8(count1(v == 0)))
		}
		open, cycles := 0, 0
		all := m.paths(m.ink())
		for _, p := range all {
			open += count1(p.open[0]) + count1(p.open[1])
			cycles += count1(p.cycle)
		}
		if len(all) != c.paths || open != c.open || cycles != c.cycles {
			t.Errorf("%s: %d paths, %d open ends, %d cycles; want %d %d %d", c.name, len(all), open, cycles, c.paths, c.open, c.cycles)
		}
	}
}
