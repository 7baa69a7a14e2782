package sign

import (
	"bytes"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"io"
	"slices"

	"github.com/digitorus/pkcs7"
)

// oidSigningCertificateV2 is RFC 5035 §3, required by PAdES.
var oidSigningCertificateV2 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}

// essCertIDv2 with the default hash algorithm, SHA-256.
type essCertIDv2 struct {
	Hash []byte
}

type signingCertificateV2 struct {
	Certs []essCertIDv2
}

// seal makes the CMS over everything but the hole. pkcs7 always adds the
// signing-time attribute, which PAdES forbids; so it builds the structure with
// a signer that signs nothing, the attribute is taken out, and the real key
// signs what is left.
func seal(file []byte, hole [2]int, k Key) ([]byte, error) {
	content := slices.Concat(file[:hole[0]], file[hole[1]:])
	sd, err := pkcs7.NewSignedData(content)
	if err != nil {
		return nil, fmt.Errorf("beginning the signature: %w", err)
	}
	sd.SetDigestAlgorithm(pkcs7.OIDDigestAlgorithmSHA256)
	chain := k.Chain()
	id := sha256.Sum256(chain[0].Raw)
	extra := pkcs7.SignerInfoConfig{ExtraSignedAttributes: []pkcs7.Attribute{
		{Type: oidSigningCertificateV2, Value: signingCertificateV2{[]essCertIDv2{{id[:]}}}},
	}}
	if err := sd.AddSignerChain(chain[0], idle{k.Public()}, issuersOf(chain), extra); err != nil {
		return nil, fmt.Errorf("beginning the signature: %w", err)
	}
	info := &sd.GetSignedData().SignerInfos[0]
	for i, a := range info.AuthenticatedAttributes {
		if a.Type.Equal(pkcs7.OIDAttributeSigningTime) {
			info.AuthenticatedAttributes = slices.Delete(info.AuthenticatedAttributes, i, i+1)
			break
		}
	}
	attrs, err := asn1.MarshalWithParams(info.AuthenticatedAttributes, "set")
	if err != nil {
		return nil, fmt.Errorf("writing the signed attributes: %w", err)
	}
	digest := sha256.Sum256(attrs)
	if info.EncryptedDigest, err = k.Sign(nil, digest[:], crypto.SHA256); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	if err := strongKey(chain[0]); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	if err := checkSignature(chain[0], info.DigestEncryptionAlgorithm, crypto.SHA256, attrs, info.EncryptedDigest); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	sd.Detach()
	return sd.Finish()
}

// idle has the public key of a signer and signs nothing.
type idle struct{ key crypto.PublicKey }

func (i idle) Public() crypto.PublicKey { return i.key }

func (i idle) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) { return []byte{0}, nil }

// issuersOf is a chain without its leaf and without self-signed roots: a
// verifier takes roots from elsewhere, and no signature would cover them here.
func issuersOf(chain []*x509.Certificate) []*x509.Certificate {
	return slices.DeleteFunc(slices.Clone(chain[1:]), func(c *x509.Certificate) bool {
		return bytes.Equal(c.RawSubject, c.RawIssuer)
	})
}
