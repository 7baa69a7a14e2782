package pdf

import (
	"fmt"
	"strconv"
)

// token is a run of regular characters.
func (l *lexer) token() []byte {
	start := l.pos
	for l.pos < len(l.b) && !isSpace(l.b[l.pos]) && !isDelim(l.b[l.pos]) {
		l.pos++
	}
	return l.b[start:l.pos]
}

// operand reads an operand of a content stream that begins with c. Arrays and
// dictionaries are passed over: no path needs them, and they may be huge.
func (s *stream) operand(c byte) error {
	var o operand
	var err error
	switch {
	case isDigit(c) || c == '+' || c == '-' || c == '.':
		o.isNumber = true
		o.number, err = s.real()
	case c == '/':
		var n Object
		if n, err = s.name(); err == nil {
			o.name = n.(Name)
		}
	case c == '[' || c == '<' && s.pos+1 < len(s.b) && s.b[s.pos+1] == '<':
		err = s.pass()
	default:
		_, err = s.object(0)
	}
	if len(s.args) == mostOperands {
		s.more++
	} else {
		s.args = append(s.args, o)
	}
	return err
}

// pass steps over an array or a dictionary.
func (s *stream) pass() error {
	var open []byte
	for {
		if s.skip(); s.pos >= len(s.b) {
			return errEnd
		}
		c := s.b[s.pos]
		double := (c == '<' || c == '>') && s.pos+1 < len(s.b) && s.b[s.pos+1] == c
		switch {
		case c == '[' || c == '<' && double:
			if open = append(open, c); len(open) > maxDepth {
				return fmt.Errorf("at byte %d: nested too deeply", s.pos)
			}
			if s.pos++; double {
				s.pos++
			}
		case c == ']' || c == '>' && double:
			n := len(open) - 1
			if want := map[byte]byte{'[': ']', '<': '>'}[open[n]]; want != c {
				return fmt.Errorf("at byte %d: %q closes nothing", s.pos, c)
			}
			if s.pos++; double {
				s.pos++
			}
			if open = open[:n]; n == 0 {
				return nil
			}
		case c == '/':
			s.pos++
			s.token()
		case isDelim(c):
			if _, err := s.object(0); err != nil {
				return err
			}
		default:
			s.token()
		}
	}
}

// real reads a number.
func (s *stream) real() (float64, error) {
	at := s.pos
	w := s.token()
	// Up to 15 digits are exact in a float64, and so is their quotient by 10^n.
	const exact = 15
	var mantissa int64
	digits, point, i := 0, -1, 0
	if w[0] == '-' || w[0] == '+' {
		i = 1
	}
	for ; i < len(w); i++ {
		switch c := w[i]; {
		case isDigit(c):
			if digits++; digits <= exact {
				mantissa = 10*mantissa + int64(c-'0')
			}
		case c == '.' && point < 0:
			point = digits
		default:
			return 0, fmt.Errorf("at byte %d: %q is not a number", at, w)
		}
	}
	if digits == 0 || digits > exact {
		v, err := strconv.ParseFloat(string(w), 64)
		if err != nil {
			return 0, fmt.Errorf("at byte %d: %q is not a number", at, w)
		}
		return v, nil
	}
	v := float64(mantissa)
	if point >= 0 {
		v /= [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}[digits-point]
	}
	if w[0] == '-' {
		v = -v
	}
	return v, nil
}
