package robust

import (
	"cmp"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"moqian/render/ink"
)

// hit is where a line meets an outline.
type hit struct {
	at     float64
	stroke int
	dir    int
}

// sides is how far the ink reaches from p along n and back, by geometry: the
// strokes' union, each filled by the nonzero rule. Not ok outside the ink.
func sides(strokes [][][]vec, boxes [][2]vec, p, n vec) (left, right float64, ok bool) {
	var hits []hit
	along := n.left()
	for i, s := range strokes {
		if b := boxes[i]; p.x < b[0].x-2 || p.x > b[1].x+2 || p.y < b[0].y-2 || p.y > b[1].y+2 {
			continue
		}
		for _, c := range s {
			a := c[len(c)-1].sub(p)
			da := a.dot(along)
			for _, q := range c {
				b := q.sub(p)
				db := b.dot(along)
				if (da < 0) != (db < 0) {
					u := da / (da - db)
					h := hit{a.dot(n)*(1-u) + b.dot(n)*u, i, 1}
					if da < 0 {
						h.dir = -1
					}
					hits = append(hits, h)
				}
				a, da = b, db
			}
		}
	}
	slices.SortFunc(hits, func(a, b hit) int { return cmp.Compare(a.at, b.at) })
	wind := make([]int, len(strokes))
	inside, from := 0, 0.0
	for _, h := range hits {
		before := wind[h.stroke] != 0
		wind[h.stroke] += h.dir
		if after := wind[h.stroke] != 0; before != after {
			if after {
				if inside++; inside == 1 {
					from = h.at
				}
			} else if inside--; inside == 0 && from < 0 && h.at > 0 {
				return h.at, -from, true
			}
		}
	}
	return 0, 0, false
}

func boxesOf(strokes [][][]vec) [][2]vec {
	out := make([][2]vec, len(strokes))
	for i, s := range strokes {
		lo, hi := vec{math.Inf(1), math.Inf(1)}, vec{math.Inf(-1), math.Inf(-1)}
		for _, c := range s {
			for _, p := range c {
				lo, hi = vec{min(lo.x, p.x), min(lo.y, p.y)}, vec{max(hi.x, p.x), max(hi.y, p.y)}
			}
		}
		out[i] = [2]vec{lo, hi}
	}
	return out
}

// shift is how far the middle of the line moved at a place.
type shift struct {
	r  reading
	um float64
}

// shifts compares the middle of the line before and after, at every place of
// the bare ink whose edges are clear, by geometry: µm, the least first.
func shiftsOf(before, after []ink.Outline) []shift {
	a, b := polygonsOf(before), polygonsOf(after)
	boxA, boxB := boxesOf(a), boxesOf(b)
	var out []shift
	for _, c := range paint(a, 600/mmPerInch, 1).lines().chains {
		for _, r := range c {
			l0, r0, ok0 := sides(a, boxA, r.p, r.n)
			l1, r1, ok1 := sides(b, boxB, r.p, r.n)
			if r.ok && ok0 && ok1 && l0+r0 < 2 {
				out = append(out, shift{r, 1000 * math.Abs((l1-r1)-(l0-r0)) / 2})
			}
		}
	}
	slices.SortFunc(out, func(a, b shift) int { return cmp.Compare(a.um, b.um) })
	return out
}

// rms, 99 % and largest of shifts.
func spreadOf(s []shift) (rms, p99, most float64) {
	for _, x := range s {
		rms += x.um * x.um
	}
	return math.Sqrt(rms / float64(max(1, len(s)))), s[len(s)*99/100].um, s[len(s)-1].um
}

// TestTrackOfRecords: the customer's own track stays where it is.
func TestTrackOfRecords(t *testing.T) {
	all := everyone(t)
	step := 60
	if os.Getenv("MOQIAN_TORTURE") != "" {
		step = 1
	}
	var rmss, p99s, mosts, bound, growth, over []float64
	for i := 0; i < len(all); i += step {
		in := drawn(t, all[i].samples)
		out, m, err := Embed(in, Secret{byte(i)}, []byte{1, 2, byte(i)}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		d := shiftsOf(in, out)
		if len(d) < 100 {
			continue
		}
		rms, p99, most := spreadOf(d)
		bindLike(out, uint64(i))
		e := shiftsOf(in, out)
		rms1, p991, most1 := spreadOf(e)
		n := 0
		for _, x := range e {
			n += count1(x.um >= 5)
		}
		rmss, p99s, mosts, bound = append(rmss, rms1), append(p99s, p991), append(mosts, most), append(bound, most1)
		over = append(over, 1e6*float64(n)/float64(len(e)))
		growth = append(growth, float64(count(out))/float64(count(in)))
		if step > 1 {
			t.Logf("%3d: middle of the line off by RMS %.2f µm, p99 %.2f, max %.2f; with layer 1 %.2f %.2f %.2f; %d -> %d curves; T %.2f, chips %d", i,
				rms, p99, most, rms1, p991, most1, count(in), count(out), m.T, m.Chips)
		}
	}
	p := func(v []float64) []float64 { return []float64{share(v, 0.5), share(v, 0.95), share(v, 1)} }
	t.Logf("n %d: p50, p95, max of RMS %.2f, of p99 %.2f, of max without layer 1 %.2f, with %.2f; places at 5 µm or more of a million %.0f; curves grow %.2f", len(rmss),
		p(rmss), p(p99s), p(mosts), p(bound), p(over), p(growth))
}

// bindLike moves each coordinate as the binding layer does: within its pair,
// counted from the stroke's first point.
func bindLike(in []ink.Outline, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 1))
	for _, o := range in {
		if len(o.Contours) == 0 {
			continue
		}
		at := o.Contours[0].Start
		turn := func(p *ink.Point) {
			p.X = at.X + (p.X-at.X)&^1 + int32(r.IntN(2))
			p.Y = at.Y + (p.Y-at.Y)&^1 + int32(r.IntN(2))
		}
		for i := range o.Contours {
			c := &o.Contours[i]
			if i > 0 {
				turn(&c.Start)
			}
			for j := range c.Curves {
				turn(&c.Curves[j].A)
				turn(&c.Curves[j].B)
				turn(&c.Curves[j].P)
			}
			if n := len(c.Curves); n > 0 {
				c.Curves[n-1].P = c.Start
			}
		}
	}
}

func count(in []ink.Outline) (n int) {
	for _, o := range in {
		for _, c := range o.Contours {
			n += len(c.Curves)
		}
	}
	return n
}
