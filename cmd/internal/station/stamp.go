package station

import (
	"context"
	"crypto/x509"
	"fmt"
	"os"
	"strconv"

	"moqian/sign"
	"moqian/sign/tsa"
	"moqian/store"
)

// tokenSetting holds the largest time-stamp token that the site's authority gave,
// bytes: the room that is kept for the next ones.
const tokenSetting = "station.largest_token"

// Token is the size of the largest time-stamp token seen, 0 before the first.
func (st *Station) Token(ctx context.Context) (int, error) {
	b, found, err := st.Store.Setting(ctx, tokenSetting)
	if err != nil || !found {
		return 0, err
	}
	n, err := strconv.Atoi(string(b))
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%w: the size of the largest time stamp", store.ErrDamaged)
	}
	return n, nil
}

// sawToken keeps the size of a token that is larger than those before.
func (st *Station) sawToken(ctx context.Context, size int) error {
	seen, err := st.Token(ctx)
	if err != nil || size <= seen {
		return err
	}
	return st.Store.SetSetting(ctx, tokenSetting, []byte(strconv.Itoa(size)))
}

// Stamper asks the site's time-stamping authority, or another by its address.
func (st *Station) Stamper(address string, roots *x509.CertPool) *tsa.Client {
	return &tsa.Client{URL: address, Roots: roots, Now: st.now}
}

// Finalise gives a queued voucher its time stamp before it is sent, where the
// site names an authority; nil where it does not. A token for which too little
// room was kept, as when the authority changed its certificates, is put over the
// file: no voucher waits for it.
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
		Roots: roots, TSARoots: stamps, CRLs: crls, Over: true}
	return func(ctx context.Context, _ string, pdf []byte) ([]byte, error) {
		o := o
		o.At = st.now()
		out, added, err := sign.Augment(ctx, pdf, o)
		if err != nil {
			return nil, fmt.Errorf("time stamp: %w", err)
		}
		return out, st.sawToken(ctx, added.Token)
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
