package ink

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"moqian/pad"
)

// live is what a pen gives for samples, by strokes.
func live(samples []pad.Sample) [][]Dab {
	p := NewPen(Params{Nib: usual.Nib, Rate: 100})
	var out [][]Dab
	for _, s := range samples {
		n, ds := p.Add(s)
		for len(out) <= n && len(ds) > 0 {
			out = append(out, nil)
		}
		if len(ds) > 0 {
			out[n] = append(out[n], ds...)
		}
	}
	return out
}

// troubled adds what real pads do: doubled stamps, lost reports, spikes and
// long gaps.
func troubled() []pad.Sample {
	r := source()
	s := after(after(wave(80, 10, 10, 0.05, r), dot(30, 30, 1)), wave(60, 12, 12, 0.1, r))
	out := s[:0]
	for i, v := range s {
		switch {
		case i%17 == 5 && v.Phase == pad.Down:
			continue
		case i%13 == 4 && i > 0:
			v.T = s[i-1].T
		case i == 40:
			v.X += 4
		case i >= 110:
			v.T += 300 * time.Millisecond
		}
		out = append(out, v)
	}
	return out
}

func TestPenNeverChangesWhatItGave(t *testing.T) {
	s := troubled()
	whole := live(s)
	for n := range s {
		part := live(s[:n])
		for i, ds := range part {
			if len(ds) > len(whole[i]) {
				t.Fatalf("%d reports: stroke %d has %d dabs, in the end %d", n, i, len(ds), len(whole[i]))
			}
			for j, d := range ds {
				if d != whole[i][j] {
					t.Fatalf("%d reports: stroke %d, dab %d differs in the end", n, i, j)
				}
			}
		}
	}
}

func TestPenStaysThreeReportsBehind(t *testing.T) {
	s := wave(60, 10, 10, 0.05, source())
	for n := Lag + 1; n < len(s); n++ {
		ds := live(s[:n])
		if len(ds) != 1 {
			t.Fatalf("%d reports: %d strokes", n, len(ds))
		}
		last := ds[0][len(ds[0])-1].T
		if want := s[n-1-Lag].T.Seconds(); math.Abs(last-want) > 1e-9 {
			t.Fatalf("%d reports: reaches %v s, want %v", n, last, want)
		}
	}
}

func TestPenReachesTheEndOfEachStroke(t *testing.T) {
	for _, n := range []int{1, 2, 3, 4, 5, 20} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			s := wave(n, 10, 10, 0, source())
			ds := live(after(s, wave(n, 40, 10, 0, source())))
			if len(ds) != 2 {
				t.Fatalf("%d strokes, want 2", len(ds))
			}
			got, want := ds[0][len(ds[0])-1], s[n-1]
			if d := math.Hypot(got.X-want.X, got.Y-want.Y); d > 0.3 {
				t.Errorf("ends %.2f mm from the pen", d)
			}
		})
	}
}

func TestPenStaysNearTheFinalInk(t *testing.T) {
	s := after(wave(150, 10, 10, 0.03, source()), wave(100, 12, 30, 0.03, source()))
	k, err := Smooth(s, Params{Nib: usual.Nib, Rate: 100})
	if err != nil {
		t.Fatal(err)
	}
	for i, ds := range live(s) {
		final := k.Dabs(i, 0.02)
		for _, d := range ds {
			best := math.Inf(1)
			for _, f := range final {
				best = math.Min(best, math.Hypot(f.X-d.X, f.Y-d.Y))
			}
			if best > 0.15 {
				t.Fatalf("stroke %d moves by %.3f mm", i, best)
			}
		}
	}
}

func TestPenAllocatesNothing(t *testing.T) {
	s := wave(300, 10, 10, 0.05, source())
	p := NewPen(Params{Nib: usual.Nib, Rate: 100})
	add := func() {
		for _, v := range s {
			p.Add(v)
		}
	}
	add()
	if n := testing.AllocsPerRun(3, add); n > 0 {
		t.Errorf("%v allocations a stroke", n)
	}
}

func TestPenWipe(t *testing.T) {
	p := NewPen(usual)
	for _, v := range wave(40, 10, 10, 0.05, source()) {
		p.Add(v)
	}
	p.Wipe()
	if p.window != [window]report{} || p.last != (state{}) {
		t.Error("reports are still there")
	}
	for _, d := range p.dabs[:cap(p.dabs)] {
		if d != (Dab{}) {
			t.Fatal("dabs are still there")
		}
	}
}

func BenchmarkPen(b *testing.B) {
	s := wave(300, 10, 10, 0.05, source())
	p := NewPen(Params{Nib: usual.Nib, Rate: 100})
	for b.Loop() {
		for _, v := range s {
			p.Add(v)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(s)), "ns/report")
	b.ReportAllocs()
}

// A clock that slips by most of a beat makes the pen leap where it is believed.
func TestPenDoesNotLeapWhereTheClockSlips(t *testing.T) {
	s := wave(80, 10, 10, 0.01, source())
	for i := 40; i < len(s); i++ {
		s[i].T -= 9 * time.Millisecond
	}
	k, err := Smooth(s, Params{Nib: usual.Nib, Rate: 100})
	if err != nil {
		t.Fatal(err)
	}
	if m := slices.Max(farthestFrom(live(s)[0], k.Dabs(0, 0.02))); m > 0.15 {
		t.Errorf("the live ink leaps %.2f mm aside", m)
	}
}
