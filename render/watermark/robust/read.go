package robust

import (
	"cmp"
	"math"
	"slices"

	"moqian/render/ink"
)

// Reading is what Read found.
type Reading struct {
	Found  bool
	Handle []byte
	Bits   int     // of payload
	T      float64 // of the informed check of Handle
	// Short: the ink was too short for its handle. Handle is the first 3 bytes
	// of the handle's SHA-256.
	Short bool
}

const (
	// blindTries is how many poses of an ink are decoded,
	blindTries = 5
	// ranked fits are weighed by their chips.
	ranked = 8
	// blindRounds with how many shaken orders of bits.
	blindRounds = 60
)

// view is one ink of an image with its poses.
type view struct {
	trace *trace
	dev   [][]deviation
	fits  []fit // the likeliest first
	score float64
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
	slices.SortStableFunc(out, func(a, b view) int { return cmp.Compare(b.score, a.score) })
	return out
}

func (p *pattern) look(s *shade) (view, bool) {
	t := s.lines()
	v := view{trace: t, dev: t.deviations()}
	v.fits = p.pilot.search(t, v.dev)
	if len(v.fits) == 0 {
		return v, false
	}
	v.score = v.fits[0].score
	p.rank(&v)
	return v, true
}

// rank orders the best fits, and that of a page that was not turned, by how sure
// their chips are.
func (p *pattern) rank(v *view) {
	v.fits = append(v.fits[:min(len(v.fits), ranked)], fit{pose: v.trace.upright()})
	for i := range v.fits {
		f := &v.fits[i]
		f.score = p.evidence(v.trace.chips(f.ink, false))
	}
	slices.SortStableFunc(v.fits, func(a, b fit) int { return cmp.Compare(b.score, a.score) })
}

// evidence is how much more chips speak for a pattern than for none: the log of
// the odds of a pilot's sign, and for other chips of either sign.
func (p *pattern) evidence(chips []chip) (sum float64) {
	for _, c := range chips {
		b := 2 * math.Tanh(c.llr/4)
		if s := float64(p.pilot[c.cell]); s != 0 {
			sum += b * s
		} else {
			sum += math.Log(math.Cosh(b))
		}
	}
	return sum
}

// Read looks for a mark in an image: a page, or a piece of one. The ink need not
// be pointed out. Without a mark under this secret Found is false.
func Read(g *Gray, s Secret) (Reading, error) {
	if err := g.check(); err != nil {
		return Reading{}, err
	}
	p := newPattern(s)
	return p.readAny(p.views(g)), nil
}

func (p *pattern) readAny(all []view) Reading {
	for _, v := range all {
		if r := p.read(v); r.Found {
			return r
		}
	}
	return Reading{}
}

func (p *pattern) read(v view) Reading {
	for _, f := range v.fits[:min(len(v.fits), blindTries)] {
		_, chips := v.trace.settle(v.dev, f.pose)
		if r := p.blind(chips, blindRounds); r.Found {
			return r
		}
	}
	return Reading{}
}

// blind decodes chips without knowing what they carry.
func (p *pattern) blind(chips []chip, rounds int) Reading {
	soft := p.soften(chips)
	for _, bits := range []int{small, medium, large} {
		if m, ok := p.decode(soft, bits, rounds); ok {
			return Reading{true, m.handle, bits, statistic(soft, p.payload(m), bits), m.short}
		}
	}
	return Reading{}
}

// ReadOutlines is Read for ink that is still vectors.
func ReadOutlines(in []ink.Outline, s Secret) Reading {
	p := newPattern(s)
	v, chips := p.straight(in)
	if r := p.blind(chips, blindRounds); r.Found || v.trace == nil {
		return r
	}
	v.fits = p.pilot.search(v.trace, v.dev)
	return p.read(v)
}

// CheckOutlines is Check for ink that is still vectors.
func CheckOutlines(in []ink.Outline, s Secret, handles [][]byte) []Claim {
	p := newPattern(s)
	v, chips := p.straight(in)
	return p.score(chips, handles, func(m message) float64 { return p.seek(v, m) })
}

// straight reads the chips of outlines as they were marked: not turned.
func (p *pattern) straight(in []ink.Outline) (view, []chip) {
	t := paint(polygonsOf(in), loopDPI/mmPerInch, 1).lines()
	v := view{trace: t, dev: t.deviations()}
	if len(v.dev) == 0 {
		return view{}, nil
	}
	_, chips := t.settle(v.dev, t.upright())
	return v, chips
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
	return p.check(p.views(g), handles), nil
}

func (p *pattern) check(all []view, handles [][]byte) []Claim {
	var chips []chip
	if len(all) > 0 {
		_, chips = all[0].trace.settle(all[0].dev, all[0].fits[0].pose)
	}
	return p.score(chips, handles, func(m message) float64 {
		best := 0.0
		for _, v := range all[:min(len(all), 2)] {
			best = max(best, p.seek(v, m))
		}
		return best
	})
}

const (
	// alone is up to how many claims each is also sought by itself.
	alone = 16
	// posesTried in a search for one claim on two inks, with the steps of its
	// refinement.
	posesTried = 30000
)

// score scores claims; those that fail are sought by themselves if they are few.
// A handle of more than 3 bytes may stand there in full or in brief: T of the
// brief is discounted for the second try.
func (p *pattern) score(chips []chip, handles [][]byte, seek func(message) float64) []Claim {
	out := make([]Claim, len(handles))
	soft := p.soften(chips)
	for i, h := range handles {
		m := whole(h)
		t := statistic(soft, p.payload(m), m.bits)
		if m.bits != small {
			b := brief(h)
			if u := discount(statistic(soft, p.payload(b), b.bits), 2); u > t {
				m, t = b, u
			}
		}
		if t < Threshold && len(handles) <= alone {
			t = max(t, seek(m))
		}
		out[i] = Claim{h, t, t >= Threshold}
	}
	return out
}

// discount is the T that is as unlikely by chance as t is in so many tries.
func discount(t float64, tries float64) float64 {
	return math.Sqrt(max(0, t*max(t, 0)-2*math.Log(tries)))
}

// seek looks for the pose that suits a claim best; its T is discounted for the
// poses tried, so that the threshold means the same.
func (p *pattern) seek(v view, m message) float64 {
	best := 0.0
	payload := p.payload(m)
	if v.trace == nil {
		return 0
	}
	fits := p.claimed(payload, m.bits).search(v.trace, v.dev)
	fits = append(fits[:min(len(fits), 2)], fit{pose: v.trace.upright()})
	for _, f := range fits {
		t, _ := p.statistic(v.trace.chips(f.ink, true), payload, m.bits)
		best = max(best, t)
	}
	return discount(best, 2*posesTried)
}
