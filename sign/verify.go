package sign

import (
	"bytes"
	"crypto/x509"
	"slices"
	"time"

	"moqian/sign/pdf"
)

// Options of a verification.
type Options struct {
	// Roots are the trusted roots; nil trusts nobody.
	Roots *x509.CertPool
	// TSARoots vouch for time stamps, and then nobody else does; nil: Roots do.
	TSARoots *x509.CertPool
	// CRLs are revocation lists beside those in the file.
	CRLs []*x509.RevocationList
	// At is the moment of judgement: certificates must be valid then, unless a
	// time stamp proves an earlier moment.
	At time.Time
}

// Verify judges a file. It never fails: what cannot be read is in the report.
func Verify(file []byte, o Options) Report { return newVerifier(o).run(file) }

func newVerifier(o Options) *verifier {
	return &verifier{Report: Report{Signatures: []Signature{}, Problems: []Problem{}}, options: o, known: newCertificates()}
}

func (v *verifier) run(file []byte) Report {
	if !bytes.HasPrefix(file, []byte("%PDF-")) {
		v.problem("not-pdf", "不是 PDF 文件", "the file is not a PDF")
		return v.close(Error)
	}
	doc, err := pdf.ParseForeign(file)
	if err != nil {
		v.problem("structure", "文件结构不严谨，无法核验："+err.Error(), "the file's structure is not sound: "+err.Error())
		if !bytes.Contains(file, []byte("/ByteRange")) {
			return v.close(Error)
		}
		return v.close(Invalid)
	}
	v.doc = doc
	if doc.Trailer()["Encrypt"] != nil {
		v.problem("encrypted", "文件已加密，无法核验", "the file is encrypted and cannot be judged")
		return v.close(Error)
	}
	fields, ok := v.find()
	if !ok {
		return v.close(Invalid)
	}
	v.validation()
	if len(fields) == 0 {
		v.problem("unsigned", "文件没有签名", "the file is not signed")
		return v.close(Unsigned)
	}
	for _, f := range fields {
		v.found = append(v.found, v.judge(f))
	}
	v.changes()
	v.trust()
	for _, f := range v.found {
		v.Signatures = append(v.Signatures, f.Signature)
	}
	verdict := v.verdict()
	if verdict != Invalid && !slices.ContainsFunc(v.found, func(f *found) bool { return !f.stamp() }) {
		v.problem("unsigned", "文件只有时间戳，没有签名", "the file holds time stamps alone: nobody signed it")
		verdict = Unsigned
	}
	return v.close(verdict)
}

type verifier struct {
	Report
	doc      *pdf.File
	options  Options
	known    *certificates
	found    []*found
	store    *dss
	chained  []*x509.Certificate // certificates of all trusted chains
	wrong    bool                // a problem that no signature's own fields tell
	doubt    bool                // something that no given root vouches for
	weak     bool                // an algorithm that proves nothing
	overlaid bool                // a new field lies over signed text
	checks   int                 // signatures of validation data that were tried
}

func (v *verifier) problem(code, zh, en string) {
	v.Problems = append(v.Problems, Problem{code, zh + " / " + en})
}

func (v *verifier) verdict() Verdict {
	out := Valid
	for _, s := range v.Signatures {
		if !s.Intact || s.LaterChanges == "forbidden" || v.wrong {
			return Invalid
		}
		if s.Chain != "trusted" || v.doubt {
			out = Untrusted
		}
	}
	return out
}

// close fills the legal conditions in.
func (v *verifier) close(verdict Verdict) Report {
	v.Verdict = verdict
	v.Law = Law{NotProvable, NotProvable, NotProvable, NotProvable}
	switch verdict {
	case Valid:
		v.Law = Law{Claimed, Claimed, Proven, Proven}
	case Untrusted:
		if v.Law = (Law{NotProvable, NotProvable, Proven, Proven}); v.weak {
			v.Law.SignatureIntact, v.Law.ContentIntact = NotProvable, NotProvable
		}
		if v.overlaid {
			v.Law.ContentIntact = NotProvable
		}
	case Invalid:
		v.Law = Law{NotProvable, NotProvable, Broken, Broken}
		intact := len(v.Signatures) > 0
		for _, s := range v.Signatures {
			intact = intact && s.Intact
		}
		if intact && !v.wrong {
			v.Law.SignatureIntact = Proven
		}
	}
	return v.Report
}
