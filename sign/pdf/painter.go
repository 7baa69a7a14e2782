package pdf

import (
	"errors"
	"fmt"
)

// maxForms bounds how deep form XObjects may stand in one another.
const maxForms = 8

// painter runs content streams and keeps the paths.
type painter struct {
	file  *File
	left  *budget
	ran   map[*Stream]bool
	runs  int
	at    int    // page
	where string // the same in words
	out   []Figure
	slab  []Step // of which figures have their steps
}

func newPainter(f *File) *painter {
	return &painter{file: f, left: fullBudget(), ran: map[*Stream]bool{}}
}

// decode unpacks content as far as the budget goes.
func (p *painter) decode(s *Stream) ([]byte, error) {
	b, err := s.decode(p.left.bytes)
	if errors.Is(err, errTooMuch) {
		p.left.bytes = 0
		return nil, ErrBudget
	}
	if err != nil {
		return nil, err
	}
	return b, spend(&p.left.bytes, len(b))
}

// run interprets one content stream: m is where it is drawn, own its /Matrix.
func (p *painter) run(b []byte, res Dict, form Name, m, own [6]float64, depth int) error {
	if depth > maxForms {
		return errors.New("form XObjects nested too deeply")
	}
	if err := spend(&p.left.runs, 1); err != nil {
		return err
	}
	p.runs++
	s := &stream{lexer: lexer{b: b}, painter: p, res: res, form: form, m: m, own: own, depth: depth, number: p.runs, where: p.where}
	if form != "" {
		s.where += ", form " + string(form)
	}
	for {
		s.skip()
		if s.pos >= len(b) {
			return nil
		}
		c := b[s.pos]
		if isDelim(c) || isDigit(c) || c == '+' || c == '-' || c == '.' {
			if err := s.operand(c); err != nil {
				return err
			}
			continue
		}
		if err := spend(&p.left.operators, 1); err != nil {
			return err
		}
		if err := s.operator(s.token()); err != nil {
			return err
		}
		s.args, s.more = s.args[:0], 0
	}
}

// form runs a form, a pattern or a glyph; names that it has no resources for are
// looked up in others.
func (p *painter) form(o *Stream, name Name, m [6]float64, depth int, others Dict) error {
	p.ran[o] = true
	b, err := p.decode(o)
	if err != nil {
		return fmt.Errorf("form %s: %w", name, err)
	}
	own := identity()
	if a, ok := o.Dict["Matrix"].(Array); ok {
		v, err := matrix(a)
		if err != nil {
			return fmt.Errorf("form %s: %w", name, err)
		}
		own = v
	}
	res, err := p.file.Dict(o.Dict["Resources"])
	if err != nil {
		return err
	}
	if res == nil {
		res = others
	}
	return p.run(b, res, name, m, own, depth+1)
}

func matrix(a Array) (m [6]float64, err error) {
	if len(a) != len(m) {
		return m, errors.New("a matrix has six numbers")
	}
	for i, o := range a {
		switch o := o.(type) {
		case int64:
			m[i] = float64(o)
		case float64:
			m[i] = o
		default:
			return m, errors.New("a matrix has six numbers")
		}
	}
	return m, nil
}

// stream is the state of one content stream.
type stream struct {
	lexer
	painter *painter
	res     Dict
	form    Name
	number  int
	where   string
	m       [6]float64   // where the stream is drawn; in a page's own content with its cm
	own     [6]float64   // /Matrix and cm of a form, before m
	saved   [][6]float64 // of own, in a page's own content of m
	depth   int
	args    []operand
	more    int // operands beyond args
	steps   []Step
	start   [2]float64  // of the subpath
	now     [2]float64  // the current point
	clip    bool        // W or W* came
	base    *placement  // of the path, where it began
	shift   *[6]float64 // from user space to that of base, after a cm in the path
}

// placement is own and m.
type placement struct{ own, at [6]float64 }

// operand is a number or a name; of other objects only that they stood there.
type operand struct {
	number   float64
	name     Name
	isNumber bool
}

func (s *stream) operator(op []byte) error {
	switch string(op) {
	case "q":
		if s.saved = append(s.saved, *s.current()); len(s.saved) > maxDepth {
			return errors.New("q nested too deeply")
		}
	case "Q":
		if n := len(s.saved); n > 0 {
			*s.current(), s.saved = s.saved[n-1], s.saved[:n-1]
		}
	case "cm":
		if err := s.numbers(6); err != nil {
			return err
		}
		*s.current() = multiply([6]float64{s.v(0), s.v(1), s.v(2), s.v(3), s.v(4), s.v(5)}, *s.current())
	case "Do":
		return s.xobject()
	case "BI":
		return s.inlineImage()
	case "m", "l", "c", "v", "y", "re", "h":
		return s.construct(op)
	case "W", "W*":
		s.clip = true
	case "f", "F", "f*", "S", "s", "B", "B*", "b", "b*":
		return s.paint(string(op))
	case "n":
		if s.clip {
			return s.paint("W")
		}
		return s.paint("")
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

func (s *stream) construct(op []byte) error {
	need := 0
	switch op[0] {
	case 'm', 'l':
		need = 2
	case 'c':
		need = 6
	case 'v', 'y', 'r':
		need = 4
	}
	if err := s.numbers(need); err != nil {
		return err
	}
	s.follow()
	switch op[0] {
	case 'm':
		s.add('M', s.point(0))
	case 'l':
		s.add('L', s.point(0))
	case 'c':
		s.add('C', s.point(0), s.point(2), s.point(4))
	case 'y':
		s.add('C', s.point(0), s.point(2), s.point(2))
	case 'v':
		s.add('C', s.now, s.point(0), s.point(2))
	case 'r':
		w, h := s.args[2].number, s.args[3].number
		s.add('M', s.point(0))
		s.args[0].number += w
		s.add('L', s.point(0))
		s.args[1].number += h
		s.add('L', s.point(0))
		s.args[0].number -= w
		s.add('L', s.point(0))
		s.add('Z')
	case 'h':
		s.add('Z')
	}
	return spend(&s.painter.left.steps, 1)
}

// add puts a step to the path.
func (s *stream) add(op byte, pt ...[2]float64) {
	g := Step{Op: op}
	copy(g.P[:], pt)
	switch op {
	case 'Z':
		s.now = s.start
	case 'M':
		s.start, s.now = pt[0], pt[0]
	default:
		s.now = pt[len(pt)-1]
	}
	s.steps = append(s.steps, g)
}

// paint ends the path; "" forgets it.
func (s *stream) paint(op string) error {
	if len(s.steps) > 0 && op != "" {
		if err := spend(&s.painter.left.figures, 1); err != nil {
			return err
		}
		s.painter.out = append(s.painter.out, Figure{
			Page: s.painter.at, Form: s.form, Where: s.where, Run: s.number, Matrix: multiply(s.base.own, s.base.at), Steps: s.painter.keep(s.steps), Paint: op, place: s.base,
		})
	}
	s.steps, s.clip, s.start, s.now, s.shift = s.steps[:0], false, [2]float64{}, [2]float64{}, nil
	return nil
}

// slabSteps is how many steps are allotted at once.
const slabSteps = 4096

// keep copies steps to where they stay.
func (p *painter) keep(s []Step) []Step {
	if len(s) > cap(p.slab)-len(p.slab) {
		p.slab = make([]Step, 0, max(slabSteps, len(s)))
	}
	n := len(p.slab)
	p.slab = append(p.slab, s...)
	return p.slab[n:len(p.slab):len(p.slab)]
}

// v is operand i, a number.
func (s *stream) v(i int) float64 { return s.args[i].number }

func (s *stream) point(i int) [2]float64 {
	p := [2]float64{s.v(i), s.v(i + 1)}
	if m := s.shift; m != nil {
		return [2]float64{m[0]*p[0] + m[2]*p[1] + m[4], m[1]*p[0] + m[3]*p[1] + m[5]}
	}
	return p
}

// follow notes where a path begins, and a cm in it: points stand where the
// matrix of their moment puts them.
func (s *stream) follow() {
	now := placement{s.own, s.m}
	same := s.base != nil && now == *s.base
	switch {
	case same:
		s.shift = nil
		return
	case len(s.steps) == 0:
		s.base, s.shift = &now, nil
		return
	}
	back, ok := inverse(multiply(s.base.own, s.base.at))
	if !ok {
		return
	}
	m := multiply(multiply(s.own, s.m), back)
	s.shift = &m
}

// numbers makes sure that the operands are exactly n numbers.
func (s *stream) numbers(n int) error {
	if len(s.args)+s.more != n {
		return fmt.Errorf("at byte %d of the content: %d operands where %d belong", s.pos, len(s.args)+s.more, n)
	}
	for _, a := range s.args {
		if !a.isNumber {
			return fmt.Errorf("at byte %d of the content: an operand is no number", s.pos)
		}
	}
	return nil
}

// xobject runs a form; other XObjects have no paths.
func (s *stream) xobject() error {
	if len(s.args) != 1 {
		return errors.New("Do without a name")
	}
	name, f := s.args[0].name, s.painter.file
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
	m := s.m
	if s.depth > 0 {
		m = multiply(s.own, s.m)
	}
	return s.painter.form(form, name, m, s.depth, s.res)
}
