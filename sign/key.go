package sign

import (
	"crypto"
	"crypto/x509"
)

// Key signs with a private key that may never leave its token. PublicKey must
// match Chain()[0].
type Key interface {
	crypto.Signer
	// Chain is the signatory's certificate, then its issuers, root last or
	// left out.
	Chain() []*x509.Certificate
}
