package sign

import (
	"fmt"
	"strings"

	"moqian/sign/pdf"
)

// docMDP is the permission that a certification gives, 0 for none
// (§12.8.2.2).
func docMDP(f *pdf.File, sig pdf.Dict) int { return transform(f, sig, "DocMDP", 2) }

// transform reads /P of a transform method of a signature.
func transform(f *pdf.File, sig pdf.Dict, method pdf.Name, otherwise int) int {
	p := parameters(f, sig, method)
	if p == nil {
		return 0
	}
	if n, ok := p["P"].(int64); ok && n >= 1 && n <= 3 {
		return int(n)
	}
	return otherwise
}

// parameters of a transform method; nil when the signature has none of it.
func parameters(f *pdf.File, sig pdf.Dict, method pdf.Name) pdf.Dict {
	list, err := array(f, sig["Reference"])
	if err != nil {
		return nil
	}
	for _, o := range list {
		d, err := f.Dict(o)
		if err != nil || d == nil || d["TransformMethod"] != method {
			continue
		}
		if p, err := f.Dict(d["TransformParams"]); err == nil && p != nil {
			return p
		}
		return pdf.Dict{}
	}
	return nil
}

// permissions are those that hold for what follows revision i.
func (v *verifier) permissions(i int) permission {
	p := permission{}
	var locks []pdf.Dict
	strict := func(level int) {
		if level > 0 && (p.level == 0 || level < p.level) {
			p.level = level
		}
	}
	for _, f := range v.found {
		if f.revision < 0 || f.revision > i {
			continue
		}
		strict(docMDP(v.doc, f.dict))
		strict(transform(v.doc, f.dict, "FieldMDP", 0))
		locks = append(locks, f.locks(v.doc)...)
		if n, ok := f.lock["P"].(int64); ok {
			strict(int(n))
		}
	}
	p.locked = func(name string) bool {
		for _, l := range locks {
			if covers(v.doc, l, name) {
				return true
			}
		}
		return false
	}
	return p
}

// locks of a signature: its field's, and what it says itself.
func (f field) locks(doc *pdf.File) (out []pdf.Dict) {
	if d := parameters(doc, f.dict, "FieldMDP"); d != nil {
		out = append(out, d)
	}
	if f.lock != nil {
		out = append(out, f.lock)
	}
	return out
}

// unlike: a signature says something else about fields than the lock of its
// field does. One that says nothing is taken: the lock holds all the same.
func (f field) unlike(doc *pdf.File) bool {
	d := parameters(doc, f.dict, "FieldMDP")
	if d == nil || f.lock == nil {
		return false
	}
	a, err := array(doc, d["Fields"])
	b, err2 := array(doc, f.lock["Fields"])
	return err != nil || err2 != nil || d["Action"] != f.lock["Action"] || !pdf.Equal(a, b)
}

// covers says whether one lock (§12.8.2.4) covers a field.
func covers(f *pdf.File, l pdf.Dict, name string) bool {
	named := false
	if list, err := array(f, l["Fields"]); err == nil {
		for _, o := range list {
			s, _ := o.(pdf.String)
			parent := readable(s)
			named = named || parent == name || strings.HasPrefix(name, parent+".")
		}
	}
	switch l["Action"] {
	case pdf.Name("All"):
		return true
	case pdf.Name("Include"):
		return named
	case pdf.Name("Exclude"):
		return !named
	}
	return true // a lock that says nothing else is meant to lock
}

// changes judges every revision behind the first signature.
func (v *verifier) changes() {
	first, last := len(v.doc.Revisions()), len(v.doc.Revisions())-1
	for _, f := range v.found {
		if f.revision >= 0 {
			first = min(first, f.revision)
		}
	}
	forbidden, work := map[int]bool{}, maxXMPWork
	before := references{}
	if first < last {
		var err error
		if before, err = referencesOf(v.doc.At(first)); err != nil {
			v.problem("structure", "对象无法读取", err.Error())
			v.wrong, before = true, references{}
		}
	}
	for i := first + 1; i <= last; i++ {
		s := judgeStep(v.doc, i, v.permissions(i-1), v.known, before, &work)
		v.Changes = append(v.Changes, s.change(i))
		if s.err != nil {
			forbidden[i] = true
			v.problem("later-changes", fmt.Sprintf("第 %d 版在签名之后作了不许可的改动", i+1),
				fmt.Sprintf("revision %d changes what was signed: %v", i+1, s.err))
		}
	}
	if v.doc.Trailing && first <= last {
		forbidden[last+1] = true
		v.problem("trailing", "文件末尾之后另有内容", "bytes follow the end of the file")
	}
	for _, f := range v.found {
		if f.revision < 0 {
			continue
		}
		if f.revision < last {
			f.LaterChanges = "allowed"
		}
		for i := range forbidden {
			if i > f.revision {
				f.LaterChanges = "forbidden"
			}
		}
		if f.revision == last && !f.WholeFile {
			f.LaterChanges = "forbidden"
			if !v.doc.Trailing {
				v.problem("later-changes", "签名之后文件被追加内容："+f.Field, f.Field+": bytes follow the signed ones")
			}
		}
	}
	v.unsealed()
	v.loose(first)
}

// unsealed: behind the last signature of this program nothing but its own updates
// may stand uncovered. Another program's may be right, but nothing keeps its
// bytes: whoever flips one would not be found.
func (v *verifier) unsealed() {
	covered := -1
	own := false
	for _, f := range v.found {
		covered = max(covered, f.revision)
		if f.Intact && v.own(f.dict) {
			own = true
		}
	}
	for i := covered + 1; own && covered >= 0 && i < len(v.doc.Revisions()); i++ {
		if !v.doc.Sealed(i) {
			v.problem("unsealed-update", fmt.Sprintf("第 %d 版没有签名保护，且与本程序写出的不符", i+1),
				fmt.Sprintf("revision %d, which no signature covers, was changed or comes from another program", i+1))
			v.doubt = true
		}
	}
}

// own: the signature says that this program made it.
func (v *verifier) own(sig pdf.Dict) bool {
	build, err := v.doc.Dict(sig["Prop_Build"])
	if err != nil {
		return false
	}
	app, err := v.doc.Dict(build["App"])
	return err == nil && app["Name"] == ownName
}

// loose remarks bytes inside signed revisions that no object accounts for: they
// are protected, and nobody shows them.
func (v *verifier) loose(first int) {
	for i, r := range v.doc.Revisions() {
		if len(r.Loose) > 0 && i <= first {
			v.problem("loose-bytes", fmt.Sprintf("第 %d 版含有不属于任何对象的字节（在签名范围内）", i+1),
				fmt.Sprintf("revision %d has bytes of no object (inside the signed range)", i+1))
		}
	}
}

// change words a step for the report.
func (s step) change(i int) Change {
	c := Change{Revision: i + 1, Allowed: s.err == nil}
	if s.dss {
		c.Kinds = append(c.Kinds, "dss")
	}
	if s.stamp {
		c.Kinds = append(c.Kinds, "doc-timestamp")
	}
	if s.signature {
		c.Kinds = append(c.Kinds, "signature")
	}
	if s.err != nil {
		c.Kinds = append(c.Kinds, "forbidden")
	}
	return c
}
