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
	// smoothShare: left out only if its neighbours then deviate by less than
	// this share of what it did.
	smoothShare = 0.3
	// spikesIn: more than one report in so many is no spike but a broken pad.
	spikesIn = 16
	// setPrice: one more report is left out only if that makes the way this
	// many times smoother. 3 misses twice as many spikes, 1.2 takes more good
	// reports where some are lost; the live pen, which sees less, needs 3.
	setPrice, livePrice = 1.5, 3.0
)

// despike leaves out reports far from the way of their neighbours, a beat
// apart in u s: the fewest of up to three near one another without which the
// way is smooth. Where there are none such, as where a pad's jump lasts longer,
// the reports stay as they are.
func despike(rs []report, u float64) {
	if len(rs) < 5 {
		return
	}
	dev := make([]float64, len(rs))
	flagged := 0
	for i := range rs {
		dev[i] = deviation(rs, i, u)
	}
	s := slices.Clone(dev)
	slices.Sort(s)
	limit := math.Max(spikeLeast, spikeFactor*s[len(s)/2])
	for _, d := range s {
		if d > limit {
			flagged++
		}
	}
	clear(s)
	clear(dev)
	if flagged > len(rs)/2 {
		return
	}
	tries := 4 + len(rs)/spikesIn
	for i := 0; i < len(rs) && tries > 0; i++ {
		if rs[i].w > 0 && deviation(rs, i, u) > limit {
			tries--
			if !relieve(rs, i, u) {
				i += 4
			}
		}
	}
}

// relieve leaves out up to three reports so that the way around report i, the
// first that deviates, becomes smooth. It says whether it could.
func relieve(rs []report, i int, u float64) bool {
	from, to := max(1, i-1), min(len(rs)-1, i+7)
	var best []int
	least := math.Inf(1)
	for k, price := 1, setPrice; k <= 3; k, price = k+1, price*setPrice {
		subsets(from, to, k, func(set []int) {
			// what comes after the next spikes is for the next call
			end := min(len(rs), set[k-1]+4, to-2)
			r := roughness(rs, max(0, i-3), end, set, u)
			if r < smoothShare && r*price < least {
				least = r * price
				best = append(best[:0], set...)
			}
		})
	}
	for _, j := range best {
		rs[j].w = 0
	}
	return best != nil
}

// subsets visits the sets of k numbers from..to-1 in rising order.
func subsets(from, to, k int, visit func([]int)) {
	var set [3]int
	var choose func(n, at int)
	choose = func(n, at int) {
		if n == k {
			visit(set[:k])
			return
		}
		for j := at; j < to; j++ {
			set[n] = j
			choose(n+1, j+1)
		}
	}
	choose(0, from)
}

// roughness is the worst deviation of reports from..end-1 with a set left out,
// in shares of the least deviation in the set; infinite if one of these is no
// spike, or was left out before. Both are taken as if a beat apart: else three
// reports left out in a row would excuse whatever stands beside the gap.
func roughness(rs []report, from, end int, set []int, u float64) float64 {
	for _, j := range set {
		if rs[j].w == 0 {
			return math.Inf(1)
		}
	}
	for _, j := range set {
		rs[j].w = -rs[j].w
	}
	least, share, worst := math.Inf(1), math.Inf(1), 0.0
	for _, j := range set {
		d, stretch := apart(rs, j, 2, 2, u)
		least, share = math.Min(least, d), math.Min(share, d/stretch)
	}
	if least > spikeLeast {
		for j := from; j < end; j++ {
			if rs[j].w > 0 {
				worst = math.Max(worst, deviation(rs, j, u))
			}
		}
	}
	for _, j := range set {
		rs[j].w = -rs[j].w
	}
	if least <= spikeLeast {
		return math.Inf(1)
	}
	return worst / share
}

// deviation of report i in mm from the cubic through the two kept reports
// before and after it; 0 at the ends of a stroke.
func deviation(rs []report, i int, u float64) float64 { return aside(rs, i, 2, 2, u) }

// aside is apart as if the reports were a beat u apart.
func aside(rs []report, i, before, after int, u float64) float64 {
	d, stretch := apart(rs, i, before, after, u)
	return d / stretch
}

// apart is how far in mm report i lies from the polynomial through so many kept
// reports before and after it, at most four, and by how much the error of such
// a curve is larger than were they a beat u apart: it grows with the product of
// the distances. It is 0 where there are not so many.
func apart(rs []report, i, before, after int, u float64) (d, stretch float64) {
	var near [4]int
	n := 0
	for j := i - 1; j >= 0 && n < before; j-- {
		if rs[j].w > 0 {
			near[n] = j
			n++
		}
	}
	if n < before {
		return 0, 1
	}
	for j := i + 1; j < len(rs) && n < before+after; j++ {
		if rs[j].w > 0 {
			near[n] = j
			n++
		}
	}
	if n < before+after {
		return 0, 1
	}
	x, y, far, usual := 0.0, 0.0, 1.0, 1.0
	for a, j := range near[:n] {
		l := 1.0
		for b, k := range near[:n] {
			if a != b {
				l *= (rs[i].t - rs[k].t) / (rs[j].t - rs[k].t)
			}
		}
		x += l * rs[j].x
		y += l * rs[j].y
		far *= math.Abs(rs[i].t-rs[j].t) / u
		if a < before {
			usual *= float64(a + 1)
		} else {
			usual *= float64(a - before + 1)
		}
	}
	return math.Hypot(rs[i].x-x, rs[i].y-y), math.Max(1, far/usual)
}
