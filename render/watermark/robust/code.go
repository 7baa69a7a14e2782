package robust

import (
	"cmp"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
)

// soft values of data cells, the surest first.
type bit struct {
	mask mask
	llr  float64 // above 0: the parity is 0
}

const (
	// listed candidates of a decoding have their tag checked.
	listed = 3
)

// soften turns chips into soft bits: limited, so that a few wild cells do not
// rule.
func (p *pattern) soften(chips []chip) []bit {
	var out []bit
	for _, c := range chips {
		if p.pilot[c.cell] == 0 {
			out = append(out, bit{p.masks[c.cell], 2 * math.Tanh(c.llr/4) * float64(p.flip[c.cell])})
		}
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
// and Lin 1995): the surest independent bits, then those with one or two turned.
// Again and again, the order of the bits is shaken: some sure bits are wrong.
func (p *pattern) decode(soft []bit, k, rounds int) (message, bool) {
	if len(soft) < k {
		return message{}, false
	}
	if len(soft) > usual { // a page of text rather than a signature
		rounds = 1 + rounds*usual/len(soft)/4
	}
	r := rand.New(rand.NewPCG(1, uint64(k)))
	l := shortlist{}
	order := slices.Clone(soft)
	key := make([]float64, len(soft))
	at := make([]int, len(soft))
	for round := range rounds {
		for i, s := range soft {
			at[i], key[i] = i, math.Abs(s.llr)
			if round > 0 {
				key[i] *= math.Exp(shake * r.NormFloat64())
			}
		}
		slices.SortFunc(at, func(a, b int) int { return cmp.Compare(key[b], key[a]) })
		for i, j := range at {
			order[i] = soft[j]
		}
		if !ordered(order, k, &l) {
			return message{}, false
		}
		for i := range l.best {
			if c := &l.best[i]; !c.seen {
				c.seen = true
				if l.checks++; l.checks > mostChecks {
					return message{}, false
				}
				if m, ok := p.open(c.m, k); ok {
					return m, true
				}
			}
		}
	}
	return message{}, false
}

const (
	// usual is as many data chips as a signature has.
	usual = 500
	// shake is the σ of the logarithm by which the order is shaken.
	shake = 0.6
	// mostChecks of tags in one decoding keep a chance hit below 2^-34.
	mostChecks = 64
)

// ordered is one round: it offers payloads to the list.
func ordered(soft []bit, k int, l *shortlist) bool {
	b, ok := eliminate(soft, k)
	if !ok {
		return false
	}
	var start mask
	for i, at := range b.pick {
		if soft[at].llr < 0 {
			start = start.xor(b.turn[i])
		}
	}
	n := len(soft)
	words := (n + 63) / 64
	change := make([]uint64, k*words) // which soft bits change with each turn
	wrong, now := make([]uint64, words), make([]uint64, words)
	cost := make([]float64, n)
	for j, s := range soft {
		m := s.mask.cut(k)
		for i := range k {
			change[i*words+j/64] |= uint64(m.parity(b.turn[i])) << (j % 64)
		}
		if hard := s.llr < 0; hard != (m.parity(start) == 1) {
			wrong[j/64] |= 1 << (j % 64)
		}
		cost[j] = math.Abs(s.llr)
	}
	l.offer(start, wrong, cost)
	for i := range k {
		ci := change[i*words : (i+1)*words]
		for w := range now {
			now[w] = wrong[w] ^ ci[w]
		}
		mi := start.xor(b.turn[i])
		l.offer(mi, now, cost)
		for j := range i {
			cj := change[j*words : (j+1)*words]
			for w := range now {
				now[w] = wrong[w] ^ ci[w] ^ cj[w]
			}
			l.offer(mi.xor(b.turn[j]), now, cost)
		}
	}
	return true
}

type candidate struct {
	m    mask
	cost float64
	seen bool
}

// shortlist keeps the payloads that contradict the soft bits least.
type shortlist struct {
	best   []candidate
	checks int
}

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
	if at < len(l.best) && l.best[at].m == m {
		return
	}
	l.best = slices.Insert(l.best, at, candidate{m: m, cost: sum})
	if len(l.best) > listed {
		l.best = l.best[:listed]
	}
}
