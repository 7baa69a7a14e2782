package flow

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"errors"
	"fmt"

	"moqian/pad"
	"moqian/sign"
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
	if err := d.proveKey(); err != nil {
		return &NotReady{Key, err}
	}
	return ctx.Err()
}

// proveKey signs a random digest and checks it against the certificate.
func (d *Desk) proveKey() error {
	var nonce [32]byte
	if _, err := d.o.Rand.Read(nonce[:]); err != nil {
		return err
	}
	digest := sha256.Sum256(nonce[:])
	sig, err := d.o.Key.Sign(d.o.Rand, digest[:], crypto.SHA256)
	if err != nil {
		return fmt.Errorf("%w: %w", sign.ErrKey, err)
	}
	ok := false
	switch pub := d.o.Key.Chain()[0].PublicKey.(type) {
	case *ecdsa.PublicKey:
		ok = ecdsa.VerifyASN1(pub, digest[:], sig)
	case *rsa.PublicKey:
		ok = rsa.VerifyPKCS1v15(pub, crypto.SHA256, digest[:], sig) == nil
	}
	if !ok || bytes.Equal(sig, nil) {
		return sign.ErrKey
	}
	return nil
}
