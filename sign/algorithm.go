package sign

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"strconv"
)

// checkSignature verifies an RSA PKCS#1 v1.5 or P-256 signature with SHA-256
// over data.
func checkSignature(c *x509.Certificate, data, sig []byte) error {
	switch pub := c.PublicKey.(type) {
	case *rsa.PublicKey:
		if pub.N.BitLen() < 2048 {
			return errAlgorithm
		}
		return c.CheckSignature(x509.SHA256WithRSA, data, sig)
	case *ecdsa.PublicKey:
		if pub.Curve != elliptic.P256() {
			return errAlgorithm
		}
		return c.CheckSignature(x509.ECDSAWithSHA256, data, sig)
	}
	return errAlgorithm
}

// algorithmName of a certificate's key, for the report.
func algorithmName(c *x509.Certificate) string {
	switch pub := c.PublicKey.(type) {
	case *rsa.PublicKey:
		return "RSA-" + strconv.Itoa(pub.N.BitLen())
	case *ecdsa.PublicKey:
		return "ECDSA-" + pub.Curve.Params().Name
	}
	return c.PublicKeyAlgorithm.String()
}
