package sign

import (
	"fmt"

	"moqian/sign/pdf"
)

// field is a signature field with its value.
type field struct {
	name  string
	value pdf.Ref
	dict  pdf.Dict
	lock  pdf.Dict // the field's /Lock, nil: none
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
		if !v.fields(kids, parent{}, &fields) {
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
	perms, err := v.doc.Dict(catalog["Perms"])
	if err == nil && perms != nil && !v.perms(perms, seen) {
		return nil, false
	}
	return fields, v.strays(seen)
}

// perms: the certification must be a field's signature. Usage rights (UR3) are
// Adobe's own and prove nothing; they are passed over.
func (v *verifier) perms(perms pdf.Dict, seen map[pdf.Ref]bool) bool {
	if o := perms["DocMDP"]; o != nil {
		if r, ok := o.(pdf.Ref); !ok || !seen[r] {
			v.problem("perms", "认证许可不指向签名", "the certification points to no signature")
			return false
		}
	}
	for _, key := range []pdf.Name{"UR", "UR3"} {
		if r, ok := perms[key].(pdf.Ref); ok && !seen[r] {
			seen[r] = true
		}
	}
	return true
}

// strays: a dictionary that is a signature must be some field's.
func (v *verifier) strays(seen map[pdf.Ref]bool) bool {
	for _, r := range v.doc.Refs() {
		o, err := v.doc.Get(r)
		if err != nil {
			v.problem("structure", "对象无法读取", err.Error())
			return false
		}
		d, ok := o.(pdf.Dict)
		if !ok || seen[r] || d["ByteRange"] == nil && (d["Type"] != pdf.Name("Sig") && d["Type"] != pdf.Name("DocTimeStamp") || d["Contents"] == nil) {
			continue
		}
		v.problem("stray-signature", "存在不属于任何域的签名", fmt.Sprintf("object %d is a signature of no field", r.Num))
		return false
	}
	return true
}

// parent is what a field inherits.
type parent struct {
	name  string
	kind  pdf.Object
	depth int
}

// fields walks the field tree.
func (v *verifier) fields(kids pdf.Array, p parent, out *[]field) bool {
	if p.depth > 16 || len(*out) > 256 {
		v.problem("structure", "域嵌套过深或过多", "fields are nested too deeply or too many")
		return false
	}
	for _, k := range kids {
		d, err := v.doc.Dict(k)
		if err != nil || d == nil {
			v.problem("structure", "域无法读取", "a field cannot be read")
			return false
		}
		me := parent{p.name, p.kind, p.depth + 1}
		if t, ok := d["T"].(pdf.String); ok {
			if me.name = readable(t); p.name != "" {
				me.name = p.name + "." + me.name
			}
		}
		if d["FT"] != nil {
			me.kind = d["FT"]
		}
		if list, err := array(v.doc, d["Kids"]); err != nil || !v.fields(list, me, out) {
			return false
		}
		if me.kind != pdf.Name("Sig") || d["V"] == nil {
			continue
		}
		value, ok := d["V"].(pdf.Ref)
		o, err := v.doc.Get(value)
		dict, isDict := o.(pdf.Dict)
		if !ok || err != nil || !isDict {
			v.problem("structure", "签名域没有签名字典", "field "+me.name+" has no signature dictionary")
			return false
		}
		lock, err := v.doc.Dict(d["Lock"])
		if err != nil || lock == nil && d["Lock"] != nil {
			lock = unreadable()
		}
		*out = append(*out, field{me.name, value, dict, lock})
	}
	return true
}
