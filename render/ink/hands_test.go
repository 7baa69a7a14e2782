package ink

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"testing"
)

// hand invents a signature by the kinematic theory: each stroke is a sum of
// pushes whose speeds are lognormal in time (Plamondon's sigma-lognormal
// model). Nothing of it comes from a record.
func hand(id string, rate float64, strokes int, r *rand.Rand) tried {
	k := tried{id: id, rate: rate}
	t0, x, y := 0.0, 10.0, 15.0
	for range strokes {
		pushes := make([]push, 2+r.IntN(6))
		for i := range pushes {
			pushes[i] = push{
				begin: 0.09 * float64(i), size: 3 + 9*r.Float64(), angle: 2 * math.Pi * r.Float64(),
				mu: -2 + 0.2*r.NormFloat64(), sigma: 0.25 + 0.1*r.Float64(),
			}
		}
		last := pushes[len(pushes)-1].begin + 0.3
		var c []mark
		var p []float64
		for t := 0.05; t < last; t += 0.004 {
			m := mark{t0 + t, x, y}
			for i := range pushes {
				d := pushes[i].done(t)
				m.x += d * math.Cos(pushes[i].angle)
				m.y += d * math.Sin(pushes[i].angle)
			}
			c, p = append(c, m), append(p, 0.5+0.4*math.Sin(9*t))
		}
		k.strokes = append(k.strokes, newTruth(c, p))
		t0 += last + 0.1
		x += 4 + 8*r.Float64()
	}
	return k
}

// push moves the pen size mm; log of its time is normal.
type push struct{ begin, size, angle, mu, sigma float64 }

func (p *push) done(t float64) float64 {
	if t <= p.begin {
		return 0
	}
	return p.size / 2 * (1 + math.Erf((math.Log(t-p.begin)-p.mu)/(p.sigma*math.Sqrt2)))
}

func TestInventedHandsGainAtEveryRate(t *testing.T) {
	n := 3
	if os.Getenv("MOQIAN_TORTURE") != "" {
		n = 20
	}
	for _, rate := range []float64{50, 100, 133, 200, 360} {
		r := source()
		var ks []tried
		for i := range n {
			ks = append(ks, hand(fmt.Sprintf("hand%d-%g", i, rate), rate, 5, r))
		}
		noGainLost(t, fmt.Sprintf("%g Hz", rate), ks)
	}
}

// noGainLost wants that neither ink, in no condition, is further from the true
// track than the polyline of the reports.
func noGainLost(t *testing.T, name string, ks []tried) {
	t.Helper()
	tb := table(t, ks, pads, []engine{{"final", final}, {"live", shown}})
	for _, cond := range pads {
		raw, f, l := tb[cond][0], tb[cond][1], tb[cond][2]
		t.Logf("%-9s %-7s raw %4.0f µm, final %5.1f dB, live %5.1f dB", name, cond, raw.rms(), f.gain(raw), l.gain(raw))
		if f.gain(raw) < 0 {
			t.Errorf("%s, %s: final ink is %.2f dB below the raw polyline", name, cond, -f.gain(raw))
		}
		if l.gain(raw) < 0 {
			t.Errorf("%s, %s: live ink is %.2f dB below the raw polyline", name, cond, -l.gain(raw))
		}
	}
}

func TestDotsStayDotsUnderNoise(t *testing.T) {
	r := source()
	for _, cond := range pads {
		k := tried{id: "dots", rate: 100}
		for i := range 6 {
			var c []mark
			var p []float64
			for j := range 1 + i {
				f := 0.3 * float64(j) / 6
				c, p = append(c, mark{float64(i) + float64(j)/100, 10 + 5*float64(i) + f, 10 + f/2}), append(p, 0.3+0.1*r.Float64())
			}
			k.strokes = append(k.strokes, newTruth(c, p))
		}
		s := k.read(cond)
		if got := final(s, &k, cond); len(got) != 6 {
			t.Errorf("%s: %d of 6 dots in the final ink", cond, len(got))
		}
		if got := shown(s, &k, cond); len(got) != 6 {
			t.Errorf("%s: %d of 6 dots in the live ink", cond, len(got))
		}
	}
}
