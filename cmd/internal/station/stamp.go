package station

import (
	"context"
	"crypto/x509"
	"fmt"
	"os"

	"moqian/sign"
	"moqian/sign/tsa"
)

// maxToken is the largest time-stamp token that room is kept for at signing,
// bytes; a larger one is told as sign.ErrReserve.
const maxToken = 4000

// Stamper asks the site's time-stamping authority, or another by its address.
func (st *Station) Stamper(address string, roots *x509.CertPool) *tsa.Client {
	return &tsa.Client{URL: address, Roots: roots, Now: st.now}
}

// Finalise gives a queued voucher its time stamp before it is sent, where the
// site names an authority; nil where it does not.
func (st *Station) Finalise() (func(ctx context.Context, id string, pdf []byte) ([]byte, error), error) {
	if st.Site.TSA == "" {
		return nil, nil
	}
	roots, err := st.Roots()
	if err != nil {
		return nil, err
	}
	stamps := roots
	if st.Site.TSARoots != "" {
		if stamps, err = Pool(st.Site.TSARoots); err != nil {
			return nil, err
		}
	}
	crls, err := CRLs(st.Site.CRLs...)
	if err != nil {
		return nil, err
	}
	o := sign.AugmentOptions{Level: sign.Level(st.Site.Level), Stamper: st.Stamper(st.Site.TSA, stamps),
		Roots: roots, TSARoots: stamps, CRLs: crls}
	return func(ctx context.Context, _ string, pdf []byte) ([]byte, error) {
		o := o
		o.At = st.now()
		out, _, err := sign.Augment(ctx, pdf, o)
		if err != nil {
			return nil, fmt.Errorf("time stamp: %w", err)
		}
		return out, nil
	}, nil
}

// CRLs reads revocation lists, PEM or DER.
func CRLs(files ...string) ([]*x509.RevocationList, error) {
	var lists []*x509.RevocationList
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			return nil, fmt.Errorf("reading a revocation list: %w", err)
		}
		l, err := sign.ParseCRL(b)
		if err != nil {
			return nil, fmt.Errorf("revocation list %s: %w", f, err)
		}
		lists = append(lists, l)
	}
	return lists, nil
}
