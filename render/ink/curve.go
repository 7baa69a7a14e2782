package ink

import "math"

// Dab is one round touch of the nib on the smoothed track.
type Dab struct {
	// T is the time in s since the capture began.
	T float64
	// X, Y in mm, Y downwards, from where the samples are measured.
	X, Y float64
	// W is the diameter in mm.
	W float64
}

// span is the way between two reports: the quintic that joins the states at
// both ends, for each axis, by powers of the share 0..1 of its time.
type span struct{ c [axes][6]float64 }

// join makes the quintic from a to b over d units of time: the mean of the
// model between two known states.
func join(a, b *state, d float64) span {
	var s span
	for k := range axes {
		x0, v0, a0 := a.x[k], a.v[k]*d, a.a[k]*d*d/2
		x1, v1, a1 := b.x[k]-x0-v0-a0, b.v[k]*d-v0-2*a0, b.a[k]*d*d/2-a0
		s.c[k] = [6]float64{x0, v0, a0, 10*x1 - 4*v1 + a1, -15*x1 + 7*v1 - 2*a1, 6*x1 - 3*v1 + a1}
	}
	return s
}

func (s *span) at(u float64) (x, y float64) {
	a, b := &s.c[0], &s.c[1]
	x = a[0] + u*(a[1]+u*(a[2]+u*(a[3]+u*(a[4]+u*a[5]))))
	y = b[0] + u*(b[1]+u*(b[2]+u*(b[3]+u*(b[4]+u*b[5]))))
	return x, y
}

const (
	// dabStep is the distance in mm between dabs, at most.
	dabStep = 0.05
	// mostDabs of a signature, about, beside one for each report: twenty times
	// what a long one has. A wild track gets longer steps instead.
	mostDabs = 50000
	// mostCuts of a span.
	mostCuts = 1000
)

// cuts is into how many pieces the span is cut so that none is longer than
// step, about: by the length of its control polygon's chords at quarters.
func (s *span) cuts(step float64) int {
	l := 0.0
	x0, y0 := s.at(0)
	for j := 1; j <= 4; j++ {
		x, y := s.at(float64(j) / 4)
		l += math.Sqrt((x-x0)*(x-x0) + (y-y0)*(y-y0))
		x0, y0 = x, y
	}
	return 1 + int(math.Min(1.1*l/step, mostCuts))
}
