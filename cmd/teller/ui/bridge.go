package ui

import (
	"image"
	"sync"
	"time"

	"fyne.io/fyne/v2"

	"moqian/cmd/internal/flow"
	"moqian/cmd/teller/ui/kit"
	"moqian/pad"
	"moqian/render"
)

// bridge carries what happens in other goroutines to the toolkit's. It is the
// flow.Screen of every session.
type bridge struct {
	app *App

	mu     sync.Mutex // guards asked to spot
	asked  bool       // a redraw of the ink is on its way
	pen    penState
	live   *liveInk // nil: no box is open
	frames int

	spot spot // of the customer's ink on the screen, for measurements

	// The session's goroutine only: which pages were painted last.
	painted *render.Page
	imgs    []image.Image
	leaves  []leaf
}

// penState is what the sign page tells of the pen.
type penState struct {
	strokes, samples, lost int
	down                   bool
	first, last            float64 // seconds
	p                      float64
	at                     time.Time // of the last sample with the pen down
}

// rests says that there is ink and the pen has been up for a while.
func (p penState) rests() bool {
	return p.strokes > 0 && !p.down && time.Since(p.at) >= settle
}

// later runs f on the toolkit's goroutine.
func (b *bridge) later(f func()) {
	if b.app.inline {
		f()
		return
	}
	if b.app.ctx.Err() == nil { // else the windows are gone
		fyne.Do(f)
	}
}

// Show takes over what a session tells.
func (b *bridge) Show(v flow.View) {
	if p := b.app.own.at(); p != nil {
		p.Show(v)
	}
	imgs, leaves := b.paint(v)
	b.later(func() {
		b.app.pages, b.app.leaves = imgs, leaves
		b.app.show(v)
	})
}

// Sample puts a point on every ink surface. The points wait there until the
// next frame, which draws all of them at once.
func (b *bridge) Sample(s pad.Sample) {
	now := time.Now()
	if p := b.app.own.at(); p != nil {
		p.Sample(s)
	}
	g := b.app.geometry()
	b.mu.Lock()
	if b.live != nil {
		stroke, sure, near := b.live.add(s, g)
		for _, v := range b.app.inkViews() {
			v.Add(stroke, sure, near)
		}
	}
	b.pen.add(s, now)
	ask := !b.asked
	b.asked = true
	spot := b.spot
	b.mu.Unlock()
	if saw := b.app.o.Saw; saw != nil && s.Phase == pad.Down && spot.w > 0 {
		t := g.touch(s.X, s.Y, 0)
		saw(int(spot.x+spot.w/2+t.X*spot.w), int(spot.y+spot.h/2+t.Y*spot.w), now)
	}
	if ask {
		b.later(b.frame)
	}
}

// spot is where an ink surface lies in its window, in pixels.
type spot struct{ x, y, w, h float32 }

// look notes where the customer's ink lies.
func (b *bridge) look() {
	role := customerInk
	if b.app.oneWindow() {
		role = paneInk
	}
	v := b.app.ink[role]
	c := b.app.fy.Driver().CanvasForObject(v)
	if c == nil {
		return
	}
	at, size, k := b.app.fy.Driver().AbsolutePositionForObject(v), v.Size(), c.Scale()
	b.mu.Lock()
	b.spot = spot{at.X * k, at.Y * k, size.Width * k, size.Height * k}
	b.mu.Unlock()
}

// mirrorEvery is how many frames of the customer's make one of the teller's.
const mirrorEvery = 12

// frame has the surfaces drawn in the toolkit's next frame. The teller's mirror
// follows five times a second: the customer's hand must not wait for it.
func (b *bridge) frame() {
	b.mu.Lock()
	b.asked = false
	b.frames++
	n := b.frames
	b.mu.Unlock()
	for role, v := range b.app.ink {
		if role == customerInk || b.app.oneWindow() || n%mirrorEvery == 0 {
			v.Draw()
		}
	}
	if n%mirrorEvery == 0 {
		b.app.penMoved()
		if b.app.o.Saw != nil {
			b.look()
		}
	}
}

// Clear empties the box.
func (b *bridge) Clear() {
	if p := b.app.own.at(); p != nil {
		p.Clear()
	}
	b.mu.Lock()
	b.pen = penState{}
	b.live.wipe()
	b.mu.Unlock()
	for _, v := range b.app.inkViews() {
		v.Wipe()
	}
	b.later(func() {
		for _, v := range b.app.ink {
			v.Draw()
		}
		b.app.penMoved()
	})
}

// Frames is how often the customer's ink was drawn, for measurements.
func (a *App) Frames() int { return a.ink[customerInk].Frames() }

// state of the pen.
func (b *bridge) state() penState {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.pen
}

func (p *penState) add(s pad.Sample, now time.Time) {
	t := s.T.Seconds()
	if p.samples == 0 {
		p.first = t
	}
	p.samples++
	p.last, p.lost, p.p = t, p.lost+s.Lost, 0
	if s.Phase == pad.Down {
		if !p.down {
			p.strokes++
		}
		p.p, p.at = s.P, now
	}
	p.down = s.Phase == pad.Down
}

// inkViews are the surfaces that exist; the map is filled before the windows
// are shown and never changes after.
func (a *App) inkViews() map[string]*kit.InkView { return a.ink }

const (
	customerInk = "customer"
	tellerInk   = "teller"
	paneInk     = "pane"
)
