package flow

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"moqian/pad"
	"moqian/render"
	"moqian/render/form"
	"moqian/render/ink"
	"moqian/render/pdf"
	"moqian/render/watermark"
	"moqian/sign"
	"moqian/store"
	"moqian/store/auth"
)

// Options of a Desk: what a workstation has and how its bank wants vouchers.
type Options struct {
	Store *store.Store
	Users *auth.Users
	Fonts *render.Fonts
	Types []*form.Type
	// Key signs as the teller. MarkKey tells the key that hides the mark, asked
	// for each voucher (it changes with the year), MarkSigner (Ed25519, nil:
	// nobody) signs the ink, ReceiptKey (P-256) signs the code on the customer's
	// copy, Prefix is the address before it.
	Key sign.Key
	// Roots trust Key's chain: each file is checked before it is filed. Reserve
	// is the room for the signature and its time stamp in bytes, 0: estimated.
	Roots      *x509.CertPool
	Reserve    int
	MarkKey    func(context.Context) (watermark.Key, error)
	MarkSigner crypto.Signer
	ReceiptKey crypto.Signer
	Prefix     string
	// Bank and Branch as printed; BranchCode has 5 digits, Workstation 2.
	Bank, Branch            form.Text
	BranchCode, Workstation string
	// Seal is what the teller's seal says, SealFont its face.
	Seal     render.SealText
	SealFont render.Font
	Nib      ink.Nib
	// Mark says how strong the mark in the width of the line is.
	Mark watermark.Options
	// Calibration of a pad, nil where it has none; the function may be nil.
	Calibration func(context.Context, pad.Info) (*pad.Calibration, error)
	// Trial marks everything TEST. Without it a software pad is refused.
	Trial bool
	Now   func() time.Time
	Rand  io.Reader
}

// Desk is where transactions happen. It keeps no customer's data. It may be
// used from several goroutines, its sessions not.
type Desk struct {
	o      Options
	writer *pdf.Writer
}

// New checks the options: without store, accounts, fonts and key there is no
// signing.
func New(o Options) (*Desk, error) {
	switch {
	case o.Store == nil || o.Users == nil || o.Fonts == nil:
		return nil, errors.New("internal error: a desk needs store, users and fonts")
	case o.Key == nil || len(o.Key.Chain()) == 0:
		return nil, errors.New("the desk has no signing key")
	case o.MarkKey == nil || o.ReceiptKey == nil:
		return nil, errors.New("the desk has no key for marks or receipts")
	case o.Now == nil || o.Rand == nil:
		return nil, errors.New("internal error: a desk needs a clock and randomness")
	}
	if _, err := form.NewNumber(o.BranchCode, o.Workstation, o.Now(), 1); err != nil {
		return nil, fmt.Errorf("branch or workstation: %w", err)
	}
	return &Desk{o: o, writer: pdf.NewWriter(o.Fonts)}, nil
}

// markKeys of this voucher.
func (s *Session) markKeys() watermark.Keys {
	return watermark.Keys{Key: s.markKey, Signer: s.d.o.MarkSigner, Rand: s.d.o.Rand}
}

// markPublic is the public half of MarkSigner, empty without one.
func (d *Desk) markPublic() string {
	if d.o.MarkSigner == nil {
		return ""
	}
	k, ok := d.o.MarkSigner.Public().(ed25519.PublicKey)
	if !ok {
		return ""
	}
	return hex.EncodeToString(k)
}

// Types of business that this desk does, in order.
func (d *Desk) Types() []*form.Type { return d.o.Types }

// Fonts that pages of this desk are set in: painting them takes the same set.
func (d *Desk) Fonts() *render.Fonts { return d.o.Fonts }

// Type by its code.
func (d *Desk) Type(code string) (*form.Type, bool) {
	for _, t := range d.o.Types {
		if t.Code == code {
			return t, true
		}
	}
	return nil, false
}

// Business is today's business date: the calendar day in Beijing, midnight UTC.
func (d *Desk) Business() time.Time {
	y, m, day := d.o.Now().In(Beijing()).Date()
	return time.Date(y, m, day, 0, 0, 0, 0, time.UTC)
}

// Beijing is UTC+8 all year (no daylight saving since 1991).
func Beijing() *time.Location { return time.FixedZone("UTC+8", 8*3600) }
