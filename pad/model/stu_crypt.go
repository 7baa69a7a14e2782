package model

import (
	"crypto/rsa"
	"crypto/sha1"
	"errors"
	"io"
	"math/big"
)

// errKey: the pad's half of the key agreement is no usable value.
var errKey = errors.New("pad sent an unusable key")

// HalfKey is the host's half of the version 1 agreement (Diffie-Hellman modulo
// a 128-bit prime). Treat what it protects as obfuscated, not secret.
type HalfKey struct {
	prime, secret *big.Int
	// Public goes to the pad: 16 bytes, padded on the left. Wacom's own sample
	// does not pad and fails once in 256 times.
	Public [16]byte
}

// NewHalfKey draws a secret exponent. prime and base are reports 1A and 1B
// without their ids.
func NewHalfKey(random io.Reader, prime, base []byte) (*HalfKey, error) {
	p, g := new(big.Int).SetBytes(prime), new(big.Int).SetBytes(base)
	if len(prime) != 16 || p.BitLen() < 64 || p.Bit(0) == 0 || g.Cmp(big.NewInt(2)) < 0 || g.Cmp(p) >= 0 {
		return nil, errKey
	}
	var secret [16]byte
	defer clear(secret[:])
	if _, err := io.ReadFull(random, secret[:]); err != nil {
		return nil, err
	}
	k := &HalfKey{prime: p, secret: new(big.Int).SetBytes(secret[:])}
	new(big.Int).Exp(g, k.secret, p).FillBytes(k.Public[:])
	return k, nil
}

// Shared is the AES-128 key. It wipes the exponent: the half key is used once.
func (k *HalfKey) Shared(device []byte) ([]byte, error) {
	d := new(big.Int).SetBytes(device)
	one := big.NewInt(1)
	if len(device) != 16 || d.Cmp(one) <= 0 || d.Cmp(new(big.Int).Sub(k.prime, one)) >= 0 || k.secret.Sign() == 0 {
		return nil, errKey
	}
	s := new(big.Int).Exp(d, k.secret, k.prime)
	defer wipeInt(s)
	k.Forget()
	return s.FillBytes(make([]byte, 16)), nil
}

// Forget wipes the exponent.
func (k *HalfKey) Forget() { wipeInt(k.secret) }

func wipeInt(n *big.Int) {
	clear(n.Bits())
	n.SetInt64(0)
}

// OpenKey takes the AES-256 key out of the pad's answer in version 2: OAEP with
// SHA-1 (the pad's choice), the key is the end of the plaintext.
func OpenKey(k *rsa.PrivateKey, sealed []byte) ([]byte, error) {
	plain, err := rsa.DecryptOAEP(sha1.New(), nil, k, sealed, nil)
	if err != nil || len(plain) < 32 {
		return nil, errKey
	}
	defer clear(plain)
	return append([]byte(nil), plain[len(plain)-32:]...), nil
}
