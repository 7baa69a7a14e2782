package pdf

import (
	"bytes"
	"errors"
)

// inlineImage steps over "BI … ID data EI" (§8.9.7), behind BI. The data have no
// length: they end at the first EI between white space that no binary follows.
func (s *stream) inlineImage() error {
	i := bytes.Index(s.b[s.pos:], []byte("ID"))
	for i >= 0 && !s.alone(s.pos+i) {
		n := bytes.Index(s.b[s.pos+i+2:], []byte("ID"))
		if n < 0 {
			i = -1
			break
		}
		i += 2 + n
	}
	if i < 0 {
		return errors.New("an inline image without ID")
	}
	for s.pos += i + 2; ; s.pos += 2 {
		i := bytes.Index(s.b[s.pos:], []byte("EI"))
		if i < 0 {
			return errors.New("an inline image without EI")
		}
		s.pos += i
		if s.alone(s.pos) && textual(s.b[s.pos+2:]) {
			s.pos += 2
			return nil
		}
	}
}

// alone says that the two bytes at i stand between white space.
func (s *stream) alone(i int) bool {
	return i > 0 && isSpace(s.b[i-1]) && (i+2 == len(s.b) || isSpace(s.b[i+2]))
}

// textual says that b begins as operators do, not as the data of an image.
func textual(b []byte) bool {
	for _, c := range b[:min(len(b), 16)] {
		if c > 0x7e || c < ' ' && !isSpace(c) {
			return false
		}
	}
	return true
}
