package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// Format is the PDF syntax of an object. Dictionaries come with sorted keys,
// strings in hex, so that equal objects give equal bytes.
func Format(o Object) []byte { return appendObject(nil, o) }

func appendObject(b []byte, o Object) []byte {
	switch o := o.(type) {
	case nil:
		return append(b, "null"...)
	case bool:
		return strconv.AppendBool(b, o)
	case int64:
		return strconv.AppendInt(b, o, 10)
	case int:
		return strconv.AppendInt(b, int64(o), 10)
	case float64:
		return strconv.AppendFloat(b, o, 'f', -1, 64)
	case Name:
		return appendName(b, o)
	case String:
		return fmt.Appendf(b, "<%X>", []byte(o))
	case Ref:
		return fmt.Appendf(b, "%d %d R", o.Num, o.Gen)
	case Array:
		b = append(b, '[')
		for i, e := range o {
			if i > 0 {
				b = append(b, ' ')
			}
			b = appendObject(b, e)
		}
		return append(b, ']')
	case Dict:
		return appendDict(b, o)
	case *Stream:
		d := maps.Clone(o.Dict)
		d["Length"] = int64(len(o.Raw))
		b = append(appendDict(b, d), "\nstream\n"...)
		return append(append(b, o.Raw...), "\nendstream"...)
	case Verbatim:
		return append(b, o...)
	}
	panic(fmt.Sprintf("internal error: %T is no PDF object", o))
}

// Verbatim is an object whose bytes are written as they are, for holes that
// are filled later.
type Verbatim []byte

func appendDict(b []byte, d Dict) []byte {
	b = append(b, "<<"...)
	for _, k := range slices.Sorted(maps.Keys(d)) {
		b = append(appendName(b, k), ' ')
		b = appendObject(b, d[k])
	}
	return append(b, ">>"...)
}

func appendName(b []byte, n Name) []byte {
	b = append(b, '/')
	for i := range len(n) {
		if c := n[i]; c <= ' ' || c > '~' || c == '#' || isDelim(c) {
			b = fmt.Appendf(b, "#%02X", c)
		} else {
			b = append(b, c)
		}
	}
	return b
}

// Writer builds a new file of one revision, or an update of a file.
type Writer struct {
	b    []byte
	next int
	at   map[Ref]int
	prev int // offset of the table before, 0 in a new file
	from int // where the update begins
	// stream: the file has cross-reference streams, and gets another.
	stream bool
	err    error
}

// NewWriter begins a file with the header of the version, "1.4".
func NewWriter(version string) *Writer {
	return &Writer{b: fmt.Appendf(nil, "%%PDF-%s\n%%\xe2\xe3\xcf\xd3\n", version), next: 1, at: map[Ref]int{}}
}

// NewUpdate begins an incremental update behind the bytes of f.
func NewUpdate(f *File) *Writer {
	next := 1
	for num := range f.shared.history {
		next = max(next, num+1)
	}
	if size, ok := f.Trailer()["Size"].(int64); ok && size <= maxObject {
		next = max(next, int(size))
	}
	b := slices.Clone(f.bytes)
	if b[len(b)-1] != '\n' {
		b = append(b, '\n')
	}
	return &Writer{b: b, next: next, at: map[Ref]int{}, prev: f.last().tableAt, from: f.last().End, stream: f.last().Stream}
}

// Alloc reserves an object number.
func (w *Writer) Alloc() Ref {
	w.next++
	return Ref{Num: w.next - 1}
}

// Put writes an object under its number; each number once.
func (w *Writer) Put(r Ref, o Object) {
	if _, twice := w.at[r]; twice && w.err == nil {
		w.err = fmt.Errorf("object %d is written twice", r.Num)
		return
	}
	w.at[r] = len(w.b)
	w.b = fmt.Appendf(w.b, "%d %d obj\n", r.Num, r.Gen)
	w.b = append(appendObject(w.b, o), "\nendobj\n"...)
}

// Offset is where an object that was Put begins in the file.
func (w *Writer) Offset(r Ref) int { return w.at[r] }

// Finish writes the cross-reference table and the trailer and gives the file.
// /Size and /Prev are its own; the rest of the trailer is the caller's.
func (w *Writer) Finish(trailer Dict) ([]byte, error) { return w.finish(trailer, false) }

// FinishSealed is Finish for an update that no signature will cover: the second
// file identifier is the digest of its bytes, so that File.Sealed tells when one
// of them is changed by accident.
func (w *Writer) FinishSealed(trailer Dict) ([]byte, error) { return w.finish(trailer, true) }

func (w *Writer) finish(trailer Dict, sealed bool) ([]byte, error) {
	if w.err != nil {
		return nil, w.err
	}
	if trailer["Root"] == nil {
		return nil, errors.New("the trailer has no /Root")
	}
	start := len(w.b)
	t := maps.Clone(trailer)
	for _, own := range []Name{"XRefStm", "Type", "W", "Index", "Filter", "DecodeParms", "Length", "Extends"} {
		delete(t, own)
	}
	if w.stream {
		return w.finishStream(t, start, sealed)
	}
	if w.table(); w.err != nil {
		return nil, w.err
	}
	t["Size"] = int64(w.next)
	delete(t, "Prev")
	if w.prev > 0 {
		t["Prev"] = int64(w.prev)
	}
	if sealed {
		sealID(t, w.b[w.from:])
	}
	w.b = append(appendDict(append(w.b, "trailer\n"...), t), fmt.Sprintf("\nstartxref\n%d\n%%%%EOF\n", start)...)
	return w.b, nil
}

// table writes runs of consecutive numbers as subsections.
func (w *Writer) table() {
	refs := slices.SortedFunc(maps.Keys(w.at), func(a, b Ref) int { return a.Num - b.Num })
	var b bytes.Buffer
	b.WriteString("xref\n")
	if w.prev == 0 {
		if len(refs) != w.next-1 && w.err == nil {
			w.err = errors.New("an object was reserved and not written")
		}
		fmt.Fprintf(&b, "0 %d\n0000000000 65535 f \n", len(refs)+1)
		for _, r := range refs {
			fmt.Fprintf(&b, "%010d %05d n \n", w.at[r], r.Gen)
		}
	} else {
		for i := 0; i < len(refs); {
			n := 1
			for i+n < len(refs) && refs[i+n].Num == refs[i].Num+n {
				n++
			}
			fmt.Fprintf(&b, "%d %d\n", refs[i].Num, n)
			for _, r := range refs[i : i+n] {
				fmt.Fprintf(&b, "%010d %05d n \n", w.at[r], r.Gen)
			}
			i += n
		}
	}
	w.b = append(w.b, b.Bytes()...)
}

// finishStream writes a cross-reference stream (§7.5.8), for updates of files
// that have them: a table behind a stream is not allowed.
func (w *Writer) finishStream(t Dict, start int, sealed bool) ([]byte, error) {
	self := w.Alloc()
	w.at[self] = start
	refs := slices.SortedFunc(maps.Keys(w.at), func(a, b Ref) int { return a.Num - b.Num })
	var rows []byte
	var index Array
	for i, r := range refs {
		if i == 0 || refs[i-1].Num != r.Num-1 {
			index = append(index, int64(r.Num), int64(0))
		}
		index[len(index)-1] = index[len(index)-1].(int64) + 1
		at := w.at[r]
		rows = append(rows, 1, byte(at>>24), byte(at>>16), byte(at>>8), byte(at), byte(r.Gen>>8), byte(r.Gen))
	}
	t["Type"], t["W"], t["Index"] = Name("XRef"), Array{int64(1), int64(4), int64(2)}, index
	t["Size"], t["Prev"] = int64(w.next), int64(w.prev)
	if sealed {
		sealID(t, w.b[w.from:])
	}
	w.b = fmt.Appendf(w.b, "%d 0 obj\n", self.Num)
	w.b = append(appendObject(w.b, &Stream{Dict: t, Raw: rows}), fmt.Sprintf("\nendobj\nstartxref\n%d\n%%%%EOF\n", start)...)
	return w.b, nil
}
