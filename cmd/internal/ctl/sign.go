package ctl

import (
	"context"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"moqian/cmd/internal/durable"
	"moqian/cmd/internal/manifest"
	"moqian/cmd/internal/station"
	"moqian/render/pdf"
	"moqian/sign"
	object "moqian/sign/pdf"
	"moqian/sign/pfx"
	"moqian/store"
	"moqian/store/auth"
)

// errVoucher: vouchers are signed once, by their transaction.
var errVoucher = errors.New("this is a voucher: it was signed by its transaction and takes no other signature")

// signFlags of sign and augment.
type signFlags struct {
	level, tsa      string
	roots, tsaRoots names
	crls            names
}

func (s *signFlags) register(f *flag.FlagSet, level string) {
	f.StringVar(&s.level, "level", level, "b-b, b-t, b-lt or b-lta")
	f.StringVar(&s.tsa, "tsa", "", "`URL` of the time-stamping authority (RFC 3161); the site's without it")
	f.Var(&s.roots, "roots", "PEM `file` of trusted roots, again for more; the site's without it")
	f.Var(&s.tsaRoots, "tsa-roots", "PEM `file` of roots for time stamps")
	f.Var(&s.crls, "crl", "revocation list `file`, again for more")
}

func (s *signFlags) check() error {
	switch sign.Level(s.level) {
	case sign.LevelB, sign.LevelT, sign.LevelLT, sign.LevelLTA:
		return nil
	}
	return usagef("--level %s: want b-b, b-t, b-lt or b-lta", s.level)
}

// options of sign.Augment on a station.
func (c *Console) augmentOptions(st *station.Station, s signFlags) (sign.AugmentOptions, error) {
	o := sign.AugmentOptions{Level: sign.Level(s.level), At: c.Now()}
	var err error
	if len(s.roots) > 0 {
		o.Roots, err = station.Pool(c.paths(s.roots)...)
	} else {
		o.Roots, err = st.Roots()
	}
	if err != nil {
		return o, err
	}
	if o.TSARoots, err = c.stampRoots(st, s, o.Roots); err != nil {
		return o, err
	}
	if o.CRLs, err = station.CRLs(c.paths(s.crls)...); err != nil {
		return o, err
	}
	address := s.tsa
	if address == "" {
		address = st.Site.TSA
	}
	if address == "" {
		return o, usagef("level %s needs a time-stamping authority: --tsa URL", s.level)
	}
	o.Stamper = st.Stamper(address, o.TSARoots)
	return o, nil
}

func (c *Console) stampRoots(st *station.Station, s signFlags, roots *x509.CertPool) (*x509.CertPool, error) {
	switch {
	case len(s.tsaRoots) > 0:
		return station.Pool(c.paths(s.tsaRoots)...)
	case st.Site.TSARoots != "":
		return station.Pool(st.Site.TSARoots)
	}
	return roots, nil
}

func (c *Console) sign(ctx context.Context, args []string) error {
	var s signFlags
	f := c.flags("sign")
	s.register(f, "b-b")
	keyFile := f.String("key", "", "the key: a PKCS#12 `file`; its PIN from --pin-file or MOQIAN_PIN")
	pinFile := f.String("pin-file", "", "`file` with the PIN")
	certify := f.Bool("certify", false, "certify: no later change but signatures of prepared fields")
	field := f.String("field", "Signature1", "`name` of the field")
	reason := f.String("reason", "", "reason, a `text`")
	words, err := c.parse("sign", f, args, 2, 2)
	if err != nil {
		return err
	}
	if err := s.check(); err != nil {
		return err
	}
	key, err := c.openKey(*keyFile, *pinFile)
	if err != nil {
		return err
	}
	in, err := readBounded(c.path(words[0]), maxFile)
	if err != nil {
		return fmt.Errorf("reading the PDF: %w", err)
	}
	if isVoucher(in) {
		return errVoucher
	}
	fl := sign.Field{Name: *field, Reason: *reason, Time: c.Now()}
	if *certify {
		fl.Certify = 2
	}
	return c.with(ctx, func(st *station.Station) error {
		out, err := c.signLevel(ctx, st, in, fl, key, s)
		if err != nil {
			return err
		}
		if err := st.Store.Audit().Append(ctx, store.Entry{Actor: auth.System, Action: "sign", Outcome: "ok",
			Detail: map[string]string{"level": s.level, "bytes": fmt.Sprint(len(out))}}); err != nil {
			return err
		}
		return c.written(words[1], out, s.level)
	})
}

// signLevel signs and goes on to the level asked for.
func (c *Console) signLevel(ctx context.Context, st *station.Station, in []byte, f sign.Field, key sign.Key, s signFlags) ([]byte, error) {
	if sign.Level(s.level) == sign.LevelB {
		return sign.Sign(ctx, in, f, key, 0)
	}
	o, err := c.augmentOptions(st, s)
	if err != nil {
		return nil, err
	}
	token, err := o.Stamper.Stamp(ctx, [32]byte{}) // how large this authority's tokens are
	if err != nil {
		return nil, err
	}
	out, err := sign.Sign(ctx, in, f, key, sign.Reserve(key, len(token)))
	if err != nil {
		return nil, err
	}
	out, _, err = sign.Augment(ctx, out, o)
	return out, err
}

func (c *Console) openKey(name, pinFile string) (sign.Key, error) {
	switch {
	case name == "":
		return nil, usagef("no key: --key FILE.p12")
	case strings.HasPrefix(name, "pkcs11:"), strings.HasPrefix(name, "sm2:"):
		return nil, usagef("--key %s: this version signs with PKCS#12 files only", strings.SplitN(name, ":", 2)[0])
	}
	pin, err := c.pin(pinFile)
	if err != nil {
		return nil, err
	}
	defer clear(pin)
	b, err := os.ReadFile(c.path(name))
	if err != nil {
		return nil, fmt.Errorf("reading the key file: %w", err)
	}
	key, err := pfx.Load(b, pin)
	if err != nil {
		return nil, fmt.Errorf("opening the key: %w", err)
	}
	return key, nil
}

// isVoucher says whether a PDF carries the data of one of our vouchers, in any of
// its revisions: a later one may say what it likes.
func isVoucher(b []byte) bool {
	doc, err := object.ParseForeign(b)
	if err != nil {
		return false
	}
	for i := range doc.Revisions() {
		props, err := pdf.ReadData(doc.At(i))
		if err != nil {
			continue
		}
		if _, err := manifest.Read(props); !errors.Is(err, manifest.ErrNone) {
			return true
		}
	}
	return false
}

func (c *Console) augment(ctx context.Context, args []string) error {
	var s signFlags
	f := c.flags("augment")
	s.register(f, "b-t")
	words, err := c.parse("augment", f, args, 2, 2)
	if err != nil {
		return err
	}
	if err := s.check(); err != nil {
		return err
	}
	if sign.Level(s.level) == sign.LevelB {
		return usagef("--level b-b adds nothing")
	}
	in, err := readBounded(c.path(words[0]), maxFile)
	if err != nil {
		return fmt.Errorf("reading the PDF: %w", err)
	}
	return c.with(ctx, func(st *station.Station) error {
		o, err := c.augmentOptions(st, s)
		if err != nil {
			return err
		}
		out, _, err := sign.Augment(ctx, in, o)
		if err != nil {
			return err
		}
		return c.written(words[1], out, s.level)
	})
}

func (c *Console) written(name string, out []byte, level string) error {
	if err := durable.WriteFile(c.path(name), out); err != nil {
		return fmt.Errorf("writing the PDF: %w", err)
	}
	return c.show(map[string]any{"file": c.path(name), "bytes": len(out), "level": level},
		func(w io.Writer) { fmt.Fprintf(w, "%s: %d bytes, %s\n", name, len(out), level) })
}
