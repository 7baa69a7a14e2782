package sign

import (
	"bytes"
	"crypto"
	"crypto/sha1"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"slices"

	"moqian/sign/pdf"
)

var (
	oidData          = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidSignedData    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidTSTInfo       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}
	oidContentType   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidMessageDigest = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	oidSigningTime   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 5}
	oidSigningCertV1 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 12}
	oidTimeStamp     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 14}
)

// cms is a CMS whose signature fits: what CMS (RFC 5652) and the time-stamp
// protocol have in common.
type cms struct {
	signer *x509.Certificate
	others []*x509.Certificate // of the bag, without the signer
	crls   []*x509.RevocationList
	ocsps  [][]byte
	unread int // certificates and lists that cannot be read; no chain has them
	hash   crypto.Hash
	weak   bool // the signature fits, by an algorithm or key that is too weak to prove anything
	// content inside, nil when detached.
	content []byte
	// essV2, essV1: which signing-certificate attributes name the signer.
	essV2, essV1 bool
	hasTime      bool // the signing-time attribute is there
	value        []byte
	token        []byte // signature time stamp, nil: none
}

// envelope is SignedData, RFC 5652 §5.1.
type envelope struct {
	Version int
	Digests []pkix.AlgorithmIdentifier `asn1:"set"`
	Content struct {
		Type asn1.ObjectIdentifier
		Data asn1.RawValue `asn1:"optional,explicit,tag:0"`
	}
	Certs   asn1.RawValue   `asn1:"optional,tag:0"`
	CRLs    asn1.RawValue   `asn1:"optional,tag:1"`
	Signers []asn1.RawValue `asn1:"set"`
}

// signerInfo is RFC 5652 §5.3.
type signerInfo struct {
	Version   int
	ID        asn1.RawValue
	Digest    pkix.AlgorithmIdentifier
	Signed    asn1.RawValue `asn1:"optional,tag:0"`
	Algorithm pkix.AlgorithmIdentifier
	Value     []byte
	Unsigned  asn1.RawValue `asn1:"optional,tag:1"`
}

// exactly reads DER and makes sure that writing what was understood gives the
// same bytes: encoding/asn1 passes over what stands behind the known parts of a
// sequence, and what no signature covers must not be free to change.
func exactly(der []byte, v any) error {
	rest, err := asn1.Unmarshal(der, v)
	if err != nil || len(rest) > 0 {
		return errNotCMS
	}
	again, err := asn1.Marshal(derefAny(v))
	if err != nil || !bytes.Equal(again, der) {
		return errNotCMS
	}
	return nil
}

func derefAny(v any) any {
	switch v := v.(type) {
	case *envelope:
		return *v
	case *signerInfo:
		return *v
	}
	panic(fmt.Sprintf("internal error: %T", v))
}

var errNotCMS = errors.New("the CMS is not as RFC 5652 wants it")

// certificates parses certificates, each bytes once in a verification.
type certificates struct {
	parsed map[string]*x509.Certificate
	lists  map[string]*x509.RevocationList
	// streams of validation data that were unpacked.
	streams map[*pdf.Stream][]byte
	// elsewhere are those of the file's validation data.
	elsewhere []*x509.Certificate
}

func newCertificates() *certificates {
	return &certificates{parsed: map[string]*x509.Certificate{}, lists: map[string]*x509.RevocationList{}, streams: map[*pdf.Stream][]byte{}}
}

// list parses a revocation list once.
func (m *certificates) list(der []byte) (*x509.RevocationList, error) {
	if l, ok := m.lists[string(der)]; ok {
		return l, nil
	}
	l, err := x509.ParseRevocationList(der)
	if err == nil {
		m.lists[string(der)] = l
	}
	return l, err
}

// unpack decodes a stream once.
func (m *certificates) unpack(s *pdf.Stream) ([]byte, error) {
	if b, ok := m.streams[s]; ok {
		return b, nil
	}
	b, err := s.DecodeUpTo(maxDSSBytes)
	if err == nil {
		m.streams[s] = b
	}
	return b, err
}

func (m *certificates) parse(der []byte) (*x509.Certificate, error) {
	if c, ok := m.parsed[string(der)]; ok {
		return c, nil
	}
	c, err := x509.ParseCertificate(der)
	if err == nil {
		understood(c)
		m.parsed[string(der)] = c
	}
	return c, err
}

// readCMS checks one CMS of one signer: structure, signed attributes, signature.
// kind is the content type it must have. content are the signed bytes in order;
// nil when they are inside. The result is there when the signer is known, even
// beside an error.
func readCMS(der []byte, kind asn1.ObjectIdentifier, known *certificates, content ...[]byte) (*cms, error) {
	var outer struct {
		Type    asn1.ObjectIdentifier
		Content asn1.RawValue `asn1:"explicit,tag:0"`
	}
	if rest, err := asn1.Unmarshal(der, &outer); err != nil || len(rest) > 0 || !outer.Type.Equal(oidSignedData) {
		return nil, errors.New("the CMS is not signed data")
	}
	if again, err := asn1.Marshal(outer); err != nil || !bytes.Equal(again, der) {
		return nil, errNotCMS
	}
	var e envelope
	if err := exactly(outer.Content.Bytes, &e); err != nil {
		return nil, err
	}
	if len(e.Signers) != 1 {
		return nil, fmt.Errorf("%d signers in one CMS", len(e.Signers))
	}
	var info signerInfo
	if err := exactly(e.Signers[0].FullBytes, &info); err != nil {
		return nil, err
	}
	if !e.Content.Type.Equal(kind) || len(e.Digests) != 1 || !soundTags(e, info, kind) {
		return nil, errNotCMS
	}
	c := &cms{value: info.Value}
	if err := c.bag(e, known); err != nil {
		return nil, err
	}
	if err := c.find(info.ID, info.Version, known.elsewhere); err != nil {
		return nil, err
	}
	return c, c.check(e, info, kind, content)
}

// soundTags checks the version (RFC 5652 §5.1) and the tags that encoding/asn1
// does not look at in raw values.
func soundTags(e envelope, info signerInfo, kind asn1.ObjectIdentifier) bool {
	version := 1
	if !kind.Equal(oidData) || info.Version == 3 {
		version = 3
	}
	tagged := func(v asn1.RawValue, tag byte) bool { return len(v.FullBytes) == 0 || v.FullBytes[0] == tag }
	return e.Version == version && tagged(e.Content.Data, 0xa0) && tagged(e.Certs, 0xa0) && tagged(e.CRLs, 0xa1) &&
		tagged(info.Signed, 0xa0) && tagged(info.Unsigned, 0xa1) && tagged(e.Signers[0], 0x30)
}

// check verifies digest, attributes and signature.
func (c *cms) check(e envelope, info signerInfo, kind asn1.ObjectIdentifier, content [][]byte) error {
	var err error
	if c.hash, err = anyHash(info.Digest); err != nil {
		return err
	}
	c.weak = c.hash == crypto.SHA1 || strongKey(c.signer) != nil
	if named, err := anyHash(e.Digests[0]); err != nil || named != c.hash {
		return errors.New("the CMS names two digest algorithms")
	}
	if content == nil {
		if rest, err := asn1.Unmarshal(e.Content.Data.Bytes, &c.content); err != nil || len(rest) > 0 {
			return errors.New("the CMS has no content")
		}
		content = [][]byte{c.content}
	} else if len(e.Content.Data.FullBytes) > 0 {
		return errors.New("the CMS is not detached")
	}
	if err := c.signedAttributes(info, kind, content); err != nil {
		return err
	}
	set := append([]byte{asn1.TagSet | 0x20}, info.Signed.FullBytes[1:]...)
	if err := checkSignature(c.signer, info.Algorithm, c.hash, set, info.Value); err != nil {
		return err
	}
	return c.unsignedAttributes(info)
}

// bag reads certificates and revocation lists.
func (c *cms) bag(e envelope, known *certificates) error {
	for rest := e.Certs.Bytes; len(rest) > 0; {
		var raw asn1.RawValue
		var err error
		if rest, err = asn1.Unmarshal(rest, &raw); err != nil {
			return errNotCMS
		}
		x, err := known.parse(raw.FullBytes)
		if err != nil && signedParts(raw.FullBytes) {
			c.unread++
			continue
		}
		if err != nil {
			return fmt.Errorf("a certificate in the CMS cannot be read: %w", err)
		}
		if c.others = append(c.others, x); len(c.others) > 32 {
			return errors.New("too many certificates in one CMS")
		}
	}
	for rest := e.CRLs.Bytes; len(rest) > 0; {
		var raw asn1.RawValue
		var err error
		if rest, err = asn1.Unmarshal(rest, &raw); err != nil {
			return errNotCMS
		}
		if raw.Class == asn1.ClassContextSpecific && raw.Tag == 1 {
			if err := c.otherRevocation(raw.Bytes); err != nil {
				return err
			}
			continue
		}
		l, err := known.list(raw.FullBytes)
		if err != nil && signedParts(raw.FullBytes) {
			c.unread++
			continue
		}
		if err != nil {
			return fmt.Errorf("a revocation list in the CMS cannot be read: %w", err)
		}
		c.crls = append(c.crls, l)
	}
	return nil
}

// find takes the signer out of the bag: by issuer and serial number (version 1)
// or by subject key (version 3).
//
// Certificates from elsewhere in the file help when the bag lacks it.
func (c *cms) find(id asn1.RawValue, version int, elsewhere []*x509.Certificate) error {
	var byName struct {
		Issuer asn1.RawValue
		Serial *big.Int
	}
	fits := func(x *x509.Certificate) bool {
		switch {
		case version == 1 && id.Class == asn1.ClassUniversal:
			rest, err := asn1.Unmarshal(id.FullBytes, &byName)
			again, err2 := asn1.Marshal(byName)
			return err == nil && err2 == nil && len(rest) == 0 && bytes.Equal(again, id.FullBytes) &&
				bytes.Equal(byName.Issuer.FullBytes, x.RawIssuer) && byName.Serial.Cmp(x.SerialNumber) == 0
		case version == 3 && id.Class == asn1.ClassContextSpecific && id.Tag == 0:
			return len(id.Bytes) > 0 && bytes.Equal(id.Bytes, x.SubjectKeyId)
		}
		return false
	}
	if i := slices.IndexFunc(c.others, fits); i >= 0 {
		c.signer = c.others[i]
		c.others = slices.Delete(slices.Clone(c.others), i, i+1)
		return nil
	}
	if i := slices.IndexFunc(elsewhere, fits); i >= 0 {
		c.signer = elsewhere[i]
		return nil
	}
	return errNoCertificate
}

var errNoCertificate = errors.New("the signatory's certificate is missing")

// attributes of one set, each type once, each with one value.
func attributes(set asn1.RawValue) (map[string][]byte, error) {
	out := map[string][]byte{}
	for rest := set.Bytes; len(rest) > 0; {
		var a struct {
			Type   asn1.ObjectIdentifier
			Values asn1.RawValue `asn1:"set"`
		}
		var raw asn1.RawValue
		var err error
		if rest, err = asn1.Unmarshal(rest, &raw); err != nil {
			return nil, errNotCMS
		}
		if more, err := asn1.Unmarshal(raw.FullBytes, &a); err != nil || len(more) > 0 {
			return nil, errNotCMS
		}
		if again, err := asn1.Marshal(a); err != nil || !bytes.Equal(again, raw.FullBytes) || a.Values.FullBytes[0] != 0x31 {
			return nil, errNotCMS
		}
		if out[a.Type.String()] != nil {
			return nil, errors.New("an attribute stands twice")
		}
		out[a.Type.String()] = a.Values.Bytes
	}
	return out, nil
}

// signedAttributes checks content type, message digest and signing certificate.
func (c *cms) signedAttributes(info signerInfo, kind asn1.ObjectIdentifier, content [][]byte) error {
	if len(info.Signed.FullBytes) == 0 {
		return errors.New("the CMS has no signed attributes")
	}
	attrs, err := attributes(info.Signed)
	if err != nil {
		return err
	}
	var is asn1.ObjectIdentifier
	if rest, err := asn1.Unmarshal(attrs[oidContentType.String()], &is); err != nil || len(rest) > 0 || !is.Equal(kind) {
		return errors.New("the content-type attribute is missing or wrong")
	}
	var got []byte
	want := digest(c.hash, content...)
	if rest, err := asn1.Unmarshal(attrs[oidMessageDigest.String()], &got); err != nil || len(rest) > 0 || !bytes.Equal(got, want) {
		return errors.New("the content is not what was signed")
	}
	c.hasTime = attrs[oidSigningTime.String()] != nil
	if raw := attrs[oidSigningCertificateV2.String()]; raw != nil {
		if err := c.essCertificate(raw, true); err != nil {
			return err
		}
		c.essV2 = true
	}
	if raw := attrs[oidSigningCertV1.String()]; raw != nil {
		if err := c.essCertificate(raw, false); err != nil {
			return err
		}
		c.essV1 = true
	}
	return nil
}

// essCertificate checks that the first certificate of a signing-certificate
// attribute (RFC 5035 §3, §5.4) is the signer's.
func (c *cms) essCertificate(raw []byte, v2 bool) error {
	other := errors.New("the signing-certificate attribute names another certificate")
	var list struct {
		Certs    []asn1.RawValue
		Policies asn1.RawValue `asn1:"optional"`
	}
	if rest, err := asn1.Unmarshal(raw, &list); err != nil || len(rest) > 0 || len(list.Certs) == 0 {
		return errors.New("the signing-certificate attribute cannot be read")
	}
	first := list.Certs[0].FullBytes
	var plain struct {
		Hash   []byte
		Serial asn1.RawValue `asn1:"optional"`
	}
	if !v2 {
		want := sha1.Sum(c.signer.Raw)
		if _, err := asn1.Unmarshal(first, &plain); err != nil || !bytes.Equal(plain.Hash, want[:]) {
			return other
		}
		return nil
	}
	var named struct {
		Algorithm pkix.AlgorithmIdentifier
		Hash      []byte
		Serial    asn1.RawValue `asn1:"optional"`
	}
	hash, h := []byte(nil), crypto.SHA256
	if _, err := asn1.Unmarshal(first, &plain); err == nil {
		hash = plain.Hash
	} else if _, err := asn1.Unmarshal(first, &named); err == nil {
		if h, err = hashOf(named.Algorithm); err != nil {
			return err
		}
		hash = named.Hash
	}
	if !bytes.Equal(hash, digest(h, c.signer.Raw)) {
		return other
	}
	return nil
}

// unsignedAttributes takes a signature time stamp and nothing else: no signature
// covers what stands here.
func (c *cms) unsignedAttributes(info signerInfo) error {
	attrs, err := attributes(info.Unsigned)
	if err != nil {
		return err
	}
	for id := range attrs {
		if id != oidTimeStamp.String() {
			return fmt.Errorf("the CMS has an unsigned attribute %s", id)
		}
	}
	if len(info.Unsigned.FullBytes) > 0 && len(attrs) == 0 {
		return errNotCMS
	}
	c.token = attrs[oidTimeStamp.String()]
	return nil
}
