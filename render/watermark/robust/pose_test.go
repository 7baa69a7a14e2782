package robust

import (
	"math"
	"math/rand/v2"
	"testing"
)

// written is where the lines of a made-up ink run, around the middle of their box.
func written() (out [][]vec) {
	var all []vec
	for line := range 9 {
		var c []vec
		for i := range 180 {
			u := float64(i) * pace
			c = append(c, vec{u, 0.5*math.Sin(0.8*u+float64(line)) + 1.7*float64(line)})
		}
		all = append(all, c...)
		out = append(out, c)
	}
	mid := middle(convex(all), 0, 1)
	for _, c := range out {
		for i := range c {
			c[i] = c[i].sub(mid)
		}
	}
	return out
}

// marked is a trace whose widths follow a pattern, seen in a pose.
func marked(p *pattern, m message, at pose, noise float64, r *rand.Rand) *trace {
	load := p.payload(m)
	t := &trace{}
	sin, cos := math.Sincos(at.angle)
	for _, line := range written() {
		var c chain
		for i, q := range line {
			half := 0.25 + 0.012*float64(p.sign(cellAt(q), load, m.bits)) + noise*r.NormFloat64()
			q = q.add(at.mid)
			img := vec{cos*q.x - sin*q.y, sin*q.x + cos*q.y}.mul(at.scale)
			c = append(c, reading{p: img, s: float64(i) * pace, half: half, ok: true})
			t.hull = append(t.hull, img)
		}
		c.normals()
		t.chains = append(t.chains, c)
		t.length += float64(len(c)) * pace
	}
	t.hull = convex(t.hull)
	return t
}

func TestPoseThereAndBack(t *testing.T) {
	a := pose{angle: 0.03, scale: 1.01, mid: vec{3, -2}, extent: 20}
	b := a.about(0.01, 0.005)
	// What lies in the middle of the ink stays there.
	sin, cos := math.Sincos(a.angle)
	q := a.mid
	img := vec{cos*q.x - sin*q.y, sin*q.x + cos*q.y}.mul(a.scale)
	if a.ink(img).len() > 1e-9 || b.ink(img).len() > 1e-9 {
		t.Errorf("the middle moved: %v %v", a.ink(img), b.ink(img))
	}
	// A step moves the far end of the ink by about as much.
	for way := range 8 {
		n := a.nudge(way, 0.1)
		worst := 0.0
		for _, d := range []vec{{20, 0}, {0, 20}} {
			worst = max(worst, n.ink(img.add(d)).sub(a.ink(img.add(d))).len())
		}
		if worst < 0.08 || worst > 0.13 {
			t.Errorf("way %d: %.3f mm for a step of 0.1", way, worst)
		}
	}
	if apart(a, a, 20) != 0 || apart(a, b, 20) < 0.25 {
		t.Error(apart(a, a, 20), apart(a, b, 20))
	}
}

// TestSearch: the pose is found by pilots and evenness, wherever it lies.
func TestSearch(t *testing.T) {
	p := newPattern(Secret{8})
	r := rand.New(rand.NewPCG(2, 1))
	for _, c := range []struct{ deg, scale, x, y float64 }{{0, 1, 0, 0}, {1.9, 0.99, 100, 200}} {
		at := pose{angle: c.deg * math.Pi / 180, scale: c.scale, mid: vec{c.x, c.y}}
		tr := marked(p, whole([]byte{1, 2, 3}), at, 0.006, r)
		v := view{trace: tr, dev: tr.deviations()}
		v.fits = p.pilot.search(tr, v.dev)
		p.rank(&v)
		_, chips := tr.settle(v.dev, v.fits[0].pose)
		if got, _ := p.statistic(chips, p.payload(whole([]byte{1, 2, 3})), small); got < 10 {
			f := v.fits[0]
			t.Errorf("%+v: T %.2f at %.3f° %.4f %v", c, got, f.angle*180/math.Pi, f.scale, f.mid)
		}
	}
}

// TestSweep: the quick rating of many shifts is the plain rating.
func TestSweep(t *testing.T) {
	p := newPattern(Secret{8})
	r := rand.New(rand.NewPCG(2, 2))
	tr := marked(p, whole([]byte{1, 2, 3}), pose{scale: 1}, 0.006, r)
	dev := tr.deviations()
	// With every second reading left out the two see the same.
	for i := range dev {
		var thin []deviation
		for j := 0; j < len(dev[i]); j += 2 {
			thin = append(thin, dev[i][j])
		}
		dev[i] = thin
	}
	at := pose{angle: 0.01, scale: 1.003, mid: middle(tr.hull, 0.01, 1.003)}
	c := newCoarse(dev)
	for _, f := range p.pilot.sweep(nil, c, at) {
		g := p.pilot.rate(dev, f.pose)
		if math.Abs(f.pilot-g.pilot) > 0.25 || math.Abs(f.even-g.even) > 1 {
			t.Fatalf("%+v: pilots %.3f even %.3f, plainly %.3f %.3f", f.pose, f.pilot, f.even, g.pilot, g.even)
		}
	}
}

func TestCoarsePairs(t *testing.T) {
	d := [][]deviation{{{vec{0, 0}, 1}, {vec{pace, 0}, 2}, {vec{2 * pace, 0}, 4}, {vec{9, 0}, 8}, {vec{9 + pace, 0}, 16}}}
	c := newCoarse(d)
	sum, n := float32(0), int32(0)
	for i := range c.e {
		sum += c.e[i]
		n += c.k[i]
		if c.k[i] == 2 && c.p[i].x > 3*pace && c.p[i].x < 8 {
			t.Errorf("a pair across a gap at %v", c.p[i])
		}
	}
	if sum != 31 || n != 5 || len(c.ends) != 1 || c.ends[0] != len(c.p) {
		t.Errorf("%g %d %v", sum, n, c.ends)
	}
}

// TestDeviations: a slow change of the nib is no deviation, a jump of a cell is.
func TestDeviations(t *testing.T) {
	c := make(chain, 300)
	for i := range c {
		u := float64(i) * pace
		c[i] = reading{p: vec{u, 0}, half: 0.3 + 0.1*math.Sin(u/6), ok: i%50 != 7}
		if i >= 150 && i < 157 {
			c[i].half += 0.02
		}
	}
	tr := &trace{chains: []chain{c}}
	for _, d := range tr.deviations()[0] {
		in := d.p.x > 150.5*pace && d.p.x < 156*pace
		if in && d.e < 2 || !in && math.Abs(d.p.x-153*pace) > 2 && math.Abs(d.p.x-153*pace) < 8 && d.e > 1.7 {
			t.Errorf("at %.2f: %.2f", d.p.x, d.e)
		}
	}
	if (&trace{}).deviations() != nil || (&trace{chains: []chain{make(chain, 9)}}).deviations() != nil {
		t.Error("deviations of nothing")
	}
}

// TestEvidence: the right pose has more than wrong ones.
func TestEvidence(t *testing.T) {
	p := newPattern(Secret{8})
	r := rand.New(rand.NewPCG(2, 3))
	tr := marked(p, whole([]byte{1, 2, 3}), pose{scale: 1}, 0.008, r)
	right := pose{scale: 1, extent: tr.extent()}
	most := p.evidence(tr.chips(right.ink, false))
	for range 10 {
		wrong := right
		wrong.mid = vec{r.NormFloat64() * 3, 1 + r.Float64()}
		if e := p.evidence(tr.chips(wrong.ink, false)); e >= most {
			t.Errorf("%.1f at %v, %.1f where it belongs", e, wrong.mid, most)
		}
	}
	if p.evidence(nil) != 0 {
		t.Error("evidence of nothing")
	}
}

// TestSettle: a pose that is off by a sixth of a cell is drawn to its place.
func TestSettle(t *testing.T) {
	p := newPattern(Secret{8})
	r := rand.New(rand.NewPCG(2, 4))
	tr := marked(p, whole([]byte{1, 2, 3}), pose{scale: 1}, 0.006, r)
	f, _ := tr.settle(tr.deviations(), pose{scale: 1, mid: vec{0.09, -0.08}, extent: tr.extent()})
	if math.Abs(f.mid.x) > 0.05 || f.mid.len() > 0.12 { // the lines run along x
		t.Errorf("settled at %v", f.mid)
	}
}
