package pdf

import (
	"errors"
	"fmt"
)

// packed is a decoded object stream, ISO 32000-1 §7.5.7.
type packed struct {
	data    []byte
	numbers []int
	starts  []int
	objects []Object
	read    []bool
}

// maxPacked bounds the objects of one object stream.
const maxPacked = 1 << 16

// unpack reads an object that lies in an object stream.
func (f *File) unpack(num int, e entry) (Object, error) {
	c, ok := f.latest(e.in)
	if !ok || c.free || c.in > 0 {
		return nil, fmt.Errorf("object stream %d is none", e.in)
	}
	p, err := f.objectStream(Ref{e.in, c.gen}, c.offset)
	if err != nil {
		return nil, fmt.Errorf("object stream %d: %w", e.in, err)
	}
	if e.index >= len(p.numbers) || p.numbers[e.index] != num {
		return nil, fmt.Errorf("object stream %d has another object at place %d", e.in, e.index)
	}
	if p.read[e.index] {
		return p.objects[e.index], nil
	}
	end := len(p.data)
	if e.index+1 < len(p.starts) {
		end = p.starts[e.index+1]
	}
	l := &lexer{b: p.data[:end], pos: p.starts[e.index], foreign: f.shared.foreign}
	o, err := l.object(0)
	if err != nil {
		return nil, err
	}
	if l.skip(); l.pos < len(l.b) {
		return nil, errors.New("more than one object in its place")
	}
	p.objects[e.index], p.read[e.index] = o, true
	return o, nil
}

func (f *File) objectStream(r Ref, offset int) (*packed, error) {
	if p, ok := f.shared.packed[offset]; ok {
		return p, nil
	}
	o, _, err := f.indirect(offset, r)
	if err != nil {
		return nil, err
	}
	s, ok := o.(*Stream)
	if !ok || s.Dict["Type"] != Name("ObjStm") {
		return nil, errors.New("not of type ObjStm")
	}
	n, ok := s.Dict["N"].(int64)
	first, ok2 := s.Dict["First"].(int64)
	if !ok || !ok2 || n < 0 || n > maxPacked || first < 0 {
		return nil, errors.New("/N or /First is not a number in range")
	}
	p := &packed{objects: make([]Object, n), read: make([]bool, n)}
	if p.data, err = f.decode(s); err != nil {
		return nil, err
	}
	if first > int64(len(p.data)) {
		return nil, errors.New("/First lies outside")
	}
	l := &lexer{b: p.data[:first]}
	last := int(first)
	for range n {
		num, err := l.integer()
		if err != nil {
			return nil, err
		}
		at, err := l.integer()
		if err != nil {
			return nil, err
		}
		at += int(first)
		if at < last || at > len(p.data) {
			return nil, errors.New("offsets are not in order")
		}
		p.numbers, p.starts, last = append(p.numbers, num), append(p.starts, at), at
	}
	f.shared.packed[offset] = p
	return p, nil
}

// decode is Stream.Decode with a bound on all streams of a file together.
func (f *File) decode(s *Stream) ([]byte, error) {
	b, err := s.decode(f.shared.budget)
	if err == nil {
		f.shared.budget -= len(b)
	}
	return b, err
}
