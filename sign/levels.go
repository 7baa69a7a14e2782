package sign

import (
	"crypto/x509"
	"fmt"
	"slices"
	"time"
)

// validation reads the validation data of the file.
func (v *verifier) validation() {
	var err error
	if v.store, err = readDSS(v.doc, v.known); err != nil {
		v.problem("dss", "验证数据（DSS）不正确", "the validation data are not sound: "+err.Error())
		v.wrong, v.store = true, &dss{}
	}
	v.known.elsewhere = v.store.certs
}

// trust judges certificates, newest signature first: a trusted document time
// stamp proves that all before it existed at its time.
func (v *verifier) trust() {
	store := v.store
	rev := &revocation{crls: append(slices.Clone(v.options.CRLs), store.crls...), ocsps: slices.Clone(store.ocsps)}
	for _, f := range v.found {
		if f.cms != nil {
			rev.crls = append(rev.crls, f.cms.crls...)
			rev.ocsps = append(rev.ocsps, f.cms.ocsps...)
		}
	}
	signers := trust{roots: []*x509.CertPool{v.options.Roots}, more: store.certs}
	stamps := trust{roots: v.options.stampRoots(), more: store.certs}
	order := slices.Clone(v.found)
	slices.SortStableFunc(order, func(a, b *found) int { return b.revision - a.revision })
	at, archived := v.options.At, false
	for _, f := range order {
		if f.cms == nil || !f.Intact {
			continue
		}
		t := truster{v, f, rev, store}
		if f.stamp() {
			if t.stamp(stamps, at, "") {
				at, archived, f.Chain = f.token.Time, true, "trusted"
			}
			continue
		}
		when := at
		if f.token != nil && t.stamp(stamps, at, "inner") {
			when, f.proven, f.trusted = f.token.Time, f.token.Time, true
			f.SignedAt, f.TimeSource = rfc3339(when), "timestamp"
		}
		if f.token == nil && archived {
			// No time stamp of its own, but a document time stamp proves it.
			f.proven, f.trusted = at, true
			f.SignedAt, f.TimeSource = rfc3339(at), "timestamp"
		}
		chain := t.signer(signers, when)
		t.level(chain, archived)
	}
	if !archived {
		v.vouched(rev)
	}
}

// truster looks at one signature's certificates.
type truster struct {
	*verifier
	f     *found
	rev   *revocation
	store *dss
}

// stamp says whether a root vouches for the time stamp of a signature at a
// moment.
func (t truster) stamp(o trust, at time.Time, inner string) bool {
	f, name := t.f, t.f.Field
	k := f.token
	if k.cms.weak {
		t.weakly("时间戳", "time stamp")
		t.doubt = true
		return false
	}
	if k.Time.After(t.options.At.Add(leeway)) {
		t.problem("timestamp-future", "时间戳晚于核验时间："+name, fmt.Sprintf("%s: the time stamp is of %s, after the moment of judgement; one of the clocks is wrong", name, rfc3339(k.Time)))
		t.doubt = true
		return false
	}
	if at.Before(k.Time) {
		at = k.Time
	}
	chains, err := k.chains(o, at)
	if err != nil {
		t.problem("timestamp-untrusted", "时间戳不受信任："+name, name+": no given root vouches for the time stamp: "+humanTime(err, k.TSA, at).Error())
		t.doubt = t.doubt || inner != ""
		return false
	}
	if k.cms.unread > 0 {
		t.problem("stray-certificate", "时间戳含有无法读取的证书："+name, name+": the time stamp holds a certificate or revocation list that cannot be read")
		t.doubt = true
		return false
	}
	if x := stray(chains, k.TSA, k.cms.others); x != nil {
		t.problem("stray-certificate", "时间戳含有无关证书："+name, name+": the time stamp holds a certificate that belongs to no chain: "+x.Subject.CommonName)
		t.doubt = true
		return false
	}
	state, of := t.rev.chain(chains[0], at, t.options.At)
	if f.stamp() {
		f.Revocation = state
	}
	if state == RevocationRevoked {
		t.problem("revoked", "时间戳证书已吊销："+name, name+": the time stamp's certificate is revoked: "+of.Subject.CommonName)
		t.doubt = true
		return false
	}
	t.chained = append(t.chained, chains[0]...)
	return true
}

// signer judges the signatory's chain at a moment; nil when it is not trusted.
func (t truster) signer(o trust, at time.Time) []*x509.Certificate {
	f, name := t.f, t.f.Field
	c := f.cms.signer
	if f.cms.weak {
		t.weakly("签名", "signature")
		return nil
	}
	if err := signsDocuments(c); err != nil {
		t.problem("key-usage", "证书用途不符："+name, name+": "+err.Error())
		return nil
	}
	chains, err := o.chains(c, f.cms.others, at, x509.ExtKeyUsageAny)
	if err != nil {
		t.problem("chain", "证书链不受信任："+name, name+": "+humanTime(err, c, at).Error())
		return nil
	}
	self := len(chains[0]) == 1 // the certificate is itself a given root
	if c.BasicConstraintsValid && c.IsCA && !self {
		t.problem("key-usage", "证书用途不符："+name, name+": the certificate is an authority's, not for signing documents")
		return nil
	}
	if f.cms.unread > 0 {
		t.problem("stray-certificate", "签名含有无法读取的证书或吊销列表："+name, name+": the signature holds a certificate or revocation list that cannot be read")
		return nil
	}
	if x := stray(chains, c, f.cms.others); x != nil {
		t.problem("stray-certificate", "签名含有无关证书："+name, name+": the signature holds a certificate that belongs to no chain: "+x.Subject.CommonName)
		return nil
	}
	state, of := t.rev.chain(chains[0], at, t.options.At)
	if self {
		state = RevocationUnknown // nobody else could revoke it
	}
	if f.Revocation = state; state == RevocationRevoked {
		t.problem("revoked", "证书已吊销："+name, fmt.Sprintf("%s: the certificate was revoked by %s: %s", name, rfc3339(at), of.Subject.CommonName))
		return nil
	}
	f.Chain = "trusted"
	t.chained = append(t.chained, chains[0]...)
	t.claimed(c)
	return chains[0]
}

// weakly remarks a signature that fits and proves nothing.
func (t truster) weakly(zh, en string) {
	t.weak = true
	t.problem("weak-algorithm", zh+"算法强度不足，不能证明未被篡改："+t.f.Field, fmt.Sprintf("%s: the %s fits, but whoever has the means can forge it: %s", t.f.Field, en, errAlgorithm))
}

// claimed remarks a claimed time that cannot be.
func (t truster) claimed(c *x509.Certificate) {
	m, err := time.Parse(time.RFC3339, claimedTime(textOf(t.f.dict["M"])))
	if err != nil {
		return
	}
	switch {
	case t.f.trusted && m.After(t.f.proven.Add(leeway)):
		t.problem("claimed-time", "所称签署时间晚于时间戳："+t.f.Field, t.f.Field+": the claimed time is after the time stamp; the signatory's clock was wrong")
	case m.After(t.options.At.Add(leeway)):
		t.problem("claimed-time", "所称签署时间晚于核验时间："+t.f.Field, t.f.Field+": the claimed time is after the moment of judgement; one of the clocks is wrong")
	case m.Before(c.NotBefore.Add(-leeway)) || m.After(c.NotAfter.Add(leeway)):
		t.problem("claimed-time", "所称签署时间不在证书有效期内："+t.f.Field, t.f.Field+": the certificate was not valid at the claimed time; the signatory's clock was wrong")
	}
}

// level raises B-B to what time stamps and validation data make it (ETSI EN
// 319 142-1 §6).
func (t truster) level(chain []*x509.Certificate, archived bool) {
	f := t.f
	if f.Level != "B-B" || !f.trusted {
		return
	}
	f.Level = "B-T"
	if chain == nil || f.Revocation != RevocationGood || !t.store.holds(chain, append(f.cms.others, f.cms.signer)) || !t.inFile(chain) {
		return
	}
	f.Level = "B-LT"
	if archived {
		f.Level = "B-LTA"
	}
}

// inFile: the file's own revocation data suffice, not only those given.
func (t truster) inFile(chain []*x509.Certificate) bool {
	own := &revocation{crls: append(slices.Clone(t.store.crls), t.f.cms.crls...), ocsps: append(slices.Clone(t.store.ocsps), t.f.cms.ocsps...), sound: t.rev.sound}
	state, _ := own.chain(chain, t.f.proven, t.options.At)
	return state == RevocationGood
}
