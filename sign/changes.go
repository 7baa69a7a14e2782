package sign

import (
	"fmt"
	"slices"
	"strings"

	"moqian/sign/pdf"
)

// docMDP is the permission that a certification gives, 0 for none
// (§12.8.2.2).
func docMDP(f *pdf.File, sig pdf.Dict) int { return transform(f, sig, "DocMDP", 2) }

// transform reads /P of a transform method of a signature, the strictest where it
// is there more than once.
func transform(f *pdf.File, sig pdf.Dict, method pdf.Name, otherwise int) int {
	level := 0
	for _, p := range parameters(f, sig, method) {
		if n := permitsLevel(f, p["P"], otherwise); n > 0 && (level == 0 || n < level) {
			level = n
		}
	}
	return level
}

// permitsLevel reads a /P, which may be written as a real or somewhere else. What
// cannot be read permits nothing.
func permitsLevel(f *pdf.File, o pdf.Object, otherwise int) int {
	if o == nil {
		return otherwise
	}
	o, err := f.Resolve(o)
	if err != nil {
		return 1
	}
	switch n := o.(type) {
	case int64:
		if n >= 1 && n <= 3 {
			return int(n)
		}
	case float64:
		if n == 2 || n == 3 {
			return int(n)
		}
	}
	return 1
}

// unreadable are parameters that permit nothing.
func unreadable() pdf.Dict { return pdf.Dict{"P": int64(1), "Action": pdf.Name("All")} }

// parameters of a transform method, one for each time the signature names it.
func parameters(f *pdf.File, sig pdf.Dict, method pdf.Name) (out []pdf.Dict) {
	list, err := array(f, sig["Reference"])
	if err != nil {
		return []pdf.Dict{unreadable()}
	}
	for _, o := range list {
		d, err := f.Dict(o)
		if err != nil || d == nil {
			out = append(out, unreadable())
			continue
		}
		name, err := f.Resolve(d["TransformMethod"])
		if is, ok := name.(pdf.Name); err == nil && ok && is != method {
			continue
		} else if err != nil || !ok {
			out = append(out, unreadable())
			continue
		}
		p := pdf.Dict{}
		if d["TransformParams"] != nil {
			if p, err = f.Dict(d["TransformParams"]); err != nil || p == nil {
				p = unreadable()
			}
		}
		out = append(out, p)
	}
	return out
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
		if f.lock != nil {
			strict(permitsLevel(v.doc, f.lock["P"], 0))
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
func (f field) locks(doc *pdf.File) []pdf.Dict {
	out := parameters(doc, f.dict, "FieldMDP")
	if f.lock != nil {
		out = append(out, f.lock)
	}
	return out
}

// unlike: a signature says something else about fields than the lock of its
// field does. One that says nothing is taken: the lock holds all the same.
func (f field) unlike(doc *pdf.File) bool {
	list := parameters(doc, f.dict, "FieldMDP")
	if len(list) == 0 || f.lock == nil {
		return false
	}
	for _, d := range list {
		a, ok := lockedNames(doc, d)
		b, ok2 := lockedNames(doc, f.lock)
		if !ok || !ok2 || lockAction(doc, d) != lockAction(doc, f.lock) || !slices.Equal(a, b) {
			return true
		}
	}
	return false
}

// lockAction of a lock; "" is one that says nothing else than to lock.
func lockAction(f *pdf.File, l pdf.Dict) pdf.Name {
	o, err := f.Resolve(l["Action"])
	name, ok := o.(pdf.Name)
	if err != nil || !ok {
		return ""
	}
	return name
}

// lockedNames are the fields that a lock names.
func lockedNames(f *pdf.File, l pdf.Dict) (out []string, ok bool) {
	list, err := array(f, l["Fields"])
	if err != nil {
		return nil, false
	}
	for _, o := range list {
		o, err := f.Resolve(o)
		s, isText := o.(pdf.String)
		if err != nil || !isText {
			return nil, false
		}
		out = append(out, readable(s))
	}
	return out, true
}

// covers says whether one lock (§12.8.2.4) covers a field; one that cannot be
// read covers all.
func covers(f *pdf.File, l pdf.Dict, name string) bool {
	names, ok := lockedNames(f, l)
	if !ok {
		return true
	}
	named := slices.ContainsFunc(names, func(parent string) bool { return parent == name || strings.HasPrefix(name, parent+".") })
	switch lockAction(f, l) {
	case "Include":
		return named
	case "Exclude":
		return !named
	}
	return true
}

// changes judges every revision behind the first signature.
func (v *verifier) changes() {
	first, last := len(v.doc.Revisions()), len(v.doc.Revisions())-1
	for _, f := range v.found {
		if f.revision >= 0 {
			first = min(first, f.revision)
		}
	}
	forbidden, c := map[int]bool{}, newCosts()
	before := references{}
	if first < last {
		var err error
		if before, err = referencesOf(v.doc.At(first)); err != nil {
			v.problem("structure", "对象无法读取", err.Error())
			v.wrong, before = true, references{}
		}
	}
	for i := first + 1; i <= last; i++ {
		s := judgeStep(v.doc, i, v.permissions(i-1), v.known, before, c)
		v.Changes = append(v.Changes, s.change(i))
		for _, name := range s.covers {
			v.problem("covers-text", "后加签名域覆盖了先前已签署页面上的文字："+name,
				fmt.Sprintf("%s: revision %d lays the look of a new signature field over text that was signed before", name, i+1))
			v.doubt, v.overlaid = true, true
		}
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
