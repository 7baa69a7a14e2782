package sign

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"time"
	"unicode/utf16"

	"moqian/sign/pdf"
)

var (
	// ErrExpired: the certificate is not valid at Field.Time.
	ErrExpired = errors.New("the certificate is not valid at the time of signing")
	// ErrKey: the key does not belong to the certificate or cannot sign.
	ErrKey = errors.New("the key cannot sign for its certificate")
	// ErrReserve: the space reserved for the signature is too small.
	ErrReserve = errors.New("the reserved space is too small for the signature")
)

// Field is the signature field to add.
type Field struct {
	Name string // Teller
	Page int    // from 0
	// Rect in pt from the page's lower left corner; zero-size is invisible.
	// The appearance is empty either way: the page already shows the seal.
	Rect [4]float64
	// Reason, Location and Time are claims of the signatory (/M).
	Reason, Location string
	Time             time.Time
	// Certify is the DocMDP permission 1 to 3; 0: an approval signature.
	Certify int
}

// Sign adds the field and one PAdES B-B signature as an incremental update.
// reserve is the size in bytes kept for the CMS; 0: estimated from the key. The
// input is not changed. The key gets no source of randomness: ECDSA keys of the
// standard library then sign deterministically (RFC 6979). The signature is
// checked against the certificate before the file is given out.
func Sign(ctx context.Context, file []byte, f Field, k Key, reserve int) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := usable(k, f.Time); err != nil {
		return nil, err
	}
	if reserve == 0 {
		reserve = estimate(k)
	}
	doc, err := pdf.Parse(file)
	if err != nil {
		return nil, fmt.Errorf("reading the file to sign: %w", err)
	}
	out, hole, err := prepare(doc, f, reserve)
	if err != nil {
		return nil, fmt.Errorf("adding field %s: %w", f.Name, err)
	}
	cms, err := seal(out, hole, k)
	if err != nil {
		return nil, err
	}
	if len(cms) > reserve {
		return nil, fmt.Errorf("%w: %d bytes in %d", ErrReserve, len(cms), reserve)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	copy(out[hole[0]+1:], fmt.Sprintf("%X", cms))
	return out, nil
}

// usable checks time and that key and certificate belong together.
func usable(k Key, at time.Time) error {
	chain := k.Chain()
	if len(chain) == 0 {
		return fmt.Errorf("%w: there is no certificate", ErrKey)
	}
	if c := chain[0]; at.Before(c.NotBefore) || at.After(c.NotAfter) {
		return fmt.Errorf("%w: %s, valid %s to %s", ErrExpired, c.Subject.CommonName,
			c.NotBefore.Format(time.RFC3339), c.NotAfter.Format(time.RFC3339))
	}
	return nil
}

// estimate is the room for a CMS with this chain: certificates, attributes and
// signature, with a tenth to spare.
func estimate(k Key) int {
	n := 1200
	for _, c := range k.Chain() {
		n += len(c.Raw)
	}
	return n + n/10
}

// prepare writes the update with an empty hole; hole is the position of the
// brackets of /Contents: [of <, behind >).
func prepare(doc *pdf.File, f Field, reserve int) (out []byte, hole [2]int, err error) {
	root, _ := doc.Trailer()["Root"].(pdf.Ref)
	catalog, err := doc.Dict(root)
	if err != nil || catalog == nil {
		return nil, hole, errors.Join(errors.New("no document catalogue"), err)
	}
	if catalog["AcroForm"] != nil || catalog["Perms"] != nil {
		return nil, hole, errors.New("the file has a form or a signature already")
	}
	w := pdf.NewUpdate(doc)
	sig, widget, look := w.Alloc(), w.Alloc(), w.Alloc()
	if err := annotate(doc, w, f.Page, widget); err != nil {
		return nil, hole, err
	}
	changed := cloneDict(catalog)
	changed["AcroForm"] = pdf.Dict{"Fields": pdf.Array{widget}, "SigFlags": int64(3)}
	if f.Certify > 0 {
		changed["Perms"] = pdf.Dict{"DocMDP": sig}
	}
	w.Put(root, changed)
	w.Put(sig, sigDict(f, reserve))
	w.Put(widget, widgetDict(doc, f, sig, look))
	w.Put(look, &pdf.Stream{Dict: pdf.Dict{
		"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Form"), "Resources": pdf.Dict{},
		"BBox": pdf.Array{int64(0), int64(0), f.Rect[2] - f.Rect[0], f.Rect[3] - f.Rect[1]},
	}})
	at := w.Offset(sig)
	if out, err = w.Finish(renewID(doc.Trailer(), f)); err != nil {
		return nil, hole, err
	}
	hole = fillRange(out, at, reserve)
	return out, hole, nil
}

// annotate adds the widget to its page.
func annotate(doc *pdf.File, w *pdf.Writer, page int, widget pdf.Ref) error {
	pages, err := doc.Pages()
	if err != nil {
		return err
	}
	if page < 0 || page >= len(pages) {
		return fmt.Errorf("there is no page %d", page+1)
	}
	d, err := doc.Dict(pages[page])
	if err != nil {
		return err
	}
	d = cloneDict(d)
	annots, err := doc.Resolve(d["Annots"])
	if err != nil {
		return err
	}
	list, _ := annots.(pdf.Array)
	d["Annots"] = append(append(pdf.Array{}, list...), widget)
	w.Put(pages[page], d)
	return nil
}

// renewID keeps the first file identifier and makes a second one.
func renewID(trailer pdf.Dict, f Field) pdf.Dict {
	t := cloneDict(trailer)
	if id, ok := t["ID"].(pdf.Array); ok && len(id) == 2 {
		first, _ := id[0].(pdf.String)
		var stamp [8]byte
		binary.BigEndian.PutUint64(stamp[:], uint64(f.Time.UnixNano()))
		next := sha256.Sum256(append(append([]byte(f.Name), first...), stamp[:]...))
		t["ID"] = pdf.Array{first, pdf.String(next[:16])}
	}
	return t
}

func cloneDict(d pdf.Dict) pdf.Dict {
	out := make(pdf.Dict, len(d)+2)
	for k, v := range d {
		out[k] = v
	}
	return out
}

// text is a text string: ASCII as it is, all else UTF-16BE with its mark.
func text(s string) pdf.String {
	ascii := true
	for _, r := range s {
		ascii = ascii && r < 0x80
	}
	if ascii {
		return pdf.String(s)
	}
	out := []byte{0xfe, 0xff}
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u>>8), byte(u))
	}
	return out
}

// hundredths keeps a rectangle short: 1/100 pt.
func hundredths(v float64) float64 { return math.Round(v*100) / 100 }
