package sign

import (
	"errors"
	"fmt"

	"moqian/sign/pdf"
)

// prepare writes the update with an empty hole; hole is the position of the
// brackets of /Contents: [of <, behind >).
func prepare(doc *pdf.File, f Field, sig pdf.Dict, reserve int) (out []byte, hole [2]int, err error) {
	u, err := newUpdater(doc)
	if err != nil {
		return nil, hole, err
	}
	ref := u.w.Alloc()
	field, err := u.empty(f.Name)
	if err != nil {
		return nil, hole, err
	}
	if err := u.allowed(f, sig, field != nil); err != nil {
		return nil, hole, err
	}
	if field != nil {
		d, err := doc.Dict(*field)
		if err != nil {
			return nil, hole, err
		}
		if err := u.lock(sig, d["Lock"]); err != nil {
			return nil, hole, err
		}
		d = cloneDict(d)
		d["V"] = ref
		u.w.Put(*field, d)
	} else {
		if err := u.add(f, ref, nil); err != nil {
			return nil, hole, err
		}
	}
	locked := pdf.Array{text(f.Name)}
	for _, p := range f.Prepare {
		locked = append(locked, text(p.Name))
		if err := u.add(p, pdf.Ref{}, lockOf(locked)); err != nil {
			return nil, hole, err
		}
	}
	if err := u.finish(f.Certify > 0, ref); err != nil {
		return nil, hole, err
	}
	u.w.Put(ref, sig)
	at := u.w.Offset(ref)
	if out, err = u.w.Finish(renewID(doc.Trailer(), f)); err != nil {
		return nil, hole, err
	}
	return out, fillRange(out, at, reserve), nil
}

// updater is an update of a file that adds signature fields.
type updater struct {
	doc     *pdf.File
	w       *pdf.Writer
	root    pdf.Ref
	catalog pdf.Dict
	form    pdf.Dict // changed copy
	pages   []pdf.Ref
	annots  map[int]pdf.Array // new widgets by page
	grown   bool              // fields were added
}

func newUpdater(doc *pdf.File) (*updater, error) {
	if doc.Trailing {
		return nil, errors.New("bytes follow the end of the file")
	}
	if doc.Trailer()["Encrypt"] != nil {
		return nil, errors.New("the file is encrypted")
	}
	root, _ := doc.Trailer()["Root"].(pdf.Ref)
	catalog, err := doc.Dict(root)
	if err != nil || catalog == nil {
		return nil, errors.Join(errors.New("no document catalogue"), err)
	}
	u := &updater{doc: doc, w: pdf.NewUpdate(doc), root: root, catalog: cloneDict(catalog), annots: map[int]pdf.Array{}}
	form, err := doc.Dict(catalog["AcroForm"])
	if err != nil {
		return nil, err
	}
	if form["XFA"] != nil {
		return nil, errors.New("the file has an XFA form")
	}
	u.form = cloneDict(form)
	u.pages, err = doc.Pages()
	return u, err
}

// empty finds a signature field of that name without a value; nil when there is
// none of that name.
func (u *updater) empty(name string) (*pdf.Ref, error) {
	list, err := array(u.doc, u.form["Fields"])
	if err != nil {
		return nil, err
	}
	for _, o := range list {
		d, err := u.doc.Dict(o)
		if err != nil {
			return nil, err
		}
		t, _ := d["T"].(pdf.String)
		if readable(t) != name {
			continue
		}
		r, ok := o.(pdf.Ref)
		if d["FT"] != pdf.Name("Sig") || d["V"] != nil || !ok {
			return nil, errors.New("there is a field of this name already")
		}
		return &r, nil
	}
	return nil, nil
}

// allowed: what earlier signatures say to another one.
func (u *updater) allowed(f Field, sig pdf.Dict, prepared bool) error {
	v := &verifier{doc: u.doc, known: newCertificates()}
	fields, ok := v.find()
	if !ok {
		return errors.New("the signatures in the file are not sound: " + v.Problems[0].Text)
	}
	level, locked := 0, false
	for _, g := range fields {
		if p := docMDP(u.doc, g.dict); p > 0 {
			level = p
		}
		for _, l := range g.locks(u.doc) {
			locked = locked || covers(u.doc, l, f.Name)
		}
	}
	switch {
	case f.Certify > 0 && len(fields) > 0:
		return fmt.Errorf("%w: only the first signature can certify", ErrForbidden)
	case sig["SubFilter"] == pdf.Name("ETSI.RFC3161"):
		return nil
	case level == 1 || level > 1 && !prepared:
		return fmt.Errorf("%w: it allows no further signature here (P=%d)", ErrForbidden, level)
	case locked:
		return fmt.Errorf("%w: a signature locks the field", ErrForbidden)
	}
	return nil
}

// add writes a new field; value is the zero Ref for an empty one, lock what its
// signature will lock.
func (u *updater) add(f Field, value pdf.Ref, lock pdf.Dict) error {
	if f.Page < 0 || f.Page >= len(u.pages) {
		return fmt.Errorf("there is no page %d", f.Page+1)
	}
	widget, look := u.w.Alloc(), u.w.Alloc()
	d := widgetDict(f, u.pages[f.Page], look)
	if value != (pdf.Ref{}) {
		d["V"] = value
	}
	if lock != nil {
		d["Lock"] = lock
	}
	u.w.Put(widget, d)
	u.w.Put(look, &pdf.Stream{Dict: pdf.Dict{
		"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Form"), "Resources": pdf.Dict{},
		"BBox": pdf.Array{int64(0), int64(0), hundredths(f.Rect[2] - f.Rect[0]), hundredths(f.Rect[3] - f.Rect[1])},
	}})
	list, err := array(u.doc, u.form["Fields"])
	if err != nil {
		return err
	}
	u.form["Fields"] = append(append(pdf.Array{}, list...), widget)
	u.annots[f.Page] = append(u.annots[f.Page], widget)
	u.grown = true
	return nil
}

// finish writes pages, form and catalogue where they changed.
func (u *updater) finish(certify bool, sig pdf.Ref) error {
	for page, widgets := range u.annots {
		d, err := u.doc.Dict(u.pages[page])
		if err != nil {
			return err
		}
		d = cloneDict(d)
		list, err := array(u.doc, d["Annots"])
		if err != nil {
			return err
		}
		d["Annots"] = append(append(pdf.Array{}, list...), widgets...)
		u.w.Put(u.pages[page], d)
	}
	if !u.grown && !certify {
		return nil
	}
	u.form["SigFlags"] = int64(3)
	if r, ok := u.catalog["AcroForm"].(pdf.Ref); ok {
		u.w.Put(r, u.form)
	} else {
		u.catalog["AcroForm"] = u.form
	}
	if certify {
		u.catalog["Perms"] = pdf.Dict{"DocMDP": sig}
	}
	u.w.Put(u.root, u.catalog)
	return nil
}
