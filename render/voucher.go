package render

import (
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

// SealText is what an e-seal says.
type SealText struct {
	Arc    string // bank and branch, at most 23 characters
	Number string // (1)
}

// Voucher lays a form out; it decides every line break. A value that does not
// fit its field, or a character no font has, is an error that names the field.
func Voucher(f Form, fonts *Fonts) (Sheet, error) { panic("seam") }
