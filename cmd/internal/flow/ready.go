package flow

import (
	"context"
	"errors"
	"fmt"

	"moqian/pad"
	"moqian/sign"
	"moqian/sign/pdf"
)

// Part of the workstation that must be right before a customer signs.
type Part string

const (
	Pad         Part = "pad"
	Key         Part = "key"         // the key signs and the certificate fits it
	Certificate Part = "certificate" // it is valid today
	Storage     Part = "storage"     // disk floor, clock, queue
)

// NotReady says what keeps the box closed. No customer signs twice for a fault
// of ours, so it is found before the first stroke.
type NotReady struct {
	Part Part
	Err  error
}

func (n *NotReady) Error() string { return fmt.Sprintf("%s is not ready: %v", n.Part, n.Err) }

func (n *NotReady) Unwrap() error { return n.Err }

// ErrSoftPad: a pad made of software outside trial mode.
var ErrSoftPad = errors.New("a software pad signs in trial mode only")

// Ready proves key (by a test signature), certificate, clock, disk floor and
// pad, the error being a *NotReady. dev may be nil to ask about all but the pad.
func (d *Desk) Ready(ctx context.Context, dev *pad.Device) error {
	if dev != nil && dev.Info().Virtual && !d.o.Trial {
		return &NotReady{Pad, ErrSoftPad}
	}
	if err := d.o.Store.Ready(ctx); err != nil {
		return &NotReady{Storage, err}
	}
	cert := d.o.Key.Chain()[0]
	if now := d.o.Now(); now.Before(cert.NotBefore) || now.After(cert.NotAfter) {
		return &NotReady{Certificate, sign.ErrExpired}
	}
	if err := d.proveKey(ctx); err != nil {
		return &NotReady{Key, err}
	}
	return ctx.Err()
}

// proveKey signs a page of nothing and judges it as the voucher will be: key,
// certificate, chain, roots and reserved room are right, or the box stays shut.
func (d *Desk) proveKey(ctx context.Context) error {
	w := pdf.NewWriter("1.4")
	catalog, pages, page := w.Alloc(), w.Alloc(), w.Alloc()
	w.Put(catalog, pdf.Dict{"Type": pdf.Name("Catalog"), "Pages": pages})
	w.Put(pages, pdf.Dict{"Type": pdf.Name("Pages"), "Kids": pdf.Array{page}, "Count": int64(1)})
	w.Put(page, pdf.Dict{"Type": pdf.Name("Page"), "Parent": pages,
		"MediaBox": pdf.Array{int64(0), int64(0), int64(1), int64(1)}, "Resources": pdf.Dict{}})
	blank, err := w.Finish(pdf.Dict{"Root": catalog})
	if err != nil {
		return err
	}
	file, err := sign.Sign(ctx, blank, sign.Field{Name: fieldName, Time: d.o.Now(), Certify: 1}, d.o.Key, d.o.Reserve)
	if err != nil {
		return err
	}
	if r := sign.Verify(file, sign.Options{Roots: d.o.Roots, At: d.o.Now()}); r.Verdict != sign.Valid {
		return fmt.Errorf("%w: a trial signature is %s: %v", ErrChain, r.Verdict, r.Problems)
	}
	return nil
}

// ErrChain: the certificate's chain does not end in the site's roots.
var ErrChain = errors.New("the site's roots do not vouch for the signing certificate")
