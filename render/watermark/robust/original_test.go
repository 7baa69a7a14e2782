package robust

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestAffine(t *testing.T) {
	m := similar(math.Pi/2, 2, vec{1, 1})
	if p := m.of(vec{1, 1}); p.sub(vec{1, 1}).len() > 1e-12 {
		t.Errorf("the middle moved to %v", p)
	}
	if p := m.of(vec{2, 1}); p.sub(vec{1, 3}).len() > 1e-12 {
		t.Errorf("a quarter turn at twice the size: %v", p)
	}
	r := rand.New(rand.NewPCG(8, 1))
	for range 50 {
		a := affine{r.NormFloat64(), r.NormFloat64(), r.NormFloat64(), r.NormFloat64(), r.NormFloat64(), r.NormFloat64()}
		b := affine{r.NormFloat64(), r.NormFloat64(), r.NormFloat64(), r.NormFloat64(), r.NormFloat64(), r.NormFloat64()}
		p := vec{r.NormFloat64(), r.NormFloat64()}
		if got, want := a.after(b).of(p), a.of(b.of(p)); got.sub(want).len() > 1e-9 {
			t.Fatalf("%v, want %v", got, want)
		}
		if got, want := a.turn(p), a.of(p).sub(a.of(vec{})); got.sub(want).len() > 1e-9 {
			t.Fatalf("%v, want %v", got, want)
		}
	}
}

func TestShrink(t *testing.T) {
	s := paint([][][]vec{{box(2, 3, 6, 4)}}, 300/mmPerInch, 1)
	o := s.shrink(coarse)
	for _, c := range []struct {
		p    vec
		want float64
	}{{vec{5, 5}, 1}, {vec{1.2, 2.3}, 0}, {vec{7, 4}, 1}} {
		if got := o.sample(c.p); math.Abs(got-c.want) > 0.05 {
			t.Errorf("at %v: %.2f", c.p, got)
		}
	}
}

// TestLocate: lines are found in an image that was turned, scaled and cut.
func TestLocate(t *testing.T) {
	in := scrawl(t)
	ref := paint(polygonsOf(in), loopDPI/mmPerInch, 1).lines()
	r := rand.New(rand.NewPCG(8, 2))
	for name, g := range map[string]*Gray{
		"as it is":         screen(in, 300),
		"turned and noisy": scanAt(printed(in), 300, 75, 0.03, 0.992, 1.1, 4, r),
		"cut":              crop(screen(in, 300)),
	} {
		all := g.groups()
		if len(all) == 0 {
			t.Fatalf("%s: nothing found", name)
		}
		img := g.shade(&all[0])
		m, ok := img.locate(ref)
		if !ok {
			t.Errorf("%s: not located", name)
			continue
		}
		tr, n := img.follows(ref, m)
		off, k := 0.0, 0.0
		for i, c := range tr.chains {
			for j, x := range c {
				if x.ok {
					off += math.Abs(x.half - ref.chains[i][j].half)
					k++
				}
			}
		}
		if n < 600 || off/k > 0.02 {
			t.Errorf("%s: %d readings, widths off by %.4f mm", name, n, off/k)
		}
	}
}

// TestNoOriginal: another person's ink is not the original, and bare ink says
// nothing for a claim.
func TestNoOriginal(t *testing.T) {
	in := scrawl(t)
	out, _, err := Embed(in, Secret{7}, []byte{1, 2, 3}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	g := white(70, 30)
	squiggle(g, 5, 5, 50, 15, 2)
	for name, c := range map[string]*Gray{"other ink": g, "the ink without its mark": screen(in, 300), "paper": white(30, 30)} {
		if got, err := CheckOriginal(c, Secret{7}, [][]byte{{1, 2, 3}}, out); err != nil || got[0].Accept {
			t.Errorf("%s: %+v %v", name, got, err)
		}
	}
	if got, err := CheckOriginal(screen(out, 300), Secret{7}, [][]byte{{1, 2, 3}}, nil); err != nil || got[0].Accept {
		t.Errorf("no original: %+v %v", got, err)
	}
}
