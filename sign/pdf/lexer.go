package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
)

// Limits of what a file may hold.
const (
	maxDepth  = 64      // of nested arrays and dictionaries
	maxObject = 1 << 23 // highest object number, ISO 32000-1 Annex C
)

var errEnd = errors.New("unexpected end")

// lexer reads objects from bytes; see ISO 32000-1 §7.2 and §7.3.
type lexer struct {
	b       []byte
	pos     int
	foreign bool // see ParseForeign
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}

func isDelim(c byte) bool {
	switch c {
	case '(', ')', '<', '>', '[', ']', '{', '}', '/', '%':
		return true
	}
	return false
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// skip passes white space and comments.
func (l *lexer) skip() {
	for l.pos < len(l.b) {
		switch c := l.b[l.pos]; {
		case isSpace(c):
			l.pos++
		case c == '%':
			for l.pos < len(l.b) && l.b[l.pos] != '\n' && l.b[l.pos] != '\r' {
				l.pos++
			}
		default:
			return
		}
	}
}

// word reads a run of regular characters.
func (l *lexer) word() string {
	start := l.pos
	for l.pos < len(l.b) && !isSpace(l.b[l.pos]) && !isDelim(l.b[l.pos]) {
		l.pos++
	}
	return string(l.b[start:l.pos])
}

// expect reads a keyword that must come next.
func (l *lexer) expect(keyword string) error {
	l.skip()
	at := l.pos
	if w := l.word(); w != keyword {
		return fmt.Errorf("at byte %d: %q where %q belongs", at, w, keyword)
	}
	return nil
}

// integer reads an unsigned number that must come next.
func (l *lexer) integer() (int, error) {
	l.skip()
	at := l.pos
	w := l.word()
	if w == "" || !isDigit(w[0]) {
		return 0, fmt.Errorf("at byte %d: a number belongs here", at)
	}
	n, err := strconv.Atoi(w)
	if err != nil {
		return 0, fmt.Errorf("at byte %d: %q is not a number", at, w)
	}
	return n, nil
}

// object reads any object but a stream.
func (l *lexer) object(depth int) (Object, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("at byte %d: nested too deeply", l.pos)
	}
	l.skip()
	if l.pos >= len(l.b) {
		return nil, errEnd
	}
	switch c := l.b[l.pos]; {
	case c == '/':
		return l.name()
	case c == '(':
		return l.literal()
	case c == '[':
		return l.array(depth)
	case c == '<' && l.pos+1 < len(l.b) && l.b[l.pos+1] == '<':
		return l.dict(depth)
	case c == '<':
		return l.hex()
	case isDigit(c) || c == '+' || c == '-' || c == '.':
		return l.number()
	}
	at := l.pos
	switch w := l.word(); w {
	case "true":
		return true, nil
	case "false":
		return false, nil
	case "null":
		return nil, nil
	default:
		return nil, fmt.Errorf("at byte %d: %q is no object", at, w)
	}
}

// number reads an integer, a real, or a reference.
func (l *lexer) number() (Object, error) {
	at := l.pos
	w := l.word()
	if n, err := strconv.ParseInt(w, 10, 64); err == nil {
		if r, ok := l.reference(n); ok {
			return r, nil
		}
		return n, nil
	}
	for i := range len(w) {
		if !isDigit(w[i]) && w[i] != '.' && (i > 0 || w[i] != '-' && w[i] != '+') {
			return nil, fmt.Errorf("at byte %d: %q is not a number", at, w)
		}
	}
	f, err := strconv.ParseFloat(w, 64)
	if err != nil {
		return nil, fmt.Errorf("at byte %d: %q is not a number", at, w)
	}
	return f, nil
}

// reference looks for "gen R" behind an object number.
func (l *lexer) reference(num int64) (Ref, bool) {
	back := l.pos
	l.skip()
	gen := l.word()
	l.skip()
	if g, err := strconv.Atoi(gen); err == nil && isDigit(gen[0]) && num > 0 && num <= maxObject && g >= 0 && l.word() == "R" {
		return Ref{int(num), g}, true
	}
	l.pos = back
	return Ref{}, false
}

func (l *lexer) name() (Object, error) {
	l.pos++
	w := l.word()
	if !bytes.Contains([]byte(w), []byte("#")) {
		return Name(w), nil
	}
	var out []byte
	for i := 0; i < len(w); i++ {
		if w[i] != '#' {
			out = append(out, w[i])
			continue
		}
		if i+2 >= len(w) {
			return nil, fmt.Errorf("at byte %d: a name ends in #", l.pos)
		}
		v, err := strconv.ParseUint(w[i+1:i+3], 16, 8)
		if err != nil {
			return nil, fmt.Errorf("at byte %d: # in a name without two hex digits", l.pos)
		}
		out = append(out, byte(v))
		i += 2
	}
	return Name(out), nil
}

func (l *lexer) array(depth int) (Object, error) {
	l.pos++
	out := Array{}
	for {
		l.skip()
		if l.pos >= len(l.b) {
			return nil, errEnd
		}
		if l.b[l.pos] == ']' {
			l.pos++
			return out, nil
		}
		o, err := l.object(depth + 1)
		if err != nil {
			return nil, err
		}
		out = append(out, o)
	}
}

func (l *lexer) dict(depth int) (Object, error) {
	l.pos += 2
	out := Dict{}
	for {
		l.skip()
		if bytes.HasPrefix(l.b[l.pos:], []byte(">>")) {
			l.pos += 2
			return out, nil
		}
		if l.pos >= len(l.b) || l.b[l.pos] != '/' {
			return nil, fmt.Errorf("at byte %d: a dictionary key belongs here", l.pos)
		}
		k, err := l.name()
		if err != nil {
			return nil, err
		}
		v, err := l.object(depth + 1)
		if err != nil {
			return nil, err
		}
		if old, twice := out[k.(Name)]; twice && (!l.foreign || !bytes.Equal(Format(old), Format(v))) {
			return nil, fmt.Errorf("at byte %d: key /%s stands twice", l.pos, k)
		}
		out[k.(Name)] = v
	}
}
