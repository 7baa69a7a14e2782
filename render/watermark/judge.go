package watermark

import "slices"

// faults of one stroke: how many bits of each class there are, and how many
// are wrong.
type faults struct{ bits, wrong [classes]int }

func (k keys) faults(m mark, at []*stroke, i int, ctx *[32]byte) (f faults) {
	want := k.bits(m, at, i, ctx)
	for j, c := range want.class {
		f.bits[c]++
		f.wrong[c] += int(want.bits[j] ^ at[i].bits[j])
	}
	return f
}

// random says that so many wrong bits mean another message (half of them would
// be wrong) and not a few flipped bits: of 30 random bits fewer are wrong once
// in 30,000 times.
func random(wrong, bits int) bool { return wrong >= 2 && 6*wrong >= bits }

// verdict on an ink whose strokes have been placed. bad is by index in the
// mark.
type verdict struct {
	f       []faults
	p       placing
	bad     []bool
	foreign bool // the context fails on whatever can be judged
	judged  int  // context bits of strokes that can be judged
}

func (k keys) judge(m mark, p placing, ctx *[32]byte) *verdict {
	v := &verdict{f: make([]faults, m.count), p: p, bad: make([]bool, m.count)}
	for i, s := range p.at {
		if s == nil {
			v.bad[i] = true
			continue
		}
		v.f[i] = k.faults(m, p.at, i, ctx)
		v.bad[i] = !s.closed || v.f[i].wrong[header] > 0 || v.f[i].wrong[own] > 0 || v.f[i].wrong[guard] > 0
	}
	joined := v.join()
	v.blameFlips()
	v.blameMoved(joined)
	if ctx != nil {
		v.judgeContext()
	}
	return v
}

// link is the state of the way between two strokes.
type link uint8

const (
	unknown link = iota // one of the two is missing
	held
	broken
)

// leastSkip bits are needed before a way over two strokes proves anything:
// chance makes a few bits right too often.
const leastSkip = 5

// way is the state of the way from stroke i to the one step (1 or 2) after it,
// witnessed by both.
func (v *verdict) way(i, step int) link {
	j := i + step
	if v.p.at[i] == nil || v.p.at[j] == nil {
		return unknown
	}
	on, back := after, before
	if step == 2 {
		on, back = twoOn, twoBack
	}
	bits := v.f[i].bits[on] + v.f[j].bits[back]
	switch {
	case random(v.f[i].wrong[on]+v.f[j].wrong[back], bits):
		return broken
	case step == 2 && bits < leastSkip:
		return unknown
	}
	return held
}

// join gives each stroke the lowest index among those whose places hold
// together. A way that leads to a stroke which is bad by itself proves nothing
// against the other end: those are taken as held.
func (v *verdict) join() []int {
	root := make([]int, len(v.bad))
	for i := range root {
		root[i] = i
	}
	union := func(a, b int) {
		from, to := max(root[a], root[b]), min(root[a], root[b])
		for i := range root {
			if root[i] == from {
				root[i] = to
			}
		}
	}
	for i := range len(root) - 1 {
		if v.way(i, 1) != broken || v.bad[i] || v.bad[i+1] {
			union(i, i+1)
		}
		if i+2 < len(root) && v.way(i, 2) == held {
			union(i, i+2)
		}
	}
	return root
}

// blameFlips finds place bits that are wrong although the way holds, or where
// there is none: edits by one unit that changed nothing but them. What leads to
// a stroke that is bad by itself is not looked at.
func (v *verdict) blameFlips() {
	bad := slices.Clone(v.bad)
	for i := range v.f {
		for c := before; c <= twoOn; c++ {
			j := i + c.step()
			excused := j >= 0 && j < len(bad) && bad[j]
			if v.f[i].wrong[c] > 0 && !excused && v.holds(i, c.step()) {
				v.bad[i] = true
			}
		}
	}
}

// holds says that the way from stroke i to another is not the one that broke.
func (v *verdict) holds(i, step int) bool {
	j := i + step
	if j < 0 || j >= len(v.f) {
		return true
	}
	a, n := min(i, j), max(step, -step)
	return v.way(a, n) == held || n == 2 && v.way(a, 1) == held && v.way(a+1, 1) == held
}

// blameMoved names the strokes that moved against the main part of the ink, the
// part with most bits. Where two parts are equal, or a way is broken inside a
// part, it cannot be told which end moved, and both are named.
func (v *verdict) blameMoved(root []int) {
	weight := map[int]int{}
	for i, s := range v.p.at {
		if s != nil {
			weight[root[i]] += len(s.bits) + 1
		}
	}
	most, ties := -1, 0
	for _, w := range weight {
		if w > most {
			most, ties = w, 0
		}
		if w == most {
			ties++
		}
	}
	for i, s := range v.p.at {
		if s != nil && (weight[root[i]] < most || ties > 1) {
			v.bad[i] = true
		}
	}
	for i := range len(root) - 1 {
		if v.way(i, 1) == broken && root[i] == root[i+1] && !v.bad[i] && !v.bad[i+1] {
			v.bad[i], v.bad[i+1] = true, true
		}
	}
}

// judgeContext looks at strokes that are whole and have whole neighbours. Where
// the context fails and holds nowhere, the ink is foreign; where it holds for
// the others, the strokes on which it fails were changed.
func (v *verdict) judgeContext() {
	failed, few, held := 0, 0, 0
	var wrong []int
	for i := range v.f {
		if !v.whole(i) {
			continue
		}
		n, w := v.f[i].bits[context], v.f[i].wrong[context]
		v.judged += n
		switch {
		case w == 0:
			held += n
			continue
		case n >= leastContext && !random(w, n):
			few += n
		default:
			failed += n
		}
		wrong = append(wrong, i)
	}
	v.foreign = failed > held+few && held < leastContext
	if v.foreign {
		return
	}
	for _, i := range wrong {
		n, w := v.f[i].bits[context], v.f[i].wrong[context]
		weak := v.weakBeside(i)
		if len(weak) == 0 || v.weak(i) || !random(w, n) {
			v.bad[i] = true
		}
		for _, j := range weak {
			v.bad[j] = v.bad[j] || random(w, n)
		}
	}
}

// leastOwn bits prove that a stroke is as it was.
const leastOwn = 16

// weak says that a stroke has too few bits to prove that: chance may have made
// them right.
func (v *verdict) weak(i int) bool { return v.f[i].bits[own]+v.f[i].bits[guard] < leastOwn }

// weakBeside lists the weak strokes before and after one. Its context covers
// them: where it fails and the stroke itself is proven, it was they who changed.
func (v *verdict) weakBeside(i int) (out []int) {
	for _, j := range []int{i - 1, i + 1} {
		if j >= 0 && j < len(v.bad) && v.weak(j) {
			out = append(out, j)
		}
	}
	return out
}

// whole says that a stroke and its neighbours are there and unchanged.
func (v *verdict) whole(i int) bool {
	for j := max(i-1, 0); j <= min(i+1, len(v.bad)-1); j++ {
		if v.bad[j] {
			return false
		}
	}
	return true
}
