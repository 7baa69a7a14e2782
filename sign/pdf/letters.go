package pdf

import "fmt"

// maxLetterBytes bounds the content of one page.
const maxLetterBytes = 8 << 20

// Letters gives the middles of the letters that a page (from 0) shows, in pt of
// its default user space, through form XObjects. Widths are the fonts' where they
// are simple to read, else half an em. Text that is not painted (OCR behind a
// scan) and blanks of simple fonts are left out. Beside an error stands what was
// found until then.
//
// work is what reading may still cost, over all pages: 1 for each operand,
// operator and letter, 1 for 32 bytes that were unpacked. When it is used up the
// page is read in part.
func Letters(f *File, page int, work *int) ([][2]float64, error) {
	pages, err := f.Pages()
	if err != nil {
		return nil, err
	}
	if page < 0 || page >= len(pages) {
		return nil, fmt.Errorf("no page %d", page+1)
	}
	d, err := f.Dict(pages[page])
	if err != nil {
		return nil, err
	}
	w := &writing{file: f, bytes: maxLetterBytes, work: work, fonts: map[Ref]*face{}}
	res := d["Resources"]
	for up, n := d, 0; res == nil && up["Parent"] != nil && n < maxDepth; n++ {
		if up, err = f.Dict(up["Parent"]); err != nil {
			return nil, err
		}
		res = up["Resources"]
	}
	b, err := w.content(d["Contents"])
	if err != nil {
		return nil, err
	}
	resources, err := f.Dict(res)
	if err != nil {
		return nil, err
	}
	err = w.run(b, resources, textState{ctm: identity(), wide: 1}, 0)
	return w.out, err
}

// writing reads the letters of a page.
type writing struct {
	file  *File
	out   [][2]float64
	bytes int
	work  *int
	fonts map[Ref]*face
}

// content joins the streams of a page.
func (w *writing) content(o Object) ([]byte, error) {
	o, err := w.file.Resolve(o)
	if err != nil {
		return nil, err
	}
	parts, ok := o.(Array)
	if !ok {
		parts = Array{o}
	}
	var out []byte
	for _, part := range parts {
		o, err := w.file.Resolve(part)
		if err != nil {
			return nil, err
		}
		s, ok := o.(*Stream)
		if !ok {
			continue
		}
		b, err := w.unpack(s)
		if err != nil {
			return nil, err
		}
		out = append(append(out, b...), '\n')
	}
	return out, nil
}

func (w *writing) unpack(s *Stream) ([]byte, error) {
	b, err := s.DecodeUpTo(w.bytes)
	w.bytes -= len(b)
	*w.work -= len(b) / 32
	return b, err
}

// textState is what q saves (§9.3), with the matrices of the text.
type textState struct {
	ctm, tm, line    [6]float64
	font             *face
	size, lead, rise float64
	char, word, wide float64 // Tc, Tw, Tz as a factor
	hidden           bool
	saved            []textState
	resources        Dict
	args             []Object
}

// run reads one content stream.
func (w *writing) run(b []byte, res Dict, t textState, depth int) error {
	t.resources, t.saved, t.args = res, nil, nil
	for l := (lexer{b: b}); ; {
		l.skip()
		if *w.work--; l.pos >= len(b) || *w.work < 0 {
			return nil
		}
		c := b[l.pos]
		if isDelim(c) || isDigit(c) || c == '+' || c == '-' || c == '.' {
			o, err := l.object(0)
			if err != nil {
				return err
			}
			if t.args = append(t.args, o); len(t.args) > maxDepth {
				t.args = t.args[1:]
			}
			continue
		}
		op := l.word()
		switch op {
		case "BI":
			s := &stream{lexer: l}
			if err := s.inlineImage(); err != nil {
				return err
			}
			l.pos = s.pos
		case "Do":
			if err := w.form(t, depth); err != nil {
				return err
			}
		default:
			w.operator(op, &t)
		}
		t.args = t.args[:0]
	}
}

// form runs a form XObject.
func (w *writing) form(t textState, depth int) error {
	name, ok := t.last().(Name)
	all, err := w.file.Dict(t.resources["XObject"])
	if err != nil || !ok || depth >= 8 {
		return err
	}
	o, err := w.file.Resolve(all[name])
	s, ok := o.(*Stream)
	if err != nil || !ok || s.Dict["Subtype"] != Name("Form") {
		return err
	}
	b, err := w.unpack(s)
	if err != nil {
		return err
	}
	if m, ok := w.numbers(s.Dict["Matrix"], 6); ok {
		t.ctm = multiply([6]float64(m), t.ctm)
	}
	res, err := w.file.Dict(s.Dict["Resources"])
	if err != nil {
		return err
	}
	if res == nil {
		res = t.resources
	}
	return w.run(b, res, t, depth+1)
}

func (w *writing) numbers(o Object, n int) ([]float64, bool) {
	o, err := w.file.Resolve(o)
	a, ok := o.(Array)
	if err != nil || !ok {
		return nil, false
	}
	return floats(a, n)
}

// floats are the last n of a list, when all of them are numbers.
func floats(a []Object, n int) ([]float64, bool) {
	if len(a) < n {
		return nil, false
	}
	out := make([]float64, n)
	for i, o := range a[len(a)-n:] {
		switch o := o.(type) {
		case int64:
			out[i] = float64(o)
		case float64:
			out[i] = o
		default:
			return nil, false
		}
	}
	return out, true
}

func (t *textState) last() Object {
	if len(t.args) == 0 {
		return nil
	}
	return t.args[len(t.args)-1]
}
