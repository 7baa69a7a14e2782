package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// ErrXRefStream was returned for files with cross-reference streams, which are
// read now; it is kept for callers that name it.
var ErrXRefStream = errors.New("cross-reference streams are not read")

// File is a strictly read PDF. It is not safe for use by several goroutines at
// once.
type File struct {
	bytes     []byte
	revisions []*Revision // oldest first
	shared    *shared
	// Trailing says that bytes follow the last %%EOF which belong to nothing;
	// only ParseForeign takes such files.
	Trailing bool
}

// shared is what all views of a file (At) have in common.
type shared struct {
	foreign bool
	history map[int]*dated
	objects map[int]located // by offset
	packed  map[int]*packed // object streams, by offset
	busy    map[int]bool    // offsets being read
	budget  int             // bytes that streams may still unpack to
}

// dated is an entry that a revision wrote, with those before it.
type dated struct {
	rev   int
	entry entry
	older *dated
}

// located is an object read at an offset.
type located struct {
	ref    Ref
	object Object
	end    int
}

// Revision is one state of a file: what was appended at one time.
type Revision struct {
	Start, End int // bytes [Start, End) of the file
	// EOF is the position behind %%EOF; End also takes the line end.
	EOF     int
	Trailer Dict
	// Loose lists the spans of bytes that no object accounts for; only
	// ParseForeign takes files that have any.
	Loose [][2]int
	// Reaches says that its section gives an object a place in the bytes of an
	// earlier revision, as Word's hybrid files do; only ParseForeign takes it.
	Reaches bool
	// Stream says that the cross-reference section is a stream.
	Stream  bool
	table   map[int]entry // the entries of this revision's own sections
	tableAt int           // where the section begins that startxref names
	body    int           // where its trailer begins, or the stream that is one
	frames  [][2]int      // sections and their ends: bytes that are no objects
	spans   map[Ref][2]int
}

// entry of a cross-reference section. in > 0: the object lies in that object
// stream, at index.
type entry struct {
	offset, gen int
	free        bool
	in, index   int
}

// Bytes of the file, as they were read; not to be changed.
func (f *File) Bytes() []byte { return f.bytes }

// Revisions of the file, oldest first.
func (f *File) Revisions() []*Revision { return f.revisions }

// At is the file as it was after revision i.
func (f *File) At(i int) *File {
	return &File{bytes: f.bytes, revisions: f.revisions[:i+1], shared: f.shared}
}

func (f *File) last() *Revision { return f.revisions[len(f.revisions)-1] }

// Trailer of the newest revision.
func (f *File) Trailer() Dict { return f.last().Trailer }

// Changed lists the objects that a revision writes or frees.
func (r *Revision) Changed() []int { return slices.Sorted(maps.Keys(r.table)) }

// Span of the object that this revision writes: bytes [from, to). Objects in
// object streams have none.
func (r *Revision) Span(ref Ref) (from, to int, ok bool) {
	s, ok := r.spans[ref]
	return s[0], s[1], ok
}

// latest is the entry of an object that is in force in this view.
func (f *File) latest(num int) (entry, bool) {
	for d := f.shared.history[num]; d != nil; d = d.older {
		if d.rev < len(f.revisions) {
			return d.entry, true
		}
	}
	return entry{}, false
}

// Refs lists the objects in use, by number.
func (f *File) Refs() []Ref {
	var out []Ref
	for _, num := range slices.Sorted(maps.Keys(f.shared.history)) {
		if e, ok := f.latest(num); ok && !e.free {
			out = append(out, Ref{num, e.gen})
		}
	}
	return out
}

// Has says whether an object is in use.
func (f *File) Has(r Ref) bool {
	e, ok := f.latest(r.Num)
	return ok && !e.free && e.gen == r.Gen
}

// Get reads an indirect object; a free or absent one is nil.
func (f *File) Get(r Ref) (Object, error) {
	e, ok := f.latest(r.Num)
	if !ok || e.free || e.gen != r.Gen {
		return nil, nil
	}
	var o Object
	var err error
	if e.in > 0 {
		o, err = f.unpack(r.Num, e)
	} else {
		o, _, err = f.indirect(e.offset, r)
	}
	if err != nil {
		return nil, fmt.Errorf("object %d: %w", r.Num, err)
	}
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

// indirect reads "num gen obj … endobj" at an offset and gives the end. Each
// offset is read once.
func (f *File) indirect(offset int, r Ref) (Object, int, error) {
	if got, ok := f.shared.objects[offset]; ok {
		if got.ref != r {
			return nil, 0, fmt.Errorf("at byte %d stands object %d %d instead", offset, got.ref.Num, got.ref.Gen)
		}
		return got.object, got.end, nil
	}
	if f.shared.busy[offset] {
		return nil, 0, errors.New("an object needs itself to be read")
	}
	f.shared.busy[offset] = true
	defer delete(f.shared.busy, offset)
	o, end, err := f.parseIndirect(offset, r)
	if err == nil {
		f.shared.objects[offset] = located{r, o, end}
	}
	return o, end, err
}

func (f *File) parseIndirect(offset int, r Ref) (Object, int, error) {
	l := f.lexer(offset)
	if f.shared.foreign {
		l.skip()
	}
	if l.pos < 0 || l.pos >= len(f.bytes) || !isDigit(f.bytes[l.pos]) {
		return nil, 0, fmt.Errorf("no object at byte %d", offset)
	}
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

// lexer at an offset; a wrong offset gives one at the end.
func (f *File) lexer(offset int) *lexer {
	if offset < 0 || offset > len(f.bytes) {
		offset = len(f.bytes)
	}
	return &lexer{b: f.bytes, pos: offset, foreign: f.shared.foreign}
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

// InUse gives the reference under which an object number is in use.
func (f *File) InUse(num int) (Ref, bool) {
	e, ok := f.latest(num)
	return Ref{num, e.gen}, ok && !e.free
}

// Equal compares objects, references by their number; streams also by their raw
// bytes.
func Equal(a, b Object) bool {
	switch a := a.(type) {
	case Dict:
		b, ok := b.(Dict)
		if !ok || len(a) != len(b) {
			return false
		}
		for k, v := range a {
			w, ok := b[k]
			if !ok || !Equal(v, w) {
				return false
			}
		}
		return true
	case Array:
		b, ok := b.(Array)
		return ok && slices.EqualFunc(a, b, Equal)
	case String:
		b, ok := b.(String)
		return ok && bytes.Equal(a, b)
	case *Stream:
		b, ok := b.(*Stream)
		return ok && bytes.Equal(a.Raw, b.Raw) && Equal(a.Dict, b.Dict)
	}
	return a == b
}
