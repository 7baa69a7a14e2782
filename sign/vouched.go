package sign

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"slices"

	"golang.org/x/crypto/ocsp"
)

// maxVouching bounds the signatures of validation data that are tried.
const maxVouching = 2048

// vouched: where no trusted time stamp covers the validation data, in the DSS or
// in a CMS, each certificate, list and answer in them must be one that somebody
// known signed: nothing else keeps their bytes.
func (v *verifier) vouched(rev *revocation) {
	known := append(slices.Clone(v.chained), v.store.certs...)
	for _, f := range v.found {
		if f.cms != nil {
			known = append(append(known, f.cms.others...), f.cms.signer)
		}
	}
	w := voucher{v, rev, known}
	switch {
	case v.store.unread > 0:
		v.stray("验证数据含有无法读取的证书或吊销列表", "the validation data hold a certificate or revocation list that cannot be read, and no time stamp covers it")
	case slices.ContainsFunc(v.store.certs, func(c *x509.Certificate) bool { return !w.certificate(c) }):
		v.stray("验证数据含有无法核实的证书", "the validation data hold a certificate that nobody known issued")
	case slices.ContainsFunc(v.store.crls, func(l *x509.RevocationList) bool { return !w.list(l) }):
		v.stray("验证数据含有无法核实的吊销列表", "the validation data hold a revocation list that nobody known issued")
	case slices.ContainsFunc(v.store.ocsps, func(raw []byte) bool { return !w.answer(raw) }):
		v.stray("验证数据含有无法核实的 OCSP 应答", "the validation data hold an OCSP answer that nobody known gave")
	}
	for _, f := range v.found {
		if f.cms == nil {
			continue
		}
		lists, answers := f.cms.crls, f.cms.ocsps
		if f.token != nil && !f.stamp() {
			lists = append(slices.Clone(lists), f.token.cms.crls...)
			answers = append(slices.Clone(answers), f.token.cms.ocsps...)
		}
		if slices.ContainsFunc(lists, func(l *x509.RevocationList) bool { return !w.list(l) }) ||
			slices.ContainsFunc(answers, func(raw []byte) bool { return !w.answer(raw) }) {
			v.problem("stray-certificate", "签名含有无法核实的吊销列表或应答："+f.Field, f.Field+": the signature holds a revocation list or answer that nobody known issued")
			v.doubt = true
		}
	}
}

func (v *verifier) stray(zh, en string) {
	v.problem("dss-stray", zh, en)
	v.doubt = true
}

// voucher tells who signed validation data.
type voucher struct {
	*verifier
	rev   *revocation
	known []*x509.Certificate
}

// by finds who of the known with a name, nil: any, signed it.
func (w voucher) by(name []byte, signed func(by *x509.Certificate) bool) bool {
	return slices.ContainsFunc(w.known, func(by *x509.Certificate) bool {
		if name != nil && !bytes.Equal(name, by.RawSubject) {
			return false
		}
		w.checks++
		return w.checks <= maxVouching && signed(by)
	})
}

func (w voucher) certificate(c *x509.Certificate) bool {
	return slices.ContainsFunc(w.chained, c.Equal) || w.by(c.RawIssuer, func(by *x509.Certificate) bool { return c.CheckSignatureFrom(by) == nil })
}

func (w voucher) list(l *x509.RevocationList) bool {
	return w.by(l.RawIssuer, func(by *x509.Certificate) bool { return w.rev.signed(l, by) })
}

var oidOCSPResponse = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 16, 2}

// otherRevocation reads what stands beside revocation lists in a CMS (RFC 5652
// §10.2.1): OCSP answers (RFC 5940 §2.1); of other kinds nothing is known.
func (c *cms) otherRevocation(b []byte) error {
	var kind asn1.ObjectIdentifier
	rest, err := asn1.Unmarshal(b, &kind)
	if err != nil {
		return errNotCMS
	}
	if _, err := ocsp.ParseResponse(rest, nil); err != nil || !kind.Equal(oidOCSPResponse) {
		c.unread++
		return nil
	}
	if c.ocsps = append(c.ocsps, rest); len(c.ocsps) > 32 {
		return errors.New("too many OCSP answers in one CMS")
	}
	return nil
}

// answer of a responder that is known, or whose certificate somebody known
// issued.
func (w voucher) answer(raw []byte) bool {
	a, err := ocsp.ParseResponse(raw, nil)
	if err != nil {
		return false
	}
	name := a.RawResponderName
	if a.Certificate != nil {
		name = a.Certificate.RawIssuer
	}
	if len(name) == 0 {
		name = nil
	}
	return w.by(name, func(by *x509.Certificate) bool {
		if a.Certificate != nil && a.Certificate.Equal(by) {
			return a.CheckSignatureFrom(by) == nil
		}
		_, err := ocsp.ParseResponse(raw, by)
		return err == nil
	})
}
