package sign

import (
	"encoding/asn1"
	"errors"
	"fmt"
)

// maxCMS bounds a signature before it is parsed; maxNesting its depth.
const (
	maxCMS     = 1 << 20
	maxNesting = 48
)

var errBER = errors.New("the signature is not BER")

// toDER rewrites BER with indefinite or long lengths and strings in parts as
// DER, in one pass, and gives what stands behind the first element. DER comes
// back as it is. Java programs sign with indefinite lengths.
func toDER(b []byte) (der, rest []byte, err error) {
	if len(b) > maxCMS {
		return nil, nil, fmt.Errorf("a signature of %d bytes is too large", len(b))
	}
	var raw asn1.RawValue
	if rest, err := asn1.Unmarshal(b, &raw); err == nil {
		return raw.FullBytes, rest, nil
	}
	r := ber{b}
	der, err = r.element(0)
	return der, r.b, err
}

type ber struct{ b []byte }

// element reads one element and gives it as DER.
func (r *ber) element(depth int) ([]byte, error) {
	if depth > maxNesting || len(r.b) < 2 {
		return nil, errBER
	}
	tag := r.b[0]
	if tag&0x1f == 0x1f {
		return nil, errBER
	}
	r.b = r.b[1:]
	n, indefinite, err := r.length()
	if err != nil {
		return nil, err
	}
	if indefinite && tag&0x20 == 0 || n > len(r.b) {
		return nil, errBER
	}
	if tag&0x20 == 0 {
		body := r.b[:n]
		r.b = r.b[n:]
		return tlv(tag, body), nil
	}
	inner := r
	if !indefinite {
		inner = &ber{r.b[:n]}
		r.b = r.b[n:]
	}
	body, err := inner.parts(tag, indefinite, depth)
	if err != nil {
		return nil, err
	}
	if tag == 0x24 { // OCTET STRING in parts
		tag = 0x04
	}
	return tlv(tag, body), nil
}

// parts reads the elements of a constructed one; those of an OCTET STRING are
// joined.
func (r *ber) parts(tag byte, indefinite bool, depth int) ([]byte, error) {
	var body []byte
	for {
		if indefinite && len(r.b) >= 2 && r.b[0] == 0 && r.b[1] == 0 {
			r.b = r.b[2:]
			return body, nil
		}
		if !indefinite && len(r.b) == 0 {
			return body, nil
		}
		e, err := r.element(depth + 1)
		if err != nil {
			return nil, err
		}
		if tag == 0x24 {
			var part asn1.RawValue
			if _, err := asn1.Unmarshal(e, &part); err != nil || part.Tag != asn1.TagOctetString || part.Class != 0 {
				return nil, errBER
			}
			e = part.Bytes
		}
		if body = append(body, e...); len(body) > maxCMS {
			return nil, errBER
		}
	}
}

func (r *ber) length() (n int, indefinite bool, err error) {
	if len(r.b) == 0 {
		return 0, false, errBER
	}
	c := r.b[0]
	r.b = r.b[1:]
	if c < 0x80 {
		return int(c), false, nil
	}
	if c == 0x80 {
		return 0, true, nil
	}
	k := int(c & 0x7f)
	if k > 4 || k > len(r.b) {
		return 0, false, errBER
	}
	for _, d := range r.b[:k] {
		n = n<<8 | int(d)
	}
	r.b = r.b[k:]
	return n, false, nil
}

// tlv writes an element with a definite length.
func tlv(tag byte, body []byte) []byte {
	n := len(body)
	out := []byte{tag}
	switch {
	case n < 0x80:
		out = append(out, byte(n))
	case n < 0x100:
		out = append(out, 0x81, byte(n))
	case n < 0x10000:
		out = append(out, 0x82, byte(n>>8), byte(n))
	default:
		out = append(out, 0x83, byte(n>>16), byte(n>>8), byte(n))
	}
	return append(out, body...)
}
