package watermark

import "slices"

// mark is what a header names: a voucher, and how many strokes its ink has.
type mark struct {
	handle []byte
	count  int
}

// slots are the strokes of an ink by their index in the mark; nil where one is
// missing.
func slots(s []stroke) []*stroke {
	out := make([]*stroke, len(s))
	for i := range s {
		out[i] = &s[i]
	}
	return out
}

// pattern is the bits a stroke ought to carry and what each is for.
type pattern struct {
	class []class
	bits  []byte
}

// bits is the pattern of stroke i. Without a context its context bits are zeros
// and mean nothing; so are those, and the place bits, that speak of a missing
// neighbour. The room bits are the stroke's own.
func (k keys) bits(m mark, at []*stroke, i int, ctx *[32]byte) pattern {
	n := len(at[i].bits)
	h, _ := headerSize(n, len(m.handle))
	p := pattern{class: layout(n, h), bits: make([]byte, n)}
	var total [classes]int
	for _, c := range p.class {
		total[c]++
	}
	var todo [classes][]byte
	todo[header] = k.header(m, i, n)
	todo[own] = stream(k.own, m.name(i).bytes(at[i].upper[:]), total[own])
	for c := before; c <= twoOn; c++ {
		todo[c] = stream(k.place, way(m, at, i, c.step()), total[c])
	}
	for j, c := range p.class {
		if c == room {
			todo[room] = append(todo[room], at[i].bits[j])
		}
	}
	todo[guard] = stream(k.guard, m.name(i).bytes(at[i].upper[:]).bytes(todo[room]), total[guard])
	todo[context] = make([]byte, total[context])
	if ctx != nil {
		todo[context] = stream(k.context, bound(m, at, i, ctx), total[context])
	}
	for j, c := range p.class {
		p.bits[j] = todo[c][0]
		todo[c] = todo[c][1:]
	}
	return p
}

// way is the record of the step from stroke i to another. It covers the upper
// parts of stroke i too: a dot needs every bit it has to show that it changed.
func way(m mark, at []*stroke, i, step int) record {
	r := m.name(i).bytes(at[i].upper[:]).ints(int64(step))
	if j := i + step; j >= 0 && j < len(at) && at[j] != nil {
		r = r.ints(at[j].anchor[0]-at[i].anchor[0], at[j].anchor[1]-at[i].anchor[1])
	}
	return r
}

// bound is the record of the context bits.
func bound(m mark, at []*stroke, i int, ctx *[32]byte) record {
	r := m.name(i).bytes(ctx[:])
	for _, step := range []int{-1, 1} {
		r = r.bytes(way(m, at, i, step))
		if j := i + step; j >= 0 && j < len(at) && at[j] != nil {
			r = r.bytes(at[j].upper[:])
		}
	}
	return r
}

// header is the header bits of stroke i with n bits in all.
func (k keys) header(m mark, i, n int) []byte {
	size, full := headerSize(n, len(m.handle))
	body := bodySize(len(m.handle))
	if full {
		out := k.fullMask(size)
		xor(out, k.body(m, i), 0)
		return out
	}
	out := k.pieceMask(i, m.count, size)
	xor(out, k.body(m, noIndex), offset(i, m.count, body))
	return out
}

// noIndex stands in the header that small strokes share.
const noIndex = 1<<indexBits - 1

// body is the header in clear.
func (k keys) body(m mark, index int) []byte {
	out := unpack(nil, uint64(len(m.handle)), lenBits)
	for _, b := range m.handle {
		out = unpack(out, uint64(b), 8)
	}
	out = unpack(out, uint64(index), indexBits)
	out = unpack(out, uint64(m.count), indexBits)
	for _, b := range mac(k.tag, m.name(index))[:tagBits/8] {
		out = unpack(out, uint64(b), 8)
	}
	return out
}

// open reads a header in clear.
func (k keys) open(body []byte, handle int) (mark, int, bool) {
	rest := body
	if int(pack(&rest, lenBits)) != handle {
		return mark{}, 0, false
	}
	m := mark{handle: make([]byte, handle)}
	for i := range m.handle {
		m.handle[i] = byte(pack(&rest, 8))
	}
	index := int(pack(&rest, indexBits))
	m.count = int(pack(&rest, indexBits))
	if m.count == 0 || m.count > maxStrokes || index >= m.count && index != noIndex {
		return mark{}, 0, false
	}
	return m, index, slices.Equal(k.body(m, index), body)
}

// fullMask hides headers of large strokes: it must be known before the index is.
func (k keys) fullMask(n int) []byte { return stream(k.mask, nil, n) }

// pieceMask hides the piece in a small stroke and so tells its index.
func (k keys) pieceMask(index, count, n int) []byte {
	return stream(k.piece, record(nil).ints(int64(index), int64(count)), n)
}

// xor adds a repeated header to a mask.
func xor(out, body []byte, from int) {
	for i := range out {
		out[i] ^= body[(from+i)%len(body)]
	}
}
