package ink

import (
	"math"
	"time"

	"moqian/pad"
)

// report is one reading of a stroke: time s, place mm (Y downwards as on the
// pad), pressure 0..1, and how many readings it stands for (0: left out).
type report struct{ t, x, y, p, w, m float64 }

// blend makes r the mean of itself and another reading.
func (r *report) blend(o report) {
	w := r.w + o.w
	if w == 0 {
		return
	}
	r.x += (o.x - r.x) * o.w / w
	r.y += (o.y - r.y) * o.w / w
	r.p += (o.p - r.p) * o.w / w
	r.w = w
}

func (r report) at() [axes]float64 { return [axes]float64{r.x, r.y} }

// farthest place in mm that a pad can report; beyond it the report is broken.
const farthest = 5000

// split takes the strokes out of samples: runs of Down, without readings that
// are no numbers, with times that never run back.
func split(samples []pad.Sample) [][]report {
	n := 0
	for i := range samples {
		if samples[i].Phase == pad.Down {
			n++
		}
	}
	room := make([]report, 0, n)
	var out [][]report
	begin := 0
	end := func() {
		if len(room) > begin {
			out = append(out, room[begin:len(room):len(room)])
			begin = len(room)
		}
	}
	last := time.Duration(math.MinInt64)
	for i := range samples {
		s := &samples[i]
		if s.Phase != pad.Down {
			end()
			continue
		}
		if !(math.Abs(s.X) < farthest && math.Abs(s.Y) < farthest) {
			continue
		}
		last = max(last, s.T)
		room = append(room, report{t: last.Seconds(), x: s.X, y: s.Y, p: unit(s.P), w: 1, m: 1})
	}
	end()
	return out
}

// unit brings a pressure into 0..1.
func unit(p float64) float64 {
	if !(p > 0) {
		return 0
	}
	return math.Min(p, 1)
}

// wipe overwrites reports.
func wipe(strokes [][]report) {
	for _, rs := range strokes {
		clear(rs)
	}
}
