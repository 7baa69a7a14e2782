package pad

import (
	"math"
	"time"
)

// Verdict of one measurement of the wizard.
type Verdict string

// The verdicts.
const (
	Pass    Verdict = "pass"
	Remarks Verdict = "pass with remarks"
	Fail    Verdict = "fail"
)

func verdict(fail, remark bool) Verdict {
	switch {
	case fail:
		return Fail
	case remark:
		return Remarks
	}
	return Pass
}

// Arrival is a sample with the time at which the host had it, counted from the
// same start.
type Arrival struct {
	Sample
	Host time.Duration
}

// Link is measurement 1: five seconds of hovering.
type Link struct {
	Verdict Verdict `json:"verdict"`
	// RateHz is the mean rate, P99MS and LongestMS are intervals, Lost reports.
	RateHz    float64 `json:"rate_hz"`
	P99MS     float64 `json:"p99_ms"`
	LongestMS float64 `json:"longest_ms"`
	Lost      int     `json:"lost"`
}

// MeasureLink passes a rate within 2 % of the nominal, without loss, where 99
// of 100 intervals last two periods at most.
func MeasureLink(s []Sample, nominalHz float64) Link {
	if len(s) < 2 || nominalHz <= 0 {
		return Link{Verdict: Fail}
	}
	var gaps []float64
	l := Link{}
	for i := 1; i < len(s); i++ {
		gaps = append(gaps, ms(s[i].T-s[i-1].T))
		l.Lost += s[i].Lost
	}
	if span := (s[len(s)-1].T - s[0].T).Seconds(); span > 0 {
		l.RateHz = float64(len(s)-1+l.Lost) / span
	}
	l.P99MS, l.LongestMS = quantile(gaps, 0.99), quantile(gaps, 1)
	l.Verdict = verdict(l.Lost > 0 || math.Abs(l.RateHz/nominalHz-1) > 0.02, l.P99MS > 2000/nominalHz)
	return l
}

// Noise is measurement 2: the pen at rest in some places.
type Noise struct {
	Verdict Verdict `json:"verdict"`
	// RMSMM is the floor handed to the smoothing, PeakMM the widest swing.
	RMSMM  float64 `json:"rms_mm"`
	PeakMM float64 `json:"peak_mm"`
}

// MeasureNoise takes the worst of the places. Above 0.05 mm is a remark, above
// 0.25 mm a failure.
func MeasureNoise(places [][]Sample) Noise {
	n := Noise{Verdict: Fail}
	for _, s := range places {
		var x, y []float64
		for _, p := range s {
			x, y = append(x, p.X), append(y, p.Y)
		}
		if len(x) < 10 {
			return n
		}
		mx, my, sum := mean(x), mean(y), 0.0
		for i := range x {
			sum += (x[i]-mx)*(x[i]-mx) + (y[i]-my)*(y[i]-my)
		}
		n.RMSMM = math.Max(n.RMSMM, math.Sqrt(sum/float64(len(x))))
		n.PeakMM = math.Max(n.PeakMM, math.Max(quantile(x, 1)-quantile(x, 0), quantile(y, 1)-quantile(y, 0)))
	}
	if len(places) > 0 {
		n.Verdict = verdict(n.RMSMM > 0.25, n.RMSMM > 0.05)
	}
	return n
}

// Reach is measurement 3: the border, traced.
type Reach struct {
	Verdict Verdict `json:"verdict"`
	// X, Y are the shares of the declared size that the pen reached.
	X float64 `json:"x"`
	Y float64 `json:"y"`
	// Left, Top, Right, Bottom are dead margins in mm.
	Left   float64 `json:"left_mm"`
	Top    float64 `json:"top_mm"`
	Right  float64 `json:"right_mm"`
	Bottom float64 `json:"bottom_mm"`
}

// MeasureReach fails a pad that reaches less than nine tenths of what it
// declares: its firmware lies about its size.
func MeasureReach(s []Sample, info Info) Reach {
	var x, y []float64
	for _, p := range s {
		x, y = append(x, p.X), append(y, p.Y)
	}
	if len(x) == 0 || info.Width <= 0 || info.Height <= 0 {
		return Reach{Verdict: Fail}
	}
	r := Reach{Left: quantile(x, 0), Top: quantile(y, 0), Right: info.Width - quantile(x, 1), Bottom: info.Height - quantile(y, 1)}
	r.X, r.Y = 1-(r.Left+r.Right)/info.Width, 1-(r.Top+r.Bottom)/info.Height
	worst := math.Min(r.X, r.Y)
	r.Verdict = verdict(worst < 0.9, worst < 0.97)
	return r
}

// Force is measurement 5: from nothing to hard.
type Force struct {
	Verdict Verdict `json:"verdict"`
	// Onset is the pressure of the lightest visible stroke, Median and P95 of a
	// normal signature, Saturated the share of readings at the maximum.
	Onset     float64 `json:"onset"`
	Median    float64 `json:"median"`
	P95       float64 `json:"p95"`
	Saturated float64 `json:"saturated"`
	// Curve goes into the calibration.
	Curve []Knot `json:"curve"`
}

// MeasureForce builds the curve through (onset, 0), (median, 0.5), (p95, 0.9),
// (1, 1). light is the lightest stroke, normal a signature. on is the pad's
// threshold, 0 to 1: it must lie below the lightest stroke.
func MeasureForce(light, normal []Sample, on float64) Force {
	a, b := down(light), down(normal)
	if len(a) < 5 || len(b) < 20 {
		return Force{Verdict: Fail}
	}
	f := Force{Onset: quantile(a, 0.05), Median: median(b), P95: quantile(b, 0.95)}
	for _, p := range b {
		if p >= 0.999 {
			f.Saturated += 1 / float64(len(b))
		}
	}
	f.Curve = monotone([]Knot{{f.Onset, 0}, {f.Median, 0.5}, {f.P95, 0.9}, {1, 1}})
	f.Verdict = verdict(len(f.Curve) < 3 || f.Saturated > 0.5, f.Saturated > 0.05 || f.Onset <= on)
	return f
}

// monotone keeps knots that rise in both; a knot that does not is left out.
func monotone(k []Knot) []Knot {
	out := k[:1:1]
	for _, n := range k[1:] {
		last := out[len(out)-1]
		if n.In > last.In+1e-6 && n.Out > last.Out {
			out = append(out, n)
		}
	}
	return out
}

func down(s []Sample) (p []float64) {
	for i := range s {
		if s[i].Phase == Down {
			p = append(p, s[i].P)
		}
	}
	return p
}

// Speed is measurement 6: a fast zigzag and a complex character.
type Speed struct {
	Verdict Verdict `json:"verdict"`
	// MMPerS is the highest speed, JumpMM the widest step, Gaps losses.
	MMPerS float64 `json:"mm_per_s"`
	JumpMM float64 `json:"jump_mm"`
	Gaps   int     `json:"gaps"`
}

// MeasureSpeed fails any gap, and a step of 3 mm at 500 mm/s or slower.
func MeasureSpeed(s []Sample) Speed {
	v := Speed{Verdict: Fail}
	slowJump := false
	for i := 1; i < len(s); i++ {
		if s[i].Lost > 0 {
			v.Gaps++
		}
		if s[i].Phase != Down || s[i-1].Phase != Down {
			continue
		}
		step := math.Hypot(s[i].X-s[i-1].X, s[i].Y-s[i-1].Y)
		v.JumpMM = math.Max(v.JumpMM, step)
		speed := math.Inf(1)
		if dt := (s[i].T - s[i-1].T).Seconds(); dt > 0 {
			speed = step / dt
			v.MMPerS = math.Max(v.MMPerS, speed)
		}
		slowJump = slowJump || step >= 3 && speed <= 500
	}
	if len(s) > 1 {
		v.Verdict = verdict(v.Gaps > 0 || slowJump, v.JumpMM >= 3)
	}
	return v
}

// Lift is measurement 7: dots and dashes, counted.
type Lift struct {
	Verdict Verdict `json:"verdict"`
	Want    int     `json:"want"`
	Got     int     `json:"got"`
}

// MeasureLift finds swallowed and split strokes.
func MeasureLift(s []Sample, want int) Lift {
	l := Lift{Want: want}
	for i := range s {
		if s[i].Phase == Down && (i == 0 || s[i-1].Phase != Down) {
			l.Got++
		}
	}
	l.Verdict = verdict(l.Got != want, false)
	return l
}

// Latency is measurement 8: how much later than the fastest report each came.
type Latency struct {
	Verdict Verdict `json:"verdict"`
	P50MS   float64 `json:"p50_ms"`
	P95MS   float64 `json:"p95_ms"`
	MaxMS   float64 `json:"max_ms"`
}

// MeasureLatency compares the host's clock with the pad's. Above 20 ms at the
// 95th percentile is a remark, above 60 ms a failure: ink would lag the pen.
func MeasureLatency(s []Arrival) Latency {
	if len(s) == 0 {
		return Latency{Verdict: Fail}
	}
	var d []float64
	for i := range s {
		d = append(d, ms(s[i].Host-s[i].T))
	}
	least := quantile(d, 0)
	l := Latency{P50MS: quantile(d, 0.5) - least, P95MS: quantile(d, 0.95) - least, MaxMS: quantile(d, 1) - least}
	l.Verdict = verdict(l.P95MS > 60, l.P95MS > 20)
	return l
}

// Geometry is measurement 4: a fit and what it is worth.
type Geometry struct {
	Verdict     Verdict     `json:"verdict"`
	Calibration Calibration `json:"calibration"`
}

// MeasureGeometry fits and judges: above 0.5 mm by leave-one-out is a remark,
// above 1 mm a failure.
func MeasureGeometry(targets []Target) (Geometry, error) {
	c, err := FitGeometry(targets)
	if err != nil {
		return Geometry{Verdict: Fail, Calibration: c}, err
	}
	return Geometry{verdict(c.Fit.LeaveOneOut > 1, c.Fit.LeaveOneOut > tryProjective), c}, nil
}

// Parallax is how far two geometries differ in mm at the middle of the surface:
// measure with the pen tilted one way, then the other.
func Parallax(a, b Calibration, info Info) float64 {
	p := Sample{X: info.Width / 2, Y: info.Height / 2}
	pa, pb := a.Apply(p), b.Apply(p)
	return math.Hypot(pa.X-pb.X, pa.Y-pb.Y)
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func mean(v []float64) (m float64) {
	for _, x := range v {
		m += x / float64(len(v))
	}
	return m
}
