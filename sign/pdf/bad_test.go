package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// built is a file of these object bodies, numbered from 1, with a table and a
// trailer.
func built(bodies []string, trailer string) []byte {
	b := []byte("%PDF-1.4\n")
	var at []int
	for i, body := range bodies {
		at = append(at, len(b))
		b = fmt.Appendf(b, "%d 0 obj\n%s\nendobj\n", i+1, body)
	}
	return closedBy(b, at, trailer)
}

// closedBy ends a file with a table of these places.
func closedBy(b []byte, at []int, trailer string) []byte {
	start := len(b)
	b = fmt.Appendf(b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, n := range at {
		b = fmt.Appendf(b, "%010d 00000 n \n", n)
	}
	return fmt.Appendf(b, "trailer\n%s\nstartxref\n%d\n%%%%EOF\n", trailer, start)
}

const plainTrailer = "<</Root 1 0 R/Size 5>>"

func plainBodies() []string {
	return []string{
		"<</Type /Catalog/Pages 2 0 R>>", "<</Type /Pages/Kids [3 0 R]/Count 1>>",
		"<</Type /Page/Parent 2 0 R/Contents 4 0 R>>", "<</Length 3>>\nstream\nq Q\nendstream",
	}
}

// with replaces one object, from 1.
func with(n int, body string) []byte {
	bodies := plainBodies()
	bodies[n-1] = body
	return built(bodies, plainTrailer)
}

func edited(from, to string) []byte {
	b := built(plainBodies(), plainTrailer)
	if !bytes.Contains(b, []byte(from)) {
		panic("internal error: nothing to edit: " + from)
	}
	return bytes.Replace(b, []byte(from), []byte(to), 1)
}

// badFile is a file that no reader may take, and what is said of it.
type badFile struct {
	name string
	file []byte
	want string
}

func badFiles() []badFile {
	deep := strings.Repeat("[", 100) + strings.Repeat("]", 100)
	return []badFile{
		{"nothing", nil, "not a PDF"},
		{"a word", []byte("hello"), "not a PDF"},
		{"header only", []byte("%PDF-1.4\n"), "no startxref"},
		{"header not first", append([]byte(" "), built(plainBodies(), plainTrailer)...), "not a PDF"},
		{"version 9", edited("%PDF-1.4", "%PDF-9.4"), "not a PDF"},
		{"cut in the middle", built(plainBodies(), plainTrailer)[:200], "no startxref"},
		{"no %%EOF", edited("%%EOF\n", ""), "no %%EOF"},
		{"startxref is a word", edited("startxref\n", "startxref\nx"), "a number belongs here"},
		{"startxref far away", edited("startxref\n", "startxref\n9"), "no cross-reference section"},
		{"startxref is negative", edited("startxref\n", "startxref\n-"), "a number belongs here"},
		{"startxref overflows", edited("startxref\n", "startxref\n99999999999999999999"), "is not a number"},
		{"startxref leads into an object", edited("startxref\n2", "startxref\n"), "no cross-reference section"},
		{"table line short", edited("0000000009 00000 n \n", "000000009 00000 n \n"), "not a table line"},
		{"table line with letters", edited("0000000009 00000 n \n", "00000000x9 00000 n \n"), "not a table line"},
		{"table line of kind x", edited("00000 n \n", "00000 x \n"), "not a table line"},
		{"offset off by two", edited("0000000009 00000 n", "0000000011 00000 n"), "object 1"},
		{"offset of another object", edited("0000000009 00000 n", "0000000055 00000 n"), "instead"},
		{"offset behind the end", edited("0000000009 00000 n", "0000999999 00000 n"), "outside the revision"},
		{"other generation", edited("0000000009 00000 n", "0000000009 00001 n"), "instead"},
		{"object twice in a table", edited("trailer", "1 1\n0000000009 00000 n \ntrailer"), "stands twice"},
		{"huge table", edited("0 5\n", "0 99999999\n"), "a table of"},
		{"table that promises more", edited("0 5\n", "0 6\n"), "not a table line"},
		{"no trailer", edited("trailer\n", "trailor\n"), "a number belongs here"},
		{"trailer is a list", built(plainBodies(), "[]"), "no dictionary"},
		{"trailer is cut", built(plainBodies(), "<</Root 1 0 R"), "dictionary key"},
		{"trailer with a loop", looped(), "does not lead back"},
		{"/Prev behind the end", built(plainBodies(), "<</Root 1 0 R/Prev 99999>>"), "outside the file"},
		{"/Prev is negative", built(plainBodies(), "<</Root 1 0 R/Prev -1>>"), "outside the file"},
		{"/Prev is a name", built(plainBodies(), "<</Root 1 0 R/Prev /X>>"), "not a number"},
		{"/Prev leads into an object", built(plainBodies(), "<</Root 1 0 R/Prev 20>>"), "no cross-reference section"},
		{"/XRefStm outside", built(plainBodies(), "<</Root 1 0 R/XRefStm 9999>>"), "hybrid"},
		{"no endobj", with(1, "<</Type /Catalog>> (x)"), "belongs"},
		{"no obj", edited("1 0 obj", "1 0 obx"), "belongs"},
		{"unknown word", with(1, "<</Type Catalog>>"), "is no object"},
		{"half a name", with(1, "<</Type /Cat#4>>"), "in #"},
		{"bad name", with(1, "<</Type /Cat#zz>>"), "two hex digits"},
		{"bad number", with(1, "<</N 1.2.3>>"), "is not a number"},
		{"number with letters", with(1, "<</N 12a>>"), "is not a number"},
		{"minus in a number", with(1, "<</N 1-2>>"), "is not a number"},
		{"string without an end", with(4, "(abc"), "end"},
		{"hex string with letters", with(4, "<zz>"), "hex"},
		{"list without an end", with(4, "[1 2"), "object"},
		{"key that is no name", with(4, "<<(a) 1>>"), "dictionary key"},
		{"key without a value", with(4, "<</A>>"), "object"},
		{"key twice", with(4, "<</A 1/A 2>>"), "stands twice"},
		{"nested too deeply", with(4, deep), "nested too deeply"},
		{"stream too long", with(4, "<</Length 2000000000>>\nstream\nq Q\nendstream"), "right /Length"},
		{"stream of negative length", with(4, "<</Length -3>>\nstream\nq Q\nendstream"), "right /Length"},
		{"stream without a length", with(4, "<<>>\nstream\nq Q\nendstream"), "right /Length"},
		{"stream shorter than it says", with(4, "<</Length 2>>\nstream\nq Q\nendstream"), "belongs"},
		{"length that is a stream", with(4, "<</Length 4 0 R>>\nstream\nq Q\nendstream"), "needs itself"},
		{"length that is no number", with(4, "<</Length 3 0 R>>\nstream\nq Q\nendstream"), "right /Length"},
		{"no line end behind stream", with(4, "<</Length 3>>\nstream q Q\nendstream"), "no line end"},
		{"objects overlap", overlapping(), "overlap"},
	}
}

// looped is a file whose section names itself as the one before.
func looped() []byte {
	b := built(plainBodies(), "<</Root 1 0 R/Size 5/Prev 000>>")
	return bytes.Replace(b, []byte("/Prev 000"), fmt.Appendf(nil, "/Prev %03d", bytes.Index(b, []byte("xref\n0"))), 1)
}

// overlapping is a file with an object inside a stream of another.
func overlapping() []byte {
	b := []byte("%PDF-1.4\n")
	at := []int{len(b)}
	b = append(b, "1 0 obj\n<</Length 29>>\nstream\n"...)
	at = append(at, len(b))
	b = append(b, "2 0 obj\n<</A 1>>\nendobj\n(xyz)\nendstream\nendobj\n"...)
	return closedBy(b, at, "<</Root 1 0 R/Size 3>>")
}

// TestBadFiles: each is refused by both readers at once, with a reason that names
// what is wrong.
func TestBadFiles(t *testing.T) {
	if _, err := Parse(built(plainBodies(), plainTrailer)); err != nil {
		t.Fatal(err)
	}
	for _, tt := range badFiles() {
		for kind, read := range map[string]func([]byte) (*File, error){"strict": Parse, "foreign": ParseForeign} {
			f, err := read(tt.file)
			if kind == "foreign" && foreignTakes(tt.name) {
				continue
			}
			if err == nil || f != nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s, %s: %v; want %q", tt.name, kind, err, tt.want)
			}
		}
	}
}

// foreignTakes: what ParseForeign has another word for, or takes.
func foreignTakes(name string) bool {
	switch name {
	case "/XRefStm outside", "offset off by two", "offset behind the end":
		return true
	}
	return false
}

// TestLargeInput: size alone costs no more than its length.
func TestLargeInput(t *testing.T) {
	mega := 1 << 20
	for name, b := range map[string][]byte{
		"zeros":           append([]byte("%PDF-1.4\n"), make([]byte, mega)...),
		"startxref":       append([]byte("%PDF-1.4\n"), bytes.Repeat([]byte("startxref\n9\n%%EOF\n"), mega/18)...),
		"brackets":        with(4, strings.Repeat("[", mega)),
		"parentheses":     with(4, strings.Repeat("(", mega)),
		"dictionaries":    with(4, strings.Repeat("<</A", mega/4)),
		"comments":        with(4, strings.Repeat("%\n", mega/2)+"null"),
		"numbers":         with(4, "["+strings.Repeat("1 0 ", mega/4)+"]"),
		"many references": with(4, "["+strings.Repeat("4 0 R ", mega/6)+"]"),
	} {
		done := make(chan struct{})
		go func() {
			defer close(done)
			_, _ = Parse(b)
			_, _ = ParseForeign(b)
		}()
		select {
		case <-done:
		case <-time.After(time.Minute):
			t.Fatalf("%s: still not read", name)
		}
	}
}

// streamed is a file whose only section is a stream with these rows of width 1 2
// 1 and an object stream as object 4 that holds 5 and 6.
type streamed struct {
	dict    string // beside /Type, /W, /Size and /Length
	packed  string // dictionary of the object stream beside /Length
	content string
	rows    func(at []int) []byte
}

func goodStreamed() streamed {
	return streamed{
		dict: "/Type /XRef/W [1 2 1]/Size 7/Root 1 0 R", packed: "/Type /ObjStm/N 2/First 8", content: "5 0 6 4 (a) <<>>",
		rows: func(at []int) []byte {
			out := []byte{0, 0, 0, 255}
			for _, n := range at[:3] {
				out = append(out, 1, byte(n>>8), byte(n), 0)
			}
			out = append(out, 1, byte(at[3]>>8), byte(at[3]), 0)
			return append(out, 2, 0, 4, 0, 2, 0, 4, 1)
		},
	}
}

func (s streamed) file() []byte {
	b := []byte("%PDF-1.5\n")
	var at []int
	for i, body := range append(plainBodies()[:2], "<</Type /Page/Parent 2 0 R>>", fmt.Sprintf("<<%s/Length %d>>\nstream\n%s\nendstream", s.packed, len(s.content), s.content)) {
		at = append(at, len(b))
		b = fmt.Appendf(b, "%d 0 obj\n%s\nendobj\n", i+1, body)
	}
	start := len(b)
	rows := s.rows(append(at, start))
	b = fmt.Appendf(b, "7 0 obj\n<<%s/Length %d>>\nstream\n", s.dict, len(rows))
	b = append(append(b, rows...), "\nendstream\nendobj\n"...)
	return fmt.Appendf(b, "startxref\n%d\n%%%%EOF\n", start)
}

// TestBadStreams: cross-reference and object streams that contradict themselves.
func TestBadStreams(t *testing.T) {
	if f, err := Parse(goodStreamed().file()); err != nil {
		t.Fatal(err)
	} else if o, err := f.Get(Ref{5, 0}); err != nil || string(o.(String)) != "a" {
		t.Fatalf("%v, %v", o, err)
	}
	row := func(n int, bytes ...byte) func(*streamed) {
		return func(s *streamed) {
			rows := s.rows
			s.rows = func(at []int) []byte { b := rows(at); copy(b[4*n:], bytes); return b }
		}
	}
	tests := []struct {
		name   string
		change func(*streamed)
		want   string
		get    int // an object that cannot be read; 0: the file cannot
	}{
		{"no widths", func(s *streamed) { s.dict = "/Type /XRef/Size 7/Root 1 0 R" }, "/W is not three", 0},
		{"widths are names", func(s *streamed) { s.dict = "/Type /XRef/W [/A 2 1]/Size 7" }, "small numbers", 0},
		{"widths of nine bytes", func(s *streamed) { s.dict = "/Type /XRef/W [1 9 1]/Size 7" }, "small numbers", 0},
		{"no width at all", func(s *streamed) { s.dict = "/Type /XRef/W [0 0 0]/Size 7" }, "/W is empty", 0},
		{"odd index", func(s *streamed) { s.dict += "/Index [0 7 8]" }, "pairs", 0},
		{"index of names", func(s *streamed) { s.dict += "/Index [/A 7]" }, "number in range", 0},
		{"index beyond the limit", func(s *streamed) { s.dict += "/Index [0 99999999]" }, "number in range", 0},
		{"index of more than there is", func(s *streamed) { s.dict += "/Index [0 70]" }, "fewer rows", 0},
		{"index of less", func(s *streamed) { s.dict += "/Index [0 5]" }, "more rows", 0},
		{"index twice", func(s *streamed) { s.dict += "/Index [0 5 1 2]" }, "stands twice", 0},
		{"another type", func(s *streamed) { s.dict = "/Type /Xref/W [1 2 1]/Size 7" }, "no cross-reference stream", 0},
		{"kind 3", row(1, 3), "type 3", 0},
		{"in object stream 0", row(5, 2, 0, 0), "out of range", 0},
		{"in a page", row(5, 2, 0, 3), "not of type ObjStm", 5},
		{"in what is not there", row(5, 2, 0, 99), "which is none", 0},
		{"in one that is itself packed", row(4, 2, 0, 4), "which is none", 0},
		{"at another place", row(5, 2, 0, 4, 1), "another object at place", 5},
		{"at place 9", row(5, 2, 0, 4, 9), "another object at place", 5},
		{"unknown filter", func(s *streamed) { s.dict += "/Filter /LZWDecode" }, "is not read", 0},
		{"packed badly", func(s *streamed) { s.dict += "/Filter /FlateDecode" }, "unpacking", 0},
		{"objects packed badly", func(s *streamed) { s.packed += "/Filter /FlateDecode" }, "unpacking", 5},
		{"negative count", func(s *streamed) { s.packed = "/Type /ObjStm/N -2/First 8" }, "number in range", 5},
		{"a billion objects", func(s *streamed) { s.packed = "/Type /ObjStm/N 1000000000/First 8" }, "number in range", 5},
		{"first outside", func(s *streamed) { s.packed = "/Type /ObjStm/N 2/First 800" }, "/First", 5},
		{"offsets back", func(s *streamed) { s.content = "5 4 6 0 (a) <<>>" }, "not in order", 5},
		{"offset outside", func(s *streamed) { s.content = "5 0 6 90(a) <<>>" }, "not in order", 5},
		{"numbers are words", func(s *streamed) { s.content = "5 x 6 4 (a) <<>>" }, "a number belongs here", 5},
		{"two objects in a place", func(s *streamed) { s.content = "5 0 6 4 1 2 <<>>" }, "more than one", 5},
		{"a stream inside", func(s *streamed) { s.content = "5 0 6 4 <<>>stream" }, "is no object", 6},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := goodStreamed()
			tt.change(&s)
			f, err := Parse(s.file())
			if tt.get > 0 && err == nil {
				_, err = f.Get(Ref{tt.get, 0})
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v; want %q", err, tt.want)
			}
		})
	}
}

// TestBadPages: page trees that lead nowhere or in circles.
func TestBadPages(t *testing.T) {
	chain := plainBodies()
	for i := range 80 {
		chain = append(chain, fmt.Sprintf("<</Type /Pages/Kids [%d 0 R]>>", len(chain)+2-i/200))
	}
	chain[1] = "<</Type /Pages/Kids [5 0 R]>>"
	tests := []struct {
		name string
		file []byte
		want string
	}{
		{"no catalogue", built(plainBodies(), "<</Root 9 0 R>>"), "no document catalogue"},
		{"catalogue is a list", with(1, "[]"), "no document catalogue"},
		{"no pages", with(1, "<</Type /Catalog>>"), "not indirect"},
		{"pages without kids", with(2, "<</Type /Pages>>"), "no /Kids"},
		{"kids are a name", with(2, "<</Type /Pages/Kids /X>>"), "no /Kids"},
		{"direct page", with(2, "<</Type /Pages/Kids [<</Type /Page>>]>>"), "not indirect"},
		{"its own kid", with(2, "<</Type /Pages/Kids [2 0 R]>>"), "too deep"},
		{"a long chain", built(chain, plainTrailer), "too deep"},
	}
	for _, tt := range tests {
		f, err := Parse(tt.file)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if pages, err := f.Pages(); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, %v; want %q", tt.name, pages, err, tt.want)
		}
	}
}

// TestCircles: references that lead to themselves end.
func TestCircles(t *testing.T) {
	f := mustParse(t, built(append(plainBodies(), "6 0 R", "5 0 R"), plainTrailer))
	if o, err := f.Resolve(Ref{5, 0}); err == nil {
		t.Errorf("%v", o)
	}
	if d, err := f.Dict(Ref{5, 0}); err == nil {
		t.Errorf("%v", d)
	}
	if o, err := f.Resolve(Ref{77, 0}); o != nil || err != nil {
		t.Errorf("an absent object: %v, %v", o, err)
	}
}

// TestWriterRefuses: what a writer was asked wrongly.
func TestWriterRefuses(t *testing.T) {
	w := NewWriter("1.4")
	r := w.Alloc()
	w.Put(r, Dict{})
	if _, err := w.Finish(Dict{}); err == nil || !strings.Contains(err.Error(), "no /Root") {
		t.Errorf("no root: %v", err)
	}
	w.Alloc()
	if _, err := w.Finish(Dict{"Root": r}); err == nil || !strings.Contains(err.Error(), "reserved and not written") {
		t.Errorf("an object is missing: %v", err)
	}
	w = NewWriter("1.4")
	r = w.Alloc()
	w.Put(r, Dict{})
	w.Put(r, Dict{})
	if _, err := w.Finish(Dict{"Root": r}); err == nil || !strings.Contains(err.Error(), "twice") {
		t.Errorf("twice: %v", err)
	}
}

// TestSealed: an update's seal fits its bytes, those of the trailer included, and
// no others.
func TestSealed(t *testing.T) {
	f := mustParse(t, small(t))
	w := NewUpdate(f)
	w.Put(w.Alloc(), Dict{"Note": int64(1)})
	b, err := w.FinishSealed(f.Trailer())
	if err != nil {
		t.Fatal(err)
	}
	g := mustParse(t, b)
	if g.Sealed(0) || !g.Sealed(1) {
		t.Fatalf("sealed %v, %v", g.Sealed(0), g.Sealed(1))
	}
	if !Equal(g.Trailer()["ID"].(Array)[0], f.Trailer()["ID"].(Array)[0]) {
		t.Error("the first identifier changed")
	}
	from := g.Revisions()[1].Start
	for i := from; i < len(b); i++ {
		for bit := range 8 {
			bad := bytes.Clone(b)
			bad[i] ^= 1 << bit
			if h, err := ParseForeign(bad); err == nil && len(h.Revisions()) == 2 && h.Sealed(1) && !h.Trailing {
				t.Errorf("byte %d (%q), bit %d: still sealed", i, b[i], bit)
			}
		}
	}
	again := NewUpdate(g)
	again.Put(again.Alloc(), Dict{})
	out, err := again.Finish(g.Trailer())
	if err != nil {
		t.Fatal(err)
	}
	if h := mustParse(t, out); h.Sealed(2) || !h.Sealed(1) {
		t.Error("an update without a seal has one")
	}
}

// TestDecode: filters that are read, and what is said of the others.
func TestDecode(t *testing.T) {
	good, err := Deflate(Dict{}, []byte("\x02abc\x02\x01\x01\x01"))
	if err != nil {
		t.Fatal(err)
	}
	rows := func(parms Dict, raw string) *Stream {
		s, err := Deflate(Dict{}, []byte(raw))
		if err != nil {
			t.Fatal(err)
		}
		s.Dict["DecodeParms"] = parms
		return s
	}
	three := Dict{"Predictor": int64(12), "Columns": int64(3)}
	tests := []struct {
		name string
		s    *Stream
		want string
		err  string
	}{
		{"no filter", &Stream{Dict: Dict{}, Raw: []byte("x")}, "x", ""},
		{"empty list of filters", &Stream{Dict: Dict{"Filter": Array{}}, Raw: []byte("x")}, "x", ""},
		{"one in a list", &Stream{Dict: Dict{"Filter": Array{Name("FlateDecode")}}, Raw: good.Raw}, "\x02abc\x02\x01\x01\x01", ""},
		{"up", rows(three, "\x02abc\x02\x01\x01\x01"), "abcbcd", ""},
		{"none", rows(three, "\x00abc"), "abc", ""},
		{"sub", rows(three, "\x01a\x01\x01"), "abc", ""},
		{"average", rows(three, "\x03abc"), "a\x92\xac", ""},
		{"Paeth", rows(three, "\x04abc\x04\x01\x01\x01"), "a\xc3\x26b\xc4\x27", ""},
		{"no predictor", rows(Dict{"Predictor": int64(1)}, "abc"), "abc", ""},
		{"parameters in a list", &Stream{Dict: Dict{"Filter": Array{Name("FlateDecode")}, "DecodeParms": Array{three}}, Raw: good.Raw}, "abcbcd", ""},
		{"two filters", &Stream{Dict: Dict{"Filter": Array{Name("A"), Name("B")}}}, "", "more than one filter"},
		{"another filter", &Stream{Dict: Dict{"Filter": Name("DCTDecode")}}, "", "is not read"},
		{"no deflate data", &Stream{Dict: Dict{"Filter": Name("FlateDecode")}, Raw: []byte("x")}, "", "unpacking"},
		{"cut", &Stream{Dict: Dict{"Filter": Name("FlateDecode")}, Raw: good.Raw[:len(good.Raw)-6]}, "", "unpacking"},
		{"checksum", &Stream{Dict: Dict{"Filter": Name("FlateDecode")}, Raw: append(bytes.Clone(good.Raw[:len(good.Raw)-1]), 1)}, "", "unpacking"},
		{"parameters are a name", &Stream{Dict: Dict{"Filter": Name("FlateDecode"), "DecodeParms": Name("X")}, Raw: good.Raw}, "", "no dictionary"},
		{"TIFF predictor", rows(Dict{"Predictor": int64(2)}, "abc"), "", "this predictor"},
		{"colours", rows(Dict{"Predictor": int64(12), "Colors": int64(3)}, "abc"), "", "this predictor"},
		{"half a row", rows(three, "\x02ab"), "", "not whole"},
		{"unknown row", rows(three, "\x09abc"), "", "unknown kind"},
		{"endless columns", rows(Dict{"Predictor": int64(12), "Columns": int64(1) << 40}, "abc"), "", "this predictor"},
	}
	for _, tt := range tests {
		got, err := tt.s.Decode()
		if tt.err == "" && (err != nil || string(got) != tt.want) || tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)) {
			t.Errorf("%s: %q, %v", tt.name, got, err)
		}
	}
}

// TestBudget: a small stream that unpacks to too much.
func TestBudget(t *testing.T) {
	s, err := Deflate(Dict{}, make([]byte, maxDecoded+1))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Decode(); err == nil || !strings.Contains(err.Error(), "too much") {
		t.Error(err)
	}
	// Two object streams that are each within the bound, and together are not.
	f := &File{shared: &shared{budget: 1 << 20}}
	half, err := Deflate(Dict{}, make([]byte, 600<<10))
	if err != nil {
		t.Fatal(err)
	}
	_, first := f.decode(half)
	_, second := f.decode(half)
	if first != nil || second == nil || errors.Is(second, errEnd) {
		t.Errorf("%v, %v", first, second)
	}
}
