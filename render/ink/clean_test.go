package ink

import (
	"math"
	"slices"
	"testing"
)

func TestDespike(t *testing.T) {
	tests := []struct {
		name  string
		spike []int
		out   []int
	}{
		{"none", nil, nil},
		{"one", []int{20}, []int{20}},
		{"two neighbours but one", []int{20, 22}, []int{20, 22}},
		{"three", []int{20, 23, 25}, []int{20, 23, 25}},
		{"far apart", []int{5, 20, 50}, []int{5, 20, 50}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rs := drawn(80, 0.05, source())
			for _, i := range tt.spike {
				rs[i].x += 4
				rs[i].y -= 3
			}
			despike(rs, 0.01)
			out := map[int]bool{}
			for i := range rs {
				if rs[i].w == 0 {
					out[i] = true
				}
			}
			if len(out) != len(tt.out) {
				t.Errorf("left out %v, want %v", out, tt.out)
			}
			for _, i := range tt.out {
				if !out[i] {
					t.Errorf("report %d is still in", i)
				}
			}
		})
	}
}

// Two spikes in a row, to opposite sides: the first was left in, for it was
// measured by the curve over both gaps.
func TestDespikeFindsNeighbours(t *testing.T) {
	rs := drawn(80, 0.03, source())
	rs[60].x, rs[60].y = rs[60].x+2.4, rs[60].y-2.6
	rs[61].x, rs[61].y = rs[61].x-2.3, rs[61].y-4.3
	despike(rs, 0.01)
	for i := range rs {
		if out := rs[i].w == 0; out != (i == 60 || i == 61) {
			t.Errorf("report %d: left out is %v", i, out)
		}
	}
}

func TestDespikeFindsCrowdedSpikes(t *testing.T) {
	for name, at := range map[string][]int{
		"four apart":      {30, 34},
		"two apart":       {30, 32},
		"neighbours":      {30, 31},
		"four in a dozen": {30, 32, 36, 41},
	} {
		t.Run(name, func(t *testing.T) {
			rs := drawn(80, 0.05, source())
			for k, i := range at {
				rs[i].x += 5
				rs[i].y += 4 * float64(1-2*(k%2))
			}
			despike(rs, 0.01)
			for i := range rs {
				if (rs[i].w == 0) != slices.Contains(at, i) {
					t.Errorf("report %d has weight %g", i, rs[i].w)
				}
			}
		})
	}
}

// A pen that twitches for several reports of a fast pad is no spike.
func TestDespikeLeavesATwitch(t *testing.T) {
	rs := make([]report, 80)
	y := 0.0
	for i := range rs {
		if k := i - 40; k >= 0 && k < 12 {
			y = []float64{0.1, 0.7, 1.9, 1.5, 0.3, 2.5, 5.4, 4.2, 3.2, 3.9, 4.5, 4.3}[k]
		}
		rs[i] = report{t: float64(i) * 0.005, x: 20 - 0.2*float64(i), y: y, w: 1, m: 1}
	}
	despike(rs, 0.005)
	for i := range rs {
		if rs[i].w == 0 {
			t.Errorf("report %d is left out", i)
		}
	}
}

func TestDespikeLeavesLongJumps(t *testing.T) {
	rs := drawn(80, 0.05, source())
	for i := 20; i < 28; i++ {
		rs[i].x += 4
	}
	despike(rs, 0.01)
	for i := 21; i < 27; i++ {
		if rs[i].w == 0 {
			t.Errorf("report %d is left out", i)
		}
	}
}

func TestRegrid(t *testing.T) {
	r := source()
	tests := []struct {
		name  string
		stamp func(i int) float64 // s
		beat  bool
	}{
		{"good clock", func(i int) float64 { return float64(i) * 0.01 }, true},
		{"coarse clock", func(i int) float64 { return math.Round(float64(i)*0.01/0.015) * 0.015 }, true},
		{"doubled stamps", func(i int) float64 { return float64(i/2) * 0.02 }, true},
		{"shaking clock", func(i int) float64 { return float64(i)*0.01 + 0.003*(r.Float64()-0.5) }, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rs := make([]report, 60)
			for i := range rs {
				rs[i] = report{t: tt.stamp(i), w: 1, m: 1}
			}
			regrid(rs, 0.01)
			for i := 1; i < len(rs); i++ {
				if d := rs[i].t - rs[i-1].t; math.Abs(d-0.01) > 1e-6 {
					t.Fatalf("report %d comes %.4f s after the last", i, d)
				}
			}
		})
	}
}

func TestRegridKeepsLostReportsLost(t *testing.T) {
	var rs []report
	for i := range 60 {
		if i%7 == 3 {
			continue
		}
		rs = append(rs, report{t: math.Round(float64(i)*0.01/0.004) * 0.004, w: 1, m: 1})
	}
	n := len(rs)
	regrid(rs, 0.01)
	if d := rs[n-1].t - rs[0].t; math.Abs(d-0.58) > 1e-6 {
		t.Errorf("the stroke lasts %.3f s, want 0.58", d)
	}
}

func TestIntervalByRateOrStamps(t *testing.T) {
	rs := [][]report{drawn(30, 0, source())}
	for rate, want := range map[float64]float64{0: 0.01, 200: 0.005, 1e9: 0.01, 0.1: 0.01} {
		if got := interval(rs, rate); math.Abs(got-want) > 1e-9 {
			t.Errorf("rate %g: interval %g s, want %g", rate, got, want)
		}
	}
	if got := interval(nil, 0); got != usualInterval {
		t.Errorf("interval of nothing is %g", got)
	}
}

func TestMergeAveragesEqualStamps(t *testing.T) {
	rs := merge([]report{{t: 0, x: 1, w: 1}, {t: 0, x: 3, w: 1}, {t: 0, x: 8, w: 1}, {t: 1, x: 5, w: 1}})
	if len(rs) != 2 || math.Abs(rs[0].x-4) > 1e-12 || rs[0].w != 3 || rs[1].x != 5 {
		t.Errorf("merged to %+v", rs)
	}
}

func TestRunsEndAtLongGaps(t *testing.T) {
	rs := drawn(30, 0, source())
	for i := 20; i < 30; i++ {
		rs[i].t += 0.2
	}
	if got := runs(rs, 0.01); len(got) != 2 || len(got[0]) != 20 || len(got[1]) != 10 {
		t.Errorf("%d runs", len(got))
	}
	k, err := Smooth(after(nil, wave(30, 0, 0, 0, source())), usual)
	if err != nil || k.Strokes() != 1 {
		t.Errorf("%d strokes, %v", k.Strokes(), err)
	}
}
