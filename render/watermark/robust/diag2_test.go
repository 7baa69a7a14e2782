package robust

import (
	"math"
	"math/rand/v2"
	"os"
	"testing"
)

func TestDiag2(t *testing.T) {
	if os.Getenv("DIAG") == "" {
		t.Skip()
	}
	recs := records(t, "svc2004_task2.jsonl", 1)
	for i := 0; i < len(recs); i += 30 {
		in := drawn(t, recs[i])
		r := rand.New(rand.NewPCG(uint64(i), 7))
		host := paint(polygonsOf(in), loopDPI/mmPerInch, 1).lines()
		mid := middle(host.hull, 0, 1)
		where := func(q vec) vec { return q.sub(mid) }
		sh := newShape(in, host)
		miss, all := 0, 0
		for _, st := range sh.strokes {
			for _, e := range st {
				for _, a := range e.at {
					all++
					if a < 0 {
						miss++
					}
				}
			}
		}
		lev := map[int]float64{}
		get := func(c int) float64 {
			if _, ok := lev[c]; !ok {
				lev[c] = 0.012 * float64(r.IntN(2)*2-1)
			}
			return lev[c]
		}
		sh.move(sh.wave(where, get))
		tr := paint(sh.polygons(), loopDPI/mmPerInch, 1).lines()
		wv := sh.wave(where, get)
		after := paint(sh.polygons(), loopDPI/mmPerInch, 1)
		var a0, a1, b0, b1 float64
		k := 0
		for _, c := range host.chains {
			for _, q := range c {
				w := wv[k]
				k++
				if !q.ok {
					continue
				}
				l, rr, ok := after.edges(q.p, q.n)
				if !ok {
					continue
				}
				a0 += w * w
				a1 += w * ((l+rr)/2 - q.half)
				b0 += math.Pow((l+rr)/2-q.half-w, 2)
				b1++
			}
		}
		t.Logf("reading gain %.2f residual %.1f µm; wave rms %.1f µm", a1/a0, 1000*math.Sqrt(b0/b1), 1000*math.Sqrt(a0/b1))
		h := map[int]chip{}
		hs, hn := 0.0, 0.0
		for _, c := range host.chips(where, true) {
			h[c.cell] = c
			if c.w > 0.3 {
				hs += c.v * c.v
				hn++
			}
		}
		gain, res := 0.0, 0.0
		n := 0.0
		for _, c := range tr.chips(where, true) {
			if g, ok := h[c.cell]; ok && c.w > 0.3 {
				gain += (c.v - g.v) / lev[c.cell]
				n++
			}
		}
		gain /= n
		for _, c := range tr.chips(where, true) {
			if g, ok := h[c.cell]; ok && c.w > 0.3 {
				res += math.Pow(c.v-g.v-gain*lev[c.cell], 2)
			}
		}
		t.Logf("%d: missed edge points %.2f, host rms %.1f µm, gain %.2f, residual rms %.1f µm, cells %v", i, float64(miss)/float64(all), 1000*math.Sqrt(hs/hn), gain, 1000*math.Sqrt(res/n), n)
	}
}
