package padcmd

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"moqian/pad"
)

// TapsSchema marks a file of taps.
const TapsSchema = "moqian/taps/1"

// Help documents `calibrate fit` for its --help.
const Help = `calibrate fit reads taps as JSON and writes a calibration as JSON.

Input:
  {
    "schema":   "moqian/taps/1",
    "pad":      "056a:00a4 5JZQS00032",     which device (optional)
    "firmware": "1.04",                     (optional)
    "operator": "T001",                     (optional)
    "made":     "2026-11-28T09:00:00Z",     (optional)
    "targets": [                            at least 4, not in a line; the wizard shows 9
      {"x": 9.6, "y": 6.0,                  where the cross is, mm from the top left, y down
       "taps": [                            as often as it was tapped
         [[9.71, 6.12], [9.70, 6.10]],      one tap: its touching samples, mm as the pad reports them
         [9.69, 6.11]                       or one point
       ]}
    ],
    "rest":  [[[48.0, 30.0], …], …],        (optional) the pen at rest, a list of points a place
    "force": {"light": [0.03, …], "normal": [0.4, …], "on": 0.0205}
                                            (optional) pressure 0 to 1 of the lightest visible
                                            stroke, of a signature, and the pad's threshold
  }

Output:
  {"id": "…16 hex digits…", "verdict": "pass" | "pass with remarks" | "fail",
   "kind": "affine" | "projective", "rms_mm": …, "max_mm": …, "leave_one_out_mm": …, "targets": 9,
   "noise": {…}, "force": {…}, "calibration": {"schema": "moqian/calibration/1", "map": [9 numbers], …}}

The map is affine by least squares; projective only where affine leaves more than
0.5 mm and leave-one-out says that projective is 30 % better.

Example:
  tellerctl calibrate fit --json < taps.json
`

// ErrTaps: the file is not one of taps.
var ErrTaps = errors.New("not a file of taps")

// maxTaps bounds the input: 16 MiB.
const maxTaps = 16 << 20

type tapsFile struct {
	Schema   string       `json:"schema"`
	Pad      string       `json:"pad"`
	Firmware string       `json:"firmware"`
	Operator string       `json:"operator"`
	Made     time.Time    `json:"made"`
	Targets  []tapsTarget `json:"targets"`
	Rest     [][]point    `json:"rest"`
	Force    *force       `json:"force"`
}

type tapsTarget struct {
	X    *float64 `json:"x"`
	Y    *float64 `json:"y"`
	Taps []tap    `json:"taps"`
}

type force struct {
	Light  []float64 `json:"light"`
	Normal []float64 `json:"normal"`
	On     float64   `json:"on"`
}

// point is [x, y].
type point pad.Point

// UnmarshalJSON wants exactly two numbers.
func (p *point) UnmarshalJSON(b []byte) error {
	var v []float64
	if err := json.Unmarshal(b, &v); err != nil || len(v) != 2 {
		return fmt.Errorf("%w: a point is [x, y]", ErrTaps)
	}
	p.X, p.Y = v[0], v[1]
	return nil
}

// tap is one point, or a list of them.
type tap []pad.Point

// UnmarshalJSON takes both forms.
func (t *tap) UnmarshalJSON(b []byte) error {
	var one point
	if one.UnmarshalJSON(b) == nil {
		*t = tap{pad.Point(one)}
		return nil
	}
	var many []point
	if err := json.Unmarshal(b, &many); err != nil {
		return fmt.Errorf("%w: a tap is a point or a list of points", ErrTaps)
	}
	for _, p := range many {
		*t = append(*t, pad.Point(p))
	}
	return nil
}

// Result of a fit.
type Result struct {
	ID          string      `json:"id"`
	Verdict     pad.Verdict `json:"verdict"`
	Kind        string      `json:"kind"`
	RMS         float64     `json:"rms_mm"`
	Max         float64     `json:"max_mm"`
	LeaveOneOut float64     `json:"leave_one_out_mm"`
	Targets     int         `json:"targets"`
	Noise       *pad.Noise  `json:"noise,omitempty"`
	Force       *pad.Force  `json:"force,omitempty"`
	// Calibration is what store keeps and pad.Device.Calibrate takes.
	Calibration pad.Calibration `json:"calibration"`
}

// Fit turns a file of taps into a calibration. Errors: ErrTaps,
// pad.ErrTargets, pad.ErrMisfit (with a Result whose verdict is fail).
func Fit(taps io.Reader) (Result, error) {
	f, err := readTaps(taps)
	if err != nil {
		return Result{}, err
	}
	var targets []pad.Target
	for _, t := range f.Targets {
		target := pad.Target{True: pad.Point{X: *t.X, Y: *t.Y}}
		for _, p := range t.Taps {
			target.Taps = append(target.Taps, p)
		}
		targets = append(targets, target)
	}
	g, err := pad.MeasureGeometry(targets)
	c := g.Calibration
	c.Pad, c.Firmware, c.Operator, c.Made = f.Pad, f.Firmware, f.Operator, f.Made
	r := Result{Verdict: g.Verdict}
	if f.Rest != nil {
		n := pad.MeasureNoise(places(f.Rest))
		r.Noise, c.NoiseMM = &n, n.RMSMM
		r.Verdict = worse(r.Verdict, n.Verdict)
	}
	if f.Force != nil {
		m := pad.MeasureForce(pressed(f.Force.Light), pressed(f.Force.Normal), f.Force.On)
		r.Force, c.Pressure = &m, m.Curve
		r.Verdict = worse(r.Verdict, m.Verdict)
	}
	r.Kind, r.RMS, r.Max, r.LeaveOneOut, r.Targets = c.Kind, c.Fit.RMS, c.Fit.Max, c.Fit.LeaveOneOut, c.Fit.Targets
	r.Calibration = c
	if err == nil {
		r.ID = c.ID()
	}
	return r, err
}

func readTaps(r io.Reader) (tapsFile, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxTaps+1))
	if err != nil {
		return tapsFile{}, err
	}
	if len(b) > maxTaps {
		return tapsFile{}, fmt.Errorf("%w: longer than %d bytes", ErrTaps, maxTaps)
	}
	var f tapsFile
	if err := json.Unmarshal(b, &f); err != nil {
		return f, fmt.Errorf("%w: %w", ErrTaps, err)
	}
	if f.Schema != TapsSchema {
		return f, fmt.Errorf("%w: schema %q, want %q", ErrTaps, f.Schema, TapsSchema)
	}
	for i, t := range f.Targets {
		if t.X == nil || t.Y == nil {
			return f, fmt.Errorf("%w: target %d has no x and y", ErrTaps, i+1)
		}
	}
	return f, nil
}

func places(rest [][]point) (out [][]pad.Sample) {
	for _, r := range rest {
		var s []pad.Sample
		for _, p := range r {
			s = append(s, pad.Sample{X: p.X, Y: p.Y, Phase: pad.Down})
		}
		out = append(out, s)
	}
	return out
}

func pressed(p []float64) (s []pad.Sample) {
	for _, v := range p {
		s = append(s, pad.Sample{P: v, Phase: pad.Down})
	}
	return s
}

func worse(a, b pad.Verdict) pad.Verdict {
	rank := map[pad.Verdict]int{pad.Pass: 0, pad.Remarks: 1, pad.Fail: 2}
	if rank[b] > rank[a] {
		return b
	}
	return a
}
