//go:build virtualpad

package wizard

import (
	"math"
	"math/rand/v2"
	"time"

	"moqian/pad"
)

// Demo is what a made-up hand on a made-up pad does in a step, for trial builds
// and tests: reports 5 ms apart on a pad that sits a little askew. It is no
// handwriting.
func Demo(info pad.Info, s Step, seed uint64) []pad.Sample {
	d := &demo{info: info, r: rand.New(rand.NewPCG(seed, uint64(s)))}
	w, h := info.Width, info.Height
	switch s {
	case Link, Latency:
		for i := range 1040 {
			d.pen(w*(0.5+0.2*math.Sin(float64(i)/80)), h/2, 0, s == Latency)
		}
	case Rest:
		for _, x := range []float64{0.25, 0.5, 0.75} {
			d.hold(w*x, h/2, 0.4, 500)
		}
	case Reach:
		m := 0.6
		for _, c := range [][4]float64{{m, m, w - m, m}, {w - m, m, w - m, h - m}, {w - m, h - m, m, h - m}, {m, h - m, m, m}} {
			d.line(c[0], c[1], c[2], c[3], 60, 0.4)
		}
	case Geometry:
		for i := range Targets {
			for range Taps {
				t := Target(info, i)
				d.hold(t.X+0.12*d.r.NormFloat64(), t.Y+0.12*d.r.NormFloat64(), 0.4, 8)
			}
		}
	case Pressure:
		d.line(w*0.2, h*0.5, w*0.8, h*0.5, 60, 0.045)
		d.up(10)
		for i := range 300 {
			t := float64(i) / 20
			d.pen(w*(0.2+0.6*float64(i)/300), h*(0.5+0.2*math.Sin(t)), 0.42+0.25*math.Sin(t*1.7), true)
		}
	case Speed:
		for i := range 160 {
			d.pen(w*(0.15+0.7*float64(i)/160), h*(0.5+0.25*math.Sin(float64(i)/6)), 0.5, true)
		}
	case Lift:
		for i := range Strokes {
			x, y := w*(0.1+0.08*float64(i%10)), h*(0.35+0.3*float64(i/10))
			if i < Strokes/2 {
				d.hold(x, y, 0.5, 5)
			} else {
				d.line(x, y, x+3, y, 12, 0.5)
				d.up(8)
			}
		}
	}
	d.up(4)
	return d.out
}

type demo struct {
	info pad.Info
	r    *rand.Rand
	out  []pad.Sample
}

// pen adds a report, seen by a sensor that is turned, shifted and noisy.
func (d *demo) pen(x, y, p float64, down bool) {
	s := pad.Sample{T: time.Duration(len(d.out)) * 5 * time.Millisecond, P: min(1, max(0, p)),
		X: x*0.997 + 0.004*y + 0.1 + 0.015*d.r.NormFloat64(), Y: y*1.004 - 0.003*x + 0.05 + 0.015*d.r.NormFloat64()}
	if down {
		s.Phase = pad.Down
	}
	d.out = append(d.out, s)
}

func (d *demo) up(n int) {
	x, y := d.info.Width/2, d.info.Height/2
	for range n {
		d.pen(x, y, 0, false)
	}
}

func (d *demo) hold(x, y, p float64, n int) {
	for range n {
		d.pen(x, y, p, true)
	}
	d.up(8)
}

func (d *demo) line(x0, y0, x1, y1 float64, n int, p float64) {
	for i := range n {
		f := float64(i) / float64(n-1)
		d.pen(x0+f*(x1-x0), y0+f*(y1-y0), p, true)
	}
}
