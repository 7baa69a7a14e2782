package sign

import (
	"bytes"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"moqian/sign/pdf"
)

// maxCMS bounds a signature before it is parsed.
const maxCMS = 64 << 10

// judge looks at one signature.
func (v *verifier) judge(f field) Signature {
	m, _ := f.dict["M"].(pdf.String)
	s := Signature{
		Field: f.name, LaterChanges: "none", Chain: "untrusted", Level: "CMS",
		SignedAt: claimedTime(string(m)), TimeSource: "claimed",
	}
	i, signed, cms, err := v.cover(f)
	if err != nil {
		v.problem("byte-range", "签名范围不正确："+f.name, f.name+": "+err.Error())
		s.LaterChanges = "forbidden"
		return s
	}
	s.WholeFile = i == len(v.doc.Revisions())-1
	if !s.WholeFile {
		s.LaterChanges = "forbidden"
		v.problem("later-changes", "签名之后文件被追加内容："+f.name, f.name+": something was added to the file after this signature")
	}
	digest := sha256.Sum256(signed)
	s.Digest, s.Range = "SHA-256", hex.EncodeToString(digest[:])
	c, err := readCMS(cms, signed)
	if c != nil && c.signer != nil {
		s.Signatory, s.Algorithm = c.signer.Subject.CommonName, algorithmName(c.signer)
		id := sha256.Sum256(c.signer.Raw)
		s.Certificate = hex.EncodeToString(id[:])
	}
	if err != nil {
		v.problem("signature", "签名不成立："+f.name, f.name+": "+err.Error())
		return s
	}
	s.Intact = true
	if c.baseline && f.dict["SubFilter"] == pdf.Name("ETSI.CAdES.detached") {
		s.Level = "B-B"
	}
	if err := c.trusted(v.options); err != nil {
		v.problem("chain", "证书链不受信任："+f.name, f.name+": "+err.Error())
	} else {
		s.Chain = "trusted"
	}
	return s
}

// cover makes sure that /ByteRange is exactly one revision's bytes without the
// hex string of /Contents, and gives the revision, the signed bytes and the CMS.
func (v *verifier) cover(f field) (revision int, signed, cms []byte, err error) {
	r, err := byteRange(f.dict)
	if err != nil {
		return 0, nil, nil, err
	}
	at := -1
	var span [2]int
	for i, rev := range v.doc.Revisions() {
		if from, to, ok := rev.Span(f.value); ok {
			if at >= 0 {
				return 0, nil, nil, errors.New("the signature dictionary was written twice")
			}
			at, span = i, [2]int{from, to}
		}
	}
	if at < 0 {
		return 0, nil, nil, errors.New("no revision writes the signature dictionary")
	}
	file := v.doc.Bytes()
	end := v.doc.Revisions()[at].End
	a, b, n := r[1], r[2], r[3]
	if r[0] != 0 || a <= span[0] || b <= a+1 || b >= span[1] || b+n != end {
		return 0, nil, nil, fmt.Errorf("/ByteRange %v does not cover bytes 0 to %d around the signature", r, end)
	}
	hole := file[a:b]
	contents, ok := f.dict["Contents"].(pdf.String)
	raw := make([]byte, (len(hole)-2)/2)
	_, hexErr := hex.Decode(raw, hole[1:len(hole)-1])
	if !ok || hole[0] != '<' || hole[len(hole)-1] != '>' || hexErr != nil || !bytes.Equal(raw, contents) {
		return 0, nil, nil, errors.New("the hole in /ByteRange is not the hex string of /Contents")
	}
	if !bytes.HasSuffix(bytes.TrimRight(file[:a], " \r\n\t"), []byte("/Contents")) {
		return 0, nil, nil, errors.New("the hole in /ByteRange is not behind /Contents")
	}
	cms, err = trim(contents)
	return at, slices.Concat(file[:a], file[b:b+n]), cms, err
}

// byteRange is exactly four non-negative integers.
func byteRange(d pdf.Dict) (r [4]int, err error) {
	list, ok := d["ByteRange"].(pdf.Array)
	if !ok || len(list) != 4 {
		return r, errors.New("/ByteRange is not four numbers")
	}
	for i, o := range list {
		n, ok := o.(int64)
		if !ok || n < 0 || n > 1<<31 {
			return r, errors.New("/ByteRange is not four numbers")
		}
		r[i] = int(n)
	}
	return r, nil
}

// trim gives the CMS without the zeros that fill its hole.
func trim(contents []byte) ([]byte, error) {
	if len(contents) > maxCMS {
		return nil, fmt.Errorf("a signature of %d bytes is too large", len(contents))
	}
	var raw asn1.RawValue
	rest, err := asn1.Unmarshal(contents, &raw)
	if err != nil {
		return nil, errors.New("the signature is not DER")
	}
	for _, b := range rest {
		if b != 0 {
			return nil, errors.New("bytes stand behind the signature in its hole")
		}
	}
	return raw.FullBytes, nil
}

// ByteRangeDigest is the SHA-256 over the bytes that the newest signature of a
// file covers: what slips and screens show after signing.
func ByteRangeDigest(file []byte) ([32]byte, error) {
	v := &verifier{}
	var err error
	if v.doc, err = pdf.Parse(file); err != nil {
		return [32]byte{}, err
	}
	fields, ok := v.find()
	if !ok || len(fields) == 0 {
		return [32]byte{}, errors.New("the file has no sound signature")
	}
	_, signed, _, err := v.cover(fields[len(fields)-1])
	return sha256.Sum256(signed), err
}
