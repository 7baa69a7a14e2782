package pdf

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
)

// maxRevisions bounds the chain of /Prev.
const maxRevisions = 256

// Parse reads a file strictly: what a lenient reader would repair is an error.
// The bytes must not change while the File is used.
func Parse(b []byte) (*File, error) {
	if !regexp.MustCompile(`^%PDF-[12]\.\d[\r\n]`).Match(b[:min(len(b), 16)]) {
		return nil, errors.New("not a PDF: no %PDF header in the first byte")
	}
	f := &File{bytes: b, cache: map[Ref]Object{}}
	end := len(b)
	for offset := -1; ; {
		r, prev, err := f.section(end, offset)
		if err != nil {
			return nil, err
		}
		f.revisions = append(f.revisions, r)
		if prev < 0 {
			break
		}
		if len(f.revisions) == maxRevisions {
			return nil, errors.New("too many revisions")
		}
		end, offset = r.Start, prev
	}
	slices.Reverse(f.revisions)
	f.revisions[0].Start = 0
	all := map[int]entry{}
	for i, r := range f.revisions {
		maps.Copy(all, r.table)
		r.all = maps.Clone(all)
		if err := f.At(i).account(); err != nil {
			return nil, fmt.Errorf("revision %d: %w", i+1, err)
		}
	}
	return f, nil
}

// section reads the cross-reference table whose revision ends at end. want is
// the offset that the later revision's /Prev gives, or -1 for the newest. It
// returns the /Prev of this one, -1 for none; Start of the revision is where
// the one before must end.
func (f *File) section(end, want int) (*Revision, int, error) {
	tail := regexp.MustCompile(`startxref[\r\n]+(\d{1,10})[\r\n]+%%EOF(?:\r\n|\n|\r)?$`)
	from := max(0, end-64)
	m := tail.FindSubmatch(f.bytes[from:end])
	if m == nil {
		return nil, 0, fmt.Errorf("no startxref and %%%%EOF before byte %d", end)
	}
	offset, _ := strconv.Atoi(string(m[1]))
	if want >= 0 && offset != want {
		return nil, 0, fmt.Errorf("/Prev is %d, the revision before begins its table at %d", want, offset)
	}
	if offset >= end || !bytes.HasPrefix(f.bytes[offset:end], []byte("xref")) {
		if offset < end && isDigit(f.bytes[offset]) {
			return nil, 0, ErrXRefStream
		}
		return nil, 0, fmt.Errorf("no cross-reference table at byte %d", offset)
	}
	l := &lexer{b: f.bytes[:end], pos: offset + len("xref")}
	r := &Revision{End: end, tableAt: offset}
	var err error
	if r.table, err = l.table(); err != nil {
		return nil, 0, err
	}
	o, err := l.object(0)
	if err != nil {
		return nil, 0, fmt.Errorf("trailer: %w", err)
	}
	r.Trailer, _ = o.(Dict)
	if r.Trailer == nil {
		return nil, 0, errors.New("the trailer is no dictionary")
	}
	l.skip()
	if l.pos != from+bytes.Index(f.bytes[from:end], m[0]) {
		return nil, 0, fmt.Errorf("at byte %d: bytes between trailer and startxref", l.pos)
	}
	return r, f.prev(r, offset), nil
}

// prev is where the table of the revision before begins, and sets where r
// starts: behind that revision's end.
func (f *File) prev(r *Revision, offset int) int {
	p, ok := r.Trailer["Prev"].(int64)
	if !ok || p <= 0 || int(p) >= offset {
		return -1
	}
	rest := f.bytes[p:offset]
	eof := regexp.MustCompile(`startxref[\r\n]+\d{1,10}[\r\n]+%%EOF(?:\r\n|\n|\r)?`).FindIndex(rest)
	if eof == nil {
		return -1
	}
	r.Start = int(p) + eof[1]
	return int(p)
}

// table reads the subsections behind "xref" up to and with "trailer".
func (l *lexer) table() (map[int]entry, error) {
	out := map[int]entry{}
	for {
		l.skip()
		if bytes.HasPrefix(l.b[l.pos:], []byte("trailer")) {
			l.pos += len("trailer")
			return out, nil
		}
		first, err := l.integer()
		if err != nil {
			return nil, err
		}
		count, err := l.integer()
		if err != nil {
			return nil, err
		}
		if count > maxObject || first+count > maxObject {
			return nil, fmt.Errorf("a table of %d objects from %d", count, first)
		}
		for num := first; num < first+count; num++ {
			e, err := l.entry()
			if err != nil {
				return nil, fmt.Errorf("table entry of object %d: %w", num, err)
			}
			if _, twice := out[num]; twice {
				return nil, fmt.Errorf("object %d stands twice in one table", num)
			}
			out[num] = e
		}
	}
}

// entry reads one line of a table: 10 digits, 5 digits, n or f.
func (l *lexer) entry() (entry, error) {
	l.skip()
	m := regexp.MustCompile(`^(\d{10}) (\d{5}) ([nf])( \r| \n|\r\n)`).FindSubmatch(l.b[l.pos:min(len(l.b), l.pos+20)])
	if m == nil {
		return entry{}, fmt.Errorf("at byte %d: not a table line of 20 bytes", l.pos)
	}
	l.pos += 20
	offset, _ := strconv.Atoi(string(m[1]))
	gen, _ := strconv.Atoi(string(m[2]))
	return entry{offset, gen, m[3][0] == 'f'}, nil
}

// account reads every object that the newest revision of f writes and makes
// sure that they and the tables are all there is in its bytes.
func (f *File) account() error {
	r := f.last()
	r.spans = map[Ref][2]int{}
	var spans [][2]int
	for num, e := range r.table {
		if e.free {
			continue
		}
		ref := Ref{num, e.gen}
		if e.offset < r.Start || e.offset >= r.End {
			return fmt.Errorf("object %d lies outside the revision that writes it", num)
		}
		_, end, err := f.indirect(e.offset, ref)
		if err != nil {
			return fmt.Errorf("object %d: %w", num, err)
		}
		r.spans[ref] = [2]int{e.offset, end}
		spans = append(spans, r.spans[ref])
	}
	slices.SortFunc(spans, func(a, b [2]int) int { return cmp.Compare(a[0], b[0]) })
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
	return f.blank(pos, r.tableAt, false)
}

// blank makes sure that nothing but white space lies between objects; the
// comment of high bytes behind the header is allowed in the first revision.
func (f *File) blank(from, to int, first bool) error {
	if to < from {
		return fmt.Errorf("the table at byte %d lies before an object", to)
	}
	b := bytes.TrimLeft(f.bytes[from:to], "\r\n \t\x00\f")
	if first && len(b) > 0 && b[0] == '%' {
		if i := bytes.IndexAny(b, "\r\n"); i >= 0 && i <= 16 {
			b = bytes.TrimLeft(b[i:], "\r\n \t\x00\f")
		}
	}
	if len(b) > 0 {
		return fmt.Errorf("%d bytes at %d belong to no object", len(b), to-len(b))
	}
	return nil
}
