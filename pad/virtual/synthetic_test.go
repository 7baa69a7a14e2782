//go:build virtualpad

package virtual

import (
	"math"
	"slices"
	"testing"
	"time"

	"moqian/pad"
)

func TestSyntheticLooksLikeHandwriting(t *testing.T) {
	for seed := range uint64(50) {
		tr := Synthetic(seed)
		if !slices.Equal(tr.Samples, Synthetic(seed).Samples) {
			t.Fatal("the same seed gives two tracks")
		}
		if seed > 0 && slices.Equal(tr.Samples, Synthetic(seed-1).Samples) {
			t.Fatal("two seeds give the same track")
		}
		strokes, right, low, fastest := 0, 0.0, 0.0, 0.0
		for i, s := range tr.Samples {
			right, low = max(right, s.X), max(low, s.Y)
			if s.Phase == pad.Hover {
				continue
			}
			if i == 0 || tr.Samples[i-1].Phase == pad.Hover {
				strokes++
				continue
			}
			a := tr.Samples[i-1]
			fastest = max(fastest, math.Hypot(s.X-a.X, s.Y-a.Y)*synthRate)
			if s.P <= 0 {
				t.Fatalf("seed %d: sample %d is down without pressure", seed, i)
			}
		}
		long := tr.Samples[len(tr.Samples)-1].T
		if strokes != 15 || long < 2*time.Second || long > 5*time.Second || fastest > 450 || fastest < 80 {
			t.Errorf("seed %d: %d strokes in %v, up to %.0f mm/s", seed, strokes, long, fastest)
		}
		if right-margin < 45 || right-margin > 68 || low-margin < 12 || low-margin > 25 {
			t.Errorf("seed %d: %.1f × %.1f mm", seed, right-margin, low-margin)
		}
	}
}
