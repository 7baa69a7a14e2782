package ink

import "math"

// Placement says how a signature was laid into its box: the place (X, Y) in mm
// of the pad comes to the middle of the box, and lengths are multiplied by
// Scale, at most 1.
type Placement struct {
	Scale, X, Y float64
	box         Box
}

// place finds the middle of the ink and the even scale that brings it into the
// box with the nib's width around it. A signature that fits keeps its size.
func (k *Ink) place(box Box) Placement {
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	r := 0.0
	for i := range k.tracks {
		k.tracks[i].walk(math.Max(coarseStep, k.finest), func(_, x, y, w float64) {
			x0, y0, x1, y1 = math.Min(x0, x), math.Min(y0, y), math.Max(x1, x), math.Max(y1, y)
			r = math.Max(r, w/2)
		})
	}
	if x0 > x1 {
		return Placement{Scale: 1, box: box}
	}
	m := 2 * (r + margin)
	s := math.Min(1, math.Min((box.W-m)/(x1-x0), (box.H-m)/(y1-y0)))
	return Placement{Scale: s, X: (x0 + x1) / 2, Y: (y0 + y1) / 2, box: box}
}

// coarseStep in mm for finding how far ink reaches: its sagitta on a bend of
// 1 mm is 5 µm, far inside margin.
const coarseStep = 0.2

// Back turns a place in the units of Point, as placed, into mm on the pad, Y
// downwards.
func (p Placement) Back(x, y float64) (float64, float64) {
	return (x/UnitsPerMM-p.box.W/2)/p.Scale + p.X, p.Y - (y/UnitsPerMM-p.box.H/2)/p.Scale
}

// Natural draws the ink at the size of the hand in the smallest box that holds
// it, and tells where that lies on the pad.
func (k *Ink) Natural() ([]Outline, Placement) {
	pl := k.place(Box{math.Inf(1), math.Inf(1)})
	pl.box = Box{}
	return k.outlines(pl), pl
}

// Place tells how Outlines lays the ink into a box.
func (k *Ink) Place(box Box) (Placement, error) {
	if err := box.check(k.nib.Max); err != nil {
		return Placement{}, err
	}
	return k.place(box), nil
}

// To turns a place in mm on the pad, Y downwards, into mm in the box from its
// lower left corner, Y upwards.
func (p Placement) To(x, y float64) (float64, float64) {
	return (x-p.X)*p.Scale + p.box.W/2, (p.Y-y)*p.Scale + p.box.H/2
}
