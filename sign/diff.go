package sign

import (
	"errors"
	"fmt"

	"moqian/sign/pdf"
)

// step is what one revision changed, judged against the whitelist: validation
// data (DSS), document time stamps, prepared signature fields, and, where nobody
// certified, new signature fields.
type step struct {
	dss, stamp, signature bool
	// covers names the new fields whose look lies over letters of the page.
	covers []string
	err    error // nil: all of it is allowed
}

// permission is what the signatures before a revision allow.
type permission struct {
	// level is the DocMDP permission 1 to 3; 0: nobody certified.
	level int
	// locked says whether a field may not change any more.
	locked func(name string) bool
}

// differ compares one revision with the one before.
type differ struct {
	old, cur *pdf.File
	allow    permission
	known    *certificates
	changed  map[int]bool
	ok       map[int]bool     // changed objects that are accounted for
	widgets  map[pdf.Ref]bool // new ones; false: must not be on a page
	refs     references       // of the changed objects
	costs    *costs
	step     step
}

// references are the numbers that the objects of a file refer to. A number that
// was referred to before it was in use must never be taken into use: what the
// signed pages lacked would appear in them.
type references map[int]bool

// add takes the references of an object.
func (r references) add(o pdf.Object) {
	switch o := o.(type) {
	case pdf.Ref:
		r[o.Num] = true
	case pdf.Array:
		for _, e := range o {
			r.add(e)
		}
	case pdf.Dict:
		for _, e := range o {
			r.add(e)
		}
	case *pdf.Stream:
		r.add(o.Dict)
	}
}

// referencesOf all objects of a view.
func referencesOf(f *pdf.File) (references, error) {
	out := references{}
	for _, r := range f.Refs() {
		o, err := f.Get(r)
		if err != nil {
			return nil, err
		}
		out.add(o)
	}
	out.add(f.Trailer())
	return out, nil
}

// judgeStep looks at revision i (from 1).
//
// before are the references of all earlier revisions; those of this one are
// added. c are the costs of all steps.
func judgeStep(doc *pdf.File, i int, allow permission, known *certificates, before references, c *costs) step {
	d := &differ{old: doc.At(i - 1), cur: doc.At(i), allow: allow, known: known, costs: c,
		changed: map[int]bool{}, ok: map[int]bool{}, widgets: map[pdf.Ref]bool{}, refs: references{}}
	r := doc.Revisions()[i]
	for _, num := range r.Changed() {
		d.changed[num] = true
	}
	err := func() error {
		if len(r.Loose) > 0 {
			return fmt.Errorf("%d bytes at %d belong to no object", r.Loose[0][1]-r.Loose[0][0], r.Loose[0][0])
		}
		if r.Reaches {
			return errors.New("its cross-reference section leads into earlier revisions")
		}
		if err := d.dangling(before); err != nil {
			return err
		}
		for _, look := range []func() error{d.trailer, d.structure, d.catalog, d.store, d.form, d.prepared, d.pages, d.info, d.metadata, d.orphans} {
			if err := look(); err != nil {
				return err
			}
		}
		for num := range d.changed {
			if !d.ok[num] {
				return fmt.Errorf("object %d is changed%s", num, d.kind(num))
			}
		}
		if !d.step.dss && !d.step.stamp && !d.step.signature {
			return errors.New("it adds neither validation data nor a signature")
		}
		return nil
	}()
	d.step.err = err
	for r := range d.refs {
		before[r] = true
	}
	return d.step
}

// dangling: no new object has a number that was referred to before. It also
// collects what the changed objects refer to.
func (d *differ) dangling(before references) error {
	d.refs.add(d.cur.Trailer())
	for num := range d.changed {
		r, used := d.cur.InUse(num)
		if !used {
			continue
		}
		if d.isNew(num) && before[num] {
			return fmt.Errorf("object %d appears, to which the signed objects refer", num)
		}
		o, err := d.cur.Get(r)
		if err != nil {
			return err
		}
		d.refs.add(o)
	}
	return nil
}

// orphans: new objects that nothing refers to show nothing.
func (d *differ) orphans() error {
	for num := range d.changed {
		if !d.ok[num] && d.isNew(num) && !d.refs[num] {
			d.ok[num] = true
		}
	}
	return nil
}

// kind of an object, for people.
func (d *differ) kind(num int) string {
	r, ok := d.cur.InUse(num)
	if !ok {
		return " (removed)"
	}
	if dict, err := d.cur.Dict(r); err == nil && dict != nil {
		for _, key := range []pdf.Name{"Type", "Subtype", "FT"} {
			if n, ok := dict[key].(pdf.Name); ok {
				return " (" + string(n) + ")"
			}
		}
	}
	return ""
}

func (d *differ) isNew(num int) bool {
	_, had := d.old.InUse(num)
	return !had
}

// identifiers says that an array is two strings.
func identifiers(a pdf.Array) bool {
	for _, o := range a {
		if _, ok := o.(pdf.String); !ok {
			return false
		}
	}
	return len(a) == 2
}

func (d *differ) trailer() error {
	a, b := d.old.Trailer(), d.cur.Trailer()
	if !pdf.Equal(a["Root"], b["Root"]) || !pdf.Equal(a["Encrypt"], b["Encrypt"]) {
		return errors.New("the trailer names another document")
	}
	if was, ok := a["ID"].(pdf.Array); ok && len(was) == 2 {
		// §14.4 keeps the first identifier; writers of long-term signatures change
		// both. No reader shows either.
		if is, ok := b["ID"].(pdf.Array); !ok || !identifiers(is) {
			return errors.New("the trailer has no file identifiers")
		}
	}
	if a["Info"] != nil && !pdf.Equal(a["Info"], b["Info"]) {
		return errors.New("the trailer names another information dictionary")
	}
	return d.size(a["Size"], b["Size"])
}

// size: objects from /Size on count as missing (§7.5.5), so that it must not
// shrink below what was signed; some writers forget to count the last of their own
// objects, and some count a few too many.
func (d *differ) size(before, after pdf.Object) error {
	const spare = 1000
	was, _ := before.(int64)
	is, ok := after.(int64)
	if signed := highest(d.old) + 1; !ok || is < min(was, signed) || is < highest(d.cur) {
		return fmt.Errorf("the trailer's /Size %v hides objects", after)
	}
	if is > max(was, highest(d.cur)+1)+spare {
		return fmt.Errorf("the trailer's /Size %d counts objects that are not there", is)
	}
	return nil
}

// highest number of an object in use.
func highest(f *pdf.File) int64 {
	refs := f.Refs()
	if len(refs) == 0 {
		return 0
	}
	return int64(refs[len(refs)-1].Num)
}

// structure accounts for cross-reference and object streams, unused numbers and
// objects that were written again as they were.
func (d *differ) structure() error {
	for num := range d.changed {
		r, used := d.cur.InUse(num)
		before, had := d.old.InUse(num)
		if !used {
			d.ok[num] = !had
			continue
		}
		o, err := d.cur.Get(r)
		if err != nil {
			return err
		}
		if had {
			was, err := d.old.Get(before)
			if err != nil {
				return err
			}
			d.ok[num] = r == before && pdf.Equal(was, o)
			continue
		}
		if s, ok := o.(*pdf.Stream); ok && (s.Dict["Type"] == pdf.Name("XRef") || s.Dict["Type"] == pdf.Name("ObjStm")) {
			d.ok[num] = true
		}
	}
	return nil
}

// roots gives both catalogues.
func (d *differ) roots() (a, b pdf.Dict, err error) {
	a, err = d.old.Dict(d.old.Trailer()["Root"])
	if err != nil {
		return nil, nil, err
	}
	b, err = d.cur.Dict(d.cur.Trailer()["Root"])
	if a == nil || b == nil {
		err = errors.Join(err, errors.New("no document catalogue"))
	}
	return a, b, err
}

// catalog: only some keys may differ; what they lead to is looked at elsewhere.
func (d *differ) catalog() error {
	a, b, err := d.roots()
	if err != nil {
		return err
	}
	for _, key := range keysOf(a, b) {
		if pdf.Equal(a[key], b[key]) {
			continue
		}
		switch key {
		case "DSS", "AcroForm":
			if b[key] == nil {
				return fmt.Errorf("the catalogue lost its /%s", key)
			}
		case "Metadata", "Extensions":
		case "Version":
			if _, ok := b[key].(pdf.Name); !ok {
				return errors.New("the catalogue's /Version is no name")
			}
		default:
			return fmt.Errorf("the catalogue's /%s is changed", key)
		}
	}
	if err := d.extensions(b["Extensions"]); err != nil {
		return err
	}
	if r, ok := d.cur.Trailer()["Root"].(pdf.Ref); ok {
		d.ok[r.Num] = true
	}
	return nil
}

// extensions of the developer, which show nothing.
func (d *differ) extensions(o pdf.Object) error {
	if r, ok := o.(pdf.Ref); ok {
		if !d.changed[r.Num] {
			return nil
		}
		d.ok[r.Num] = true
	}
	e, err := d.cur.Dict(o)
	if err != nil || e == nil {
		return err
	}
	for _, v := range e {
		if r, ok := v.(pdf.Ref); ok && d.isNew(r.Num) {
			d.ok[r.Num] = true
		}
		x, err := d.cur.Dict(v)
		if err != nil {
			return err
		}
		for key := range x {
			switch key {
			case "Type", "BaseVersion", "ExtensionLevel", "ExtensionRevision", "URL":
			default:
				return fmt.Errorf("an extension has a key /%s", key)
			}
		}
	}
	return nil
}

// keysOf both dictionaries.
func keysOf(a, b pdf.Dict) []pdf.Name {
	var out []pdf.Name
	for k := range a {
		out = append(out, k)
	}
	for k := range b {
		if _, both := a[k]; !both {
			out = append(out, k)
		}
	}
	return out
}

// store accounts for the document security store.
func (d *differ) store() error {
	was, err := readDSS(d.old, d.known)
	if err != nil {
		return err
	}
	is, err := readDSS(d.cur, d.known)
	if err != nil {
		return err
	}
	for num := range is.objects {
		if !d.changed[num] || d.ok[num] {
			continue
		}
		if !d.isNew(num) && !was.objects[num] {
			return fmt.Errorf("the DSS takes object %d over", num)
		}
		d.ok[num], d.step.dss = true, true
	}
	return nil
}

// info: the information dictionary may only tell of the change itself.
func (d *differ) info() error {
	r, ok := d.cur.Trailer()["Info"].(pdf.Ref)
	if !ok || !d.changed[r.Num] || d.ok[r.Num] {
		return nil
	}
	a := pdf.Dict{}
	if before, ok := d.old.Trailer()["Info"].(pdf.Ref); ok {
		if o, _ := d.old.Dict(before); o != nil {
			a = o
		}
	} else if !d.isNew(r.Num) {
		return errors.New("the information dictionary takes another object over")
	}
	o, err := d.cur.Get(r)
	b, isDict := o.(pdf.Dict)
	if err != nil || !isDict {
		return errors.New("the information dictionary is none")
	}
	for _, key := range keysOf(a, b) {
		if pdf.Equal(a[key], b[key]) {
			continue
		}
		text, isText := b[key].(pdf.String)
		if key != "ModDate" && key != "Producer" || b[key] != nil && (!isText || !plainText(readable(text))) {
			return fmt.Errorf("the information dictionary's /%s is changed", key)
		}
	}
	d.ok[r.Num] = true
	return nil
}

// pages: only annotations may be added, and only the widgets of new fields.
func (d *differ) pages() error {
	list, err := d.old.Pages()
	if err != nil {
		return err
	}
	for i, p := range list {
		a, err := d.old.Dict(p)
		if err != nil {
			return err
		}
		b, err := d.cur.Dict(p)
		if err != nil || b == nil {
			return errors.New("a page is gone")
		}
		r, indirect := b["Annots"].(pdf.Ref)
		if !d.changed[p.Num] && !(indirect && d.changed[r.Num]) {
			continue
		}
		for _, key := range keysOf(a, b) {
			if key != "Annots" && !pdf.Equal(a[key], b[key]) {
				return fmt.Errorf("/%s of page %d is changed", key, p.Num)
			}
		}
		added, err := d.annotations(a["Annots"], b["Annots"])
		if err != nil {
			return fmt.Errorf("page %d: %w", p.Num, err)
		}
		d.covering(i, added)
		d.ok[p.Num] = true
	}
	return nil
}

// annotations gives the widgets that a page has more.
func (d *differ) annotations(before, after pdf.Object) (added []pdf.Ref, err error) {
	a, err := array(d.old, before)
	if err != nil {
		return nil, err
	}
	b, err := array(d.cur, after)
	if err != nil {
		return nil, err
	}
	if len(b) < len(a) || !pdf.Equal(a, b[:len(a)]) {
		return nil, errors.New("an annotation is changed or removed")
	}
	for _, o := range b[len(a):] {
		r, ok := o.(pdf.Ref)
		shown, known := d.widgets[r]
		if !ok || !known {
			return nil, errors.New("an annotation is added")
		}
		if !shown {
			return nil, errors.New("a document time stamp is visible")
		}
		added = append(added, r)
	}
	if r, ok := after.(pdf.Ref); ok && d.changed[r.Num] {
		if was, same := before.(pdf.Ref); d.isNew(r.Num) || same && was == r {
			d.ok[r.Num] = true
		}
	}
	return added, nil
}

// array resolves to a list; nothing is an empty one.
func array(f *pdf.File, o pdf.Object) (pdf.Array, error) {
	o, err := f.Resolve(o)
	if err != nil {
		return nil, err
	}
	if o == nil {
		return pdf.Array{}, nil
	}
	a, ok := o.(pdf.Array)
	if !ok {
		return nil, errors.New("not a list")
	}
	return a, nil
}
