package robust

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
)

// soft values of data cells, the surest first.
type bit struct {
	mask mask
	llr  float64 // above 0: the parity is 0
}

const (
	// triples: how many of the least sure basis bits are flipped three at once.
	triples = 26
	// listed candidates of a decoding have their tag checked.
	listed = 16
)

// soften turns chips into soft bits: limited, so that a few wild cells do not
// rule.
func (p *pattern) soften(chips []chip) []bit {
	var size []float64
	for _, c := range chips {
		size = append(size, math.Abs(c.v)*math.Sqrt(c.w))
	}
	if len(size) == 0 {
		return nil
	}
	slices.Sort(size)
	unit := size[len(size)/2] + 1e-9
	var out []bit
	for _, c := range chips {
		if p.pilot[c.cell] != 0 {
			continue
		}
		v := c.v * math.Sqrt(c.w) / unit * float64(p.flip[c.cell])
		out = append(out, bit{p.masks[c.cell], 2 * math.Tanh(v/2)})
	}
	slices.SortFunc(out, func(a, b bit) int { return cmp.Compare(math.Abs(b.llr), math.Abs(a.llr)) })
	return out
}

// basis is the payload as a function of k sure bits: which of the soft bits
// they are, and what the payload becomes when one of them turns.
type basis struct {
	pick []int
	turn []mask
}

// eliminate picks the surest independent bits (Gauss over GF(2)).
func eliminate(soft []bit, k int) (basis, bool) {
	type line struct {
		m, from mask // the parity m of the payload is the sum of picks in from
	}
	rows := make([]line, 0, k)
	lead := make([]int, 0, k)
	var b basis
	for i, s := range soft {
		l := line{m: s.mask.cut(k)}
		n := len(rows)
		l.from[n/64%2] ^= 1 << (n % 64)
		for j, r := range rows {
			if l.m.bit(lead[j]) {
				l.m, l.from = l.m.xor(r.m), l.from.xor(r.from)
			}
		}
		if l.m == (mask{}) {
			continue
		}
		at := l.m.first()
		for j := range rows {
			if rows[j].m.bit(at) {
				rows[j].m, rows[j].from = rows[j].m.xor(l.m), rows[j].from.xor(l.from)
			}
		}
		rows, lead = append(rows, l), append(lead, at)
		if b.pick = append(b.pick, i); len(b.pick) == k {
			break
		}
	}
	if len(rows) < k {
		return b, false
	}
	b.turn = make([]mask, k)
	for j, r := range rows { // payload bit lead[j] is the sum of r.from
		for i := range k {
			if r.from.bit(i) {
				b.turn[i][lead[j]/64] |= 1 << (lead[j] % 64)
			}
		}
	}
	return b, true
}

func (m mask) bit(i int) bool  { return m[i/64]>>(i%64)&1 == 1 }
func (m mask) xor(o mask) mask { return mask{m[0] ^ o[0], m[1] ^ o[1]} }
func (m mask) first() int {
	if m[0] != 0 {
		return bits.TrailingZeros64(m[0])
	}
	return 64 + bits.TrailingZeros64(m[1])
}

// decode looks for the handle of k payload bits by ordered statistics (Fossorier
// and Lin 1995): the surest independent bits, then those with one, two and, of
// the least sure, three of them turned.
func (p *pattern) decode(soft []bit, k int) ([]byte, bool) {
	b, ok := eliminate(soft, k)
	if !ok {
		return nil, false
	}
	var start mask
	for i, at := range b.pick {
		if soft[at].llr < 0 {
			start = start.xor(b.turn[i])
		}
	}
	// For each turn: which soft bits change.
	n := len(soft)
	words := (n + 63) / 64
	change := make([][]uint64, k)
	for i := range change {
		change[i] = make([]uint64, words)
		for j, s := range soft {
			if s.mask.cut(k).parity(b.turn[i]) == 1 {
				change[i][j/64] |= 1 << (j % 64)
			}
		}
	}
	wrong := make([]uint64, words)
	cost := make([]float64, n)
	for j, s := range soft {
		if hard := s.llr < 0; hard != (s.mask.cut(k).parity(start) == 1) {
			wrong[j/64] |= 1 << (j % 64)
		}
		cost[j] = math.Abs(s.llr)
	}
	l := shortlist{}
	now := make([]uint64, words)
	try := func(m mask, with ...int) {
		copy(now, wrong)
		for _, i := range with {
			for w, c := range change[i] {
				now[w] ^= c
			}
			m = m.xor(b.turn[i])
		}
		l.offer(m, now, cost)
	}
	try(start)
	for i := range k {
		try(start, i)
		for j := range i {
			try(start, i, j)
			for h := max(0, k-triples); i >= k-triples && j >= k-triples && h < j; h++ {
				try(start, i, j, h)
			}
		}
	}
	for _, c := range l.best {
		if handle, ok := p.open(c.m, k); ok {
			return handle, true
		}
	}
	return nil, false
}

type candidate struct {
	m    mask
	cost float64
}

// shortlist keeps the payloads that contradict the soft bits least.
type shortlist struct{ best []candidate }

func (l *shortlist) offer(m mask, wrong []uint64, cost []float64) {
	limit := math.Inf(1)
	if len(l.best) == listed {
		limit = l.best[listed-1].cost
	}
	sum := 0.0
	for w, x := range wrong {
		for ; x != 0; x &= x - 1 {
			sum += cost[w*64+bits.TrailingZeros64(x)]
		}
		if sum >= limit {
			return
		}
	}
	at, _ := slices.BinarySearchFunc(l.best, sum, func(c candidate, s float64) int { return cmp.Compare(c.cost, s) })
	l.best = slices.Insert(l.best, at, candidate{m, sum})
	if len(l.best) > listed {
		l.best = l.best[:listed]
	}
}
