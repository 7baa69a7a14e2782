//go:build virtualpad

package ui

import (
	"image"
	"math"
	"testing"
	"time"

	"moqian/cmd/teller/ui/kit"
	"moqian/pad"
	"moqian/pad/virtual"
	"moqian/render/ink"
)

func hand() (ink.Params, []pad.Sample) {
	t := virtual.Synthetic(3)
	return ink.Params{Box: ink.Box{W: 60, H: 25}, Nib: ink.Nib{Min: 0.25, Max: 0.9}, Rate: 200}, t.Samples
}

// The newest report is on the screen with its own call; the pen's ink follows,
// and nothing of the hand is held after pen-up or a wipe.
func TestLiveInk(t *testing.T) {
	p, samples := hand()
	g := newGeometry(60, 25, pad.Info{Width: 72, Height: 30})
	l := &liveInk{pen: ink.NewPen(p), how: p}
	touches, strokes := 0, map[int]bool{}
	for i, s := range samples {
		n, sure, near := l.add(s, g)
		touches += len(sure)
		if len(sure) > 0 {
			strokes[n] = true
		}
		if s.Phase != pad.Down {
			if near != nil || l.n != 0 {
				t.Fatalf("sample %d: the pen is up and something is near", i)
			}
			continue
		}
		last := near[len(near)-1]
		if want := g.touch(s.X, s.Y, 0); math.Abs(float64(last.X-want.X)) > 1e-6 || math.Abs(float64(last.Y-want.Y)) > 1e-6 {
			t.Fatalf("sample %d: shown to %v, the pen is at %v", i, last, want)
		}
	}
	if touches < 300 || len(strokes) < 2 {
		t.Errorf("%d touches of %d strokes", touches, len(strokes))
	}
	l.add(pad.Sample{X: 10, Y: 10, P: 0.5, Phase: pad.Down}, g)
	l.wipe()
	for _, s := range l.raw {
		if s != (pad.Sample{}) {
			t.Error("reports are kept after a wipe")
		}
	}
	for _, c := range append(l.onPen[:cap(l.onPen)], l.onHand[:cap(l.onHand)]...) {
		if c != (kit.Touch{}) {
			t.Error("touches are kept after a wipe")
		}
	}
}

// A report that no hand can have made is not shown before the pen has judged.
func TestLiveInkLeavesOutLeaps(t *testing.T) {
	p, _ := hand()
	g := newGeometry(60, 25, pad.Info{Width: 72, Height: 30})
	l := &liveInk{pen: ink.NewPen(p), how: p}
	for i, x := range []float64{10, 10.5, 60, 11.5} {
		_, _, near := l.add(pad.Sample{T: time.Duration(i) * 5 * time.Millisecond, X: x, Y: 10, P: 0.5, Phase: pad.Down}, g)
		for _, n := range near {
			if n.X > g.touch(30, 10, 0).X {
				t.Errorf("report %d: the leap is shown", i)
			}
		}
	}
}

// The final ink lies where the live ink lay: nearly all of its pixels are within
// two of the live ink's, and the other way round.
func TestFinalInkLiesOnTheLive(t *testing.T) {
	p, samples := hand()
	for i := range samples { // a corner of the pad, far from its middle
		samples[i].X = samples[i].X*0.5 + 3
		samples[i].Y = samples[i].Y*0.5 + 2
	}
	g := newGeometry(60, 25, pad.Info{Width: 72, Height: 30})
	const w, h = 924, 382
	pen, live := ink.NewPen(p), image.NewAlpha(image.Rect(0, 0, w, h))
	for _, s := range samples {
		_, dabs := pen.Add(s)
		for _, d := range dabs {
			c := g.touch(d.X, d.Y, d.W)
			disc(live, float64(w/2+c.X*w), float64(h/2+c.Y*w), float64(c.R*w))
		}
	}
	k, err := ink.Smooth(samples, p)
	if err != nil {
		t.Fatal(err)
	}
	at, err := k.Place(p.Box)
	if err != nil {
		t.Fatal(err)
	}
	outlines, err := k.Outlines(p.Box)
	if err != nil {
		t.Fatal(err)
	}
	final := image.NewAlpha(live.Rect)
	img := g.final(outlines, at, w, h)
	for y := range h {
		for x := range w {
			_, _, _, a := img.At(x, y).RGBA()
			final.Pix[final.PixOffset(x, y)] = uint8(a >> 8)
		}
	}
	for name, pair := range map[string][2]*image.Alpha{"final beside live": {final, live}, "live beside final": {live, final}} {
		all, off := 0, 0
		for y := range h {
			for x := range w {
				if pair[0].AlphaAt(x, y).A < 128 {
					continue
				}
				all++
				if !about(pair[1], x, y, 2) {
					off++
				}
			}
		}
		if all < 2000 || off*50 > all {
			t.Errorf("%s: %d of %d pixels", name, off, all)
		}
	}
}

func disc(img *image.Alpha, cx, cy, r float64) {
	for y := int(cy - r); y <= int(cy+r); y++ {
		for x := int(cx - r); x <= int(cx+r); x++ {
			if math.Hypot(float64(x)+0.5-cx, float64(y)+0.5-cy) <= r && image.Pt(x, y).In(img.Rect) {
				img.Pix[img.PixOffset(x, y)] = 255
			}
		}
	}
}

func about(img *image.Alpha, x, y, r int) bool {
	for j := y - r; j <= y+r; j++ {
		for i := x - r; i <= x+r; i++ {
			if image.Pt(i, j).In(img.Rect) && img.AlphaAt(i, j).A > 64 {
				return true
			}
		}
	}
	return false
}
