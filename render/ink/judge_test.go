package ink

import "math"

// The score of the outside judge, in Go: the distance between an engine's track
// and the true one, both ways, within 60 ms.

// mark is a place in mm at a time in s.
type mark struct{ t, x, y float64 }

func (a mark) far(b mark) float64 { return math.Hypot(a.x-b.x, a.y-b.y) }

// error is a sum of squares of distances in mm over n places.
type errorSum struct {
	squares float64
	n       int
}

func (e *errorSum) add(o errorSum) { e.squares += o.squares; e.n += o.n }

// rms in µm.
func (e errorSum) rms() float64 { return 1000 * math.Sqrt(e.squares/float64(max(1, e.n))) }

// gain of e over raw in dB.
func (e errorSum) gain(raw errorSum) float64 {
	return 10 * math.Log10(math.Max(raw.squares, 1e-12)/math.Max(e.squares, 1e-12))
}

// score compares a track with the truth.
func score(track, truth []mark) errorSum {
	if len(track) == 0 {
		panic("a stroke without ink")
	}
	there, back := distances(truth, evenly(track)), distances(evenly(track), evenly(truth))
	sum := func(ds []float64) (s float64) {
		for _, d := range ds {
			s += d * d
		}
		return s
	}
	n := len(there)
	return errorSum{(sum(there) + sum(back)*float64(n)/float64(len(back))) / 2, n}
}

// evenly resamples a track about 0.08 mm apart.
func evenly(c []mark) []mark {
	const step = 0.08
	if len(c) < 2 {
		return []mark{c[0], c[0]}
	}
	total := 0.0
	for i := 1; i < len(c); i++ {
		total += c[i].far(c[i-1])
	}
	if total < step {
		return []mark{c[0], c[len(c)-1]}
	}
	n := max(2, int(total/step)+1)
	out := make([]mark, 0, n)
	i, done := 1, 0.0
	for k := range n {
		want := total * float64(k) / float64(n-1)
		for i < len(c)-1 && done+c[i].far(c[i-1]) < want {
			done += c[i].far(c[i-1])
			i++
		}
		a, b := c[i-1], c[i]
		u := 0.0
		if d := b.far(a); d > 1e-9 {
			u = math.Min(1, math.Max(0, (want-done)/d))
		}
		out = append(out, mark{a.t + u*(b.t-a.t), a.x + u*(b.x-a.x), a.y + u*(b.y-a.y)})
	}
	return out
}

// distances from each place of a to the line b near its time.
func distances(a, b []mark) []float64 {
	const window = 0.06
	out := make([]float64, len(a))
	lo := 0
	for i, p := range a {
		for lo < len(b)-1 && b[lo].t < p.t-window {
			lo++
		}
		at, best := lo, math.Inf(1)
		for j := max(0, lo-1); j < len(b) && (b[j].t <= p.t+window || j <= lo); j++ {
			if d := p.far(b[j]); d < best {
				at, best = j, d
			}
		}
		for _, j := range []int{at - 1, at + 1} {
			if j >= 0 && j < len(b) {
				best = math.Min(best, beside(p, b[at], b[j]))
			}
		}
		out[i] = best
	}
	return out
}

// beside is the distance of p from the line from a to b.
func beside(p, a, b mark) float64 {
	vx, vy := b.x-a.x, b.y-a.y
	u := ((p.x-a.x)*vx + (p.y-a.y)*vy) / (vx*vx + vy*vy + 1e-18)
	u = math.Max(0, math.Min(1, u))
	return math.Hypot(p.x-a.x-u*vx, p.y-a.y-u*vy)
}
