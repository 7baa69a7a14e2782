package pad

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math"
	"sort"
	"time"
)

// CalibrationSchema marks a calibration as JSON.
const CalibrationSchema = "moqian/calibration/1"

// Calibration corrects one pad: positions by a projective map from mm to mm,
// pressure by a rising curve. The zero value changes nothing.
type Calibration struct {
	Schema string `json:"schema"`
	// Pad names the device ("056a:00a4 5JZQS00032"), Firmware what it ran.
	Pad      string `json:"pad"`
	Firmware string `json:"firmware,omitempty"`
	// Made and Operator: when and by whom.
	Made     time.Time `json:"made"`
	Operator string    `json:"operator,omitempty"`
	// Kind is Affine or Projective.
	Kind string `json:"kind"`
	// Map is a 3×3 matrix, row by row: measured mm to true mm. All zero is the
	// identity.
	Map Matrix `json:"map"`
	// Pressure are knots of the curve, rising in both; none leaves it alone.
	Pressure []Knot `json:"pressure,omitempty"`
	// NoiseMM is the RMS of a pen at rest, the floor of the smoothing; 0 when
	// it was not measured.
	NoiseMM float64 `json:"noise_mm,omitempty"`
	// Fit says how well the map fits its targets.
	Fit Residuals `json:"fit"`
}

// Kinds of map.
const (
	Affine     = "affine"
	Projective = "projective"
)

// Knot of the pressure curve: raw 0 to 1, corrected 0 to 1.
type Knot struct {
	In  float64 `json:"in"`
	Out float64 `json:"out"`
}

// Residuals of a fit in mm.
type Residuals struct {
	// RMS and Max over the targets; LeaveOneOut is the RMS error at each target
	// of the map fitted without it.
	RMS         float64 `json:"rms_mm"`
	Max         float64 `json:"max_mm"`
	LeaveOneOut float64 `json:"leave_one_out_mm"`
	// Targets that were used.
	Targets int `json:"targets"`
}

// ID names the calibration: the first 16 hex digits of the SHA-256 of its JSON.
func (c *Calibration) ID() string {
	b, err := json.Marshal(c)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

// Apply corrects one sample. Time, phase and losses stay as they are.
func (c *Calibration) Apply(s Sample) Sample {
	if c.Map != (Matrix{}) {
		p := c.Map.at(Point{s.X, s.Y})
		s.X, s.Y = p.X, p.Y
	}
	if len(c.Pressure) > 1 {
		s.P = curve(c.Pressure, s.P)
	}
	return s
}

// curve is piecewise linear and flat outside its knots.
func curve(k []Knot, p float64) float64 {
	i := sort.Search(len(k), func(i int) bool { return k[i].In >= p })
	switch {
	case i == 0:
		return k[0].Out
	case i == len(k):
		return k[i-1].Out
	}
	a, b := k[i-1], k[i]
	return a.Out + (b.Out-a.Out)*(p-a.In)/(b.In-a.In)
}

// Point in mm.
type Point struct{ X, Y float64 }

// Target is one cross of the wizard with the taps on it. Each tap is its
// touching samples; their median counts, not the first.
type Target struct {
	True Point
	Taps [][]Point
}

var (
	// ErrTargets: too few targets, or in a line: no map can be found.
	ErrTargets = errors.New("校准点不足或共线 (too few calibration targets, or all in a line)")
	// ErrMisfit: the best map still misses the targets by more than a pad can.
	ErrMisfit = errors.New("校准误差过大 (the taps do not fit the targets)")
)

const (
	// tryProjective: leave-one-out error in mm above which eight parameters
	// are tried, and the gain that keeps them.
	tryProjective  = 0.5
	projectiveGain = 0.30
	// hopeless: a leave-one-out error in mm that no map mends.
	hopeless = 5
)

// FitGeometry finds the map from measured to true positions. It is affine;
// projective only if affine leaves more than 0.5 mm and leave-one-out says that
// projective is 30 % better. At least 4 targets, not in a line.
func FitGeometry(targets []Target) (Calibration, error) {
	var from, to []Point
	for _, t := range targets {
		if p, ok := centre(t.Taps); ok {
			from, to = append(from, p), append(to, t.True)
		}
	}
	if len(from) < 4 {
		return Calibration{}, ErrTargets
	}
	a, ra, err := fitWith(fitAffine, from, to)
	if err != nil {
		return Calibration{}, err
	}
	c := Calibration{Schema: CalibrationSchema, Kind: Affine, Map: a, Fit: ra}
	if ra.LeaveOneOut > tryProjective && len(from) >= 6 {
		p, rp, err := fitWith(fitProjective, from, to)
		if err == nil && rp.LeaveOneOut <= (1-projectiveGain)*ra.LeaveOneOut {
			c.Kind, c.Map, c.Fit = Projective, p, rp
		}
	}
	if !(c.Fit.LeaveOneOut <= hopeless) {
		return c, ErrMisfit
	}
	return c, nil
}

// centre is the median of the taps' medians.
func centre(taps [][]Point) (Point, bool) {
	var xs, ys []float64
	for _, tap := range taps {
		if len(tap) == 0 {
			continue
		}
		var x, y []float64
		for _, p := range tap {
			if !finite(p.X) || !finite(p.Y) {
				return Point{}, false
			}
			x, y = append(x, p.X), append(y, p.Y)
		}
		xs, ys = append(xs, median(x)), append(ys, median(y))
	}
	if len(xs) == 0 {
		return Point{}, false
	}
	return Point{median(xs), median(ys)}, true
}

func median(v []float64) float64 {
	v = append([]float64(nil), v...)
	sort.Float64s(v)
	n := len(v)
	if n == 0 {
		return 0
	}
	if n%2 == 1 {
		return v[n/2]
	}
	return (v[n/2-1] + v[n/2]) / 2
}

type fitter func(from, to []Point) (Matrix, error)

// fitWith fits all targets and measures the error, also by leaving each out.
func fitWith(fit fitter, from, to []Point) (Matrix, Residuals, error) {
	m, err := fit(from, to)
	if err != nil {
		return m, Residuals{}, err
	}
	r := Residuals{Targets: len(from)}
	sum, out := 0.0, 0.0
	for i := range from {
		e := dist(m.at(from[i]), to[i])
		sum += e * e
		r.Max = math.Max(r.Max, e)
		f, t := without(from, i), without(to, i)
		m1, err := fit(f, t)
		if err != nil {
			return m, r, err
		}
		e = dist(m1.at(from[i]), to[i])
		out += e * e
	}
	n := float64(len(from))
	r.RMS, r.LeaveOneOut = math.Sqrt(sum/n), math.Sqrt(out/n)
	if !finite(r.LeaveOneOut) {
		return m, r, ErrTargets
	}
	return m, r, nil
}

func without(p []Point, i int) []Point { return append(append([]Point(nil), p[:i]...), p[i+1:]...) }

func dist(a, b Point) float64 { return math.Hypot(a.X-b.X, a.Y-b.Y) }

// quantile of an unsorted list, q from 0 to 1; 0 of an empty one.
func quantile(v []float64, q float64) float64 {
	if len(v) == 0 {
		return 0
	}
	v = append([]float64(nil), v...)
	sort.Float64s(v)
	return v[int(math.Round(q*float64(len(v)-1)))]
}
