package sign

import (
	"bytes"
	"crypto/x509"
	"fmt"
	"time"

	"moqian/sign/pdf"
)

// Options of a verification.
type Options struct {
	// Roots are the trusted roots; nil trusts nobody.
	Roots *x509.CertPool
	// TSARoots vouch for time stamps; nil: Roots do.
	TSARoots *x509.CertPool
	// CRLs are revocation lists beside those in the file.
	CRLs []*x509.RevocationList
	// At is the moment of judgement: certificates must be valid then, unless a
	// time stamp proves an earlier moment.
	At time.Time
}

// Verify judges a file. It never fails: what cannot be read is in the report.
func Verify(file []byte, o Options) Report {
	v := &verifier{Report: Report{Signatures: []Signature{}, Problems: []Problem{}}, options: o}
	if !bytes.HasPrefix(file, []byte("%PDF-")) {
		v.problem("not-pdf", "不是 PDF 文件", "the file is not a PDF")
		return v.close(Error)
	}
	doc, err := pdf.Parse(file)
	if err != nil {
		v.problem("structure", "文件结构不严谨，无法核验："+err.Error(), "the file's structure is not sound: "+err.Error())
		return v.close(Invalid)
	}
	v.doc = doc
	fields, ok := v.find()
	if !ok {
		return v.close(Invalid)
	}
	if len(fields) == 0 {
		v.problem("unsigned", "文件没有签名", "the file is not signed")
		return v.close(Unsigned)
	}
	for _, f := range fields {
		v.Signatures = append(v.Signatures, v.judge(f))
	}
	return v.close(v.verdict())
}

type verifier struct {
	Report
	doc     *pdf.File
	options Options
	wrong   bool // a problem that no signature's own fields tell
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
		if s.Chain != "trusted" {
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
		v.Law = Law{NotProvable, NotProvable, Proven, Proven}
	case Invalid:
		v.Law = Law{NotProvable, NotProvable, Broken, Broken}
		for _, s := range v.Signatures {
			if s.Intact {
				v.Law.SignatureIntact = Proven
			}
		}
	}
	return v.Report
}

// field is a signature field with its value.
type field struct {
	name  string
	value pdf.Ref
	dict  pdf.Dict
}

// find lists the signature fields and makes sure that no signature hides
// outside of them.
func (v *verifier) find() ([]field, bool) {
	catalog, err := v.doc.Dict(v.doc.Trailer()["Root"])
	if err != nil || catalog == nil {
		v.problem("structure", "没有文档目录", "there is no document catalogue")
		return nil, false
	}
	var fields []field
	if form, err := v.doc.Dict(catalog["AcroForm"]); err == nil && form != nil {
		list, _ := v.doc.Resolve(form["Fields"])
		kids, _ := list.(pdf.Array)
		if !v.fields(kids, "", 0, &fields) {
			return nil, false
		}
	}
	seen := map[pdf.Ref]bool{}
	for _, f := range fields {
		if seen[f.value] {
			v.problem("shared-signature", "两个域共用一个签名", "two fields share one signature")
			return nil, false
		}
		seen[f.value] = true
	}
	for _, r := range v.doc.Refs() {
		d, err := v.doc.Dict(r)
		if err != nil || d == nil || d["ByteRange"] == nil && d["Type"] != pdf.Name("Sig") {
			continue
		}
		if !seen[r] {
			v.problem("stray-signature", "存在不属于任何域的签名", fmt.Sprintf("object %d is a signature of no field", r.Num))
			return nil, false
		}
	}
	if p, err := v.doc.Dict(catalog["Perms"]); err == nil && p != nil {
		if r, ok := p["DocMDP"].(pdf.Ref); !ok || !seen[r] {
			v.problem("perms", "认证许可不指向签名", "the certification points to no signature")
			return nil, false
		}
	}
	return fields, true
}

// fields walks the field tree.
func (v *verifier) fields(kids pdf.Array, prefix string, depth int, out *[]field) bool {
	if depth > 16 {
		v.problem("structure", "域嵌套过深", "fields are nested too deeply")
		return false
	}
	for _, k := range kids {
		d, err := v.doc.Dict(k)
		if err != nil || d == nil {
			v.problem("structure", "域无法读取", "a field cannot be read")
			return false
		}
		name, _ := d["T"].(pdf.String)
		full := prefix + string(name)
		if sub, ok := d["Kids"].(pdf.Array); ok {
			if !v.fields(sub, full+".", depth+1, out) {
				return false
			}
		}
		if d["FT"] != pdf.Name("Sig") || d["V"] == nil {
			continue
		}
		value, ok := d["V"].(pdf.Ref)
		dict, err := v.doc.Dict(value)
		if !ok || err != nil || dict == nil {
			v.problem("structure", "签名域没有签名字典", "field "+full+" has no signature dictionary")
			return false
		}
		*out = append(*out, field{full, value, dict})
	}
	return true
}
