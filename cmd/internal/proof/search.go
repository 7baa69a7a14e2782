package proof

import (
	"cmp"
	"slices"

	"moqian/render/ink"
	"moqian/render/watermark"
)

// Found is what the binding mark of an ink says, and the outlines that say it.
type Found struct {
	watermark.Reading
	Outlines []ink.Outline
}

// What is searched in one file: inks beside the named ones that are read in full
// (of the others only strokes that name a voucher), large strokes that are tried
// for a name, and contours that are put back into strokes.
const (
	fullInks     = 8
	mostTries    = 5000
	mostContours = 300
)

// Search reads the binding marks of the inks of one file under one key.
type Search struct {
	key      watermark.Key
	finder   watermark.Finder
	full     int
	tries    int
	contours int
	// Cut says that there was more than is searched.
	Cut bool
}

// NewSearch under a key.
func NewSearch(key watermark.Key) *Search {
	return &Search{key, watermark.NewFinder(key), fullInks, mostTries, mostContours, false}
}

// Binding reads the binding mark of an ink as read does (watermark.Read or Check
// with a key and a context), in every way in which it may have been drawn. Of
// marks of several vouchers in one place the worst is given.
func (s *Search) Binding(k Ink, read func([]ink.Outline) watermark.Reading) Found {
	best := Found{watermark.Reading{State: watermark.Absent}, k.Outlines}
	quick := !k.Plausible()
	if k.Number < 0 && !quick {
		s.full--
		quick = s.full < 0
	}
	better := func(f Found) {
		if f.State != watermark.Absent && (best.State == watermark.Absent || f.State != watermark.Altered) {
			best = f
		}
	}
	ways := k.Readings()
	for _, in := range ways {
		if quick {
			named := s.naming(in)
			if len(named) == 0 {
				continue
			}
			if len(in) > maxInkParts {
				in = named
			}
		}
		if better(deepest(in, read)); best.settled() {
			return best
		}
	}
	for _, in := range ways {
		if in, ok := s.split(in); ok {
			if better(deepest(in, read)); best.settled() {
				return best
			}
		}
	}
	return best
}

// settled says that no other way of reading can say more.
func (f Found) settled() bool { return f.State != watermark.Absent && f.State != watermark.Altered }

// naming are the strokes that carry a header.
func (s *Search) naming(in []ink.Outline) (out []ink.Outline) {
	for _, o := range in {
		if !large(o) {
			continue
		}
		if s.tries--; s.tries < 0 {
			s.Cut = true
			return out
		}
		if s.finder.Names(o) {
			if out = append(out, o); len(out) == maxInkParts {
				return out
			}
		}
	}
	return out
}

// Candidates are inks, largest first, each shape once.
func Candidates(list []Ink) []Ink {
	out := slices.Clone(list)
	slices.SortStableFunc(out, func(a, b Ink) int { return cmp.Compare(b.curves(), a.curves()) })
	return slices.CompactFunc(out, func(a, b Ink) bool { return alike(a.Outlines, b.Outlines) })
}

// What is read for the robust layer beside named inks: it takes a second for each
// signature that has no mark.
const (
	robustInks   = 4
	robustCurves = 12_000
)

// SecondLayer says of which inks the robust layer is read: of named ones, and of the
// largest that may be handwriting.
func SecondLayer(list []Ink) []bool {
	out := make([]bool, len(list))
	var rest []int
	for i, k := range list {
		if out[i] = k.Number >= 0; !out[i] && k.handSize() {
			rest = append(rest, i)
		}
	}
	slices.SortStableFunc(rest, func(a, b int) int { return cmp.Compare(list[b].curves(), list[a].curves()) })
	curves := 0
	for _, i := range rest[:min(len(rest), robustInks)] {
		if n := list[i].curves(); curves+n <= robustCurves || curves == 0 {
			out[i] = true
			curves += n
		}
	}
	return out
}

// large says that a stroke may carry a header by itself.
func large(o ink.Outline) bool {
	n := 0
	for _, c := range o.Contours {
		n += len(c.Curves)
	}
	return n >= leastInkCurves
}

// split puts the contours of all paths back into strokes; see
// watermark.Finder.Split.
func (s *Search) split(in []ink.Outline) ([]ink.Outline, bool) {
	var all []ink.Contour
	for _, o := range in {
		all = append(all, o.Contours...)
	}
	if len(all) < 2 {
		return nil, false
	}
	if s.contours -= len(all); s.contours < 0 {
		s.Cut, s.contours = true, 0
		return nil, false
	}
	return s.finder.Split(all)
}

// deepest reads an ink, and what in it belongs to no stroke of the mark read, as
// long as that names another: the worst counts.
func deepest(in []ink.Outline, read func([]ink.Outline) watermark.Reading) Found {
	worst := Found{read(in), in}
	rest, now := in, worst.Reading
	for range 4 {
		if now.State == watermark.Absent || len(now.Added) == 0 || len(now.Added) == len(rest) {
			break
		}
		var others []ink.Outline
		for _, i := range now.Added {
			others = append(others, rest[i])
		}
		rest, now = others, read(others)
		if now.State != watermark.Absent && severity(now.State) > severity(worst.State) {
			worst = Found{now, rest}
		}
	}
	return worst
}
