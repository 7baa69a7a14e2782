package flow

import (
	"context"

	"moqian/pad"
	"moqian/render"
	"moqian/render/form"
)

// Step of a transaction, in order.
type Step uint8

const (
	Entry    Step = iota // ① the teller enters
	Approval             // ② a second person approves
	Confirm              // ③ the customer reads each page
	Sign                 // ④ the signers write
	Filed                // ⑤ signed and durable
	Ended                // cancelled; the session is of no more use
)

// View is what is to be shown. It belongs to the receiver and does not change.
type View struct {
	Step Step
	Type *form.Type
	// Filled is set from Approval on.
	Filled form.Filled
	// Pages as the customer sees them, from Confirm on: without ink and seal.
	Pages []render.Page
	Boxes []render.Area // where the signatures will stand, in order
	// Page is the one shown (from 0), of len(Pages).
	Page int
	// Signer is who writes now (from 0), of len(Filled.Signers()).
	Signer int
	// Open says that the box takes ink.
	Open bool
	// Result is set when Step is Filed.
	Result *Result
}

// Screen shows a session: the teller's and the customer's windows, a pad's own
// display, or nothing. Show and Clear come from the goroutine that drives the
// session, Sample from the one in Record. None may block for long.
type Screen interface {
	// Show follows each change of step, page or signer.
	Show(View)
	// Sample is the pen in the open box, mm of the pad's surface. It must not
	// be kept.
	Sample(pad.Sample)
	// Clear empties the box: the customer begins anew.
	Clear()
}

// Settler is what a Screen can do besides: say when it shows what it was told.
// A box takes no ink before the signer sees it.
type Settler interface {
	// Settled waits for it; it returns ctx's error.
	Settled(ctx context.Context) error
}

// Listener is what a Screen can do besides: hear that the open box takes ink
// from now on. It comes from the goroutine in Record, before any Sample.
type Listener interface{ Listening() }

// Confirmer is what a Screen can do besides: name the pictures that a customer
// confirmed on it, by their digests, for the evidence of the ink.
type Confirmer interface{ Confirmed() []string }

// settle waits for a screen; a Record whose context ends meanwhile returns by
// itself.
func settle(ctx context.Context, s Screen) {
	if w, ok := s.(Settler); ok {
		_ = w.Settled(ctx)
	}
}

func listening(s Screen) {
	if l, ok := s.(Listener); ok {
		l.Listening()
	}
}

func confirmed(s Screen) []string {
	if c, ok := s.(Confirmer); ok {
		return c.Confirmed()
	}
	return nil
}

// Dark is a Screen that shows nothing.
type Dark struct{}

func (Dark) Show(View)         {}
func (Dark) Sample(pad.Sample) {}
func (Dark) Clear()            {}
