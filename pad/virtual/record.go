//go:build virtualpad

package virtual

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"

	"moqian/pad"
)

const (
	// maxBack is how far a real clock was seen to run back between two reports
	// (8 ms in the SVC 2004 files), with room; more is a broken record.
	maxBack = 50 * time.Millisecond
	// maxSize in mm: no pad is larger; a larger track has the wrong units.
	maxSize = 2000
	// maxReports bounds a record: 2 h at 200 Hz.
	maxReports = 1 << 20
)

var (
	errNoHeader = errors.New("no header line")
	errNoID     = errors.New("no record with this id")
)

// ReadOptions of a file of records.
type ReadOptions struct {
	// ID of the record; empty: the first one.
	ID string
	// Scale multiplies every length; 0 means 1. Handwriting recorded on a
	// blackboard needs 0.1.
	Scale float64
}

// header is line 1 of a file: what the numbers of every record mean.
type header struct {
	UnitsX   float64 `json:"units_per_mm_x"`
	UnitsY   float64 `json:"units_per_mm_y"`
	YAxis    string  `json:"y_axis"`
	Rate     float64 `json:"rate_hz"`
	PMax     float64 `json:"pmax"`
	Pressure bool    `json:"pressure_in_data"`
}

// ReadTrack takes one record out of a file of handwriting: JSON lines, the
// first {"header":{…}}, every other {"id":…,"s":[[t_ms,x,y,p,tip],…]} in device
// units. It overwrites data before it returns, whatever it returns. An error
// names the line and the id; nothing of a broken record is handed on.
func ReadTrack(data []byte, opt ReadOptions) (Track, error) {
	defer clear(data)
	h, err := readHeader(data)
	if err != nil {
		return Track{}, err
	}
	found := Track{}
	err = eachRecord(data, func(n int, id string, line []byte) (bool, error) {
		if opt.ID != "" && id != opt.ID {
			return true, nil
		}
		t, err := readRecord(line, h, opt.scale())
		if err != nil {
			return false, fmt.Errorf("line %d, record %q: %w", n, id, err)
		}
		t.ID = id
		found = t
		return false, nil
	})
	if err == nil && found.Samples == nil {
		err = fmt.Errorf("record %q: %w", opt.ID, errNoID)
	}
	return found, err
}

// IDs lists the records of a file in order. It neither keeps nor overwrites
// data.
func IDs(data []byte) ([]string, error) {
	if _, err := readHeader(data); err != nil {
		return nil, err
	}
	var ids []string
	err := eachRecord(data, func(_ int, id string, _ []byte) (bool, error) {
		ids = append(ids, id)
		return true, nil
	})
	return ids, err
}

func (o ReadOptions) scale() float64 {
	if o.Scale == 0 {
		return 1
	}
	return o.Scale
}

func readHeader(data []byte) (header, error) {
	line, _, _ := bytes.Cut(data, []byte("\n"))
	var first struct {
		Header *header `json:"header"`
	}
	if err := json.Unmarshal(line, &first); err != nil {
		return header{}, fmt.Errorf("line 1: %w", err)
	}
	h := first.Header
	switch {
	case h == nil:
		return header{}, fmt.Errorf("line 1: %w", errNoHeader)
	case !(h.UnitsX > 0) || !(h.UnitsY > 0):
		return header{}, errors.New("line 1: units_per_mm_x and units_per_mm_y must be above 0")
	case h.YAxis != "up" && h.YAxis != "down":
		return header{}, fmt.Errorf("line 1: y_axis is %q, want up or down", h.YAxis)
	case h.Rate < 0 || h.PMax < 0:
		return header{}, errors.New("line 1: rate_hz and pmax must not be negative")
	}
	return *h, nil
}

// eachRecord calls f for each line after the first until f wants no more. It
// reads ids only: the JSON decoder skips the samples without copying them.
func eachRecord(data []byte, f func(n int, id string, line []byte) (more bool, err error)) error {
	_, rest, _ := bytes.Cut(data, []byte("\n"))
	seen := map[string]bool{}
	for n := 2; len(rest) > 0; n++ {
		var line []byte
		line, rest, _ = bytes.Cut(rest, []byte("\n"))
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		var r struct {
			ID string `json:"id"`
		}
		if err := json.Unmarshal(line, &r); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
		if r.ID == "" {
			return fmt.Errorf("line %d: record without an id", n)
		}
		if seen[r.ID] {
			return fmt.Errorf("line %d: a second record %q", n, r.ID)
		}
		seen[r.ID] = true
		if more, err := f(n, r.ID, line); !more || err != nil {
			return err
		}
	}
	return nil
}

// readRecord turns one line into mm on a surface; it wipes what it drops.
func readRecord(line []byte, h header, scale float64) (_ Track, err error) {
	if !(scale > 0) || math.IsInf(scale, 0) {
		return Track{}, fmt.Errorf("scale is %v, want a number above 0", scale)
	}
	var r struct {
		S reports `json:"s"`
	}
	defer func() { clear(r.S) }()
	if err := json.Unmarshal(line, &r); err != nil {
		return Track{}, err
	}
	t := Track{Samples: make([]pad.Sample, len(r.S)), Rate: h.Rate}
	if t.Rate == 0 {
		t.Rate = usualRate
	}
	if h.Pressure && h.PMax > 0 {
		t.Levels = int(min(h.PMax, math.MaxUint16)) + 1
	}
	if err := h.convert(t.Samples, r.S, scale); err != nil {
		t.Wipe()
		return Track{}, err
	}
	t.place()
	return t, nil
}

// convert fills out from the reports, checking each; errors count reports from
// 0 and name no coordinate.
func (h header) convert(out []pad.Sample, in reports, scale float64) error {
	if len(in) == 0 {
		return errors.New("no reports")
	}
	down := false
	last := time.Duration(0)
	for i := range in {
		s, err := h.sample(&in[i], in[0][0], scale)
		if err != nil {
			return fmt.Errorf("report %d: %w", i, err)
		}
		if s.T < last-maxBack {
			return fmt.Errorf("report %d: time runs back by %v", i, last-s.T)
		}
		last = max(last, s.T)
		down = down || s.Phase == pad.Down
		out[i] = s
	}
	if !down {
		return errors.New("the pen never touches the pad")
	}
	return nil
}

func (h header) sample(r *[5]float64, t0, scale float64) (pad.Sample, error) {
	ms := r[0] - t0
	s := pad.Sample{T: time.Duration(ms * float64(time.Millisecond)),
		X: r[1] / h.UnitsX * scale, Y: r[2] / h.UnitsY * scale}
	if h.YAxis == "up" {
		s.Y = -s.Y
	}
	switch {
	case math.Abs(ms) > float64(24*time.Hour/time.Millisecond):
		return s, errors.New("time is more than a day from the first report")
	case math.Abs(s.X) > maxSize || math.Abs(s.Y) > maxSize:
		return s, fmt.Errorf("position is more than %d mm from the origin", maxSize)
	case r[3] < 0 || h.Pressure && r[3] > h.PMax:
		return s, fmt.Errorf("pressure is outside 0 to %v", h.PMax)
	case r[4] != 0 && r[4] != 1:
		return s, errors.New("tip is neither 0 nor 1")
	}
	if h.Pressure && h.PMax > 0 {
		s.P = r[3] / h.PMax
	}
	if r[4] == 1 {
		s.Phase = pad.Down
	}
	return s, nil
}
