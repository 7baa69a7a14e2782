package robust

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"moqian/render/ink"
)

// deviationOf compares the middle of the line before and after marking, at
// every place whose edges are clear: µm, sorted.
func deviationOf(before, after []ink.Outline) []float64 {
	const perMM = 1200 / mmPerInch
	a, b := paint(polygonsOf(before), perMM, 1), paint(polygonsOf(after), perMM, 1)
	var out []float64
	for _, c := range a.lines().chains {
		for _, r := range c {
			l0, r0, ok0 := a.edges(r.p, r.n)
			l1, r1, ok1 := b.edges(r.p, r.n)
			if r.ok && ok0 && ok1 {
				out = append(out, 1000*math.Abs((l1-r1)-(l0-r0))/2)
			}
		}
	}
	slices.Sort(out)
	return out
}

func rms(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x * x
	}
	return math.Sqrt(sum / float64(max(1, len(v))))
}

// TestTrackOfRecords: the customer's own track stays where it is.
func TestTrackOfRecords(t *testing.T) {
	recs := records(t, "svc2004_task2.jsonl", 1)
	for i := 0; i < len(recs); i += 60 {
		in := drawn(t, recs[i])
		out, _, err := Embed(in, Secret{byte(i)}, []byte{1, 2, byte(i)}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		d := deviationOf(in, out)
		r := rand.New(rand.NewPCG(1, 1))
		for _, o := range out { // the binding layer moves each coordinate by −1, 0 or 1
			for j := range o.Contours {
				for k := range o.Contours[j].Curves {
					c := &o.Contours[j].Curves[k]
					for _, p := range []*ink.Point{&c.A, &c.B, &c.P} {
						p.X += int32(r.IntN(2) * (r.IntN(2)*2 - 1))
						p.Y += int32(r.IntN(2) * (r.IntN(2)*2 - 1))
					}
				}
			}
		}
		e := deviationOf(in, out)
		if rms(e) > 2.5 || e[len(e)*99/100] > 7 {
			t.Errorf("%3d: the middle of the line moved", i)
		}
		t.Logf("%3d: middle of the line off by RMS %.2f µm, p99 %.2f, max %.2f; with layer 1 %.2f %.2f %.2f; %d -> %d curves", i,
			rms(d), d[len(d)*99/100], d[len(d)-1], rms(e), e[len(e)*99/100], e[len(e)-1], count(in), count(out))
	}
}

func count(in []ink.Outline) (n int) {
	for _, o := range in {
		for _, c := range o.Contours {
			n += len(c.Curves)
		}
	}
	return n
}
