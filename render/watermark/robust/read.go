package robust

import "math"

// Reading is what Read found.
type Reading struct {
	Found  bool
	Handle []byte
	Bits   int
	T      float64
}

// blindTries is how many poses a blind reading decodes.
const blindTries = 4

// Read looks for a mark in an image of ink.
func Read(g *Gray, s Secret) (Reading, error) {
	if err := g.check(); err != nil {
		return Reading{}, err
	}
	p := newPattern(s)
	t := g.ink()
	if t == nil {
		return Reading{}, nil
	}
	dev := t.deviations()
	for i, f := range p.pilot.search(t, dev) {
		if i == blindTries {
			break
		}
		_, chips := t.settle(dev, f.pose)
		soft := p.soften(chips)
		for _, bits := range []int{small, medium, large} {
			if h, ok := p.decode(soft, bits, 60); ok {
				r := Reading{Found: true, Handle: h, Bits: bits}
				r.T, _ = p.statistic(chips, p.payload(h, bits), bits)
				return r, nil
			}
		}
	}
	return Reading{}, nil
}

// ink traces the ink of an image, or nil.
func (g *Gray) ink() *trace {
	table, ok := tones(g)
	if !ok {
		return nil
	}
	s := &shade{w: g.W, h: g.H, perMM: g.dpi() / mmPerInch, v: make([]float32, len(g.Pix))}
	for i, v := range g.Pix {
		s.v[i] = table[v]
	}
	return s.lines()
}

// Claim is a handle that an image may carry.
type Claim struct {
	Handle []byte
	T      float64
	Accept bool
}

// Threshold of T: a wrong claim passes with less than 2^-32.
const Threshold = 6.7

// Check scores claims against an image; its chips are read once.
func Check(g *Gray, s Secret, handles [][]byte) ([]Claim, error) {
	if err := g.check(); err != nil {
		return nil, err
	}
	out := make([]Claim, len(handles))
	p := newPattern(s)
	var chips []chip
	t := g.ink()
	if t != nil {
		dev := t.deviations()
		if f := p.pilot.search(t, dev); len(f) > 0 {
			_, chips = t.settle(dev, f[0].pose)
		}
	}
	for i, h := range handles {
		out[i].Handle = h
		bits := class(len(h))
		out[i].T, _ = p.statistic(chips, p.payload(h, bits), bits)
		if out[i].T < Threshold && t != nil && len(handles) <= alone {
			out[i].T = max(out[i].T, p.seek(t, p.payload(h, bits), bits))
		}
		out[i].Accept = out[i].T >= Threshold
	}
	return out, nil
}

const (
	// alone is up to how many claims each is also sought by itself.
	alone = 16
	// posesTried in a search for one claim, with the steps of its refinement.
	posesTried = 20000
)

// seek looks for the pose that suits a claim best; its T is discounted for the
// poses tried, so that the threshold means the same.
func (p *pattern) seek(t *trace, payload mask, bits int) float64 {
	best := 0.0
	for i, f := range p.claimed(payload, bits).search(t, t.deviations()) {
		if i == 2 {
			break
		}
		v, _ := p.statistic(t.chips(f.ink, true), payload, bits)
		best = max(best, v)
	}
	return math.Sqrt(max(0, best*best-2*math.Log(posesTried)))
}
