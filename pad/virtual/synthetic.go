//go:build virtualpad

package virtual

import (
	"math"
	"math/rand/v2"
	"time"

	"moqian/pad"
)

const (
	synthRate   = 200  // Hz
	synthLevels = 1024 // of pressure
	charSize    = 17.0 // mm, side of the square a character stands in
	charPitch   = 20.0 // mm from one character to the next
	tremor      = 0.008
)

// Synthetic makes a track that no person wrote: 王小明 in a quick hand, with
// hooks, a loop, a dot and pressure, about 57 × 18 mm and three seconds at
// 200 Hz. The same seed gives the same track; another one another slant, size,
// pace and shake.
func Synthetic(seed uint64) Track {
	h := newHand(seed)
	for c, strokes := range wangXiaoMing() {
		for _, via := range strokes {
			h.write(c, via)
		}
	}
	t := Track{ID: "synthetic", Samples: h.out, Rate: synthRate, Levels: synthLevels}
	t.place()
	return t
}

// hand writes strokes one after the other.
type hand struct {
	r           *rand.Rand
	slant, size float64
	pace        float64 // mm/s where the path bends with a radius of 1 mm
	now         time.Duration
	out         []pad.Sample
}

func newHand(seed uint64) *hand {
	r := rand.New(rand.NewPCG(seed, 1))
	return &hand{r: r, slant: 0.06 * r.NormFloat64(), size: 1 + 0.04*r.NormFloat64(), pace: 75 * (1 + 0.1*r.NormFloat64())}
}

// write moves to a stroke above the pad, draws it and lifts the pen.
func (h *hand) write(char int, via []vec) {
	at := vec{h.r.NormFloat64() * 1.2, h.r.NormFloat64() * 1.2}
	mm := make([]vec, len(via))
	for i, p := range via {
		p = vec{p.x + at.x + 0.5*h.r.NormFloat64(), p.y + at.y + 0.5*h.r.NormFloat64()}
		mm[i] = vec{(p.x - h.slant*(p.y-50)) / 100 * charSize * h.size, p.y / 100 * charSize * h.size}
		mm[i].x += float64(char) * charPitch
	}
	path := smooth(mm)
	h.hover(path[0])
	when := timing(path, h.pace)
	whole := when[len(when)-1]
	force := 0.55 + 0.06*h.r.NormFloat64()
	for t, i := 0.0, 0; t <= whole; t += 1.0 / synthRate {
		for i+1 < len(when)-1 && when[i+1] < t {
			i++
		}
		f := (t - when[i]) / (when[i+1] - when[i])
		h.emit(mix(path[i], path[i+1], min(f, 1)), force*press(t, whole), pad.Down)
	}
}

// hover carries the pen to the next stroke by minimum jerk; the first stroke
// has a short way from above.
func (h *hand) hover(to vec) {
	from := vec{to.x - 2, to.y - 2}
	if n := len(h.out); n > 0 {
		from = vec{h.out[n-1].X, h.out[n-1].Y}
	}
	const pause = 0.05
	n := int((pause + dist(from, to)/260) * synthRate)
	for i := 1; i < n; i++ {
		u := float64(i) / float64(n)
		h.emit(mix(from, to, u*u*u*(10-15*u+6*u*u)), 0, pad.Hover)
	}
}

func (h *hand) emit(p vec, force float64, phase pad.Phase) {
	force = math.Round(min(max(force, 0), 1)*(synthLevels-1)) / (synthLevels - 1)
	h.out = append(h.out, pad.Sample{T: h.now, X: p.x + tremor*h.r.NormFloat64(), Y: p.y + tremor*h.r.NormFloat64(),
		P: force, Phase: phase})
	h.now += time.Second / synthRate
}

// press is the force over a stroke, 0 to about 1: on in 35 ms, off in 60.
func press(t, whole float64) float64 {
	on := min(1, (t+0.004)/0.035)
	off := min(1, (whole-t+0.004)/0.06)
	return math.Sqrt(on) * math.Sqrt(off) * (1 - 0.15*math.Sin(math.Pi*t/max(whole, 0.01)))
}

// timing gives the time in s of each point of a dense path: speed falls with
// curvature by the two-thirds power law (Lacquaniti 1983) and starts and ends
// slowly.
func timing(p []vec, pace float64) []float64 {
	speed := make([]float64, len(p))
	for i := range p {
		a, b, c := p[max(i-6, 0)], p[i], p[min(i+6, len(p)-1)]
		turn := math.Abs(math.Atan2((b.x-a.x)*(c.y-b.y)-(b.y-a.y)*(c.x-b.x), (b.x-a.x)*(c.x-b.x)+(b.y-a.y)*(c.y-b.y)))
		bend := turn / max(dist(a, b)+dist(b, c), 0.05) * 2
		edge := min(1, 0.25+float64(min(i, len(p)-1-i))*step/1.5)
		speed[i] = pace * edge / math.Cbrt(max(bend, 0.12))
	}
	at := make([]float64, len(p))
	for i := 1; i < len(p); i++ {
		at[i] = at[i-1] + dist(p[i-1], p[i])*2/(speed[i-1]+speed[i]) + 1e-9
	}
	return at
}
