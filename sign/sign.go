package sign

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"time"
	"unicode/utf16"

	"moqian/sign/pdf"
)

var (
	// ErrExpired: the certificate is not valid at Field.Time.
	ErrExpired = errors.New("the certificate is not valid at the time of signing")
	// ErrKey: the key does not belong to the certificate or cannot sign.
	ErrKey = errors.New("the key cannot sign for its certificate")
	// ErrReserve: the space reserved for the signature is too small.
	ErrReserve = errors.New("the reserved space is too small for the signature")
	// ErrForbidden: a certification in the file forbids what is asked.
	ErrForbidden = errors.New("the certification of the file forbids it")
)

// Field is the signature field to add.
type Field struct {
	Name string // Teller
	Page int    // from 0
	// Rect in pt from the page's lower left corner; zero-size is invisible.
	// The appearance is empty either way: the page already shows the seal.
	Rect [4]float64
	// Reason, Location and Time are claims of the signatory (/M).
	Reason, Location string
	Time             time.Time
	// Certify is the DocMDP permission 1 to 3; 0: an approval signature.
	Certify int
	// Prepare are empty fields to add in the same revision, for signatories who
	// co-sign later (Certify 2): Name, Page and Rect of each count.
	Prepare []Field
}

// Sign adds the field and one PAdES B-B signature as an incremental update. A
// field of that name that is there and empty (Prepare) is signed instead, and
// then Page and Rect mean nothing. reserve is the size in bytes kept for the CMS
// and a time stamp; 0: Reserve of the key. The input is not changed. The key gets
// no source of randomness: ECDSA keys of the standard library then sign
// deterministically (RFC 6979). The signature is checked against the certificate
// before the file is given out.
//
// Foreign PDFs are taken too: with cross-reference streams, forms and earlier
// signatures; not encrypted or damaged ones, XFA forms, and new fields where a
// certification forbids them (ErrForbidden).
func Sign(ctx context.Context, file []byte, f Field, k Key, reserve int) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := usable(k, f.Time); err != nil {
		return nil, err
	}
	if reserve == 0 {
		reserve = Reserve(k, 0)
	}
	doc, err := pdf.ParseForeign(file)
	if err != nil {
		return nil, fmt.Errorf("reading the file to sign: %w", err)
	}
	out, hole, err := prepare(doc, f, sigDict(f, reserve), reserve)
	if err != nil {
		return nil, fmt.Errorf("adding field %s: %w", f.Name, err)
	}
	cms, err := seal(out, hole, k)
	if err != nil {
		return nil, err
	}
	if len(cms) > reserve {
		return nil, fmt.Errorf("%w: %d bytes in %d", ErrReserve, len(cms), reserve)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	fill(out, hole, cms)
	return out, nil
}

// fill writes a CMS in upper case hex into its hole; what is left stays zeros.
func fill(out []byte, hole [2]int, cms []byte) {
	const digits = "0123456789ABCDEF"
	at := hole[0] + 1
	for _, b := range cms {
		out[at], out[at+1] = digits[b>>4], digits[b&15]
		at += 2
	}
	for ; at < hole[1]-1; at++ {
		out[at] = '0'
	}
}

// usable checks time and that key and certificate belong together.
func usable(k Key, at time.Time) error {
	chain := k.Chain()
	if len(chain) == 0 {
		return fmt.Errorf("%w: there is no certificate", ErrKey)
	}
	if c := chain[0]; at.Before(c.NotBefore) || at.After(c.NotAfter) {
		return fmt.Errorf("%w: %s, valid %s to %s", ErrExpired, c.Subject.CommonName,
			c.NotBefore.Format(time.RFC3339), c.NotAfter.Format(time.RFC3339))
	}
	return nil
}

// usualToken is the size of a time-stamp token before one was seen: RSA-2048
// with the TSA's and one issuing certificate.
const usualToken = 4000

// Bytes of a CMS beside certificates, issuer, serial number and signature value:
// algorithms, attributes and lengths; and those of the attribute around a token.
const (
	cmsFrame   = 255
	tokenFrame = 25
)

// Reserve is the room in bytes for the CMS of a key and a time-stamp token put
// into it later: token is the largest one seen (Augmented.Token), 0 for none yet;
// a tenth of it is added.
func Reserve(k Key, token int) int {
	if token == 0 {
		token = usualToken
	}
	return Room(k) + tokenFrame + token + token/10
}

// Room is the room in bytes for the CMS of a key alone: enough for a signature
// that another one will cover, so that no time stamp goes into it.
func Room(k Key) int {
	n := cmsFrame
	chain := k.Chain()
	for i, c := range chain {
		if i == 0 || !bytes.Equal(c.RawSubject, c.RawIssuer) {
			n += len(c.Raw)
		}
	}
	if len(chain) == 0 {
		return n
	}
	n += len(chain[0].RawIssuer) + len(chain[0].SerialNumber.Bytes()) + 1
	switch pub := chain[0].PublicKey.(type) {
	case *rsa.PublicKey:
		return n + pub.Size()
	case *ecdsa.PublicKey:
		return n + 2*((pub.Curve.Params().BitSize+7)/8+3) + 3
	}
	return n + 64
}

// renewID keeps the first file identifier and makes a second one.
func renewID(trailer pdf.Dict, f Field) pdf.Dict {
	t := cloneDict(trailer)
	if id, ok := t["ID"].(pdf.Array); ok && len(id) == 2 {
		first, _ := id[0].(pdf.String)
		var stamp [8]byte
		binary.BigEndian.PutUint64(stamp[:], uint64(f.Time.UnixNano()))
		next := sha256.Sum256(append(append([]byte(f.Name), first...), stamp[:]...))
		t["ID"] = pdf.Array{first, pdf.String(next[:16])}
	}
	return t
}

func cloneDict(d pdf.Dict) pdf.Dict {
	out := make(pdf.Dict, len(d)+2)
	for k, v := range d {
		out[k] = v
	}
	return out
}

// text is a text string: ASCII as it is, all else UTF-16BE with its mark.
func text(s string) pdf.String {
	ascii := true
	for _, r := range s {
		ascii = ascii && r < 0x80
	}
	if ascii {
		return pdf.String(s)
	}
	out := []byte{0xfe, 0xff}
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u>>8), byte(u))
	}
	return out
}

// hundredths keeps a rectangle short: 1/100 pt.
func hundredths(v float64) float64 { return math.Round(v*100) / 100 }
