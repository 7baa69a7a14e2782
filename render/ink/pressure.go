package ink

import (
	"cmp"
	"math"
	"slices"
)

// even takes the noise out of the pressures of a stroke: a median of three
// against single wrong readings, then a mean with the weights 1 4 6 4 1. At
// both ends the pressure goes on as the pen said, but the last reading, where
// the pad already loses the pen, never rises.
func even(rs []report) []float64 {
	n := len(rs)
	med := make([]float64, n)
	for i := range rs {
		med[i] = median(rs[max(0, i-1)].p, rs[i].p, rs[min(n-1, i+1)].p)
	}
	if n > 2 {
		med[0], med[n-1] = rs[0].p, math.Min(rs[n-1].p, med[n-2])
	}
	out := make([]float64, n)
	for i := range rs {
		m := func(j int) float64 { return med[max(0, min(n-1, j))] }
		out[i] = calmed(m(i-2), m(i-1), m(i), m(i+1), m(i+2))
	}
	clear(med)
	return out
}

// calmed is the weighted mean of five pressures, but within shake of the middle
// one: a hand that really changes quickly is followed. Where the pad has come
// to its end, so does the width.
func calmed(a, b, c, d, e float64) float64 {
	if c >= 1 {
		return 1
	}
	v := (a + e + 4*(b+d) + 6*c) / 16
	return math.Max(c-shake, math.Min(c+shake, v))
}

// shake is the noise of a pad's pressure that is smoothed away: three times 1 %.
const shake = 0.03

func median(a, b, c float64) float64 {
	return math.Max(math.Min(a, b), math.Min(math.Max(a, b), c))
}

// touch is how pressure becomes width: straight pieces through low, high and
// the ends, so that it is monotone.
type touch struct {
	low, high float64 // pressures for the width at share lowShare and highShare
	flat      bool    // the pad has no pressure
}

const (
	lowShare, highShare = 0.06, 0.94
	// edge: these shares are reached where this part of the signature is still
	// lighter, or heavier, by time and by length alike.
	edge = 0.06
	// leastSpan of pressure between the two: a signature of even pressure is
	// not blown up. Steeper than 0.88 of the nib in 0.5 would show 1 % noise
	// of the pressure by more than 9 µm.
	leastSpan = 0.5
	// flatShare of the nib range is the width without pressure.
	flatShare = 0.4
)

// press is a pressure and how long the way is that was written with it.
type press struct{ p, length float64 }

// feel takes the measure of the signature's own pressures.
func feel(ps []press) touch {
	slices.SortFunc(ps, func(a, b press) int { return cmp.Compare(a.p, b.p) })
	n := len(ps)
	if n == 0 || ps[n-1].p == 0 {
		return touch{flat: true}
	}
	total := 0.0
	for _, v := range ps {
		total += v.length
	}
	last := float64(n - 1)
	lo, hi := ps[int(edge*last+0.5)].p, ps[int((1-edge)*last+0.5)].p
	sum := 0.0
	for _, v := range ps {
		sum += v.length
		if sum <= edge*total {
			lo = math.Max(lo, v.p)
		}
		if sum >= (1-edge)*total {
			hi = math.Min(hi, v.p)
		}
	}
	if lack := leastSpan - (hi - lo); lack > 0 {
		lo, hi = lo-lack/2, hi+lack/2
		shift := math.Min(0, 1-hi) - math.Min(0, lo)
		lo, hi = lo+shift, hi+shift
	}
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
