package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// ErrXRefStream: the file has a cross-reference stream, which this reader does
// not take.
var ErrXRefStream = errors.New("cross-reference streams are not read")

// File is a strictly read PDF.
type File struct {
	bytes     []byte
	revisions []*Revision // oldest first
	cache     map[Ref]Object
}

// Revision is one state of a file: what was appended at one time.
type Revision struct {
	Start, End int // bytes [Start, End) of the file
	Trailer    Dict
	table      map[int]entry // the entries of this revision's own table
	tableAt    int
	spans      map[Ref][2]int
	all        map[int]entry // those in force after it
}

// entry of a cross-reference table.
type entry struct {
	offset, gen int
	free        bool
}

// Bytes of the file, as they were read; not to be changed.
func (f *File) Bytes() []byte { return f.bytes }

// Revisions of the file, oldest first.
func (f *File) Revisions() []*Revision { return f.revisions }

// At is the file as it was after revision i.
func (f *File) At(i int) *File {
	return &File{bytes: f.bytes, revisions: f.revisions[:i+1], cache: map[Ref]Object{}}
}

func (f *File) last() *Revision { return f.revisions[len(f.revisions)-1] }

// Trailer of the newest revision.
func (f *File) Trailer() Dict { return f.last().Trailer }

// Changed lists the objects that a revision writes or frees.
func (r *Revision) Changed() []int { return slices.Sorted(maps.Keys(r.table)) }

// Span of the object that this revision writes: bytes [from, to).
func (r *Revision) Span(ref Ref) (from, to int, ok bool) {
	s, ok := r.spans[ref]
	return s[0], s[1], ok
}

// Refs lists the objects in use, by number.
func (f *File) Refs() []Ref {
	var out []Ref
	for _, num := range slices.Sorted(maps.Keys(f.last().all)) {
		if e := f.last().all[num]; !e.free {
			out = append(out, Ref{num, e.gen})
		}
	}
	return out
}

// Get reads an indirect object; a free or absent one is nil.
func (f *File) Get(r Ref) (Object, error) {
	if o, ok := f.cache[r]; ok {
		return o, nil
	}
	e, ok := f.last().all[r.Num]
	if !ok || e.free || e.gen != r.Gen {
		return nil, nil
	}
	o, _, err := f.indirect(e.offset, r)
	if err != nil {
		return nil, fmt.Errorf("object %d: %w", r.Num, err)
	}
	f.cache[r] = o
	return o, nil
}

// Resolve follows references until it has a direct object.
func (f *File) Resolve(o Object) (Object, error) {
	for range maxDepth {
		r, ok := o.(Ref)
		if !ok {
			return o, nil
		}
		var err error
		if o, err = f.Get(r); err != nil {
			return nil, err
		}
	}
	return nil, errors.New("references go in a circle")
}

// Dict resolves to a dictionary (of a stream: the stream's), or nil.
func (f *File) Dict(o Object) (Dict, error) {
	o, err := f.Resolve(o)
	switch o := o.(type) {
	case Dict:
		return o, err
	case *Stream:
		return o.Dict, err
	}
	return nil, err
}

// indirect reads "num gen obj … endobj" at an offset and gives the end.
func (f *File) indirect(offset int, r Ref) (Object, int, error) {
	if offset < 0 || offset >= len(f.bytes) || !isDigit(f.bytes[offset]) {
		return nil, 0, fmt.Errorf("no object at byte %d", offset)
	}
	l := &lexer{b: f.bytes, pos: offset}
	num, err := l.integer()
	if err != nil {
		return nil, 0, err
	}
	gen, err := l.integer()
	if err != nil {
		return nil, 0, err
	}
	if num != r.Num || gen != r.Gen {
		return nil, 0, fmt.Errorf("at byte %d stands object %d %d instead", offset, num, gen)
	}
	if err := l.expect("obj"); err != nil {
		return nil, 0, err
	}
	o, err := l.object(0)
	if err != nil {
		return nil, 0, err
	}
	if d, ok := o.(Dict); ok {
		if o, err = f.stream(l, d); err != nil {
			return nil, 0, err
		}
	}
	if err := l.expect("endobj"); err != nil {
		return nil, 0, err
	}
	return o, l.pos, nil
}

// stream reads the data behind a dictionary, if there is any.
func (f *File) stream(l *lexer, d Dict) (Object, error) {
	back := l.pos
	l.skip()
	if !bytes.HasPrefix(l.b[l.pos:], []byte("stream")) {
		l.pos = back
		return d, nil
	}
	l.pos += len("stream")
	switch rest := l.b[l.pos:]; {
	case bytes.HasPrefix(rest, []byte("\r\n")):
		l.pos += 2
	case bytes.HasPrefix(rest, []byte("\n")):
		l.pos++
	default:
		return nil, fmt.Errorf("at byte %d: no line end behind stream", l.pos)
	}
	n, ok := d["Length"].(int64)
	if r, indirect := d["Length"].(Ref); indirect {
		o, err := f.Get(r)
		if err != nil {
			return nil, err
		}
		n, ok = o.(int64)
	}
	if !ok || n < 0 || n > int64(len(l.b)-l.pos) {
		return nil, fmt.Errorf("at byte %d: stream without a right /Length", l.pos)
	}
	raw := l.b[l.pos : l.pos+int(n)]
	l.pos += int(n)
	return &Stream{Dict: d, Raw: raw}, l.expect("endstream")
}
