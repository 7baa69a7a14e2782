package sign

import (
	"moqian/sign/pdf"
)

// CoSign signs a prepared field as Sign does, and lets a dishonest signatory
// change what he likes in the same revision: the field, the signature dictionary
// and any object.
func CoSign(file []byte, f Field, k Key, change func(doc *pdf.File, w *pdf.Writer, field, sig pdf.Dict)) ([]byte, error) {
	doc, err := pdf.ParseForeign(file)
	if err != nil {
		return nil, err
	}
	u, err := newUpdater(doc)
	if err != nil {
		return nil, err
	}
	at, err := u.empty(f.Name)
	if err != nil {
		return nil, err
	}
	old, err := doc.Dict(*at)
	if err != nil {
		return nil, err
	}
	room := Room(k)
	ref, field, sig := u.w.Alloc(), cloneDict(old), sigDict(f, room)
	if err := u.lock(sig, old["Lock"]); err != nil {
		return nil, err
	}
	field["V"] = ref
	change(doc, u.w, field, sig)
	u.w.Put(*at, field)
	u.w.Put(ref, sig)
	offset := u.w.Offset(ref)
	out, err := u.w.Finish(renewID(doc.Trailer(), f))
	if err != nil {
		return nil, err
	}
	hole := fillRange(out, offset, room)
	cms, err := seal(out, hole, k)
	if err == nil {
		fill(out, hole, cms)
	}
	return out, err
}
