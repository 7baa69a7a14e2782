package ink

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"moqian/pad"
)

// finite wants outlines in the box and dabs that are numbers, from the final
// and the live engine.
func finite(t *testing.T, samples []pad.Sample) {
	t.Helper()
	o, err := Draw(samples, usual)
	if err != nil {
		t.Fatal(err)
	}
	for i := range o {
		checkOutline(t, i, o[i], usual.Box)
	}
	p := NewPen(usual)
	for _, s := range samples {
		_, ds := p.Add(s)
		for _, d := range ds {
			if v := d.X + d.Y + d.T + d.W; math.IsNaN(v) || math.IsInf(v, 0) || d.W < usual.Nib.Min-1e-9 || d.W > usual.Nib.Max+1e-9 {
				t.Fatalf("live dab %+v", d)
			}
		}
	}
}

func TestBadInput(t *testing.T) {
	r := source()
	change := func(f func(i int, s *pad.Sample)) []pad.Sample {
		s := wave(120, 10, 10, 0.05, source())
		for i := range s {
			f(i, &s[i])
		}
		return s
	}
	long := make([]pad.Sample, 100000)
	for i := range long {
		long[i] = pad.Sample{T: time.Duration(i) * 5 * time.Millisecond, X: 100 * r.Float64(), Y: 100 * r.Float64(), P: r.Float64(), Phase: pad.Down}
	}
	tests := map[string][]pad.Sample{
		"no number":         change(func(i int, s *pad.Sample) { s.X = math.NaN() }),
		"some no numbers":   change(func(i int, s *pad.Sample) { s.Y = math.NaN() * float64(i%5/4); s.P = math.Inf(i%3 - 1) }),
		"infinite":          change(func(i int, s *pad.Sample) { s.X = math.Inf(1) }),
		"all at one time":   change(func(i int, s *pad.Sample) { s.T = time.Second }),
		"time runs back":    change(func(i int, s *pad.Sample) { s.T = -s.T }),
		"time jumps":        change(func(i int, s *pad.Sample) { s.T *= time.Duration(1 + i%7*1000) }),
		"largest times":     change(func(i int, s *pad.Sample) { s.T = time.Duration(math.MaxInt64 - int64(i)) }),
		"smallest times":    change(func(i int, s *pad.Sample) { s.T = time.Duration(math.MinInt64 + int64(i)) }),
		"no pressure":       change(func(i int, s *pad.Sample) { s.P = 0 }),
		"too much":          change(func(i int, s *pad.Sample) { s.P = 1e300 }),
		"huge jumps":        change(func(i int, s *pad.Sample) { s.X += 4000 * float64(i%2) }),
		"one place":         change(func(i int, s *pad.Sample) { s.X, s.Y = 7, 7 }),
		"straight line":     change(func(i int, s *pad.Sample) { s.X, s.Y = float64(i), 7 }),
		"alternating tips":  change(func(i int, s *pad.Sample) { s.Phase = pad.Phase(i % 2) }),
		"tiny":              change(func(i int, s *pad.Sample) { s.X, s.Y = s.X*1e-12, s.Y*1e-12 }),
		"100,000 at random": long,
	}
	for name, s := range tests {
		t.Run(name, func(t *testing.T) { finite(t, s) })
	}
}

func TestEveryDotIsDrawn(t *testing.T) {
	r := source()
	for n := 1; n < 12; n++ {
		for _, reach := range []float64{0, 0.01, 0.05, 0.1, 0.3} {
			s := dot(20, 20, n)
			for i := range s[:n] {
				s[i].X += reach * float64(i) / float64(n)
				s[i].Y += reach / 3 * r.Float64()
				s[i].P = 0.1 * float64(n%3)
			}
			o, err := Draw(s, usual)
			if err != nil || len(o) != 1 {
				t.Fatalf("%d reports, %g mm: %d outlines, %v", n, reach, len(o), err)
			}
			if a := area(o[0]); a < math.Pi/4*usual.Nib.Min*usual.Nib.Min*0.99 {
				t.Errorf("%d reports, %g mm: ink of %.4f mm²", n, reach, a)
			}
			if p := o[0].Contours[0].Curves; len(o[0].Contours) == 1 && len(p) < 4 {
				t.Errorf("%d reports, %g mm: %d curves", n, reach, len(p))
			}
			if d := live(s); len(d) != 1 || len(d[0]) == 0 {
				t.Errorf("%d reports, %g mm: no live dab", n, reach)
			}
		}
	}
}

// area of the contours by their control polygons' corners, in mm², each once.
func area(o Outline) float64 {
	sum := 0.0
	for _, c := range o.Contours {
		a := 0.0
		ring(c, 64, func(p, q vec) { a += p.cross(q) / 2 })
		sum += math.Abs(a)
	}
	return sum / UnitsPerMM / UnitsPerMM
}

// ring visits the chords of a contour, n a curve.
func ring(c Contour, n int, visit func(p, q vec)) {
	at := c.Start.vec()
	for _, v := range c.Curves {
		p, a, b, q := at, v.A.vec(), v.B.vec(), v.P.vec()
		last := p
		for i := 1; i <= n; i++ {
			u := float64(i) / float64(n)
			w := 1 - u
			x := p.times(w * w * w).plus(a.times(3 * w * w * u)).plus(b.times(3 * w * u * u)).plus(q.times(u * u * u))
			visit(last, x)
			last = x
		}
		at = q
	}
}

// FuzzDraw reads samples from bytes: 13 each.
func FuzzDraw(f *testing.F) {
	seed := func(s []pad.Sample) {
		var b []byte
		for _, v := range s {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(v.X)))
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(v.Y)))
			b = binary.LittleEndian.AppendUint16(b, uint16(v.T/time.Millisecond))
			b = binary.LittleEndian.AppendUint16(b, uint16(v.P*65535))
			b = append(b, byte(v.Phase))
		}
		f.Add(b)
	}
	seed(wave(30, 10, 10, 0.1, rand.New(rand.NewPCG(3, 4))))
	seed(dot(3, 3, 3))
	seed(troubled())
	f.Fuzz(func(t *testing.T, b []byte) {
		var s []pad.Sample
		for ; len(b) >= 13 && len(s) < 2000; b = b[13:] {
			s = append(s, pad.Sample{
				X:     float64(math.Float32frombits(binary.LittleEndian.Uint32(b))),
				Y:     float64(math.Float32frombits(binary.LittleEndian.Uint32(b[4:]))),
				T:     time.Duration(int16(binary.LittleEndian.Uint16(b[8:]))) * time.Millisecond,
				P:     float64(binary.LittleEndian.Uint16(b[10:])) / 60000,
				Phase: pad.Phase(b[12] & 1),
			})
		}
		finite(t, s)
	})
}
