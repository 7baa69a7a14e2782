package wizard

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"moqian/pad"
)

// Fact is a number of a result: its name, its value with unit, and the limit as
// it is to be read; no limit: it is only noted.
type Fact struct{ Name, Value, Limit string }

// Result of a step.
type Result struct {
	Verdict pad.Verdict
	Facts   []Fact
	// Plot of the readings, nil: there is none.
	Plot *Plot
	// Arrows of the nine crosses, for Geometry.
	Arrows []Arrow
	// Reached is the part of the surface that the pen came to, for Reach: left,
	// top, right, bottom in mm.
	Reached [4]float64
}

// Plot is a histogram from From to To (Bars are shares of the highest), or a
// curve of knots from 0 to 1 both ways.
type Plot struct {
	Bars     []float64
	From, To float64
	// Limit is a line to be drawn, NaN: none.
	Limit float64
	Unit  string
	Curve []pad.Knot
}

// Arrow is the error that the map leaves at a cross, mm.
type Arrow struct{ At, Off pad.Point }

// Length of the arrow, mm.
func (a Arrow) Length() float64 { return math.Hypot(a.Off.X, a.Off.Y) }

// judge measures the step under way and overwrites its readings.
func (w *Wizard) judge() {
	s := w.samples()
	var r Result
	switch w.at {
	case Link:
		r = judgeLink(s, w.info.Rate)
	case Rest:
		r, w.noise = judgeRest(w.spots)
	case Reach:
		r = judgeReach(s, w.info)
	case Geometry:
		r, w.fit = judgeGeometry(w.targets)
	case Pressure:
		r = judgePressure(w.light, s)
	case Speed:
		r = judgeSpeed(s)
	case Lift:
		m := pad.MeasureLift(s, Strokes)
		r = Result{Verdict: m.Verdict, Facts: []Fact{{"strokes", fmt.Sprint(m.Got), fmt.Sprintf("= %d", m.Want)}}}
	case Latency:
		r = judgeLatency(w.got)
	}
	pad.Wipe(s)
	w.empty()
	w.waiting = true
	w.done[w.at] = &r
}

func judgeLink(s []pad.Sample, nominal float64) Result {
	m := pad.MeasureLink(s, nominal)
	period := 1000 / nominal
	r := Result{Verdict: m.Verdict, Facts: []Fact{
		{"rate", fmt.Sprintf("%.1f Hz", m.RateHz), fmt.Sprintf("%.0f ± 2%%", nominal)},
		{"p99", fmt.Sprintf("%.1f ms", m.P99MS), fmt.Sprintf("≤ %.1f", 2*period)},
		{"longest", fmt.Sprintf("%.1f ms", m.LongestMS), ""},
		{"lost", fmt.Sprint(m.Lost), "= 0"}}}
	var gaps []float64
	for i := 1; i < len(s); i++ {
		gaps = append(gaps, ms(s[i].T-s[i-1].T))
	}
	r.Plot = histogram(gaps, 0, 4*period, 2*period, "ms")
	return r
}

func judgeRest(spots [][]pad.Sample) (Result, float64) {
	m := pad.MeasureNoise(spots)
	var off []float64
	for _, s := range spots {
		var pts []pad.Point
		for _, p := range s {
			pts = append(pts, pad.Point{X: p.X, Y: p.Y})
		}
		mid := middle(pts)
		for _, p := range pts {
			off = append(off, math.Hypot(p.X-mid.X, p.Y-mid.Y))
		}
		clear(pts)
	}
	return Result{Verdict: m.Verdict, Plot: histogram(off, 0, math.Max(0.06, m.PeakMM), 0.05, "mm"), Facts: []Fact{
		{"rms", fmt.Sprintf("%.3f mm", m.RMSMM), "≤ 0.05"}, {"peak", fmt.Sprintf("%.3f mm", m.PeakMM), ""}}}, m.RMSMM
}

func judgeReach(s []pad.Sample, info pad.Info) Result {
	m := pad.MeasureReach(s, info)
	percent := func(v float64) string { return fmt.Sprintf("%.1f%%", 100*v) }
	return Result{Verdict: m.Verdict, Reached: [4]float64{m.Left, m.Top, info.Width - m.Right, info.Height - m.Bottom}, Facts: []Fact{
		{"wide", percent(m.X), "≥ 97%"}, {"high", percent(m.Y), "≥ 97%"},
		{"margins", fmt.Sprintf("%.1f / %.1f / %.1f / %.1f mm", m.Left, m.Top, m.Right, m.Bottom), ""}}}
}

func judgeGeometry(targets []pad.Target) (Result, pad.Calibration) {
	m, err := pad.MeasureGeometry(targets)
	c := m.Calibration
	r := Result{Verdict: m.Verdict, Facts: []Fact{
		{"rms", fmt.Sprintf("%.2f mm", c.Fit.RMS), ""},
		{"max", fmt.Sprintf("%.2f mm", c.Fit.Max), ""},
		{"loo", fmt.Sprintf("%.2f mm", c.Fit.LeaveOneOut), "≤ 0.50"},
		{"model", c.Kind, ""}}}
	if err != nil && !errors.Is(err, pad.ErrMisfit) {
		r.Facts = nil
		return r, pad.Calibration{}
	}
	for _, t := range targets {
		var x, y []float64
		for _, tap := range t.Taps {
			p := middle(tap)
			x, y = append(x, p.X), append(y, p.Y)
		}
		at := c.Apply(pad.Sample{X: median(x), Y: median(y)})
		r.Arrows = append(r.Arrows, Arrow{At: t.True, Off: pad.Point{X: at.X - t.True.X, Y: at.Y - t.True.Y}})
	}
	return r, c
}

func judgePressure(light, normal []pad.Sample) Result {
	m := pad.MeasureForce(light, normal, threshold)
	share := func(v float64) string { return fmt.Sprintf("%.0f%%", 100*v) }
	r := Result{Verdict: m.Verdict, Facts: []Fact{
		{"onset", fmt.Sprintf("%.1f%%", 100*m.Onset), fmt.Sprintf("> %.1f%%", 100*threshold)},
		{"median", share(m.Median), ""}, {"p95", share(m.P95), ""}, {"saturated", share(m.Saturated), "≤ 5%"}}}
	if len(m.Curve) > 1 {
		r.Plot = &Plot{Curve: m.Curve}
	}
	return r
}

func judgeSpeed(s []pad.Sample) Result {
	m := pad.MeasureSpeed(s)
	return Result{Verdict: m.Verdict, Facts: []Fact{{"fastest", fmt.Sprintf("%.0f mm/s", m.MMPerS), ""},
		{"jump", fmt.Sprintf("%.2f mm", m.JumpMM), "< 3"}, {"gaps", fmt.Sprint(m.Gaps), "= 0"}}}
}

func judgeLatency(s []pad.Arrival) Result {
	m := pad.MeasureLatency(s)
	var late []float64
	for _, a := range s {
		late = append(late, ms(a.Host-a.T))
	}
	least := slices.Min(append(late, math.Inf(1)))
	for i := range late {
		late[i] -= least
	}
	return Result{Verdict: m.Verdict, Plot: histogram(late, 0, 40, 20, "ms"), Facts: []Fact{
		{"p50", fmt.Sprintf("%.1f ms", m.P50MS), ""}, {"p95late", fmt.Sprintf("%.1f ms", m.P95MS), "≤ 20"},
		{"worst", fmt.Sprintf("%.1f ms", m.MaxMS), ""}}}
}

// bins of a histogram.
const bins = 30

// histogram of values; what lies above the end counts in the last bar.
func histogram(v []float64, from, to, limit float64, unit string) *Plot {
	p := &Plot{Bars: make([]float64, bins), From: from, To: to, Limit: limit, Unit: unit}
	for _, x := range v {
		p.Bars[max(0, min(bins-1, int((x-from)/(to-from)*bins)))]++
	}
	if most := slices.Max(p.Bars); most > 0 {
		for i := range p.Bars {
			p.Bars[i] /= most
		}
	}
	return p
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func median(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	v = slices.Sorted(slices.Values(v))
	n := len(v)
	return (v[(n-1)/2] + v[n/2]) / 2
}

// Verdict of the whole: the worst of what was measured, and how many steps that
// was.
func (v View) Verdict() (worst pad.Verdict, measured int) {
	rank := map[pad.Verdict]int{pad.Pass: 0, pad.Remarks: 1, pad.Fail: 2}
	worst = pad.Pass
	for _, r := range v.All {
		if r == nil {
			continue
		}
		measured++
		if rank[r.Verdict] > rank[worst] {
			worst = r.Verdict
		}
	}
	return worst, measured
}

// Calibration of what was measured. ok is false without a geometry that can be
// used: there is nothing to keep.
func (w *Wizard) Calibration() (c pad.Calibration, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	g := w.done[Geometry]
	if g == nil || g.Verdict == pad.Fail {
		return pad.Calibration{}, false
	}
	c = w.fit
	c.Pad, c.Firmware = w.info.ID(), w.info.Firmware
	if r := w.done[Rest]; r != nil && r.Verdict != pad.Fail {
		c.NoiseMM = w.noise
	}
	if r := w.done[Pressure]; r != nil && r.Verdict != pad.Fail && r.Plot != nil {
		c.Pressure = r.Plot.Curve
	}
	return c, true
}
