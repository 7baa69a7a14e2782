package watermark

import (
	"bytes"
	"slices"

	"moqian/render/ink"
)

// State is the answer about ink.
type State string

const (
	Match     State = "match"     // header read, belongs here
	Altered   State = "altered"   // header read, some strokes changed
	Foreign   State = "foreign"   // header read, belongs elsewhere
	Absent    State = "absent"    // no header: not marked under this key
	Unchecked State = "unchecked" // header read, no context given
)

// leastContext is the number of context bits below which a match proves
// nothing.
const leastContext = 16

// Reading is what Read found.
type Reading struct {
	State   State
	Handle  []byte
	Strokes int // as marked, by the header
	// Altered lists the strokes that fail, in order, each once: those changed,
	// moved, out of order or missing by their index when the ink was marked,
	// those added by their place in the ink.
	Altered []int
	// Missing lists the indices of marked strokes that are not there, Added the
	// places in the ink of strokes that were never part of it.
	Missing, Added []int
}

// Read looks for a mark. context may be nil: the ink is then Altered or
// Unchecked, never Match or Foreign. It is blind to translation of the whole
// ink, and never fails: any outlines may be given.
func Read(in []ink.Outline, key Key, context *[32]byte) Reading {
	k, s := derive(key), views(in)
	m, seen, ok := k.find(s)
	if !ok {
		return Reading{State: Absent}
	}
	return k.reading(s, m, seen, context)
}

// Check is Read for ink that is claimed to carry a handle: it also judges ink
// too small to name its handle itself. It says Foreign where the ink names
// another handle, and Absent where no stroke carries this one.
func Check(in []ink.Outline, key Key, handle []byte, context *[32]byte) Reading {
	k, s := derive(key), views(in)
	m, seen, ok := k.find(s)
	if ok {
		r := k.reading(s, m, seen, context)
		if !bytes.Equal(m.handle, handle) {
			r.State = Foreign
		}
		return r
	}
	if n := len(handle); n < minHandle || n > maxHandle || len(s) == 0 || len(s) > maxStrokes {
		return Reading{State: Absent}
	}
	m = mark{handle: handle, count: len(s)}
	for i := range s {
		if len(s[i].bits) >= leastContext && k.wrong(&s[i], m, i) == 0 {
			return k.reading(s, m, seen, context)
		}
	}
	return Reading{State: Absent}
}

func views(in []ink.Outline) []stroke {
	s := make([]stroke, len(in))
	for i, o := range in {
		s[i] = view(o)
	}
	return s
}

func (k keys) reading(s []stroke, m mark, seen []int, ctx *[32]byte) Reading {
	p := k.locate(s, m, seen)
	v := k.judge(m, p, ctx)
	r := Reading{Handle: m.handle, Strokes: m.count, Missing: p.missing(), Added: p.added}
	for i, bad := range v.bad {
		if bad {
			r.Altered = append(r.Altered, i)
		}
	}
	r.Altered = append(append(r.Altered, p.displaced()...), p.added...)
	slices.Sort(r.Altered)
	r.Altered = slices.Compact(r.Altered)
	switch {
	case v.foreign:
		r.State = Foreign
	case len(r.Altered) > 0:
		r.State = Altered
	case ctx == nil || v.judged < leastContext:
		r.State = Unchecked
	default:
		r.State = Match
	}
	return r
}
