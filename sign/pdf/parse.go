package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// maxRevisions bounds the chain of /Prev.
const maxRevisions = 256

// tailWindow is how far from the end startxref is looked for in foreign files.
const tailWindow = 2048

// Parse reads a file strictly: what a lenient reader would repair is an error.
// The bytes must not change while the File is used.
func Parse(b []byte) (*File, error) { return parse(b, false) }

// ParseForeign reads files of other programs: it takes bytes that belong to no
// object (and notes them in Revision.Loose and File.Trailing), table lines of 19
// bytes, white space before an object that an offset names, and keys that stand
// twice with equal values. It repairs nothing either: each object must stand
// where its cross-reference says.
func ParseForeign(b []byte) (*File, error) { return parse(b, true) }

func parse(b []byte, foreign bool) (*File, error) {
	if len(b) < 9 || !bytes.HasPrefix(b, []byte("%PDF-")) || b[5] < '1' || b[5] > '2' || b[6] != '.' || !isDigit(b[7]) ||
		b[8] != '\n' && b[8] != '\r' && (!foreign || b[8] != ' ') {
		return nil, errors.New("not a PDF: no %PDF header in the first byte")
	}
	f := &File{bytes: b, shared: &shared{
		foreign: foreign, history: map[int]*dated{}, objects: map[int]located{}, packed: map[int]*packed{}, busy: map[int]bool{}, budget: maxDecoded,
	}}
	if err := f.chain(); err != nil {
		return nil, err
	}
	slices.Reverse(f.revisions)
	for i, r := range f.revisions {
		for num, e := range r.table {
			f.shared.history[num] = &dated{i, e, f.shared.history[num]}
		}
	}
	for i := range f.revisions {
		if err := f.At(i).account(); err != nil {
			return nil, fmt.Errorf("revision %d: %w", i+1, err)
		}
	}
	return f, nil
}

// chain reads the cross-reference sections from the newest to the oldest.
func (f *File) chain() error {
	offset, tail, err := f.newest()
	if err != nil {
		return err
	}
	for {
		r, prev, err := f.revision(offset)
		if err != nil {
			return err
		}
		if len(f.revisions) == 0 {
			if err := f.closing(r, tail); err != nil {
				return err
			}
		} else {
			f.revisions[len(f.revisions)-1].Start = r.End
		}
		f.revisions = append(f.revisions, r)
		if prev < 0 {
			return nil
		}
		if prev >= offset {
			return fmt.Errorf("/Prev %d of the section at %d does not lead back", prev, offset)
		}
		if len(f.revisions) == maxRevisions {
			return errors.New("too many revisions")
		}
		offset = prev
	}
}

// newest finds the last startxref: its number and its place.
func (f *File) newest() (offset, at int, err error) {
	window := 64
	if f.shared.foreign {
		window = tailWindow
	}
	from := max(0, len(f.bytes)-window)
	i := bytes.LastIndex(f.bytes[from:], []byte("startxref"))
	if i < 0 {
		return 0, 0, errors.New("no startxref at the end of the file")
	}
	l := f.lexer(from + i)
	if offset, _, err = l.tail(); err != nil {
		return 0, 0, err
	}
	return offset, from + i, nil
}

// tail reads "startxref number %%EOF" and gives the number and the position
// behind.
func (l *lexer) tail() (offset, end int, err error) {
	if err := l.expect("startxref"); err != nil {
		return 0, 0, err
	}
	if offset, err = l.integer(); err != nil {
		return 0, 0, err
	}
	for l.pos < len(l.b) && isSpace(l.b[l.pos]) {
		l.pos++
	}
	if !bytes.HasPrefix(l.b[l.pos:], []byte("%%EOF")) {
		return 0, 0, fmt.Errorf("at byte %d: no %%%%EOF behind startxref", l.pos)
	}
	l.pos += len("%%EOF")
	return offset, l.pos, nil
}

// closing makes sure that the newest revision ends the file.
func (f *File) closing(r *Revision, tail int) error {
	if r.EOF < tail {
		return fmt.Errorf("the section that startxref at byte %d names ends a former revision", tail)
	}
	rest := f.bytes[r.End:]
	if len(rest) == 0 {
		return nil
	}
	if !f.shared.foreign {
		return fmt.Errorf("%d bytes behind the last %%%%EOF", len(rest))
	}
	if len(bytes.TrimLeft(rest, "\r\n \t\x00\f")) == 0 {
		r.End = len(f.bytes)
		return nil
	}
	f.Trailing = true
	return nil
}

// revision reads the section at an offset, and its companion in a linearised
// file; prev is the /Prev to go on with, −1 for none.
func (f *File) revision(offset int) (*Revision, int, error) {
	s, err := f.section(offset)
	if err != nil {
		return nil, 0, err
	}
	r := &Revision{Trailer: s.trailer, table: s.table, tableAt: offset, body: s.body, Stream: s.stream, frames: [][2]int{s.span}}
	end, prev := s.span[1], s.prev
	if prev > offset {
		// Linearised (ISO 32000-1 Annex F): the first page's section stands
		// before the main one, both are one revision.
		l := f.lexer(end)
		if l.skip(); bytes.HasPrefix(l.b[l.pos:], []byte("startxref")) {
			if _, end, err = l.tail(); err != nil {
				return nil, 0, err
			}
			r.frames[0][1] = end
		}
		main, err := f.section(prev)
		if err != nil {
			return nil, 0, err
		}
		if main.prev >= 0 || main.span[0] < end {
			return nil, 0, errors.New("the sections of a linearised file do not fit")
		}
		for num, e := range main.table {
			if old, twice := r.table[num]; twice && !old.free && !e.free {
				return nil, 0, fmt.Errorf("object %d stands in both sections of a linearised file", num)
			} else if !twice || old.free {
				r.table[num] = e
			}
		}
		r.frames = append(r.frames, main.span)
		end, prev = main.span[1], -1
	}
	l := f.lexer(end)
	named, eof, err := l.tail()
	if err != nil {
		return nil, 0, err
	}
	if named != offset {
		return nil, 0, fmt.Errorf("startxref before byte %d is %d, its section begins at %d", eof, named, offset)
	}
	r.EOF, r.End = eof, eof+lineEnd(f.bytes[eof:])
	r.frames[len(r.frames)-1][1] = r.End
	return r, prev, nil
}

// lineEnd is the length of a line end at the begin of b.
func lineEnd(b []byte) int {
	switch {
	case bytes.HasPrefix(b, []byte("\r\n")):
		return 2
	case len(b) > 0 && (b[0] == '\n' || b[0] == '\r'):
		return 1
	}
	return 0
}

// account reads every object that the newest revision of f writes and makes
// sure that they and the sections are all there is in its bytes.
func (f *File) account() error {
	r := f.last()
	index := len(f.revisions) - 1
	r.spans = map[Ref][2]int{}
	spans := slices.Clone(r.frames)
	for num, e := range r.table {
		switch {
		case e.free:
			continue
		case e.in > 0:
			if c, ok := f.latest(e.in); !ok || c.free || c.in > 0 {
				return fmt.Errorf("object %d lies in object stream %d, which is none", num, e.in)
			}
			continue
		}
		if e.offset < r.Start || e.offset >= r.End {
			if f.shared.foreign && e.offset < r.Start {
				if !f.repeated(num, e, index) {
					r.Reaches = true
				}
				continue
			}
			return fmt.Errorf("object %d lies outside the revision that writes it", num)
		}
		ref := Ref{num, e.gen}
		_, end, err := f.indirect(e.offset, ref)
		if err != nil {
			return fmt.Errorf("object %d: %w", num, err)
		}
		span := [2]int{e.offset, end}
		r.spans[ref] = span
		if !slices.Contains(r.frames, span) && !f.isSection(span) {
			spans = append(spans, span)
		}
	}
	return f.gaps(spans)
}

// repeated says that an entry only repeats the one of an earlier revision.
func (f *File) repeated(num int, e entry, index int) bool {
	for d := f.shared.history[num]; d != nil; d = d.older {
		if d.rev < index {
			return d.entry == e
		}
	}
	return false
}

// isSection says that a span is a cross-reference stream, which is a frame. Its
// offset may name the white space before it, as foreign writers' do.
func (f *File) isSection(span [2]int) bool {
	for span[0] < span[1] && isSpace(f.bytes[span[0]]) {
		span[0]++
	}
	return slices.ContainsFunc(f.last().frames, func(g [2]int) bool { return g[0] == span[0] && span[1] <= g[1] })
}

// gaps makes sure that the spans of a revision do not overlap and that nothing
// lies between them.
func (f *File) gaps(spans [][2]int) error {
	r := f.last()
	slices.SortFunc(spans, func(a, b [2]int) int { return a[0] - b[0] })
	pos := r.Start
	if pos == 0 {
		pos = bytes.IndexAny(f.bytes, "\r\n")
	}
	for _, s := range spans {
		if s[0] < pos {
			return fmt.Errorf("objects overlap at byte %d", s[0])
		}
		if err := f.blank(pos, s[0], r.Start == 0); err != nil {
			return err
		}
		pos = s[1]
	}
	return f.blank(min(pos, r.End), r.End, false)
}

// blank makes sure that nothing but white space lies between objects; the
// comment of high bytes behind the header is allowed in the first revision, and
// there others' files may have any comments.
func (f *File) blank(from, to int, first bool) error {
	b := bytes.TrimLeft(f.bytes[from:to], "\r\n \t\x00\f")
	if l := f.lexer(from); first && f.shared.foreign {
		l.b = l.b[:to]
		l.skip()
		b = l.b[l.pos:]
	}
	if first && len(b) > 0 && b[0] == '%' {
		if i := bytes.IndexAny(b, "\r\n"); i >= 0 && i <= 16 {
			b = bytes.TrimLeft(b[i:], "\r\n \t\x00\f")
		}
	}
	if len(b) == 0 {
		return nil
	}
	if f.shared.foreign {
		r := f.last()
		r.Loose = append(r.Loose, [2]int{to - len(b), to})
		return nil
	}
	return fmt.Errorf("%d bytes at %d belong to no object", len(b), to-len(b))
}

// Numbers lists all object numbers that any revision names.
func (f *File) Numbers() []int { return slices.Sorted(maps.Keys(f.shared.history)) }
