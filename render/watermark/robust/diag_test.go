package robust

import (
	"math"
	"math/rand/v2"
	"os"
	"testing"
)

func TestDiag(t *testing.T) {
	if os.Getenv("DIAG") == "" {
		t.Skip()
	}
	recs := records(t, "svc2004_task2.jsonl", 1)
	const bins = 7
	var n, bad, sum, lim [2][bins]float64
	tot := [2]float64{}
	for i := 0; i < len(recs); i += 20 {
		in := drawn(t, recs[i])
		r := rand.New(rand.NewPCG(uint64(i), 7))
		var s Secret
		for j := range s {
			s[j] = byte(r.Uint32())
		}
		handle := []byte{byte(r.Uint32()), byte(r.Uint32()), byte(r.Uint32())}
		out, _, err := Embed(in, s, handle, Options{Amplitude: 12, Cap: 15})
		if err != nil {
			t.Fatal(err)
		}
		p := newPattern(s)
		pay := p.payload(whole(handle))
		mid := middle(paint(polygonsOf(in), loopDPI/mmPerInch, 1).lines().hull, 0, 1)
		for k := range 2 {
			sh := paint(polygonsOf(out), loopDPI/mmPerInch, 1)
			if k == 1 {
				pr := printed(out)
				bl := blur(pr, 0.045)
				sh = &shade{w: int(float64(pr.w) / pr.perMM * 300 / mmPerInch), h: int(float64(pr.h) / pr.perMM * 300 / mmPerInch), perMM: 300 / mmPerInch, at: pr.at}
				sh.v = make([]float32, sh.w*sh.h)
				for y := range sh.h {
					for x := range sh.w {
						sh.v[y*sh.w+x] = float32(bl.sample(sh.place(float64(x), float64(y))))
					}
				}
			}
			tr := sh.lines()
			cl := 0.0
			for _, c := range tr.chains {
				for _, q := range c {
					if q.ok {
						cl += pace
					}
				}
			}
			tot[k] += cl / tr.length
			for _, c := range tr.chips(func(q vec) vec { return q.sub(mid) }, true) {
				b := min(bins-1, int(math.Abs(c.llr)))
				if k == 2 {
					b = min(bins-1, int(c.w/0.12))
				}
				e := 2 * math.Tanh(c.llr/4) * float64(p.sign(c.cell, pay, 64))
				n[k][b]++
				sum[k][b] += e
				lim[k][b] += e * e
				if e < 0 {
					bad[k][b]++
				}
			}
		}
	}
	for k := range 2 {
		for b := range bins {
			t.Logf("%d w<%.2f: n %4.0f BER %.3f mean %.2f sd %.2f", k, 0.12*float64(b+1), n[k][b], bad[k][b]/n[k][b], sum[k][b]/n[k][b], lim[k][b]/n[k][b]-sum[k][b]*sum[k][b]/n[k][b]/n[k][b])
		}
		t.Logf("clear %.2f", tot[k]/16)
	}
}
