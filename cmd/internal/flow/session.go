package flow

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"moqian/pad"
	"moqian/render"
	"moqian/render/form"
	"moqian/render/watermark"
	"moqian/store"
	"moqian/store/auth"
)

// ErrStep: the call does not belong to the step the session is in.
var ErrStep = errors.New("not possible at this step of the transaction")

// Session is one transaction. Cancel it when it ends before Filed.
type Session struct {
	d      *Desk
	screen Screen
	teller string
	typ    *form.Type

	step     Step
	serial   int // reserved number, 0: none yet
	markKey  watermark.Key
	header   form.Header
	filled   form.Filled
	approval auth.Approval
	sheet    render.Sheet // unsigned
	page     int
	inks     []signed // of the signers so far
	took     []Took   // of taking, drawing and marking
	box      *Box
	result   *Result
}

// signed is one signer's ink, marked, with what the pad states about it.
type signed struct {
	ink      render.Ink
	evidence pad.Evidence
	margin   watermark.Margin
	at       time.Time
}

// Begin starts a transaction of a teller who is logged in.
func (d *Desk) Begin(teller, code string, screen Screen) (*Session, error) {
	t, ok := d.Type(code)
	if !ok {
		return nil, fmt.Errorf("%w: %s", ErrType, code)
	}
	s := &Session{d: d, screen: screen, teller: teller, typ: t}
	s.show()
	return s, nil
}

// ErrType: the desk does not do this business.
var ErrType = errors.New("no business type of this code")

// Step the session is in.
func (s *Session) Step() Step { return s.step }

// View is what the screen was told last.
func (s *Session) View() View {
	return View{Step: s.step, Type: s.typ, Filled: s.filled, Pages: s.sheet.Pages, Boxes: s.sheet.Boxes,
		Page: s.page, Signer: len(s.inks), Open: s.box != nil, Result: s.result}
}

// Number is the voucher's number, empty before Enter succeeded.
func (s *Session) Number() string { return s.header.Number }

func (s *Session) show() { s.screen.Show(s.View()) }

func (s *Session) digest() [32]byte { return sha256.Sum256(s.filled.Canonical(s.header)) }

// Back returns to the entry from any step before the first ink: the approval is
// void, the number is kept.
func (s *Session) Back() error {
	if s.step > Sign || len(s.inks) > 0 || s.box != nil {
		return ErrStep
	}
	s.step, s.page, s.approval, s.header.Supervisor = Entry, 0, auth.Approval{}, ""
	s.show()
	return nil
}

// Cancel ends the session, wipes its ink and burns its number. reason is a word
// for the log (customer, teller, pad, failed). A second Cancel does nothing.
func (s *Session) Cancel(ctx context.Context, reason string) error {
	if s.step >= Filed {
		return nil
	}
	if s.box != nil {
		s.box.drop()
	}
	s.forget()
	s.step = Ended
	var err error
	if s.serial > 0 {
		err = s.burn(ctx, reason)
	}
	s.show()
	return err
}

// burn gives the reserved number up.
func (s *Session) burn(ctx context.Context, reason string) error {
	serial := s.serial
	s.serial = 0
	return s.d.o.Store.Outbox().Burn(ctx, s.header.Business, serial, store.Entry{
		Actor: s.teller, Action: "cancel", Voucher: s.header.Number, Type: s.typ.Code,
		Outcome: "refused", Detail: map[string]string{"reason": reason}})
}

// forget drops the customer's ink and entries.
func (s *Session) forget() {
	for _, g := range s.inks {
		for _, o := range g.ink.Outlines {
			for _, c := range o.Contours {
				clear(c.Curves)
			}
		}
	}
	s.inks, s.filled, s.sheet = nil, form.Filled{}, render.Sheet{}
}
