// Package receipt makes and reads the code that stands on a customer's copy:
// a signed summary of a voucher that a phone or the bank's own app checks. It
// knows no pages and no QR symbols; package render draws the text it makes.
//
// A code carries no name and no whole account. Start at Encode and Verify.
//
// Form: a CBOR array of definite lengths and shortest integers
//
//	[1 version, kind, type code, voucher number, unix seconds, amount in fen,
//	 last four digits of the account, digest (16), key id (4), signature (64)]
//
// in base32 (RFC 4648, upper case, no padding) behind an address. What is
// signed is "MQR1" and the CBOR of the array of the first nine.
package receipt

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"github.com/fxamacker/cbor/v2"
)

// Kind says what the digest was taken of.
type Kind uint8

const (
	Text      Kind = 1 // the voucher's canonical text; codes on pages
	ByteRange Kind = 2 // the signed bytes of the file; made after signing
	// Trial is added to the kind of whatever trial mode makes, so that it never
	// passes for a real one.
	Trial Kind = 16
)

// Receipt is what a code says about a voucher.
type Receipt struct {
	Kind   Kind
	Type   string    // 4 digits: 2101
	Number string    // voucher number, 18 digits
	Time   time.Time // whole seconds
	Fen    int64     // amount, 0 for types without one
	Last4  string    // of the account, 4 digits
	Digest [16]byte  // first half of a SHA-256
	KeyID  [4]byte   // begin of the SHA-256 of the signer's public key (SPKI)
}

// ErrMalformed means that a text is no receipt code of this version.
var ErrMalformed = errors.New("not a receipt code")

const (
	version  = 1
	maxFen   = 99_999_999_999_999 // 999,999,999,999.99
	signedAs = "MQR1"
)

// body is the signed part of the array.
type body struct {
	_       struct{} `cbor:",toarray"`
	Version uint64
	Kind    uint64
	Type    uint64
	Number  uint64
	Time    uint64
	Fen     uint64
	Last4   uint64
	Digest  []byte
	KeyID   []byte
}

// signed is the whole array.
type signed struct {
	_         struct{} `cbor:",toarray"`
	Version   uint64
	Kind      uint64
	Type      uint64
	Number    uint64
	Time      uint64
	Fen       uint64
	Last4     uint64
	Digest    []byte
	KeyID     []byte
	Signature []byte
}

func (s signed) body() body {
	return body{Version: s.Version, Kind: s.Kind, Type: s.Type, Number: s.Number, Time: s.Time,
		Fen: s.Fen, Last4: s.Last4, Digest: s.Digest, KeyID: s.KeyID}
}

func (b body) with(signature []byte) signed {
	return signed{Version: b.Version, Kind: b.Kind, Type: b.Type, Number: b.Number, Time: b.Time,
		Fen: b.Fen, Last4: b.Last4, Digest: b.Digest, KeyID: b.KeyID, Signature: signature}
}

// toSign is what the signature covers.
func (b body) toSign() ([]byte, error) {
	data, err := marshal(b)
	return append([]byte(signedAs), data...), err
}

func marshal(v any) ([]byte, error) {
	mode, err := cbor.EncOptions{ShortestFloat: cbor.ShortestFloat16, IndefLength: cbor.IndefLengthForbidden}.EncMode()
	if err != nil {
		return nil, fmt.Errorf("internal error: %w", err)
	}
	return mode.Marshal(v)
}

// unmarshal takes only the bytes that marshal would have made.
func unmarshal(data []byte) (signed, error) {
	var s signed
	mode, err := cbor.DecOptions{IndefLength: cbor.IndefLengthForbidden, TagsMd: cbor.TagsForbidden,
		MaxArrayElements: 16}.DecMode()
	if err != nil {
		return s, fmt.Errorf("internal error: %w", err)
	}
	if err := mode.Unmarshal(data, &s); err != nil {
		return s, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	again, err := marshal(s)
	if err != nil || !bytes.Equal(again, data) {
		return s, fmt.Errorf("%w: not in its shortest form", ErrMalformed)
	}
	return s, nil
}

// body checks each part of a receipt; the error names it.
func (r Receipt) body() (body, error) {
	b := body{Version: version, Kind: uint64(r.Kind), Time: uint64(r.Time.Unix()), Fen: uint64(r.Fen),
		Digest: r.Digest[:], KeyID: r.KeyID[:]}
	if k := r.Kind &^ Trial; k != Text && k != ByteRange {
		return b, fmt.Errorf("receipt: kind %d", r.Kind)
	}
	if r.Fen < 0 || r.Fen > maxFen {
		return b, errors.New("receipt: amount out of range")
	}
	if s := r.Time.Unix(); s <= 0 || s > 1<<32-1 {
		return b, errors.New("receipt: time out of range")
	}
	var err error
	for _, d := range []struct {
		what, digits string
		n            int
		to           *uint64
	}{{"type", r.Type, 4, &b.Type}, {"voucher number", r.Number, 18, &b.Number}, {"last four", r.Last4, 4, &b.Last4}} {
		if *d.to, err = digits(d.digits, d.n); err != nil {
			return b, fmt.Errorf("receipt: %s: %w", d.what, err)
		}
	}
	return b, nil
}

func digits(s string, n int) (uint64, error) {
	if len(s) != n || !regexp.MustCompile(`^[0-9]+$`).MatchString(s) {
		return 0, fmt.Errorf("needs %d digits", n)
	}
	return strconv.ParseUint(s, 10, 64)
}

// receipt is the way back.
func (s signed) receipt() (Receipt, error) {
	if s.Version != version || s.Kind > 255 || s.Type > 9999 || s.Last4 > 9999 || s.Number >= 1e18 ||
		s.Fen > maxFen || s.Time == 0 || s.Time > 1<<32-1 ||
		len(s.Digest) != 16 || len(s.KeyID) != 4 || len(s.Signature) != 64 {
		return Receipt{}, fmt.Errorf("%w: a part is out of range", ErrMalformed)
	}
	r := Receipt{Kind: Kind(s.Kind), Type: fmt.Sprintf("%04d", s.Type), Number: fmt.Sprintf("%018d", s.Number),
		Time: time.Unix(int64(s.Time), 0).UTC(), Fen: int64(s.Fen), Last4: fmt.Sprintf("%04d", s.Last4),
		Digest: [16]byte(s.Digest), KeyID: [4]byte(s.KeyID)}
	if _, err := r.body(); err != nil {
		return Receipt{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return r, nil
}
