package sign

import (
	"bytes"
	"crypto"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"moqian/sign/pdf"
)

// found is a signature on its way through the verification.
type found struct {
	Signature
	field
	revision int // −1: it covers none
	cms      *cms
	token    *Token // of a document time stamp, or inside the signature
	size     int    // of the token in bytes
	trusted  bool   // a trusted time stamp proves that it existed at proven
	proven   time.Time
}

func (f *found) stamp() bool { return f.Kind == KindDocTimeStamp }

// judge looks at one signature by itself: what it covers and whether it fits.
func (v *verifier) judge(f field) *found {
	m, _ := f.dict["M"].(pdf.String)
	s := &found{field: f, revision: -1, Signature: Signature{
		Field: f.name, Kind: KindApproval, LaterChanges: "none", Chain: "untrusted", Level: "CMS",
		SignedAt: claimedTime(string(m)), TimeSource: "claimed", Revocation: RevocationUnknown,
	}}
	switch {
	case f.dict["SubFilter"] == pdf.Name("ETSI.RFC3161"):
		s.Kind, s.Level = KindDocTimeStamp, "RFC 3161"
	case docMDP(v.doc, f.dict) > 0:
		s.Kind = KindCertification
	}
	c, err := v.cover(f)
	if err != nil {
		v.problem("byte-range", "签名范围不正确："+f.name, f.name+": "+err.Error())
		s.LaterChanges = "forbidden"
		return s
	}
	s.revision, s.Revision = c.revision, c.revision+1
	s.WholeFile = c.end == len(v.doc.Bytes())
	s.Digest, s.Range = "SHA-256", hex.EncodeToString(digest(crypto.SHA256, c.before, c.after))
	if err := v.fits(s, c); err != nil {
		v.problem("signature", "签名不成立："+f.name, f.name+": "+err.Error())
		return s
	}
	if f.unlike(v.doc) {
		v.problem("lock", "签名与其域的锁定设置不一致："+f.name, f.name+": the signature locks other fields than its field's lock names")
		v.wrong = true
	}
	s.Intact = true
	return s
}

// fits checks the CMS or the time stamp over the covered bytes.
func (v *verifier) fits(s *found, c covered) error {
	var err error
	switch s.dict["SubFilter"] {
	case pdf.Name("ETSI.RFC3161"):
		if s.token, err = readToken(c.cms, v.known, c.before, c.after); err != nil {
			return err
		}
		s.cms, s.size = s.token.cms, len(c.cms)
		v.describe(s)
		s.SignedAt, s.TimeSource = rfc3339(s.token.Time), "timestamp"
		return nil
	case pdf.Name("ETSI.CAdES.detached"), pdf.Name("adbe.pkcs7.detached"):
	default:
		return fmt.Errorf("signatures of kind %v are not taken", s.dict["SubFilter"])
	}
	if s.cms, err = readCMS(c.cms, oidData, v.known, c.before, c.after); s.cms != nil {
		v.describe(s)
	}
	if err != nil {
		return err
	}
	pades := s.dict["SubFilter"] == pdf.Name("ETSI.CAdES.detached")
	if pades && !s.cms.essV2 && !(s.cms.essV1 && s.cms.hash == crypto.SHA1) { // version 1 is SHA-1's
		return errors.New("the signing-certificate attribute is missing")
	}
	if s.cms.token != nil {
		s.token, err = readToken(s.cms.token, v.known, s.cms.value)
		if errors.Is(err, errNoCertificate) {
			v.problem("timestamp-untrusted", "时间戳未附证书，无法核验："+s.Field, s.Field+": the time stamp comes without its certificate and cannot be checked")
			v.doubt, err = true, nil
		}
		if err != nil {
			return err
		}
		s.size = len(s.cms.token)
	}
	if pades && !s.cms.hasTime {
		s.Level = "B-B"
	}
	return nil
}

// describe names signatory and algorithm.
func (v *verifier) describe(s *found) {
	c := s.cms.signer
	s.Signatory, s.Algorithm = c.Subject.CommonName, algorithmName(c)
	if s.Signatory == "" {
		s.Signatory = c.Subject.String()
	}
	s.Certificate = hex.EncodeToString(digest(crypto.SHA256, c.Raw))
	if s.cms.hash != 0 {
		s.Digest = s.cms.hash.String()
	}
}

// covered is what a signature covers.
type covered struct {
	revision, end int
	before, after []byte // the signed bytes around the hole
	cms           []byte
}

// cover makes sure that /ByteRange is exactly one revision's bytes without the
// hex string of /Contents.
func (v *verifier) cover(f field) (covered, error) {
	r, err := byteRange(f.dict)
	if err != nil {
		return covered{}, err
	}
	c := covered{revision: -1}
	var span [2]int
	for i, rev := range v.doc.Revisions() {
		if from, to, ok := rev.Span(f.value); ok {
			if c.revision >= 0 {
				return c, errors.New("the signature dictionary was written twice")
			}
			c.revision, span = i, [2]int{from, to}
		}
	}
	if c.revision < 0 {
		return c, errors.New("no revision writes the signature dictionary")
	}
	file := v.doc.Bytes()
	a, b := r[1], r[2]
	c.end = b + r[3]
	if r[0] != 0 || a <= span[0] || b <= a+1 || b >= span[1] || !v.endsAt(c.revision, c.end) {
		return c, fmt.Errorf("/ByteRange %v does not cover bytes 0 to %d around the signature", r, v.doc.Revisions()[c.revision].End)
	}
	contents, err := hole(file[a:b], f.dict)
	if err != nil {
		return c, err
	}
	before := bytes.TrimRight(file[:a], " \r\n\t")
	if !bytes.HasSuffix(before, []byte("/Contents")) {
		return c, errors.New("the hole in /ByteRange is not behind /Contents")
	}
	c.before, c.after = file[:a], file[b:c.end]
	c.cms, err = trim(contents)
	return c, err
}

// endsAt: a revision ends behind %%EOF; white space behind it may count too.
func (v *verifier) endsAt(i, end int) bool {
	r := v.doc.Revisions()[i]
	if end < r.EOF || end > len(v.doc.Bytes()) {
		return false
	}
	last := i == len(v.doc.Revisions())-1
	return end <= r.End || !last && len(bytes.TrimLeft(v.doc.Bytes()[r.EOF:end], "\r\n \t")) == 0
}

// hole reads the hex string between brackets: two digits a byte, all of one
// case, so that no bit of it can change unseen.
func hole(b []byte, d pdf.Dict) ([]byte, error) {
	bad := errors.New("the hole in /ByteRange is not the hex string of /Contents")
	contents, ok := d["Contents"].(pdf.String)
	if !ok || len(b) < 4 || b[0] != '<' || b[len(b)-1] != '>' {
		return nil, bad
	}
	digits := string(b[1 : len(b)-1])
	raw, err := hex.DecodeString(digits)
	if err != nil || !bytes.Equal(raw, contents) {
		return nil, bad
	}
	if digits != strings.ToLower(digits) && digits != strings.ToUpper(digits) {
		return nil, errors.New("the hex string of /Contents mixes upper and lower case")
	}
	return contents, nil
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

// trim gives the CMS as DER, without the zeros that fill its hole.
func trim(contents []byte) ([]byte, error) {
	if len(contents) > 2*maxCMS {
		return nil, fmt.Errorf("a signature of %d bytes is too large", len(contents))
	}
	der, rest, err := toDER(contents)
	if err != nil {
		return nil, errors.New("the signature is not DER: " + err.Error())
	}
	for _, b := range rest {
		if b != 0 {
			return nil, errors.New("bytes stand behind the signature in its hole")
		}
	}
	return der, nil
}

// ByteRangeDigest is the SHA-256 over the bytes that the newest signature of a
// file covers (time stamps of the document apart): what slips and screens show
// after signing.
func ByteRangeDigest(file []byte) (sum [32]byte, err error) {
	v := &verifier{known: newCertificates()}
	if v.doc, err = pdf.ParseForeign(file); err != nil {
		return sum, err
	}
	fields, ok := v.find()
	at := -1
	for _, f := range fields {
		if f.dict["SubFilter"] == pdf.Name("ETSI.RFC3161") {
			continue
		}
		c, err := v.cover(f)
		if err != nil {
			return sum, err
		}
		if c.revision > at {
			at, sum = c.revision, [32]byte(digest(crypto.SHA256, c.before, c.after))
		}
	}
	if !ok || at < 0 {
		return sum, errors.New("the file has no sound signature")
	}
	return sum, nil
}
