package ink

import (
	"math"
	"slices"
)

const (
	// spikeFactor and spikeLeast (mm): a report is left out when it is further
	// from the curve through its four neighbours than this many times the
	// median of its stroke, and than this.
	spikeFactor = 4
	spikeLeast  = 1.4
	// oddLimit: left out is also a report whose square residual, itself left
	// out, is above this many variances (two axes; chance 1 in 10^7).
	oddLimit = 32
)

// despike leaves out single reports far from the way of their neighbours,
// worst first.
func despike(rs []report) {
	if len(rs) < 5 {
		return
	}
	dev := make([]float64, len(rs))
	for i := range rs {
		dev[i] = deviation(rs, i)
	}
	s := slices.Clone(dev)
	slices.Sort(s)
	limit := math.Max(spikeLeast, spikeFactor*s[len(s)/2])
	for range len(rs)/10 + 1 {
		w := 0
		for i := range dev {
			if dev[i] > dev[w] {
				w = i
			}
		}
		if dev[w] <= limit {
			break
		}
		rs[w].w = 0
		for i := max(0, w-6); i < min(len(rs), w+7); i++ {
			dev[i] = deviation(rs, i)
		}
	}
	clear(dev)
	clear(s)
}

// deviation of report i in mm from the cubic through the two kept reports
// before and after it; 0 at the ends of a stroke and where already left out.
func deviation(rs []report, i int) float64 {
	if rs[i].w == 0 {
		return 0
	}
	var near [4]int
	n := 0
	for j := i - 1; j >= 0 && n < 2; j-- {
		if rs[j].w > 0 {
			near[n] = j
			n++
		}
	}
	for j := i + 1; j < len(rs) && n < 4; j++ {
		if rs[j].w > 0 {
			near[n] = j
			n++
		}
	}
	if n < 4 || near[1] > i || near[2] < i {
		return 0
	}
	x, y := 0.0, 0.0
	for a, j := range near {
		l := 1.0
		for b, k := range near {
			if a != b {
				l *= (rs[i].t - rs[k].t) / (rs[j].t - rs[k].t)
			}
		}
		x += l * rs[j].x
		y += l * rs[j].y
	}
	return math.Hypot(rs[i].x-x, rs[i].y-y)
}
