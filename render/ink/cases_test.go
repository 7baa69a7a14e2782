package ink

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
	"time"

	"moqian/pad"
)

// What a pad makes of true tracks, as the outside judge has it.

// pads are the conditions of the judge; quiet is as the pen went.
var pads = []string{"clean", "w05", "w10", "w20", "pad300", "spikes", "drops", "ar10", "rate2x"}

// tried is a record and its true strokes.
type tried struct {
	id      string
	strokes []truth
	rate    float64
	raw     [][]mark // strokes as read, of the last condition
	seed    uint64   // of the noise
}

// read gives the samples of the record under a condition, in steps of unit mm
// (0: as the condition has it), and keeps its strokes in raw.
func (k *tried) read(cond string) []pad.Sample {
	h := fnv.New64()
	h.Write([]byte(k.id + cond))
	r := rand.New(rand.NewPCG(h.Sum64(), 7+k.seed))
	var out []pad.Sample
	k.raw = nil
	hz := k.rate
	if cond == "rate2x" {
		hz *= 2
	}
	for i := range k.strokes {
		s := reading{hz: hz, unit: 0.01, r: r}
		if cond == "pad300" {
			s.unit = 25.4 / 300
		}
		s.follow(&k.strokes[i])
		s.disturb(cond)
		out = append(out, s.samples()...)
		var raw []mark
		for _, v := range s.out {
			raw = append(raw, mark{v.T.Seconds(), v.X, v.Y})
		}
		k.raw = append(k.raw, raw)
	}
	return out
}

// reading is one stroke as it is read.
type reading struct {
	hz, unit float64
	r        *rand.Rand
	at       []mark
	p        []float64
	lost     []bool
	out      []pad.Sample
}

func (s *reading) follow(k *truth) {
	n := max(1, int((k.t1-k.t0)*s.hz+1e-9)+1)
	for i := range n {
		s.add(k, k.t0+float64(i)/s.hz)
	}
	if k.t1-s.at[n-1].t > 0.3/s.hz {
		s.add(k, k.t1)
	}
	s.lost = make([]bool, len(s.at))
}

func (s *reading) add(k *truth, t float64) {
	s.at = append(s.at, k.at(t))
	s.p = append(s.p, k.p.at(t))
}

// noise of the conditions, mm.
var padNoise = map[string]float64{"w05": 0.05, "drops": 0.05, "spikes": 0.05, "w10": 0.1, "w20": 0.2, "pad300": 0.12}

func (s *reading) disturb(cond string) {
	n := len(s.at)
	for i := range s.at {
		s.at[i].x += padNoise[cond] * s.r.NormFloat64()
		s.at[i].y += padNoise[cond] * s.r.NormFloat64()
		if cond != "clean" && cond != "rate2x" {
			s.p[i] = math.Max(0.004, math.Min(1, s.p[i]+0.01*s.r.NormFloat64()))
		}
	}
	switch cond {
	case "ar10":
		var e [2]float64
		for i := range s.at {
			for k := range e {
				z := s.r.NormFloat64()
				if e[k] = 0.7*e[k] + math.Sqrt(1-0.49)*z; i == 0 {
					e[k] = z
				}
			}
			s.at[i].x += 0.1 * e[0]
			s.at[i].y += 0.1 * e[1]
		}
	case "spikes":
		for i := 2; i < n-2 && n > 8; i++ {
			if s.r.Float64() < 0.015 {
				s.at[i].x += s.leap()
				s.at[i].y += s.leap()
			}
		}
	case "drops":
		last := math.Inf(-1)
		for i := range s.at {
			s.lost[i] = i > 0 && i < n-1 && s.r.Float64() < 0.06
			last = math.Max(last, math.Round((s.at[i].t+0.002*s.r.NormFloat64())*200)/200)
			s.at[i].t = last
		}
	}
}

func (s *reading) leap() float64 {
	v := 1.5 + 4.5*s.r.Float64()
	if s.r.IntN(2) == 0 {
		return -v
	}
	return v
}

// samples are the reports in the pad's steps, and the pen's lifting.
func (s *reading) samples() []pad.Sample {
	for i, m := range s.at {
		if s.lost[i] {
			continue
		}
		s.out = append(s.out, pad.Sample{
			T: time.Duration(math.Round(m.t*1e5)) * 10 * time.Microsecond,
			X: math.Round(m.x/s.unit) * s.unit, Y: math.Round(m.y/s.unit) * s.unit,
			P: math.Round(math.Max(0, math.Min(1, s.p[i]))*1023) / 1023, Phase: pad.Down,
		})
	}
	l := s.out[len(s.out)-1]
	l.T, l.P, l.Phase = l.T+time.Duration(float64(time.Second)/s.hz), 0, pad.Hover
	return append(s.out[:len(s.out):len(s.out)], l)
}
