package station

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"os"

	"moqian/cmd/internal/flow"
	"moqian/render"
	"moqian/render/form"
	"moqian/render/ink"
	"moqian/render/watermark"
	"moqian/sign"
	"moqian/sign/pfx"
)

// ErrNoKey: the site names no key file.
var ErrNoKey = errors.New("the site configuration names no signing key")

// OpenKey opens the teller's key with its PIN, which is wiped.
func (st *Station) OpenKey(pin []byte) (sign.Key, error) {
	defer clear(pin)
	if st.Site.Key == "" {
		return nil, ErrNoKey
	}
	b, err := os.ReadFile(st.Site.Key)
	if err != nil {
		return nil, fmt.Errorf("reading the key file: %w", err)
	}
	return pfx.Load(b, pin)
}

// Roots are the site's trusted roots, an empty pool when it names none.
func (st *Station) Roots() (*x509.CertPool, error) { return Pool(st.Site.Roots) }

// Pool reads PEM files of roots; empty names are left out.
func Pool(files ...string) (*x509.CertPool, error) {
	pool := x509.NewCertPool()
	for _, f := range files {
		if f == "" {
			continue
		}
		b, err := os.ReadFile(f)
		if err != nil {
			return nil, fmt.Errorf("reading roots: %w", err)
		}
		if !pool.AppendCertsFromPEM(b) {
			return nil, fmt.Errorf("reading roots: %s holds no certificate in PEM", f)
		}
	}
	return pool, nil
}

// Desk is where transactions happen; key is the teller's.
func (st *Station) Desk(ctx context.Context, key sign.Key) (*flow.Desk, error) {
	o := flow.Options{Store: st.Store, Users: st.Users, Key: key, Trial: st.Trial, Now: st.now, Rand: st.rand,
		Prefix: st.Site.ReceiptPrefix, Calibration: st.Calibration, MarkKey: st.MarkKey,
		BranchCode: st.Site.BranchCode, Workstation: st.Site.Workstation,
		Bank: form.Text(st.Site.Bank), Branch: form.Text(st.Site.Branch),
		Seal: render.SealText{Arc: st.Site.Seal, Number: st.Site.SealNumber},
		Nib:  ink.Nib{Min: st.Site.NibMin, Max: st.Site.NibMax},
		Mark: watermark.Options{Amplitude: st.Site.MarkAmplitude, Cap: st.Site.MarkCap}}
	token, err := st.Token(ctx)
	if err != nil {
		return nil, err
	}
	if st.Site.TSA != "" {
		o.Reserve = sign.Reserve(key, token)
	}
	if o.Fonts, err = Fonts(st.Site.Fonts); err != nil {
		return nil, err
	}
	if o.SealFont, err = SealFont(); err != nil {
		return nil, err
	}
	if o.Types, err = Types(); err != nil {
		return nil, err
	}
	if o.Roots, err = st.Roots(); err != nil {
		return nil, err
	}
	if _, err = st.MarkKey(ctx); err != nil { // now, not when a customer stands there
		return nil, fmt.Errorf("the key of the marks: %w", err)
	}
	if o.MarkSigner, err = st.MarkSigner(ctx); err != nil {
		return nil, fmt.Errorf("the key that signs ink: %w", err)
	}
	if o.ReceiptKey, err = st.ReceiptKey(ctx); err != nil {
		return nil, fmt.Errorf("the receipt key: %w", err)
	}
	return flow.New(o)
}
