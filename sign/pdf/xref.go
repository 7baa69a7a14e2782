package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
)

// section is one cross-reference section, ISO 32000-1 §7.5.4 and §7.5.8.
type section struct {
	span    [2]int // without startxref
	table   map[int]entry
	trailer Dict
	prev    int // −1: none
	stream  bool
	body    int // where the trailer begins, or the stream
}

// section reads the table or stream at an offset.
func (f *File) section(offset int) (*section, error) {
	if offset < 9 || offset >= len(f.bytes) {
		return nil, fmt.Errorf("no cross-reference section at byte %d", offset)
	}
	l := f.lexer(offset)
	if f.shared.foreign {
		l.skip()
	}
	var s *section
	var err error
	if bytes.HasPrefix(l.b[l.pos:], []byte("xref")) {
		s, err = f.tableSection(l)
	} else {
		s, err = f.streamSection(offset)
	}
	if err != nil {
		return nil, err
	}
	s.prev = -1
	switch p := s.trailer["Prev"].(type) {
	case nil:
	case int64:
		if p < 0 || p >= int64(len(f.bytes)) {
			return nil, fmt.Errorf("/Prev %d lies outside the file", p)
		}
		if p > 0 || !f.shared.foreign {
			s.prev = int(p)
		}
	default:
		return nil, errors.New("/Prev is not a number")
	}
	return s, nil
}

// tableSection reads "xref … trailer <<…>>".
func (f *File) tableSection(l *lexer) (*section, error) {
	s := &section{span: [2]int{l.pos, 0}}
	l.pos += len("xref")
	var err error
	if s.table, err = l.table(); err != nil {
		return nil, err
	}
	s.body = l.pos - len("trailer")
	o, err := l.object(0)
	if err != nil {
		return nil, fmt.Errorf("trailer: %w", err)
	}
	if s.trailer, _ = o.(Dict); s.trailer == nil {
		return nil, errors.New("the trailer is no dictionary")
	}
	s.span[1] = l.pos
	if at, hybrid := s.trailer["XRefStm"].(int64); hybrid {
		return s, f.hybrid(s, int(at))
	}
	return s, nil
}

// hybrid adds what the stream of a hybrid-reference file says about objects
// that its table hides (ISO 32000-1 §7.5.8.4).
func (f *File) hybrid(s *section, at int) error {
	if !f.shared.foreign {
		return errors.New("a hybrid-reference file says two things about its objects")
	}
	if at < 9 || at >= s.span[0] {
		return errors.New("/XRefStm lies outside its revision")
	}
	h, err := f.streamSection(at)
	if err != nil {
		return err
	}
	for num, e := range h.table {
		if old, ok := s.table[num]; !ok || old.free {
			s.table[num] = e
		}
	}
	return nil
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
		if first > maxObject || count > maxObject || first+count > maxObject || count > (len(l.b)-l.pos)/18+1 {
			return nil, fmt.Errorf("a table of %d objects from %d", count, first)
		}
		for num := first; num < first+count; num++ {
			l.skip()
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

// entry reads one line of a table: 10 digits, 5 digits, n or f, 20 bytes in all.
func (l *lexer) entry() (entry, error) {
	b := l.b[l.pos:min(len(l.b), l.pos+20)]
	bad := fmt.Errorf("at byte %d: not a table line of 20 bytes", l.pos)
	if len(b) < 20 || b[10] != ' ' || b[16] != ' ' || b[17] != 'n' && b[17] != 'f' {
		return entry{}, bad
	}
	offset, err := strconv.ParseUint(string(b[:10]), 10, 63)
	gen, err2 := strconv.ParseUint(string(b[11:16]), 10, 17)
	if err != nil || err2 != nil {
		return entry{}, bad
	}
	n := 20
	if ends := string(b[18:]); ends != " \n" && ends != " \r" && ends != "\r\n" {
		if !l.foreign || b[18] != '\n' && b[18] != '\r' {
			return entry{}, bad
		}
		n = 19
	}
	l.pos += n
	e := entry{offset: int(offset), gen: int(gen), free: b[17] == 'f'}
	if l.foreign && e.offset == 0 {
		e.free = true
	}
	return e, nil
}

// streamSection reads a cross-reference stream.
func (f *File) streamSection(offset int) (*section, error) {
	l := f.lexer(offset)
	l.skip()
	start := l.pos
	num, err := l.integer()
	if err != nil {
		return nil, fmt.Errorf("no cross-reference section at byte %d", offset)
	}
	gen, err := l.integer()
	if err != nil || num == 0 || num > maxObject {
		return nil, fmt.Errorf("no cross-reference section at byte %d", offset)
	}
	o, end, err := f.indirect(offset, Ref{num, gen})
	if err != nil {
		return nil, fmt.Errorf("cross-reference stream: %w", err)
	}
	s, ok := o.(*Stream)
	if !ok || s.Dict["Type"] != Name("XRef") {
		return nil, fmt.Errorf("object %d at byte %d is no cross-reference stream", num, offset)
	}
	table, err := f.entries(s)
	if err != nil {
		return nil, fmt.Errorf("cross-reference stream: %w", err)
	}
	if e, ok := table[num]; ok && !e.free && (e.in > 0 || e.offset != offset) { // iText calls its own number free
		return nil, errors.New("cross-reference stream: it gives itself another place")
	}
	table[num] = entry{offset: offset, gen: gen}
	return &section{span: [2]int{start, end}, table: table, trailer: s.Dict, stream: true, body: start}, nil
}

// entries decodes the rows of a cross-reference stream.
func (f *File) entries(s *Stream) (map[int]entry, error) {
	data, err := f.decode(s)
	if err != nil {
		return nil, err
	}
	w, row, err := widths(s.Dict)
	if err != nil {
		return nil, err
	}
	index, err := subsections(s.Dict)
	if err != nil {
		return nil, err
	}
	out := map[int]entry{}
	for i := 0; i+1 < len(index); i += 2 {
		if index[i+1] > len(data)/row {
			return nil, errors.New("fewer rows than /Index says")
		}
		for num := index[i]; num < index[i]+index[i+1]; num++ {
			e, err := rowEntry(data[:row], w)
			if err != nil {
				return nil, fmt.Errorf("object %d: %w", num, err)
			}
			data = data[row:]
			if _, twice := out[num]; twice {
				return nil, fmt.Errorf("object %d stands twice", num)
			}
			out[num] = e
		}
	}
	if len(data) > 0 {
		return nil, errors.New("more rows than /Index says")
	}
	return out, nil
}

// widths of the three columns, and of a row.
func widths(d Dict) (w [3]int, row int, err error) {
	list, ok := d["W"].(Array)
	if !ok || len(list) != 3 {
		return w, 0, errors.New("/W is not three numbers")
	}
	for i, o := range list {
		n, ok := o.(int64)
		if !ok || n < 0 || n > 7 {
			return w, 0, errors.New("/W is not three small numbers")
		}
		w[i] = int(n)
		row += w[i]
	}
	if row == 0 {
		return w, 0, errors.New("/W is empty")
	}
	return w, row, nil
}

// subsections are pairs of first number and count.
func subsections(d Dict) ([]int, error) {
	list, ok := d["Index"].(Array)
	if !ok {
		list = Array{int64(0), d["Size"]}
	}
	if len(list)%2 == 1 || len(list) > 1<<16 {
		return nil, errors.New("/Index is not pairs of numbers")
	}
	var out []int
	for _, o := range list {
		n, ok := o.(int64)
		if !ok || n < 0 || n > maxObject {
			return nil, errors.New("/Index or /Size is not a number in range")
		}
		out = append(out, int(n))
	}
	return out, nil
}

func rowEntry(b []byte, w [3]int) (entry, error) {
	var v [3]int
	for i, n := range w {
		for range n {
			v[i] = v[i]<<8 | int(b[0])
			b = b[1:]
		}
	}
	if w[0] == 0 {
		v[0] = 1
	}
	switch v[0] {
	case 0:
		return entry{offset: v[1], gen: v[2], free: true}, nil
	case 1:
		return entry{offset: v[1], gen: v[2]}, nil
	case 2:
		if v[1] == 0 || v[1] > maxObject {
			return entry{}, errors.New("an object stream out of range")
		}
		return entry{in: v[1], index: v[2]}, nil
	}
	return entry{}, fmt.Errorf("type %d of an entry is not known", v[0])
}
