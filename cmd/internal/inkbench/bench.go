//go:build virtualpad

package inkbench

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"moqian/pad"
	"moqian/render/ink"
)

// entry is one line of the judge's input: reports in device units, Y down.
type entry struct {
	ID      string       `json:"id"`
	UnitMM  [2]float64   `json:"unit_mm"`
	PMax    float64      `json:"pmax"`
	Hz      float64      `json:"hz"`
	NibMM   [2]float64   `json:"nib_mm"`
	Samples [][5]float64 `json:"samples"`
}

// longestLine bounds one case: 100,000 reports of 60 characters, with room.
const longestLine = 16 << 20

// each reads the cases one by one, turns them into samples, and wipes them.
func each(ctx context.Context, r io.Reader, do func(c *entry, s []pad.Sample) error) error {
	sc := bufio.NewScanner(r)
	sc.Buffer(nil, longestLine)
	for n := 1; sc.Scan(); n++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		if len(bytes.TrimSpace(sc.Bytes())) == 0 {
			continue
		}
		var c entry
		if err := json.Unmarshal(sc.Bytes(), &c); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
		if err := c.check(); err != nil {
			return fmt.Errorf("line %d, case %q: %w", n, c.ID, err)
		}
		s := c.pen()
		err := do(&c, s)
		clear(s)
		clear(c.Samples)
		if err != nil {
			return fmt.Errorf("line %d, case %q: %w", n, c.ID, err)
		}
	}
	return sc.Err()
}

func (c *entry) check() error {
	if !(c.UnitMM[0] > 0 && c.UnitMM[1] > 0) {
		return errors.New("unit_mm must be above 0")
	}
	if c.PMax < 0 {
		return errors.New("pmax must not be negative")
	}
	return nil
}

func (c *entry) params() ink.Params {
	return ink.Params{Nib: ink.Nib{Min: c.NibMM[0], Max: c.NibMM[1]}, Rate: c.Hz}
}

// pen turns reports into samples on a pad.
func (c *entry) pen() []pad.Sample {
	out := make([]pad.Sample, len(c.Samples))
	for i, r := range c.Samples {
		s := pad.Sample{T: time.Duration(r[0] * float64(time.Millisecond)), X: r[1] * c.UnitMM[0], Y: r[2] * c.UnitMM[1]}
		if c.PMax > 0 {
			s.P = r[3] / c.PMax
		}
		if r[4] != 0 {
			s.Phase = pad.Down
		}
		out[i] = s
	}
	return out
}

// Bench reads cases in the judge's format from r, one a line, and writes what
// the engine made of each to w: for every stroke the centreline "c"
// ([t_ms, x, y, width] in mm, at most 0.1 mm apart) and the outline "o"
// (closed polygons for the nonzero rule, flattened to 2 µm), both at the size
// and place of the hand, Y downwards.
func Bench(ctx context.Context, r io.Reader, w io.Writer) error {
	out := bufio.NewWriterSize(w, 1<<16)
	var line []byte
	err := each(ctx, r, func(c *entry, s []pad.Sample) error {
		k, err := ink.Smooth(s, c.params())
		if err != nil {
			return err
		}
		defer k.Wipe()
		line = appendStrokes(line[:0], c.ID, k)
		_, err = out.Write(line)
		return err
	})
	clear(line[:cap(line)])
	return errors.Join(err, out.Flush())
}

func appendStrokes(b []byte, id string, k *ink.Ink) []byte {
	outlines, pl := k.Natural()
	name, _ := json.Marshal(id)
	b = append(append(b, `{"id":`...), name...)
	b = append(b, `,"strokes":[`...)
	for i, o := range outlines {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"c":`...)
		b = appendDabs(b, k.Dabs(i, 0))
		b = append(b, `,"o":[`...)
		for j, c := range o.Contours {
			if j > 0 {
				b = append(b, ',')
			}
			b = appendContour(b, c, pl)
		}
		b = append(b, `]}`...)
	}
	return append(b, "]}\n"...)
}

func appendContour(b []byte, c ink.Contour, pl ink.Placement) []byte {
	b = append(b, '[')
	flatten(c, func(x, y float64) {
		if b[len(b)-1] != '[' {
			b = append(b, ',')
		}
		x, y = pl.Back(x, y)
		b = appendNumbers(b, x, y)
	})
	return append(b, ']')
}

func appendNumbers(b []byte, vs ...float64) []byte {
	b = append(b, '[')
	for i, v := range vs {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendFloat(b, v, 'f', 4, 64)
	}
	return append(b, ']')
}
