// Package pfx opens a signing key in a PKCS#12 file (.p12, .pfx): for trial
// mode, test benches and small banks. It does not write such files. Start with
// Load.
package pfx

import (
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"

	"moqian/sign"

	"software.sslmate.com/src/go-pkcs12"
)

// ErrPassword: the password (PIN) is wrong.
var ErrPassword = errors.New("wrong password of the key file")

// key is the private key with its chain.
type key struct {
	crypto.Signer
	chain []*x509.Certificate
}

func (k key) Chain() []*x509.Certificate { return k.chain }

// Load opens the key in a PKCS#12 file with its password. Modern (PBES2) and
// legacy encryptions are read. The caller clears the password.
func Load(data, password []byte) (sign.Key, error) {
	private, leaf, issuers, err := pkcs12.DecodeChain(data, string(password))
	if errors.Is(err, pkcs12.ErrIncorrectPassword) {
		return nil, ErrPassword
	}
	if err != nil {
		return nil, fmt.Errorf("reading the PKCS#12 file: %w", err)
	}
	signer, ok := private.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("reading the PKCS#12 file: a %T cannot sign", private)
	}
	return key{signer, append([]*x509.Certificate{leaf}, issuers...)}, nil
}
