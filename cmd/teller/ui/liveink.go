package ui

import (
	"image"
	"math"

	"moqian/cmd/internal/flow"
	"moqian/cmd/teller/ui/kit"
	"moqian/pad"
	"moqian/render"
	"moqian/render/ink"
	"moqian/render/raster"
)

// liveInk is the ink of the open box while it is written: render/ink's own pen,
// which is Lag reports behind, and what the hand did since, of which the pen is
// not sure yet. It belongs to the bridge, under its lock.
type liveInk struct {
	pen *ink.Pen
	how ink.Params

	raw    [ink.Lag]pad.Sample // the newest with the pen down, oldest first
	n      int
	last   ink.Dab // of the stroke, if any
	sure   bool
	onPen  []kit.Touch
	onHand []kit.Touch
}

// begin gives the open box a pen.
func (b *bridge) begin(box *flow.Box) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.live.wipe()
	p := box.Params()
	b.live = &liveInk{pen: ink.NewPen(p), how: p}
}

// wipe overwrites what it holds of the hand and begins anew.
func (l *liveInk) wipe() {
	if l == nil {
		return
	}
	l.pen.Wipe()
	pad.Wipe(l.raw[:])
	clear(l.onPen[:cap(l.onPen)])
	clear(l.onHand[:cap(l.onHand)])
	l.n, l.sure, l.last = 0, false, ink.Dab{}
	l.pen = ink.NewPen(l.how)
}

// farthest in mm that the newest reports may be from each other to be shown
// before the pen is sure of them: three times a fast hand at 100 Hz.
const farthest = 9

// add takes a sample and gives what is sure of its stroke and what is near.
// Both are valid until the next call.
func (l *liveInk) add(s pad.Sample, g geometry) (stroke int, sure, near []kit.Touch) {
	stroke, dabs := l.pen.Add(s)
	l.onPen, l.onHand = l.onPen[:0], l.onHand[:0]
	for _, d := range dabs {
		l.onPen = append(l.onPen, g.touch(d.X, d.Y, d.W))
		l.last, l.sure = d, true
	}
	if s.Phase != pad.Down {
		pad.Wipe(l.raw[:])
		l.n, l.sure = 0, false
		return stroke, l.onPen, nil
	}
	if l.n == len(l.raw) {
		copy(l.raw[:], l.raw[1:])
		l.n--
	}
	l.raw[l.n] = s
	l.n++
	from, w := l.raw[0], l.how.Nib.Min+(l.how.Nib.Max-l.how.Nib.Min)*min(1, s.P)
	if l.sure {
		from.X, from.Y, w = l.last.X, l.last.Y, l.last.W
		l.onHand = append(l.onHand, g.touch(from.X, from.Y, w))
	}
	for _, r := range l.raw[:l.n] {
		if math.Hypot(r.X-from.X, r.Y-from.Y) < farthest {
			l.onHand = append(l.onHand, g.touch(r.X, r.Y, w))
			from = r
		}
	}
	return stroke, l.onPen, l.onHand
}

// geometry of the open box: mm of the box and of the pad, box mm per pad mm.
type geometry struct{ boxW, boxH, padW, padH, scale float64 }

func newGeometry(boxW, boxH float64, i pad.Info) geometry {
	g := geometry{boxW: boxW, boxH: boxH, padW: i.Width, padH: i.Height}
	if g.padW <= 0 || g.padH <= 0 {
		g.padW, g.padH = boxW, boxH
	}
	g.scale = min(boxW/g.padW, boxH/g.padH)
	return g
}

// geometry of the open box.
func (a *App) geometry() geometry {
	a.geo.Lock()
	defer a.geo.Unlock()
	return a.boxGeo
}

// touch is a dab of the pad, in mm of its surface, on a surface for ink: the
// pad's middle in its middle, the box as wide as it.
func (g geometry) touch(x, y, w float64) kit.Touch {
	k := g.scale / g.boxW
	return kit.Touch{X: float32((x - g.padW/2) * k), Y: float32((y - g.padH/2) * k), R: float32(w / 2 * k)}
}

// final is the finished ink on nothing, w × h pixels, where it was written: the
// same place and size as the live ink's. nil where it cannot be painted.
func (g geometry) final(outlines []ink.Outline, at ink.Placement, w, h int) image.Image {
	if at.Scale <= 0 || w <= 0 {
		return nil
	}
	k := g.scale / at.Scale // as shown, of the size on the paper
	wide, high := g.boxW/k, g.boxW/k*float64(h)/float64(w)
	area := render.Area{W: g.boxW, H: g.boxH,
		X: (wide-g.boxW)/2 + (at.X-g.padW/2)*at.Scale,
		Y: (high-g.boxH)/2 + (at.Y-g.padH/2)*at.Scale}
	img, err := raster.Page(render.Page{W: wide, H: high},
		[]render.Ink{{Area: area, Color: render.Color{R: 0x10, G: 0x18, B: 0x2A}, Outlines: outlines}}, nil, float64(w)/wide*25.4)
	if err != nil {
		return nil
	}
	for i := 0; i+3 < len(img.Pix); i += 4 { // white to transparent
		white := min(img.Pix[i], img.Pix[i+1], img.Pix[i+2])
		img.Pix[i+3] = 255 - white
		for k := range 3 {
			img.Pix[i+k] -= white
		}
	}
	return img
}

// showFinal replaces the live ink by what will stand on the paper, where it was
// written.
func (a *App) showFinal(r *recording) {
	outlines, at, err := r.box.Drawn()
	if err == nil && len(outlines) > 0 {
		g := a.geometry()
		for _, v := range a.inkViews() {
			if w, h := v.Pixels(); w > 0 {
				v.Final(g.final(outlines, at, w, h))
			}
		}
	}
	a.bridge.later(func() {
		for _, v := range a.ink {
			v.Draw()
		}
		a.shell.draw()
		a.redrawCustomer()
	})
}
