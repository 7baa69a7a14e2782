package sign

import (
	"bytes"
	"math"
	"slices"

	"moqian/sign/pdf"
)

// costs are what judging later revisions may still cost, with what is known of
// the pages.
type costs struct {
	xmp     int // see maxXMPWork
	letters int // see pdf.Letters
	pages   map[int][][2]float64
}

// maxLetterWork is that of all pages with new fields.
const maxLetterWork = 2_000_000

func newCosts() *costs {
	return &costs{xmp: maxXMPWork, letters: maxLetterWork, pages: map[int][][2]float64{}}
}

// on gives the letters of a page, which no revision may change: those of the first
// one that was asked for, in part where there are too many. ok is false when no
// work is left for another page, or for looking through them again and again.
func (c *costs) on(f *pdf.File, page int) (letters [][2]float64, ok bool) {
	const looks = 4 * maxLetterWork
	letters, known := c.pages[page]
	if !known && c.letters >= 0 {
		letters, _ = pdf.Letters(f, page, &c.letters) // as far as they can be read
		c.pages[page], known = letters, true
	}
	c.letters -= len(letters) / 16
	return letters, known && c.letters > -looks
}

// covering notes the new widgets of a page that lie over letters which earlier
// signatories saw there. Fields of signatures on blank paper are an ordinary
// approval; one over text may hide or change what is read.
func (d *differ) covering(page int, added []pdf.Ref) {
	for _, r := range added {
		w, err := d.cur.Dict(r)
		if err != nil || !d.paints(w) {
			continue
		}
		box, sized := d.box(w["Rect"])
		letters, ok := d.costs.on(d.old, page)
		over := slices.ContainsFunc(letters, func(l [2]float64) bool {
			return l[0] > box[0] && l[0] < box[2] && l[1] > box[1] && l[1] < box[3]
		})
		if !ok || sized && over {
			d.step.covers = append(d.step.covers, d.fullName(w))
		}
	}
}

// paints: a widget has a look with something in it.
func (d *differ) paints(w pdf.Dict) bool {
	const hidden = 2
	if flags, _ := d.cur.Resolve(w["F"]); flags != nil {
		if n, ok := flags.(int64); ok && n&hidden != 0 {
			return false
		}
	}
	if w["MK"] != nil {
		return true
	}
	look, err := d.cur.Dict(w["AP"])
	if err != nil || look == nil {
		return err != nil
	}
	o, err := d.cur.Resolve(look["N"])
	s, ok := o.(*pdf.Stream)
	if err != nil || !ok {
		return o != nil
	}
	b, err := s.DecodeUpTo(maxXMP)
	return err != nil || len(bytes.TrimSpace(b)) > 0
}

// box is a rectangle with its lower left corner first.
func (d *differ) box(o pdf.Object) (box [4]float64, ok bool) {
	list, err := array(d.cur, o)
	if err != nil || len(list) != 4 {
		return box, false
	}
	for i, o := range list {
		o, _ := d.cur.Resolve(o)
		switch n := o.(type) {
		case int64:
			box[i] = float64(n)
		case float64:
			box[i] = n
		default:
			return box, false
		}
	}
	return [4]float64{math.Min(box[0], box[2]), math.Min(box[1], box[3]), math.Max(box[0], box[2]), math.Max(box[1], box[3])}, true
}
