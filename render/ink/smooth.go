package ink

import (
	"math"

	"moqian/pad"
)

// smooth cleans the samples and smooths the whole signature.
func smooth(samples []pad.Sample, p Params) *Ink {
	strokes := split(samples)
	defer wipe(strokes)
	u := interval(strokes, p.Rate)
	var pieces [][]report
	for i := range strokes {
		regrid(strokes[i], u)
		strokes[i] = merge(strokes[i])
		despike(strokes[i], u)
		pieces = append(pieces, runs(strokes[i], u)...)
	}
	find := newSearch(pieces, u, p.Noise)
	n := find.estimate()
	var m smoother
	n.sigma /= doubt
	n.q *= doubt * doubt
	for step := range lessons {
		m.learnFrom(pieces, n, u)
		n = find.refine(n, math.Ldexp(1, -step))
	}
	k := &Ink{nib: p.Nib}
	var ps []press
	for _, rs := range strokes {
		t := m.track(rs, u, n)
		t.w = even(rs)
		ps = t.pressures(ps)
		k.tracks = append(k.tracks, t)
		k.finest += t.total() / mostDabs
	}
	f := feel(ps)
	clear(ps)
	for i := range k.tracks {
		for j, v := range k.tracks[i].w {
			k.tracks[i].w[j] = p.Nib.Min + (p.Nib.Max-p.Nib.Min)*f.share(v)
		}
	}
	m.wipe()
	find.wipe()
	return k
}

// track smooths one stroke.
func (m *smoother) track(rs []report, u float64, n noise) track {
	k := track{u: u, t: make([]float64, len(rs)), s: make([]state, len(rs)), bridge: make([]bool, len(rs))}
	i := 0
	for _, run := range runs(rs, u) {
		m.forward(run, n.q, u)
		m.back()
		copy(k.s[i:], m.states)
		for j := range run {
			k.t[i+j] = run[j].t
		}
		i += len(run)
		k.bridge[i-1] = true
	}
	return k
}

// pressures adds those of a track, which still stand where the widths will.
func (k *track) pressures(ps []press) []press {
	for i, p := range k.w {
		l := 0.0
		if i > 0 {
			l += k.length(i-1) / 2
		}
		if i+1 < len(k.w) {
			l += k.length(i) / 2
		}
		ps = append(ps, press{p, l})
	}
	return ps
}

// wipe overwrites the room of the smoother.
func (m *smoother) wipe() {
	clear(m.way[:cap(m.way)])
	clear(m.states[:cap(m.states)])
	m.lively.wipe()
}
