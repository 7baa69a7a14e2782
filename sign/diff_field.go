package sign

import (
	"errors"
	"fmt"
	"slices"

	"moqian/sign/pdf"
)

// form looks at the interactive form: fields may only be added, and only those
// of signatures.
func (d *differ) form() error {
	a, b, err := d.roots()
	if err != nil {
		return err
	}
	before, err := d.old.Dict(a["AcroForm"])
	if err != nil {
		return err
	}
	after, err := d.cur.Dict(b["AcroForm"])
	if err != nil || after == nil {
		return err
	}
	for _, key := range keysOf(before, after) {
		if key != "Fields" && key != "SigFlags" && !pdf.Equal(before[key], after[key]) && (before != nil || key != "DR" && key != "DA") {
			return fmt.Errorf("the form's /%s is changed", key)
		}
	}
	if !keepsBits(before["SigFlags"], after["SigFlags"]) {
		return errors.New("the form's /SigFlags are changed")
	}
	old, err := array(d.old, before["Fields"])
	if err != nil {
		return err
	}
	list, err := array(d.cur, after["Fields"])
	if err != nil {
		return err
	}
	if len(list) < len(old) || !pdf.Equal(old, list[:len(old)]) {
		return errors.New("a field is removed")
	}
	for _, o := range list[len(old):] {
		r, ok := o.(pdf.Ref)
		if !ok || !d.isNew(r.Num) {
			return errors.New("a field is added that is no new object")
		}
		if err := d.newField(r); err != nil {
			return err
		}
	}
	for _, o := range []pdf.Object{b["AcroForm"], after["Fields"]} {
		if r, ok := o.(pdf.Ref); ok && d.changed[r.Num] && (d.isNew(r.Num) || pdf.Equal(a["AcroForm"], r) || pdf.Equal(before["Fields"], r)) {
			d.ok[r.Num] = true
		}
	}
	return nil
}

// keepsBits: flags of signatures (table 219: 1 exist, 2 append only) may be set,
// not taken back.
func keepsBits(was, is pdf.Object) bool {
	if pdf.Equal(was, is) {
		return true
	}
	a, _ := was.(int64)
	b, ok := is.(int64)
	return ok && a&^b == 0 && b&^a&^3 == 0
}

// fieldKeys are what a signature field and its widget may hold: nothing that
// acts.
func fieldKeys() []pdf.Name {
	return []pdf.Name{"Type", "Subtype", "FT", "T", "TU", "V", "F", "Ff", "Rect", "P", "AP", "Lock", "SV", "DA", "MK", "BS", "Border", "Parent", "Kids", "NM", "M", "Q", "DR"}
}

// newField takes a field with a signature; a document time stamp always, another
// signature where nobody certified.
func (d *differ) newField(r pdf.Ref) error {
	f, err := d.cur.Dict(r)
	if err != nil || f == nil {
		return errors.New("a new field cannot be read")
	}
	if f["FT"] != pdf.Name("Sig") {
		return errors.New("a field is added that is no signature")
	}
	stamp, err := d.value(f)
	if err != nil {
		return err
	}
	if !stamp && d.allow.level != 0 {
		return errors.New("a signature field is added after certification")
	}
	if !d.changed[r.Num] {
		return errors.New("a new field is no new object")
	}
	d.ok[r.Num] = true
	kids, err := array(d.cur, f["Kids"])
	if err != nil {
		return err
	}
	parts := []pdf.Ref{r}
	for _, k := range kids {
		kid, ok := k.(pdf.Ref)
		if !ok || !d.isNew(kid.Num) {
			return errors.New("a new field has an old widget")
		}
		d.ok[kid.Num] = true
		parts = append(parts, kid)
	}
	for _, p := range parts {
		if err := d.newWidget(p, stamp); err != nil {
			return err
		}
	}
	return nil
}

// newWidget checks the keys of a new widget and takes its appearance.
func (d *differ) newWidget(r pdf.Ref, hidden bool) error {
	w, err := d.cur.Dict(r)
	if err != nil || w == nil {
		return errors.New("a new widget cannot be read")
	}
	for key := range w {
		if !slices.Contains(fieldKeys(), key) {
			return fmt.Errorf("a new field has a key /%s", key)
		}
	}
	d.widgets[r] = !hidden || invisible(d.cur, w)
	for _, key := range []pdf.Name{"AP", "Lock", "SV", "MK", "BS", "DR", "Rect", "Border"} {
		if err := d.reach(w[key], 0); err != nil {
			return err
		}
	}
	return nil
}

// value takes the signature dictionary of a field, which must be new, and says
// whether it is a document time stamp.
func (d *differ) value(f pdf.Dict) (stamp bool, err error) {
	r, ok := f["V"].(pdf.Ref)
	if !ok || !d.isNew(r.Num) {
		return false, errors.New("a signature field is added without a new signature")
	}
	v, err := d.cur.Dict(r)
	if err != nil || v == nil {
		return false, errors.New("a new signature cannot be read")
	}
	d.ok[r.Num] = true
	for _, o := range v {
		if err := d.reach(o, 0); err != nil {
			return false, err
		}
	}
	stamp = v["SubFilter"] == pdf.Name("ETSI.RFC3161")
	d.step.stamp = d.step.stamp || stamp
	d.step.signature = d.step.signature || !stamp
	return stamp, nil
}

// invisible: the rectangle is empty.
func invisible(f *pdf.File, w pdf.Dict) bool {
	r, err := array(f, w["Rect"])
	return err == nil && (len(r) == 0 || len(r) == 4 && (pdf.Equal(r[0], r[2]) || pdf.Equal(r[1], r[3])))
}

// reach accounts for the new objects that an appearance or a signature consists
// of. Old objects that it uses stay as they were, or are found changed.
func (d *differ) reach(o pdf.Object, depth int) error {
	if depth > 32 {
		return errors.New("an appearance is nested too deeply")
	}
	switch o := o.(type) {
	case pdf.Ref:
		if !d.changed[o.Num] || d.ok[o.Num] || !d.isNew(o.Num) {
			return nil
		}
		d.ok[o.Num] = true
		v, err := d.cur.Get(o)
		if err != nil {
			return err
		}
		return d.reach(v, depth+1)
	case pdf.Array:
		for _, e := range o {
			if err := d.reach(e, depth+1); err != nil {
				return err
			}
		}
	case *pdf.Stream:
		return d.reach(o.Dict, depth)
	case pdf.Dict:
		for key, e := range o {
			if key == "Parent" || key == "P" {
				continue
			}
			if err := d.reach(e, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

// prepared takes signature fields that were there, empty, and are signed now.
func (d *differ) prepared() error {
	for num := range d.changed {
		r, used := d.cur.InUse(num)
		before, had := d.old.InUse(num)
		if d.ok[num] || !used || !had || r != before {
			continue
		}
		a, err := d.old.Get(r)
		if err != nil {
			return err
		}
		b, err := d.cur.Get(r)
		if err != nil {
			return err
		}
		was, ok := a.(pdf.Dict)
		is, ok2 := b.(pdf.Dict)
		if !ok || !ok2 || was["FT"] != pdf.Name("Sig") || was["V"] != nil || is["V"] == nil {
			continue
		}
		if err := d.signPrepared(num, was, is); err != nil {
			return err
		}
	}
	return nil
}

func (d *differ) signPrepared(num int, was, is pdf.Dict) error {
	name := d.fullName(was)
	if d.allow.level == 1 {
		return fmt.Errorf("field %s is signed although the certification forbids it", name)
	}
	if d.allow.locked != nil && d.allow.locked(name) {
		return fmt.Errorf("field %s is signed although it is locked", name)
	}
	if _, err := d.value(is); err != nil {
		return err
	}
	d.ok[num] = true
	if err := d.sameWidget(was, is); err != nil {
		return fmt.Errorf("field %s: %w", name, err)
	}
	kids, err := array(d.cur, is["Kids"])
	if err != nil {
		return err
	}
	for _, k := range kids {
		r, ok := k.(pdf.Ref)
		if !ok || !d.changed[r.Num] || d.ok[r.Num] || d.isNew(r.Num) {
			continue
		}
		a, err := d.old.Dict(r)
		if err != nil {
			return err
		}
		b, err := d.cur.Dict(r)
		if err != nil {
			return err
		}
		if err := d.sameWidget(a, b); err != nil {
			return fmt.Errorf("field %s: %w", name, err)
		}
		d.ok[r.Num] = true
	}
	return nil
}

// fullName of a field with those of its parents, ISO 32000-1 §12.7.3.2.
func (d *differ) fullName(f pdf.Dict) string {
	name := ""
	for n := 0; f != nil && n < 16; n++ {
		if t, ok := f["T"].(pdf.String); ok && name == "" {
			name = readable(t)
		} else if ok {
			name = readable(t) + "." + name
		}
		up, err := d.old.Dict(f["Parent"])
		if err != nil {
			return name
		}
		f = up
	}
	return name
}

// sameWidget: signing may set value, appearance, date and flags.
func (d *differ) sameWidget(was, is pdf.Dict) error {
	for _, key := range keysOf(was, is) {
		switch key {
		case "V", "AP", "M", "F", "MK", "DA":
		default:
			if !pdf.Equal(was[key], is[key]) {
				return fmt.Errorf("/%s is changed", key)
			}
		}
	}
	for _, key := range []pdf.Name{"AP", "MK"} {
		if err := d.reach(is[key], 0); err != nil {
			return err
		}
	}
	return nil
}
