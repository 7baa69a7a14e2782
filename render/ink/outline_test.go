package ink

import (
	"math"
	"testing"
)

// circleOf dabs of constant width.
func circleOf(radius, width float64, n int) (ds []dab) {
	for i := range n {
		s, c := math.Sincos(1.8 * math.Pi * float64(i) / float64(n-1))
		ds = append(ds, dab{radius * c, radius * s, width / 2})
	}
	return ds
}

func TestOutlineAreas(t *testing.T) {
	const mm = UnitsPerMM
	long := math.Pi * 1.8
	line := func(w0, w1 float64) (ds []dab) {
		for i := range 200 {
			u := float64(i) / 199
			ds = append(ds, dab{10 * mm * u, 0, mm * (w0 + u*(w1-w0)) / 2})
		}
		return ds
	}
	tests := []struct {
		name string
		ds   []dab
		want float64 // mm²
	}{
		{"dot", []dab{{0, 0, mm / 2}}, math.Pi / 4},
		{"line", line(0.5, 0.5), 10*0.5 + math.Pi/4*0.25},
		{"wedge", line(0.2, 0.8), 10*0.5 + math.Pi/8*(0.04+0.64)},
		{"ring", circleOf(5*mm, 0.8*mm, 400), long*5*0.8 + math.Pi/4*0.64},
		{"swallowed", []dab{{0, 0, mm}, {0.1 * mm, 0, 0.2 * mm}, {0, 0.1 * mm, 0.1 * mm}}, math.Pi},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var o outliner
			out := o.outline(append([]dab(nil), tt.ds...))
			if len(out.Contours) != 1 {
				t.Fatalf("%d contours", len(out.Contours))
			}
			if a := area(out); math.Abs(a/tt.want-1) > 0.003 {
				t.Errorf("area %.4f mm², want %.4f", a, tt.want)
			}
		})
	}
}

// winding number of the outline around a point.
func winding(o Outline, at vec) int {
	turn := 0.0
	for _, c := range o.Contours {
		ring(c, 12, func(p, q vec) {
			a, b := p.minus(at), q.minus(at)
			turn += math.Atan2(a.cross(b), a.dot(b))
		})
	}
	return int(math.Round(turn / (2 * math.Pi)))
}

// TestOutlineCoversTheDabs checks sharp turns, loops smaller than the nib and
// changing widths: the winding number is not zero inside every dab, is zero off
// all of them, and never positive (all run the same way round).
func TestOutlineCoversTheDabs(t *testing.T) {
	const mm = UnitsPerMM
	shapes := map[string]func(u float64) (x, y, w float64){
		"corner":     func(u float64) (x, y, w float64) { return 6 * math.Abs(u-0.5), 4 * u, 0.6 },
		"hairpin":    func(u float64) (x, y, w float64) { return 6 * math.Abs(u-0.5), 0.1 * u, 0.6 },
		"small loop": func(u float64) (x, y, w float64) { s, c := math.Sincos(12 * u); return 3*u + 0.2*s, 0.2 * c, 0.9 },
		"spiral": func(u float64) (x, y, w float64) {
			s, c := math.Sincos(20 * u)
			return 2 * u * s, 2 * u * c, 0.3 + 0.5*u
		},
		"swelling": func(u float64) (x, y, w float64) { return 5 * u, math.Sin(9 * u), 0.5 + 0.4*math.Sin(25*u) },
	}
	for name, f := range shapes {
		t.Run(name, func(t *testing.T) {
			var ds []dab
			for i := range 201 {
				x, y, w := f(float64(i) / 200)
				ds = append(ds, dab{x * mm, y * mm, w / 2 * mm})
			}
			var k outliner
			o := k.outline(append([]dab(nil), ds...))
			r := source()
			for range 3000 {
				d := ds[r.IntN(len(ds))]
				s, c := math.Sincos(2 * math.Pi * r.Float64())
				q := 1.6 * d.r * math.Sqrt(r.Float64())
				at := vec{d.x + q*c, d.y + q*s}
				in := math.Inf(1) // distance to the sweep, negative inside
				for _, e := range ds {
					in = math.Min(in, math.Hypot(at.x-e.x, at.y-e.y)-e.r)
				}
				n := winding(o, at)
				if n > 0 || in < -3 && n == 0 || in > 5 && n != 0 {
					t.Fatalf("winding %d at %.1f units from the sweep", n, in)
				}
			}
		})
	}
}

func TestFitStaysWithinFiveMicrometres(t *testing.T) {
	const mm = UnitsPerMM
	var side []vec
	for i := range 600 {
		u := float64(i) / 599
		side = append(side, vec{mm * (20*u + 2*math.Sin(9*u)), mm * 3 * math.Cos(11*u)})
	}
	var f fitter
	f.begin(side[0])
	f.along(side)
	if n := len(f.curves); n > 25 {
		t.Errorf("%d curves for 30 mm", n)
	}
	for i, p := range side {
		best := math.Inf(1)
		ring(Contour{f.start, f.curves}, 64, func(a, b vec) {
			v := b.minus(a)
			u := math.Max(0, math.Min(1, p.minus(a).dot(v)/math.Max(1e-9, v.dot(v))))
			best = math.Min(best, p.minus(a.plus(v.times(u))).length())
		})
		if best/UnitsPerMM > 0.005 {
			t.Fatalf("point %d is %.1f µm off its curve", i, 1000*best/UnitsPerMM)
		}
	}
}

func TestDotCarriesItsMark(t *testing.T) {
	var o outliner
	if n := len(o.outline([]dab{{0, 0, 30}}).Contours[0].Curves); n != dotCurves {
		t.Errorf("%d curves", n)
	}
}

func TestPlacement(t *testing.T) {
	tests := []struct {
		name  string
		w, h  float64 // of the track, mm
		scale float64 // 0: below 1
	}{
		{"small keeps its size", 20, 8, 1},
		{"just fits", 58.5, 23, 1},
		{"wide shrinks", 118, 8, 0},
		{"tall shrinks", 10, 48, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := wave(100, 0, 0, 0, source())
			for i := range s[:100] {
				u := float64(i) / 99
				s[i].X, s[i].Y = 30+tt.w*u, 50+tt.h*math.Pow(math.Sin(math.Pi*u), 2)
			}
			k, err := Smooth(s, usual)
			if err != nil {
				t.Fatal(err)
			}
			pl, err := k.Place(usual.Box)
			if err != nil {
				t.Fatal(err)
			}
			if tt.scale == 1 && pl.Scale != 1 || tt.scale == 0 && !(pl.Scale < 1) {
				t.Errorf("scale %g", pl.Scale)
			}
			if x, y := pl.To(pl.X, pl.Y); math.Abs(x-30) > 1e-9 || math.Abs(y-12.5) > 1e-9 {
				t.Errorf("the middle comes to %g, %g", x, y)
			}
			x, y := pl.To(33, 51)
			if a, b := pl.Back(x*UnitsPerMM, y*UnitsPerMM); math.Abs(a-33) > 1e-9 || math.Abs(b-51) > 1e-9 {
				t.Errorf("there and back: %g, %g", a, b)
			}
		})
	}
}
