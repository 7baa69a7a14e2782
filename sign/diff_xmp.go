package sign

import (
	"errors"
	"slices"

	"moqian/sign/pdf"
)

// metadata: after certification with P=1 nobody may touch the XMP; else it may
// be written again when all it says but the date of the change, the instance and
// the program is the same, in the same order.
func (d *differ) metadata() error {
	a, b, err := d.roots()
	if err != nil {
		return err
	}
	r, ok := b["Metadata"].(pdf.Ref)
	if pdf.Equal(a["Metadata"], b["Metadata"]) && (!ok || !d.changed[r.Num] || d.ok[r.Num]) {
		return nil
	}
	switch {
	case d.allow.level == 1:
		return errors.New("the metadata are changed although the certification forbids it")
	case b["Metadata"] == nil:
		return errors.New("the metadata are removed")
	case !ok:
		return errors.New("the metadata are no object of their own")
	case !d.isNew(r.Num) && !pdf.Equal(a["Metadata"], r):
		return errors.New("the metadata take another object over")
	}
	was, err := statements(d.old, a["Metadata"], &d.costs.xmp)
	if err != nil {
		return err
	}
	if o, err := d.cur.Resolve(r); err != nil || !isMetadata(o) {
		return errors.Join(errors.New("the metadata are of another type"), err)
	}
	is, err := statements(d.cur, r, &d.costs.xmp)
	if err != nil {
		return err
	}
	if !slices.Equal(was, is) {
		return errors.New("the metadata are changed")
	}
	d.ok[r.Num] = true
	return nil
}

// isMetadata: a stream of XMP (ISO 32000-1 table 315) with no other use.
func isMetadata(o pdf.Object) bool {
	s, ok := o.(*pdf.Stream)
	if !ok || s.Dict["Type"] != pdf.Name("Metadata") || s.Dict["Subtype"] != pdf.Name("XML") {
		return false
	}
	for key := range s.Dict {
		switch key {
		case "Type", "Subtype", "Length", "Filter", "DecodeParms", "DL":
		default:
			return false
		}
	}
	return true
}
