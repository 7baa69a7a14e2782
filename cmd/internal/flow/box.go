package flow

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"moqian/pad"
	"moqian/render/ink"
	"moqian/store"
)

// ErrEmpty: nothing was written in the box.
var ErrEmpty = errors.New("nothing was written")

// Box is the open signature box of one signer. Record runs in a goroutine of
// the caller's; the other methods are the session's.
type Box struct {
	s       *Session
	dev     *pad.Device
	capture *pad.Capture
	noise   float64 // of the pad, mm; 0: unknown

	mu      sync.Mutex
	samples []pad.Sample // of the live view, for Ink; overwritten with the box
	down    bool
	ready   *prepared // nil: nothing yet
}

// Open proves that the workstation is ready and opens the box for the next
// signer on dev. The error is a *NotReady.
func (s *Session) Open(ctx context.Context, dev *pad.Device) (*Box, error) {
	if s.step != Sign || s.box != nil {
		return nil, ErrStep
	}
	if err := s.d.Ready(ctx, dev); err != nil {
		return nil, err
	}
	box := &Box{s: s, dev: dev, capture: new(pad.Capture)}
	if s.d.o.Calibration != nil {
		c, err := s.d.o.Calibration(ctx, dev.Info())
		if err != nil {
			return nil, &NotReady{Pad, err}
		}
		dev.Calibrate(c)
		if c != nil {
			box.noise = c.NoiseMM
		}
	}
	s.box = box
	s.show()
	return s.box, nil
}

// Record pumps the pad until ctx ends (nil) or the pad fails (pad.ErrGone); ink
// of a pad that failed is wiped. A second Record begins anew.
func (b *Box) Record(ctx context.Context) error {
	b.s.screen.Clear()
	b.wipe()
	settle(ctx, b.s.screen)
	if err := b.capture.RecordFrom(ctx, b.dev, func() { listening(b.s.screen) }, b.live); err != nil {
		b.wipe()
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.down = false
	b.prepare()
	return nil
}

func (b *Box) live(p pad.Sample) {
	b.mu.Lock()
	if len(b.samples) == cap(b.samples) {
		grown := make([]pad.Sample, len(b.samples), max(4096, 2*cap(b.samples)))
		copy(grown, b.samples)
		pad.Wipe(b.samples)
		b.samples = grown
	}
	b.samples = append(b.samples, p)
	b.down = p.Phase == pad.Down
	b.mu.Unlock()
	b.s.screen.Sample(p)
}

// Ink is the final look of what is written so far, empty while the pen is down
// or nothing was written. It may be called beside Record.
func (b *Box) Ink() ([]ink.Outline, error) {
	drawn, _, err := b.Drawn()
	return drawn, err
}

// Drawn is Ink and how it lies in its box: with that it can be shown where it
// was written, as the live view showed it.
func (b *Box) Drawn() ([]ink.Outline, ink.Placement, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.down || len(b.samples) == 0 {
		return nil, ink.Placement{}, nil
	}
	b.prepare()
	if b.ready.drawn == nil {
		return nil, ink.Placement{}, b.ready.err
	}
	return b.ready.drawn, b.ready.place, nil
}

// Params are how ink of this box is drawn, for whoever shows it with an ink.Pen
// while it is written.
func (b *Box) Params() ink.Params { return b.params() }

func (b *Box) params() ink.Params {
	at := b.s.sheet.Boxes[len(b.s.inks)]
	return ink.Params{Box: ink.Box{W: at.W, H: at.H}, Nib: b.s.d.o.Nib, Noise: b.noise, Rate: b.dev.Info().Rate}
}

// Discard closes the box without ink, after Record has returned: the customer
// begins anew with Open, perhaps on another pad.
func (b *Box) Discard(ctx context.Context, reason string) error {
	if b.s.box != b {
		return ErrStep
	}
	b.drop()
	b.s.show()
	return b.s.d.o.Store.Audit().Append(ctx, store.Entry{Actor: b.s.teller, Action: "resign",
		Voucher: b.s.header.Number, Type: b.s.typ.Code, Pad: b.dev.Info().Model, Outcome: "ok",
		Detail: map[string]string{"reason": reason}})
}

func (b *Box) drop() {
	b.capture.Discard()
	b.wipe()
	b.s.screen.Clear()
	b.s.box = nil
}

func (b *Box) wipe() {
	b.mu.Lock()
	defer b.mu.Unlock()
	pad.Wipe(b.samples)
	b.samples, b.down = nil, false
	b.ready.drop()
	b.ready = nil
}

// Accept takes the ink, after Record has returned. For the last signer it goes
// on, in this one call, to the filed voucher, which it gives back; before, the
// result is nil and Open follows for the next signer. ErrEmpty leaves the box
// open. After any other error the session has ended, its number is burnt.
func (b *Box) Accept(ctx context.Context) (*Result, error) {
	s := b.s
	if s.box != b {
		return nil, ErrStep
	}
	g, err := b.take()
	if errors.Is(err, ErrEmpty) {
		return nil, err
	}
	s.box = nil
	if err == nil {
		s.inks = append(s.inks, g)
		if len(s.inks) < len(s.filled.Signers()) {
			s.show()
			return nil, nil
		}
		var r *Result
		if r, err = s.finish(ctx); err == nil {
			s.step, s.result, s.serial = Filed, r, 0
			s.forget()
			s.show()
			return r, nil
		}
	}
	return nil, errors.Join(fmt.Errorf("finishing the voucher: %w", err),
		s.Cancel(context.WithoutCancel(ctx), "failed"))
}

// take turns the capture into marked ink; the samples are gone after it.
func (b *Box) take() (signed, error) {
	b.mu.Lock()
	p := b.ready
	if downs(b.samples) == 0 {
		b.mu.Unlock()
		return signed{}, ErrEmpty
	}
	b.ready = nil // wipe leaves it
	b.mu.Unlock()
	began := b.s.d.o.Now()
	samples, ev, err := b.capture.Take()
	ev.Confirmed = confirmed(b.s.screen)
	b.wipe()
	if err != nil {
		p.drop()
		return signed{}, err
	}
	if p == nil || p.downs != downs(samples) {
		p.drop()
		p = b.begin(samples)
	}
	pad.Wipe(samples)
	<-p.done
	if p.err != nil {
		return signed{}, fmt.Errorf("drawing the ink: %w", p.err)
	}
	drawn := b.s.d.o.Now()
	g, err := b.s.mark(p.wide, ev)
	b.s.took = append(b.s.took, Took{"ink", drawn.Sub(began)}, Took{"mark", b.s.d.o.Now().Sub(drawn)})
	return g, err
}
