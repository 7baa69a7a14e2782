package pdf

import (
	"cmp"
	"slices"
)

// bitWriter writes deflate blocks, the lowest bit first.
type bitWriter struct {
	b    []byte
	acc  uint64
	held int
}

func (w *bitWriter) bits(v, n int) {
	w.acc |= uint64(v) << w.held
	for w.held += n; w.held >= 8; w.held -= 8 {
		w.b = append(w.b, byte(w.acc))
		w.acc >>= 8
	}
}

// flush fills the last byte.
func (w *bitWriter) flush() {
	if w.held > 0 {
		w.bits(0, 8-w.held)
	}
}

// code is a Huffman code: how many bits each symbol has and which, turned round
// as deflate writes them.
type code struct{ length, value []int }

// block writes tokens with codes of their own (RFC 1951 §3.2.7).
func (w *bitWriter) block(way []token, last bool) {
	c := countsOf(way)
	lit, dist := codeOf(c.lit[:], 15), codeOf(c.dist[:], 15)
	w.bits(map[bool]int{true: 1}[last], 1)
	w.bits(2, 2)
	w.tables(lit, dist)
	put := func(k code, symbol int) { w.bits(k.value[symbol], k.length[symbol]) }
	for _, t := range way {
		if t.length == 0 {
			put(lit, int(t.dist))
			continue
		}
		l, d := int(t.length), int(t.dist)
		k := lengthCode(l)
		put(lit, 257+k)
		w.bits((l-minMatch)&(1<<lengthExtra(k)-1), lengthExtra(k))
		k = distCode(d)
		put(dist, k)
		w.bits((d-1)&(1<<distExtra(k)-1), distExtra(k))
	}
	put(lit, 256)
}

// tables writes the lengths of both codes, run by run.
func (w *bitWriter) tables(lit, dist code) {
	used := func(k []int, least int) int {
		n := len(k)
		for n > least && k[n-1] == 0 {
			n--
		}
		return n
	}
	nl, nd := used(lit.length, 257), used(dist.length, 1)
	runs := runsOf(append(slices.Clone(lit.length[:nl]), dist.length[:nd]...))
	counts := make([]int, 19)
	for _, r := range runs {
		counts[r.symbol]++
	}
	k := codeOf(counts, 7)
	order := []int{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}
	n := len(order)
	for n > 4 && k.length[order[n-1]] == 0 {
		n--
	}
	w.bits(nl-257, 5)
	w.bits(nd-1, 5)
	w.bits(n-4, 4)
	for _, s := range order[:n] {
		w.bits(k.length[s], 3)
	}
	for _, r := range runs {
		w.bits(k.value[r.symbol], k.length[r.symbol])
		w.bits(r.more, r.width)
	}
}

// lengthRun is a symbol of the code for code lengths with its extra bits.
type lengthRun struct{ symbol, more, width int }

func runsOf(lengths []int) (out []lengthRun) {
	for i := 0; i < len(lengths); {
		n := 1
		for i+n < len(lengths) && lengths[i+n] == lengths[i] {
			n++
		}
		switch l := lengths[i]; {
		case l == 0 && n >= 11:
			n = min(n, 138)
			out = append(out, lengthRun{18, n - 11, 7})
		case l == 0 && n >= 3:
			out = append(out, lengthRun{17, n - 3, 3})
		case i > 0 && lengths[i-1] == l && n >= 3:
			n = min(n, 6)
			out = append(out, lengthRun{16, n - 3, 2})
		default:
			n = 1
			out = append(out, lengthRun{l, 0, 0})
		}
		i += n
	}
	return out
}

// codeOf makes the Huffman code of counts with at most limit bits a symbol: rare
// symbols count more until it fits. At least one symbol gets a bit.
func codeOf(counts []int, limit int) code {
	counts = slices.Clone(counts)
	c := code{make([]int, len(counts)), make([]int, len(counts))}
	for !c.lengths(counts, limit) {
		for i, n := range counts {
			if n > 0 {
				counts[i] = n/2 + 1
			}
		}
	}
	next := 0
	for l := 1; l <= limit; l++ {
		for s, have := range c.length {
			if have == l {
				for b := range l {
					c.value[s] |= next >> b & 1 << (l - 1 - b)
				}
				next++
			}
		}
		next <<= 1
	}
	return c
}

// lengths finds the bits of each symbol, false when they exceed the limit.
func (c *code) lengths(counts []int, limit int) bool {
	type node struct {
		n       int
		symbols []int
	}
	var queue []node
	for s, n := range counts {
		c.length[s] = 0
		if n > 0 {
			queue = append(queue, node{n, []int{s}})
		}
	}
	if len(queue) == 0 {
		queue = []node{{1, []int{0}}}
	}
	if len(queue) == 1 {
		c.length[queue[0].symbols[0]] = 1
		return true
	}
	byCount := func(a, b node) int { return cmp.Compare(a.n, b.n) }
	slices.SortStableFunc(queue, byCount)
	for len(queue) > 1 {
		a, b := queue[0], queue[1]
		sum := node{a.n + b.n, append(slices.Clone(a.symbols), b.symbols...)}
		for _, s := range sum.symbols {
			if c.length[s]++; c.length[s] > limit {
				return false
			}
		}
		queue = queue[2:]
		at, _ := slices.BinarySearchFunc(queue, sum, byCount)
		queue = slices.Insert(queue, at, sum)
	}
	return true
}
