package robust

import (
	"cmp"
	"math"
	"slices"
)

// Reading is what Read found.
type Reading struct {
	Found  bool
	Handle []byte
	Bits   int     // of payload
	T      float64 // of the informed check of Handle
}

const (
	// blindTries is how many poses of an ink are decoded,
	blindTries = 4
	// blindRounds with how many shaken orders of bits.
	blindRounds = 60
)

// view is one ink of an image with its poses.
type view struct {
	trace *trace
	dev   [][]deviation
	fits  []fit
}

// views finds the inks of an image and how each may lie; the one that suits the
// pilots best comes first.
func (p *pattern) views(g *Gray) []view {
	var out []view
	for _, o := range g.groups() {
		if v, ok := p.look(g.shade(&o)); ok {
			out = append(out, v)
		}
	}
	slices.SortStableFunc(out, func(a, b view) int { return cmp.Compare(b.fits[0].score, a.fits[0].score) })
	return out
}

func (p *pattern) look(s *shade) (view, bool) {
	t := s.lines()
	v := view{trace: t, dev: t.deviations()}
	v.fits = p.pilot.search(t, v.dev)
	return v, len(v.fits) > 0
}

// Read looks for a mark in an image: a page, or a piece of one. The ink need not
// be pointed out. Without a mark under this secret Found is false.
func Read(g *Gray, s Secret) (Reading, error) {
	if err := g.check(); err != nil {
		return Reading{}, err
	}
	p := newPattern(s)
	for _, v := range p.views(g) {
		if r := p.read(v); r.Found {
			return r, nil
		}
	}
	return Reading{}, nil
}

func (p *pattern) read(v view) Reading {
	for _, f := range v.fits[:min(len(v.fits), blindTries)] {
		_, chips := v.trace.settle(v.dev, f.pose)
		soft := p.soften(chips)
		for _, bits := range []int{small, medium, large} {
			if h, ok := p.decode(soft, bits, blindRounds); ok {
				r := Reading{Found: true, Handle: h, Bits: bits}
				r.T, _ = p.statistic(chips, p.payload(h, bits), bits)
				return r
			}
		}
	}
	return Reading{}
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
	p := newPattern(s)
	all := p.views(g)
	var chips []chip
	if len(all) > 0 {
		_, chips = all[0].trace.settle(all[0].dev, all[0].fits[0].pose)
	}
	return p.score(chips, handles, func(payload mask, bits int) float64 {
		best := 0.0
		for _, v := range all[:min(len(all), 2)] {
			best = max(best, p.seek(v, payload, bits))
		}
		return best
	}), nil
}

const (
	// alone is up to how many claims each is also sought by itself.
	alone = 16
	// posesTried in a search for one claim on two inks, with the steps of its
	// refinement.
	posesTried = 30000
)

// score scores claims; those that fail are sought by themselves if they are few.
func (p *pattern) score(chips []chip, handles [][]byte, seek func(mask, int) float64) []Claim {
	out := make([]Claim, len(handles))
	soft := p.soften(chips)
	for i, h := range handles {
		out[i].Handle = h
		bits := class(len(h))
		payload := p.payload(h, bits)
		t := statistic(soft, payload, bits)
		if t < Threshold && len(handles) <= alone {
			t = max(t, seek(payload, bits))
		}
		out[i].T, out[i].Accept = t, t >= Threshold
	}
	return out
}

// seek looks for the pose that suits a claim best; its T is discounted for the
// poses tried, so that the threshold means the same.
func (p *pattern) seek(v view, payload mask, bits int) float64 {
	best := 0.0
	fits := p.claimed(payload, bits).search(v.trace, v.dev)
	for _, f := range fits[:min(len(fits), 2)] {
		t, _ := p.statistic(v.trace.chips(f.ink, true), payload, bits)
		best = max(best, t)
	}
	return math.Sqrt(max(0, best*best-2*math.Log(posesTried)))
}
