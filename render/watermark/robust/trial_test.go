package robust

import (
	"bytes"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"
)

func TestTrial(t *testing.T) {
	n, _ := strconv.Atoi(os.Getenv("TRIAL"))
	if n == 0 {
		t.Skip()
	}
	amp, _ := strconv.ParseFloat(os.Getenv("AMP"), 64)
	only, err := strconv.Atoi(os.Getenv("CH"))
	if err != nil {
		only = -1
	}
	recs := records(t, "svc2004_task2.jsonl", 1)
	step := max(1, len(recs)/n)
	type tally struct {
		n, informed, blind, orig int
		osum                     float64
		sum, pose                float64
	}
	chs := channels()
	sum := make([]tally, len(chs))
	var embedT, origT, readT time.Duration
	used, curves, curves0 := 0, 0, 0
	for i := 0; i < len(recs); i += step {
		in := drawn(t, recs[i])
		r := rand.New(rand.NewPCG(uint64(i), 7))
		var s Secret
		for j := range s {
			s[j] = byte(r.Uint32())
		}
		handle := []byte{byte(r.Uint32()), byte(r.Uint32()), byte(r.Uint32())}
		t0 := time.Now()
		out, m, err := Embed(in, s, handle, Options{Amplitude: amp})
		embedT += time.Since(t0)
		if err != nil {
			t.Fatal(err)
		}
		for j := range in {
			for k := range in[j].Contours {
				curves0 += len(in[j].Contours[k].Curves)
				curves += len(out[j].Contours[k].Curves)
			}
		}
		if m.Length < 90 {
			continue
		}
		used++
		line := ""
		for k, c := range chs {
			if only >= 0 && k != only {
				continue
			}
			g := c.f(out, r)
			t0 = time.Now()
			rd, err := Read(g, s)
			readT += time.Since(t0)
			if err != nil {
				t.Fatal(err)
			}
			cl, _ := Check(g, s, [][]byte{handle})
			t0 = time.Now()
			co, err := CheckOriginal(g, s, [][]byte{handle, {1, 2, 3}}, out)
			if err != nil {
				t.Fatal(err)
			}
			origT += time.Since(t0)
			if co[0].Accept {
				sum[k].orig++
			}
			if co[1].Accept {
				t.Error("wrong claim accepted")
			}
			sum[k].osum += co[0].T
			ok := rd.Found && bytes.Equal(rd.Handle, handle)
			sum[k].n++
			if cl[0].Accept {
				sum[k].informed++
			}
			if ok {
				sum[k].blind++
			}
			sum[k].sum += cl[0].T
			if os.Getenv("ORACLE") != "" {
				p := newPattern(s)
				pay := p.payload(whole(handle))
				full := p.claimed(pay, 64)
				gr := g.groups()[0]
				tr := g.shade(&gr).lines()
				tp := truth
				tp.mid, tp.extent = middle(tr.hull, tp.angle, tp.scale), tr.extent()
				f := full.climb(tr.deviations(), fit{pose: tp}, 0.08, func(f *fit) { f.score = f.pilot })
				T, _ := p.statistic(tr.chips(f.ink, true), pay, 64)
				T0, _ := p.statistic(tr.chips(tp.ink, true), pay, 64)
				fs := p.pilot.search(tr, tr.deviations())
				_, dec := p.decode(p.soften(tr.chips(f.ink, true)), 64, 60)
				t.Logf("   oracle T %.1f at truth %.1f decodes %v, search off by %.2f (true %.2f°, %.4f) at %.2f mm; found score %.1f pilot %.1f even %.1f, truth pilot %.1f even %.1f", T, T0, dec, apart(fs[0].pose, f.pose, 30), truth.angle*57.3, truth.scale, f.mid.sub(tp.mid).len(), fs[0].score, fs[0].pilot, fs[0].even, p.pilot.rate(tr.deviations(), f.pose).pilot, p.pilot.rate(tr.deviations(), f.pose).even)
			}
			line += " " + strconv.FormatFloat(cl[0].T, 'f', 1, 64)
			if ok {
				line += "*"
			}
			line += "/" + strconv.FormatFloat(co[0].T, 'f', 1, 64)
		}
		t.Logf("%3d: %.0f mm, %d chips, T %.1f blind %v |%s", i, m.Length, m.Chips, m.T, m.Blind, line)
	}
	for k, c := range chs {
		if sum[k].n > 0 {
			t.Logf("%-22s n %d informed %d blind %d mean T %.2f; with original %d mean T %.2f", c.name, sum[k].n, sum[k].informed, sum[k].blind, sum[k].sum/float64(sum[k].n), sum[k].orig, sum[k].osum/float64(sum[k].n))
		}
	}
	t.Logf("orig %v embed %v read %v, curves %d -> %d", origT/time.Duration(max(1, used)), embedT/time.Duration(max(1, used)), readT/time.Duration(max(1, used)), curves0, curves)
}
