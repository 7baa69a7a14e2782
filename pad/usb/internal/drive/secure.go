package drive

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"moqian/pad/model"
	"moqian/pad/usb/internal/wire"
)

// Kinds of encryption, as the evidence names them.
const (
	cryptNone = "none"
	cryptV1   = "stu-v1 dh128 aes128-ecb"
	cryptV2   = "stu-v2 rsa2048-oaep aes256-ecb"
)

// errAgreement: the pad and we came to no common key.
var errAgreement = errors.New("agreeing on a key with the pad failed")

// secure starts an encrypted session as the policy wants it and says which.
func (s *stu) secure(ctx context.Context) (string, error) {
	if s.d.opt.Encryption == Clear {
		return cryptNone, nil
	}
	kind, err := s.agree(ctx)
	if err == nil && kind != cryptNone {
		err = s.startCapture(ctx)
	}
	if err == nil && kind != cryptNone {
		return kind, nil
	}
	s.forget()
	if errors.Is(err, wire.ErrGone) || ctx.Err() != nil {
		return "", err
	}
	if s.d.opt.Encryption == Require {
		if err == nil {
			err = ErrNoCrypt
		}
		return "", err
	}
	return cryptNone, s.ready(ctx)
}

// agree finds out which encryption the pad has and gets a key: the prime of
// report 1A, where it is not zero, says version 1; a readable report 50 says
// version 2.
func (s *stu) agree(ctx context.Context) (string, error) {
	prime, err := s.get(model.IDDHPrime, 17)
	if errors.Is(err, wire.ErrGone) {
		return "", err
	}
	if err == nil && len(prime) == 17 && !allZero(prime[1:]) {
		return cryptV1, s.agreeV1(ctx, prime[1:])
	}
	b, err := s.get(model.IDCryptStatus, 17)
	if errors.Is(err, wire.ErrGone) {
		return "", err
	}
	if err != nil {
		return cryptNone, nil
	}
	if _, err := model.ParseCryptStatus(b); err != nil {
		return "", err
	}
	return cryptV2, s.agreeV2(ctx)
}

func allZero(b []byte) bool {
	for _, v := range b {
		if v != 0 {
			return false
		}
	}
	return true
}

func (s *stu) agreeV1(ctx context.Context, prime []byte) error {
	base, err := s.get(model.IDDHBase, 3)
	if err != nil {
		return err
	}
	half, err := model.NewHalfKey(s.d.opt.Random, prime, base[1:])
	if err != nil {
		return fmt.Errorf("%w: %w", errAgreement, err)
	}
	defer half.Forget()
	if err := s.command(append([]byte{model.IDHostPublic}, half.Public[:]...)); err != nil {
		return err
	}
	if err := s.await(ctx, model.Ready); err != nil {
		return err
	}
	public, err := s.get(model.IDDevicePublic, 17)
	if err != nil {
		return err
	}
	if s.key, err = half.Shared(public[1:]); err != nil {
		return fmt.Errorf("%w: %w", errAgreement, err)
	}
	return nil
}

func (s *stu) agreeV2(ctx context.Context) error {
	if s.private == nil {
		k, err := s.d.opt.PrivateKey()
		if err == nil && k.N.BitLen() != 2048 {
			err = fmt.Errorf("key of %d bits, want 2048", k.N.BitLen())
		}
		if err != nil {
			return fmt.Errorf("%w: %w", errAgreement, err)
		}
		s.private = k
	}
	cmds := [][]byte{model.CmdCryptType(), model.CmdCryptExponent()}
	modulus := s.private.N.FillBytes(make([]byte, 256))
	for i := range 4 {
		cmds = append(cmds, model.CmdCryptModulus(i, modulus[64*i:64*i+64]))
	}
	for _, c := range cmds {
		if err := s.command(c); err != nil {
			return err
		}
	}
	st, err := s.cryptStatus()
	if err != nil {
		return err
	}
	if st.Exponent != model.CryptReady || st.Modulus != model.CryptReady {
		return fmt.Errorf("%w: exponent %02x, modulus %02x", errAgreement, st.Exponent, st.Modulus)
	}
	if err := s.command(model.CmdCryptKey()); err != nil {
		return err
	}
	if err := s.awaitKey(ctx); err != nil {
		return err
	}
	return s.fetchKey()
}

func (s *stu) cryptStatus() (model.CryptStatus, error) {
	b, err := s.get(model.IDCryptStatus, 17)
	if err != nil {
		return model.CryptStatus{}, err
	}
	return model.ParseCryptStatus(b)
}

// awaitKey polls until the pad has made its key.
func (s *stu) awaitKey(ctx context.Context) error {
	for end := time.Now().Add(s.d.opt.Wait); ; {
		st, err := s.cryptStatus()
		if err != nil {
			return err
		}
		if st.Cipher == model.CryptReady {
			return nil
		}
		if st.Cipher != model.CryptCalculating || time.Now().After(end) {
			return fmt.Errorf("%w: key status %02x", errAgreement, st.Cipher)
		}
		if err := s.pause(ctx, pollEvery); err != nil {
			return err
		}
	}
}

// fetchKey reads the sealed key in four parts and opens it.
func (s *stu) fetchKey() error {
	var sealed []byte
	for i := 0; i < 4 && len(sealed) < 256; i++ {
		if err := s.command(model.CmdCryptRead(i)); err != nil {
			return err
		}
		b, err := s.get(model.IDCrypt, 68)
		if err != nil {
			return err
		}
		part, err := model.ParseCryptPart(b)
		if err != nil {
			return err
		}
		sealed = append(sealed, part...)
	}
	key, err := model.OpenKey(s.private, sealed)
	if err != nil {
		return fmt.Errorf("%w: %w", errAgreement, err)
	}
	s.key = key
	return nil
}

// startCapture begins a session under the key, with a number of its own.
func (s *stu) startCapture(ctx context.Context) error {
	if err := s.await(ctx, model.Ready); err != nil {
		return err
	}
	var n [4]byte
	for binary.BigEndian.Uint32(n[:]) == 0 {
		if _, err := io.ReadFull(s.d.opt.Random, n[:]); err != nil {
			return err
		}
	}
	s.session = binary.BigEndian.Uint32(n[:])
	if err := s.command(model.CmdStartCapture(s.session)); err != nil {
		return err
	}
	s.restless = time.Now().Add(beforeEnd)
	if err := s.await(ctx, model.Capture); err != nil {
		return err
	}
	s.d.mu.Lock()
	defer s.d.mu.Unlock()
	return s.dec.Secure(s.key, s.session)
}
