package receipt

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strings"
)

// Errors of Verify that a caller tells apart.
var (
	ErrOtherKey  = errors.New("the receipt code was signed with another key")
	ErrSignature = errors.New("the receipt code's signature does not hold")
)

const (
	maxPrefix = 29  // characters, so that the code fits QR version 8, level M
	maxCode   = 221 // characters
)

func encoding() *base32.Encoding { return base32.StdEncoding.WithPadding(base32.NoPadding) }

// KeyID names a P-256 public key in a code.
func KeyID(pub *ecdsa.PublicKey) ([4]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(pub)
	if err != nil {
		return [4]byte{}, fmt.Errorf("receipt key: %w", err)
	}
	sum := sha256.Sum256(der)
	return [4]byte(sum[:4]), nil
}

// Encode signs a receipt with the branch's P-256 receipt key and makes the
// text of its code behind prefix, an address in upper case such as
// HTTPS://V.EXAMPLE.COM/R/ of at most 29 characters. It sets KeyID itself.
func Encode(r Receipt, prefix string, key crypto.Signer, random io.Reader) (string, error) {
	pub, ok := key.Public().(*ecdsa.PublicKey)
	if !ok || pub.Curve != elliptic.P256() {
		return "", errors.New("receipt key: not a P-256 key")
	}
	if len(prefix) > maxPrefix || strings.Trim(prefix, alphanumeric) != "" {
		return "", fmt.Errorf("receipt address %q: at most %d of %s", prefix, maxPrefix, alphanumeric)
	}
	var err error
	if r.KeyID, err = KeyID(pub); err != nil {
		return "", err
	}
	b, err := r.body()
	if err != nil {
		return "", err
	}
	signature, err := sign(b, key, random)
	if err != nil {
		return "", fmt.Errorf("signing the receipt: %w", err)
	}
	data, err := marshal(b.with(signature))
	if err != nil {
		return "", err
	}
	return prefix + encoding().EncodeToString(data), nil
}

// alphanumeric is the QR set without the space, which addresses do not have.
const alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$%*+-./:"

// sign gives r‖s, 32 bytes each.
func sign(b body, key crypto.Signer, random io.Reader) ([]byte, error) {
	msg, err := b.toSign()
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(msg)
	der, err := key.Sign(random, sum[:], crypto.SHA256)
	if err != nil {
		return nil, err
	}
	var sig struct{ R, S *big.Int }
	if rest, err := asn1.Unmarshal(der, &sig); err != nil || len(rest) > 0 {
		return nil, errors.New("the key gave no ECDSA signature")
	}
	if sig.R.Sign() <= 0 || sig.S.Sign() <= 0 || sig.R.BitLen() > 256 || sig.S.BitLen() > 256 {
		return nil, errors.New("the key gave a signature out of range")
	}
	out := make([]byte, 64)
	sig.R.FillBytes(out[:32])
	sig.S.FillBytes(out[32:])
	return out, nil
}

// Parse reads a code without checking its signature: what it says is only a
// claim, and KeyID says which key to ask Verify about. The address in front is
// not looked at. The error is ErrMalformed.
func Parse(code string) (Receipt, error) {
	s, err := decode(code)
	if err != nil {
		return Receipt{}, err
	}
	return s.receipt()
}

func decode(code string) (signed, error) {
	if len(code) > maxCode {
		return signed{}, fmt.Errorf("%w: %d characters", ErrMalformed, len(code))
	}
	text := code[strings.LastIndex(code, "/")+1:]
	data, err := encoding().DecodeString(text)
	if err != nil {
		return signed{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if encoding().EncodeToString(data) != text { // bits beyond the last byte, line ends
		return signed{}, fmt.Errorf("%w: not in its shortest form", ErrMalformed)
	}
	return unmarshal(data)
}

// Verify reads a code and checks its signature. Errors are ErrMalformed,
// ErrOtherKey and ErrSignature. A trial code verifies with the trial key only;
// a caller that holds a real key still looks at Kind.
func Verify(code string, pub *ecdsa.PublicKey) (Receipt, error) {
	s, err := decode(code)
	if err != nil {
		return Receipt{}, err
	}
	r, err := s.receipt()
	if err != nil {
		return Receipt{}, err
	}
	id, err := KeyID(pub)
	if err != nil {
		return Receipt{}, err
	}
	if id != r.KeyID {
		return Receipt{}, ErrOtherKey
	}
	msg, err := s.body().toSign()
	if err != nil {
		return Receipt{}, err
	}
	sum := sha256.Sum256(msg)
	half := len(s.Signature) / 2
	if !ecdsa.Verify(pub, sum[:], new(big.Int).SetBytes(s.Signature[:half]), new(big.Int).SetBytes(s.Signature[half:])) {
		return Receipt{}, ErrSignature
	}
	return r, nil
}
