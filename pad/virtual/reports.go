//go:build virtualpad

package virtual

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strconv"
)

// reports are the tuples t, x, y, p, tip of one record. They have a decoder of
// their own because the one of encoding/json leaves number texts in memory.
type reports [][5]float64

// UnmarshalJSON reads [[t,x,y,p,tip],…] from valid JSON, in place.
func (r *reports) UnmarshalJSON(b []byte) error {
	if *r != nil {
		return errors.New("more than one list of reports")
	}
	out := make(reports, 0, min(bytes.Count(b, []byte("[")), maxReports+1))
	if err := out.parse(b); err != nil {
		clear(out[:cap(out)])
		return err
	}
	*r = out
	return nil
}

func (r *reports) parse(b []byte) error {
	b, ok := open(b)
	for first := true; ok; first = false {
		if b, ok = shut(b); ok {
			return nil
		}
		if len(*r) >= maxReports {
			return fmt.Errorf("more than %d reports", maxReports)
		}
		if b, ok = comma(b, first); !ok {
			break
		}
		var one [5]float64
		var err error
		if b, err = tuple(b, &one); err != nil {
			return fmt.Errorf("report %d: %w", len(*r), err)
		}
		*r = append(*r, one)
	}
	return errors.New("the reports are no list")
}

var errTuple = errors.New("want five numbers [t,x,y,p,tip]")

func tuple(b []byte, out *[5]float64) ([]byte, error) {
	b, ok := open(b)
	for i := 0; ok && i < len(out); i++ {
		if b, ok = comma(b, i == 0); !ok {
			break
		}
		n := 0
		for n < len(b) && bytes.IndexByte([]byte("+-.0123456789eE"), b[n]) >= 0 {
			n++
		}
		// A conversion in the argument of ParseFloat stays on the stack.
		v, err := strconv.ParseFloat(string(b[:n]), 64)
		if err != nil || math.IsInf(v, 0) {
			return nil, errTuple
		}
		out[i], b = v, b[n:]
	}
	if ok {
		b, ok = shut(b)
	}
	if !ok {
		return nil, errTuple
	}
	return b, nil
}

func open(b []byte) ([]byte, bool) { return bytes.CutPrefix(space(b), []byte("[")) }
func shut(b []byte) ([]byte, bool) { return bytes.CutPrefix(space(b), []byte("]")) }

// comma wants a comma before every element but the first.
func comma(b []byte, first bool) ([]byte, bool) {
	if first {
		return space(b), true
	}
	b, ok := bytes.CutPrefix(space(b), []byte(","))
	return space(b), ok
}

func space(b []byte) []byte { return bytes.TrimLeft(b, " \t\r\n") }
