package flow

import (
	"moqian/cmd/internal/manifest"
	"moqian/pad"
	"moqian/render/ink"
	"moqian/render/watermark"
)

// prepared is ink drawn and widened while somebody still looks at it: all of
// the finish that needs neither the capture's evidence nor its end. It holds
// outlines, no samples.
type prepared struct {
	downs int // samples with the pen down that it was made of
	drawn []ink.Outline
	place ink.Placement // of drawn
	done  chan struct{} // closed when wide and err are set
	wide  watermark.Wide
	err   error
}

// prepare begins with what is written so far; the caller holds the lock. What is
// ready or under way for the same ink is left alone.
func (b *Box) prepare() {
	if n := downs(b.samples); n > 0 && (b.ready == nil || b.ready.downs != n) {
		b.ready.drop()
		b.ready = b.begin(b.samples)
	}
}

// begin draws at once and widens in a goroutine that done waits for.
func (b *Box) begin(samples []pad.Sample) *prepared {
	p := &prepared{downs: downs(samples), done: make(chan struct{})}
	if p.drawn, p.place, p.err = draw(samples, b.params()); p.err != nil {
		close(p.done)
		return p
	}
	handle, err := manifest.Data{Number: b.s.header.Number}.Handle()
	if err != nil {
		p.err = err
		close(p.done)
		return p
	}
	keys, mark := b.s.markKeys(), b.s.d.o.Mark
	go func() {
		defer close(p.done)
		p.wide, p.err = watermark.Widen(p.drawn, keys, handle, mark)
	}()
	return p
}

// draw is ink.Draw that also tells how the ink was laid into its box.
func draw(samples []pad.Sample, p ink.Params) ([]ink.Outline, ink.Placement, error) {
	k, err := ink.Smooth(samples, p)
	if err != nil {
		return nil, ink.Placement{}, err
	}
	defer k.Wipe()
	at, err := k.Place(p.Box)
	if err != nil {
		return nil, ink.Placement{}, err
	}
	drawn, err := k.Outlines(p.Box)
	return drawn, at, err
}

// drop waits for the goroutine; nil has none.
func (p *prepared) drop() {
	if p != nil {
		<-p.done
	}
}

func downs(samples []pad.Sample) int {
	n := 0
	for _, s := range samples {
		if s.Phase == pad.Down {
			n++
		}
	}
	return n
}
