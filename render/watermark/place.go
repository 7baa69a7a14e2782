package watermark

import "slices"

// placing says which stroke of the ink is which of the mark.
type placing struct {
	at    []*stroke // by index in the mark; nil: missing
	from  []int     // by index in the mark: place in the ink, −1: missing
	added []int     // places in the ink that belong to no index
}

// locate finds each stroke's index: by its own header, by how well its header
// bits fit an index, and last by elimination: a stroke that names no index,
// where exactly the strokes between its neighbours are missing, is one of them,
// edited beyond recognition.
func (k keys) locate(s []stroke, m mark, seen []int) placing {
	p := placing{at: make([]*stroke, m.count), from: make([]int, m.count)}
	for i := range p.from {
		p.from[i] = -1
	}
	index := make([]int, len(s)) // of the mark, by place in the ink
	cost := make([]int, len(s))
	taken := make([]bool, m.count) // by a stroke that names its index itself
	for _, j := range seen {
		if j >= 0 {
			taken[j] = true
		}
	}
	for i := range s {
		index[i], cost[i] = k.recognise(&s[i], m, i, seen[i], taken)
		if j := index[i]; j >= 0 {
			index[i] = -1
			if p.from[j] < 0 || cost[i] < cost[p.from[j]] {
				if old := p.from[j]; old >= 0 {
					index[old] = -1
				}
				p.from[j], index[i] = i, j
			}
		}
	}
	p.eliminate(index)
	for i, j := range index {
		if j < 0 {
			p.added = append(p.added, i)
		} else {
			p.at[j] = &s[i]
		}
	}
	return p
}

// recognise gives the index whose bits a stroke carries, −1 for none, and the
// number of bits that are wrong. Its place in the ink is tried first, for an
// untouched ink is the common case. An index at which no bit is wrong goes before
// all others: a dot has so few header bits that chance makes them right. What
// is taken is left out.
func (k keys) recognise(s *stroke, m mark, natural, seen int, taken []bool) (int, int) {
	if seen >= 0 {
		return seen, k.wrong(s, m, seen)
	}
	size, _ := headerSize(len(s.bits), len(m.handle))
	best, least, cost := -1, size/8+1, 0
	try := func(i int) (whole bool) {
		if taken[i] {
			return false
		}
		n := k.wrongHeader(s, m, i)
		if n > least || n == least && best < 0 {
			return false
		}
		w := k.wrong(s, m, i)
		if n < least || w < cost {
			best, least, cost = i, n, w
		}
		return w == 0
	}
	if size == 0 || natural < m.count && try(natural) {
		return best, cost
	}
	for i := 0; i < m.count && !try(i); i++ {
	}
	return best, cost
}

// wrong counts wrong header, own and guard bits.
func (k keys) wrong(s *stroke, m mark, i int) int {
	at := make([]*stroke, i+1)
	at[i] = s
	f := k.faults(m, at, i, nil)
	return f.wrong[header] + f.wrong[own] + f.wrong[guard]
}

func (k keys) wrongHeader(s *stroke, m mark, i int) (n int) {
	want := k.header(m, i, len(s.bits))
	j := 0
	for b, c := range layout(len(s.bits), len(want)) {
		if c == header {
			n += int(s.bits[b] ^ want[j])
			j++
		}
	}
	return n
}

// eliminate pairs runs of strokes without an index with gaps of the same length.
func (p *placing) eliminate(index []int) {
	for a := 0; a < len(index); a++ {
		if index[a] >= 0 {
			continue
		}
		b := a
		for b < len(index) && index[b] < 0 {
			b++
		}
		first, last := 0, len(p.from)
		if a > 0 {
			first = index[a-1] + 1
		}
		if b < len(index) {
			last = index[b]
		}
		if last-first == b-a && !slices.ContainsFunc(p.from[first:last], func(v int) bool { return v >= 0 }) {
			for i := range b - a {
				index[a+i], p.from[first+i] = first+i, a+i
			}
		}
		a = b
	}
}

// missing lists the indices without a stroke.
func (p *placing) missing() (out []int) {
	for i, f := range p.from {
		if f < 0 {
			out = append(out, i)
		}
	}
	return out
}

// displaced lists the indices that stand out of order: where all are there,
// those not in their place; else those beside the longest run in order.
func (p *placing) displaced() (out []int) {
	if len(p.added) == 0 && len(p.missing()) == 0 {
		for i, f := range p.from {
			if f != i {
				out = append(out, i)
			}
		}
		return out
	}
	keep := rising(p.from)
	for i, f := range p.from {
		if f >= 0 && !keep[i] {
			out = append(out, i)
		}
	}
	return out
}

// rising marks a longest rising subsequence of v, leaving out negative values.
func rising(v []int) []bool {
	length, prev := make([]int, len(v)), make([]int, len(v))
	end := -1
	for i := range v {
		if v[i] < 0 {
			continue
		}
		length[i], prev[i] = 1, -1
		for j := range i {
			if v[j] >= 0 && v[j] < v[i] && length[j] >= length[i] {
				length[i], prev[i] = length[j]+1, j
			}
		}
		if end < 0 || length[i] > length[end] {
			end = i
		}
	}
	keep := make([]bool, len(v))
	for ; end >= 0; end = prev[end] {
		keep[end] = true
	}
	return keep
}
