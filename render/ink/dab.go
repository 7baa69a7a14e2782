package ink

import "math"

// dab is a round touch of the nib in the units of Point, Y upwards.
type dab struct{ x, y, r float64 }

// vec is a way or a place in the units of Point.
type vec struct{ x, y float64 }

func (a vec) plus(b vec) vec            { return vec{a.x + b.x, a.y + b.y} }
func (a vec) minus(b vec) vec           { return vec{a.x - b.x, a.y - b.y} }
func (a vec) times(f float64) vec       { return vec{a.x * f, a.y * f} }
func (a vec) dot(b vec) float64         { return a.x*b.x + a.y*b.y }
func (a vec) cross(b vec) float64       { return a.x*b.y - a.y*b.x }
func (a vec) length() float64           { return math.Sqrt(a.x*a.x + a.y*a.y) }
func (d dab) on(n vec) vec              { return vec{d.x + d.r*n.x, d.y + d.r*n.y} }
func (d dab) from(o dab) (vec, float64) { v := vec{d.x - o.x, d.y - o.y}; return v, v.length() }

// unit is the direction of a, or that of b where a has none.
func (a vec) unit(b vec) vec {
	l := a.length()
	if l < 1e-9 {
		return b
	}
	return a.times(1 / l)
}

// link is the hull of two consecutive dabs: its direction, and the outward
// normals of its two straight sides.
type link struct {
	dir         vec
	d           float64
	left, right vec
}

// hull links dab a to b; their discs do not contain each other.
func hull(a, b dab) link {
	v, d := b.from(a)
	dir := v.times(1 / d)
	sin := (a.r - b.r) / d
	cos := math.Sqrt(math.Max(0, 1-sin*sin))
	side := vec{-dir.y, dir.x}
	f := dir.times(sin)
	return link{dir, d, f.plus(side.times(cos)), f.minus(side.times(cos))}
}

const (
	// inside: a dab is taken as part of its neighbour when it sticks out less
	// than this share of the change of radius, or than nearest units (1 µm).
	inside  = 1.02
	nearest = 0.3
	// sharp is the cosine of the turn between links at which a piece ends.
	sharp = 0.7
	// forth is the least advance of a side, in shares of its link, without
	// which the side folds back and the piece ends.
	forth = 0.05
	// straight is how far in units (2 µm) a link may cut off a way that folds.
	straight = 0.6
)

// thin drops dabs that lie inside a neighbour.
func thin(ds []dab) []dab {
	out := ds[:0]
	for _, d := range ds {
		for len(out) > 0 {
			t := out[len(out)-1]
			_, l := d.from(t)
			if d.r <= t.r || l > (d.r-t.r)*inside+nearest {
				break
			}
			out = out[:len(out)-1]
		}
		if len(out) > 0 {
			t := out[len(out)-1]
			if _, l := d.from(t); l <= math.Abs(t.r-d.r)*inside+nearest {
				continue
			}
		}
		out = append(out, d)
	}
	return out
}

// outliner turns dabs into outlines and keeps its room from stroke to stroke.
type outliner struct {
	links       []link
	left, right []vec // the sides of a piece, both in the direction of writing
	out         []Contour
	fit         fitter
}

// outline is the union of the hulls of consecutive dabs as one nonzero path.
// Where both sides run forward a piece is one contour: left side, end, right
// side, start. Where the pen turns within its own width, the inner side would
// fold back and wind the wrong way: there each link is a contour of its own.
// All contours run the same way round, so every point of the union has a
// positive winding number and no other has one.
func (o *outliner) outline(ds []dab) Outline {
	ds = thin(ds)
	o.out = nil
	if len(ds) == 1 {
		o.disc(ds[0])
		return Outline{o.out}
	}
	o.links = grow(o.links, len(ds)-1)
	for i := range o.links {
		o.links[i] = hull(ds[i], ds[i+1])
	}
	for i := 0; i < len(o.links); {
		n := o.piece(ds[i:], o.links[i:])
		if n == 0 {
			n = o.folded(ds[i:], o.links[i:])
		}
		i += n
	}
	return Outline{o.out}
}

// piece outlines as many links from the first as run forward on both sides and
// returns their number; one link alone is left to folded.
func (o *outliner) piece(ds []dab, ls []link) int {
	o.left = append(o.left[:0], ds[0].on(ls[0].left))
	o.right = append(o.right[:0], ds[0].on(ls[0].right))
	n := 1
	for n < len(ls) && ls[n-1].dir.dot(ls[n].dir) > sharp {
		l := ds[n].on(ls[n-1].left.plus(ls[n].left).unit(ls[n].left))
		r := ds[n].on(ls[n-1].right.plus(ls[n].right).unit(ls[n].right))
		if !o.forward(l, r, &ls[n-1]) {
			break
		}
		o.left, o.right = append(o.left, l), append(o.right, r)
		n++
	}
	for ; n > 0; n-- { // the last link ends square, not halfway to the next
		l, r := ds[n].on(ls[n-1].left), ds[n].on(ls[n-1].right)
		o.left, o.right = o.left[:n], o.right[:n]
		if o.forward(l, r, &ls[n-1]) {
			o.left, o.right = append(o.left, l), append(o.right, r)
			break
		}
	}
	if n < 2 {
		return 0
	}
	o.close(ds[0], ds[n], &ls[0], &ls[n-1])
	return n
}

// forward says whether both sides advance to l and r.
func (o *outliner) forward(l, r vec, k *link) bool {
	return l.minus(o.left[len(o.left)-1]).dot(k.dir) > forth*k.d &&
		r.minus(o.right[len(o.right)-1]).dot(k.dir) > forth*k.d
}

// folded outlines the first links one by one until a piece can begin again,
// but joins links that go nearly straight on.
func (o *outliner) folded(ds []dab, ls []link) int {
	n := 1
	for n < len(ls) && n < 8 && nearlyStraight(ds[:n+2]) {
		n++
	}
	k := hull(ds[0], ds[n])
	if _, d := ds[n].from(ds[0]); d <= math.Abs(ds[0].r-ds[n].r)*inside+nearest {
		n, k = 1, ls[0]
	}
	o.left = append(o.left[:0], ds[0].on(k.left), ds[n].on(k.left))
	o.right = append(o.right[:0], ds[0].on(k.right), ds[n].on(k.right))
	o.close(ds[0], ds[n], &k, &k)
	return n
}

// nearlyStraight says whether the dabs between lie on the way from the first
// to the last.
func nearlyStraight(ds []dab) bool {
	a, b := ds[0], ds[len(ds)-1]
	v, d := b.from(a)
	if d < nearest {
		return false
	}
	for _, c := range ds[1 : len(ds)-1] {
		w, _ := c.from(a)
		u := w.dot(v) / (d * d)
		if u < 0 || u > 1 || math.Abs(w.cross(v))/d > straight || math.Abs(a.r+u*(b.r-a.r)-c.r) > straight {
			return false
		}
	}
	return true
}

// close makes the contour of the sides o.left and o.right between the dabs a
// and b whose outer links are first and last.
func (o *outliner) close(a, b dab, first, last *link) {
	o.fit.begin(o.left[0])
	o.fit.along(o.left)
	o.fit.arc(b, last.left, last.right)
	for i, j := 0, len(o.right)-1; i < j; i, j = i+1, j-1 {
		o.right[i], o.right[j] = o.right[j], o.right[i]
	}
	o.fit.along(o.right)
	o.fit.arc(a, first.right, first.left)
	o.out = append(o.out, o.fit.end())
}

// disc outlines a dot.
func (o *outliner) disc(d dab) {
	e := vec{1, 0}
	o.fit.begin(d.on(e))
	o.fit.turn(d, e, 2*math.Pi, dotCurves)
	o.out = append(o.out, o.fit.end())
}

// dotCurves of a dot: enough coordinates to carry the mark (60).
const dotCurves = 10

// wipe overwrites the room of the outliner.
func (o *outliner) wipe() {
	clear(o.links[:cap(o.links)])
	clear(o.left[:cap(o.left)])
	clear(o.right[:cap(o.right)])
	o.fit.wipe()
}
