package render

import (
	"errors"
	"fmt"
	"time"

	"moqian/render/form"
)

// Form is everything that stands on the pages of a voucher.
type Form struct {
	Filled form.Filled
	Header form.Header
	Bank   form.Text
	Branch form.Text
	// Currency and fee as printed: 人民币 CNY, ¥0.00.
	Fee string
	// Signed holds, per signer in order, the time of signing; empty before.
	Signed []time.Time
	// Seal is the institution's seal text; see Seal.
	Seal SealText
	// SealFont is the face that seals are cut in.
	SealFont Font
	// Code is the text of the receipt code, empty before signing.
	Code string
}

// Voucher lays a form out; it decides every line break. A value that does not
// fit its field, or a character no font has, is an error that names the field.
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
