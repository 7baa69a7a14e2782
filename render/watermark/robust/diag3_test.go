package robust

import (
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"os"
	"testing"
)

func TestDiag3(t *testing.T) {
	if os.Getenv("DIAG") == "" {
		t.Skip()
	}
	recs := records(t, "svc2004_task2.jsonl", 1)
	for _, i := range []int{190} {
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
		mid := middle(paint(polygonsOf(in), loopDPI/mmPerInch, 1).lines().hull, 0, 1)
		sh := paint(polygonsOf(out), loopDPI/mmPerInch, 1)
		tr := sh.lines()
		got := map[int]float64{}
		for _, c := range tr.chips(func(q vec) vec { return q.sub(mid) }, true) {
			got[c.cell] = c.llr * float64(p.sign(c.cell, pay, 64))
		}
		const z = 4
		m := image.NewRGBA(image.Rect(0, 0, sh.w*z, sh.h*z))
		for y := range sh.h * z {
			for x := range sh.w * z {
				v := uint8(255 - 120*sh.bilinear(float64(x)/z-0.5, float64(y)/z-0.5))
				m.Set(x, y, color.RGBA{v, v, v, 255})
			}
		}
		for _, c := range tr.chains {
			for _, q := range c {
				x := int((q.p.x - sh.at.x) * sh.perMM * z)
				y := int((float64(sh.h) - (q.p.y-sh.at.y)*sh.perMM) * z)
				col := color.RGBA{0, 160, 0, 255}
				if g, ok := got[cellAt(q.p.sub(mid))]; ok && g < 0 {
					col = color.RGBA{255, 0, 0, 255}
				} else if !ok {
					col = color.RGBA{255, 160, 0, 255}
				}
				if !q.ok {
					col = color.RGBA{0, 0, 255, 255}
				}
				for d := range 9 {
					m.Set(x+d%3-1, y+d/3-1, col)
				}
			}
		}
		f, _ := os.Create("/tmp/diag3.png")
		png.Encode(f, m)
		f.Close()
	}
}
