package render

import (
	"errors"
	"fmt"
	"time"

	"moqian/render/form"
)

// Form is everything that stands on the pages of a voucher. All times are
// printed as Beijing time.
type Form struct {
	Filled form.Filled
	Header form.Header
	Bank   form.Text
	Branch form.Text
	// Fee as printed: ¥0.00; empty prints —.
	Fee string
	// Approved is when Header.Supervisor approved; the zero time is not printed.
	Approved time.Time
	// Signed holds, for each of Filled.Signers in order, the time of signing;
	// shorter, or a zero time, for those who have not signed yet.
	Signed []time.Time
	// Seal is what the teller's seal says; the zero SealText draws none.
	Seal SealText
	// SealFont is the face that seals are cut in; characters it lacks come from
	// the bold face of the program. Unused without Seal.
	SealFont Font
	// Code is the text of the receipt code (package receipt), at most 221
	// characters of the QR alphanumeric set; empty before signing. Full-page
	// forms have no place for one.
	Code string
}

// Voucher lays a form out; it decides every line break. A value that does not
// fit its field (ErrTooLong) or a character no font has (*MissingGlyph) is a
// *FieldError that names the field. The same form gives the same pages, and
// whether it is signed, sealed or coded moves nothing.
//
// Half-page types become one page with the bank's and the customer's copy, all
// others a form of full pages.
func Voucher(f Form, fonts *Fonts) (Sheet, error) {
	r := &reader{Form: f, typ: f.Filled.Type()}
	if r.typ == nil {
		return Sheet{}, errors.New("internal error: form is not filled")
	}
	lay := fullPages
	if r.typ.Half() {
		lay = halves
	}
	sheet, err := lay(r, fonts)
	if err != nil {
		return Sheet{}, fmt.Errorf("laying out voucher %s: %w", r.typ.Code, err)
	}
	return sheet, nil
}
