package ink

import (
	"math"
	"slices"
)

// even takes the noise out of the pressures of a stroke: a median of three
// against single wrong readings, then a moving mean with weights 1 2 1.
func even(rs []report) []float64 {
	n := len(rs)
	med := make([]float64, n)
	for i := range rs {
		a, b, c := rs[max(0, i-1)].p, rs[i].p, rs[min(n-1, i+1)].p
		med[i] = math.Max(math.Min(a, b), math.Min(math.Max(a, b), c))
	}
	if n > 2 {
		med[0], med[n-1] = rs[0].p, math.Min(rs[n-1].p, med[n-1])
	}
	out := make([]float64, n)
	for i := range rs {
		out[i] = (med[max(0, i-1)] + 2*med[i] + med[min(n-1, i+1)]) / 4
	}
	return out
}

// touch is how pressure becomes width: straight pieces through low, high and
// the ends, so that it is monotone.
type touch struct {
	low, high float64 // pressures for the width at share lowShare and highShare
	flat      bool    // the pad has no pressure
}

const (
	lowShare, highShare = 0.06, 0.94
	// lowRank, highRank of the pressures of a signature.
	lowRank, highRank = 0.08, 0.92
	// leastSpan keeps a signature of even pressure from being blown up.
	leastSpan = 0.5
	// flatShare of the nib range is the width without pressure.
	flatShare = 0.4
)

// feel takes the measure of the signature's own pressures.
func feel(p []float64) touch {
	s := slices.Clone(p)
	slices.Sort(s)
	n := len(s)
	if n == 0 || s[n-1] == 0 {
		return touch{flat: true}
	}
	lo, hi := s[int(lowRank*float64(n-1))], s[int(highRank*float64(n-1)+0.5)]
	if lack := leastSpan - (hi - lo); lack > 0 {
		lo, hi = lo-lack/2, hi+lack/2
	}
	clear(s)
	return touch{low: lo, high: hi}
}

// share of the nib's range for a pressure, 0..1.
func (t touch) share(p float64) float64 {
	switch {
	case t.flat:
		return flatShare
	case p < t.low:
		if t.low <= 0 {
			return lowShare
		}
		return lowShare * p / t.low
	case p > t.high:
		if t.high >= 1 {
			return highShare
		}
		return highShare + (1-highShare)*(p-t.high)/(1-t.high)
	}
	return lowShare + (highShare-lowShare)*(p-t.low)/(t.high-t.low)
}
