package ink

import "math"

// track is one smoothed stroke: states at its reports.
type track struct {
	u float64   // unit of time of the states, s
	t []float64 // s
	s []state
	w []float64 // width, mm
	// bridge[i]: nothing is known of the way from i to i+1, go straight
	bridge []bool
}

// length in mm of the way from report i to the next, about.
func (k *track) length(i int) float64 {
	a, b := &k.s[i], &k.s[i+1]
	return math.Hypot(b.x[0]-a.x[0], b.x[1]-a.x[1])
}

func (k *track) span(i int) span {
	a, b, d := &k.s[i], &k.s[i+1], (k.t[i+1]-k.t[i])/k.u
	if k.bridge[i] {
		a, b = &state{x: a.x}, &state{x: b.x}
		for j := range axes {
			a.v[j] = (b.x[j] - a.x[j]) / d
			b.v[j] = a.v[j]
		}
	}
	return join(a, b, d)
}

// total is the length of the track in mm, about.
func (k *track) total() float64 {
	sum := 0.0
	for i := range len(k.t) - 1 {
		sum += k.length(i)
	}
	return sum
}

// walk visits the stroke from its first report to its last, at most step mm
// apart, reports included.
func (k *track) walk(step float64, visit func(t, x, y, w float64)) {
	visit(k.t[0], k.s[0].x[0], k.s[0].x[1], k.w[0])
	for i := range len(k.t) - 1 {
		sp := k.span(i)
		n := sp.cuts(step)
		for j := 1; j <= n; j++ {
			u := float64(j) / float64(n)
			x, y := sp.at(u)
			visit(k.t[i]+u*(k.t[i+1]-k.t[i]), x, y, k.w[i]+u*(k.w[i+1]-k.w[i]))
		}
	}
}

// wipe overwrites the track.
func (k *track) wipe() {
	clear(k.t)
	clear(k.s)
	clear(k.w)
}
