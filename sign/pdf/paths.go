package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"math"
)

// maxForms bounds how deep form XObjects may stand in one another.
const maxForms = 8

// Path is one painted path of a page, in the coordinates of the content stream
// that draws it.
type Path struct {
	// Form is the resource name of the form XObject that draws it, empty for
	// the page's own content.
	Form Name
	// Matrix takes its coordinates to the page: a b c d e f of ISO 32000-1
	// §8.3.4, in pt.
	Matrix [6]float64
	// Segs in 1/100 pt. Exact says that each coordinate of the file is a whole
	// number of these units. What a form does by itself, its /Matrix and cm
	// before the path, is in Segs and not in Matrix as long as it only moves and
	// scales evenly: a form may shorten its numbers so.
	Segs  []Seg
	Exact bool
	// Fill says that the path is filled by the nonzero rule.
	Fill bool
}

// Seg is a step of a path: Op 'M' and 'L' use P[0], 'C' uses all, 'Z' none.
type Seg struct {
	Op byte
	P  [3][2]int32
}

// Paths gives the paths of a page (from 0) in painting order, through form
// XObjects and matrices.
func Paths(f *File, page int) ([]Path, error) {
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
	content, err := f.content(d["Contents"])
	if err != nil {
		return nil, fmt.Errorf("content of page %d: %w", page+1, err)
	}
	res, err := f.Dict(d["Resources"])
	if err != nil {
		return nil, err
	}
	p := &painter{file: f}
	err = p.run(content, res, "", identity(), identity(), 0)
	return p.out, err
}

func (f *File) content(o Object) ([]byte, error) {
	o, err := f.Resolve(o)
	if err != nil {
		return nil, err
	}
	parts, ok := o.(Array)
	if !ok {
		parts = Array{o}
	}
	var out []byte
	for _, part := range parts {
		o, err := f.Resolve(part)
		if err != nil {
			return nil, err
		}
		s, ok := o.(*Stream)
		if !ok {
			return nil, errors.New("not a stream")
		}
		b, err := s.Decode()
		if err != nil {
			return nil, err
		}
		out = append(append(out, b...), '\n')
	}
	return out, nil
}

// painter runs content streams and keeps the painted paths.
type painter struct {
	file *File
	out  []Path
}

// run interprets one content stream: m is where it is drawn, own its /Matrix.
func (p *painter) run(b []byte, res Dict, form Name, m, own [6]float64, depth int) error {
	if depth > maxForms {
		return errors.New("form XObjects nested too deeply")
	}
	s := &stream{lexer: lexer{b: b}, painter: p, res: res, form: form, m: m, own: own, depth: depth, exact: true}
	for {
		s.skip()
		if s.pos >= len(b) {
			return nil
		}
		c := b[s.pos]
		if isDelim(c) || isDigit(c) || c == '+' || c == '-' || c == '.' {
			o, err := s.object(0)
			if err != nil {
				return err
			}
			s.args = append(s.args, o)
			continue
		}
		if err := s.operator(s.word()); err != nil {
			return err
		}
		s.args = s.args[:0]
	}
}

// stream is the state of one content stream.
type stream struct {
	lexer
	painter *painter
	res     Dict
	form    Name
	m       [6]float64   // where the stream is drawn; in a page's own content with its cm
	own     [6]float64   // /Matrix and cm of a form, before m
	saved   [][6]float64 // of own, in a page's own content of m
	depth   int
	args    []Object
	segs    []Seg
	exact   bool
}

func (s *stream) operator(op string) error {
	switch op {
	case "q":
		if s.saved = append(s.saved, *s.current()); len(s.saved) > maxDepth {
			return errors.New("q nested too deeply")
		}
	case "Q":
		if n := len(s.saved); n > 0 {
			*s.current(), s.saved = s.saved[n-1], s.saved[:n-1]
		}
	case "cm":
		v, err := s.numbers(6)
		if err != nil {
			return err
		}
		*s.current() = multiply([6]float64(v), *s.current())
	case "Do":
		return s.xobject()
	case "BI":
		return s.inlineImage()
	case "m", "l", "c", "v", "y", "re", "h":
		return s.construct(op)
	case "f", "F":
		s.paint(true)
	case "f*", "S", "s", "B", "B*", "b", "b*":
		s.paint(false)
	case "n":
		s.segs, s.exact = nil, true
	}
	return nil
}

// current is the matrix that cm, q and Q work on.
func (s *stream) current() *[6]float64 {
	if s.depth == 0 {
		return &s.m
	}
	return &s.own
}

// place is what happens to coordinates before they are segments: own when it
// only moves and scales evenly, else nothing.
func (s *stream) place() (scale, x, y float64, rest [6]float64) {
	o := s.own
	if o[0] == o[3] && o[0] > 0 && o[1] == 0 && o[2] == 0 {
		return o[0], o[4], o[5], identity()
	}
	return 1, 0, 0, o
}

func identity() [6]float64 { return [6]float64{1, 0, 0, 1, 0, 0} }

func (s *stream) construct(op string) error {
	need := map[string]int{"m": 2, "l": 2, "c": 6, "v": 4, "y": 4, "re": 4, "h": 0}[op]
	v, err := s.numbers(need)
	if err != nil {
		return err
	}
	pt := make([][2]int32, len(v)/2)
	k, x, y, _ := s.place()
	for i := range pt {
		if op == "re" && i == 1 {
			x, y = 0, 0
		}
		pt[i] = [2]int32{s.hundredth(k*v[2*i] + x), s.hundredth(k*v[2*i+1] + y)}
	}
	switch op {
	case "m", "l":
		s.add(map[string]byte{"m": 'M', "l": 'L'}[op], pt[0])
	case "c":
		s.add('C', pt...)
	case "y":
		s.add('C', pt[0], pt[1], pt[1])
	case "v":
		s.add('C', s.at(), pt[0], pt[1])
	case "re":
		o, d := pt[0], pt[1]
		s.add('M', o)
		s.add('L', [2]int32{o[0] + d[0], o[1]})
		s.add('L', [2]int32{o[0] + d[0], o[1] + d[1]})
		s.add('L', [2]int32{o[0], o[1] + d[1]})
		s.add('Z')
	case "h":
		s.add('Z')
	}
	return nil
}

// at is the current point.
func (s *stream) at() [2]int32 {
	closed := false
	for i := len(s.segs) - 1; i >= 0; i-- {
		switch g := s.segs[i]; {
		case g.Op == 'Z':
			closed = true
		case g.Op == 'M' || !closed && g.Op == 'L':
			return g.P[0]
		case !closed:
			return g.P[2]
		}
	}
	return [2]int32{}
}

func (s *stream) add(op byte, pt ...[2]int32) {
	g := Seg{Op: op}
	copy(g.P[:], pt)
	s.segs = append(s.segs, g)
}

func (s *stream) paint(fill bool) {
	if len(s.segs) > 0 {
		_, _, _, rest := s.place()
		s.painter.out = append(s.painter.out, Path{Form: s.form, Matrix: multiply(rest, s.m), Segs: s.segs, Exact: s.exact, Fill: fill})
	}
	s.segs, s.exact = nil, true
}

// hundredth turns pt into 1/100 pt and notes when that is not exact.
func (s *stream) hundredth(v float64) int32 {
	u := math.Round(v * 100)
	if math.Abs(u-v*100) > 1e-6 || math.Abs(u) > math.MaxInt32 {
		s.exact = false
		u = math.Max(math.MinInt32, math.Min(math.MaxInt32, u))
	}
	return int32(u)
}

// numbers are the operands, exactly n of them.
func (s *stream) numbers(n int) ([]float64, error) {
	if len(s.args) != n {
		return nil, fmt.Errorf("at byte %d of the content: %d operands where %d belong", s.pos, len(s.args), n)
	}
	out := make([]float64, n)
	for i, a := range s.args {
		switch a := a.(type) {
		case int64:
			out[i] = float64(a)
		case float64:
			out[i] = a
		default:
			return nil, fmt.Errorf("at byte %d of the content: an operand is no number", s.pos)
		}
	}
	return out, nil
}

// xobject runs a form; other XObjects have no paths.
func (s *stream) xobject() error {
	if len(s.args) != 1 {
		return errors.New("Do without a name")
	}
	name, _ := s.args[0].(Name)
	f := s.painter.file
	all, err := f.Dict(s.res["XObject"])
	if err != nil {
		return err
	}
	o, err := f.Resolve(all[name])
	if err != nil {
		return err
	}
	form, ok := o.(*Stream)
	if !ok || form.Dict["Subtype"] != Name("Form") {
		return nil
	}
	b, err := form.Decode()
	if err != nil {
		return fmt.Errorf("form %s: %w", name, err)
	}
	own := identity()
	if a, ok := form.Dict["Matrix"].(Array); ok {
		t := &stream{args: a}
		v, err := t.numbers(6)
		if err != nil {
			return fmt.Errorf("form %s: %w", name, err)
		}
		own = [6]float64(v)
	}
	res, err := f.Dict(form.Dict["Resources"])
	if err != nil {
		return err
	}
	m := s.m
	if s.depth > 0 {
		m = multiply(s.own, s.m)
	}
	return s.painter.run(bytes.Clone(b), res, name, m, own, s.depth+1)
}

// multiply is a × b for the matrices of ISO 32000-1 §8.3.4.
func multiply(a, b [6]float64) [6]float64 {
	return [6]float64{
		a[0]*b[0] + a[1]*b[2], a[0]*b[1] + a[1]*b[3],
		a[2]*b[0] + a[3]*b[2], a[2]*b[1] + a[3]*b[3],
		a[4]*b[0] + a[5]*b[2] + b[4], a[4]*b[1] + a[5]*b[3] + b[5],
	}
}
