//go:build virtualpad

package virtual

import (
	"context"
	"crypto/sha256"
	"sync"
	"time"

	"moqian/pad"
	"moqian/pad/internal"
)

// handQueue is how many reports wait for a slow reader before one is lost.
const handQueue = 4096

// Hand is a software pad that is written on by hand: the mouse of a trial
// build. What Pen is told can be read at once; Play writes a track in real
// time. It has no faults but the cable, which Unplug pulls.
type Hand struct {
	*pad.Device
	d *hander
}

// hander is the driver. Begin, Read and Evidence come from one goroutine; pen
// and Close from any.
type hander struct {
	player // its info, life, evidence and digest; it plays nothing
	queue  chan pad.Sample

	mu2    sync.Mutex // guards began, alive and missed
	began  time.Time
	alive  bool
	missed int // reports that found the queue full, since the last that did not
}

// OpenHand makes a pad with a surface of w × h mm.
func OpenHand(w, h float64, opt Options) *Hand {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Sleep == nil {
		opt.Sleep = sleep
	}
	d := &hander{queue: make(chan pad.Sample, handQueue)}
	d.opt, d.digest = opt, sha256.New()
	d.info = pad.Info{Maker: "Moqian", Model: "virtual", Serial: opt.Serial, Width: w, Height: h,
		Levels: 1024, Rate: synthRate, Virtual: true}
	d.life, d.end = context.WithCancel(context.Background())
	return &Hand{Device: pad.New(internal.Seal[pad.Driver](d)), d: d}
}

// Pen moves the pen to x, y mm with pressure p from 0 to 1.
func (h *Hand) Pen(x, y, p float64, down bool) {
	h.d.mu2.Lock()
	defer h.d.mu2.Unlock()
	if !h.d.alive || h.d.life.Err() != nil {
		return
	}
	s := pad.Sample{T: h.d.opt.Now().Sub(h.d.began), X: x, Y: y, P: p, Lost: h.d.missed}
	if down {
		s.Phase = pad.Down
	}
	select {
	case h.d.queue <- s:
		h.d.missed = 0
	default: // nobody reads
		h.d.missed++
	}
}

// Play writes a track in the middle of the surface, in its own time, shrunk
// where it would not fit, until it or ctx ends. The track is overwritten.
func (h *Hand) Play(ctx context.Context, t Track) {
	defer t.Wipe()
	if len(t.Samples) == 0 {
		return
	}
	left, top, right, bottom := t.Samples[0].X, t.Samples[0].Y, t.Samples[0].X, t.Samples[0].Y
	for _, s := range t.Samples {
		if s.Phase == pad.Down {
			left, right = min(left, s.X), max(right, s.X)
			top, bottom = min(top, s.Y), max(bottom, s.Y)
		}
	}
	k := min(1, 0.9*h.d.info.Width/max(1, right-left), 0.9*h.d.info.Height/max(1, bottom-top))
	from := h.d.opt.Now()
	for i := range t.Samples {
		s := t.Samples[i]
		if d := from.Add(s.T).Sub(h.d.opt.Now()); d > 0 && !h.d.opt.Fast && h.d.opt.Sleep(ctx, d) != nil {
			return
		}
		if ctx.Err() != nil || h.d.life.Err() != nil {
			return
		}
		h.Pen(h.d.info.Width/2+(s.X-(left+right)/2)*k, h.d.info.Height/2+(s.Y-(top+bottom)/2)*k, s.P, s.Phase == pad.Down)
		t.Samples[i] = pad.Sample{}
	}
	h.Pen(h.d.info.Width/2, h.d.info.Height/2, 0, false)
}

// Unplug pulls the cable: a Record in progress ends with pad.ErrGone.
func (h *Hand) Unplug() { _ = h.Close() }

// Begin empties the queue and starts the clock.
func (d *hander) Begin(ctx context.Context) error {
	if d.life.Err() != nil {
		return pad.ErrGone
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	d.mu2.Lock()
	defer d.mu2.Unlock()
	for len(d.queue) > 0 {
		<-d.queue
	}
	d.began, d.alive, d.missed = d.opt.Now(), true, 0
	d.ev = pad.Evidence{Model: d.info.Model, Serial: d.info.Serial, Virtual: true}
	d.digest.Reset()
	return nil
}

// Read gives the next report.
func (d *hander) Read(ctx context.Context) (pad.Sample, error) {
	if d.life.Err() != nil {
		return pad.Sample{}, pad.ErrGone
	}
	select {
	case s := <-d.queue:
		d.report(&s)
		return s, nil
	case <-d.life.Done():
		return pad.Sample{}, pad.ErrGone
	case <-ctx.Done():
		return pad.Sample{}, ctx.Err()
	}
}

// Close unplugs for good.
func (d *hander) Close() error {
	d.end()
	d.mu2.Lock()
	defer d.mu2.Unlock()
	for len(d.queue) > 0 {
		<-d.queue
	}
	return nil
}
