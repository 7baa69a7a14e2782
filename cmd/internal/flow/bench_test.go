//go:build virtualpad

package flow_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"moqian/cmd/internal/flow"
)

// BenchmarkPenUp is from the pen-up to a durable voucher with both layers of
// the mark: "at once" when it is accepted in the same instant, "rested" when
// somebody looked at the final ink for a moment, as in the windows. The floor is
// a plain append and fsync of the same bytes.
func BenchmarkPenUp(b *testing.B) {
	for _, c := range []struct {
		name string
		rest time.Duration
	}{{"at_once", 0}, {"rested", 800 * time.Millisecond}} {
		b.Run(c.name, func(b *testing.B) { penUp(b, c.rest) })
	}
}

func penUp(b *testing.B, rest time.Duration) {
	r, ctx := newRig(b, nil), context.Background()
	var took, floor []time.Duration
	file, err := os.Create(filepath.Join(b.TempDir(), "floor"))
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	for seed := uint64(1); b.Loop(); seed++ {
		s := r.begin(b, "2103", flow.Dark{})
		r.toSign(b, s, r.examples(b, "2103"))
		p := fast(seed)
		box, err := s.Open(ctx, p.Device)
		if err != nil {
			b.Fatal(err)
		}
		if err := write(b, p, box); err != nil {
			b.Fatal(err)
		}
		time.Sleep(rest)
		began := time.Now()
		res, err := box.Accept(ctx)
		if err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(began))
		p.Close()
		began = time.Now()
		if _, err := file.Write(res.PDF); err != nil {
			b.Fatal(err)
		}
		if err := file.Sync(); err != nil {
			b.Fatal(err)
		}
		floor = append(floor, time.Since(began))
	}
	slices.Sort(took)
	slices.Sort(floor)
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	b.ReportMetric(ms(took[len(took)/2]), "p50-ms")
	b.ReportMetric(ms(took[len(took)*9/10]), "p90-ms")
	b.ReportMetric(ms(floor[len(floor)/2]), "floor-p50-ms")
}
