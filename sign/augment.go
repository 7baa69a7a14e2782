package sign

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"moqian/sign/pdf"
)

// Level of a PAdES signature, ETSI EN 319 142-1 §6.
type Level string

const (
	LevelB   Level = "b-b"
	LevelT   Level = "b-t"   // with a time stamp
	LevelLT  Level = "b-lt"  // and revocation data
	LevelLTA Level = "b-lta" // and a time stamp over all of it
)

// Stamper gets time stamps; sign/tsa has one for RFC 3161 over HTTP.
type Stamper interface {
	// Stamp gives the DER of a time-stamp token over a SHA-256 digest.
	Stamp(ctx context.Context, digest [32]byte) ([]byte, error)
}

// AugmentOptions say how far to go and with what.
type AugmentOptions struct {
	Level   Level
	Stamper Stamper // for all levels but B-LT of a file that is B-T already
	// Roots and TSARoots (nil: Roots) complete the chains; from B-LT on they
	// are needed.
	Roots, TSARoots *x509.CertPool
	// CRLs must cover all certificates of all chains but the roots; those in
	// the file count too.
	CRLs []*x509.RevocationList
	// At is now.
	At time.Time
	// Reserve is the room for the document time stamp in bytes; 0: that of the
	// token in the signature and a tenth, or a usual one.
	Reserve int
	// Over lets a document time stamp over the file take the place of a token
	// that is larger than the room kept in the signature, which would else be
	// ErrReserve. It proves the same time; the level stays B-B.
	Over bool
}

// Augmented tells what was added.
type Augmented struct {
	// Token is the size of the largest time-stamp token seen, for Reserve.
	Token int
	// Level reached before and after, as Verify gives it; of the last signature.
	Before, After string
}

// ErrNotSound: the file cannot be augmented since its signatures do not hold.
var ErrNotSound = errors.New("the signatures of the file do not hold")

// Augment adds time stamps and revocation data to a signed file: the token of
// B-T goes into the reserved hole of the last signature, so that its signed
// bytes, and ByteRangeDigest, stay the same; what B-LT and B-LTA need follows as
// incremental updates. A file that has the level comes back as it is; a file at
// B-LTA gets another document time stamp when LevelLTA is asked (before the old
// one's certificate expires). The result is verified before it is given out.
func Augment(ctx context.Context, file []byte, o AugmentOptions) ([]byte, Augmented, error) {
	a := &augmenter{ctx: ctx, o: o}
	out, err := a.run(file)
	if err != nil {
		return nil, a.Augmented, fmt.Errorf("augmenting to %s: %w", o.Level, err)
	}
	return out, a.Augmented, nil
}

type augmenter struct {
	Augmented
	ctx context.Context
	o   AugmentOptions
}

// judge verifies a state of the file.
func (a *augmenter) judge(file []byte) (*verifier, error) {
	v := newVerifier(Options{Roots: a.o.Roots, TSARoots: a.o.TSARoots, CRLs: a.o.CRLs, At: a.o.At})
	r := v.run(file)
	if len(v.found) == 0 {
		return nil, fmt.Errorf("%w: %s", ErrNotSound, problems(r))
	}
	for _, f := range v.found {
		if !f.Intact || f.LaterChanges == "forbidden" {
			return nil, fmt.Errorf("%w: %s", ErrNotSound, problems(r))
		}
		if f.token != nil {
			a.Token = max(a.Token, f.size)
		}
	}
	return v, nil
}

func problems(r Report) string {
	if len(r.Problems) == 0 {
		return string(r.Verdict)
	}
	return r.Problems[0].Text
}

func (a *augmenter) run(file []byte) ([]byte, error) {
	v, err := a.judge(file)
	if err != nil {
		return nil, err
	}
	last := v.last()
	if last == nil {
		return nil, fmt.Errorf("%w: only time stamps", ErrNotSound)
	}
	a.Before = last.Level
	out := file
	for _, stage := range []struct {
		level Level
		do    func(*verifier, []byte) ([]byte, error)
	}{{LevelT, a.inject}, {LevelLT, a.store}, {LevelLTA, a.archive}} {
		if order(a.o.Level) < order(stage.level) {
			break
		}
		if out, err = stage.do(v, out); err != nil {
			return nil, err
		}
		if v, err = a.judge(out); err != nil {
			return nil, err
		}
	}
	a.After = v.last().Level
	return out, nil
}

func order(l Level) int { return slices.Index([]Level{LevelB, LevelT, LevelLT, LevelLTA}, l) }

// last is the newest signature that is no document time stamp.
func (v *verifier) last() *found {
	var out *found
	for _, f := range v.found {
		if !f.stamp() && (out == nil || f.revision > out.revision) {
			out = f
		}
	}
	return out
}

// covered says whether a later signature or time stamp covers this one's hole.
func (v *verifier) covered(f *found) bool {
	return slices.ContainsFunc(v.found, func(g *found) bool { return g.revision > f.revision })
}

// inject puts a time stamp over the signature value into the signature.
func (a *augmenter) inject(v *verifier, file []byte) ([]byte, error) {
	f := v.last()
	if f.token != nil || v.covered(f) {
		return file, nil
	}
	token, err := a.stamp(sha256.Sum256(f.cms.value))
	if err != nil {
		return nil, err
	}
	c, err := v.cover(f.field)
	if err != nil {
		return nil, err
	}
	cms, err := withToken(c.cms, token)
	if err != nil {
		return nil, err
	}
	hole := [2]int{len(c.before), c.end - len(c.after)}
	if room := (hole[1] - hole[0] - 2) / 2; len(cms) > room {
		if a.o.Over {
			return a.archive(v, file)
		}
		return nil, fmt.Errorf("%w and its time stamp: %d bytes in %d", ErrReserve, len(cms), room)
	}
	out := bytes.Clone(file)
	fill(out, hole, cms)
	return out, nil
}

// stamp gets a token and checks that it is one over the digest.
func (a *augmenter) stamp(sum [32]byte) ([]byte, error) {
	if a.o.Stamper == nil {
		return nil, errors.New("no time-stamping authority was given")
	}
	token, err := a.o.Stamper.Stamp(a.ctx, sum)
	if err != nil {
		return nil, err
	}
	if _, err := ReadTokenOver(token, sum); err != nil {
		return nil, err
	}
	a.Token = max(a.Token, len(token))
	return token, nil
}

// withToken adds the signature-time-stamp attribute, RFC 3161 appendix A.
func withToken(der, token []byte) ([]byte, error) {
	var outer struct {
		Type    asn1.ObjectIdentifier
		Content asn1.RawValue `asn1:"explicit,tag:0"`
	}
	var e envelope
	var info signerInfo
	if _, err := asn1.Unmarshal(der, &outer); err != nil {
		return nil, err
	}
	if err := exactly(outer.Content.Bytes, &e); err != nil {
		return nil, err
	}
	if err := exactly(e.Signers[0].FullBytes, &info); err != nil {
		return nil, err
	}
	id, err := asn1.Marshal(oidTimeStamp)
	if err != nil {
		return nil, err
	}
	attr := tlv(0x30, append(id, tlv(0x31, token)...))
	info.Unsigned = asn1.RawValue{FullBytes: tlv(0xa1, attr)}
	signer, err := asn1.Marshal(info)
	if err != nil {
		return nil, err
	}
	e.Signers[0] = asn1.RawValue{FullBytes: signer}
	data, err := asn1.Marshal(e)
	if err != nil {
		return nil, err
	}
	kind, err := asn1.Marshal(outer.Type)
	return tlv(0x30, append(kind, tlv(0xa0, data)...)), err
}

// store adds validation data for every chain in the file.
func (a *augmenter) store(v *verifier, file []byte) ([]byte, error) {
	have, err := readDSS(v.doc, v.known)
	if err != nil {
		return nil, err
	}
	need, err := a.collect(v, have)
	if err != nil {
		return nil, err
	}
	if len(need.certs)+len(need.crls) == 0 {
		return file, nil
	}
	return writeDSS(v.doc, need)
}

// collect lists the certificates and revocation lists that the file lacks.
func (a *augmenter) collect(v *verifier, have *dss) (*dss, error) {
	rev := &revocation{crls: append(slices.Clone(a.o.CRLs), have.crls...), ocsps: have.ocsps}
	need := &dss{}
	for _, f := range v.found {
		var chains [][]*x509.Certificate
		if f.token != nil {
			c, err := f.token.chains(trust{roots: stampRoots(a.o.Roots, a.o.TSARoots), more: have.certs}, later(f.token.Time, a.o.At))
			if err != nil {
				return nil, fmt.Errorf("the time stamp's chain: %w", err)
			}
			chains = append(chains, c[0])
		}
		if !f.stamp() {
			c, err := trust{roots: []*x509.CertPool{a.o.Roots}, more: have.certs}.chains(f.cms.signer, f.cms.others, v.moment(f), x509.ExtKeyUsageAny)
			if err != nil {
				return nil, fmt.Errorf("the signatory's chain: %w", err)
			}
			chains = append(chains, c[0])
		}
		for _, chain := range chains {
			if err := rev.missing(chain, v.moment(f), a.o.At); err != nil {
				return nil, err
			}
			need.take(chain, rev, have)
		}
	}
	return need, nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// moment for which a signature's certificates count.
func (v *verifier) moment(f *found) time.Time {
	switch {
	case f.token != nil:
		return f.token.Time
	case f.trusted:
		return f.proven
	}
	return v.options.At
}

// take adds what a chain needs and have lacks.
func (s *dss) take(chain []*x509.Certificate, rev *revocation, have *dss) {
	for i, c := range chain[:len(chain)-1] {
		if !slices.ContainsFunc(have.certs, c.Equal) && !slices.ContainsFunc(s.certs, c.Equal) {
			s.certs = append(s.certs, c)
		}
		for _, l := range rev.crls {
			same := func(x *x509.RevocationList) bool { return bytes.Equal(x.Raw, l.Raw) }
			if rev.covers(l, c, chain[i+1]) && !slices.ContainsFunc(have.crls, same) && !slices.ContainsFunc(s.crls, same) {
				s.crls = append(s.crls, l)
			}
		}
	}
}

// writeDSS appends a revision with the store enlarged.
func writeDSS(doc *pdf.File, need *dss) ([]byte, error) {
	u, err := newUpdater(doc)
	if err != nil {
		return nil, err
	}
	old, err := doc.Dict(u.catalog["DSS"])
	if err != nil {
		return nil, err
	}
	d := cloneDict(old)
	d["Type"] = pdf.Name("DSS")
	add := func(key pdf.Name, raw [][]byte) error {
		list, err := array(doc, d[key])
		if err != nil {
			return err
		}
		list = slices.Clone(list)
		for _, b := range raw {
			r := u.w.Alloc()
			u.w.Put(r, &pdf.Stream{Dict: pdf.Dict{}, Raw: b}) // DER hardly packs
			list = append(list, r)
		}
		if len(list) > 0 {
			d[key] = list
		}
		return nil
	}
	var certs, crls [][]byte
	for _, c := range need.certs {
		certs = append(certs, c.Raw)
	}
	for _, l := range need.crls {
		crls = append(crls, l.Raw)
	}
	if err := errors.Join(add("Certs", certs), add("CRLs", crls)); err != nil {
		return nil, err
	}
	r := u.w.Alloc()
	u.w.Put(r, d)
	u.catalog["DSS"] = r
	u.w.Put(u.root, u.catalog)
	return u.w.FinishSealed(doc.Trailer())
}

// archive appends a document time stamp in an invisible field.
func (a *augmenter) archive(v *verifier, _ []byte) ([]byte, error) {
	reserve := a.o.Reserve
	if reserve == 0 {
		if reserve = a.Token; reserve == 0 {
			reserve = usualToken
		}
		reserve += reserve / 10
	}
	n := 1
	for _, f := range v.found {
		if f.stamp() {
			n++
		}
	}
	f := Field{Name: "Archive" + strconv.Itoa(n), Time: a.o.At}
	out, hole, err := prepare(v.doc, f, stampDict(reserve), reserve)
	if err != nil {
		return nil, err
	}
	h := sha256.New()
	h.Write(out[:hole[0]])
	h.Write(out[hole[1]:])
	token, err := a.stamp([32]byte(h.Sum(nil)))
	if err != nil {
		return nil, err
	}
	if len(token) > reserve {
		return nil, fmt.Errorf("%w: time stamp of %d bytes in %d", ErrReserve, len(token), reserve)
	}
	fill(out, hole, token)
	return out, nil
}
