package robust

import (
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"moqian/render/ink"
)

// smoothPage is the page at 1200 dpi as a perfect printer makes it.
func smoothPage(in []ink.Outline) *shade { return paint(polygonsOf(in), 1200/mmPerInch, 4) }

func TestDiag4(t *testing.T) {
	if os.Getenv("DIAG") == "" {
		t.Skip()
	}
	recs := records(t, "svc2004_task2.jsonl", 1)
	type cs struct {
		name             string
		oneBit           bool
		gamma, noise     float64
		q                int
		askew            bool
		dpi              float64
		sum, ber, n, all float64
	}
	css := []*cs{
		{name: "perfect", gamma: 1, q: 100, dpi: 300},
		{name: "askew", gamma: 1, q: 100, askew: true, dpi: 300},
		{name: "1bit", gamma: 1, q: 100, oneBit: true, dpi: 300},
		{name: "1bit askew", gamma: 1, q: 100, oneBit: true, askew: true, dpi: 300},
		{name: "noise4", gamma: 1, q: 100, noise: 4, dpi: 300},
		{name: "jpeg75", gamma: 1, q: 75, dpi: 300},
		{name: "gamma", gamma: 0.85, q: 100, dpi: 300},
		{name: "all", gamma: 0.85, noise: 4, q: 75, oneBit: true, askew: true, dpi: 300},
		{name: "all600", gamma: 0.85, noise: 4, q: 75, oneBit: true, askew: true, dpi: 600},
	}
	for i := 0; i < len(recs); i += 26 {
		in := drawn(t, recs[i])
		r := rand.New(rand.NewPCG(uint64(i), 7))
		var s Secret
		for j := range s {
			s[j] = byte(r.Uint32())
		}
		handle := []byte{byte(r.Uint32()), byte(r.Uint32()), byte(r.Uint32())}
		out, _, _ := Embed(in, s, handle, Options{Amplitude: 12, Cap: 15})
		p := newPattern(s)
		pay := p.payload(whole(handle))
		full := p.claimed(pay, 64)
		for _, c := range css {
			if k := os.Getenv("K"); k != "" && !strings.Contains(k, c.name+",") {
				continue
			}
			pg := smoothPage(out)
			if c.oneBit {
				pg = printed(out)
			}
			a, sc := 0.0, 1.0
			if c.askew {
				a, sc = (r.Float64()*4-2)*math.Pi/180, 1+(r.Float64()*2-1)*0.01
			}
			g := scanAt(pg, c.dpi, float64(c.q), a, sc, c.gamma, c.noise, r)
			gr := g.groups()[0]
			tr := g.shade(&gr).lines()
			tp := truth
			tp.mid, tp.extent = middle(tr.hull, tp.angle, tp.scale), tr.extent()
			f := full.climb(tr.deviations(), fit{pose: tp}, 0.08, func(f *fit) { f.score = f.pilot })
			ch := tr.chips(f.ink, true)
			T, _ := p.statistic(ch, pay, 64)
			c.sum += T
			for _, k := range ch {
				if k.w > 0.25 {
					c.all++
					if k.llr*float64(full[k.cell]) < 0 {
						c.ber++
					}
				}
			}
			c.n++
		}
	}
	for _, c := range css {
		if c.n == 0 {
			continue
		}
		t.Logf("%-12s T %.2f BER %.3f", c.name, c.sum/c.n, c.ber/c.all)
	}
}
