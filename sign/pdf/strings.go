package pdf

import (
	"bytes"
	"encoding/hex"
	"fmt"
)

// literal reads a string in parentheses, ISO 32000-1 §7.3.4.2.
func (l *lexer) literal() (Object, error) {
	l.pos++
	out := String{}
	for depth := 1; l.pos < len(l.b); l.pos++ {
		switch c := l.b[l.pos]; c {
		case '(':
			depth++
			out = append(out, c)
		case ')':
			if depth--; depth == 0 {
				l.pos++
				return out, nil
			}
			out = append(out, c)
		case '\\':
			l.pos++
			out = l.escape(out)
		case '\r':
			if l.pos+1 < len(l.b) && l.b[l.pos+1] == '\n' {
				l.pos++
			}
			out = append(out, '\n')
		default:
			out = append(out, c)
		}
	}
	return nil, errEnd
}

// escape handles what follows a backslash; the position stays on its last byte.
func (l *lexer) escape(out String) String {
	if l.pos >= len(l.b) {
		return out
	}
	plain := map[byte]byte{'n': '\n', 'r': '\r', 't': '\t', 'b': '\b', 'f': '\f'}
	c := l.b[l.pos]
	switch {
	case plain[c] != 0:
		return append(out, plain[c])
	case c == '\n':
		return out
	case c == '\r':
		if l.pos+1 < len(l.b) && l.b[l.pos+1] == '\n' {
			l.pos++
		}
		return out
	case c < '0' || c > '7':
		return append(out, c)
	}
	v := 0
	for i := 0; i < 3 && l.pos < len(l.b) && l.b[l.pos] >= '0' && l.b[l.pos] <= '7'; i++ {
		v = v*8 + int(l.b[l.pos]-'0')
		l.pos++
	}
	l.pos--
	return append(out, byte(v))
}

// hex reads a string in angle brackets.
func (l *lexer) hex() (Object, error) {
	at := l.pos
	l.pos++
	if n := bytes.IndexByte(l.b[l.pos:], '>'); n >= 0 && n%2 == 0 {
		// The usual case, and signatures have 20,000 digits.
		out := make(String, n/2)
		if _, err := hex.Decode(out, l.b[l.pos:l.pos+n]); err == nil {
			l.pos += n + 1
			return out, nil
		}
	}
	var digits []byte
	for ; l.pos < len(l.b); l.pos++ {
		c := l.b[l.pos]
		if c == '>' {
			l.pos++
			if len(digits)%2 == 1 {
				digits = append(digits, '0')
			}
			out := make(String, len(digits)/2)
			if _, err := hex.Decode(out, digits); err != nil {
				return nil, fmt.Errorf("at byte %d: not a hex string", at)
			}
			return out, nil
		}
		if !isSpace(c) {
			digits = append(digits, c)
		}
	}
	return nil, errEnd
}
