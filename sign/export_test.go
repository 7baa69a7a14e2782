package sign

import (
	"context"
	"crypto"
	"crypto/sha256"
	"encoding/asn1"

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

// Inject puts a token into the signature of a file of one signature, whatever it
// is over.
func Inject(file, token []byte) ([]byte, error) {
	v := newVerifier(Options{})
	v.run(file)
	c, err := v.cover(v.last().field)
	if err != nil {
		return nil, err
	}
	cms, err := withToken(c.cms, token)
	if err != nil {
		return nil, err
	}
	out := append([]byte{}, file...)
	fill(out, [2]int{len(c.before), c.end - len(c.after)}, cms)
	return out, nil
}

// WithoutCertificates takes the certificates out of a CMS.
func WithoutCertificates(der []byte) ([]byte, error) {
	return Rewrite(der, func(e *Envelope, _ *SignerInfo) { e.Certs = asn1.RawValue{} })
}

// Envelope and SignerInfo are the parts of a CMS.
type (
	Envelope   = envelope
	SignerInfo = signerInfo
)

// Rewrite changes a CMS without signing it again.
func Rewrite(der []byte, change func(e *Envelope, info *SignerInfo)) ([]byte, error) {
	var outer struct {
		Type    asn1.ObjectIdentifier
		Content asn1.RawValue `asn1:"explicit,tag:0"`
	}
	var e envelope
	var info signerInfo
	if _, err := asn1.Unmarshal(der, &outer); err != nil {
		return nil, err
	}
	if _, err := asn1.Unmarshal(outer.Content.Bytes, &e); err != nil {
		return nil, err
	}
	if _, err := asn1.Unmarshal(e.Signers[0].FullBytes, &info); err != nil {
		return nil, err
	}
	one := len(e.Signers)
	change(&e, &info)
	signer, err := asn1.Marshal(info)
	if err != nil {
		return nil, err
	}
	if one == len(e.Signers) {
		e.Signers[0] = asn1.RawValue{FullBytes: signer}
	}
	data, err := asn1.Marshal(e)
	if err != nil {
		return nil, err
	}
	kind, err := asn1.Marshal(outer.Type)
	return tlv(0x30, append(kind, tlv(0xa0, data)...)), err
}

// CMSOf takes the CMS of the only signature out of a file, PutCMS puts one in.
func CMSOf(file []byte) ([]byte, error) {
	v := newVerifier(Options{})
	v.run(file)
	c, err := v.cover(v.found[0].field)
	return c.cms, err
}

// PutCMS fills the hole of the only signature of a file.
func PutCMS(file, cms []byte) ([]byte, error) {
	v := newVerifier(Options{})
	v.run(file)
	c, err := v.cover(v.found[0].field)
	if err != nil {
		return nil, err
	}
	out := append([]byte{}, file...)
	fill(out, [2]int{len(c.before), c.end - len(c.after)}, cms)
	return out, nil
}

// Attribute of a CMS.
type Attribute struct {
	Type   asn1.ObjectIdentifier
	Values asn1.RawValue `asn1:"set"`
}

// ReSign signs a CMS again with other signed attributes; none leaves them out.
func ReSign(der []byte, k Key, change func([]Attribute) []Attribute) ([]byte, error) {
	return ReSignBy(der, k, crypto.SHA256, change)
}

// ReSignBy is ReSign with another hash, which the CMS does not name yet.
func ReSignBy(der []byte, k Key, h crypto.Hash, change func([]Attribute) []Attribute) ([]byte, error) {
	var failed error
	out, err := Rewrite(der, func(_ *Envelope, info *SignerInfo) {
		var attrs []Attribute
		for rest := info.Signed.Bytes; len(rest) > 0; {
			var a Attribute
			if rest, failed = asn1.Unmarshal(rest, &a); failed != nil {
				return
			}
			attrs = append(attrs, a)
		}
		var set []byte
		if set, failed = asn1.MarshalWithParams(change(attrs), "set"); failed != nil {
			return
		}
		if info.Value, failed = k.Sign(nil, digest(h, set), h); failed != nil {
			return
		}
		if info.Signed = (asn1.RawValue{FullBytes: append([]byte{0xa0}, set[1:]...)}); len(set) == 2 {
			info.Signed = asn1.RawValue{}
		}
	})
	if failed != nil {
		return nil, failed
	}
	return out, err
}

// StampIn is a document time stamp in a field with a rectangle, which Augment
// never makes.
func StampIn(file []byte, f Field, s Stamper) ([]byte, error) {
	doc, err := pdf.ParseForeign(file)
	if err != nil {
		return nil, err
	}
	out, hole, err := prepare(doc, f, stampDict(4000), 4000)
	if err != nil {
		return nil, err
	}
	h := sha256.New()
	h.Write(out[:hole[0]])
	h.Write(out[hole[1]:])
	token, err := s.Stamp(context.Background(), [32]byte(h.Sum(nil)))
	if err == nil {
		fill(out, hole, token)
	}
	return out, err
}

// SignOver signs in a new field with a look of the signatory's
// own: what this program never makes.
func SignOver(file []byte, f Field, k Key, look string, more pdf.Dict) ([]byte, error) {
	doc, err := pdf.ParseForeign(file)
	if err != nil {
		return nil, err
	}
	pages, err := doc.Pages()
	if err != nil {
		return nil, err
	}
	root := doc.Trailer()["Root"].(pdf.Ref)
	page, err := doc.Dict(pages[f.Page])
	if err != nil {
		return nil, err
	}
	catalog, err := doc.Dict(root)
	if err != nil {
		return nil, err
	}
	form, err := doc.Dict(catalog["AcroForm"])
	if err != nil {
		return nil, err
	}
	page, catalog, form = cloneDict(page), cloneDict(catalog), cloneDict(form)
	w := pdf.NewUpdate(doc)
	widget, shown, ref, room := w.Alloc(), w.Alloc(), w.Alloc(), Room(k)
	d := widgetDict(f, pages[f.Page], shown)
	d["V"] = ref
	for key, o := range more {
		d[key] = o
	}
	w.Put(widget, d)
	w.Put(shown, &pdf.Stream{Dict: pdf.Dict{"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Form"), "BBox": pdf.Array{int64(0), int64(0), int64(300), int64(100)}}, Raw: []byte(look)})
	annots, err := array(doc, page["Annots"])
	if err != nil {
		return nil, err
	}
	fields, err := array(doc, form["Fields"])
	if err != nil {
		return nil, err
	}
	page["Annots"] = append(append(pdf.Array{}, annots...), widget)
	form["Fields"] = append(append(pdf.Array{}, fields...), widget)
	catalog["AcroForm"] = form
	w.Put(pages[f.Page], page)
	w.Put(root, catalog)
	w.Put(ref, sigDict(f, room))
	offset := w.Offset(ref)
	out, err := w.Finish(renewID(doc.Trailer(), f))
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
