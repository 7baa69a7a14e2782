package robust

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestSpline(t *testing.T) {
	for u := 0.0; u <= 1; u += 0.1 {
		sum, first := 0.0, 0.0
		for j, b := range spline(u) {
			sum += b
			first += b * float64(j-1)
			if b < 0 {
				t.Errorf("at %g: %g", u, b)
			}
		}
		if math.Abs(sum-1) > 1e-12 || math.Abs(first-u) > 1e-12 {
			t.Errorf("at %g: sum %g, place %g", u, sum, first)
		}
	}
}

func TestRowAdds(t *testing.T) {
	var e row
	e.add(3, 0.5)
	e.add(-1, 0.25)
	e.add(3, 0.25)
	if !slices.Equal(e.at, []int{3, -1}) || !slices.Equal(e.k, []float64{0.75, 0.25}) {
		t.Errorf("%v %v", e.at, e.k)
	}
}

// TestChips: the level of each cell is found under a slow change of the nib and
// under noise, and its sign with the odds it deserves.
func TestChips(t *testing.T) {
	p := newPattern(Secret{3})
	r := rand.New(rand.NewPCG(3, 1))
	m := whole([]byte{5, 6, 7})
	load := p.payload(m)
	for _, c := range []struct {
		noise       float64
		wrong, sure float64 // shares at most and at least
	}{{0, 0.03, 0.7}, {0.004, 0.05, 0.5}, {0.012, 0.2, 0.15}, {0.05, 0.5, 0}} {
		tr := marked(p, m, pose{scale: 1}, c.noise, r)
		for i := range tr.chains {
			for j := range tr.chains[i] {
				tr.chains[i][j].half += 0.08 * math.Sin(float64(j)/50+float64(i))
			}
		}
		chips := tr.chips(func(q vec) vec { return q }, true)
		wrong, sure, odds := 0, 0, 0.0
		for _, k := range chips {
			bad := k.llr*float64(p.sign(k.cell, load, m.bits)) < 0
			wrong += count1(bad)
			sure += count1(math.Abs(k.llr) > 3)
			odds += 1 / (1 + math.Exp(math.Abs(k.llr)))
		}
		n := float64(len(chips))
		if n < 200 || float64(wrong)/n > c.wrong || float64(sure)/n < c.sure {
			t.Errorf("noise %g: %.0f chips, %.3f wrong, %.3f sure", c.noise, n, float64(wrong)/n, float64(sure)/n)
		}
		if c.noise == 0.05 && float64(sure)/n > 0.3 {
			t.Errorf("in pure noise %.3f of the chips are sure", float64(sure)/n)
		}
	}
}

// TestLess: what is taken off is off.
func TestLess(t *testing.T) {
	p := newPattern(Secret{3})
	m := whole([]byte{5, 6, 7})
	load := p.payload(m)
	tr := marked(p, m, pose{scale: 1}, 0, rand.New(rand.NewPCG(3, 2)))
	where := func(q vec) vec { return q }
	size := func(chips []chip) (s float64) {
		for _, c := range chips {
			s += math.Abs(c.v) / float64(len(chips))
		}
		return s
	}
	sys, o := tr.system(where)
	before := size(sys.less(o, func(int) float64 { return 0 }))
	after := size(sys.less(o, func(c int) float64 { return 0.012 * float64(p.sign(c, load, m.bits)) }))
	if before < 0.007 || after > 0.4*before {
		t.Errorf("mean level %.4f mm, with the mark taken off %.4f", before, after)
	}
	if (*system)(nil).less(nil, nil) != nil || (&trace{}).chips(where, true) != nil {
		t.Error("chips of nothing")
	}
}

// TestOrder: each unknown has a place of its own, those a line comes back to
// the last, and the band holds all others.
func TestOrder(t *testing.T) {
	p := newPattern(Secret{3})
	tr := marked(p, whole([]byte{5, 6, 7}), pose{scale: 1}, 0, rand.New(rand.NewPCG(3, 3)))
	sys := system{index: map[int]int{}}
	for _, c := range tr.chains {
		sys.chain(c, func(q vec) vec { return q })
	}
	o := sys.order()
	seen := make([]bool, o.n+o.m)
	for _, k := range slices.Concat(o.cell, o.knot) {
		if k < 0 || k >= len(seen) || seen[k] {
			t.Fatalf("place %d", k)
		}
		seen[k] = true
	}
	if o.n+o.m != len(sys.cells)+sys.knots || o.w > 80 {
		t.Errorf("%d + %d unknowns, band %d", o.n, o.m, o.w)
	}
	for i := range sys.rows {
		for _, a := range sys.rows[i].at {
			for _, b := range sys.rows[i].at {
				if x, y := o.at(a), o.at(b); x < o.n && y < o.n && max(x-y, y-x) > o.w {
					t.Fatalf("%d and %d do not fit a band of %d", x, y, o.w)
				}
			}
		}
	}
}

// TestOrderOfGap: a stretch in which nothing is clear, as where an image was cut
// off, leaves the band narrow.
func TestOrderOfGap(t *testing.T) {
	tr := &trace{}
	for line := range 3 {
		c := make(chain, 750) // 60 mm
		for i := range c {
			c[i] = reading{p: vec{float64(i) * pace, 3 * float64(line)}, half: 0.25, ok: i < 200 || i > 550}
		}
		tr.chains = append(tr.chains, c)
	}
	sys, o := tr.system(func(q vec) vec { return q })
	if o == nil || o.w > 40 {
		t.Fatalf("refused, or a band of no use: %+v", o)
	}
	if n := len(sys.chips(o, true)); n < 150 {
		t.Errorf("%d chips", n)
	}
}

// TestReweigh: a wild reading counts less.
func TestReweigh(t *testing.T) {
	sys := system{cells: []int{0}, index: map[int]int{0: 0}, line: []float64{1}}
	for i := range 21 {
		e := row{y: 0.001 * float64(i%3), w: 1}
		if i == 10 {
			e.y = 1
		}
		e.add(0, 1)
		sys.rows = append(sys.rows, e)
	}
	o := sys.order()
	x := sys.least(&o)
	if sys.rows[10].w > 0.1 || sys.rows[0].w != 1 {
		t.Errorf("weights %g and %g", sys.rows[10].w, sys.rows[0].w)
	}
	if math.Abs(x[0]) > 0.06 {
		t.Errorf("level %g", x[0])
	}
}
