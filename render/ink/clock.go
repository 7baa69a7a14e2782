package ink

import (
	"math"
	"slices"
)

const (
	// usualInterval in s between reports where nothing tells it.
	usualInterval = 0.01
	// longest gap in intervals across which a stroke is smoothed as one.
	longestGap = 6
)

// interval finds the time in s between reports: 1/rate when the pad's rate is
// known, else the median of the stamps that differ.
func interval(strokes [][]report, rate float64) float64 {
	if rate >= 10 && rate <= 5000 {
		return 1 / rate
	}
	var d []float64
	for _, rs := range strokes {
		for i := 1; i < len(rs); i++ {
			if dt := rs[i].t - rs[i-1].t; dt > 1e-4 && dt < 0.1 {
				d = append(d, dt)
			}
		}
	}
	if len(d) == 0 {
		return usualInterval
	}
	slices.Sort(d)
	return d[len(d)/2]
}

// merge makes one report of those with equal stamps: the mean, of their
// weight.
func merge(rs []report) []report {
	out := rs[:1]
	for _, r := range rs[1:] {
		l := &out[len(out)-1]
		if r.t-l.t > 1e-6 {
			out = append(out, r)
			continue
		}
		l.blend(r)
	}
	return out
}

// regrid puts the stamps of a coarse or shaking clock back on the even beat of
// the pad: each report gets the nearest beat of its own.
func regrid(rs []report, u float64) {
	if len(rs) < 3 || !shaky(rs, u) {
		return
	}
	beats := isotone(rs, u)
	// the phase of the clock: the mean of what the stamps differ by
	off := 0.0
	for i, b := range beats {
		off += rs[i].t - float64(b)*u
	}
	off /= float64(len(rs))
	for i, b := range beats {
		rs[i].t = off + float64(b)*u
	}
}

// shaky says whether the stamps shake or are cut to a coarse clock: on a good
// clock nine intervals in ten are whole numbers of the beat to 8 %.
func shaky(rs []report, u float64) bool {
	bad := 0
	for i := 1; i < len(rs); i++ {
		d := (rs[i].t - rs[i-1].t) / u
		if n := math.Round(d); n == 0 || math.Abs(d-n) > 0.08 {
			bad++
		}
	}
	return bad*10 > len(rs)-1
}

// isotone gives each report a beat: increasing whole numbers nearest to the
// stamps (pool adjacent violators on beat minus index).
func isotone(rs []report, u float64) []int {
	type pool struct {
		sum float64
		n   int
	}
	var ps []pool
	for i := range rs {
		ps = append(ps, pool{(rs[i].t-rs[0].t)/u - float64(i), 1})
		for len(ps) > 1 {
			a, b := ps[len(ps)-2], ps[len(ps)-1]
			if a.sum*float64(b.n) <= b.sum*float64(a.n) {
				break
			}
			ps = append(ps[:len(ps)-2], pool{a.sum + b.sum, a.n + b.n})
		}
	}
	out := make([]int, 0, len(rs))
	for _, p := range ps {
		z := int(math.Ceil(p.sum/float64(p.n) - 0.501)) // halves go one way
		for range p.n {
			out = append(out, z+len(out))
		}
	}
	return out
}

// runs cuts a stroke where reports are missing for so long that nothing is
// known of the way between.
func runs(rs []report, u float64) [][]report {
	var out [][]report
	begin := 0
	for i := 1; i <= len(rs); i++ {
		if i == len(rs) || rs[i].t-rs[i-1].t > longestGap*u {
			out = append(out, rs[begin:i:i])
			begin = i
		}
	}
	return out
}
