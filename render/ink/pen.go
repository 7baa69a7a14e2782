package ink

import (
	"math"

	"moqian/pad"
)

// Lag is how many reports the live ink stays behind the pen.
const Lag = 3

// Pen makes ink while the customer writes: the model of Draw, with Lag reports
// of foresight instead of all. What it has given never changes; after pen-up
// Draw's ink takes its place. Make one for each signature with NewPen. It keeps
// the last reports only and allocates nothing after its first strokes.
type Pen struct {
	nib    Nib
	beat   clock
	bank   bank
	feel   touch
	n      int // reports of this stroke
	stroke int // number of the current stroke, or of the coming one
	down   bool
	fresh  bool // nothing of this stroke is given yet

	// window holds the reports that are not given yet, after two that are
	window [window]report
	born   [window]int // n at the last report in it
	size   int
	given  int // of window

	last   state // as given, and its report's time and width
	lastT  float64
	lastW  float64
	bridge bool // nothing is known of the way from last
	dabs   []Dab
	smooth smoother
}

// window is the room for reports: two given ones, Lag + 1, and one more.
const window = 8

// NewPen makes a pen for one signature; it uses Nib, Noise and Rate. A nib
// without size is taken as 0.5 mm.
func NewPen(p Params) *Pen {
	if p.checkNib() != nil {
		p = Params{Nib: Nib{0.5, 0.5}}
	}
	c := &Pen{nib: p.Nib, feel: touch{low: liveLow, high: liveHigh, flat: true}, dabs: make([]Dab, 0, 512)}
	c.beat.u = interval(nil, p.Rate)
	c.beat.known = p.Rate > 0
	c.bank.learn(c.beat.u, p.Noise)
	return c
}

// Pressures of light and heavy strokes before the signature's own are known:
// chosen between the 5th and 95th percentile (0.22 and 0.97) of 312 signatures.
const liveLow, liveHigh = 0.3, 0.95

// Add takes the next sample and returns the dabs that have become certain, at
// most 0.1 mm apart, and the number of their stroke from 0. While the pen is
// down they reach the report Lag before the last; when it lifts, the end of the
// stroke. They are valid until the next call.
func (c *Pen) Add(s pad.Sample) (stroke int, dabs []Dab) {
	c.dabs = c.dabs[:0]
	if s.Phase != pad.Down {
		stroke = c.stroke
		c.lift()
		return stroke, c.dabs
	}
	if !(math.Abs(s.X) < farthest && math.Abs(s.Y) < farthest) {
		return c.stroke, nil
	}
	if s.P > 0 {
		c.feel.flat = false
	}
	if !c.down {
		c.down, c.n, c.bridge, c.fresh = true, 0, false, true
		c.beat.begin()
	}
	c.n++
	r := report{t: c.beat.time(s.T.Seconds()), x: s.X, y: s.Y, p: unit(s.P), w: 1, m: 1}
	if c.size > 0 && r.t-c.window[c.size-1].t > longestGap*c.beat.u {
		c.flush()
		c.bridge = true
	}
	c.take(r)
	for c.size-c.given > 1 && c.n-c.born[c.given] >= Lag {
		c.give()
	}
	return c.stroke, c.dabs
}

// Wipe forgets the pen's reports and points.
func (c *Pen) Wipe() {
	d := c.dabs[:cap(c.dabs)]
	clear(d)
	*c = Pen{nib: c.nib, feel: c.feel, dabs: d[:0], beat: c.beat}
}

// lift ends the stroke.
func (c *Pen) lift() {
	if !c.down {
		return
	}
	c.flush()
	c.down = false
	c.stroke++
}

// flush gives all that is left of a run.
func (c *Pen) flush() {
	for i := max(c.given, c.size-2); i < c.size; i++ {
		c.window[i].w = math.Max(c.window[i].w, 1) // as in despike: nothing follows that could tell
	}
	for c.given < c.size {
		c.give()
	}
	c.size, c.given = 0, 0
}

// take puts a report into the window: reports of one stamp become one.
func (c *Pen) take(r report) {
	if c.size > c.given && r.t-c.window[c.size-1].t < 1e-6 {
		l := &c.window[c.size-1]
		l.blend(r)
		c.born[c.size-1] = c.n
		return
	}
	if c.size == window {
		copy(c.window[:], c.window[1:])
		copy(c.born[:], c.born[1:])
		c.size--
		c.given--
	}
	c.window[c.size], c.born[c.size] = r, c.n
	c.size++
	if c.size == 1 {
		c.bank.begin(r)
	}
	c.doubt()
}

// doubt leaves out reports that no hand can have made (see despike), among the
// last three: for good the first of them, the others until more is known.
func (c *Pen) doubt() {
	from := max(c.given, c.size-3)
	rs := c.window[:c.size]
	open := rs[from:]
	for k := range open {
		open[k].w = math.Max(1, open[k].w)
	}
	if c.strange(from) == 0 {
		return
	}
	best, least := 0, math.Inf(1)
	for set := 1; set < 1<<len(open)-1; set++ {
		out, price := math.Inf(1), 1.0
		for k := range open {
			if set>>k&1 != 0 {
				open[k].w = -open[k].w
				price *= livePrice
			}
		}
		for k := range open {
			if set>>k&1 != 0 {
				out = math.Min(out, side(rs, from+k, c.beat.u))
			}
		}
		if r := math.Max(leastShare, c.strange(max(0, from-2))/out); out > spikeLeast && r < smoothShare && r*price < least {
			best, least = set, r*price
		}
		for k := range open {
			open[k].w = math.Abs(open[k].w)
		}
	}
	for k := range open {
		if best>>k&1 != 0 {
			open[k].w = 0
		}
	}
}

// strange is the worst a kept report lies aside from report i on; 0 where that
// is no more than a hand can do and i is among the last.
func (c *Pen) strange(i int) float64 {
	rs := c.window[:c.size]
	worst := 0.0
	for j := i; j < len(rs); j++ {
		if rs[j].w > 0 {
			worst = math.Max(worst, side(rs, j, c.beat.u))
		}
	}
	if i >= len(rs)-3 && worst < spikeLeast {
		return 0
	}
	return worst
}

// side is how far report i lies aside, by what there is of reports around it;
// from those before alone a third of it, for a hand leaps more than it bends.
func side(rs []report, i int, u float64) float64 {
	after := 0
	for j := i + 1; j < len(rs); j++ {
		if rs[j].w > 0 {
			after++
		}
	}
	switch {
	case after >= 2:
		return aside(rs, i, 2, 2, u)
	case after == 1:
		return aside(rs, i, 2, 1, u)
	}
	return aside(rs, i, 3, 0, u) / leapShare
}

const (
	leapShare = 2
	// leastShare: a way cannot be shown to be smoother than this.
	leastShare = 0.05
)

// give makes the way to the next report in the window certain.
func (c *Pen) give() {
	rs := c.window[c.given:c.size]
	s := c.bank.smooth(rs, &c.smooth)
	w := c.nib.Min + (c.nib.Max-c.nib.Min)*c.feel.share(c.pressure())
	t := rs[0].t
	c.given++
	switch {
	case c.fresh:
		c.dabs = append(c.dabs, Dab{c.beat.shown(t), s.x[0], s.x[1], w})
	default:
		c.draw(&s, t, w)
	}
	c.last, c.lastT, c.lastW, c.bridge, c.fresh = s, t, w, false, false
}

// draw adds the dabs from the last state to s.
func (c *Pen) draw(s *state, t, w float64) {
	d := (t - c.lastT) / c.beat.u
	a, b := c.last, *s
	if c.bridge {
		for k := range axes {
			a.v[k] = (b.x[k] - a.x[k]) / d
			b.v[k], a.a[k], b.a[k] = a.v[k], 0, 0
		}
	}
	sp := join(&a, &b, d)
	n := min(sp.cuts(liveStep), mostLive)
	for j := 1; j <= n; j++ {
		u := float64(j) / float64(n)
		x, y := sp.at(u)
		c.dabs = append(c.dabs, Dab{c.beat.shown(c.lastT + u*(t-c.lastT)), x, y, c.lastW + u*(w-c.lastW)})
	}
}

const (
	// liveStep in mm between dabs; mostLive of them between two reports (at
	// 0.08 mm and 100 reports a second that is 3 m/s, ten times a fast pen).
	liveStep = 0.08
	mostLive = 400
)

// pressure of the report to be given, as in even.
func (c *Pen) pressure() float64 {
	at := func(j int) float64 { return c.window[max(0, min(c.size-1, j))].p }
	m := func(j int) float64 { return median(at(j-1), at(j), at(j+1)) }
	i := c.given
	return calmed(m(i-2), m(i-1), m(i), m(i+1), m(i+2))
}

// clock puts the stamps of a shaking clock on the beat as they come.
type clock struct {
	u          float64 // s
	known      bool    // the rate
	bad, total int     // intervals off the beat
	first      float64 // stamp of the run's first report
	last       float64 // last stamp
	out        float64 // last time given out
	phase      float64 // by how much stamps are later than their beats, s
	seen       float64 // stamps in phase
	started    bool
}

// phaseMemory is over how many stamps the phase of a shaking clock is averaged.
const phaseMemory = 12

func (k *clock) begin() { k.started = false }

// time of a report with a stamp: the stamp itself, or the nearest beat after
// the last report where the clock shakes. Times never run back.
func (k *clock) time(stamp float64) float64 {
	if !k.started {
		k.started, k.first, k.last, k.out = true, stamp, stamp, 0
		k.phase, k.seen = 0, 1
		return 0
	}
	stamp = math.Max(stamp, k.last)
	d := (stamp - k.last) / k.u
	k.last = stamp
	k.total++
	if n := math.Round(d); n == 0 || math.Abs(d-n) > 0.08 {
		k.bad++
	}
	t := stamp - k.first
	if k.known && k.bad*5 > k.total+1 {
		n := math.Round((t - k.phase - k.out) / k.u)
		beat := k.out + math.Max(1, n)*k.u
		k.seen++
		k.phase += (t - beat - k.phase) / math.Min(k.seen, phaseMemory)
		t = beat
	}
	if k.known && d > 0 && t-k.out < leastBeat*k.u {
		t = k.out + k.u
	}
	k.out = math.Max(t, k.out)
	return k.out
}

// leastBeat: a report that comes sooner after the last, in beats, was stamped by
// a clock that slipped; as stamped the pen would have leapt, and the ink with it
// (2.2 mm in a record of SVC).
const leastBeat = 0.3

// shown is a time as the customer's clock has it, s.
func (k *clock) shown(t float64) float64 { return k.first + t }
