package robust

import (
	"cmp"
	"math"
	"slices"
)

// Sizes of what stands on a page, mm.
const (
	// speck: smaller blobs are dirt.
	speck = 0.12
	// leastFrame is the smallest width and height of a box around a signature.
	leastFrame = 8
	// gapX, gapY: blobs nearer than this may be one signature; the words of some
	// stand wide apart: wideX, wideY.
	gapX, gapY   = 10, 4
	wideX, wideY = 17, 7
	// leastInk is the smallest height or width of a signature.
	leastInk = 3
	// mostInk is the largest: nothing larger is taken together.
	mostInk = 140
	// candidates on a page that are looked at.
	candidates = 6
)

// group is a set of blobs that may be a signature.
type group struct {
	blobs []*blob
	box   blob
	rank  float64
}

func (g *group) add(b *blob) {
	if len(g.blobs) == 0 {
		g.box = blob{x0: b.x0, y0: b.y0, x1: b.x1, y1: b.y1}
	}
	g.blobs = append(g.blobs, b)
	g.box.x0, g.box.y0 = min(g.box.x0, b.x0), min(g.box.y0, b.y0)
	g.box.x1, g.box.y1 = max(g.box.x1, b.x1), max(g.box.y1, b.y1)
	g.box.area += b.area
}

// groups finds what may be a signature: what stands in a frame by itself, and
// what stands near together; the likeliest come first. Bars, rules and frames
// are none.
func (g *Gray) groups() []group {
	split, ok := g.split()
	if !ok {
		return nil
	}
	all := g.blobs(split)
	px := g.dpi() / mmPerInch
	var frames, rest []*blob
	for i := range all {
		b := &all[i]
		w, h := float64(b.w())/px, float64(b.h())/px
		full := float64(b.area) / float64(b.w()*b.h())
		switch {
		case w < speck || h < speck:
		case w > 60 && full > 0.5, min(w, h) < 1 && max(w, h) > 25: // bar, rule
		case min(w, h) > leastFrame && b.frames(px):
			frames = append(frames, b)
		default:
			rest = append(rest, b)
		}
	}
	slices.SortFunc(frames, func(a, b *blob) int { return cmp.Compare(a.w()*a.h(), b.w()*b.h()) })
	out := make([]group, len(frames))
	var loose []*blob
	for _, b := range rest {
		at := slices.IndexFunc(frames, func(f *blob) bool { return b.inside(f) })
		if at >= 0 {
			out[at].add(b)
		} else {
			loose = append(loose, b)
		}
	}
	apart := near(loose, gapX*px, gapY*px)
	out = append(out, apart...)
	for _, g := range near(loose, wideX*px, wideY*px) {
		if !slices.ContainsFunc(apart, func(a group) bool { return len(a.blobs) == len(g.blobs) && a.box.same(&g.box) }) {
			out = append(out, g)
		}
	}
	return likely(out, px)
}

// frames says whether a blob is lines along the edges of its box: most of the
// box's outermost rows and columns are dark somewhere within 1 mm.
func (b *blob) frames(px float64) bool {
	if float64(b.area) > 0.2*float64(b.w()*b.h()) {
		return false
	}
	// Askew by 2°, an edge of a box wanders by 1/28 of its length.
	deep := int32(px*1 + 0.04*float64(max(b.w(), b.h())))
	var top, bottom, left, right int
	seenT, seenB := make([]bool, b.w()), make([]bool, b.w())
	seenL, seenR := make([]bool, b.h()), make([]bool, b.h())
	for _, r := range b.runs {
		if r.y-b.y0 < deep {
			mark(seenT[r.x0-b.x0:r.x1-b.x0], &top)
		}
		if b.y1-r.y <= deep {
			mark(seenB[r.x0-b.x0:r.x1-b.x0], &bottom)
		}
		if r.x0-b.x0 < deep {
			mark(seenL[r.y-b.y0:r.y-b.y0+1], &left)
		}
		if b.x1-r.x1 < deep {
			mark(seenR[r.y-b.y0:r.y-b.y0+1], &right)
		}
	}
	w, h := 0.9*float64(b.w()), 0.9*float64(b.h())
	return float64(top) > w && float64(bottom) > w && float64(left) > h && float64(right) > h
}

func mark(seen []bool, n *int) {
	for i, s := range seen {
		if !s {
			seen[i] = true
			*n++
		}
	}
}

func (b *blob) same(o *blob) bool {
	return b.x0 == o.x0 && b.y0 == o.y0 && b.x1 == o.x1 && b.y1 == o.y1
}

// near puts blobs together that lie near each other.
func near(blobs []*blob, gapX, gapY float64) []group {
	slices.SortFunc(blobs, func(a, b *blob) int { return cmp.Compare(a.x0, b.x0) })
	var out []group
	gx, gy := int32(gapX), int32(gapY)
	for _, b := range blobs {
		in := -1
		for i := range out {
			o := &out[i].box
			if len(out[i].blobs) == 0 || b.x0-o.x1 > gx || b.y0-o.y1 > gy || o.y0-b.y1 > gy {
				continue
			}
			if in < 0 {
				out[i].add(b)
				in = i
				continue
			}
			for _, c := range out[i].blobs {
				out[in].add(c)
			}
			out[i] = group{}
		}
		if in < 0 {
			out = append(out, group{})
			out[len(out)-1].add(b)
		}
	}
	return out
}

// likely orders groups: much ink in large strokes first, as handwriting has.
func likely(in []group, px float64) []group {
	var out []group
	for _, g := range in {
		w, h := float64(g.box.w())/px, float64(g.box.h())/px
		if len(g.blobs) == 0 || max(w, h) < leastInk || max(w, h) > mostInk {
			continue
		}
		for _, b := range g.blobs {
			size := float64(max(b.w(), b.h())) / px
			g.rank += float64(b.area) * min(1, size*size/64)
		}
		out = append(out, g)
	}
	slices.SortFunc(out, func(a, b group) int { return cmp.Compare(b.rank, a.rank) })
	return out[:min(len(out), candidates)]
}

// split is the grey value between paper and ink.
func (g *Gray) split() (uint8, bool) {
	var hist [256]int
	for _, v := range g.Pix {
		hist[v]++
	}
	paper, ink, ok := tones(&hist)
	return uint8((paper + ink + 1) / 2), ok
}

// shade cuts a group out of the image: what belongs to other blobs is paper.
func (g *Gray) shade(o *group) *shade {
	px := g.dpi() / mmPerInch
	const edge = 6 // pixels around
	x0, y0 := int(o.box.x0)-edge, int(o.box.y0)-edge
	s := &shade{w: o.box.w() + 2*edge, h: o.box.h() + 2*edge, perMM: px}
	s.at = vec{float64(x0) / px, float64(g.H-y0-s.h) / px}
	s.v = make([]float32, s.w*s.h)
	var hist [256]int
	for _, v := range g.Pix {
		hist[v]++
	}
	paper, _, _ := tones(&hist)
	clear(hist[:])
	for _, b := range o.blobs {
		for _, r := range b.runs {
			for _, v := range g.Pix[int(r.y)*g.W+int(r.x0) : int(r.y)*g.W+int(r.x1)] {
				hist[v]++
			}
		}
	}
	ink := darkest(&hist)
	table := scale(paper, ink)
	if splash(&hist, paper, ink) {
		for v, x := range table {
			table[v] = float32(math.Pow(float64(x), 1/splashGamma))
		}
	}
	// The pixels of the blobs and those around them, where their edges fade.
	halo := max(2, int(math.Round(0.2*px)))
	for _, b := range o.blobs {
		for _, r := range b.runs {
			for y := max(0, int(r.y)-halo); y <= min(g.H-1, int(r.y)+halo); y++ {
				for x := max(0, int(r.x0)-halo); x < min(g.W, int(r.x1)+halo); x++ {
					if i, j := x-x0, y-y0; i >= 0 && j >= 0 && i < s.w && j < s.h {
						s.v[j*s.w+i] = table[g.Pix[y*g.W+x]]
					}
				}
			}
		}
	}
	return s
}
