package watermark

import "moqian/render/ink"

// Finder looks for headers under one key, and for nothing else: it is quick, to
// search drawings for strokes that may be ink.
type Finder struct{ k keys }

// NewFinder under a branch's key.
func NewFinder(key Key) Finder { return Finder{derive(key)} }

// What a stroke has at most, of those that are tried: a nib that turns much makes
// 20 contours, and a long stroke 300 curves.
const (
	mostContours = 40
	mostCurves   = 1500
)

// Names says whether a stroke carries a whole header. Only large strokes do,
// from 23 cubics on; an ink has one as a rule.
func (f Finder) Names(o ink.Outline) bool {
	_, _, ok := f.open(o)
	return ok
}

func (f Finder) open(o ink.Outline) (mark, int, bool) {
	if len(o.Contours) == 0 {
		return mark{}, 0, false
	}
	var bits []byte
	a := o.Contours[0].Start
	free(o, func(p *ink.Point) {
		bits = append(bits, byte(p.X-a.X)&1, byte(p.Y-a.Y)&1)
	})
	return f.k.readHeader(bits, false)
}

// Split puts contours that lost their strokes (all in one path, or each in its
// own) back into strokes, as far as headers tell: a stroke is the contours from
// one on that together carry a header. Between two of them the headers' indices
// tell how many small strokes there are: if one, all contours there are its, else
// each is one. ok says that a header was found.
func (f Finder) Split(contours []ink.Contour) (out []ink.Outline, ok bool) {
	next := 0 // index of the stroke that comes next
	var loose []ink.Contour
	flush := func(strokes int) {
		if strokes == 1 && len(loose) > 0 {
			out = append(out, ink.Outline{Contours: loose})
		} else {
			for i := range loose {
				out = append(out, ink.Outline{Contours: loose[i : i+1 : i+1]})
			}
		}
		loose = nil
	}
	count := 0
	for i := 0; i < len(contours); {
		n, m, index := f.stroke(contours[i:])
		if n == 0 {
			loose = append(loose, contours[i])
			i++
			continue
		}
		flush(index - next)
		out = append(out, ink.Outline{Contours: contours[i : i+n : i+n]})
		next, count, ok = index+1, m.count, true
		i += n
	}
	flush(count - next)
	return out, ok
}

// stroke is how many contours from the first on carry a header together, all bits
// of which are right; of a stroke that was edited, the first that carry one. 0:
// none do. A part of a stroke may carry its header with wrong bits.
func (f Finder) stroke(c []ink.Contour) (n int, m mark, index int) {
	curves := 0
	for i := 1; i <= min(len(c), mostContours); i++ {
		if curves += len(c[i-1].Curves); curves > mostCurves {
			break
		}
		o := ink.Outline{Contours: c[:i]}
		g, at, ok := f.open(o)
		if !ok {
			continue
		}
		if n == 0 {
			n, m, index = i, g, at
		}
		if s := view(o); f.k.wrong(&s, g, at) == 0 {
			return i, g, at
		}
	}
	return n, m, index
}
