package robust

import (
	"math"

	"moqian/render/ink"
)

const (
	// coarse is the grid of the first search for the original in an image, mm.
	coarse = 0.5
	// paperCost is what a place of the original costs that is paper in the image.
	paperCost = 0.35
	// perPoint readings go to a point of that search.
	perPoint = 6
	// snaps onto the middle of the lines.
	snaps = 10
)

// affine takes places of the original to places of the image.
type affine struct{ a, b, c, d, x, y float64 }

func (m affine) of(p vec) vec { return vec{m.a*p.x + m.b*p.y + m.x, m.c*p.x + m.d*p.y + m.y} }
func (m affine) turn(p vec) vec {
	return vec{m.a*p.x + m.b*p.y, m.c*p.x + m.d*p.y}
}

// CheckOriginal is Check by a verifier who holds the ink as archived: its lines
// tell where in the image to measure, even if a part is missing. The widths are
// the image's alone: an image of the same ink without the mark is not accepted.
func CheckOriginal(g *Gray, s Secret, handles [][]byte, original []ink.Outline) ([]Claim, error) {
	if err := g.check(); err != nil {
		return nil, err
	}
	p := newPattern(s)
	ref := paint(polygonsOf(original), loopDPI/mmPerInch, 1).lines()
	mid := middle(ref.hull, 0, 1)
	var best *trace
	most := 0
	for _, o := range g.groups() {
		img := g.shade(&o)
		m, ok := img.locate(ref)
		if !ok {
			continue
		}
		t, n := img.follows(ref, m)
		if n > most {
			best, most = t, n
		}
	}
	var chips []chip
	if best != nil {
		chips = best.chips(func(q vec) vec { return q.sub(mid) }, true)
	}
	return p.score(chips, handles, func(message) float64 { return 0 }), nil
}

// locate finds the lines of an original in an image.
func (s *shade) locate(ref *trace) (affine, bool) {
	var pts []vec
	for _, c := range ref.chains {
		for i := 0; i < len(c); i += perPoint {
			pts = append(pts, c[i].p)
		}
	}
	if len(pts) == 0 {
		return affine{}, false
	}
	small := s.shrink(coarse)
	mid := middle(ref.hull, 0, 1)
	best, at := -1e9, affine{}
	for turn := -2.4; turn < 2.5; turn += 0.8 {
		m := similar(turn*math.Pi/180, 1, mid)
		if v, b := small.slide(pts, m); v > best {
			best, at = v, b
		}
	}
	at = s.nestle(pts, mid, at)
	return s.snap(ref, at)
}

// similar turns and scales about a middle, which stays.
func similar(angle, scale float64, mid vec) affine {
	sin, cos := math.Sincos(angle)
	m := affine{a: cos * scale, b: -sin * scale, c: sin * scale, d: cos * scale}
	off := mid.sub(m.turn(mid))
	m.x, m.y = off.x, off.y
	return m
}

// shrink is the image in pixels of so many mm.
func (s *shade) shrink(mm float64) *shade {
	k := mm * s.perMM
	o := &shade{w: int(float64(s.w)/k) + 1, h: int(float64(s.h)/k) + 1, perMM: 1 / mm}
	o.at = vec{s.at.x, s.at.y + float64(s.h)/s.perMM - float64(o.h)*mm}
	o.v = make([]float32, o.w*o.h)
	for y := range s.h {
		for x := range s.w {
			o.v[int(float64(y)/k)*o.w+int(float64(x)/k)] += s.v[y*s.w+x]
		}
	}
	for i := range o.v {
		o.v[i] = min(1, o.v[i]/float32(k*k)*2)
	}
	return o
}

// slide tries every shift of the points over an image of coarse pixels.
func (s *shade) slide(pts []vec, m affine) (float64, affine) {
	grid := make([][2]int, len(pts))
	lo, hi := [2]int{math.MaxInt, math.MaxInt}, [2]int{math.MinInt, math.MinInt}
	for i, p := range pts {
		q := m.of(p)
		grid[i] = [2]int{int(math.Floor(q.x / coarse)), int(math.Floor(-q.y / coarse))}
		for k := range 2 {
			lo[k], hi[k] = min(lo[k], grid[i][k]), max(hi[k], grid[i][k])
		}
	}
	best, at := -1e9, [2]int{}
	for dy := -hi[1]; dy < s.h-lo[1]; dy++ {
		for dx := -hi[0]; dx < s.w-lo[0]; dx++ {
			v := float32(0)
			for _, g := range grid {
				x, y := g[0]+dx, g[1]+dy
				if uint(x) < uint(s.w) && uint(y) < uint(s.h) {
					v += s.v[y*s.w+x] - paperCost
				}
			}
			if float64(v) > best {
				best, at = float64(v), [2]int{dx, dy}
			}
		}
	}
	top := s.at.y + float64(s.h)*coarse
	m.x += s.at.x + float64(at[0])*coarse
	m.y += top - float64(at[1])*coarse
	return best, m
}

// nestle moves, turns and scales until most points lie on ink.
func (s *shade) nestle(pts []vec, mid vec, m affine) affine {
	rate := func(m affine) (v float64) {
		for _, p := range pts {
			v += s.sample(m.of(p))
		}
		return v
	}
	best := rate(m)
	reach := 1.0
	for _, p := range pts {
		reach = max(reach, p.sub(mid).len())
	}
	for step := 0.4; step > 0.04; step /= 2 {
		for moved := true; moved; {
			moved = false
			for way := range 8 {
				d := step * float64(1-2*(way%2))
				n := m
				switch way / 2 {
				case 0:
					n.x += d
				case 1:
					n.y += d
				case 2:
					n = m.after(similar(d/reach, 1, mid))
				default:
					n = m.after(similar(0, 1+d/reach, mid))
				}
				if v := rate(n); v > best+1e-6 {
					best, m, moved = v, n, true
				}
			}
		}
	}
	return m
}

// after is m applied after k.
func (m affine) after(k affine) affine {
	o := m.of(vec{k.x, k.y})
	return affine{
		a: m.a*k.a + m.b*k.c, b: m.a*k.b + m.b*k.d,
		c: m.c*k.a + m.d*k.c, d: m.c*k.b + m.d*k.d, x: o.x, y: o.y,
	}
}

// snap lays the lines of the original into the middle of those of the image.
func (s *shade) snap(ref *trace, m affine) (affine, bool) {
	for round := range snaps {
		limit := max(0.06, 0.4*math.Pow(0.7, float64(round)))
		a, b := make([]float64, 36), make([]float64, 6)
		n := 0
		for _, c := range ref.chains {
			for i := range c {
				if !c[i].ok {
					continue
				}
				q, dir := m.of(c[i].p), m.turn(c[i].n).unit()
				l, r, ok := s.edges(q, dir)
				off := (l - r) / 2
				if !ok || l+r < c[i].half || math.Abs(off) > limit {
					continue
				}
				n++
				p := c[i].p
				k := [6]float64{dir.x * p.x, dir.x * p.y, dir.y * p.x, dir.y * p.y, dir.x, dir.y}
				for u := range k {
					b[u] += k[u] * off
					for v := range k {
						a[u*6+v] += k[u] * k[v]
					}
				}
			}
		}
		if n < 20 {
			return m, false
		}
		for u := range 6 {
			a[u*7] += 1e-3
		}
		factor(a, 6)
		solveFactored(a, b)
		m.a, m.b, m.c, m.d = m.a+b[0], m.b+b[1], m.c+b[2], m.d+b[3]
		m.x, m.y = m.x+b[4], m.y+b[5]
	}
	det := m.a*m.d - m.b*m.c
	return m, det > 0.9 && det < 1.1
}

// follows measures the image along the lines of the original, in the original's
// places, and counts the clear readings.
func (s *shade) follows(ref *trace, m affine) (*trace, int) {
	t, n := &trace{hull: ref.hull, length: ref.length}, 0
	for _, c := range ref.chains {
		k := make(chain, len(c))
		for i, r := range c {
			q, dir := m.of(r.p), m.turn(r.n).unit()
			left, right, ok := s.edges(q, dir)
			half := (left + right) / 2
			ok = ok && r.ok && math.Abs(left-right) < 0.25 && half > 0.5*r.half && half < 1.6*r.half
			k[i] = reading{p: r.p, n: r.n, s: r.s, half: half, ok: ok}
			if ok {
				n++
			}
		}
		t.chains = append(t.chains, k)
	}
	return t, n
}
