// Package wizard is the calibration of a signature pad, step by step, without a
// window: it takes the pen's reports, says what it waits for, and judges each
// step by pad's own measurements. It draws nothing, opens no pad and keeps
// nothing; the page that shows it does that.
//
// Start with New, then Add for each report; Finish ends a step that has no end
// of its own, Calibration is what is to be kept. Lengths are mm on the pad's
// surface, times are the pad's clock. The steps and their limits are those of
// package pad's Measure functions; 5 s of hovering, 2 s of rest at three places,
// nine crosses tapped three times one tenth inside the edges, and ten dots and
// ten dashes are choices of ours.
//
// What was written is overwritten as soon as its step is judged: a result holds
// numbers only. A Wizard may be used from several goroutines.
package wizard

import (
	"math"
	"sync"
	"time"

	"moqian/pad"
)

// Step of the calibration.
type Step int

// The steps, in order.
const (
	Link Step = iota
	Rest
	Reach
	Geometry
	Pressure
	Speed
	Lift
	Latency
	Steps // how many there are
)

// What each step wants.
const (
	linkTime  = 5 * time.Second
	restTime  = 2 * time.Second
	restSkip  = 300 * time.Millisecond // the pen settles
	restSpots = 3
	// Taps on each cross, and crosses.
	Taps, Targets = 3, 9
	// Strokes of the lift-off step: ten dots and ten dashes.
	Strokes     = 20
	leastBorder = 40 // reports of a traced border
	leastLight  = 5
	leastNormal = 20
	leastSpeed  = 60
	// threshold of pressure at which a pad begins a stroke: 21 of 1023, the
	// default of pads that have one.
	threshold = 21.0 / 1023
)

// Wizard is one calibration of one pad.
type Wizard struct {
	info pad.Info

	mu      sync.Mutex // guards everything below
	at      Step
	got     []pad.Arrival
	spots   [][]pad.Sample
	targets []pad.Target
	tap     []pad.Point
	light   []pad.Sample
	part    int
	down    bool
	stray   bool
	waiting bool // for pen-up
	done    [Steps]*Result
	fit     pad.Calibration
	noise   float64 // mm RMS at rest
}

// New begins with the first step.
func New(info pad.Info) *Wizard { return &Wizard{info: info} }

// View is what a page shows.
type View struct {
	Step Step
	// Part of Parts is under way (from 0): a place of rest, a tap, light or
	// normal writing.
	Part, Parts int
	// Share of the step's time or reports, 0 to 1.
	Share float64
	// Target is where the cross stands, nil: there is none.
	Target *pad.Point
	// Stray says that the last tap missed the cross by far and does not count.
	Stray bool
	// Ready says that Finish may be called.
	Ready bool
	// Result of this step, nil: not yet.
	Result *Result
	// All results.
	All [Steps]*Result
}

// View of the present.
func (w *Wizard) View() View {
	w.mu.Lock()
	defer w.mu.Unlock()
	v := View{Step: w.at, Result: w.done[w.at], All: w.done, Stray: w.stray}
	if v.Result != nil {
		return v
	}
	n, span := len(w.got), w.span()
	share := func(a, b float64) float64 { return math.Min(1, a/b) }
	switch w.at {
	case Link, Latency:
		v.Share = share(span.Seconds(), linkTime.Seconds())
	case Rest:
		v.Part, v.Parts = len(w.spots), restSpots
		if w.down && !w.waiting {
			v.Share = share(span.Seconds(), (restTime + restSkip).Seconds())
		}
	case Reach:
		v.Ready, v.Share = n >= leastBorder && !w.down, share(float64(n), leastBorder)
	case Geometry:
		v.Part, v.Parts = w.taps(), Targets*Taps
		t := Target(w.info, w.taps()/Taps)
		v.Target, v.Share = &t, share(float64(w.taps()), Targets*Taps)
	case Pressure:
		v.Part, v.Parts = w.part, 2
		v.Ready, v.Share = w.part == 1 && n >= leastNormal && !w.down, share(float64(n), leastNormal)
	case Speed:
		v.Ready, v.Share = n >= leastSpeed && !w.down, share(float64(n), leastSpeed)
	case Lift:
		v.Part, v.Parts = w.strokes(), Strokes
		v.Ready, v.Share = v.Part > 0 && !w.down, share(float64(v.Part), Strokes)
	}
	return v
}

func (w *Wizard) span() time.Duration {
	if len(w.got) == 0 {
		return 0
	}
	return w.got[len(w.got)-1].T - w.got[0].T
}

func (w *Wizard) taps() int {
	n := 0
	for _, t := range w.targets {
		n += len(t.Taps)
	}
	return n
}

func (w *Wizard) strokes() int { return pad.MeasureLift(w.samples(), Strokes).Got }

// Target is where cross i of nine stands: three rows of three, one tenth inside
// the edges.
func Target(info pad.Info, i int) pad.Point {
	at := func(k int, size float64) float64 { return size * (0.1 + 0.4*float64(k)) }
	return pad.Point{X: at(i%3, info.Width), Y: at(i/3%3, info.Height)}
}

// Add takes a report and the time at which it came, counted from any moment.
// It tells whether something changed that a page shows in words.
func (w *Wizard) Add(s pad.Sample, host time.Duration) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	was, down := w.down, s.Phase == pad.Down
	w.down = down
	if w.done[w.at] != nil {
		return false
	}
	switch w.at {
	case Link, Latency:
		w.keep(s, host)
		if w.span() >= linkTime {
			w.judge()
			return true
		}
	case Rest:
		return w.rest(s, host, was)
	case Geometry:
		return w.touch(s, was)
	case Pressure:
		if down {
			w.keep(s, host)
		} else if was && w.part == 0 && len(w.got) >= leastLight {
			w.light, w.part = w.samples(), 1
			w.drop()
			return true
		}
	case Lift:
		w.keep(s, host)
	default:
		if down || was {
			w.keep(s, host)
		}
	}
	return down != was
}

func (w *Wizard) keep(s pad.Sample, host time.Duration) {
	if len(w.got) == cap(w.got) { // leave no old copy behind
		grown := make([]pad.Arrival, len(w.got), max(2048, 2*cap(w.got)))
		copy(grown, w.got)
		clear(w.got)
		w.got = grown
	}
	w.got = append(w.got, pad.Arrival{Sample: s, Host: host})
}

// rest collects a place while the pen stands on it.
func (w *Wizard) rest(s pad.Sample, host time.Duration, was bool) bool {
	if s.Phase != pad.Down {
		w.drop()
		w.waiting = false
		return was
	}
	if w.waiting {
		return false
	}
	w.keep(s, host)
	if w.span() < restTime+restSkip {
		return !was
	}
	var still []pad.Sample
	for _, a := range w.got {
		if a.T-w.got[0].T >= restSkip {
			still = append(still, a.Sample)
		}
	}
	w.spots = append(w.spots, still)
	w.drop()
	w.waiting = true
	if len(w.spots) == restSpots {
		w.judge()
	}
	return true
}

// touch collects a tap; it counts when the pen lifts.
func (w *Wizard) touch(s pad.Sample, was bool) bool {
	if s.Phase == pad.Down {
		w.tap = append(w.tap, pad.Point{X: s.X, Y: s.Y})
		return !was
	}
	if len(w.tap) == 0 {
		return was
	}
	i := w.taps() / Taps
	t := Target(w.info, i)
	mid := middle(w.tap)
	near := math.Max(8, 0.15*w.info.Width)
	if w.stray = math.Hypot(mid.X-t.X, mid.Y-t.Y) > near; w.stray {
		w.tap = nil
		return true
	}
	if i == len(w.targets) {
		w.targets = append(w.targets, pad.Target{True: t})
	}
	w.targets[i].Taps = append(w.targets[i].Taps, w.tap)
	w.tap = nil
	if w.taps() == Targets*Taps {
		w.judge()
	}
	return true
}

// Finish judges a step that is Ready.
func (w *Wizard) Finish() {
	if !w.View().Ready {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.judge()
}

// Go goes to a step; what it had measured there stays.
func (w *Wizard) Go(s Step) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if s >= 0 && s < Steps {
		w.empty()
		w.at = s
	}
}

// Again forgets this step's result and readings.
func (w *Wizard) Again() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.empty()
	w.done[w.at] = nil
}

// Wipe forgets what was written; the results stay.
func (w *Wizard) Wipe() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.empty()
}

// empty overwrites this step's readings.
func (w *Wizard) empty() {
	w.drop()
	for _, s := range w.spots {
		pad.Wipe(s)
	}
	pad.Wipe(w.light)
	w.spots, w.light, w.targets, w.tap = nil, nil, nil, nil
	w.part, w.down, w.stray, w.waiting = 0, false, false, false
}

func (w *Wizard) drop() {
	clear(w.got[:cap(w.got)])
	w.got = w.got[:0]
}

// samples are copies of the readings; whoever asks wipes them.
func (w *Wizard) samples() []pad.Sample {
	out := make([]pad.Sample, len(w.got))
	for i, a := range w.got {
		out[i] = a.Sample
	}
	return out
}

// middle of a tap is the median of its reports, each way for itself.
func middle(tap []pad.Point) pad.Point {
	var x, y []float64
	for _, p := range tap {
		x, y = append(x, p.X), append(y, p.Y)
	}
	return pad.Point{X: median(x), Y: median(y)}
}
