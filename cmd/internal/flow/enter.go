package flow

import (
	"context"
	"errors"
	"fmt"

	"moqian/render"
	"moqian/render/form"
	"moqian/store/auth"
)

// Enter takes the teller's entries. Problems are what is wrong with fields; the
// session then stays at Entry. The error is the workstation's: disk, clock,
// numbers used up. After success the step is Approval or Confirm.
func (s *Session) Enter(ctx context.Context, in map[string]string) ([]form.Problem, error) {
	if s.step != Entry {
		return nil, ErrStep
	}
	filled, problems := s.typ.Fill(in, s.d.Business())
	if len(problems) > 0 {
		return problems, nil
	}
	if err := s.number(ctx); err != nil {
		return nil, err
	}
	s.filled = filled
	sheet, err := render.Voucher(s.pages(), s.d.o.Fonts)
	if p, ok := problem(err); ok {
		return []form.Problem{p}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("laying out the voucher: %w", err)
	}
	s.sheet, s.step, s.page = sheet, Confirm, 0
	if filled.NeedsApproval() {
		s.step = Approval
	}
	s.show()
	return nil, nil
}

// number reserves the voucher's number once a session, takes the key of its
// mark and fills the header.
func (s *Session) number(ctx context.Context) error {
	day := s.d.Business().Format("2006-01-02")
	if s.serial != 0 && s.header.Business != day { // midnight in between
		if err := s.burn(ctx, "date"); err != nil {
			return err
		}
	}
	if s.serial == 0 {
		serial, err := s.d.o.Store.Outbox().Reserve(ctx, day)
		if err != nil {
			return fmt.Errorf("taking a voucher number: %w", err)
		}
		s.serial = serial
	}
	var err error
	if s.markKey, err = s.d.o.MarkKey(ctx); err != nil {
		return fmt.Errorf("the key of the marks: %w", err)
	}
	n, err := form.NewNumber(s.d.o.BranchCode, s.d.o.Workstation, s.d.Business(), s.serial)
	if err != nil {
		return err
	}
	s.header = form.Header{Number: n, Time: s.d.o.Now().In(Beijing()), Business: day,
		Branch: s.d.o.BranchCode, Workstation: s.d.o.Workstation, Teller: s.teller, Trial: s.d.o.Trial}
	return nil
}

// pages is the voucher as it stands, with the inks so far.
func (s *Session) pages() render.Form {
	f := render.Form{Filled: s.filled, Header: s.header, Bank: s.d.o.Bank, Branch: s.d.o.Branch,
		Seal: s.d.o.Seal, SealFont: s.d.o.SealFont, Approved: s.approval.At}
	for _, g := range s.inks {
		f.Signed = append(f.Signed, g.at)
	}
	return f
}

// problem turns what stops a layout into a sentence about a field.
func problem(err error) (form.Problem, bool) {
	var f *render.FieldError
	if !errors.As(err, &f) {
		return form.Problem{}, false
	}
	p := form.Problem{Field: f.Field}
	var g *render.MissingGlyph
	switch {
	case errors.As(err, &g):
		p.Text = form.Text{
			ZH: fmt.Sprintf("字体中没有“%c”（U+%04X）这个字。请安装生僻字字体（fonts-hanazono）后重试。", g.Char, g.Char),
			EN: fmt.Sprintf("No font has the character %c (U+%04X). Install the fonts for rare characters (fonts-hanazono) and try again.", g.Char, g.Char)}
	case errors.Is(err, render.ErrTooLong):
		p.Text = form.Text{ZH: f.Label + "太长，凭证上印不下。请缩短后重试。",
			EN: "Too long for its place on the voucher. Shorten it and try again."}
	default:
		return form.Problem{}, false
	}
	return p, true
}

// Approve is the second person's word. The password is wiped. Errors are those
// of auth.Users.Approve; the session then stays at Approval.
func (s *Session) Approve(ctx context.Context, supervisor string, password []byte, code string) error {
	if s.step != Approval {
		clear(password)
		return ErrStep
	}
	s.header.Supervisor = supervisor
	a, err := s.d.o.Users.Approve(ctx, supervisor, password, code, s.teller, s.digest())
	if err != nil {
		s.header.Supervisor = ""
		return err
	}
	s.approval = a
	sheet, err := render.Voucher(s.pages(), s.d.o.Fonts)
	if err != nil {
		s.header.Supervisor, s.approval = "", auth.Approval{}
		return fmt.Errorf("laying out the voucher: %w", err)
	}
	s.sheet, s.step, s.page = sheet, Confirm, 0
	s.show()
	return nil
}

// ConfirmPage is the customer's word for the page shown; the next one follows,
// after the last the step is Sign.
func (s *Session) ConfirmPage() error {
	if s.step != Confirm {
		return ErrStep
	}
	if s.page+1 < len(s.sheet.Pages) {
		s.page++
	} else {
		s.step = Sign
	}
	s.show()
	return nil
}
