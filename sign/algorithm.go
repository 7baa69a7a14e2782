package sign

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	_ "crypto/sha512" // SHA-384 and SHA-512 of foreign signatures
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"slices"
	"strconv"
)

// errAlgorithm: a key or algorithm that is too weak or not known. Of the weak
// ones SHA-1 and RSA of 1024 bits or more are checked all the same: a signature
// that fits is not broken, but it proves nothing (ETSI EN 319 102-1:
// INDETERMINATE, CRYPTO_CONSTRAINTS_FAILURE).
var errAlgorithm = errors.New("the algorithm is too weak or not known: RSA of 2048 bits or more, P-256, P-384, P-521 or Ed25519 with SHA-256 or better")

var (
	oidRSA     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}
	oidPSS     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10}
	oidMGF1    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 8}
	oidECKey   = asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1}
	oidEd25519 = asn1.ObjectIdentifier{1, 3, 101, 112}
)

// hashes lists the digests checked, with the names that tie them to a key.
func hashes() []struct {
	hash        crypto.Hash
	id, rsa, ec asn1.ObjectIdentifier
} {
	sha := func(n int) asn1.ObjectIdentifier { return asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, n} }
	rsaWith := func(n int) asn1.ObjectIdentifier { return asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, n} }
	ecWith := func(n int) asn1.ObjectIdentifier { return asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, n} }
	return []struct {
		hash        crypto.Hash
		id, rsa, ec asn1.ObjectIdentifier
	}{
		{crypto.SHA256, sha(1), rsaWith(11), ecWith(2)},
		{crypto.SHA384, sha(2), rsaWith(12), ecWith(3)},
		{crypto.SHA512, sha(3), rsaWith(13), ecWith(4)},
		{crypto.SHA1, asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26}, rsaWith(5), asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 1}},
	}
}

// hashOf gives the hash of a digest algorithm that is strong.
func hashOf(a pkix.AlgorithmIdentifier) (crypto.Hash, error) {
	h, err := anyHash(a)
	if err == nil && h == crypto.SHA1 {
		return 0, fmt.Errorf("%w (digest %v)", errAlgorithm, a.Algorithm)
	}
	return h, err
}

// anyHash gives the hash of a digest algorithm with no or NULL parameters.
func anyHash(a pkix.AlgorithmIdentifier) (crypto.Hash, error) {
	if !plainParameters(a) {
		return 0, errAlgorithm
	}
	for _, h := range hashes() {
		if h.id.Equal(a.Algorithm) {
			return h.hash, nil
		}
	}
	return 0, fmt.Errorf("%w (digest %v)", errAlgorithm, a.Algorithm)
}

func plainParameters(a pkix.AlgorithmIdentifier) bool {
	p := a.Parameters.FullBytes
	return len(p) == 0 || slices.Equal(p, asn1.NullBytes)
}

func digest(h crypto.Hash, parts ...[]byte) []byte {
	d := h.New()
	for _, p := range parts {
		d.Write(p)
	}
	return d.Sum(nil)
}

// checkSignature verifies sig over data with the algorithm that a CMS names and
// the digest that it names beside it; whether they are strong is another matter.
func checkSignature(c *x509.Certificate, a pkix.AlgorithmIdentifier, h crypto.Hash, data, sig []byte) error {
	var rsaID, ecID asn1.ObjectIdentifier
	for _, k := range hashes() {
		if k.hash == h {
			rsaID, ecID = k.rsa, k.ec
		}
	}
	bad := errors.New("the signature value does not fit")
	switch pub := c.PublicKey.(type) {
	case *rsa.PublicKey:
		switch {
		case pub.N.BitLen() < 1024:
			return errAlgorithm
		case a.Algorithm.Equal(oidPSS):
			return checkPSS(pub, a, h, data, sig)
		case !plainParameters(a) || !a.Algorithm.Equal(oidRSA) && !a.Algorithm.Equal(rsaID):
			return errAlgorithm
		case rsa.VerifyPKCS1v15(pub, h, digest(h, data), sig) != nil:
			return bad
		}
		return nil
	case *ecdsa.PublicKey:
		switch {
		case !plainParameters(a) || !a.Algorithm.Equal(ecID) && !a.Algorithm.Equal(oidECKey):
			return errAlgorithm
		case !ecdsa.VerifyASN1(pub, digest(h, data), sig):
			return bad
		}
		return nil
	case ed25519.PublicKey:
		switch {
		case !a.Algorithm.Equal(oidEd25519) || len(a.Parameters.FullBytes) > 0:
			return errAlgorithm
		case !ed25519.Verify(pub, data, sig):
			return bad
		}
		return nil
	}
	return errAlgorithm
}

// checkPSS takes PSS with one hash for content and mask (RFC 4055 §3.1).
func checkPSS(pub *rsa.PublicKey, a pkix.AlgorithmIdentifier, h crypto.Hash, data, sig []byte) error {
	var p struct {
		Hash    pkix.AlgorithmIdentifier `asn1:"optional,explicit,tag:0"`
		MGF     pkix.AlgorithmIdentifier `asn1:"optional,explicit,tag:1"`
		Salt    int                      `asn1:"explicit,tag:2,optional,default:20"`
		Trailer int                      `asn1:"explicit,tag:3,optional,default:1"`
	}
	if rest, err := asn1.Unmarshal(a.Parameters.FullBytes, &p); err != nil || len(rest) > 0 || p.Trailer != 1 {
		return errAlgorithm
	}
	var inner pkix.AlgorithmIdentifier
	if p.Hash.Algorithm == nil && p.MGF.Algorithm == nil { // SHA-1, by default
		p.Hash.Algorithm = asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26}
		inner = p.Hash
	} else if !p.MGF.Algorithm.Equal(oidMGF1) {
		return errAlgorithm
	} else if rest, err := asn1.Unmarshal(p.MGF.Parameters.FullBytes, &inner); err != nil || len(rest) > 0 {
		return errAlgorithm
	}
	one, err := anyHash(p.Hash)
	two, err2 := anyHash(inner)
	if err != nil || err2 != nil || one != h || two != h || p.Salt < 16 || p.Salt > 512 {
		return errAlgorithm
	}
	if rsa.VerifyPSS(pub, h, digest(h, data), sig, &rsa.PSSOptions{SaltLength: p.Salt, Hash: h}) != nil {
		return errors.New("the signature value does not fit")
	}
	return nil
}

func strongKey(c *x509.Certificate) error {
	switch pub := c.PublicKey.(type) {
	case *rsa.PublicKey:
		if pub.N.BitLen() >= 2048 {
			return nil
		}
	case *ecdsa.PublicKey:
		if pub.Curve != elliptic.P224() {
			return nil
		}
	case ed25519.PublicKey:
		return nil
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
